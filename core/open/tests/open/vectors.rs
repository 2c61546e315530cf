//! The bytes of every construction, made once from fixed randomness and committed under `tests/vectors/`. Each test
//! makes them again byte for byte, and opens what is in the file. Changed bytes here mean a new version of a format; the
//! file of a new one begins as `{}`, and the failing test shows what belongs into it.

use chancery_log::{
    act::{BodyKind, BodyRef},
    id::{Digest, PersonId, Vault},
};
use chancery_open::{
    body,
    device::DeviceSecrets,
    generation::GenerationSecret,
    knock, record,
    shares::{CustodianKey, combine, deal, open_share},
    store::{Unlock, open_device, seal_device},
    wrap::{unwrap, wrap},
};
use chancery_seal::{
    invitation::{DeviceLink, Knock},
    sealed::SealedBody,
    shares::{ShareName, ShareTo, Shares},
    vault::Generation,
    words::comparison_words,
    wraps::{WrapContext, Wraps},
};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};

use crate::fixed::{
    ALICE, BRUNO, CLARA, OFFICE, context, device, device_key, name, package, remark, rng, sealed, secret,
    stated, to_device,
};

/// The committed file, after comparing it with what was made. Compiled in: these tests run in wasm too.
macro_rules! committed {
    ($file:literal, $made:expr $(,)?) => {
        compared($file, include_str!(concat!("../vectors/", $file)), $made)
    };
}

fn compared(file: &str, text: &str, made: &Value) -> Value {
    let committed: Value = serde_json::from_str(text).unwrap();
    for (key, value) in made.as_object().unwrap() {
        assert_eq!(committed.get(key), Some(value), "{file}: {key}");
    }
    committed
}

fn bytes(from: &Value, key: &str) -> Vec<u8> {
    hex::decode(from[key].as_str().unwrap()).unwrap()
}

fn array<const N: usize>(from: &Value, key: &str) -> [u8; N] {
    bytes(from, key).try_into().unwrap()
}

#[test]
fn device_keys() {
    let made = device(1);
    let challenge = b"\x86\x70chancery/hello/1 and the rest";
    let file = committed!(
        "device.json",
        &json!({
            "secret": hex::encode(made.export()),
            "signs": hex::encode(made.public().signs),
            "receives": hex::encode(&made.public().receives),
            "id": made.id().to_string(),
            "challenge": hex::encode(challenge),
            "answer": hex::encode(made.sign_challenge(challenge).unwrap()),
        }),
    );
    let read = DeviceSecrets::import(&array(&file, "secret")).unwrap();
    assert_eq!(read.id().to_string(), file["id"]);
    let answer = array(&file, "answer");
    assert_eq!(read.public().verify_challenge(&bytes(&file, "challenge"), &answer), Ok(()));
}

#[test]
fn generations() {
    let of = name(Vault::Office(OFFICE), 2);
    let made = stated(&secret(1), &of, true);
    let file = committed!(
        "generation.json",
        &json!({
            "desk": of.desk.to_string(),
            "office": OFFICE.to_string(),
            "number": of.number,
            "secret": hex::encode(secret(1).expose()),
            "commitment": made.commitment.to_string(),
            "receives": hex::encode(&made.receives),
        }),
    );
    let stated = Generation {
        commitment: Digest(array(&file, "commitment")),
        receives: ByteBuf::from(bytes(&file, "receives")),
        ..made
    };
    assert_eq!(GenerationSecret::from_bytes(&array(&file, "secret")).check(&of, &stated), Ok(()));
}

#[test]
fn bodies() {
    let context = context(package(3));
    let words = remark("Ask about the ferry.");
    let (made, named) = sealed(&secret(1), &context, &words);
    let file = committed!(
        "body.json",
        &json!({
            "desk": context.under.desk.to_string(),
            "package": crate::fixed::PACKAGE.to_string(),
            "generation": context.under.number,
            "author": context.author.to_string(),
            "counter": context.counter,
            "index": context.index,
            "secret": hex::encode(secret(1).expose()),
            "associated_data": hex::encode(context.associated_data().unwrap()),
            "plaintext": hex::encode(chancery_log::cbor::encode("a body", &words).unwrap()),
            "sealed": hex::encode(made.bytes()),
            "sha256": named.sha256.to_string(),
        }),
    );
    let read = SealedBody::read(bytes(&file, "sealed")).unwrap();
    let named = BodyRef {
        kind: BodyKind::Sealed(context.under.vault, 3),
        sha256: Digest(array(&file, "sha256")),
        len: u32::try_from(read.bytes().len()).unwrap(),
    };
    let secret = GenerationSecret::from_bytes(&array(&file, "secret"));
    assert_eq!(body::open(&secret, &context, &read, &named), Ok(words));
}

