//! Offices: named groups of people who read the same things. Security officers say who belongs; members do the key work.

use std::collections::BTreeSet;

use chancery_log::id::{Digest, OfficeId, PersonId};

use crate::{
    act::OfficePurpose,
    case::{Case, needs_new},
    people,
    refusal::{Refusal, Thing},
    said::{Place, Said},
    trust::Trust,
};

/// A group of people who read the same things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// What it is for.
    pub purpose: OfficePurpose,
    /// Who belongs to it.
    pub members: BTreeSet<PersonId>,
    /// Digest of the act whose body is the newest profile.
    pub described: Option<Digest>,
    /// Where in the log it was made.
    pub made_index: u64,
}

/// The office for a purpose that the desk can not do without.
pub(crate) fn needs_office_for(trust: &Trust, purpose: OfficePurpose) -> Result<OfficeId, Refusal> {
    trust.office_by_purpose(purpose).ok_or(Refusal::NoOfficeYet(purpose))
}

pub(crate) fn needs_known(trust: &Trust, office: OfficeId) -> Result<&Office, Refusal> {
    trust.offices.get(&office).ok_or(Refusal::UnknownOffice(office))
}

pub(crate) fn admit_made(case: &Case<'_>, office: OfficeId, purpose: OfficePurpose) -> Result<(), Refusal> {
    needs_new(case.trust.offices.contains_key(&office), Thing::Office(office))?;
    match purpose {
        OfficePurpose::Other => Ok(()),
        OfficePurpose::Directory
        | OfficePurpose::Security
        | OfficePurpose::DutyDesk
        | OfficePurpose::Records => {
            needs_new(case.trust.office_by_purpose(purpose).is_some(), Thing::OfficeFor(purpose))
        }
    }
}

pub(crate) fn admit_described(case: &Case<'_>, office: OfficeId) -> Result<(), Refusal> {
    needs_known(case.trust, office).map(|_| ())
}

pub(crate) fn admit_member_added(case: &Case<'_>, office: OfficeId, person: PersonId) -> Result<(), Refusal> {
    let known = needs_known(case.trust, office)?;
    people::needs_at_desk(case.trust, person)?;
    needs_new(known.members.contains(&person), Thing::Member(office, person))
}

pub(crate) fn admit_member_removed(
    case: &Case<'_>,
    office: OfficeId,
    person: PersonId,
) -> Result<(), Refusal> {
    let known = needs_known(case.trust, office)?;
    if known.members.contains(&person) { Ok(()) } else { Err(Refusal::NotAMember { person, office }) }
}

impl Trust {
    pub(crate) fn apply_office_made(&mut self, place: &Place, office: OfficeId, purpose: OfficePurpose) {
        let made_index = place.index;
        self.offices
            .insert(office, Office { purpose, members: BTreeSet::new(), described: None, made_index });
    }

    pub(crate) fn apply_office_described(&mut self, said: &Said, office: OfficeId) {
        if let Some(office) = self.offices.get_mut(&office) {
            office.described = Some(said.digest);
        }
    }

    pub(crate) fn apply_member_added(&mut self, office: OfficeId, person: PersonId) {
        if let Some(office) = self.offices.get_mut(&office) {
            office.members.insert(person);
        }
    }

    pub(crate) fn apply_member_removed(&mut self, office: OfficeId, person: PersonId) {
        if let Some(office) = self.offices.get_mut(&office) {
            office.members.remove(&person);
        }
    }
}
