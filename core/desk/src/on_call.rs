//! Who is on a call, by the log: the measure by which the server cuts lines, and by which members let each other in.

use chancery_log::id::{DeviceId, PartyId};
use chancery_seal::leaf_cert::Admitted;

use crate::{
    act::{PartyRole, Who},
    calls::OPEN,
    package::Package,
    parties::{Party, PartyState},
    trust::Trust,
};

impl Party {
    /// Whether this party may be heard now.
    pub fn may_speak(&self) -> bool {
        self.state == PartyState::On && (self.role.speaks() || self.floor)
    }

    /// Whether this party's devices are the desk's own: they let others in.
    pub fn is_of_the_desk(&self) -> bool {
        self.role != PartyRole::Counterpart
    }
}

impl Package {
    /// The party, while it is on the call or on hold.
    pub fn on_call(&self, party: PartyId) -> Option<&Party> {
        let party = self.parties.get(&party)?;
        let on = matches!(party.state, PartyState::On | PartyState::Held);
        (on && OPEN.contains(&self.stage)).then_some(party)
    }

    /// Whether a party may be on this call by this device: one of the person's, or the key that was vouched for.
    pub fn comes_by(&self, trust: &Trust, party: PartyId, device: DeviceId) -> bool {
        match self.parties.get(&party).map(|party| party.who) {
            Some(Who::Person(person)) => {
                let known = trust.devices.get(&device);
                known.is_some_and(|known| known.revoked.is_none() && known.cert.person == person)
            }
            Some(Who::Counterpart(_)) => self.guest(device).is_some_and(|(guest, _)| guest == party),
            None => false,
        }
    }

    /// The devices that may be in the call's group now; of a person with several, any.
    pub fn admitted(&self, trust: &Trust) -> Vec<Admitted> {
        let mut all = Vec::new();
        for id in self.parties.keys() {
            let Some(party) = self.on_call(*id) else { continue };
            match party.who {
                Who::Person(person) => {
                    let devices = trust.devices_of(person).filter(|(_, device)| device.revoked.is_none());
                    let keys = devices.map(|(_, device)| device.cert.keys.clone());
                    all.extend(keys.map(|keys| Admitted::new(*id, keys)));
                }
                Who::Counterpart(_) => {
                    let guest = self.guests.get(id).and_then(|guest| guest.vouched.as_ref());
                    all.extend(guest.map(|guest| Admitted::new(*id, guest.keys.clone())));
                }
            }
        }
        all
    }
}
