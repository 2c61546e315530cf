//! Commitments: what either side promised, from which note, and what became of it. They outlive the package's closing.

use chancery_log::id::{CommitmentId, DeviceId, Digest};

use crate::{
    calls::FROM_LIVE,
    case::needs_new,
    notes::needs_note,
    package::Package,
    refusal::{Refusal, Thing},
    said::Said,
};

/// Something promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// The device that wrote it down.
    pub by: DeviceId,
    /// Digest of the act beside which the words are.
    pub act: Digest,
    /// The note that it came from.
    pub note: Option<Digest>,
    /// Kept (or dropped), and the digest of the act that says so.
    pub settled: Option<(bool, Digest)>,
}

pub(crate) fn admit_made(
    package: &Package,
    commitment: CommitmentId,
    note: Option<Digest>,
) -> Result<(), Refusal> {
    package.needs_stage(FROM_LIVE)?;
    needs_new(package.commitments.contains_key(&commitment), Thing::Commitment(commitment))?;
    match note {
        Some(note) => needs_note(package, note).map(|_| ()),
        None => Ok(()),
    }
}

pub(crate) fn admit_settled(package: &Package, commitment: CommitmentId) -> Result<(), Refusal> {
    let known = needs_known(package, commitment)?;
    needs_new(known.settled.is_some(), Thing::CommitmentSettled(commitment))
}

pub(crate) fn needs_known(package: &Package, commitment: CommitmentId) -> Result<&Commitment, Refusal> {
    package.commitments.get(&commitment).ok_or(Refusal::UnknownCommitment(commitment))
}

impl Package {
    pub(crate) fn apply_commitment(&mut self, said: &Said, commitment: CommitmentId, note: Option<Digest>) {
        let made = Commitment { by: said.author, act: said.digest, note, settled: None };
        self.commitments.insert(commitment, made);
    }

    pub(crate) fn apply_settled(&mut self, said: &Said, commitment: CommitmentId, kept: bool) {
        if let Some(commitment) = self.commitments.get_mut(&commitment) {
            commitment.settled = Some((kept, said.digest));
        }
    }
}
