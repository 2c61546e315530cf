//! Checkpoints, and what a server might show instead.

use base64::prelude::*;
use chancery_log::{
    checkpoint::{self, CheckpointError, NOTE_BYTES_MAX},
    id::Digest,
    proof::TreeHead,
};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use crate::world::{ORIGIN, log_key, log_public};

const HEAD: TreeHead = TreeHead { size: 12, root: Digest([3; 32]) };

fn note() -> Vec<u8> {
    checkpoint::sign(ORIGIN, HEAD, &log_key()).unwrap()
}

fn verify(note: &[u8]) -> Result<TreeHead, CheckpointError> {
    checkpoint::verify(note, ORIGIN, &log_public()).map(|checkpoint| checkpoint.head())
}

#[test]
fn a_signed_checkpoint_verifies_and_keeps_its_note() {
    let note = note();
    let verified = checkpoint::verify(&note, ORIGIN, &log_public()).unwrap();
    assert_eq!((verified.origin(), verified.size(), verified.root()), (ORIGIN, 12, HEAD.root));
    assert_eq!(verified.note(), note);
    let text = String::from_utf8(note).unwrap();
    assert!(text.starts_with(
        "desk.example/log\n12\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n\n— desk.example/log "
    ));
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    let note = note();
    for place in 0..note.len() {
        let mut changed = note.clone();
        changed[place] ^= 1;
        assert!(verify(&changed).is_err(), "byte {place} changed: {}", String::from_utf8_lossy(&changed));
        assert!(verify(&note[..place]).is_err(), "cut at {place}");
    }
}

#[test]
fn another_logs_checkpoint_is_refused_even_under_the_same_key() {
    let other = checkpoint::sign("other.example/log", HEAD, &log_key()).unwrap();
    let expected = CheckpointError::Origin { expected: ORIGIN.into(), got: "other.example/log".into() };
    assert_eq!(verify(&other), Err(expected));
}

#[test]
fn another_keys_checkpoint_is_unsigned_to_us() {
    let other = checkpoint::sign(ORIGIN, HEAD, &SigningKey::from_bytes(&[8; 32])).unwrap();
    assert_eq!(verify(&other), Err(CheckpointError::Unsigned(ORIGIN.into())));
}

#[test]
fn a_signature_over_another_text_is_bad() {
    let text = String::from_utf8(note()).unwrap().replacen("\n12\n", "\n13\n", 1);
    assert_eq!(verify(text.as_bytes()), Err(CheckpointError::BadSignature(ORIGIN.into())));
}

#[test]
fn witnesses_signatures_and_extension_lines_are_let_pass() {
    let mut witnessed = note();
    let line = BASE64_STANDARD.encode([&[1, 2, 3, 4][..], &[0; 72]].concat());
    witnessed.extend(format!("— witness.example {line}\n").bytes());
    assert_eq!(verify(&witnessed), Ok(HEAD));
    let mut first = String::from_utf8(note()).unwrap();
    first = first.replacen("\n\n", &format!("\n\n— witness.example {line}\n"), 1);
    assert_eq!(verify(first.as_bytes()), Ok(HEAD));
}

#[test]
fn a_witness_alone_is_not_the_log() {
    let text = String::from_utf8(note()).unwrap();
    let (text, _) = text.split_once("\n\n").unwrap();
    let line = BASE64_STANDARD.encode([1; 68]);
    let alone = format!("{text}\n\n— witness.example {line}\n");
    assert_eq!(verify(alone.as_bytes()), Err(CheckpointError::Unsigned(ORIGIN.into())));
    assert!(matches!(verify(format!("{text}\n").as_bytes()), Err(CheckpointError::Note(_))));
}

#[test]
fn a_note_has_a_greatest_length() {
    let mut long = note();
    long.resize(NOTE_BYTES_MAX + 1, b'\n');
    assert_eq!(verify(&long), Err(CheckpointError::TooLong(NOTE_BYTES_MAX + 1)));
}

#[test]
fn an_origin_that_would_break_the_note_is_refused() {
    for origin in ["", "a b", "a+b", "a\nb", "a\u{7}b"] {
        let refused = CheckpointError::BadOrigin(origin.into());
        assert_eq!(checkpoint::sign(origin, HEAD, &log_key()), Err(refused.clone()));
        assert_eq!(checkpoint::verify(&note(), origin, &log_public()), Err(refused.clone()));
        assert_eq!(checkpoint::vkey(origin, &log_public()), Err(refused));
    }
}

#[test]
fn a_key_that_is_no_point_is_refused() {
    let no_point = [2; 32];
    assert_eq!(checkpoint::verify(&note(), ORIGIN, &no_point), Err(CheckpointError::BadKey));
    assert_eq!(checkpoint::vkey(ORIGIN, &no_point), Err(CheckpointError::BadKey));
}

#[test]
fn outside_verifiers_are_given_a_key_they_can_read() {
    let vkey = checkpoint::vkey(ORIGIN, &log_public()).unwrap();
    let theirs = signed_note::StandardVerifier::new(&vkey).unwrap();
    let note = signed_note::Note::from_bytes(&note()).unwrap();
    let (signatures, others) = note.verify(&signed_note::VerifierList::new(vec![Box::new(theirs)])).unwrap();
    assert_eq!((signatures.len(), others.len()), (1, 0));
}

proptest! {
    #![proptest_config(crate::world::told())]

    #[test]
    fn no_bytes_make_the_reader_panic(text in "(desk.example/log\n)?[0-9]{0,30}\n?\\PC{0,80}\n?\n?(— )?\\PC{0,90}\n?") {
        prop_assert!(verify(text.as_bytes()).is_err());
    }
}
