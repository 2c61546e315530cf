//! A device signs its own acts and login challenges, nothing else, and shows its keys to nobody.

use chancery_log::{
    act::{ACT_VERSION, Envelope, Head, ReceivedAct, Seen},
    id::{DeviceId, Scope},
};
use chancery_open::device::{DeviceSecrets, SignError};
use chancery_seal::device::{DeviceKeys, DeviceKeysError, RECEIVE_KEY_BYTES};
use serde_bytes::ByteBuf;

use crate::fixed::{DESK, device};

const CHALLENGE: &[u8] = b"\x86\x70chancery/hello/1 and the rest";

fn envelope(author: DeviceId) -> Envelope {
    Envelope {
        version: ACT_VERSION,
        desk: DESK,
        author,
        scope: Scope::Trust,
        counter: 1,
        said_ms: 1,
        seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
        bodies: vec![],
        content: ByteBuf::from(vec![0xa0]),
    }
}

#[test]
fn an_act_verifies_with_the_published_key_and_with_no_other() {
    let (device, other) = (device(1), device(2));
    let bytes = device.sign_act(&envelope(device.id())).unwrap();
    let key = device.public().verifying_key().unwrap();
    assert!(ReceivedAct::read(bytes.clone()).unwrap().verify(&key).is_ok());
    let wrong = other.public().verifying_key().unwrap();
    assert!(ReceivedAct::read(bytes).unwrap().verify(&wrong).is_err());
}

#[test]
fn a_device_does_not_sign_in_anothers_name() {
    let (device, other) = (device(1), device(2));
    let refused = device.sign_act(&envelope(other.id()));
    assert_eq!(refused, Err(SignError::NotAuthor { own: device.id(), named: other.id() }));
}

#[test]
fn a_server_cannot_have_an_act_signed_as_a_challenge() {
    let device = device(1);
    for asked in [b"".as_slice(), b"chancery/hello/1", b"\x84\x6aSignature1", &CHALLENGE[1..]] {
        assert_eq!(device.sign_challenge(asked), Err(SignError::NotAChallenge));
    }
}

#[test]
fn a_challenge_counts_for_its_device_and_its_bytes_only() {
    let (device, other) = (device(1), device(2));
    let signature = device.sign_challenge(CHALLENGE).unwrap();
    assert_eq!(device.public().verify_challenge(CHALLENGE, &signature), Ok(()));
    let refused = Err(DeviceKeysError::Signature(other.id()));
    assert_eq!(other.public().verify_challenge(CHALLENGE, &signature), refused);
    let refused = Err(DeviceKeysError::Signature(device.id()));
    let changed = [CHALLENGE, b"!"].concat();
    assert_eq!(device.public().verify_challenge(&changed, &signature), refused);
}

#[test]
fn exported_keys_come_back_as_the_same_device() {
    let device = device(1);
    let again = DeviceSecrets::import(&device.export()).unwrap();
    assert_eq!(again.id(), device.id());
    assert_eq!(again.public(), device.public());
    assert_eq!(device.public().receives.len(), RECEIVE_KEY_BYTES);
}

#[test]
fn an_id_cannot_be_put_on_other_keys() {
    let (one, two) = (device(1), device(2));
    let mixed = DeviceKeys { signs: one.public().signs, receives: two.public().receives.clone() };
    assert_ne!(mixed.id(), one.id());
    assert_ne!(mixed.id(), two.id());
}

#[test]
fn keys_that_anybody_could_sign_for_are_refused() {
    let good = device(1).public().clone();
    assert_eq!(good.check(), Ok(()));
    // The neutral point: a signature of zeros verifies under it.
    let mut signs = [0; 32];
    signs[0] = 1;
    let weak = DeviceKeys { signs, ..good.clone() };
    assert!(matches!(weak.check(), Err(DeviceKeysError::Signs(_))));
    let short = DeviceKeys { receives: ByteBuf::from(vec![0; 1215]), ..good };
    assert_eq!(short.check(), Err(DeviceKeysError::Receives(1215)));
}