#[test]
fn wraps() {
    let (of, reader) = (package(3), device(1));
    let made = wrap(&secret(1), &of, &[device_key(&reader)], &mut rng(2)).unwrap();
    let file = committed!(
        "wrap.json",
        &json!({
            "desk": of.desk.to_string(),
            "package": crate::fixed::PACKAGE.to_string(),
            "generation": of.number,
            "device_secret": hex::encode(reader.export()),
            "secret": hex::encode(secret(1).expose()),
            "info": hex::encode(WrapContext { of, to: to_device(&reader) }.info().unwrap()),
            "wraps": hex::encode(made.encode().unwrap()),
        }),
    );
    let read = Wraps::read(&bytes(&file, "wraps")).unwrap();
    let reader = DeviceSecrets::import(&array(&file, "device_secret")).unwrap();
    let stated = stated(&secret(1), &of, false);
    let opened = unwrap(&read, &of, to_device(&reader), reader.receiving_key(), &stated).unwrap();
    assert_eq!(hex::encode(opened.expose()), file["secret"]);
}

#[test]
fn shares() {
    let of = name(Vault::Person(PersonId([0x77; 16])), 4);
    let custodians = [ALICE, BRUNO, CLARA];
    let keys: Vec<_> = (60..)
        .zip(custodians)
        .map(|(seed, person)| secret(seed).receiving_key(&name(Vault::Person(person), 2)).unwrap())
        .collect();
    let publics: Vec<_> = keys.iter().map(chancery_open::hybrid::ReceivingKey::public).collect();
    let to: Vec<_> = custodians
        .iter()
        .zip(&publics)
        .map(|(custodian, receives)| CustodianKey { custodian: *custodian, generation: 2, receives })
        .collect();
    let made = deal(&secret(1), &of, 2, &to, &mut rng(3)).unwrap();
    let commitments: Vec<_> = made.commitments.iter().map(ToString::to_string).collect();
    let custodian_secrets: Vec<_> = (60..63).map(|seed| hex::encode(secret(seed).expose())).collect();
    let file = committed!(
        "shares.json",
        &json!({
            "secret": hex::encode(secret(1).expose()),
            "needed": 2,
            "custodian_secrets": custodian_secrets,
            "commitments": commitments,
            "shares": hex::encode(made.shares.encode().unwrap()),
        }),
    );
    let read = Shares::read(&bytes(&file, "shares")).unwrap();
    let opened: Vec<_> = [0_usize, 2]
        .into_iter()
        .map(|at| {
            let x = u8::try_from(at + 1).unwrap();
            let name = ShareName { of: of.into(), needed: 2, custodian: custodians[at], x };
            let commitment = file["commitments"][at].as_str().unwrap().parse().unwrap();
            open_share(&read, &name, ShareTo::Custodian { generation: 2 }, &keys[at], &commitment).unwrap()
        })
        .collect();
    let recovered = combine(&of, 2, &opened, &stated(&secret(1), &of, false)).unwrap();
    assert_eq!(hex::encode(recovered.expose()), file["secret"]);
}

#[test]
fn links_knocks_and_words() {
    let mut link = crate::knock::link();
    let plain = link.text();
    link.certificate = Some(Digest([0x7c; 32]));
    let inviter = device(2);
    let made = knock::knock(&link, device(1).public()).unwrap();
    let words = comparison_words(&link.genesis, &link.invitation, &inviter.id(), &device(1).id());
    let file = committed!(
        "invitation.json",
        &json!({
            "link": *plain,
            "link_with_certificate": *link.text(),
            "secret_sha256": link.secret.digest().to_string(),
            "knock": hex::encode(made.encode().unwrap()),
            "inviter": inviter.id().to_string(),
            "newcomer": device(1).id().to_string(),
            "words": words,
        }),
    );
    let read = DeviceLink::read(file["link"].as_str().unwrap()).unwrap();
    assert_eq!(knock::verify(&Knock::read(&bytes(&file, "knock")).unwrap(), &read.secret), Ok(()));
}

#[test]
fn secrets_and_records_at_rest() {
    let made = device(1);
    let passphrase = Unlock::Passphrase("seven grey herons");
    let key = Unlock::Key(&[7; 32]);
    let file = committed!(
        "rest.json",
        &json!({
            "id": made.id().to_string(),
            "passphrase": "seven grey herons",
            "by_passphrase": hex::encode(seal_device(&made, passphrase, &mut rng(4)).unwrap()),
            "key": hex::encode([7; 32]),
            "by_key": hex::encode(seal_device(&made, key, &mut rng(4)).unwrap()),
            "record_place": "outbox/7",
            "record": hex::encode(record::seal(&made, b"outbox/7", b"kept", &mut rng(4)).unwrap()),
        }),
    );
    let read = open_device(&bytes(&file, "by_passphrase"), passphrase).unwrap();
    assert_eq!(read.id().to_string(), file["id"]);
    assert_eq!(open_device(&bytes(&file, "by_key"), key).unwrap().id(), read.id());
    assert_eq!(*record::open(&read, b"outbox/7", &bytes(&file, "record")).unwrap(), b"kept");
}
