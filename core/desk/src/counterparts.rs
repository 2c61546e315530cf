//! Counterparts, whose names are sealed, and the direct lines handed to them.

use chancery_log::id::{CounterpartId, Digest, DirectLineId};

use crate::{
    case::{Case, needs_new},
    refusal::{Refusal, Thing},
    said::Said,
    trust::Trust,
};

/// Somebody on the far side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counterpart {
    /// Digest of the act whose body is the newest profile.
    pub described: Digest,
    /// Not offered any more.
    pub retired: bool,
}

/// An alias handed to one counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectLine {
    /// To whom.
    pub counterpart: CounterpartId,
    /// Dead.
    pub revoked: bool,
}

/// A counterpart that is still offered.
pub(crate) fn needs_current(trust: &Trust, counterpart: CounterpartId) -> Result<(), Refusal> {
    match trust.counterparts.get(&counterpart) {
        Some(known) if !known.retired => Ok(()),
        Some(_) | None => Err(Refusal::UnknownCounterpart(counterpart)),
    }
}

pub(crate) fn admit_added(case: &Case<'_>, counterpart: CounterpartId) -> Result<(), Refusal> {
    needs_new(case.trust.counterparts.contains_key(&counterpart), Thing::Counterpart(counterpart))
}

pub(crate) fn admit_line_issued(
    case: &Case<'_>,
    line: DirectLineId,
    counterpart: CounterpartId,
) -> Result<(), Refusal> {
    needs_new(case.trust.lines.contains_key(&line), Thing::DirectLine(line))?;
    needs_current(case.trust, counterpart)
}

pub(crate) fn admit_line_revoked(case: &Case<'_>, line: DirectLineId) -> Result<(), Refusal> {
    match case.trust.lines.get(&line) {
        Some(known) if !known.revoked => Ok(()),
        Some(_) | None => Err(Refusal::UnknownDirectLine(line)),
    }
}

impl Trust {
    pub(crate) fn apply_counterpart(&mut self, said: &Said, counterpart: CounterpartId) {
        self.counterparts.insert(counterpart, Counterpart { described: said.digest, retired: false });
    }

    pub(crate) fn apply_counterpart_retired(&mut self, counterpart: CounterpartId) {
        if let Some(counterpart) = self.counterparts.get_mut(&counterpart) {
            counterpart.retired = true;
        }
    }

    pub(crate) fn apply_line_issued(&mut self, line: DirectLineId, counterpart: CounterpartId) {
        self.lines.insert(line, DirectLine { counterpart, revoked: false });
    }

    pub(crate) fn apply_line_revoked(&mut self, line: DirectLineId) {
        if let Some(line) = self.lines.get_mut(&line) {
            line.revoked = true;
        }
    }
}
