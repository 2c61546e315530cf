//! What is counted exactly and told seldom: at once when it begins, then once a second while it goes on.

use crate::limits::DROPPED_TOLD_US;

/// One count, as far as it was told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Told {
    count: u64,
    next_us: u64,
}

impl Told {
    /// How many to tell of now, when this many were counted in all.
    pub(crate) fn news(&mut self, counted: u64, now_us: u64) -> Option<u64> {
        let more = counted.checked_sub(self.count).filter(|more| *more > 0)?;
        if now_us < self.next_us {
            return None;
        }
        self.count = counted;
        self.next_us = now_us + DROPPED_TOLD_US;
        Some(more)
    }

    /// How many to tell of now, whenever it was told last: each second, and at the end.
    pub(crate) fn rest(&mut self, counted: u64, now_us: u64) -> Option<u64> {
        self.next_us = 0;
        self.news(counted, now_us)
    }
}
