//! Readouts: summaries sent to some of the package's readers, and who has read them.

use std::collections::BTreeSet;

use chancery_log::id::{DeviceId, Digest, ReadoutId};
use chancery_seal::vault::Reader;

use crate::{
    calls::OVER,
    case::{Case, needs_new},
    package::Package,
    refusal::{Refusal, Thing},
    roles::Power,
    said::Said,
};

/// A summary sent to those who must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readout {
    /// The device that sent it.
    pub by: DeviceId,
    /// Digest of the act beside which the words are.
    pub act: Digest,
    /// To whom.
    pub to: BTreeSet<Reader>,
    /// The devices by which it was read, one for each person.
    pub read_by: BTreeSet<DeviceId>,
}

pub(crate) fn admit_sent(
    package: &Package,
    readout: ReadoutId,
    to: &BTreeSet<Reader>,
) -> Result<(), Refusal> {
    package.needs_stage(OVER)?;
    needs_new(package.readouts.contains_key(&readout), Thing::Readout(readout))?;
    match to.iter().find(|reader| !package.readers.contains(reader)) {
        Some(reader) => Err(Refusal::ReaderUnknown { reader: *reader, package: package.id }),
        None if to.is_empty() => {
            let what = "the number of readers named".into();
            Err(Refusal::OutOfRange { what, least: 1, most: u64::MAX, got: 0 })
        }
        None => Ok(()),
    }
}

pub(crate) fn admit_read(case: &Case<'_>, package: &Package, readout: ReadoutId) -> Result<(), Refusal> {
    let known = package.readouts.get(&readout).ok_or(Refusal::UnknownReadout(readout))?;
    let person = case.person()?;
    if !Package::is_among(case.trust, &known.to, person) {
        return Err(Refusal::NotYours { power: Power::ReadReadouts });
    }
    let again = known.read_by.iter().any(|device| case.trust.person_of(*device) == Some(person));
    needs_new(again, Thing::ReadoutRead(readout))
}

impl Package {
    pub(crate) fn apply_sent(&mut self, said: &Said, readout: ReadoutId, to: &BTreeSet<Reader>) {
        let (by, act) = (said.author, said.digest);
        self.readouts.insert(readout, Readout { by, act, to: to.clone(), read_by: BTreeSet::new() });
    }

    pub(crate) fn apply_readout_read(&mut self, said: &Said, readout: ReadoutId) {
        if let Some(readout) = self.readouts.get_mut(&readout) {
            readout.read_by.insert(said.author);
        }
    }
}
