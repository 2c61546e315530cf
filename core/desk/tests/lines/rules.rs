//! The rules of lines are data: old ones are read, each rank and threshold does what it says.

use chancery_desk::{
    act::{LineKind, Rules},
    lines::{
        facts::{Canary, KeysKept, Sound},
        rules::{LineRules, NO_LIMIT},
        test::Test,
    },
    rules::standing,
};
use chancery_log::cbor;
use chancery_seal::body::mark::Rank;
use serde::Serialize;

use crate::line::{RANKS, Truth, VERSION, names};

/// Rules as they were written before lines had any.
#[derive(Serialize)]
struct Before {
    invited_posts: Vec<&'static str>,
    invited_people: Vec<u8>,
    standing_readers: Vec<u8>,
    invitation_ms: u64,
    ring_ms: u64,
    trust_stale_ms: u64,
}

#[test]
fn rules_from_before_there_were_lines_mean_the_defaults() {
    let before = Before {
        invited_posts: vec!["DutyOfficer", "NoteTaker"],
        invited_people: Vec::new(),
        standing_readers: Vec::new(),
        invitation_ms: standing().invitation_ms,
        ring_ms: standing().ring_ms,
        trust_stale_ms: standing().trust_stale_ms,
    };
    let bytes = cbor::encode("rules", &before).unwrap();
    assert_eq!(cbor::decode::<Rules>("rules", &bytes).unwrap(), standing());
}

#[test]
fn rules_come_back_as_they_were_written() {
    let lines = LineRules { taped: false, open: Rank(1), jitter_ms: 200, ..LineRules::default() };
    let rules = Rules { lines, ..standing() };
    let bytes = cbor::encode("rules", &rules).unwrap();
    assert_eq!(cbor::decode::<Rules>("rules", &bytes).unwrap(), rules);
}

/// The ceiling and the findings of a line that is clean but for this.
fn judged(rules: &LineRules, line: LineKind, plant: impl FnOnce(&mut Truth)) -> (Rank, Vec<&'static str>) {
    let mut truth = Truth::clean(line);
    plant(&mut truth);
    let verdict = Test { line, rules, ranks: RANKS, version: VERSION, now_ms: 0 }.judge(&truth.facts(0));
    (verdict.ceiling, names(&verdict))
}

#[test]
fn each_rank_is_what_a_line_is_good_for_when_that_is_so() {
    let rules = LineRules {
        open: Rank(1),
        guest: Rank(2),
        secure: Rank(2),
        relayed: Rank(1),
        passphrase: Rank(0),
        in_clear: Rank(1),
        long_unlocked: Rank(0),
        other_version: Rank(0),
        old_posture: Rank(0),
        low_score: Rank(0),
        ..LineRules::default()
    };
    assert_eq!(judged(&rules, LineKind::Open, |_| {}).0, Rank(1));
    assert_eq!(judged(&rules, LineKind::Guest, |_| {}).0, Rank(2));
    assert_eq!(judged(&rules, LineKind::Secure, |_| {}).0, Rank(2));
    type Plant = fn(&mut Truth);
    let secure: [(Plant, u8); 7] = [
        (|line| line.path.is_relayed = true, 1),
        (|line| line.posture.keys = KeysKept::Passphrase, 0),
        (|line| line.posture.keys = KeysKept::InClear, 1),
        (|line| line.posture.unlocked_ago_ms = u64::MAX, 0),
        (|line| line.posture.version.clear(), 0),
        (|line| line.posture.checked_ago_ms = u64::MAX, 0),
        (|line| line.path.loss_permille = 900, 0),
    ];
    for (plant, level) in secure {
        let (ceiling, found) = judged(&rules, LineKind::Secure, plant);
        assert_eq!(ceiling, Rank(level), "{found:?}");
    }
}

#[test]
fn a_rank_beyond_the_scheme_is_its_highest_level() {
    let rules = LineRules { guest: NO_LIMIT, ..LineRules::default() };
    assert_eq!(judged(&rules, LineKind::Guest, |_| {}).0, Rank(3));
    let one = Test { line: LineKind::Secure, rules: &rules, ranks: 1, version: VERSION, now_ms: 0 };
    assert_eq!(one.judge(&Truth::clean(LineKind::Secure).facts(0)).ceiling, Rank(0));
}

#[test]
fn each_threshold_is_the_last_value_that_is_no_fault() {
    let rules = LineRules { score_least: 1, ..LineRules::default() };
    let at = |plant: &dyn Fn(&mut Truth)| judged(&rules, LineKind::Secure, |line| plant(line)).1;
    let sound = |speech_db, clipped_permille, silent_ms| Sound::On { speech_db, clipped_permille, silent_ms };
    type Plant<'a> = &'a dyn Fn(&mut Truth, u8);
    let pairs: [(Plant<'_>, &str); 9] = [
        (&|line, more| line.path.loss_permille = 50 + u16::from(more), "loss"),
        (&|line, more| line.path.round_trip_ms = 300 + u32::from(more), "delay"),
        (&|line, more| line.path.jitter_ms = 60 + u32::from(more), "jitter"),
        (&|line, more| line.sound = sound(Some(45 + more), 0, 0), "too quiet"),
        (&|line, more| line.sound = sound(None, 10 + u16::from(more), 0), "clipping"),
        (&|line, more| line.sound = sound(None, 0, rules.silent_ms + u64::from(more)), "silence"),
        (&|line, more| line.posture.unlocked_ago_ms = rules.unlocked_ms + u64::from(more), "long unlocked"),
        (&|line, more| line.posture.checked_ago_ms = rules.posture_ms + u64::from(more), "expired posture"),
        (
            &|line, more| line.canary = Canary::Back { ago_ms: rules.canary_ms + u64::from(more) },
            "no probe back",
        ),
    ];
    for (plant, name) in pairs {
        assert_eq!(at(&|line| plant(line, 0)), Vec::<&str>::new(), "{name}");
        assert_eq!(at(&|line| plant(line, 1)), [name]);
    }
}
