//! The test itself: from facts to a verdict.

use chancery_seal::body::mark::Rank;

use super::{
    facts::{At, Canary, Fact, Frames, Group, KeysKept, LineFacts, Path, Posture, Sound, Standing},
    findings::Finding,
    rules::LineRules,
    score::{self, Score},
};
use crate::act::LineKind;

/// A fact that is older than this counts as missing: the same for all desks, so that the far side's counts the same.
pub const FRESH_MS: u64 = 2_000;

/// What a line is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Test<'a> {
    /// What sort of line it is, by the log.
    pub line: LineKind,
    /// The desk's rules.
    pub rules: &'a LineRules,
    /// How many levels the desk's scheme has.
    pub ranks: u8,
    /// Version of the judging device's app.
    pub version: &'a str,
    /// Now, by the clock of the facts.
    pub now_ms: u64,
}

/// What a test says about one line at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The highest level that may be spoken with this line on the call: always one of the scheme.
    pub ceiling: Rank,
    /// Speech may start. Asked once, at the beginning: later faults lower the ceiling, and frames that are not sealed are
    /// cut off by themselves.
    pub speak: bool,
    /// The rating of its path, while that is known.
    pub score: Option<Score>,
    /// What is wrong, gravest first; nothing when it is clean.
    pub findings: Vec<Finding>,
}

impl Test<'_> {
    /// Judges a line by what is known of it.
    pub fn judge(&self, facts: &LineFacts) -> Verdict {
        let mut findings: Vec<Finding> = Vec::new();
        for fact in Fact::ALL {
            let silent_ms = facts.at_ms(fact).map(|at_ms| self.now_ms.saturating_sub(at_ms));
            if silent_ms.is_none_or(|ms| ms > FRESH_MS) {
                findings.push(Finding::Missing { fact, silent_ms });
            }
        }
        findings.extend(self.fresh(&facts.device).and_then(|at| self.device(at.fact)));
        findings.extend(self.fresh(&facts.group).and_then(|at| group(at.fact)));
        let canary = self.fresh(&facts.canary);
        findings.extend(canary.and_then(|at| self.canary(at.fact, self.now_ms.saturating_sub(at.at_ms))));
        findings.extend(self.fresh(&facts.frames).into_iter().flat_map(|at| frames(at.fact)));
        let path = self.fresh(&facts.path);
        findings.extend(path.into_iter().flat_map(|at| self.path(&at.fact)));
        findings.extend(self.fresh(&facts.sound).into_iter().flat_map(|at| self.sound(at.fact)));
        findings.extend(self.fresh(&facts.posture).into_iter().flat_map(|at| self.posture(&at.fact)));
        // What forbids speech is what to look at first.
        findings.sort_by_key(|finding| !finding.forbids_speech());
        let kind = match self.line {
            LineKind::Secure => self.rules.secure,
            LineKind::Guest => self.rules.guest,
            LineKind::Open => self.rules.open,
        };
        let highest = Rank(self.ranks.saturating_sub(1));
        let allowed = findings.iter().map(|finding| finding.allows(self.rules));
        let ceiling = allowed.chain([kind, highest]).min().unwrap_or(Rank(0));
        let score = path.map(|at| score::of_path(&at.fact));
        let speak = !findings.iter().any(Finding::forbids_speech);
        Verdict { ceiling, speak, score, findings }
    }

    /// A fact, unless it is too old to say anything.
    pub(super) fn fresh<'f, T>(&self, at: &'f Option<At<T>>) -> Option<&'f At<T>> {
        at.as_ref().filter(|at| self.now_ms.saturating_sub(at.at_ms) <= FRESH_MS)
    }

    /// A guest's key is good on a guest's line; every other line needs an approved device behind it.
    fn device(&self, standing: Standing) -> Option<Finding> {
        match (standing, self.line) {
            (Standing::Approved, LineKind::Secure | LineKind::Open)
            | (Standing::Vouched, LineKind::Guest) => None,
            (Standing::Approved, LineKind::Guest)
            | (Standing::Vouched, LineKind::Secure | LineKind::Open)
            | (Standing::Unknown, _) => Some(Finding::UnknownDevice),
        }
    }

    fn canary(&self, canary: Canary, since_ms: u64) -> Option<Finding> {
        match canary {
            Canary::Back { ago_ms } => {
                let ago_ms = ago_ms.saturating_add(since_ms);
                (ago_ms > self.rules.canary_ms).then_some(Finding::NoCanary { ago_ms: Some(ago_ms) })
            }
            Canary::NotYet => Some(Finding::NoCanary { ago_ms: None }),
            Canary::UnsealedTaken => Some(Finding::TakesUnsealed),
        }
    }

    fn path(&self, path: &Path) -> impl Iterator<Item = Finding> + use<> {
        let Path { is_relayed, round_trip_ms, jitter_ms, loss_permille } = *path;
        let (rules, score) = (self.rules, score::of_path(path));
        [
            is_relayed.then_some(Finding::Relayed),
            (loss_permille > rules.loss_permille).then_some(Finding::Loss { permille: loss_permille }),
            (round_trip_ms > rules.round_trip_ms).then_some(Finding::Delay { round_trip_ms }),
            (jitter_ms > rules.jitter_ms).then_some(Finding::Jitter { jitter_ms }),
            (score.0 < rules.score_least).then_some(Finding::LowScore { score }),
        ]
        .into_iter()
        .flatten()
    }

    fn sound(&self, sound: Sound) -> impl Iterator<Item = Finding> + use<> {
        let rules = self.rules;
        let found = match sound {
            Sound::Off => [None, None, None],
            Sound::On { speech_db, clipped_permille, silent_ms } => [
                (silent_ms > rules.silent_ms).then_some(Finding::Silence { silent_ms }),
                speech_db.filter(|db| *db > rules.quiet_db).map(|db| Finding::Quiet { db }),
                (clipped_permille > rules.clipped_permille)
                    .then_some(Finding::Clipping { permille: clipped_permille }),
            ],
        };
        found.into_iter().flatten()
    }

    fn posture(&self, posture: &Posture) -> impl Iterator<Item = Finding> + use<> {
        let (rules, Posture { keys, unlocked_ago_ms, version, checked_ago_ms }) = (self.rules, posture);
        let keys = match keys {
            KeysKept::Passkey => None,
            KeysKept::Passphrase => Some(Finding::Passphrase),
            KeysKept::InClear => Some(Finding::KeysInClear),
        };
        let other = || Finding::OtherVersion { theirs: version.clone(), ours: self.version.to_owned() };
        [
            keys,
            (*checked_ago_ms > rules.posture_ms).then_some(Finding::OldPosture { ago_ms: *checked_ago_ms }),
            (*unlocked_ago_ms > rules.unlocked_ms)
                .then_some(Finding::LongUnlocked { ago_ms: *unlocked_ago_ms }),
            (version != self.version).then(other),
        ]
        .into_iter()
        .flatten()
    }
}

fn group(group: Group) -> Option<Finding> {
    match group {
        Group::Agreed => None,
        Group::Split => Some(Finding::SplitGroup),
    }
}

fn frames(frames: Frames) -> impl Iterator<Item = Finding> {
    let Frames { unsealed, other_key, unopened } = frames;
    [
        (unsealed > 0).then_some(Finding::Unsealed { frames: unsealed }),
        (other_key > 0 || unopened > 0).then_some(Finding::WrongKeys { other_key, unopened }),
    ]
    .into_iter()
    .flatten()
}
