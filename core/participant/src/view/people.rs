//! The people screen: who is at the desk, in which roles, with which devices, and who is on duty.

use chancery_desk::act::{Post, Role};
use chancery_log::id::{DeviceId, PersonId};
use serde::Serialize;

use crate::{participant::Participant, view::names::Names};

/// One device of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceLine {
    /// Its id.
    pub id: DeviceId,
    /// Not revoked.
    pub approved: bool,
    /// When it was approved, milliseconds since 1970 UTC.
    pub since_ms: u64,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLine {
    /// The id.
    pub id: PersonId,
    /// As shown.
    pub name: String,
    /// Title, may be empty.
    pub title: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Holds a share.
    pub custodian: bool,
    /// Posts held now.
    pub on_duty: Vec<Post>,
    /// Has left.
    pub left: bool,
    /// Devices, revoked ones too.
    pub devices: Vec<DeviceLine>,
}

/// Everybody, in order of name.
pub fn people(participant: &Participant) -> Vec<PersonLine> {
    let Some(trust) = participant.ledger().trust() else { return Vec::new() };
    let names = Names::of(participant);
    let posts = |person: PersonId| {
        [Post::DutyOfficer, Post::NoteTaker]
            .into_iter()
            .filter(|post| trust.on_duty(*post).any(|p| p == person))
            .collect()
    };
    let mut lines: Vec<PersonLine> = trust
        .people()
        .iter()
        .map(|(id, person)| PersonLine {
            id: *id,
            name: names.person(*id).to_owned(),
            title: names.person_profile(*id).map_or_else(String::new, |profile| profile.title.clone()),
            roles: person.roles.iter().copied().collect(),
            custodian: trust.custodians().people.contains(id),
            on_duty: posts(*id),
            left: person.left,
            devices: trust
                .devices()
                .iter()
                .filter(|(_, device)| device.cert.person == *id)
                .map(|(id, device)| DeviceLine {
                    id: *id,
                    approved: device.revoked.is_none(),
                    since_ms: device.logged_ms,
                })
                .collect(),
        })
        .collect();
    lines.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    lines
}
