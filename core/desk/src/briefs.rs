//! The brief: written in versions, cleared by offices, issued to the principal, read.

use chancery_log::id::{ClearanceId, DeviceId, Digest, OfficeId};
use chancery_seal::vault::Reader;

use crate::{
    calls::{OPEN, Stage},
    case::{Case, needs_new},
    offices,
    package::Package,
    refusal::{Refusal, Thing},
    said::Said,
};

/// One version of the brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    /// Counted from 1.
    pub version: u32,
    /// The device that wrote it.
    pub by: DeviceId,
    /// Digest of the act beside which it is.
    pub act: Digest,
    /// The principal can have it.
    pub issued: bool,
    /// The principal has read it.
    pub read: bool,
}

/// A question put to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearance {
    /// The office.
    pub office: OfficeId,
    /// About which version of the brief.
    pub version: u32,
    /// Digest of the asking act.
    pub asked: Digest,
    /// Granted or not, with the digest of the answering act.
    pub answer: Option<(bool, Digest)>,
}

/// The next version of something that counts from 1.
pub(crate) fn needs_next(had: usize, got: u32) -> Result<(), Refusal> {
    let expected = u32::try_from(had).unwrap_or(u32::MAX).saturating_add(1);
    if got == expected { Ok(()) } else { Err(Refusal::VersionExpected { expected, got }) }
}

fn brief(package: &Package, version: u32) -> Result<&Brief, Refusal> {
    let known = package.briefs.iter().find(|brief| brief.version == version);
    let newest = package.briefs.last().map_or(0, |brief| brief.version);
    known.ok_or(Refusal::VersionExpected { expected: newest, got: version })
}

pub(crate) fn admit_written(package: &Package, version: u32) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    needs_next(package.briefs.len(), version)
}

pub(crate) fn admit_asked(
    case: &Case<'_>,
    package: &Package,
    clearance: ClearanceId,
    office: OfficeId,
    version: u32,
) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    needs_new(package.clearances.contains_key(&clearance), Thing::Clearance(clearance))?;
    offices::needs_known(case.trust, office)?;
    let reader = Reader::Office(office);
    if !package.readers.contains(&reader) {
        return Err(Refusal::ReaderUnknown { reader, package: package.id });
    }
    brief(package, version).map(|_| ())
}

pub(crate) fn admit_given(case: &Case<'_>, package: &Package, clearance: ClearanceId) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    let known = package.clearances.get(&clearance).ok_or(Refusal::UnknownClearance(clearance))?;
    needs_new(known.answer.is_some(), Thing::ClearanceAnswer(clearance))?;
    let person = case.person()?;
    if offices::needs_known(case.trust, known.office)?.members.contains(&person) {
        Ok(())
    } else {
        Err(Refusal::NotAMember { person, office: known.office })
    }
}

pub(crate) fn admit_issued(package: &Package, version: u32) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    needs_new(brief(package, version)?.issued, Thing::BriefIssued(version))
}

pub(crate) fn admit_read(package: &Package, version: u32) -> Result<(), Refusal> {
    let known = brief(package, version)?;
    if !known.issued {
        let issued = package.issued_brief().map_or(0, |brief| brief.version);
        return Err(Refusal::VersionExpected { expected: issued, got: version });
    }
    needs_new(known.read, Thing::BriefRead(version))
}

impl Package {
    /// The newest version that was issued.
    pub fn issued_brief(&self) -> Option<&Brief> {
        self.briefs.iter().rfind(|brief| brief.issued)
    }

    pub(crate) fn apply_brief(&mut self, said: &Said, version: u32) {
        let (by, act) = (said.author, said.digest);
        self.briefs.push(Brief { version, by, act, issued: false, read: false });
    }

    pub(crate) fn apply_clearance(
        &mut self,
        said: &Said,
        clearance: ClearanceId,
        office: OfficeId,
        version: u32,
    ) {
        let asked = said.digest;
        self.clearances.insert(clearance, Clearance { office, version, asked, answer: None });
    }

    pub(crate) fn apply_clearance_given(&mut self, said: &Said, clearance: ClearanceId, granted: bool) {
        if let Some(clearance) = self.clearances.get_mut(&clearance) {
            clearance.answer = Some((granted, said.digest));
        }
    }

    pub(crate) fn apply_issued(&mut self, version: u32) {
        for brief in self.briefs.iter_mut().filter(|brief| brief.version == version) {
            brief.issued = true;
        }
        // A brief that comes while they talk does not take the call back.
        if self.stage == Stage::Requested {
            self.stage = Stage::Briefed;
        }
    }

    pub(crate) fn apply_read(&mut self, version: u32) {
        for brief in self.briefs.iter_mut().filter(|brief| brief.version == version) {
            brief.read = true;
        }
    }
}
