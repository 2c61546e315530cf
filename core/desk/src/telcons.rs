//! The telcon: written in versions from the notes, approved once it is right. Approved means written up.

use chancery_log::id::{DeviceId, Digest};

use crate::{
    briefs::needs_next,
    calls::{Stage, WRITING},
    case::needs_new,
    package::Package,
    refusal::{Refusal, Thing},
    said::Said,
};

/// One version of the telcon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telcon {
    /// Counted from 1.
    pub version: u32,
    /// The device that wrote it.
    pub by: DeviceId,
    /// Digest of the act beside which it is.
    pub act: Digest,
    /// The device that approved it.
    pub approved_by: Option<DeviceId>,
}

pub(crate) fn admit_written(package: &Package, version: u32) -> Result<(), Refusal> {
    package.needs_stage(WRITING)?;
    needs_next(package.telcons.len(), version)
}

/// Only the newest: an approval must not bring an older text back.
pub(crate) fn admit_approved(package: &Package, version: u32) -> Result<(), Refusal> {
    package.needs_stage(WRITING)?;
    match package.telcons.last() {
        Some(newest) if newest.version == version => {
            needs_new(newest.approved_by.is_some(), Thing::TelconApproved(version))
        }
        newest => {
            let expected = newest.map_or(0, |newest| newest.version);
            Err(Refusal::VersionExpected { expected, got: version })
        }
    }
}

impl Package {
    /// The newest version that was approved.
    pub fn approved_telcon(&self) -> Option<&Telcon> {
        self.telcons.iter().rfind(|telcon| telcon.approved_by.is_some())
    }

    pub(crate) fn apply_telcon(&mut self, said: &Said, version: u32) {
        self.telcons.push(Telcon { version, by: said.author, act: said.digest, approved_by: None });
    }

    pub(crate) fn apply_telcon_approved(&mut self, said: &Said, version: u32) {
        for telcon in self.telcons.iter_mut().filter(|telcon| telcon.version == version) {
            telcon.approved_by = Some(said.author);
        }
        self.stage = Stage::WrittenUp;
    }
}
