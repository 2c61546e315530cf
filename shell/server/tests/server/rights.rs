//! Rights that change while devices are connected.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, RevokedBecause};
use chancery_log::{
    act::Head,
    id::{PackageId, Scope},
};
use chancery_seal::vault::Reader;
use chancery_wire::to_client::{Closing, ToClient};

use crate::{
    client::{Client, Hand, Served},
    world::{self, DEBRIEF, World},
};

const SCOPE: Scope = Scope::Package(DEBRIEF);

#[tokio::test(flavor = "multi_thread")]
async fn a_device_revoked_while_connected_is_closed_at_once_and_does_not_get_in_again() {
    let mut served = Served::start(|_| {}).await;
    let (mut victim, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let act = Act::DeviceRevoked { device: served.world.duty.device(), because: RevokedBecause::Lost };
    let signed = served.officer.sign(Scope::Trust, &act, Vec::new());
    assert!(matches!(officer.proposed(&signed).await, ToClient::Receipt { .. }));
    assert_eq!(victim.closing().await, Closing::Revoked);
    let mut again = Client::connect(served.addr()).await;
    let nonce = again.challenged(&served.world.duty).await;
    let answer = Client::answer(&again.host, &served.world.duty, nonce);
    again.send(&answer).await;
    assert_eq!(again.closing().await, Closing::Revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_is_removed_gets_nothing_more_of_the_package() {
    let mut served = Served::start(|_| {}).await;
    let (mut duty, _) = Client::log_in(served.addr(), &served.world.duty).await;
    duty.follow(SCOPE, served.duty.seen[&SCOPE]).await;
    let (mut principal, _) = Client::log_in(served.addr(), &served.world.principal).await;
    let readers = BTreeSet::from([Reader::Person(served.world.duty.person)]);
    let removed = served.principal.sign(SCOPE, &Act::ReadersRemoved { readers: readers.clone() }, Vec::new());
    assert!(matches!(principal.proposed(&removed).await, ToClient::Receipt { .. }));
    assert_eq!(duty.next().await, ToClient::ScopeShut { scope: SCOPE });
    let added = served.principal.sign(SCOPE, &Act::ReadersAdded { readers, from_now: true }, Vec::new());
    assert!(matches!(principal.proposed(&added).await, ToClient::Receipt { .. }));
    // Nothing came in between.
    assert!(matches!(duty.next().await, ToClient::ScopeOpened(at) if at.scope == SCOPE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_package_is_announced_to_its_readers_only() {
    let (world, store) = World::at_work();
    let package = PackageId([44; 16]);
    let opening = world::opening(&store, &[world.principal.person, world.duty.person]);
    let act = Act::DebriefGiven { principal: world.principal.person, opening };
    let signed = world.principal.sign(&store, Scope::Package(package), &act, world::opening_words(package));
    let mut served = Served::start_on(world, store, |_| {}).await;
    let (mut duty, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let (mut principal, _) = Client::log_in(served.addr(), &served.world.principal).await;
    assert!(matches!(principal.proposed(&signed).await, ToClient::Receipt { .. }));
    assert!(matches!(duty.next().await, ToClient::ScopeOpened(at) if at.scope == Scope::Package(package)));
    assert!(
        matches!(principal.next().await, ToClient::ScopeOpened(at) if at.scope == Scope::Package(package))
    );
    // The officer hears of the next thing that concerns everybody, and of nothing before it.
    officer.follow(Scope::Trust, served.officer.seen[&Scope::Trust]).await;
    let act = Act::PersonAdded { person: chancery_log::id::PersonId([60; 16]), roles: [].into() };
    let signed = served.officer.sign(Scope::Trust, &act, Vec::new());
    officer.propose(&signed).await;
    assert!(matches!(officer.next().await, ToClient::Receipt { .. } | ToClient::Entries { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_an_office_opens_what_the_office_reads() {
    let (world, mut store) = World::at_work();
    let office = world::SECURITY;
    let readers = BTreeSet::from([Reader::Office(office)]);
    world.principal.say(&mut store, SCOPE, &Act::ReadersAdded { readers, from_now: false }, Vec::new());
    let extra = world::Member::new(15);
    world.enrol(&mut store, &extra, [chancery_desk::act::Role::RecordsOfficer].into());
    store.commit().unwrap();
    let mut extra_hand = Hand::new(&extra, &store);
    let mut served = Served::start_on(world, store, |_| {}).await;
    let (mut client, scopes) = Client::log_in(served.addr(), &extra).await;
    assert_eq!(scopes.len(), 1);
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    let joined = Act::OfficeMemberAdded { office, person: extra.person };
    officer.proposed(&served.officer.sign(Scope::Trust, &joined, Vec::new())).await;
    assert!(matches!(client.next().await, ToClient::ScopeOpened(at) if at.scope == SCOPE));
    client.follow(SCOPE, Head::EMPTY).await;
    assert!(matches!(client.next().await, ToClient::Entries { .. }));
    let left = Act::OfficeMemberRemoved { office, person: extra.person };
    officer.proposed(&served.officer.sign(Scope::Trust, &left, Vec::new())).await;
    assert_eq!(client.next().await, ToClient::ScopeShut { scope: SCOPE });
    // What it writes now is refused, not lost without a word.
    assert!(matches!(client.proposed(&extra_hand.note(b"a note")).await, ToClient::Refused { .. }));
}
