//! Each planted fault is found with its name, at the next look, and nothing else is.

use chancery_desk::{
    act::LineKind,
    lines::{
        ceiling::{CallCeiling, LineNow, Reported},
        facts::{Canary, Fact, Frames, Group, KeysKept, LineFacts, Sound, Standing},
    },
};
use chancery_seal::body::mark::Rank;

use crate::line::{HOUR_MS, Truth, judge, names};

/// A fault: how it is planted, what must be found, and what is left of the highest level.
struct Fault {
    plant: fn(&mut Truth),
    found: &'static [&'static str],
    leaves: Rank,
    speaks: bool,
}

fn faults() -> Vec<Fault> {
    let grave = |plant, found| Fault { plant, found, leaves: Rank(0), speaks: false };
    let fault = |plant, found, leaves| Fault { plant, found, leaves: Rank(leaves), speaks: true };
    vec![
        grave(|line| line.standing = Standing::Unknown, &["unknown device"]),
        grave(|line| line.standing = Standing::Vouched, &["unknown device"]),
        grave(|line| line.group = Group::Split, &["split group"]),
        grave(|line| line.canary = Canary::NotYet, &["no probe back"]),
        grave(|line| line.canary = Canary::Back { ago_ms: 10_001 }, &["no probe back"]),
        grave(|line| line.canary = Canary::UnsealedTaken, &["takes unsealed frames"]),
        grave(|line| line.frames = Frames { unsealed: 1, ..Frames::default() }, &["unsealed frames"]),
        grave(|line| line.frames = Frames { other_key: 1, ..Frames::default() }, &["wrong keys"]),
        grave(|line| line.frames = Frames { unopened: 1, ..Frames::default() }, &["wrong keys"]),
        fault(|line| line.path.is_relayed = true, &["relayed"], 3),
        fault(|line| line.path.loss_permille = 100, &["loss"], 3),
        fault(|line| line.path.loss_permille = 300, &["loss", "low score"], 1),
        fault(|line| line.path.jitter_ms = 300, &["jitter", "low score"], 1),
        fault(|line| line.path.round_trip_ms = 800, &["delay", "low score"], 1),
        fault(|line| set_sound(line, Some(27), 0, 10_001), &["silence"], 3),
        fault(|line| set_sound(line, Some(27), 11, 0), &["clipping"], 3),
        fault(|line| set_sound(line, Some(46), 0, 0), &["too quiet"], 3),
        fault(|line| line.posture.keys = KeysKept::Passphrase, &["passphrase only"], 2),
        fault(|line| line.posture.keys = KeysKept::InClear, &["keys in the clear"], 0),
        fault(|line| line.posture.unlocked_ago_ms = 12 * HOUR_MS + 1, &["long unlocked"], 1),
        fault(|line| line.posture.version = "0.9.9".into(), &["other version"], 2),
        fault(|line| line.posture.checked_ago_ms = 24 * HOUR_MS + 1, &["expired posture"], 1),
    ]
}

fn set_sound(line: &mut Truth, speech_db: Option<u8>, clipped_permille: u16, silent_ms: u64) {
    line.sound = Sound::On { speech_db, clipped_permille, silent_ms };
}

/// How often a device says its facts, and how often it looks.
const SAID_EVERY_MS: u64 = 500;
const LOOK_MS: u64 = 50;

/// A clean line lives for five seconds, then the fault comes; the device looks every 50 ms. When it was found, what was
/// found then, and the ceiling after that.
fn live_through(fault: &Fault) -> (u64, Vec<&'static str>, Rank, bool) {
    let (mut line, mut facts) = (Truth::clean(LineKind::Secure), LineFacts::default());
    let mut ceiling = CallCeiling::begin(0);
    for now_ms in (0..20_000).step_by(usize::try_from(LOOK_MS).unwrap()) {
        if now_ms == 5_000 {
            (fault.plant)(&mut line);
        }
        if now_ms % SAID_EVERY_MS == 0 {
            Fact::ALL.into_iter().for_each(|fact| line.tell(&mut facts, fact, now_ms));
        }
        let verdict = judge(LineKind::Secure, &facts, now_ms);
        let reported = Some(Reported { ceiling: verdict.ceiling, at_ms: 1_000 }).filter(|_| now_ms >= 1_000);
        let rank = ceiling.look([LineNow { allows: verdict.ceiling, reported }], now_ms);
        if !verdict.findings.is_empty() {
            return (now_ms, names(&verdict), rank, verdict.speak);
        }
        assert!(now_ms < 1_000 || rank == Rank(3), "clean at {now_ms}, and the ceiling is {rank:?}");
    }
    panic!("{:?} was not found", fault.found);
}

#[test]
fn each_planted_fault_is_found_by_its_name_and_lowers_the_ceiling_within_half_a_second() {
    for fault in faults() {
        let (found_ms, found, ceiling, speaks) = live_through(&fault);
        assert_eq!(found, fault.found);
        assert!((5_000..=5_500).contains(&found_ms), "{found:?} was found at {found_ms}");
        assert_eq!(ceiling, fault.leaves, "{found:?}");
        assert_eq!(speaks, fault.speaks, "{found:?}");
    }
}

#[test]
fn several_faults_are_all_found_gravest_first() {
    let mut line = Truth::clean(LineKind::Secure);
    for fault in faults() {
        (fault.plant)(&mut line);
    }
    let verdict = judge(LineKind::Secure, &line.facts(0), 0);
    let gravest = verdict.findings.iter().take_while(|finding| finding.forbids_speech()).count();
    assert!(verdict.findings[gravest..].iter().all(|finding| !finding.forbids_speech()));
    assert!(gravest >= 3 && verdict.findings.len() - gravest >= 8, "{:?}", names(&verdict));
    assert_eq!((verdict.ceiling, verdict.speak), (Rank(0), false));
}

#[test]
fn every_finding_says_what_is_wrong_and_what_to_do() {
    for fault in faults() {
        let mut line = Truth::clean(LineKind::Secure);
        (fault.plant)(&mut line);
        for finding in judge(LineKind::Secure, &line.facts(0), 0).findings {
            let sentence = finding.to_string();
            assert!(sentence.contains(": ") || sentence.contains("; "), "{sentence}");
            assert!(!sentence.contains("{") && !sentence.ends_with('.'), "{sentence}");
        }
    }
}

#[test]
fn a_muted_microphone_is_not_a_silent_one() {
    let mut line = Truth::clean(LineKind::Secure);
    line.sound = Sound::Off;
    assert!(judge(LineKind::Secure, &line.facts(0), 0).findings.is_empty());
}

#[test]
fn a_line_allows_no_more_than_its_kind_however_clean_it_is() {
    for (kind, level) in [(LineKind::Secure, 3), (LineKind::Guest, 1), (LineKind::Open, 0)] {
        let verdict = judge(kind, &Truth::clean(kind).facts(0), 0);
        assert_eq!((verdict.ceiling, verdict.findings.len(), verdict.speak), (Rank(level), 0, true));
    }
}

#[test]
fn an_approved_device_does_not_stand_in_for_a_vouched_guest() {
    let mut line = Truth::clean(LineKind::Guest);
    line.standing = Standing::Approved;
    assert_eq!(names(&judge(LineKind::Guest, &line.facts(0), 0)), ["unknown device"]);
}
