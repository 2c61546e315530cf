//! No address and no key reaches a log line or an event.

use std::{
    cell::RefCell,
    io::Write,
    sync::{Mutex, OnceLock},
};

use chancery_sfu::{
    event::Event,
    io::{Address, Command, Datagram, Transmit, Transport},
};

use crate::{
    device::USUAL,
    frames::unsealed,
    network::FAIR,
    world::{SFU, World, call, device},
};

/// Every way in which an address of these tests is written.
const ADDRESSES: [&str; 4] = ["203.0.113", "198.51.100", "192.0.2", "3478"];

thread_local! {
    /// Whether the sfu is at work: only its lines are looked at, not those of the devices beside it.
    pub(crate) static LISTENING: RefCell<bool> = const { RefCell::new(false) };
}

/// Lines of libraries that use the older of the two ways to log.
static OLDER: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct OlderLog;

impl log::Log for OlderLog {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        LISTENING.with_borrow(|listening| *listening)
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            OLDER.lock().unwrap().push(format!("{} {}", record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

#[derive(Clone, Default)]
struct Lines(std::sync::Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn assert_says_no_address(text: &str) {
    for address in ADDRESSES {
        assert!(!text.contains(address), "{address} in {text}");
    }
}

/// Runs a call in which much happens, and gives all that was logged while the sfu was at work, and all events.
fn eventful() -> (String, Vec<Event>) {
    static SET: OnceLock<()> = OnceLock::new();
    SET.get_or_init(|| {
        log::set_logger(&OlderLog).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let mut world = World::new();
    world.watched = Some(tracing::Dispatch::new(subscriber));
    world.command(Command::OpenCall { call: call(2) });
    for number in 1..=3 {
        world.join(call(1), number, USUAL);
    }
    world.join_as(call(2), 4, USUAL, |offer| offer.replace("m=audio", "m=video"));
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.network.weather.lost_of_1000 = 100;
    world.talk_ms(&[1, 2], 2_000);
    world.say(1, unsealed(1));
    world.network.weather = FAIR;
    world.run_ms(1_000);
    world.command(Command::RemoveLeg { call: call(1), leg: device(3) });
    world.talk_ms(&[1], 6_000);
    world.close(2);
    world.run_ms(100);
    world.devices.clear();
    world.run_ms(40_000);
    let events = world.take_events();
    let older = OLDER.lock().unwrap().join("\n");
    let newer = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    (format!("{older}\n{newer}"), events)
}

#[test]
fn no_line_that_is_logged_while_the_sfu_works_has_an_address_in_it() {
    let (logged, _) = eventful();
    assert!(logged.len() > 1_000, "DTLS logs much; this watch sees nothing: {logged}");
    assert_says_no_address(&logged);
}

#[test]
fn no_event_has_an_address_in_it() {
    let (_, events) = eventful();
    let has = |is: fn(&Event) -> bool| events.iter().any(is);
    assert!(has(|event| matches!(event, Event::Path { .. })));
    assert!(has(|event| matches!(event, Event::Dropped { .. })));
    assert!(has(|event| matches!(event, Event::Refused { .. })));
    assert!(has(|event| matches!(event, Event::Left { .. })));
    assert!(has(|event| matches!(event, Event::Statistics { .. })));
    for event in events {
        match event {
            // The answer tells the device where the sfu is; nobody else gets it.
            Event::Answer { sdp, .. } => {
                assert_says_no_address(&sdp.replace("203.0.113.1 3478 typ host", ""))
            }
            other => assert_says_no_address(&format!("{other:?}")),
        }
    }
}

#[test]
fn what_holds_an_address_does_not_show_it() {
    let at = SFU.parse().unwrap();
    let over = Transport::Udp;
    let datagram = Datagram { over, from: at, to: at, bytes: &[1, 2, 3] };
    let transmit = Transmit { over, from: at, to: at, bytes: vec![1, 2, 3] };
    let shown = format!("{datagram:?} {transmit:?} {:?}", Address { over, at });
    assert_says_no_address(&shown);
    assert!(!shown.contains("[1, 2, 3]"), "{shown}");
    let mut world = World::with(1, &[1]);
    world.talk_ms(&[1], 100);
    let shown = format!("{:?}", world.sfu);
    assert_says_no_address(&shown);
    let offered = world.answer_of(1);
    let password = offered.lines().find_map(|line| line.strip_prefix("a=ice-pwd:")).unwrap();
    assert!(!shown.contains(password), "the password of pings shows");
}
