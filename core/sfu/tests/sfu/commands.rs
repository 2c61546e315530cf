//! Commands that can't be done are refused by name, and change nothing.

use chancery_sfu::{event::Event, io::Command, refusal::Refusal};

use crate::{
    device::USUAL,
    world::{World, call, device},
};

fn refusals(world: &mut World) -> Vec<Refusal> {
    let refusals = world.take_events().into_iter().filter_map(|event| match event {
        Event::Refused { because, .. } => Some(because),
        _ => None,
    });
    refusals.collect()
}

#[test]
fn a_call_that_is_not_open_takes_no_command() {
    let mut world = World::new();
    let (call, leg) = (call(9), device(1));
    world.join(call, 1, USUAL);
    for command in [
        Command::CloseCall { call },
        Command::SetLeaf { call, leg, leaf: None },
        Command::RemoveLeg { call, leg },
        Command::LetSpeak { call, leg },
        Command::Silence { call, leg },
        Command::Hold { call, leg },
        Command::Resume { call, leg },
        Command::StartTape { call },
        Command::StopTape { call },
    ] {
        world.command(command);
    }
    assert_eq!(refusals(&mut world), vec![Refusal::UnknownCall; 10]);
    assert_eq!(world.sfu.legs(), 0);
}

#[test]
fn a_device_that_is_not_on_the_call_takes_no_command() {
    let mut world = World::new();
    let (call, leg) = (call(1), device(1));
    for command in [
        Command::SetLeaf { call, leg, leaf: None },
        Command::RemoveLeg { call, leg },
        Command::LetSpeak { call, leg },
        Command::Silence { call, leg },
        Command::Hold { call, leg },
        Command::Resume { call, leg },
    ] {
        world.command(command);
    }
    assert_eq!(refusals(&mut world), vec![Refusal::UnknownLeg; 6]);
}

#[test]
fn a_call_is_open_once() {
    let mut world = World::with(1, &[]);
    world.command(Command::OpenCall { call: call(1) });
    assert_eq!(refusals(&mut world), [Refusal::OpenAlready]);
    assert_eq!(world.sfu.legs(), 1);
}

#[test]
fn a_bad_offer_leaves_the_leg_that_is_there_alone() {
    let mut world = World::with(2, &[1]);
    let (call, leg) = (call(1), device(1));
    world.command(Command::AddLeg { call, leg, leaf: None, offer: "v=0\r\n".into() });
    assert_eq!(refusals(&mut world).len(), 1);
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 5);
}
