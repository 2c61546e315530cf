//! Notes, each by one note-taker, and the principal's wrap-up. Both may come late, from a device that was offline.

use chancery_log::id::{DeviceId, Digest};

use crate::{
    calls::FROM_LIVE,
    case::{Case, needs_new},
    package::{Nature, Package},
    refusal::{Refusal, Thing},
    roles::Power,
    said::{Place, Said},
};

/// One note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Digest of its act: its name.
    pub act: Digest,
    /// The device that wrote it.
    pub by: DeviceId,
    /// By the author's clock, milliseconds since 1970 UTC.
    pub said_ms: u64,
    /// The author's own earlier note that this one stands for.
    pub instead_of: Option<Digest>,
    /// A later note stands for this one.
    pub replaced: bool,
}

/// The principal's last word on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrapUp {
    /// Digest of its act.
    pub act: Digest,
    /// When it was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
}

/// An imported record was written elsewhere and is whole.
fn needs_own_record(package: &Package) -> Result<(), Refusal> {
    package.needs_stage(FROM_LIVE)?;
    match package.nature {
        Nature::Call { .. } | Nature::Debrief { .. } => Ok(()),
        Nature::Imported { .. } => Err(Refusal::Imported),
    }
}

pub(crate) fn needs_note(package: &Package, note: Digest) -> Result<&Note, Refusal> {
    package.notes.iter().find(|known| known.act == note).ok_or(Refusal::UnknownNote(note))
}

pub(crate) fn admit_taken(
    case: &Case<'_>,
    package: &Package,
    instead_of: Option<Digest>,
) -> Result<(), Refusal> {
    needs_own_record(package)?;
    let Some(earlier) = instead_of else { return Ok(()) };
    let earlier = needs_note(package, earlier)?;
    if case.trust.person_of(earlier.by).is_none_or(|person| !case.is(person)) {
        return Err(Refusal::NotYours { power: Power::TakeNotes });
    }
    needs_new(earlier.replaced, Thing::NoteReplaced(earlier.act))
}

pub(crate) fn admit_wrap_up(package: &Package) -> Result<(), Refusal> {
    needs_own_record(package)
}

impl Package {
    pub(crate) fn apply_note(&mut self, said: &Said, instead_of: Option<Digest>) {
        // Most notes replace none, and a long call has thousands.
        if let Some(earlier) = instead_of {
            for note in self.notes.iter_mut().filter(|note| note.act == earlier) {
                note.replaced = true;
            }
        }
        let note =
            Note { act: said.digest, by: said.author, said_ms: said.said_ms, instead_of, replaced: false };
        self.notes.push(note);
    }

    pub(crate) fn apply_wrap_up(&mut self, said: &Said, place: &Place) {
        self.wrap_ups.push(WrapUp { act: said.digest, logged_ms: place.logged_ms });
    }
}
