//! Whatever bytes come, reading them gives a value or an error, and a value is written back as the same bytes.

use chancery_seal::{
    invitation::{DeviceLink, KNOCK_BYTES_MAX, Knock, LINK_CHARS_MAX},
    sealed::{BODY_BYTES_MAX, SealedBody, SealedError},
    shares::{Shares, SharesError},
    wraps::{Wraps, WrapsError},
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::{shares, wraps};

/// Bytes that begin right and go wrong somewhere.
fn damaged(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = good.len();
    (vec((0..length, any::<u8>()), 0..4), 0..=length, vec(any::<u8>(), 0..8)).prop_map(
        move |(changes, cut, tail)| {
            let mut bytes = good.clone();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            bytes.truncate(cut);
            bytes.extend(tail);
            bytes
        },
    )
}

fn read_everything(bytes: &[u8]) {
    if let Ok(body) = SealedBody::read(bytes.to_vec()) {
        assert_eq!(body.bytes(), bytes);
    }
    if let Ok(wraps) = Wraps::read(bytes) {
        assert_eq!(Wraps::read(&wraps.encode().unwrap()), Ok(wraps));
    }
    if let Ok(shares) = Shares::read(bytes) {
        assert_eq!(Shares::read(&shares.encode().unwrap()), Ok(shares));
    }
    if let Ok(knock) = Knock::read(bytes) {
        assert_eq!(Knock::read(&knock.encode().unwrap()), Ok(knock));
    }
}

proptest! {
    // Told, as everything in core: these tests run in wasm too, which has no randomness.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..512)) {
        read_everything(&bytes);
    }

    #[test]
    fn damaged_wraps_are_read_or_refused(bytes in damaged(wraps::bundle(3).encode().unwrap())) {
        read_everything(&bytes);
    }

    #[test]
    fn damaged_shares_are_read_or_refused(bytes in damaged(shares::dealing(3).encode().unwrap())) {
        read_everything(&bytes);
    }

    #[test]
    fn any_text_is_a_link_or_is_refused(text in "\\PC{0,300}") {
        assert!(DeviceLink::read(&text).is_err());
    }

    #[test]
    fn any_fragment_is_a_link_or_is_refused(fragment in "[A-Za-z0-9_-]{0,250}") {
        assert!(DeviceLink::read(&format!("https://desk.example/#{fragment}")).is_err());
    }
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let long = vec![1; BODY_BYTES_MAX + 1];
    assert_eq!(SealedBody::read(long.clone()), Err(SealedError::TooLong(long.len())));
    assert_eq!(Wraps::read(&long), Err(WrapsError::TooLong(long.len())));
    assert_eq!(Shares::read(&long), Err(SharesError::TooLong(long.len())));
    assert!(Knock::read(&long[..=KNOCK_BYTES_MAX]).is_err());
    assert!(DeviceLink::read(&"x".repeat(LINK_CHARS_MAX + 1)).is_err());
}

#[test]
fn a_promise_of_many_items_does_not_reserve_their_memory() {
    // {"version": 1, "wraps": array of 2^32 items …}, and nothing after it.
    let mut bytes = b"\xa2\x67version\x01\x65wraps\x9b".to_vec();
    bytes.extend(u64::from(u32::MAX).to_be_bytes());
    assert!(Wraps::read(&bytes).is_err());
}
