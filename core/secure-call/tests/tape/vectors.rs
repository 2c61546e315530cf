//! The bytes of a dealing and of a release, made once from fixed secrets and committed. Changed bytes here mean a new
//! version.

use chancery_seal::tape::dealt::TapeShares;
use chancery_secure_call::tape::{
    dealing::{STREAM_LABEL, stream_context},
    release::{gather, release},
};
use serde_json::{Value, json};

use crate::fixed::{ask, asker, base, custodian, dealt, name, rng, vault_key};

/// Compiled in: these tests run in wasm too.
const FILE: &str = include_str!("../vectors/dealing.json");

fn body(committed: &Value) -> TapeShares {
    TapeShares::read(&hex::decode(committed.as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn a_dealing_of_three_of_five_and_three_releases() {
    let asker = asker();
    let ask = ask(&asker);
    let tape = TapeShares::new(vec![dealt(9)]).unwrap();
    let releases: Vec<String> = [1, 3, 5]
        .into_iter()
        .map(|x| {
            let key = vault_key(x);
            let released = release(&tape, &ask, custodian(x), |_| Some(&key), &mut rng(x)).unwrap();
            hex::encode(released.encode().unwrap())
        })
        .collect();
    let made = json!({
        "desk": ask.desk.to_string(),
        "package": ask.package.to_string(),
        "group": name(9).place.group.to_string(),
        "epoch": 9,
        "roster": name(9).roster.to_string(),
        "base": hex::encode(base(9).expose()),
        "exporter_label": STREAM_LABEL,
        "exporter_context": hex::encode(stream_context(&name(9)).unwrap()),
        "stream": hex::encode([&9_u64.to_be_bytes()[..], &[0x57; 24]].concat()),
        "vault_secrets": (1..=5).map(vault_secret).collect::<Vec<_>>(),
        "asked": ask.asked.to_string(),
        "asker": hex::encode(asker.export()),
        "dealt": hex::encode(tape.encode().unwrap()),
        "released": releases,
    });
    let committed: Value = serde_json::from_str(FILE).unwrap();
    for (key, value) in made.as_object().unwrap() {
        assert_eq!(committed.get(key), Some(value), "{key}");
    }
    let dealt = body(&committed["dealt"]);
    let released: Vec<_> = [1, 3, 5]
        .into_iter()
        .zip(committed["released"].as_array().unwrap())
        .map(|(x, bytes)| (custodian(x), body(bytes)))
        .collect();
    let gathered = gather(dealt.epochs(), &ask, &released, asker.receiving_key());
    assert_eq!(hex::encode(gathered.secrets[0].base.expose()), committed["base"]);
}

fn vault_secret(x: u8) -> String {
    hex::encode(chancery_open::generation::GenerationSecret::draw(&mut rng(60 + x)).expose())
}
