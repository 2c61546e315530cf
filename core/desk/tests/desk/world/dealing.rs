//! Dealings to the custodians as a correct device makes them.

use chancery_desk::{
    act::{Act, ShareDealt},
    custody, tapes,
};
use chancery_log::id::{Digest, GenerationNumber, PersonId, Vault};

use super::World;

fn shares(to: Vec<(PersonId, GenerationNumber)>) -> Vec<ShareDealt> {
    let share = |(custodian, generation)| ShareDealt { custodian, generation, commitment: Digest([4; 32]) };
    to.into_iter().map(share).collect()
}

impl World {
    /// A vault's newest generation, dealt to the custodians as they stand.
    pub(crate) fn deal(&self, vault: Vault) -> Act {
        let shares = shares(custody::shares_to(&self.desk.trust).unwrap());
        let generation = self.vaults(vault).state(vault).map_or(1, |state| state.number());
        Act::SharesDealt { vault, generation, needed: self.desk.trust.custodians().needed, shares }
    }

    /// One epoch's secret, dealt to the custodians as they stand; to nobody while too few can receive.
    pub(crate) fn deal_epoch(&self, epoch: u64) -> Act {
        Act::EpochDealt {
            group: Digest([2; 32]),
            epoch,
            roster: Digest([3; 32]),
            needed: self.desk.trust.custodians().needed,
            shares: shares(tapes::shares_to(&self.desk.trust).unwrap_or_default()),
            commitment: Digest([5; 32]),
        }
    }
}
