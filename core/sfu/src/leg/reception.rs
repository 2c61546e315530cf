//! How one stream arrives: what a report block says of it (RFC 3550 §6.4.1, appendix A).

use crate::{
    rtcp::{Block, middle},
    rtp::samples,
};

/// Counts of one stream.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    first: Option<u64>,
    highest: u64,
    came: u64,
    /// Transit of the packet before, and the smoothed difference, in sixteenths of a sample.
    transit: Option<u32>,
    jitter: u32,
    told_expected: u64,
    told_came: u64,
    last_report: Option<(u64, u64)>,
}

impl Reception {
    /// A packet came for the first time, by itself or because it was asked for.
    pub(crate) fn note(&mut self, index: u64, timestamp: u32, now_us: u64) {
        self.came += 1;
        let in_order = self.first.is_none() || index > self.highest;
        self.first.get_or_insert(index);
        if !in_order {
            // What comes late was asked for, or took another way: it says nothing about jitter.
            return;
        }
        self.highest = index;
        let transit = (samples(now_us) as u32).wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            // A pause is no jitter: whoever is silent for a second may start its clock anew.
            if difference < crate::rtp::CLOCK_HZ as u32 {
                self.jitter = self.jitter - (self.jitter + 8) / 16 + difference;
            }
        }
    }

    /// The device's own report of the stream came.
    pub(crate) fn note_report(&mut self, ntp: u64, now_us: u64) {
        self.last_report = Some((ntp, now_us));
    }

    /// Jitter in samples.
    pub(crate) fn jitter(&self) -> u32 {
        self.jitter / 16
    }

    /// How many should have come.
    pub(crate) fn expected(&self) -> u64 {
        self.first.map_or(0, |first| self.highest + 1 - first.min(self.highest + 1))
    }

    /// What to report; none when nothing came yet.
    pub(crate) fn block(&mut self, ssrc: u32, now_us: u64) -> Option<Block> {
        self.first?;
        let expected = self.expected();
        let expected_since = expected - self.told_expected;
        let lost_since = expected_since.saturating_sub(self.came - self.told_came);
        (self.told_expected, self.told_came) = (expected, self.came);
        let lost_of_256 = (lost_since * 256).checked_div(expected_since).unwrap_or(0).min(255) as u8;
        let lost = expected as i64 - self.came as i64;
        let (last_report, since_last_report) = self.last_report.map_or((0, 0), |(ntp, at_us)| {
            let since = u128::from(now_us.saturating_sub(at_us)) * 65_536 / 1_000_000;
            (middle(ntp), u32::try_from(since).unwrap_or(u32::MAX))
        });
        Some(Block {
            ssrc,
            lost_of_256,
            lost: i32::try_from(lost).unwrap_or(i32::MAX),
            highest: self.highest as u32,
            jitter: self.jitter(),
            last_report,
            since_last_report,
        })
    }
}
