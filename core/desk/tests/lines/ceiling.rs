//! The ceiling of a call falls at once, and rises only after every line was reported on anew.

use chancery_desk::lines::ceiling::{CallCeiling, LineNow, Reported};
use chancery_seal::body::mark::Rank;

fn line(allows: u8, reported: Option<(u8, u64)>) -> LineNow {
    let reported = reported.map(|(ceiling, at_ms)| Reported { ceiling: Rank(ceiling), at_ms });
    LineNow { allows: Rank(allows), reported }
}

/// Two lines, tested and reported on, at level 3.
fn up() -> CallCeiling {
    let mut ceiling = CallCeiling::begin(0);
    assert_eq!(ceiling.look([line(3, Some((3, 100))), line(3, Some((3, 100)))], 100), Rank(3));
    ceiling
}

#[test]
fn a_call_begins_at_the_lowest_and_rises_with_the_last_report() {
    let mut ceiling = CallCeiling::begin(1_000);
    assert_eq!(ceiling.rank(), Rank(0));
    assert_eq!(ceiling.look([line(3, None), line(3, None)], 1_100), Rank(0));
    assert_eq!(ceiling.look([line(3, Some((3, 1_200))), line(3, None)], 1_200), Rank(0));
    assert_eq!(ceiling.look([line(3, Some((3, 1_200))), line(3, Some((2, 1_300)))], 1_300), Rank(2));
}

#[test]
fn an_open_line_lowers_it_at_once_and_it_comes_back_only_after_fresh_reports() {
    let mut ceiling = up();
    let old = [line(3, Some((3, 100))), line(3, Some((3, 100)))];
    let open = line(0, None);
    assert_eq!(ceiling.look(old.into_iter().chain([open]), 5_000), Rank(0));
    assert_eq!(ceiling.look(old, 6_000), Rank(0), "it has left, and nobody was tested since");
    let one = [line(3, Some((3, 6_500))), line(3, Some((3, 100)))];
    assert_eq!(ceiling.look(one, 6_500), Rank(0));
    let both = [line(3, Some((3, 6_500))), line(3, Some((3, 6_800)))];
    assert_eq!(ceiling.look(both, 6_800), Rank(3));
}

#[test]
fn a_report_of_the_moment_it_fell_is_not_fresh() {
    let mut ceiling = up();
    ceiling.look([line(1, Some((3, 100))), line(3, Some((3, 100)))], 5_000);
    assert_eq!(ceiling.look([line(3, Some((3, 5_000))), line(3, Some((3, 5_000)))], 5_001), Rank(1));
    assert_eq!(ceiling.look([line(3, Some((3, 5_001))), line(3, Some((3, 5_001)))], 5_001), Rank(3));
}

#[test]
fn a_report_lifts_it_no_higher_than_the_report_and_the_own_test_say() {
    let mut ceiling = up();
    ceiling.look([line(0, Some((3, 100))), line(3, Some((3, 100)))], 5_000);
    assert_eq!(ceiling.look([line(3, Some((2, 6_000))), line(3, Some((3, 6_000)))], 6_000), Rank(2));
    assert_eq!(ceiling.look([line(3, Some((3, 7_000))), line(3, Some((3, 6_000)))], 7_000), Rank(3));
    let mut ceiling = up();
    ceiling.look([line(0, Some((3, 100)))], 5_000);
    assert_eq!(ceiling.look([line(1, Some((3, 6_000)))], 6_000), Rank(1), "a report that lies is no use");
}

#[test]
fn a_line_that_falters_for_a_moment_has_to_be_reported_on_again() {
    let mut ceiling = up();
    assert_eq!(ceiling.look([line(0, Some((3, 100))), line(3, Some((3, 100)))], 4_000), Rank(0));
    assert_eq!(ceiling.look([line(3, Some((3, 100))), line(3, Some((3, 100)))], 4_250), Rank(0));
}

#[test]
fn a_line_that_leaves_changes_nothing_by_itself() {
    let mut ceiling = up();
    assert_eq!(ceiling.look([line(3, Some((3, 100)))], 2_000), Rank(3));
    assert_eq!(ceiling.look([], 3_000), Rank(0), "a call without lines is worth nothing");
    assert_eq!(ceiling.fell_ms(), 3_000);
}
