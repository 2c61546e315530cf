//! What can be wrong with a line: each by its name, with its numbers, as a sentence that says what is wrong and what to
//! do, and with the level that it leaves.

use chancery_seal::body::mark::Rank;

use super::{
    facts::Fact,
    rules::{LineRules, NO_LIMIT},
    score::Score,
};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    // ---- Nothing is said before these are gone ----
    /// Nothing was heard of a fact, or not for too long.
    #[error(
        "nothing is known of {fact}{}: it counts as the worst until it is; check the line's connection",
        during(*.silent_ms)
    )]
    Missing {
        /// Which.
        fact: Fact,
        /// For how long; none when it never came.
        silent_ms: Option<u64>,
    },
    /// No approved device, and nobody vouched for it.
    #[error(
        "its device is neither approved nor vouched for: a security officer approves it, or a duty officer calls back and \
         vouches"
    )]
    UnknownDevice,
    /// Two devices are shown two groups.
    #[error(
        "its device is in another group than this one: somebody may be listening in between; end the call and begin anew"
    )]
    SplitGroup,
    /// The sealed probe did not come back.
    #[error("no sealed probe came back from it{}: wait, or have its app reloaded", during(*.ago_ms))]
    NoCanary {
        /// How long ago the last one came back.
        ago_ms: Option<u64>,
    },
    /// The far device takes what is not sealed.
    #[error("its device takes frames that are not sealed: drop the line and have its app reloaded")]
    TakesUnsealed,
    /// It sends without a seal.
    #[error(
        "{frames} of its frames came without a seal and were not let through: drop the line and have its app reloaded"
    )]
    Unsealed {
        /// How many, lately.
        frames: u64,
    },
    /// It sends under keys that are not its own.
    #[error(
        "{other_key} of its frames carry another line's key and {unopened} do not open: drop the line, it may be somebody \
         else's"
    )]
    WrongKeys {
        /// Frames with another line's key id, lately.
        other_key: u64,
        /// Frames that did not open under the key that they name, lately.
        unopened: u64,
    },

    // ---- The way ----
    /// Not direct.
    #[error("its packets go through a relay, which sees who talks when: use another network if that matters")]
    Relayed,
    /// Packets are lost.
    #[error("{} of its packets are lost: move closer to the access point, or use a cable", percent(*.permille))]
    Loss {
        /// Per thousand.
        permille: u16,
    },
    /// It takes long.
    #[error(
        "its packets take {round_trip_ms} ms there and back: let each other finish, or use another network"
    )]
    Delay {
        /// Round trip.
        round_trip_ms: u32,
    },
    /// They come unevenly.
    #[error("its packets come {jitter_ms} ms apart from their beat: stop other traffic, or use a cable")]
    Jitter {
        /// Interarrival jitter.
        jitter_ms: u32,
    },
    /// All of it together.
    #[error("it is hard to understand (score {score}): say numbers and names twice, or use another network")]
    LowScore {
        /// By G.107.
        score: Score,
    },

    // ---- The sound ----
    /// Too quiet.
    #[error("speech is {db} dB below full scale: move closer to the microphone")]
    Quiet {
        /// Below full scale.
        db: u8,
    },
    /// Too loud.
    #[error("{} of its samples are clipped: turn the microphone down, or move away from it", percent(*.permille))]
    Clipping {
        /// Per thousand.
        permille: u16,
    },
    /// Nothing at all.
    #[error("its microphone has given nothing for {} s: choose another one, or look at its switch", *.silent_ms / 1_000)]
    Silence {
        /// For how long.
        silent_ms: u64,
    },

    // ---- The device ----
    /// Keys under a passphrase.
    #[error("its keys are kept under a passphrase only: add a passkey")]
    Passphrase,
    /// Keys in the clear.
    #[error("its keys lie on its disk in the clear: enrol it anew, with a passkey")]
    KeysInClear,
    /// Not locked for long.
    #[error("it was last unlocked {} ago: lock it, and unlock it", hours(*.ago_ms))]
    LongUnlocked {
        /// How long ago.
        ago_ms: u64,
    },
    /// Another version.
    #[error("its app is version {theirs}, this one is {ours}: reload the older one")]
    OtherVersion {
        /// The line's.
        theirs: String,
        /// The judging device's.
        ours: String,
    },
    /// Not looked at for long.
    #[error("the health of its device was last looked at {} ago: have it looked at", hours(*.ago_ms))]
    OldPosture {
        /// How long ago.
        ago_ms: u64,
    },
}

