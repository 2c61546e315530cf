//! A device's own records open on that device, in their place, whole.

use chancery_open::record::{RecordError, open, seal};

use crate::fixed::{device, rng};

#[test]
fn a_record_opens_on_its_device_and_in_its_place_only() {
    let (own, other) = (device(1), device(2));
    let sealed = seal(&own, b"outbox/7", b"what is kept", &mut rng(1)).unwrap();
    assert_eq!(*open(&own, b"outbox/7", &sealed).unwrap(), b"what is kept");
    assert_eq!(open(&other, b"outbox/7", &sealed), Err(RecordError::Cipher));
    assert_eq!(open(&own, b"outbox/8", &sealed), Err(RecordError::Cipher));
}

#[test]
fn a_truncated_or_changed_record_does_not_open() {
    let own = device(1);
    let sealed = seal(&own, b"outbox/7", b"what is kept", &mut rng(1)).unwrap();
    for at in 0..sealed.len() {
        assert!(open(&own, b"outbox/7", &sealed[..at]).is_err(), "cut at {at}");
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open(&own, b"outbox/7", &changed).is_err(), "byte {at}");
    }
}
