//! What is measured on a line, and when. Who measures what: docs/line-test.md.

use std::fmt;

/// One fact and when it came to the judging device, milliseconds of that device's own clock: no two clocks are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What was measured.
    pub fact: T,
    /// When it came.
    pub at_ms: u64,
}

/// Everything that is known about one line; what never came is none. Each is
/// said again twice a second while the line lives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineFacts {
    /// Whose key it is.
    pub device: Option<At<Standing>>,
    /// Whether the line's device is in the same group.
    pub group: Option<At<Group>>,
    /// The probe from end to end.
    pub canary: Option<At<Canary>>,
    /// Frames that should not have come.
    pub frames: Option<At<Frames>>,
    /// The way of its packets.
    pub path: Option<At<Path>>,
    /// What its microphone gives.
    pub sound: Option<At<Sound>>,
    /// The health of its device.
    pub posture: Option<At<Posture>>,
}

/// Whose key a line's device has, by the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// An approved device of the desk, not revoked.
    Approved,
    /// A guest's key that a duty officer vouched for on this call.
    Vouched,
    /// Neither.
    Unknown,
}

/// The epoch authenticators, compared inside the call's own encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The same as this device's.
    Agreed,
    /// Another for the same epoch: somebody shows two groups to two devices.
    Split,
}

/// A sealed probe frame that the far device answers, and an unsealed one that it must refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// The sealed one came back as it was sent, so long before this was said.
    Back {
        /// In milliseconds.
        ago_ms: u64,
    },
    /// It is on its way, or lost.
    NotYet,
    /// The far device took the unsealed one.
    UnsealedTaken,
}

/// Frames of the line that were not let through within the last [`FRAMES_MS`], by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frames {
    /// Without a seal.
    pub unsealed: u64,
    /// With the key id of another line.
    pub other_key: u64,
    /// Not opening under the key that their key id names, though this device holds it.
    pub unopened: u64,
}

/// Long enough that a fault is still seen when the facts come late, short enough that a mended line is clean again soon.
pub const FRAMES_MS: u64 = 10_000;

/// The way of a line's packets between its device and the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// Direct, or through a relay.
    pub is_relayed: bool,
    /// Round trip, milliseconds.
    pub round_trip_ms: u32,
    /// Interarrival jitter (RFC 3550 §6.4.1), milliseconds.
    pub jitter_ms: u32,
    /// Packets lost per thousand, the worse of both directions.
    pub loss_permille: u16,
}

/// What a line's microphone gives, measured on its device before sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Nothing, and nothing is meant to come: muted, on hold, or a role that only listens.
    Off,
    /// Sound.
    On {
        /// Speech so many dB below full scale, of the last seconds in which somebody spoke; none before the first word.
        speech_db: Option<u8>,
        /// Samples at full scale, per thousand, over the last second.
        clipped_permille: u16,
        /// For so long not even the room was heard.
        silent_ms: u64,
    },
}

/// How a device keeps its keys at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysKept {
    /// Wrapped by a secret of a passkey.
    Passkey,
    /// Wrapped by a passphrase.
    Passphrase,
    /// Not wrapped.
    InClear,
}

/// What a device's app knows about its own health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// How its keys are kept.
    pub keys: KeysKept,
    /// How long ago somebody unlocked it.
    pub unlocked_ago_ms: u64,
    /// Version of its app.
    pub version: String,
    /// How long ago this was looked at.
    pub checked_ago_ms: u64,
}

/// The facts by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// [`LineFacts::device`].
    Device,
    /// [`LineFacts::group`].
    Group,
    /// [`LineFacts::canary`].
    Canary,
    /// [`LineFacts::frames`].
    Frames,
    /// [`LineFacts::path`].
    Path,
    /// [`LineFacts::sound`].
    Sound,
    /// [`LineFacts::posture`].
    Posture,
}

impl Fact {
    /// All of them, in the order in which a line is tested.
    pub const ALL: [Self; 7] =
        [Self::Device, Self::Group, Self::Canary, Self::Frames, Self::Path, Self::Sound, Self::Posture];

    /// Speech does not start without it.
    pub fn is_for_speech(self) -> bool {
        match self {
            Self::Device | Self::Group | Self::Canary | Self::Frames => true,
            Self::Path | Self::Sound | Self::Posture => false,
        }
    }
}

impl LineFacts {
    /// When a fact came, if it did.
    pub fn at_ms(&self, fact: Fact) -> Option<u64> {
        match fact {
            Fact::Device => self.device.as_ref().map(|at| at.at_ms),
            Fact::Group => self.group.as_ref().map(|at| at.at_ms),
            Fact::Canary => self.canary.as_ref().map(|at| at.at_ms),
            Fact::Frames => self.frames.as_ref().map(|at| at.at_ms),
            Fact::Path => self.path.as_ref().map(|at| at.at_ms),
            Fact::Sound => self.sound.as_ref().map(|at| at.at_ms),
            Fact::Posture => self.posture.as_ref().map(|at| at.at_ms),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Device => "whose device it is",
            Self::Group => "its group",
            Self::Canary => "the probe from end to end",
            Self::Frames => "its frames",
            Self::Path => "its path",
            Self::Sound => "its sound",
            Self::Posture => "the health of its device",
        })
    }
}
