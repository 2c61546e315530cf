//! Device secrets at rest open with what sealed them, and with nothing else.

use chancery_open::store::{RestError, Unlock, WakeError, open_device, seal_device};

use crate::fixed::{device, rng};

const RIGHT: Unlock<'_> = Unlock::Passphrase("seven grey herons over the harbour");

#[test]
fn the_passphrase_that_sealed_opens_and_another_is_named_wrong() {
    let device = device(1);
    let blob = seal_device(&device, RIGHT, &mut rng(2)).unwrap();
    assert_eq!(open_device(&blob, RIGHT).unwrap().id(), device.id());
    let wrong = open_device(&blob, Unlock::Passphrase("seven gray herons over the harbour"));
    assert_eq!(wrong.err(), Some(WakeError::WrongPassphrase));
    let key = open_device(&blob, Unlock::Key(&[7; 32]));
    assert_eq!(key.err(), Some(WakeError::NeedsPassphrase));
}

#[test]
fn the_key_that_sealed_opens_and_another_is_named_wrong() {
    let device = device(1);
    let blob = seal_device(&device, Unlock::Key(&[7; 32]), &mut rng(2)).unwrap();
    assert_eq!(open_device(&blob, Unlock::Key(&[7; 32])).unwrap().id(), device.id());
    assert_eq!(open_device(&blob, Unlock::Key(&[8; 32])).err(), Some(WakeError::WrongKey));
    assert_eq!(open_device(&blob, RIGHT).err(), Some(WakeError::NeedsKey));
}

#[test]
fn the_seeds_do_not_stand_in_the_file() {
    let device = device(1);
    let blob = seal_device(&device, Unlock::Key(&[7; 32]), &mut rng(2)).unwrap();
    for seed in device.export().chunks(16) {
        assert!(!blob.windows(16).any(|window| window == seed));
    }
}

#[test]
fn every_changed_byte_of_the_file_is_noticed() {
    let blob = seal_device(&device(1), Unlock::Key(&[7; 32]), &mut rng(2)).unwrap();
    for at in 0..blob.len() {
        let mut changed = blob.clone();
        changed[at] ^= 1;
        assert!(open_device(&changed, Unlock::Key(&[7; 32])).is_err(), "byte {at}");
        assert!(open_device(&blob[..at], Unlock::Key(&[7; 32])).is_err(), "cut at {at}");
    }
}

#[test]
fn a_changed_file_cannot_ask_for_all_memory() {
    let blob = seal_device(&device(1), RIGHT, &mut rng(2)).unwrap();
    // The CBOR of 65,536: major type 0 with four bytes.
    let cost = [0x1a, 0, 1, 0, 0];
    let at = blob.windows(5).position(|window| window == cost).unwrap();
    let mut changed = blob.clone();
    changed[at + 1] = 0xff;
    assert!(matches!(open_device(&changed, RIGHT), Err(WakeError::TooCostly { .. })));
    let mut cheaper = blob;
    cheaper[at + 2] = 0;
    cheaper[at + 3] = 1;
    assert_eq!(open_device(&cheaper, RIGHT).err(), Some(WakeError::WrongPassphrase));
}

#[test]
fn an_empty_passphrase_is_refused() {
    let refused = seal_device(&device(1), Unlock::Passphrase(""), &mut rng(2));
    assert_eq!(refused, Err(RestError::Empty));
}
