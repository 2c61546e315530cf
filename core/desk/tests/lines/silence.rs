//! What is not known counts as the worst.

use chancery_desk::{
    act::LineKind,
    lines::{
        facts::{Fact, LineFacts},
        findings::Finding,
        test::FRESH_MS,
    },
};
use chancery_seal::body::mark::Rank;

use crate::line::{Truth, judge};

fn missing(facts: &LineFacts, now_ms: u64) -> Vec<(Fact, Option<u64>)> {
    let verdict = judge(LineKind::Secure, facts, now_ms);
    let found = verdict.findings.iter().map(|finding| {
        let Finding::Missing { fact, silent_ms } = finding else { panic!("{finding}") };
        (*fact, *silent_ms)
    });
    found.collect()
}

#[test]
fn a_line_of_which_nothing_is_known_allows_the_lowest_and_no_speech() {
    let facts = LineFacts::default();
    let verdict = judge(LineKind::Secure, &facts, 9_000);
    assert_eq!((verdict.ceiling, verdict.speak, verdict.score), (Rank(0), false, None));
    assert_eq!(missing(&facts, 9_000), Fact::ALL.map(|fact| (fact, None)));
}

#[test]
fn each_fact_that_stays_out_for_two_seconds_is_missed_by_name() {
    for silent in Fact::ALL {
        let line = Truth::clean(LineKind::Secure);
        let mut facts = line.facts(0);
        for fact in Fact::ALL.into_iter().filter(|fact| *fact != silent) {
            line.tell(&mut facts, fact, FRESH_MS + 1);
        }
        assert_eq!(missing(&facts, FRESH_MS), []);
        assert_eq!(missing(&facts, FRESH_MS + 1), [(silent, Some(FRESH_MS + 1))]);
        let verdict = judge(LineKind::Secure, &facts, FRESH_MS + 1);
        assert_eq!(verdict.ceiling, Rank(0), "{silent}");
        assert_eq!(verdict.speak, !silent.is_for_speech(), "{silent}");
        line.tell(&mut facts, silent, FRESH_MS + 1);
        assert_eq!(missing(&facts, FRESH_MS + 1), [], "{silent} is heard of again");
    }
}

#[test]
fn speech_waits_for_device_group_probe_and_frames_alone() {
    let (line, mut facts) = (Truth::clean(LineKind::Secure), LineFacts::default());
    for fact in [Fact::Device, Fact::Group, Fact::Canary] {
        line.tell(&mut facts, fact, 0);
        assert!(!judge(LineKind::Secure, &facts, 0).speak, "{fact}");
    }
    line.tell(&mut facts, Fact::Frames, 0);
    let verdict = judge(LineKind::Secure, &facts, 0);
    assert_eq!((verdict.speak, verdict.ceiling), (true, Rank(0)));
}

#[test]
fn a_fault_that_is_too_old_to_count_is_not_said_any_more() {
    let mut line = Truth::clean(LineKind::Secure);
    line.path.loss_permille = 400;
    let mut facts = line.facts(0);
    for fact in Fact::ALL.into_iter().filter(|fact| *fact != Fact::Path) {
        line.tell(&mut facts, fact, 3_000);
    }
    assert_eq!(missing(&facts, 3_000), [(Fact::Path, Some(3_000))]);
}

#[test]
fn a_clock_that_jumps_back_makes_nothing_old() {
    let facts = Truth::clean(LineKind::Secure).facts(10_000);
    assert_eq!(missing(&facts, 2_000), []);
}
