//! Offers that are none of ours are refused by name; none makes the sfu stumble.

use chancery_sfu::{event::Event, io::Command, refusal::Refusal, sdp::error::OfferError};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::{
    device::USUAL,
    world::{World, call, device},
};

fn usual(world: &mut World) -> String {
    world.join(call(1), 1, USUAL);
    world.command(Command::RemoveLeg { call: call(1), leg: device(1) });
    world.take_events();
    world.devices.remove(&device(1)).unwrap().offer
}

/// What becomes of an offer: none when it was taken.
fn refusal(world: &mut World, offer: &str) -> Option<Refusal> {
    world.command(Command::AddLeg { call: call(1), leg: device(2), leaf: None, offer: offer.to_owned() });
    let events = world.take_events();
    let answered = events.iter().any(|event| matches!(event, Event::Answer { .. }));
    let refused = events.into_iter().find_map(|event| match event {
        Event::Refused { because, .. } => Some(because),
        _ => None,
    });
    assert_ne!(answered, refused.is_some());
    refused
}

#[test]
fn each_thing_that_is_not_agreed_is_refused_by_its_name() {
    let mut world = World::new();
    let offer = usual(&mut world);
    assert_eq!(refusal(&mut world, &offer), None);
    let first_mid = offer.lines().find_map(|line| line.strip_prefix("a=mid:")).unwrap().to_owned();
    let line = |start: &str| offer.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    let fingerprint = line("a=fingerprint:");
    let password = line("a=ice-pwd:");
    let cases: Vec<(String, OfferError)> = vec![
        (offer.replacen("m=audio", "m=video", 1), OfferError::NotAudio("video".into())),
        (
            format!("{offer}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"),
            OfferError::NotAudio("application".into()),
        ),
        (offer.replacen("UDP/TLS/RTP/SAVPF", "RTP/AVP", 1), OfferError::OtherTransport("RTP/AVP".into())),
        (offer.replacen("opus/48000/2", "PCMU/8000", 1), OfferError::OtherCodec("PCMU/8000".into())),
        (offer.replacen("opus/48000/2", "opus/48000/1", 1), OfferError::OtherCodec("opus/48000/1".into())),
        (
            offer.replacen("a=rtpmap:111", "a=rtpmap:112 rtx/48000\r\na=rtpmap:111", 1).replacen(
                "SAVPF 111",
                "SAVPF 111 112",
                1,
            ),
            OfferError::OtherCodec("rtx/48000".into()),
        ),
        (offer.replacen("SAVPF 111", "SAVPF 0 111", 1), OfferError::OtherCodec("0".into())),
        (offer.replacen("SAVPF 111", "SAVPF x 111", 1), OfferError::OtherCodec("x".into())),
        (offer.replacen("SAVPF 111", "SAVPF", 1), OfferError::NoOpus { mid: first_mid.clone() }),
        (offer.replacen("a=sendonly", "a=sendrecv", 1), OfferError::Direction { mid: first_mid.clone() }),
        (offer.replacen("a=sendonly", "a=recvonly", 1), OfferError::Directions { sendonly: 0, recvonly: 9 }),
        (offer.replacen("a=recvonly", "a=sendonly", 1), OfferError::Directions { sendonly: 2, recvonly: 7 }),
        (offer.replacen("a=rtcp-mux\r\n", "", 1), OfferError::NoRtcpMux { mid: first_mid.clone() }),
        (
            offer.replacen("a=group:BUNDLE", "a=group:LS", 1),
            OfferError::NotBundled { mid: first_mid.clone() },
        ),
        (
            offer.replacen(&format!("BUNDLE {first_mid}"), "BUNDLE", 1),
            OfferError::NotBundled { mid: first_mid.clone() },
        ),
        (offer.replacen(&format!("a=mid:{first_mid}\r\n"), "", 1), OfferError::Mid),
        (offer.replacen(&format!("a=mid:{first_mid}"), "a=mid:a b", 1), OfferError::Mid),
        (
            offer.replacen(&format!("a=mid:{first_mid}"), &format!("a=mid:{}", "x".repeat(17)), 1),
            OfferError::Mid,
        ),
        (offer.replace(&password, "a=ice-pwd:short"), OfferError::Ice),
        (offer.replace("a=ice-ufrag:", "a=ice-other:"), OfferError::Ice),
        (offer.replace("a=setup:actpass", "a=setup:passive"), OfferError::Setup("passive".into())),
        (offer.replace(&fingerprint, "a=fingerprint:sha-1 00:01"), OfferError::Fingerprint),
        (offer.replace(&fingerprint, &fingerprint[..fingerprint.len() - 3]), OfferError::Fingerprint),
        (offer.replace(&fingerprint, &format!("{fingerprint}:00")), OfferError::Fingerprint),
        (offer.replace(&fingerprint, &fingerprint.replace(':', " ")), OfferError::Fingerprint),
        (offer.replacen("a=group", "a=ice-lite\r\na=group", 1), OfferError::IceLite),
        ("not sdp at all".into(), OfferError::NotSdp(1)),
        (String::new(), OfferError::Directions { sendonly: 0, recvonly: 0 }),
        ("x".repeat(40_000), OfferError::TooLong(40_000)),
        ("a=b\r\n".repeat(1_001), OfferError::TooManyLines),
    ];
    for (changed, expected) in cases {
        assert_ne!(changed, offer, "nothing was changed for {expected}");
        assert_eq!(refusal(&mut world, &changed), Some(Refusal::Offer(expected)), "{changed}");
    }
}

