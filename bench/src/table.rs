//! The table: one line for each figure, beside a base measured in the same run, round by round in turn.

use std::time::{Duration, Instant};

use anyhow::Result;

/// One figure and what it is compared with.
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// What is counted: "acts", "leaves".
    pub(crate) unit: &'static str,
    /// What it is compared with.
    pub(crate) base: &'static str,
    /// The measurement.
    pub(crate) paired: Paired,
    /// The least ratio that is good enough, where one is promised.
    pub(crate) needed: Option<f64>,
}

/// Times of the same amount of work, ours and the base's, by rounds. Medians count: a round in which the machine or its
/// disk did something else does not.
pub(crate) struct Paired {
    amount: u32,
    ours: Vec<Duration>,
    base: Vec<Duration>,
}

impl Paired {
    /// No round yet. `amount`: how much is done in each round.
    pub(crate) fn of(amount: usize) -> Result<Self> {
        Ok(Self { amount: u32::try_from(amount)?, ours: Vec::new(), base: Vec::new() })
    }

    /// Adds a round: how long it took us, how long the base.
    pub(crate) fn add(&mut self, ours: Duration, base: Duration) {
        self.ours.push(ours);
        self.base.push(base);
    }

    fn a_second(&self, took: &[Duration]) -> f64 {
        f64::from(self.amount) / median(took).as_secs_f64()
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

impl Line {
    /// Prints the head of the table.
    pub(crate) fn print_head() {
        println!("{:<46} {:>18} {:>8}  {:<34} {:>18}  needed", "what", "figure", "ratio", "beside", "figure");
    }

    /// Prints it, and says whether it is as good as needed.
    pub(crate) fn print(&self) -> bool {
        let (ours, base) = (self.paired.a_second(&self.paired.ours), self.paired.a_second(&self.paired.base));
        let ratio = ours / base;
        let met = self.needed.is_none_or(|needed| ratio >= needed);
        let verdict = match (self.needed, met) {
            (None, _) => String::new(),
            (Some(needed), true) => format!("≥ {needed:.2}×"),
            (Some(needed), false) => format!("BELOW {needed:.2}×"),
        };
        println!(
            "{:<46} {:>18} {ratio:>7.2}×  {:<34} {:>18}  {verdict}",
            self.what,
            rate(ours, self.unit),
            self.base,
            rate(base, self.unit),
        );
        met
    }
}

/// `12,345 acts/s`.
fn rate(a_second: f64, unit: &str) -> String {
    let digits = format!("{a_second:.0}");
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {unit}/s")
}

/// How long something takes.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    let done = work()?;
    Ok((done, start.elapsed()))
}
