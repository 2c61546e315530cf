//! Due-outs: follow-up tasks with an owner who reads the package, and a due date that the observer watches.

use chancery_log::id::{CommitmentId, Digest, DueOutId, PersonId};

use crate::{
    case::{Case, needs_new},
    commitments,
    package::Package,
    refusal::{Refusal, Thing},
    said::Said,
};

/// Where a due-out stands.
#[derive(serde::Serialize, Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueOutState {
    /// To be done.
    Open,
    /// To be done, and its date has passed.
    Late,
    /// Done, by this act.
    Done(Digest),
    /// Not to be done after all, by this act.
    Dropped(Digest),
}

/// A follow-up task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueOut {
    /// Digest of the act beside which the words are.
    pub act: Digest,
    /// The commitment that it serves.
    pub commitment: Option<CommitmentId>,
    /// Who is to do it.
    pub owner: PersonId,
    /// By when, milliseconds since 1970 UTC.
    pub due_ms: u64,
    /// Where it stands.
    pub state: DueOutState,
}

impl DueOut {
    /// Neither done nor dropped.
    pub fn is_open(&self) -> bool {
        match self.state {
            DueOutState::Open | DueOutState::Late => true,
            DueOutState::Done(_) | DueOutState::Dropped(_) => false,
        }
    }
}

fn needs_open(package: &Package, due_out: DueOutId) -> Result<&DueOut, Refusal> {
    let known = package.due_outs.get(&due_out).ok_or(Refusal::UnknownDueOut(due_out))?;
    needs_new(!known.is_open(), Thing::DueOutEnd(due_out))?;
    Ok(known)
}

pub(crate) fn admit_tasked(
    case: &Case<'_>,
    package: &Package,
    due_out: DueOutId,
    commitment: Option<CommitmentId>,
    owner: PersonId,
) -> Result<(), Refusal> {
    needs_new(package.due_outs.contains_key(&due_out), Thing::DueOut(due_out))?;
    if let Some(commitment) = commitment {
        commitments::needs_known(package, commitment)?;
    }
    case.needs_reader(package, owner)
}

pub(crate) fn admit_moved(
    case: &Case<'_>,
    package: &Package,
    due_out: DueOutId,
    owner: PersonId,
) -> Result<(), Refusal> {
    needs_open(package, due_out)?;
    case.needs_reader(package, owner)
}

pub(crate) fn admit_ended(package: &Package, due_out: DueOutId) -> Result<(), Refusal> {
    needs_open(package, due_out).map(|_| ())
}

pub(crate) fn admit_late(case: &Case<'_>, package: &Package, due_out: DueOutId) -> Result<(), Refusal> {
    let known = needs_open(package, due_out)?;
    needs_new(known.state == DueOutState::Late, Thing::DueOutLate(due_out))?;
    if case.logged_ms > known.due_ms {
        Ok(())
    } else {
        Err(Refusal::NotLateYet { due_ms: known.due_ms, logged_ms: case.logged_ms })
    }
}

impl Package {
    pub(crate) fn apply_tasked(
        &mut self,
        said: &Said,
        due_out: DueOutId,
        commitment: Option<CommitmentId>,
        owner: PersonId,
        due_ms: u64,
    ) {
        let state = DueOutState::Open;
        self.due_outs.insert(due_out, DueOut { act: said.digest, commitment, owner, due_ms, state });
    }

    pub(crate) fn apply_due_out_moved(&mut self, due_out: DueOutId, owner: PersonId, due_ms: u64) {
        if let Some(due_out) = self.due_outs.get_mut(&due_out) {
            due_out.owner = owner;
            due_out.due_ms = due_ms;
            due_out.state = DueOutState::Open;
        }
    }

    pub(crate) fn apply_due_out(&mut self, due_out: DueOutId, state: DueOutState) {
        if let Some(due_out) = self.due_outs.get_mut(&due_out) {
            due_out.state = state;
        }
    }
}
