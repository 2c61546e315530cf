//! A line as its devices measure it: facts are said every so often and come a little later, in virtual time.

use chancery_desk::{
    act::LineKind,
    lines::{
        facts::{At, Canary, Fact, Frames, Group, KeysKept, LineFacts, Path, Posture, Sound, Standing},
        rules::LineRules,
        test::{Test, Verdict},
    },
};

pub(crate) const VERSION: &str = "1.0.0";
pub(crate) const RANKS: u8 = 4;
pub(crate) const HOUR_MS: u64 = 3_600_000;

/// What a line is like at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) standing: Standing,
    pub(crate) group: Group,
    pub(crate) canary: Canary,
    pub(crate) frames: Frames,
    pub(crate) path: Path,
    pub(crate) sound: Sound,
    pub(crate) posture: Posture,
}

impl Truth {
    /// A clean line.
    pub(crate) fn clean(line: LineKind) -> Self {
        Self {
            standing: match line {
                LineKind::Secure | LineKind::Open => Standing::Approved,
                LineKind::Guest => Standing::Vouched,
            },
            group: Group::Agreed,
            canary: Canary::Back { ago_ms: 400 },
            frames: Frames::default(),
            path: Path { is_relayed: false, round_trip_ms: 40, jitter_ms: 10, loss_permille: 2 },
            sound: Sound::On { speech_db: Some(27), clipped_permille: 0, silent_ms: 0 },
            posture: Posture {
                keys: KeysKept::Passkey,
                unlocked_ago_ms: HOUR_MS,
                version: VERSION.into(),
                checked_ago_ms: HOUR_MS,
            },
        }
    }

    /// One fact of it comes to the judging device.
    pub(crate) fn tell(&self, facts: &mut LineFacts, fact: Fact, at_ms: u64) {
        match fact {
            Fact::Device => facts.device = Some(At { fact: self.standing, at_ms }),
            Fact::Group => facts.group = Some(At { fact: self.group, at_ms }),
            Fact::Canary => facts.canary = Some(At { fact: self.canary, at_ms }),
            Fact::Frames => facts.frames = Some(At { fact: self.frames, at_ms }),
            Fact::Path => facts.path = Some(At { fact: self.path, at_ms }),
            Fact::Sound => facts.sound = Some(At { fact: self.sound, at_ms }),
            Fact::Posture => facts.posture = Some(At { fact: self.posture.clone(), at_ms }),
        }
    }

    /// Everything at once.
    pub(crate) fn facts(&self, at_ms: u64) -> LineFacts {
        let mut facts = LineFacts::default();
        Fact::ALL.into_iter().for_each(|fact| self.tell(&mut facts, fact, at_ms));
        facts
    }
}

/// By the desk's standing rules.
pub(crate) fn judge(line: LineKind, facts: &LineFacts, now_ms: u64) -> Verdict {
    Test { line, rules: &LineRules::default(), ranks: RANKS, version: VERSION, now_ms }.judge(facts)
}

/// The names of what was found.
pub(crate) fn names(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings.iter().map(|finding| finding.name()).collect()
}
