//! Bodies open with their own key, in their own place, whole; and in no other way.

use crate::fixed::{context, name, package, remark, rng, sealed, secret};
use chancery_log::{
    act::BodyKind,
    id::{Digest, PackageId, PersonId, Scope, Vault},
};
use chancery_open::body::{OpenError, PLAINTEXT_BYTES_MAX, SealError, open, open_bytes, seal, seal_bytes};
use chancery_seal::sealed::{BODY_BYTES_MAX, BodyContext, SealedBody, SealedError};

#[test]
fn words_sealed_are_the_words_opened() {
    let (secret, context) = (secret(1), context(package(3)));
    let words = remark("Ask about the ferry. 渡し船のことを聞く。");
    let (body, named) = sealed(&secret, &context, &words);
    assert_eq!(open(&secret, &context, &body, &named).unwrap(), words);
    let needle = b"ferry";
    assert!(!body.bytes().windows(needle.len()).any(|window| window == needle));
}

#[test]
fn the_same_words_never_give_the_same_bytes() {
    let (secret, context) = (secret(1), context(package(3)));
    let mut rng = rng(5);
    let one = seal(&secret, &context, &remark("again"), &mut rng).unwrap();
    let two = seal(&secret, &context, &remark("again"), &mut rng).unwrap();
    assert_ne!(one.salt(), two.salt());
    assert_ne!(one.ciphertext(), two.ciphertext());
}

#[test]
fn a_wrong_key_does_not_open() {
    let context = context(package(3));
    let (body, named) = sealed(&secret(1), &context, &remark("x"));
    assert_eq!(open(&secret(2), &context, &body, &named), Err(OpenError::Cipher));
}

#[test]
fn a_body_moved_to_another_act_does_not_open() {
    let secret = secret(1);
    let here = context(package(3));
    let (body, named) = sealed(&secret, &here, &remark("x"));
    let other_device = crate::fixed::device(9).id();
    let moved = [
        BodyContext { author: other_device, ..here },
        BodyContext { scope: Scope::Trust, ..here },
        BodyContext { scope: Scope::Package(PackageId([1; 16])), ..here },
        BodyContext { counter: 8, ..here },
        BodyContext { index: 0, ..here },
    ];
    for there in moved {
        assert_eq!(open(&secret, &there, &body, &named), Err(OpenError::Cipher), "{there:?}");
    }
}

#[test]
fn a_body_moved_to_another_vault_or_desk_does_not_open_even_with_the_same_secret() {
    let secret = secret(1);
    let (body, mut named) = sealed(&secret, &context(package(3)), &remark("x"));
    let mut other_desk = package(3);
    other_desk.desk.0[0] ^= 1;
    let person = name(Vault::Person(PersonId(crate::fixed::PACKAGE.0)), 3);
    for under in [other_desk, person, name(Vault::Package(PackageId([1; 16])), 3)] {
        named.kind = BodyKind::Sealed(under.vault, under.number);
        assert_eq!(open(&secret, &context(under), &body, &named), Err(OpenError::Cipher), "{under:?}");
    }
}

#[test]
fn a_body_replayed_under_another_generation_does_not_open() {
    let secret = secret(1);
    let (body, mut named) = sealed(&secret, &context(package(3)), &remark("x"));
    let later = context(package(4));
    assert!(matches!(open(&secret, &later, &body, &named), Err(OpenError::Kind { generation: 4, .. })));
    named.kind = BodyKind::Sealed(later.under.vault, 4);
    assert_eq!(open(&secret, &later, &body, &named), Err(OpenError::Cipher));
}

#[test]
fn a_truncated_body_is_refused_by_its_length() {
    let (secret, context) = (secret(1), context(package(3)));
    let (body, named) = sealed(&secret, &context, &remark("x"));
    let full = body.bytes().len();
    for cut in 1..full {
        let bytes = body.bytes()[..full - cut].to_vec();
        match SealedBody::read(bytes) {
            Ok(short) => assert!(matches!(
                open(&secret, &context, &short, &named),
                Err(OpenError::Sealed(SealedError::Length { .. }))
            )),
            Err(e) => assert_eq!(e, SealedError::TooShort(full - cut)),
        }
    }
}

