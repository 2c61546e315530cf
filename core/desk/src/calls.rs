//! A call's life: requested → briefed → live → ended → written up → closed. An unannounced call goes live at once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    act::{CallEnd, CallKind},
    case::{Author, Case, needs_new},
    package::{Nature, Package},
    parties::PartyState,
    refusal::{Refusal, Thing},
    said::Place,
};

/// Where in its life a package is. A debrief starts ended, an imported record closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Asked for; nothing of it has begun.
    Requested,
    /// The principal can have the brief.
    Briefed,
    /// It rings or they talk.
    Live,
    /// Over, however it ended.
    Ended,
    /// The telcon is approved.
    WrittenUp,
    /// Summed up.
    Closed,
}

/// Before anybody has talked.
pub(crate) const BEFORE: &[Stage] = &[Stage::Requested, Stage::Briefed];
/// Not over yet.
pub(crate) const OPEN: &[Stage] = &[Stage::Requested, Stage::Briefed, Stage::Live];
/// Only while it goes on.
pub(crate) const LIVE: &[Stage] = &[Stage::Live];
/// From the first word on, for ever: what a device wrote offline is not lost because others were faster.
pub(crate) const FROM_LIVE: &[Stage] = &[Stage::Live, Stage::Ended, Stage::WrittenUp, Stage::Closed];
/// While it is written up.
pub(crate) const WRITING: &[Stage] = &[Stage::Ended, Stage::WrittenUp];
/// Over.
pub(crate) const OVER: &[Stage] = &[Stage::Ended, Stage::WrittenUp, Stage::Closed];

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "requested",
            Self::Briefed => "briefed",
            Self::Live => "live",
            Self::Ended => "ended",
            Self::WrittenUp => "written up",
            Self::Closed => "closed",
        })
    }
}

impl Package {
    /// The package must be in one of these stages.
    pub(crate) fn needs_stage(&self, needed: &[Stage]) -> Result<(), Refusal> {
        if needed.contains(&self.stage) {
            Ok(())
        } else {
            Err(Refusal::WrongStage { needed: needed.to_vec(), stage: self.stage })
        }
    }
}

pub(crate) fn admit_moved(package: &Package) -> Result<(), Refusal> {
    package.needs_stage(BEFORE)?;
    match package.nature {
        Nature::Call { kind: CallKind::Planned { .. }, .. } => Ok(()),
        Nature::Call { kind: CallKind::Unannounced, .. }
        | Nature::Debrief { .. }
        | Nature::Imported { .. } => Err(Refusal::NotPlanned),
    }
}

pub(crate) fn admit_answered(package: &Package) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    needs_new(package.answered_ms.is_some(), Thing::Answer(package.id))
}

pub(crate) fn admit_ended(case: &Case<'_>, package: &Package, end: CallEnd) -> Result<(), Refusal> {
    package.needs_stage(match end {
        CallEnd::Ended => LIVE,
        CallEnd::Cancelled => BEFORE,
        CallEnd::Declined | CallEnd::Missed | CallEnd::Failed => OPEN,
    })?;
    match end {
        CallEnd::Ended | CallEnd::Cancelled | CallEnd::Failed => {}
        CallEnd::Declined | CallEnd::Missed => {
            needs_new(package.answered_ms.is_some(), Thing::Answer(package.id))?;
        }
    }
    match (case.author, end) {
        (Author::Person(_), _) => Ok(()),
        (Author::Observer, CallEnd::Missed) => needs_rung_out(case, package),
        (Author::Observer, CallEnd::Ended | CallEnd::Declined | CallEnd::Cancelled | CallEnd::Failed) => {
            Err(Refusal::ObserverMayNot)
        }
    }
}

/// The observer may say "missed" once it has rung for as long as the rules say.
fn needs_rung_out(case: &Case<'_>, package: &Package) -> Result<(), Refusal> {
    let from_ms = package.rung_ms.map_or(u64::MAX, |rung| rung.saturating_add(case.trust.rules.ring_ms));
    if case.logged_ms >= from_ms {
        Ok(())
    } else {
        Err(Refusal::StillRinging { from_ms, logged_ms: case.logged_ms })
    }
}

pub(crate) fn admit_cleared(package: &Package) -> Result<(), Refusal> {
    package.needs_stage(OPEN)
}

impl Package {
    pub(crate) fn apply_moved(&mut self, at_ms: u64) {
        match &mut self.nature {
            Nature::Call { kind: CallKind::Planned { at_ms: at }, .. } => *at = at_ms,
            Nature::Call { kind: CallKind::Unannounced, .. }
            | Nature::Debrief { .. }
            | Nature::Imported { .. } => {}
        }
    }

    pub(crate) fn apply_answered(&mut self, place: &Place) {
        self.stage = Stage::Live;
        self.answered_ms = Some(place.logged_ms);
    }

    pub(crate) fn apply_ended(&mut self, place: &Place, end: CallEnd) {
        self.stage = Stage::Ended;
        self.end = Some(end);
        self.ended_ms = Some(place.logged_ms);
        for party in self.parties.values_mut() {
            party.stayed = party.state == PartyState::On;
            party.state = PartyState::Left;
            party.floor = false;
        }
    }

    pub(crate) fn apply_cleared(&mut self, place: &Place) {
        self.cleared = true;
        self.apply_ended(place, CallEnd::Failed);
    }
}
