//! Who gets in.

use chancery_log::{
    checkpoint,
    id::{DeskId, Scope},
};
use chancery_wire::{
    limits::WIRE_VERSION,
    to_client::{Closing, ToClient},
    to_server::ToServer,
};
use ed25519_dalek::SigningKey;

use crate::{
    client::{Client, Served},
    world::{DEBRIEF, DESK, Member},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_signs_the_challenge_is_welcomed_with_what_it_may_follow() {
    let served = Served::start(|_| {}).await;
    let (_client, scopes) = Client::log_in(served.addr(), &served.world.principal).await;
    let scopes: Vec<_> = scopes.into_iter().map(|at| (at.scope, at.head)).collect();
    let expected =
        [Scope::Trust, Scope::Package(DEBRIEF)].map(|scope| (scope, served.principal.seen[&scope]));
    assert_eq!(scopes, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_of_no_package_that_its_person_does_not_read() {
    let served = Served::start(|_| {}).await;
    let (_client, scopes) = Client::log_in(served.addr(), &served.world.officer).await;
    assert_eq!(scopes.into_iter().map(|at| at.scope).collect::<Vec<_>>(), [Scope::Trust]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_welcome_proves_that_the_log_extends_the_one_the_device_knows() {
    let served = Served::start(|_| {}).await;
    let mut client = Client::connect(served.addr()).await;
    let member = &served.world.principal;
    client
        .send(&ToServer::Hello { version: WIRE_VERSION, desk: DESK, device: member.device(), log_size: 3 })
        .await;
    let ToClient::Challenge { server_nonce } = client.next().await else { panic!("no challenge") };
    let answer = Client::answer(&client.host, member, *server_nonce);
    client.send(&answer).await;
    let ToClient::Welcome { checkpoint: advance, .. } = client.next().await else { panic!("no welcome") };
    assert!(!advance.consistency.is_empty());
    let key = SigningKey::from_bytes(&[101; 32]).verifying_key().to_bytes();
    assert!(checkpoint::verify(&advance.note, "desk.example/log", &key).unwrap().size() > 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_device_is_challenged_like_any_other_and_then_not_let_in() {
    let served = Served::start(|_| {}).await;
    let stranger = Member::new(99);
    let mut client = Client::connect(served.addr()).await;
    let nonce = client.challenged(&stranger).await;
    let answer = Client::answer(&client.host, &stranger, nonce);
    client.send(&answer).await;
    assert_eq!(client.closing().await, Closing::NotApproved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_answer_does_not_open_another_connection() {
    let served = Served::start(|_| {}).await;
    let member = &served.world.principal;
    let mut first = Client::connect(served.addr()).await;
    let nonce = first.challenged(member).await;
    let recorded = Client::answer(&first.host, member, nonce);
    first.send(&recorded).await;
    assert!(matches!(first.next().await, ToClient::Welcome { .. }));
    let mut second = Client::connect(served.addr()).await;
    second.challenged(member).await;
    second.send(&recorded).await;
    assert_eq!(second.closing().await, Closing::NotApproved);
    // And the first one did not suffer.
    first.send(&ToServer::Ping {}).await;
    assert_eq!(first.next().await, ToClient::Pong {});
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_for_another_host_does_not_count() {
    let served = Served::start(|_| {}).await;
    let member = &served.world.principal;
    let mut client = Client::connect(served.addr()).await;
    let nonce = client.challenged(member).await;
    client.send(&Client::answer("evil.example:443", member, nonce)).await;
    assert_eq!(client.closing().await, Closing::NotApproved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_another_desk_or_version_is_told_which_desk_this_is() {
    let served = Served::start(|_| {}).await;
    let device = served.world.principal.device();
    for (version, desk) in [(WIRE_VERSION, DeskId([8; 16])), (WIRE_VERSION + 1, DESK)] {
        let mut client = Client::connect(served.addr()).await;
        client.send(&ToServer::Hello { version, desk, device, log_size: 0 }).await;
        assert_eq!(client.closing().await, Closing::OtherDesk { version: WIRE_VERSION, desk: DESK });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_connects_again_replaces_its_own_connection() {
    let served = Served::start(|_| {}).await;
    let (mut first, _) = Client::log_in(served.addr(), &served.world.principal).await;
    let (mut second, _) = Client::log_in(served.addr(), &served.world.principal).await;
    assert_eq!(first.closing().await, Closing::Replaced);
    second.send(&ToServer::Ping {}).await;
    assert_eq!(second.next().await, ToClient::Pong {});
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_hello_or_a_knock_is_taken_from_a_stranger() {
    let served = Served::start(|_| {}).await;
    for message in [
        ToServer::Taken { messages: 1 },
        ToServer::Follow { scope: Scope::Trust, head: chancery_log::act::Head::EMPTY },
        ToServer::Fetch { scope: Scope::Trust, bodies: Vec::new() },
        ToServer::Propose { act: Vec::new().into(), bodies: Vec::new() },
        ToServer::Answer { device_nonce: [0; 32].into(), signature: [0; 64].into() },
    ] {
        let mut client = Client::connect(served.addr()).await;
        client.send(&message).await;
        assert!(matches!(client.closing().await, Closing::Malformed(_)), "{message:?}");
    }
}
