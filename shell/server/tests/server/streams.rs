//! Following scopes and fetching bodies.

use chancery_log::{
    act::Head,
    checkpoint,
    id::{Digest, Scope},
    leaf::LeafBytes,
    proof::{ConsistencyProof, InclusionProof, TreeHead},
};
use chancery_wire::{
    limits::CREDIT,
    to_client::{Advance, ToClient},
    to_server::ToServer,
};
use ed25519_dalek::SigningKey;

use crate::{
    client::{Client, Served},
    world::{DEBRIEF, World},
};

const SCOPE: Scope = Scope::Package(DEBRIEF);

/// Checks what comes as a device would: the chain, the proof of the last leaf, the checkpoints' order.
struct Checked {
    head: Head,
    tree: TreeHead,
    acts: Vec<Vec<u8>>,
}

impl Checked {
    fn new() -> Self {
        Self { head: Head::EMPTY, tree: TreeHead::EMPTY, acts: Vec::new() }
    }

    fn advance(&mut self, advance: &Advance) {
        let key = SigningKey::from_bytes(&[101; 32]).verifying_key().to_bytes();
        let tree = checkpoint::verify(&advance.note, "desk.example/log", &key).unwrap().head();
        if self.tree.size > 0 {
            ConsistencyProof(advance.consistency.clone()).verify(self.tree, tree).unwrap();
        }
        self.tree = tree;
    }

    fn take(&mut self, message: ToClient) {
        let ToClient::Entries { scope, entries, checkpoint, inclusion, .. } = message else {
            panic!("expected entries, got {message:?}")
        };
        assert_eq!(scope, SCOPE);
        self.advance(&checkpoint);
        let mut last = None;
        for entry in entries {
            let leaf = LeafBytes::read(&entry.leaf).unwrap();
            assert_eq!(leaf.leaf().before, self.head, "no gap, no double, no fork");
            assert_eq!(leaf.leaf().act, Digest::of(&entry.act));
            self.head = leaf.after();
            self.acts.push(entry.act.into_vec());
            last = Some(leaf);
        }
        let last = last.unwrap();
        InclusionProof(inclusion).verify(last.hash(), last.leaf().index, self.tree).unwrap();
    }
}

fn desk_with_notes(notes: usize) -> (World, chancery_store::store::Store) {
    let (world, mut store) = World::at_work();
    for number in 0..notes {
        world.duty.note(&mut store, format!("note {number}").as_bytes());
    }
    store.commit().unwrap();
    (world, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_comes_whole_and_goes_on_with_what_is_added() {
    let (world, store) = desk_with_notes(700);
    let mut served = Served::start_on(world, store, |_| {}).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    reader.follow(SCOPE, Head::EMPTY).await;
    let mut checked = Checked::new();
    while checked.head.count < 701 {
        checked.take(reader.next().await);
    }
    let (mut writer, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let signed = served.duty.note(b"one more");
    writer.proposed(&signed).await;
    checked.take(reader.next().await);
    assert_eq!(checked.acts.last(), Some(&signed.act));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_comes_back_goes_on_where_it_was_without_gap_or_double() {
    let (world, store) = desk_with_notes(100);
    let mut served = Served::start_on(world, store, |_| {}).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    reader.follow(SCOPE, Head::EMPTY).await;
    let mut checked = Checked::new();
    while checked.head.count < 101 {
        checked.take(reader.next().await);
    }
    drop(reader);
    let (mut writer, _) = Client::log_in(served.addr(), &served.world.duty).await;
    for number in 0..10 {
        writer.proposed(&served.duty.note(format!("meanwhile {number}").as_bytes())).await;
    }
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    // The connection is new, and with it the checkpoint that it knows of.
    checked.tree = TreeHead::EMPTY;
    reader.follow(SCOPE, checked.head).await;
    writer.proposed(&served.duty.note(b"and now")).await;
    while checked.head.count < 112 {
        checked.take(reader.next().await);
    }
    assert_eq!(checked.acts.len(), 112);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_comes_than_the_device_gave_credit_for() {
    let (world, store) = desk_with_notes(200);
    let served = Served::start_on(world, store, |_| {}).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    let bodies =
        |from: usize| (from..from + 100).map(|n| Digest::of(format!("note {n}").as_bytes())).collect();
    reader.send(&ToServer::Fetch { scope: SCOPE, bodies: bodies(0) }).await;
    reader.send(&ToServer::Fetch { scope: SCOPE, bodies: bodies(100) }).await;
    reader.send(&ToServer::Ping {}).await;
    let mut came = 0;
    // The answer to the ping may overtake bodies, so it is asked again until it comes alone.
    loop {
        match reader.next().await {
            ToClient::Body { .. } => came += 1,
            ToClient::Pong {} if came >= CREDIT => break,
            ToClient::Pong {} => reader.send(&ToServer::Ping {}).await,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(came, CREDIT);
    reader.send(&ToServer::Taken { messages: CREDIT }).await;
    for _ in 0..CREDIT {
        assert!(matches!(reader.next().await, ToClient::Body { .. }));
        came += 1;
    }
    reader.send(&ToServer::Taken { messages: CREDIT }).await;
    while came < 200 {
        assert!(matches!(reader.next().await, ToClient::Body { .. }));
        came += 1;
        reader.send(&ToServer::Taken { messages: 1 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_more_than_was_sent_is_closed() {
    let served = Served::start(|_| {}).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    reader.send(&ToServer::Taken { messages: 1 }).await;
    assert!(matches!(reader.closing().await, chancery_wire::to_client::Closing::Malformed(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_from_another_history_is_answered_with_ours() {
    let served = Served::start(|_| {}).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    for head in [Head { count: 1, last: Digest([1; 32]) }, Head { count: 900, last: Digest([1; 32]) }] {
        reader.follow(SCOPE, head).await;
        let ours = served.principal.seen[&SCOPE];
        assert_eq!(reader.next().await, ToClient::Diverged { scope: SCOPE, head: ours });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_come_with_the_right_bytes_to_readers_of_their_scope_only() {
    let served = Served::start(|_| {}).await;
    let sha256 = Digest::of(b"sealed words");
    let ask = ToServer::Fetch { scope: SCOPE, bodies: vec![sha256, Digest([5; 32])] };
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.duty).await;
    reader.send(&ask).await;
    assert_eq!(reader.next().await, ToClient::Body { sha256, bytes: b"sealed words".to_vec().into() });
    assert_eq!(reader.next().await, ToClient::BodyMissing { sha256: Digest([5; 32]) });
    // Not under another scope's name, and not to somebody who does not read the package.
    reader.send(&ToServer::Fetch { scope: Scope::Trust, bodies: vec![sha256] }).await;
    assert_eq!(reader.next().await, ToClient::BodyMissing { sha256 });
    let (mut other, _) = Client::log_in(served.addr(), &served.world.officer).await;
    other.send(&ask).await;
    assert_eq!(other.next().await, ToClient::BodyMissing { sha256 });
    other.follow(SCOPE, Head::EMPTY).await;
    other.next_that(|message| (message == ToClient::ScopeShut { scope: SCOPE }).then_some(())).await;
}
