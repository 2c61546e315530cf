//! A report says in words what was measured and what follows.

use chancery_desk::{
    act::LineKind,
    lines::{
        facts::{LineFacts, Sound},
        report,
        rules::LineRules,
        test::Test,
    },
};
use chancery_seal::body::call::LineReport;

use crate::line::{RANKS, Truth, VERSION};

fn words(line: LineKind, facts: &LineFacts, level: &str) -> LineReport {
    let test = Test { line, rules: &LineRules::default(), ranks: RANKS, version: VERSION, now_ms: 0 };
    report::words(&test, facts, &test.judge(facts), level)
}

#[test]
fn a_clean_line_is_good_for_its_level_and_every_fact_has_its_words() {
    let report = words(LineKind::Secure, &Truth::clean(LineKind::Secure).facts(0), "SECRET");
    assert_eq!(report.verdict, "A secure line, good for SECRET.");
    let facts: Vec<(&str, &str)> =
        report.facts.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let expected = [
        ("clipping", "0.0%"),
        ("device", "approved"),
        ("frames", "all sealed"),
        ("group", "agreed"),
        ("health", "looked at 1 h 0 min ago"),
        ("jitter", "10 ms"),
        ("keys", "under a passkey"),
        ("line", "A secure line"),
        ("loss", "0.2%"),
        ("mouth to ear", "107 ms between two such lines"),
        ("path", "direct"),
        ("probe", "back 0.4 s ago"),
        ("round trip", "40 ms"),
        ("score", "92 of 93, best"),
        ("silence", "0.0 s"),
        ("sound", "speech at −27 dBFS"),
        ("unlocked", "1 h 0 min ago"),
        ("version", VERSION),
    ];
    assert_eq!(facts, expected);
}

#[test]
fn faults_stand_in_the_verdict_as_sentences_gravest_first() {
    let mut line = Truth::clean(LineKind::Guest);
    line.path.loss_permille = 100;
    line.frames.unsealed = 3;
    line.sound = Sound::Off;
    let report = words(LineKind::Guest, &line.facts(0), "OPEN");
    assert_eq!(
        report.verdict,
        "A guest's line, good for OPEN; speech must wait. 3 of its frames came without a seal and were not let \
         through: drop the line and have its app reloaded. 10.0% of its packets are lost: move closer to the access \
         point, or use a cable."
    );
    assert_eq!(report.facts["sound"], "off");
    assert!(!report.facts.contains_key("clipping"));
}

#[test]
fn what_is_not_known_has_no_words() {
    let report = words(LineKind::Open, &LineFacts::default(), "OPEN");
    assert_eq!(report.facts.keys().collect::<Vec<_>>(), ["line"]);
    assert!(
        report.verdict.starts_with("An open line, which somebody outside could hear, good for OPEN; speech")
    );
    assert_eq!(report.verdict.matches("Nothing is known of").count(), 7);
}
