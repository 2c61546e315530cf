//! Making the group: the first device on a call, or the first that comes back when all were gone.

use chancery_call_tree::{leaf::LeafError, suite::CallPlace};
use chancery_log::id::PartyId;
use chancery_open::device::{DeviceSecrets, SignError};
use openmls::prelude::MlsGroup;
use openmls_traits::{OpenMlsProvider as _, random::OpenMlsRand as _};
use rand_core::CryptoRng;

use crate::group::{
    CallGroup, certify, create_config, credential,
    crypto::StreamBroken,
    own_of,
    provider::{LeafSigner, Provider},
    seats_of,
};

/// Why no group was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoundError {
    /// The device does not certify its leaf.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The random stream broke.
    #[error(transparent)]
    Stream(#[from] StreamBroken),
    /// The own leaf is none of this call: a fault of this build.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// OpenMLS refuses.
    #[error("the group can not be made: {0}")]
    Mls(String),
}

impl CallGroup {
    /// Makes a group with this device alone.
    pub fn found(
        place: CallPlace,
        party: PartyId,
        device: &DeviceSecrets,
        now_ms: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, FoundError> {
        let provider = Provider::draw(rng);
        let signer = LeafSigner::draw(provider.crypto())?;
        let signed = certify(&place, party, device, signer.public(), now_ms)?;
        let mls = MlsGroup::new_with_group_id(
            &provider,
            &signer,
            &create_config(&place).map_err(FoundError::Mls)?,
            place.group_id(provider.rand().random_array()?),
            credential(&signed)?,
        )
        .map_err(|error| FoundError::Mls(error.to_string()))?;
        let seats = seats_of(&mls)?;
        let own =
            own_of(&seats, &mls, &signer).ok_or_else(|| FoundError::Mls("without this device".into()))?;
        Ok(Self { mls, provider, signer, place, seats, own })
    }
}
