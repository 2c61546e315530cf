//! What the desk's rules say about lines and the tape: which level each sort of line allows, from where on something is
//! a fault, and what each default is for. docs/line-test.md has the same as a table.

use chancery_seal::body::mark::Rank;
use serde::{Deserialize, Serialize};

/// No limit of its own: the highest level that the scheme has.
pub const NO_LIMIT: Rank = Rank(u8::MAX);

/// The desk's rules about lines. The ranks say up to which level a line is good when that is so, thresholds from where on
/// something counts as a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRules {
    /// Calls are taped. True: what was said is what the record is for; only custodians together can hear it.
    pub taped: bool,
    /// Good for, an open line. The lowest: somebody outside could hear.
    pub open: Rank,
    /// Good for, a guest's line. The second: the key is vouched for by one call-back, and the device is not ours.
    pub guest: Rank,
    /// Good for, a secure line. No limit: the device is approved, and everything else is tested.
    pub secure: Rank,
    /// Good for, a path through a relay. No limit: the relay sees no more than who is on the path anyway, sealed frames and
    /// their times.
    pub relayed: Rank,
    /// Good for, keys kept under a passphrase only. The third: whoever copies the device's disk can guess at leisure, so
    /// what is above needs a passkey.
    pub passphrase: Rank,
    /// Good for, keys kept in the clear. The lowest: whoever copies the disk is the device.
    pub in_clear: Rank,
    /// Good for, a device that was last unlocked too long ago. The second: it may lie open on a table.
    pub long_unlocked: Rank,
    /// Good for, a device whose app is of another version than the judging one. The third: it may lack what was mended.
    pub other_version: Rank,
    /// Good for, a device whose posture was last looked at too long ago. The second: nothing is wrong that is known.
    pub old_posture: Rank,
    /// Good for, a line whose score is too low. The second: what is not understood is said again, louder or elsewhere.
    pub low_score: Rank,
    /// A score below this is too low. 60: below it nearly all find a line poor (ITU-T G.109).
    pub score_least: u8,
    /// More lost packets than this are a fault, per thousand. 50: what the codec's redundancy still heals.
    pub loss_permille: u16,
    /// A longer round trip between device and desk is a fault. 300 ms: two such lines are near the 400 ms from mouth to
    /// ear that ITU-T G.114 gives as the limit of what may be planned.
    pub round_trip_ms: u32,
    /// More jitter is a fault. 60 ms: the receivers' buffers then cost more time than most paths.
    pub jitter_ms: u32,
    /// Speech further below full scale than this is too quiet. 45 dB: 19 dB below the nominal level of ITU-T P.56's speech.
    pub quiet_db: u8,
    /// More samples at full scale than this are a fault, per thousand. 10: single peaks are no fault, words that are cut
    /// are.
    pub clipped_permille: u16,
    /// A microphone that gives nothing at all for longer is a fault. 10 s: even an empty room is heard.
    pub silent_ms: u64,
    /// A device that was last unlocked longer ago is a fault. 12 h: once a day, at the latest in the next shift.
    pub unlocked_ms: u64,
    /// A posture that was last looked at longer ago is a fault. 24 h: the app looks at each start, tools run daily.
    pub posture_ms: u64,
    /// A canary that came back longer ago is not back. 10 s: three are on the way in this time.
    pub canary_ms: u64,
}

impl Default for LineRules {
    fn default() -> Self {
        Self {
            taped: true,
            open: Rank(0),
            guest: Rank(1),
            secure: NO_LIMIT,
            relayed: NO_LIMIT,
            passphrase: Rank(2),
            in_clear: Rank(0),
            long_unlocked: Rank(1),
            other_version: Rank(2),
            old_posture: Rank(1),
            low_score: Rank(1),
            score_least: 60,
            loss_permille: 50,
            round_trip_ms: 300,
            jitter_ms: 60,
            quiet_db: 45,
            clipped_permille: 10,
            silent_ms: 10_000,
            unlocked_ms: 12 * HOUR_MS,
            posture_ms: 24 * HOUR_MS,
            canary_ms: 10_000,
        }
    }
}

const SECOND_MS: u64 = 1_000;
const HOUR_MS: u64 = 60 * 60 * SECOND_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// What a threshold is called, from where to where it may be set, and where it is.
pub(crate) type Limit = (&'static str, (u64, u64), u64);

impl LineRules {
    /// Thresholds within which a line test can still say something: neither always a fault nor never one.
    pub(crate) fn limits(&self) -> [Limit; 10] {
        [
            ("the least score of a line", (1, 93), self.score_least.into()),
            ("the loss of a line per thousand", (1, 500), self.loss_permille.into()),
            ("the round trip of a line in ms", (20, 2_000), self.round_trip_ms.into()),
            ("the jitter of a line in ms", (5, 1_000), self.jitter_ms.into()),
            ("the level of speech in dB below full scale", (10, 80), self.quiet_db.into()),
            ("the clipping of a line per thousand", (1, 500), self.clipped_permille.into()),
            ("the silence of a line in ms", (SECOND_MS, HOUR_MS), self.silent_ms),
            ("the time since a device was unlocked in ms", (60 * SECOND_MS, 30 * DAY_MS), self.unlocked_ms),
            ("the age of a posture in ms", (60 * SECOND_MS, 90 * DAY_MS), self.posture_ms),
            ("the age of a canary in ms", (2 * SECOND_MS, 60 * SECOND_MS), self.canary_ms),
        ]
    }
}
