//! Too large, too fast, too many, too slow: that connection ends with a reason, and nobody else suffers.

use std::time::Duration;

use chancery_server::limits::{Limits, Rate};
use chancery_wire::{
    limits::{STRANGER_BYTES_MAX, TO_SERVER_BYTES_MAX},
    to_client::{Closing, ToClient},
    to_server::ToServer,
};
use futures_util::SinkExt as _;
use tokio::{io::AsyncReadExt as _, net::TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Served};

async fn still_served(served: &Served) {
    let (mut other, _) = Client::log_in(served.addr(), &served.world.principal).await;
    other.send(&ToServer::Ping {}).await;
    assert_eq!(other.next().await, ToClient::Pong {});
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_message_closes_its_connection_with_a_reason() {
    let served = Served::start(|_| {}).await;
    let hostile: [&[u8]; 5] = [b"", b"\xff\xff\xff", b"hello", &[0x9f; 400], &[0xa1, 0x61, 0x78]];
    for bytes in hostile {
        let mut stranger = Client::connect(served.addr()).await;
        stranger.web.send(Message::Binary(bytes.to_vec().into())).await.unwrap();
        assert!(matches!(stranger.closing().await, Closing::Malformed(_)));
        let (mut device, _) = Client::log_in(served.addr(), &served.world.duty).await;
        device.web.send(Message::Binary(bytes.to_vec().into())).await.unwrap();
        assert!(matches!(device.closing().await, Closing::Malformed(_)));
    }
    let mut stranger = Client::connect(served.addr()).await;
    stranger.web.send(Message::Text("{}".into())).await.unwrap();
    assert!(matches!(stranger.closing().await, Closing::Malformed(_)));
    still_served(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_s_message_may_be_small_only() {
    let served = Served::start(|_| {}).await;
    for bytes in [STRANGER_BYTES_MAX + 1, STRANGER_BYTES_MAX * 100] {
        let mut stranger = Client::connect(served.addr()).await;
        // The server may close before it has read everything.
        drop(stranger.web.send(Message::Binary(vec![0; bytes].into())).await);
        let closing = stranger.next_or_end().await;
        let too_large = |because: &Closing| matches!(because, Closing::TooLarge { .. });
        match closing {
            Some(ToClient::Closing { because }) => assert!(too_large(&because), "{because:?}"),
            // What was still on its way makes the system reset the connection.
            None => {}
            Some(other) => panic!("{other:?}"),
        }
    }
    still_served(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_s_message_may_not_be_larger_than_the_limit() {
    let served = Served::start(|_| {}).await;
    let (mut device, _) = Client::log_in(served.addr(), &served.world.duty).await;
    drop(device.web.send(Message::Binary(vec![0; TO_SERVER_BYTES_MAX + 1].into())).await);
    match device.next_or_end().await {
        Some(ToClient::Closing { because }) => assert!(matches!(because, Closing::TooLarge { .. })),
        None => {}
        Some(other) => panic!("{other:?}"),
    }
    still_served(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_sends_too_fast_is_closed_and_told_when_to_come_again() {
    let rate = Rate { per_second: 1.0, burst: 30.0 };
    let served = Served::start(|config| config.limits.messages_per_device = rate).await;
    let (mut device, _) = Client::log_in(served.addr(), &served.world.duty).await;
    for _ in 0..40 {
        if device.web.send(Message::Binary(ToServer::Ping {}.write().unwrap().into())).await.is_err() {
            break;
        }
    }
    assert!(matches!(device.closing().await, Closing::TooFast { retry_ms } if retry_ms > 0));
    still_served(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_devices_than_there_are_places_are_told_to_come_again() {
    let served = Served::start(|config| config.limits = Limits { sockets: 2, ..Limits::default() }).await;
    let _one = Client::log_in(served.addr(), &served.world.duty).await;
    let _two = Client::log_in(served.addr(), &served.world.officer).await;
    let mut three = Client::connect(served.addr()).await;
    assert!(matches!(three.closing().await, Closing::Full { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_no_more_connections_than_its_share() {
    let served = Served::start(|config| config.limits.connections_per_address = 2).await;
    let one = Client::log_in(served.addr(), &served.world.duty).await;
    let _two = Client::connect(served.addr()).await;
    let mut three = TcpStream::connect(served.addr()).await.unwrap();
    let mut byte = [0];
    assert!(!matches!(three.read(&mut byte).await, Ok(1..)), "turned away without a word");
    drop(one);
    // A place that is free is given again; the server notices in its own time.
    loop {
        let stream = TcpStream::connect(served.addr()).await.unwrap();
        let asked = tokio_tungstenite::client_async(format!("ws://{}/desk", served.addr()), stream).await;
        if asked.is_ok() {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_and_says_nothing_is_closed() {
    let limits = Limits { login: Duration::from_millis(100), ..Limits::default() };
    let served = Served::start(|config| config.limits = limits).await;
    let mut stranger = Client::connect(served.addr()).await;
    assert_eq!(stranger.closing().await, Closing::Idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_gone_without_a_word_is_closed() {
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let served = Served::start(|config| config.limits = limits).await;
    let (mut silent, _) = Client::log_in(served.addr(), &served.world.duty).await;
    // Its stream is not read, so it does not answer pings. One that is read does, and stays however silent it is.
    let (mut other, _) = Client::log_in(served.addr(), &served.world.officer).await;
    assert!(tokio::time::timeout(limits.idle * 4, other.next_or_end()).await.is_err());
    // Its late answers to pings meet a closed connection, which may cost it the reason.
    let idle = ToClient::Closing { because: Closing::Idle };
    assert!(silent.next_or_end().await.is_none_or(|message| message == idle));
    other.send(&ToServer::Ping {}).await;
    assert_eq!(other.next().await, ToClient::Pong {});
}
