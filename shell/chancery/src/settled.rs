//! When a device has nothing left to do by itself.

use chancery_desk::{custody::shares_to, trust::Trust, vaults::Vaults};
use chancery_log::id::{PersonId, Vault};
use chancery_participant::participant::Participant;

/// Whether everything that this device knows of is done: its deeds are in the log, and every vault of somebody who has a
/// device is made, wrapped to all who read it, and dealt to the custodians as soon as they can receive.
pub fn is_settled(participant: &Participant) -> bool {
    let Some(trust) = participant.ledger().trust() else { return false };
    participant.is_caught_up() && participant.outbox().items().next().is_none() && are_vaults_kept(trust)
}

/// Whether no key work is due in the trust scope.
pub fn are_vaults_kept(trust: &Trust) -> bool {
    let vaults = Vaults::at(trust, None);
    let has_device = |person: &PersonId| trust.devices_of(*person).next().is_some();
    let people =
        trust.people().keys().filter(|person| has_device(person)).map(|person| Vault::Person(*person));
    let offices = trust
        .offices()
        .keys()
        .filter(|office| trust.members(**office).iter().any(has_device))
        .map(|office| Vault::Office(*office));
    let must_deal = shares_to(trust).is_ok();
    people.chain(offices).all(|vault| {
        let is_dealt = || {
            vaults
                .state(vault)
                .is_some_and(|state| state.dealt().is_some_and(|dealt| dealt.generation == state.number()))
        };
        !vaults.needs_new_generation(vault)
            && vaults.readers_missing_wraps(vault).is_empty()
            && (!must_deal || is_dealt())
    })
}
