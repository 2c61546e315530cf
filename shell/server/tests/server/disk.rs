//! A full disk, and a damaged one.

use chancery_server::shell::running::{self, StartError};
use chancery_store::store::OpenError;
use chancery_wire::to_client::{Deferral, ToClient};

use crate::{
    client::{self, Client, Served},
    pages::get,
    world::World,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_puts_acts_off_and_takes_them_as_they_are_when_there_is_room() {
    let (world, store) = World::at_work();
    let bytes = store.log_bytes().unwrap();
    let mut served =
        Served::start_on(world, store, |config| config.limits.log_bytes = Some(bytes + 60_000)).await;
    let (mut device, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let small = served.duty.note(b"fits");
    assert!(matches!(device.proposed(&small).await, ToClient::Receipt { .. }));
    let large = served.duty.note(&vec![1; 500_000]);
    assert!(
        matches!(device.proposed(&large).await, ToClient::Deferred { because: Deferral::DiskFull, .. }),
        "put off"
    );
    let (status, _, body) = get(served.addr(), "/health").await;
    assert_eq!(status, 503);
    assert!(body.contains("disk is full"), "{body}");
    // Nothing was lost: what had its receipt is there, and the same bytes are taken once there is room.
    let addr_before = served.addr();
    served.running.stop().await.unwrap();
    let running = running::start(client::config(&served.world)).await.unwrap();
    assert_ne!(running.addr(), addr_before);
    let (mut device, _) = Client::log_in(running.addr(), &served.world.duty).await;
    assert!(matches!(device.proposed(&small).await, ToClient::Receipt { .. }));
    assert!(matches!(device.proposed(&large).await, ToClient::Receipt { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_named_and_the_server_does_not_start() {
    let (world, store) = World::at_work();
    drop(store);
    let connection = rusqlite::Connection::open(world.folder().join("log.db")).unwrap();
    connection.execute_batch("UPDATE entry SET act = zeroblob(100) WHERE idx = 6").unwrap();
    drop(connection);
    let refused = running::start(client::config(&world)).await.unwrap_err();
    assert!(matches!(&refused, StartError::Open(OpenError::Damage(_))));
    let text = refused.to_string();
    assert!(text.starts_with("log.db: entry 6: "), "{text}");
    assert!(text.contains("chancery doctor"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_folder_does_not_start() {
    let served = Served::start(|_| {}).await;
    let refused = running::start(client::config(&served.world)).await.unwrap_err().to_string();
    assert!(refused.contains("another server has this desk open"), "{refused}");
}
