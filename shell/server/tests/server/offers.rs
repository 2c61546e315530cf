//! Acts over the socket.

use chancery_desk::{act::Act, refusal::Refusal};
use chancery_log::{
    act::Head,
    checkpoint,
    id::{Digest, Scope},
    leaf::LeafBytes,
    proof::InclusionProof,
};
use chancery_wire::to_client::{Closing, ToClient};
use ed25519_dalek::SigningKey;

use crate::{
    client::{Client, Served},
    world::DEBRIEF,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_proves_the_act_and_the_act_is_on_the_disk() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let signed = served.duty.note(b"a note");
    let ToClient::Receipt { act, leaf, inclusion, checkpoint: advance } = client.proposed(&signed).await
    else {
        panic!("no receipt")
    };
    let leaf = LeafBytes::read(&leaf).unwrap();
    assert_eq!((leaf.leaf().act, leaf.leaf().scope), (act, Scope::Package(DEBRIEF)));
    let key = SigningKey::from_bytes(&[101; 32]).verifying_key().to_bytes();
    let tree = checkpoint::verify(&advance.note, "desk.example/log", &key).unwrap().head();
    InclusionProof(inclusion).verify(leaf.hash(), leaf.leaf().index, tree).unwrap();
    let (_world, store) = served.stop().await;
    assert_eq!(store.entry(leaf.leaf().index).unwrap().act, signed.act);
    assert_eq!(store.body(Digest::of(b"a note")).unwrap(), b"a note");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_act_again_gets_a_receipt_for_the_same_leaf() {
    let mut served = Served::start(|_| {}).await;
    let signed = served.duty.note(b"a note");
    let mut leaves = Vec::new();
    for _ in 0..3 {
        let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
        match client.proposed(&signed).await {
            ToClient::Receipt { leaf, .. } => leaves.push(leaf),
            other => panic!("expected a receipt, got {other:?}"),
        }
    }
    assert!(leaves.iter().all(|leaf| *leaf == leaves[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_act_names_the_rule_and_uses_no_counter() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let mut hand = served.duty.clone();
    let mine = Act::OfficeMade {
        office: chancery_log::id::OfficeId([50; 16]),
        purpose: chancery_desk::act::OfficePurpose::Other,
    };
    match client.proposed(&hand.sign(Scope::Trust, &mine, Vec::new())).await {
        ToClient::Refused { refusal, .. } => assert!(matches!(*refusal, Refusal::NeedsRole { .. })),
        other => panic!("expected a refusal, got {other:?}"),
    }
    // The same counter again, with an act that is allowed.
    let duty = Act::DutyTaken { post: chancery_desk::act::Post::DutyOfficer };
    let signed = served.duty.sign(Scope::Trust, &duty, Vec::new());
    assert!(matches!(client.proposed(&signed).await, ToClient::Receipt { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_signed_by_another_device_closes_the_connection() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    client.propose(&served.principal.note(b"not mine")).await;
    assert!(matches!(client.closing().await, Closing::Malformed(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_body_closes_the_connection() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let mut signed = served.duty.note(b"a note");
    signed.bodies = vec![b"b note".to_vec()];
    client.propose(&signed).await;
    assert!(matches!(client.closing().await, Closing::Malformed(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_who_saw_another_history_is_told_that_the_histories_differ() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    served.duty.seen.insert(Scope::Trust, Head { count: 4, last: Digest([3; 32]) });
    client.propose(&served.duty.note(b"a note")).await;
    assert!(matches!(client.next().await, ToClient::Diverged { scope: Scope::Trust, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_devices_worth_of_acts_at_once_all_get_receipts_without_a_gap() {
    let mut served = Served::start(|_| {}).await;
    let (mut client, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let before = served.duty.seen[&Scope::Package(DEBRIEF)].count;
    let notes: Vec<_> = (0..60).map(|n| served.duty.note(format!("note {n}").as_bytes())).collect();
    for signed in &notes {
        client.propose(signed).await;
    }
    let mut counts = Vec::new();
    while counts.len() < notes.len() {
        if let ToClient::Receipt { leaf, .. } = client.next().await {
            counts.push(LeafBytes::read(&leaf).unwrap().leaf().before.count);
        }
    }
    assert_eq!(counts, (before..before + 60).collect::<Vec<_>>());
}
