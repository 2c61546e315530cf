//! The ceiling of a call: the lowest over its lines, at once when it falls; up again only after every line was reported on
//! anew, so that what had lowered it is known to be gone.

use chancery_seal::body::mark::Rank;

/// One line that is on the call or on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineNow {
    /// What this device's own test says at this moment.
    pub allows: Rank,
    /// The newest signed report of the line; none before the first.
    pub reported: Option<Reported>,
}

/// A line report as this device took it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    /// The level that the report allows.
    pub ceiling: Rank,
    /// When it came here, by this device's own clock.
    pub at_ms: u64,
}

/// The ceiling as one device computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallCeiling {
    rank: Rank,
    fell_ms: u64,
}

impl CallCeiling {
    /// The lowest, as every call begins.
    pub fn begin(now_ms: u64) -> Self {
        Self { rank: Rank(0), fell_ms: now_ms }
    }

    /// The highest level that may be spoken now.
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// When it last fell: only what is reported after this lets it rise.
    pub fn fell_ms(&self) -> u64 {
        self.fell_ms
    }

    /// Looks at all lines again: whenever a fact, a report or a party comes or goes, and at least every
    /// [`FRESH_MS`](super::test::FRESH_MS) / 8, so that a fact that stays out shows on time. The new ceiling.
    pub fn look(&mut self, lines: impl IntoIterator<Item = LineNow>, now_ms: u64) -> Rank {
        // A call without lines has nobody who could speak.
        let mut allowed: Option<Rank> = None;
        let mut confirmed: Option<Rank> = None;
        let lowest = |one: Option<Rank>, other: Rank| Some(one.map_or(other, |one| one.min(other)));
        for LineNow { allows, reported } in lines {
            allowed = lowest(allowed, allows);
            let anew = reported.filter(|report| report.at_ms > self.fell_ms);
            confirmed = lowest(confirmed, anew.map_or(Rank(0), |report| report.ceiling.min(allows)));
        }
        let (allowed, confirmed) = (allowed.unwrap_or(Rank(0)), confirmed.unwrap_or(Rank(0)));
        if allowed < self.rank {
            self.rank = allowed;
            self.fell_ms = now_ms;
        } else {
            self.rank = self.rank.max(confirmed);
        }
        self.rank
    }
}
