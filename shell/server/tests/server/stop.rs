//! A stop that finishes what has come.

use chancery_log::id::{Digest, Scope};
use chancery_wire::to_client::{Closing, ToClient};

use crate::{
    client::{Client, Served},
    world::DEBRIEF,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_act_that_came_before_the_stop_is_logged_and_every_device_is_told() {
    let mut served = Served::start(|_| {}).await;
    let (mut writer, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let (mut reader, _) = Client::log_in(served.addr(), &served.world.principal).await;
    let notes: Vec<_> = (0..20).map(|n| served.duty.note(format!("note {n}").as_bytes())).collect();
    for signed in &notes {
        writer.propose(signed).await;
    }
    // The last receipt says that all of them have come.
    let last = Digest::of(&notes[19].act);
    writer
        .next_that(|message| matches!(message, ToClient::Receipt { act, .. } if act == last).then_some(()))
        .await;
    let (_world, store) = served.stop().await;
    assert_eq!(writer.closing().await, Closing::Stopping);
    assert_eq!(reader.closing().await, Closing::Stopping);
    assert_eq!(store.places().head(Scope::Package(DEBRIEF)).count, 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_that_race_with_the_stop_are_either_receipted_and_there_or_neither_said() {
    let mut served = Served::start(|_| {}).await;
    let (mut writer, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let notes: Vec<_> = (0..50).map(|n| served.duty.note(format!("note {n}").as_bytes())).collect();
    for signed in &notes {
        writer.propose(signed).await;
    }
    let (_world, store) = served.stop().await;
    let mut receipts = 0;
    while let Some(message) = writer.next_or_end().await {
        if matches!(message, ToClient::Receipt { .. }) {
            receipts += 1;
        }
    }
    assert!(store.places().head(Scope::Package(DEBRIEF)).count > receipts);
}
