//! A line report in words: what its sealed body carries.

use std::collections::BTreeMap;

use chancery_seal::body::call::LineReport;

use super::{
    facts::{Canary, Frames, Group, KeysKept, LineFacts, Path, Posture, Sound, Standing},
    findings::{hours, percent, seconds},
    score,
    test::{Test, Verdict},
};
use crate::act::LineKind;

/// The words, of what is known and not too old. `level`: what the verdict's ceiling is called in the desk's scheme.
pub fn words(test: &Test<'_>, facts: &LineFacts, verdict: &Verdict, level: &str) -> LineReport {
    let mut words = BTreeMap::new();
    let mut say = |name: &str, word: String| {
        words.insert(name.to_owned(), word);
    };
    say("line", kind(test.line).to_owned());
    if let Some(at) = test.fresh(&facts.device) {
        say("device", standing(at.fact).to_owned());
    }
    if let Some(at) = test.fresh(&facts.group) {
        say("group", group(at.fact).to_owned());
    }
    if let Some(at) = test.fresh(&facts.canary) {
        say("probe", canary(at.fact));
    }
    if let Some(at) = test.fresh(&facts.frames) {
        say("frames", frames(at.fact));
    }
    if let Some(at) = test.fresh(&facts.path) {
        let Path { is_relayed, round_trip_ms, jitter_ms, loss_permille } = at.fact;
        say("path", if is_relayed { "through a relay" } else { "direct" }.to_owned());
        say("round trip", format!("{round_trip_ms} ms"));
        say("jitter", format!("{jitter_ms} ms"));
        say("loss", percent(loss_permille));
        say("mouth to ear", format!("{} ms between two such lines", score::delay_ms(&at.fact)));
        say("score", score::of_path(&at.fact).to_string());
    }
    if let Some(at) = test.fresh(&facts.sound) {
        sound(at.fact, &mut say);
    }
    if let Some(at) = test.fresh(&facts.posture) {
        let Posture { keys, unlocked_ago_ms, version, checked_ago_ms } = &at.fact;
        say("keys", kept(*keys).to_owned());
        say("unlocked", format!("{} ago", hours(*unlocked_ago_ms)));
        say("version", version.clone());
        say("health", format!("looked at {} ago", hours(*checked_ago_ms)));
    }
    LineReport { facts: words, verdict: sentence(test.line, verdict, level) }
}

/// "A secure line, good for SECRET.", and what is wrong.
fn sentence(line: LineKind, verdict: &Verdict, level: &str) -> String {
    let mut text = format!("{}, good for {level}", kind(line));
    if !verdict.speak {
        text.push_str("; speech must wait");
    }
    text.push('.');
    for finding in &verdict.findings {
        let said = finding.to_string();
        let mut letters = said.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        text.push(' ');
        text.extend(first);
        text.push_str(letters.as_str());
        text.push('.');
    }
    text
}

fn kind(line: LineKind) -> &'static str {
    match line {
        LineKind::Secure => "A secure line",
        LineKind::Guest => "A guest's line",
        LineKind::Open => "An open line, which somebody outside could hear",
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Approved => "approved",
        Standing::Vouched => "vouched for",
        Standing::Unknown => "unknown",
    }
}

fn group(group: Group) -> &'static str {
    match group {
        Group::Agreed => "agreed",
        Group::Split => "split",
    }
}

fn canary(canary: Canary) -> String {
    match canary {
        Canary::Back { ago_ms } => format!("back {} ago", seconds(ago_ms)),
        Canary::NotYet => "not back".to_owned(),
        Canary::UnsealedTaken => "the unsealed one was taken".to_owned(),
    }
}

fn frames(frames: Frames) -> String {
    let Frames { unsealed, other_key, unopened } = frames;
    if frames == Frames::default() {
        "all sealed".to_owned()
    } else {
        format!("{unsealed} unsealed, {other_key} with another line's key, {unopened} not opening")
    }
}

fn sound(sound: Sound, say: &mut impl FnMut(&str, String)) {
    match sound {
        Sound::Off => say("sound", "off".to_owned()),
        Sound::On { speech_db, clipped_permille, silent_ms } => {
            let level =
                speech_db.map_or_else(|| "no word yet".to_owned(), |db| format!("speech at −{db} dBFS"));
            say("sound", level);
            say("clipping", percent(clipped_permille));
            say("silence", seconds(silent_ms));
        }
    }
}

fn kept(keys: KeysKept) -> &'static str {
    match keys {
        KeysKept::Passkey => "under a passkey",
        KeysKept::Passphrase => "under a passphrase",
        KeysKept::InClear => "in the clear",
    }
}
