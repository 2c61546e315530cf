//! Readouts: sent to readers of the package only, read once by each.

use chancery_desk::{
    act::Act,
    refusal::{Refusal, Thing},
};
use chancery_log::id::ReadoutId;
use chancery_seal::vault::Reader;

use crate::world::{ADVISER, CALL, DUTY, DUTY_DESK, INTERPRETER, NOTES, OFFICER_A, PRINCIPAL, World};

const READOUT: ReadoutId = ReadoutId([40; 16]);

fn send(to: &[Reader]) -> Act {
    Act::ReadoutSent { readout: READOUT, to: to.iter().copied().collect() }
}

#[test]
fn a_readout_goes_to_readers_of_the_package_after_the_call() {
    let live = World::with_live_call();
    let principal = Reader::Person(PRINCIPAL);
    assert!(matches!(live.call_refusal(DUTY, send(&[principal])), Refusal::WrongStage { .. }));
    let mut world = World::with_ended_call();
    let stranger = Reader::Person(INTERPRETER);
    let refusal = world.call_refusal(DUTY, send(&[principal, stranger]));
    assert_eq!(refusal, Refusal::ReaderUnknown { reader: stranger, package: CALL });
    assert!(matches!(world.call_refusal(DUTY, send(&[])), Refusal::OutOfRange { .. }));
    world.call(DUTY, send(&[principal]));
    assert_eq!(world.call_refusal(DUTY, send(&[principal])), Refusal::AlreadyThere(Thing::Readout(READOUT)));
}

#[test]
fn each_addressee_reads_it_once() {
    let mut world = World::with_ended_call();
    let read = || Act::ReadoutRead { readout: READOUT };
    assert_eq!(world.call_refusal(PRINCIPAL, read()), Refusal::UnknownReadout(READOUT));
    world.call(DUTY, send(&[Reader::Person(PRINCIPAL), Reader::Office(DUTY_DESK)]));
    world.call(PRINCIPAL, read());
    world.call(DUTY, read());
    assert_eq!(world.call_refusal(DUTY, read()), Refusal::AlreadyThere(Thing::ReadoutRead(READOUT)));
    for other in [NOTES, ADVISER] {
        assert!(matches!(world.call_refusal(other, read()), Refusal::NotYours { .. }));
    }
    world.trust(OFFICER_A, Act::OfficeMemberAdded { office: DUTY_DESK, person: NOTES });
    world.call(NOTES, read());
}
