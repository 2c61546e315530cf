//! Names of people, offices and counterparts: opened from the directory, or said to be sealed.

use std::collections::BTreeMap;

use chancery_log::id::{CounterpartId, DeviceId, Digest, OfficeId, PersonId};
use chancery_seal::body::{
    Body,
    people::{CounterpartProfile, OfficeProfile, PersonProfile},
};

use crate::participant::Participant;

/// Stands for a name that this device can not open.
pub const SEALED: &str = "(sealed)";

/// All names that this device can open.
#[derive(Debug, Clone, Default)]
pub struct Names {
    people: BTreeMap<PersonId, PersonProfile>,
    offices: BTreeMap<OfficeId, OfficeProfile>,
    counterparts: BTreeMap<CounterpartId, CounterpartProfile>,
    owners: BTreeMap<DeviceId, PersonId>,
}

impl Names {
    /// As this device knows them.
    pub fn of(participant: &Participant) -> Self {
        let mut names = Self::default();
        let Some(trust) = participant.ledger().trust() else { return names };
        let body = |act: Digest| participant.bodies().get(act, 0);
        for (id, person) in trust.people() {
            if let Some(Body::Person(profile)) = person.described.and_then(body) {
                names.people.insert(*id, profile.clone());
            }
        }
        for (id, office) in trust.offices() {
            if let Some(Body::Office(profile)) = office.described.and_then(body) {
                names.offices.insert(*id, profile.clone());
            }
        }
        for (id, counterpart) in trust.counterparts() {
            if let Some(Body::Counterpart(profile)) = body(counterpart.described) {
                names.counterparts.insert(*id, profile.clone());
            }
        }
        names.owners = trust.devices().iter().map(|(id, device)| (*id, device.cert.person)).collect();
        names
    }

    /// A person's name.
    pub fn person(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or(SEALED, |profile| &profile.name)
    }

    /// The name of a device's owner; "the server" for its observer.
    pub fn author(&self, device: DeviceId) -> &str {
        self.owners.get(&device).map_or("the server", |person| self.person(*person))
    }

    /// An office's name.
    pub fn office(&self, id: OfficeId) -> &str {
        self.offices.get(&id).map_or(SEALED, |profile| &profile.name)
    }

    /// A counterpart's name.
    pub fn counterpart(&self, id: CounterpartId) -> &str {
        self.counterparts.get(&id).map_or(SEALED, |profile| &profile.name)
    }

    /// A counterpart's profile.
    pub fn counterpart_profile(&self, id: CounterpartId) -> Option<&CounterpartProfile> {
        self.counterparts.get(&id)
    }

    /// A person's profile.
    pub fn person_profile(&self, id: PersonId) -> Option<&PersonProfile> {
        self.people.get(&id)
    }
}
