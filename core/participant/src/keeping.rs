//! Keeping vaults in order, by itself: first generations, new ones after somebody lost the right to read, wraps for who
//! came newly, shares for the custodians. Any device that holds the key does it; the first one in the log counts.

use chancery_desk::{
    act::Act,
    custody::shares_to,
    devices::Approval,
    said::Said,
    vaults::{VaultState, Vaults},
};
use chancery_log::id::{Scope, Vault};

use crate::{
    deed::{Deed, scope_of},
    participant::Participant,
};

impl Participant {
    /// Marks packages whose vaults an act may have changed.
    pub(crate) fn note_dirty(&mut self, said: &Said) {
        match said.scope {
            Scope::Package(package) => {
                self.dirty.insert(package);
            }
            Scope::Trust if concerns_readers(&said.act) => {
                self.dirty.extend(self.ledger.packages.ids().collect::<Vec<_>>());
            }
            Scope::Trust => {}
        }
    }

    /// Queues the key work that is due and that this device can do.
    pub(crate) fn keep_vaults(&mut self) {
        if !self.connection.is_in() || !self.connection.caught_up {
            return;
        }
        let Some(trust) = self.ledger.trust() else { return };
        let me = self.identity.person;
        if trust.device(self.identity.secrets.id()).is_none_or(|device| device.revoked.is_some()) {
            return;
        }
        let mut vaults = vec![Vault::Person(me)];
        let offices = trust.offices().keys().filter(|office| trust.members(**office).contains(&me));
        vaults.extend(offices.map(|office| Vault::Office(*office)));
        for vault in vaults {
            self.keep_vault(vault, true);
            self.deal_if_due(vault);
        }
        for package in std::mem::take(&mut self.dirty) {
            self.keep_vault(Vault::Package(package), false);
        }
    }

    /// `at_once`: a stale vault is re-keyed now. A package is re-keyed when something is to be written into it, or when
    /// a reader waits for "from now on".
    fn keep_vault(&mut self, vault: Vault, at_once: bool) {
        if self.outbox.keeps(vault) {
            return;
        }
        let Some(trust) = self.ledger.trust() else { return };
        let package = match vault {
            Vault::Package(package) => match self.ledger.package(package) {
                Some(package) => Some(package),
                None => return,
            },
            Vault::Person(_) | Vault::Office(_) => None,
        };
        let vaults = Vaults::at(trust, package);
        if vaults.needs_new_generation(vault) {
            let is_stale = vaults.state(vault).is_some() && vaults.stale(vault);
            if (at_once || !is_stale) && self.can_make_generation(vault) {
                self.queue(Deed::MakeGeneration { vault });
                return;
            }
        }
        let missing = vaults.readers_missing_wraps(vault);
        if missing.iter().any(|(number, _)| self.keyring.get(vault, *number).is_some()) {
            self.queue(Deed::WrapReaders { vault });
        }
    }

    /// Asked for when words wait for it.
    pub(crate) fn want_generation(&mut self, vault: Vault) {
        let Some(trust) = self.ledger.trust() else { return };
        let package = match vault {
            Vault::Package(package) => self.ledger.package(package),
            Vault::Person(_) | Vault::Office(_) => None,
        };
        let is_due = Vaults::at(trust, package).needs_new_generation(vault);
        if is_due && !self.outbox.keeps(vault) && self.can_make_generation(vault) {
            self.queue(Deed::MakeGeneration { vault });
        }
    }

    /// Whether this device may make the next generation: it reads, is itself ready, and holds the one before.
    fn can_make_generation(&self, vault: Vault) -> bool {
        let Some(trust) = self.ledger.trust() else { return false };
        let package = match vault {
            Vault::Package(package) => self.ledger.package(package),
            Vault::Person(_) | Vault::Office(_) => None,
        };
        let vaults = Vaults::at(trust, package);
        let next = vaults.next_generation(vault);
        let me = self.identity.person;
        let holds = next.number == 1
            || self.keyring.get(vault, next.number - 1).is_some()
            || (!vaults.anyone_holds(vault) && !self.awaits_shares(vault));
        let is_among = next.readers.iter().any(|to| match to.reader {
            chancery_seal::vault::Reader::Device(device) => device == self.identity.secrets.id(),
            chancery_seal::vault::Reader::Person(person) => person == me,
            chancery_seal::vault::Reader::Office(office) => trust.members(office).contains(&me),
        });
        holds && is_among && vaults.may_read(vault, me)
    }

    /// A device that came by a recovery waits for the custodians before it makes a generation: a new dealing would take
    /// the place of the one that they are to release from, and what was sealed before would be lost.
    fn awaits_shares(&self, vault: Vault) -> bool {
        let Some(trust) = self.ledger.trust() else { return false };
        let is_recovering = trust
            .device(self.identity.secrets.id())
            .is_some_and(|device| device.approval == Approval::Recovery);
        let dealt = trust.vault(vault).and_then(|state| state.dealt());
        is_recovering && dealt.is_some_and(|dealt| self.keyring.get(vault, dealt.generation).is_none())
    }

    fn deal_if_due(&mut self, vault: Vault) {
        let Some(trust) = self.ledger.trust() else { return };
        let Some(state) = trust.vault(vault) else { return };
        if self.keyring.get(vault, state.number()).is_none() || trust.stale(vault) || self.outbox.keeps(vault)
        {
            return;
        }
        let Ok(to) = shares_to(trust) else { return };
        let is_dealt = state.dealt().is_some_and(|dealt| {
            dealt.generation == state.number()
                && dealt.needed == trust.custodians().needed
                && dealt.shares.iter().map(|share| (share.custodian, share.generation)).eq(to.iter().copied())
        });
        if !is_dealt {
            self.queue(Deed::DealShares { vault });
        }
    }

    /// The scope of a vault's acts, for screens.
    pub fn vault_scope(vault: Vault) -> Scope {
        scope_of(vault)
    }

    /// Whether the first generation of a vault is still to be made.
    pub fn is_unmade(&self, vault: Vault) -> bool {
        self.vault_state(vault).is_none_or(|state: &VaultState| state.number() == 0)
    }
}

/// Acts of the trust scope after which packages may need wraps or a new generation.
fn concerns_readers(act: &Act) -> bool {
    matches!(
        act,
        Act::GenerationMade { .. }
            | Act::DeviceRevoked { .. }
            | Act::PersonLeft { .. }
            | Act::OfficeMemberRemoved { .. }
    )
}
