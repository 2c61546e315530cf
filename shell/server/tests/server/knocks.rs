//! New devices at the door.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, Role};
use chancery_log::id::{InvitationId, Scope};
use chancery_seal::invitation::Knock;
use chancery_wire::{
    to_client::{Closing, ToClient},
    to_server::ToServer,
};
use serde_bytes::ByteBuf;

use crate::{
    client::{Client, Hand, Served, now_ms},
    world::{DESK, Member, World},
};

fn knock(member: &Member, invitation: InvitationId) -> ToServer {
    let knock = Knock { desk: DESK, invitation, cert: member.cert(), mac: [1; 32].into() };
    ToServer::Knock { knock: ByteBuf::from(knock.encode().unwrap()) }
}

/// A desk that waits for the device of one more person.
async fn waiting() -> (Served, Member, InvitationId) {
    let (world, mut store) = World::at_work();
    let newcomer = Member::new(21);
    let (person, roles) = (newcomer.person, BTreeSet::from([Role::Adviser]));
    world.officer.say(&mut store, Scope::Trust, &Act::PersonAdded { person, roles }, Vec::new());
    store.commit().unwrap();
    let mut served = Served::start_on(world, store, |_| {}).await;
    let invitation = InvitationId([77; 16]);
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let act = Act::DeviceInvited {
        invitation,
        person,
        secret: chancery_log::id::Digest([8; 32]),
        until_ms: now_ms() + 3_600_000,
    };
    let vault = chancery_log::id::Vault::Office(crate::world::SECURITY);
    let kind = chancery_log::act::BodyKind::Sealed(vault, 1);
    let signed = served.officer.sign(Scope::Trust, &act, vec![(kind, b"the secret, sealed")]);
    assert!(matches!(officer.proposed(&signed).await, ToClient::Receipt { .. }));
    (served, newcomer, invitation)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_knock_is_shown_to_security_officers_and_answered_when_it_is_approved() {
    let (mut served, newcomer, invitation) = waiting().await;
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let (mut duty, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let mut door = Client::connect(served.addr()).await;
    let knocked = knock(&newcomer, invitation);
    door.send(&knocked).await;
    assert_eq!(door.next().await, ToClient::KnockHeard { inviter: served.world.officer.device() });
    let ToServer::Knock { knock } = knocked else { panic!() };
    assert_eq!(officer.next().await, ToClient::Knocks { knocks: vec![knock] });
    let act = Act::DeviceApproved { invitation, cert: newcomer.cert() };
    let signed = served.officer.sign(Scope::Trust, &act, Vec::new());
    assert!(matches!(officer.proposed(&signed).await, ToClient::Receipt { .. }));
    assert_eq!(officer.next().await, ToClient::Knocks { knocks: Vec::new() });
    assert_eq!(door.next().await, ToClient::Approved {});
    let (_in, scopes) = door.log_in_on(&newcomer).await;
    assert_eq!(scopes.len(), 1);
    // Who has nothing to do with it hears nothing of it.
    duty.send(&ToServer::Ping {}).await;
    assert_eq!(duty.next().await, ToClient::Pong {});
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_who_comes_later_is_shown_who_waits() {
    let (served, newcomer, invitation) = waiting().await;
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&newcomer, invitation)).await;
    assert!(matches!(door.next().await, ToClient::KnockHeard { .. }));
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.second).await;
    assert!(matches!(officer.next().await, ToClient::Knocks { knocks } if knocks.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn knocks_without_a_live_invitation_are_refused() {
    let (mut served, newcomer, invitation) = waiting().await;
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&newcomer, InvitationId([5; 16]))).await;
    assert_eq!(door.closing().await, Closing::KnockRefused);
    // Somebody else by this link.
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&Member::new(30), invitation)).await;
    assert_eq!(door.closing().await, Closing::KnockRefused);
    // Withdrawn while it waits.
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&newcomer, invitation)).await;
    assert!(matches!(door.next().await, ToClient::KnockHeard { .. }));
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let signed = served.officer.sign(Scope::Trust, &Act::InvitationWithdrawn { invitation }, Vec::new());
    officer.proposed(&signed).await;
    assert_eq!(door.closing().await, Closing::KnockRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_knocks_for_one_invitation_are_turned_away() {
    let (served, newcomer, invitation) = waiting().await;
    let mut doors = Vec::new();
    for number in 0..3 {
        let mut other = Member::new(40 + number);
        other.person = newcomer.person;
        let mut door = Client::connect(served.addr()).await;
        door.send(&knock(&other, invitation)).await;
        assert!(matches!(door.next().await, ToClient::KnockHeard { .. }));
        doors.push(door);
    }
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&newcomer, invitation)).await;
    assert!(matches!(door.closing().await, Closing::Full { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_approved_while_it_was_away_is_told_when_it_knocks_again() {
    let (served, _, _) = waiting().await;
    let mut door = Client::connect(served.addr()).await;
    door.send(&knock(&served.world.duty, InvitationId([5; 16]))).await;
    assert_eq!(door.next().await, ToClient::Approved {});
    let hand: &Hand = &served.duty;
    door.log_in_on(&hand.member).await;
}