#[test]
fn every_changed_byte_is_noticed_by_the_digest_and_by_the_cipher() {
    let (secret, context) = (secret(1), context(package(3)));
    let (body, named) = sealed(&secret, &context, &remark("x"));
    for at in 1..body.bytes().len() {
        let mut bytes = body.bytes().to_vec();
        bytes[at] ^= 0x40;
        let changed = SealedBody::read(bytes).unwrap();
        assert!(matches!(
            open(&secret, &context, &changed, &named),
            Err(OpenError::Sealed(SealedError::Sha256 { .. }))
        ));
        // A server that could also change the act's reference still meets the cipher.
        let forged = changed.reference(&context.under).unwrap();
        assert_eq!(open(&secret, &context, &changed, &forged), Err(OpenError::Cipher));
    }
}

#[test]
fn a_body_swapped_for_another_of_the_same_act_is_refused() {
    let (secret, first) = (secret(1), context(package(3)));
    let second = BodyContext { index: 2, ..first };
    let (_, named_first) = sealed(&secret, &first, &remark("one"));
    let (body_second, _) = sealed(&secret, &second, &remark("two"));
    assert!(matches!(
        open(&secret, &first, &body_second, &named_first),
        Err(OpenError::Sealed(SealedError::Sha256 { .. }))
    ));
}

#[test]
fn a_reference_to_wraps_does_not_open_as_words() {
    let (secret, context) = (secret(1), context(package(3)));
    let (body, mut named) = sealed(&secret, &context, &remark("x"));
    named.kind = BodyKind::Wraps(context.under.vault, 3);
    assert!(matches!(open(&secret, &context, &body, &named), Err(OpenError::Kind { .. })));
}

#[test]
fn lengths_come_in_few_sizes_and_padding_costs_at_most_an_eighth() {
    let (secret, context) = (secret(1), context(package(3)));
    let mut sizes = std::collections::BTreeSet::new();
    for length in (0..5000).chain([70_000, 1_000_000, PLAINTEXT_BYTES_MAX]) {
        let body = seal_bytes(&secret, &context, &vec![0x61; length], &mut rng(1)).unwrap();
        let padded = body.bytes().len() - 49;
        assert!(padded >= length + 4);
        assert!(
            padded - (length + 4) < 64.max((length + 4) / 8 + 1),
            "{length} bytes were padded to {padded}"
        );
        sizes.insert(padded);
    }
    assert!(sizes.len() < 40, "{} sizes", sizes.len());
}

#[test]
fn the_longest_text_fits_and_one_byte_more_is_refused() {
    let (secret, context) = (secret(1), context(package(3)));
    let mut text = vec![0x61; PLAINTEXT_BYTES_MAX];
    let body = seal_bytes(&secret, &context, &text, &mut rng(1)).unwrap();
    assert!(body.bytes().len() <= BODY_BYTES_MAX);
    let named = body.reference(&context.under).unwrap();
    assert_eq!(*open_bytes(&secret, &context, &body, &named).unwrap(), text);
    text.push(0x61);
    let refused = seal_bytes(&secret, &context, &text, &mut rng(1));
    assert_eq!(refused, Err(SealError::TooLong(PLAINTEXT_BYTES_MAX + 1)));
}

#[test]
fn bytes_that_are_no_body_are_refused_after_opening() {
    let (secret, context) = (secret(1), context(package(3)));
    let body = seal_bytes(&secret, &context, b"not CBOR of ours", &mut rng(1)).unwrap();
    let named = body.reference(&context.under).unwrap();
    assert!(matches!(open(&secret, &context, &body, &named), Err(OpenError::Cbor(_))));
}

#[test]
fn a_digest_of_other_bytes_is_named_in_the_refusal() {
    let (secret, context) = (secret(1), context(package(3)));
    let (body, mut named) = sealed(&secret, &context, &remark("x"));
    named.sha256 = Digest::of(b"other");
    let refused = open(&secret, &context, &body, &named).unwrap_err().to_string();
    assert!(refused.contains(&Digest::of(b"other").to_string()), "{refused}");
}
