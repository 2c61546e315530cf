//! The logs say what happens without saying to whom.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use chancery_desk::act::{Act, RevokedBecause};
use chancery_log::id::Scope;
use chancery_server::logs::{self, Format};
use chancery_wire::to_client::ToClient;
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    client::{Client, Served},
    world::{DEBRIEF, DESK, Member},
};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that may go right and wrong, with all levels on and every crate speaking.
async fn a_whole_run() {
    let mut served = Served::start(|_| {}).await;
    let (mut duty, _) = Client::log_in(served.addr(), &served.world.duty).await;
    let (mut officer, _) = Client::log_in(served.addr(), &served.world.officer).await;
    duty.proposed(&served.duty.note(b"Operation Nightingale leaves Port Celeste at dawn")).await;
    let mine = Act::PersonAdded { person: served.world.duty.person, roles: [].into() };
    duty.proposed(&served.duty.sign(Scope::Trust, &mine, Vec::new())).await;
    let mut stranger = Client::connect(served.addr()).await;
    stranger.web.send(Message::Binary(b"Operation Nightingale".to_vec().into())).await.unwrap();
    stranger.closing().await;
    let mut unknown = Client::connect(served.addr()).await;
    let nonce = unknown.challenged(&Member::new(99)).await;
    let answer = Client::answer(&unknown.host, &Member::new(99), nonce);
    unknown.send(&answer).await;
    unknown.closing().await;
    let act = Act::DeviceRevoked { device: served.world.duty.device(), because: RevokedBecause::Lost };
    let signed = served.officer.sign(Scope::Trust, &act, Vec::new());
    assert!(matches!(officer.proposed(&signed).await, ToClient::Receipt { .. }));
    duty.closing().await;
    drop(tokio::net::TcpStream::connect(served.addr()).await.unwrap());
    let (_, store) = served.stop().await;
    drop(store);
}

#[test]
fn no_address_no_id_and_no_word_of_anybody_is_ever_logged() {
    let captured = Captured::default();
    tracing::subscriber::set_global_default(logs::subscriber(Format::Json, captured.clone())).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(a_whole_run());
    let text = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("a device is in"), "the run was logged: {text}");
    let mut forbidden: Vec<String> =
        ["127.0.0.1", "::1", "Nightingale", "Celeste", "desk.example", "Operation"]
            .map(String::from)
            .to_vec();
    for member in [11, 12, 13, 14, 99].map(Member::new) {
        forbidden.extend([member.person.to_string(), member.device().to_string()]);
        forbidden.push(hex::encode(member.keys.signs));
    }
    forbidden.extend([DESK.to_string(), DEBRIEF.to_string()]);
    for word in forbidden {
        assert!(!text.contains(&word), "{word} stands in the logs:\n{text}");
    }
    for line in text.lines() {
        assert!(!has_address(line), "an address stands in the logs: {line}");
        assert!(!has_long_hex(line), "a digest or id stands in the logs: {line}");
    }
}

/// Four numbers with dots between them.
fn has_address(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| {
        let parts: Vec<_> = word.split('.').collect();
        parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
    })
}

fn has_long_hex(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_hexdigit()).any(|word| word.len() >= 24)
}
