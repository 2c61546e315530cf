//! Ways in which a leg ends by itself.

use chancery_sfu::event::{End, Event};

use crate::{
    device::USUAL,
    world::{World, call, device},
};

fn ends(world: &mut World) -> Vec<End> {
    let ends = world.take_events().into_iter().filter_map(|event| match event {
        Event::Left { because, .. } => Some(because),
        _ => None,
    });
    ends.collect()
}

#[test]
fn a_device_that_says_good_bye_is_gone_at_once() {
    let mut world = World::with(2, &[1]);
    world.take_events();
    world.close(2);
    world.run_ms(100);
    assert_eq!(ends(&mut world), [End::Closed]);
    assert_eq!(world.sfu.legs(), 1);
}

#[test]
fn a_device_that_is_silent_for_long_is_gone() {
    let mut world = World::with(2, &[1]);
    world.devices.remove(&device(2));
    world.run_ms(29_000);
    assert_eq!(ends(&mut world), []);
    world.run_ms(3_000);
    assert_eq!(ends(&mut world), [End::Silent]);
    assert_eq!(world.sfu.legs(), 1);
}

#[test]
fn a_device_that_never_pings_is_gone() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    world.devices.clear();
    world.run_ms(19_000);
    assert_eq!(ends(&mut world), []);
    world.run_ms(3_000);
    assert_eq!(ends(&mut world), [End::NeverConnected]);
    assert_eq!(world.sfu.legs(), 0);
}

#[test]
fn somebody_else_with_another_certificate_gets_no_keys() {
    let mut world = World::new();
    // The offer names one certificate, DTLS comes with another one.
    world.join_as(call(1), 1, USUAL, |offer| {
        let start = offer.find("sha-256 ").unwrap() + "sha-256 ".len();
        let first = &offer[start..start + 95];
        offer.replace(first, &format!("{}{}", "00:", &first[3..]))
    });
    world.run_ms(2_000);
    let ends = ends(&mut world);
    let [End::Failed { why }] = ends.as_slice() else { panic!("{ends:?}") };
    assert!(why.starts_with("expected the certificate of the offer"), "{why}");
    assert!(!world.events.iter().any(|(_, event)| matches!(event, Event::Connected { .. })));
    assert_eq!(world.sfu.legs(), 0);
}

#[test]
fn lost_handshakes_are_made_up_for() {
    let mut world = World::new();
    world.network.weather.lost_of_1000 = 200;
    for number in 1..=10 {
        world.join(call(1), number, USUAL);
    }
    world.run_ms(15_000);
    let connected = world.devices.values().filter(|device| device.is_connected).count();
    assert_eq!(connected, 10);
}
