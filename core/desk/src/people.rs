//! The staff: who belongs to the desk and in which roles.

use std::collections::BTreeSet;

use chancery_log::id::{Digest, PersonId};

use crate::{
    act::{Post, RevokedBecause, Role},
    case::{Case, needs_new},
    devices::{self, Revoked},
    duty,
    refusal::{Refusal, Thing},
    said::{Place, Said},
    trust::Trust,
};

/// The desk must keep so many: what is guarded takes one who asks and another who agrees.
pub const SECURITY_OFFICERS_LEAST: usize = 2;

/// Somebody of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// What the person may do.
    pub roles: BTreeSet<Role>,
    /// Digest of the act whose body is the newest profile.
    pub described: Option<Digest>,
    /// Gone for good.
    pub left: bool,
}

/// Somebody who is at the desk.
pub(crate) fn needs_at_desk(trust: &Trust, person: PersonId) -> Result<(), Refusal> {
    match trust.people.get(&person) {
        Some(known) if known.left => Err(Refusal::PersonHasLeft(person)),
        Some(_) => Ok(()),
        None => Err(Refusal::UnknownPerson(person)),
    }
}

/// Somebody at the desk who has one of these roles.
pub(crate) fn needs_role(trust: &Trust, person: PersonId, needed: &[Role]) -> Result<(), Refusal> {
    needs_at_desk(trust, person)?;
    let has = roles_of(trust, person);
    if needed.iter().any(|role| has.contains(role)) {
        Ok(())
    } else {
        Err(Refusal::OtherNeedsRole { person, needed: needed.iter().copied().collect(), has })
    }
}

pub(crate) fn roles_of(trust: &Trust, person: PersonId) -> BTreeSet<Role> {
    trust.people.get(&person).map_or_else(BTreeSet::new, |person| person.roles.clone())
}

pub(crate) fn is_security_officer(trust: &Trust, person: PersonId) -> bool {
    trust
        .people
        .get(&person)
        .is_some_and(|person| !person.left && person.roles.contains(&Role::SecurityOfficer))
}

/// The security officers that there would be without this one must be enough.
fn needs_officers_without(trust: &Trust, person: PersonId) -> Result<(), Refusal> {
    if !is_security_officer(trust, person) {
        return Ok(());
    }
    let left =
        trust.people.keys().filter(|other| **other != person && is_security_officer(trust, **other)).count();
    if left >= SECURITY_OFFICERS_LEAST {
        Ok(())
    } else {
        Err(Refusal::LastSecurityOfficer { left, needed: SECURITY_OFFICERS_LEAST })
    }
}

pub(crate) fn admit_added(case: &Case<'_>, person: PersonId, roles: &BTreeSet<Role>) -> Result<(), Refusal> {
    needs_new(case.trust.people.contains_key(&person), Thing::Person(person))?;
    if roles.contains(&Role::SecurityOfficer) { Err(Refusal::NeedsSecondOfficer) } else { Ok(()) }
}

pub(crate) fn admit_roles(case: &Case<'_>, person: PersonId, roles: &BTreeSet<Role>) -> Result<(), Refusal> {
    needs_at_desk(case.trust, person)?;
    match (is_security_officer(case.trust, person), roles.contains(&Role::SecurityOfficer)) {
        (false, true) => Err(Refusal::NeedsSecondOfficer),
        (true, false) => {
            needs_officers_without(case.trust, person)?;
            devices::needs_officer_device_without(case.trust, |device| device.cert.person == person)
        }
        (true, true) | (false, false) => Ok(()),
    }
}

pub(crate) fn admit_left(case: &Case<'_>, person: PersonId) -> Result<(), Refusal> {
    needs_at_desk(case.trust, person)?;
    if case.trust.custodians.people.contains(&person) {
        return Err(Refusal::StillCustodian(person));
    }
    needs_officers_without(case.trust, person)?;
    devices::needs_officer_device_without(case.trust, |device| device.cert.person == person)
}

impl Trust {
    pub(crate) fn apply_person_added(&mut self, person: PersonId, roles: &BTreeSet<Role>) {
        self.people.insert(person, Person { roles: roles.clone(), described: None, left: false });
    }

    pub(crate) fn apply_person_described(&mut self, said: &Said, person: PersonId) {
        if let Some(person) = self.people.get_mut(&person) {
            person.described = Some(said.digest);
        }
    }

    pub(crate) fn apply_roles(&mut self, person: PersonId, roles: &BTreeSet<Role>) {
        if let Some(person) = self.people.get_mut(&person) {
            person.roles.clone_from(roles);
        }
        self.watches.retain(|(post, on), _| *on != person || roles.contains(&duty::role_of(*post)));
    }

    pub(crate) fn apply_security_officer(&mut self, person: PersonId) {
        if let Some(person) = self.people.get_mut(&person) {
            person.roles.insert(Role::SecurityOfficer);
        }
    }

    pub(crate) fn apply_person_left(&mut self, said: &Said, place: &Place, person: PersonId) {
        if let Some(person) = self.people.get_mut(&person) {
            person.left = true;
            person.roles.clear();
        }
        let revoked =
            Revoked { because: RevokedBecause::Replaced, act: said.digest, logged_ms: place.logged_ms };
        for device in self.devices.values_mut().filter(|device| device.cert.person == person) {
            device.revoked.get_or_insert(revoked);
        }
        for office in self.offices.values_mut() {
            office.members.remove(&person);
        }
        self.watches.retain(|(_, on), _: &mut _| *on != person);
        for invitation in self.invitations.values_mut().filter(|invitation| invitation.person == person) {
            invitation.withdraw(said);
        }
    }

    /// People who have a role and are at the desk.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = PersonId> {
        self.people
            .iter()
            .filter(move |(_, person)| !person.left && person.roles.contains(&role))
            .map(|(id, _)| *id)
    }

    /// Whether somebody holds a post.
    pub fn is_on_duty(&self, person: PersonId, post: Post) -> bool {
        self.watches.contains_key(&(post, person))
    }
}