impl Finding {
    /// Up to which level a line is good of which this is so.
    pub fn allows(&self, rules: &LineRules) -> Rank {
        match self {
            Self::Missing { .. }
            | Self::UnknownDevice
            | Self::SplitGroup
            | Self::NoCanary { .. }
            | Self::TakesUnsealed
            | Self::Unsealed { .. }
            | Self::WrongKeys { .. } => Rank(0),
            Self::Relayed => rules.relayed,
            Self::LowScore { .. } => rules.low_score,
            Self::Passphrase => rules.passphrase,
            Self::KeysInClear => rules.in_clear,
            Self::LongUnlocked { .. } => rules.long_unlocked,
            Self::OtherVersion { .. } => rules.other_version,
            Self::OldPosture { .. } => rules.old_posture,
            // How it sounds is no matter of secrecy; when it is bad enough, the score says so.
            Self::Loss { .. }
            | Self::Delay { .. }
            | Self::Jitter { .. }
            | Self::Quiet { .. }
            | Self::Clipping { .. }
            | Self::Silence { .. } => NO_LIMIT,
        }
    }

    /// Its name, for screens that show it as a short mark.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "not known",
            Self::UnknownDevice => "unknown device",
            Self::SplitGroup => "split group",
            Self::NoCanary { .. } => "no probe back",
            Self::TakesUnsealed => "takes unsealed frames",
            Self::Unsealed { .. } => "unsealed frames",
            Self::WrongKeys { .. } => "wrong keys",
            Self::Relayed => "relayed",
            Self::Loss { .. } => "loss",
            Self::Delay { .. } => "delay",
            Self::Jitter { .. } => "jitter",
            Self::LowScore { .. } => "low score",
            Self::Quiet { .. } => "too quiet",
            Self::Clipping { .. } => "clipping",
            Self::Silence { .. } => "silence",
            Self::Passphrase => "passphrase only",
            Self::KeysInClear => "keys in the clear",
            Self::LongUnlocked { .. } => "long unlocked",
            Self::OtherVersion { .. } => "other version",
            Self::OldPosture { .. } => "expired posture",
        }
    }

    /// Speech does not start while this is so.
    pub fn forbids_speech(&self) -> bool {
        match self {
            Self::Missing { fact, .. } => fact.is_for_speech(),
            Self::UnknownDevice
            | Self::SplitGroup
            | Self::NoCanary { .. }
            | Self::TakesUnsealed
            | Self::Unsealed { .. }
            | Self::WrongKeys { .. } => true,
            Self::Relayed
            | Self::Loss { .. }
            | Self::Delay { .. }
            | Self::Jitter { .. }
            | Self::LowScore { .. }
            | Self::Quiet { .. }
            | Self::Clipping { .. }
            | Self::Silence { .. }
            | Self::Passphrase
            | Self::KeysInClear
            | Self::LongUnlocked { .. }
            | Self::OtherVersion { .. }
            | Self::OldPosture { .. } => false,
        }
    }
}

/// " for 2.4 s", or nothing.
fn during(ms: Option<u64>) -> String {
    ms.map_or_else(String::new, |ms| format!(" for {}", seconds(ms)))
}

/// "2.4 s".
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

/// "1.2%".
pub(super) fn percent(permille: u16) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// "3 h 20 min".
pub(super) fn hours(ms: u64) -> String {
    let minutes = ms / 60_000;
    if minutes < 60 { format!("{minutes} min") } else { format!("{} h {} min", minutes / 60, minutes % 60) }
}
