//! The score against the formulas of ITU-T G.107, computed here in floating point.

use chancery_desk::lines::{
    facts::Path,
    score::{DEVICES_MS, Score, delay_ms, of_path, score},
};

/// Clauses 7.4 and 7.5 with the defaults, Ie 0 and Bpl 20.
fn by_the_formula(delay_ms: u32, loss_permille: u16) -> f64 {
    let x = (f64::from(delay_ms) / 100.0).log2();
    let root = |y: f64| (1.0 + y.powi(6)).powf(1.0 / 6.0);
    let idd = if delay_ms <= 100 { 0.0 } else { 25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0) };
    let loss = f64::from(loss_permille) / 10.0;
    93.2 - idd - 95.0 * loss / (loss + 20.0)
}

#[test]
fn it_is_the_formula_rounded_down() {
    for delay_ms in (0..=3_000).step_by(7) {
        for loss_permille in [0, 1, 5, 10, 20, 50, 100, 200, 500, 1_000] {
            let (got, exact) = (score(delay_ms, loss_permille), by_the_formula(delay_ms, loss_permille));
            let off = exact.max(0.0) - f64::from(got.0);
            assert!((-0.3..=1.3).contains(&off), "{delay_ms} ms, {loss_permille}: {got} for {exact}");
        }
    }
}

#[test]
fn it_never_rises_with_delay_or_loss() {
    for delay_ms in 0..3_500 {
        assert!(score(delay_ms + 1, 0) <= score(delay_ms, 0));
    }
    for loss in 0..1_100 {
        assert!(score(150, loss + 1) <= score(150, loss));
    }
    assert!(score(u32::MAX, u16::MAX) < Score(15));
}

#[test]
fn the_best_is_that_of_the_standards_defaults() {
    assert_eq!(score(0, 0), Score(93));
    assert_eq!(score(0, 0).to_string(), "93 of 93, best");
    assert_eq!(score(400, 0), Score(69), "at G.114's limit of what may be planned: low");
    assert_eq!(Score(69).category(), "low");
    assert_eq!((Score(90).category(), Score(80).category()), ("best", "high"));
    assert_eq!((Score(79).category(), Score(59).category()), ("medium", "poor"));
}

#[test]
fn a_path_counts_as_if_the_far_end_had_the_same() {
    let path = Path { is_relayed: false, round_trip_ms: 100, jitter_ms: 20, loss_permille: 10 };
    assert_eq!(delay_ms(&path), 100 + 2 * 20 + DEVICES_MS);
    assert_eq!(of_path(&path), score(187, 10));
    let absurd = Path { round_trip_ms: u32::MAX, jitter_ms: u32::MAX, ..path };
    assert_eq!(delay_ms(&absurd), u32::MAX);
}