#[test]
fn lines_that_are_in_the_group_or_not_at_all_need_not_say_what_the_first_one_says() {
    let mut world = World::new();
    let offer = usual(&mut world);
    let (first, others) = offer.split_at(offer.rfind("m=audio").unwrap());
    let bundled = others.replace("a=rtcp-mux\r\n", "a=bundle-only\r\n").replace("m=audio 9 ", "m=audio 0 ");
    let lean: String = bundled
        .lines()
        .filter(|line| !["a=ice-", "a=fingerprint", "a=setup"].iter().any(|start| line.starts_with(start)))
        .flat_map(|line| [line, "\r\n"])
        .collect();
    assert_ne!(lean, others);
    assert_eq!(refusal(&mut world, &format!("{first}{lean}")), None);
}

#[test]
fn eight_slots_are_taken_and_nine_are_not() {
    let mut world = World::new();
    world.join(call(1), 1, crate::device::Make { slots: 9, ..USUAL });
    let refused = Refusal::Offer(OfferError::Directions { sendonly: 1, recvonly: 9 });
    let events = world.take_events();
    assert!(
        events.iter().any(|event| matches!(event, Event::Refused { because, .. } if *because == refused))
    );
}

#[test]
fn the_answer_is_opus_at_a_constant_rate_without_extensions_on_ice_lite() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    let answer = world.answer_of(1);
    let count = |text: &str| answer.matches(text).count();
    assert_eq!(count("a=ice-lite\r\n"), 1);
    assert_eq!(count("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), 9);
    assert_eq!(count("a=recvonly\r\n"), 1);
    assert_eq!(count("a=sendonly\r\n"), 8);
    assert_eq!(count("a=rtcp-fb:111 nack\r\n"), 9);
    assert_eq!(count("a=setup:passive\r\n"), 9);
    assert_eq!(count("a=candidate:"), 1);
    assert_eq!(count("a=extmap"), 0);
    assert_eq!(count("ssrc-audio-level"), 0);
    for parameter in ["cbr=1", "useinbandfec=1", "usedtx=0", "maxaveragebitrate=32000", "minptime=20"] {
        assert_eq!(count(parameter), 9, "{parameter}");
    }
    assert!(answer.lines().all(|line| !line.is_empty()) && answer.ends_with("\r\n"));
}

#[test]
fn what_was_not_offered_is_not_answered() {
    let mut world = World::new();
    world.join_as(call(1), 1, USUAL, |offer| {
        offer.replace("a=rtcp-fb:111 nack\r\n", "").replace("a=rtcp-xr:rcvr-rtt=all\r\n", "")
    });
    let answer = world.answer_of(1);
    for absent in ["nack", "rtcp-xr"] {
        assert!(!answer.contains(absent), "{absent}");
    }
}

#[test]
fn offers_with_bytes_changed_at_random_are_taken_or_refused_and_nothing_else_happens() {
    let mut world = World::new();
    let offer = usual(&mut world);
    let mut random = ChaCha20Rng::from_seed([3; 32]);
    let mut refused = 0;
    for _ in 0..3_000 {
        let mut bytes = offer.clone().into_bytes();
        for _ in 0..=random.next_u32() % 8 {
            let place = random.next_u32() as usize % bytes.len();
            match random.next_u32() % 4 {
                0 => bytes[place] = random.next_u32() as u8,
                1 => bytes.insert(place, b"\r\n=: a0"[random.next_u32() as usize % 7]),
                2 => drop(bytes.drain(place..(place + random.next_u32() as usize % 40).min(bytes.len()))),
                _ => bytes.truncate(place.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(b'v');
            }
        }
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        match refusal(&mut world, &changed) {
            Some(Refusal::TooManyJoins { retry_us }) => {
                let until_us = world.now_us + retry_us;
                world.run_until_us(until_us);
            }
            Some(_) => refused += 1,
            None => {}
        }
    }
    assert!(refused > 1_000, "{refused}");
    assert!(world.sfu.legs() <= 1);
}
