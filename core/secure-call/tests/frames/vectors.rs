//! The bytes of sealed frames, made once from fixed bases and committed. Changed bytes here mean a new version.

use chancery_secure_call::frames::base::BASE_LABEL;
use serde_json::{Value, json};

use crate::fixed::{base, open, opener, restarted, seal, words};

/// Compiled in: these tests run in wasm too.
const FILE: &str = include_str!("../vectors/frames.json");

#[test]
fn frames_of_two_senders_and_of_a_second_start() {
    let frames: Vec<Value> = [(1, 263, 1, 0), (3, 263, 1, 300), (1, 263, 2, 1)]
        .into_iter()
        .map(|(from, epoch, start, before)| {
            let mut sealer = restarted(from, epoch, start);
            for _ in 0..before {
                seal(&mut sealer, &words(0));
            }
            let sealed = seal(&mut sealer, &words(7));
            json!({
                "leaf": from,
                "epoch": epoch,
                "context": start,
                "key_id": sealer.key_id().number(),
                "counter": before,
                "opus": hex::encode(words(7)),
                "sealed": hex::encode(sealed),
            })
        })
        .collect();
    let made = json!({
        "exporter_label": BASE_LABEL,
        "base": hex::encode(base(263).expose()),
        "frames": frames,
    });
    let committed: Value = serde_json::from_str(FILE).unwrap();
    assert_eq!(committed, made);
    let mut opener = opener(263);
    for frame in committed["frames"].as_array().unwrap() {
        let sealed = hex::decode(frame["sealed"].as_str().unwrap()).unwrap();
        assert_eq!(open(&mut opener, &sealed).unwrap().1, words(7));
    }
}
