//! Closing: one device sums the package up, another reader's device replays it and agrees.

use std::collections::BTreeMap;

use chancery_log::id::{DeviceId, Digest};

use crate::{
    act::CallEnd,
    calls::Stage,
    case::{Case, needs_new},
    package::{Nature, Package},
    refusal::{Refusal, Thing},
    said::Said,
};

/// The closing of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Leaves of the scope that it sums up; 0 for an imported record, which sums up nothing of this log.
    pub count: u64,
    /// The device that closed it.
    pub by: DeviceId,
    /// Digest of the act beside which the closed package is.
    pub act: Digest,
    /// Devices of other readers that replayed and agree, with the digest of the act.
    pub agreed: BTreeMap<DeviceId, Digest>,
}

/// A call that they talked on is written up first; one that never came to be has nothing to write up.
pub(crate) fn admit_closed(package: &Package, count: u64) -> Result<(), Refusal> {
    let never = matches!(package.nature, Nature::Call { .. })
        && package.end.is_some_and(|end| end != CallEnd::Ended)
        && package.answered_ms.is_none();
    package.needs_stage(if never { &[Stage::Ended, Stage::WrittenUp] } else { &[Stage::WrittenUp] })?;
    if count == package.count {
        Ok(())
    } else {
        Err(Refusal::CountExpected { expected: package.count, got: count })
    }
}

pub(crate) fn admit_agreed(case: &Case<'_>, package: &Package, closed: Digest) -> Result<(), Refusal> {
    let known = package.closed.as_ref().filter(|known| known.act == closed);
    let known = known.ok_or(Refusal::UnknownClosing(closed))?;
    let person = case.person()?;
    if case.trust.person_of(known.by) == Some(person) {
        return Err(Refusal::NeedsAnotherReader);
    }
    let again = known.agreed.keys().any(|device| case.trust.person_of(*device) == Some(person));
    needs_new(again, Thing::ClosedAgreed(person))
}

impl Package {
    pub(crate) fn apply_closed(&mut self, said: &Said, count: u64) {
        self.stage = Stage::Closed;
        self.closed = Some(Closed { count, by: said.author, act: said.digest, agreed: BTreeMap::new() });
    }

    pub(crate) fn apply_closed_agreed(&mut self, said: &Said) {
        if let Some(closed) = &mut self.closed {
            closed.agreed.insert(said.author, said.digest);
        }
    }
}
