//! Told microseconds as the `Instant`s in which DTLS counts. The one place in core/ that reads a clock: once, for a point
//! to count from; what the sfu does depends on told time alone.

use std::time::{Duration, Instant};

/// Turns told time into instants and back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
    start_us: u64,
}

impl Clock {
    /// A clock that counts from this moment.
    pub(crate) fn starting(start_us: u64) -> Self {
        Self { start: Instant::now(), start_us }
    }

    /// The instant of a told time; the start for what was told before it.
    pub(crate) fn instant(self, at_us: u64) -> Instant {
        self.start + Duration::from_micros(at_us.saturating_sub(self.start_us))
    }

    /// The told time of an instant, rounded up, so that a timeout is over when it is told.
    pub(crate) fn told_us(self, at: Instant) -> u64 {
        let nanos = at.saturating_duration_since(self.start).as_nanos().div_ceil(1_000);
        self.start_us.saturating_add(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}
