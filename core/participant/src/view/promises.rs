//! Promises: open commitments of either side and due-outs, over all packages or of one.

use chancery_desk::{due_outs::DueOutState, package::Package};
use chancery_log::id::{CommitmentId, DueOutId, PackageId};
use chancery_seal::body::{
    Body,
    record::{Commitment, DueOut},
};
use serde::Serialize;

use crate::{participant::Participant, view::names::Names};

/// One commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitmentLine {
    /// Its id.
    pub id: CommitmentId,
    /// Of which package.
    pub package: PackageId,
    /// The words, once opened.
    pub words: Option<Commitment>,
    /// Kept or dropped; none while open.
    pub kept: Option<bool>,
}

/// One due-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueOutLine {
    /// Its id.
    pub id: DueOutId,
    /// Of which package.
    pub package: PackageId,
    /// The words, once opened.
    pub words: Option<DueOut>,
    /// Whose task.
    pub owner: String,
    /// Due when, milliseconds since 1970 UTC.
    pub due_ms: u64,
    /// How far it is.
    pub state: DueOutState,
}

/// The commitments of one package.
pub fn commitments(participant: &Participant, package: &Package) -> Vec<CommitmentLine> {
    let line = |(id, commitment): (&CommitmentId, &chancery_desk::commitments::Commitment)| CommitmentLine {
        id: *id,
        package: package.id(),
        words: match participant.bodies().get(commitment.act, 0) {
            Some(Body::Commitment(words)) => Some(words.clone()),
            Some(_) | None => None,
        },
        kept: commitment.settled.map(|(kept, _)| kept),
    };
    package.commitments().iter().map(line).collect()
}

/// The due-outs of one package.
pub fn due_outs(participant: &Participant, names: &Names, package: &Package) -> Vec<DueOutLine> {
    let line = |(id, due_out): (&DueOutId, &chancery_desk::due_outs::DueOut)| DueOutLine {
        id: *id,
        package: package.id(),
        words: match participant.bodies().get(due_out.act, 0) {
            Some(Body::DueOut(words)) => Some(words.clone()),
            Some(_) | None => None,
        },
        owner: names.person(due_out.owner).to_owned(),
        due_ms: due_out.due_ms,
        state: due_out.state,
    };
    package.due_outs().iter().map(line).collect()
}

/// Every commitment that is still open, over all packages.
pub fn open_commitments(participant: &Participant) -> Vec<CommitmentLine> {
    let all = participant.ledger().packages.all();
    all.flat_map(|(_, package, _)| commitments(participant, package))
        .filter(|line| line.kept.is_none())
        .collect()
}

/// Every due-out, soonest first.
pub fn all_due_outs(participant: &Participant) -> Vec<DueOutLine> {
    let names = Names::of(participant);
    let all = participant.ledger().packages.all();
    let mut lines: Vec<_> = all.flat_map(|(_, package, _)| due_outs(participant, &names, package)).collect();
    lines.sort_by_key(|line| line.due_ms);
    lines
}
