//! The score of ITU-T G.107 (the E-model) for a line: how well two people would understand each other if both had such a
//! line. In whole numbers only, so that every device computes the same.
//!
//! R = (R0 − Is) − Id − Ie,eff + A. With the defaults of G.107 table 2 and no noise, R0 − Is is 93.2; A is 0. Echo is
//! cancelled on the devices, so of Id there is the loss of interactivity alone (Idd, clause 7.4).

use std::fmt;

use super::facts::Path;

/// What the devices at both ends add on the way from mouth to ear: a 20 ms frame, 6.5 ms for Opus to look ahead, about
/// 20 ms to capture and play.
pub const DEVICES_MS: u32 = 47;

/// A receiver's buffer holds about so many times the jitter.
const BUFFER_JITTERS: u32 = 2;

/// R0 − Is with the defaults of G.107, hundredths.
const BEST: u32 = 9_320;

/// Idd of G.107 clause 7.4 in hundredths, at milliseconds from mouth to ear; straight lines between them are within a
/// quarter of a point of the formula (a test computes it).
const IDD: [(u32, u32); 21] = [
    (0, 0),
    (125, 0),
    (150, 16),
    (175, 103),
    (200, 304),
    (225, 585),
    (250, 892),
    (300, 1_476),
    (350, 1_981),
    (400, 2_407),
    (450, 2_764),
    (500, 3_064),
    (600, 3_525),
    (700, 3_850),
    (800, 4_083),
    (900, 4_253),
    (1_000, 4_379),
    (1_200, 4_549),
    (1_500, 4_692),
    (2_000, 4_808),
    (3_000, 4_896),
];

/// The packet-loss robustness of Opus with its in-band redundancy. ITU-T G.113 gives none for Opus; it gives 25.1 for
/// G.711 with concealment and 19 for G.729A. 20 is what WebRTC's score keepers use (rtcscore: 20 with redundancy, 10
/// without).
const BPL: u32 = 20;

/// The impairment of the codec itself: Opus at 32 kbit/s and full band loses nothing against the narrow band of G.107.
const IE: u32 = 0;

/// A rating of G.107, from 0 to 93: whole numbers, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub u8);

impl Score {
    /// The category of ITU-T G.109.
    pub fn category(self) -> &'static str {
        match self.0 {
            90.. => "best",
            80..90 => "high",
            70..80 => "medium",
            60..70 => "low",
            0..60 => "poor",
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of 93, {}", self.0, self.category())
    }
}

/// The rating for a delay from mouth to ear, and for lost packets per thousand.
pub fn score(delay_ms: u32, loss_permille: u16) -> Score {
    let left = BEST.saturating_sub(interactivity(delay_ms)).saturating_sub(loss(loss_permille)) / 100;
    Score(u8::try_from(left).unwrap_or(u8::MAX))
}

/// From mouth to ear, when the line at the far end is like this one: its way twice, half a round trip each.
pub fn delay_ms(path: &Path) -> u32 {
    let buffers = path.jitter_ms.saturating_mul(BUFFER_JITTERS);
    path.round_trip_ms.saturating_add(buffers).saturating_add(DEVICES_MS)
}

/// The rating of a line.
pub fn of_path(path: &Path) -> Score {
    score(delay_ms(path), path.loss_permille)
}

/// Idd in hundredths.
fn interactivity(delay_ms: u32) -> u32 {
    let mut before = (0, 0);
    for (at, value) in IDD {
        if delay_ms <= at {
            let (from, low) = before;
            let (width, rise) = (at.saturating_sub(from).max(1), value.saturating_sub(low));
            return low + rise * delay_ms.saturating_sub(from) / width;
        }
        before = (at, value);
    }
    before.1
}

/// Ie,eff = Ie + (95 − Ie) · Ppl / (Ppl / BurstR + Bpl), clause 7.5, for losses that come singly (BurstR 1); hundredths.
fn loss(permille: u16) -> u32 {
    let permille = u32::from(permille.min(1_000));
    // Ppl is in percent: both sides of the fraction are times ten.
    IE * 100 + (95 - IE) * 100 * permille / (permille + 10 * BPL)
}
