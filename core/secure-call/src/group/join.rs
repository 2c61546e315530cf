//! Coming into a group: a key package that is used once, and the welcome that answers it.

use chancery_call_tree::{
    leaf::{self, LeafError, Seat},
    limits::MEMBERS_MAX,
    message::{Kind, MessageError},
    suite::{CallPlace, SUITE, capabilities, lifetime},
    tree::twice,
};
use chancery_log::id::{DeviceId, PartyId};
use chancery_open::device::{DeviceSecrets, SignError};
use chancery_seal::leaf_cert::{Admitted, SignedLeafCert};
use openmls::prelude::{
    KeyPackage, KeyPackageRef, MlsGroup, MlsMessageBodyIn, MlsMessageOut, StagedWelcome, Welcome,
    WelcomeError,
};
use openmls_traits::OpenMlsProvider as _;
use rand_core::CryptoRng;

use crate::group::{
    CallGroup, certify, credential,
    crypto::StreamBroken,
    join_config,
    memory::MemoryError,
    own_of,
    provider::{LeafSigner, Provider},
    seats_of,
};

/// A device that waits to be added. What it drew is for this once.
pub struct Joining {
    provider: Provider,
    signer: LeafSigner,
    place: CallPlace,
    known_as: KeyPackageRef,
    key_package: Vec<u8>,
}

/// A group that a welcome led into, none of whose members is checked yet.
pub struct Welcomed {
    mls: MlsGroup,
    provider: Provider,
    signer: LeafSigner,
    place: CallPlace,
}

/// Why a key package can not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The device does not certify its leaf.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The random stream broke.
    #[error(transparent)]
    Stream(#[from] StreamBroken),
    /// OpenMLS refuses.
    #[error("the key package can not be made: {0}")]
    Mls(String),
}

/// Why a welcome leads nowhere. The device makes a fresh key package and asks again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WelcomeRefusal {
    /// Not a welcome of this suite.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// For another device, or for a key package that was used.
    #[error("the welcome is not for this device's key package")]
    NotForMe,
    /// Into another call's group.
    #[error("the welcome leads into another call's group")]
    Group,
    /// Somebody else may propose, or something else is agreed.
    #[error("the group has another external sender than the observer, or other extensions")]
    Extensions,
    /// Its author and the tree lead to different secrets.
    #[error("the welcome's confirmation tag does not verify")]
    ConfirmationTag,
    /// A key of it opens nothing.
    #[error("the welcome does not open: {0}")]
    Open(String),
}

/// Why the members of a group that a welcome led into are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MembersRefusal {
    /// A member is none that the log has on the call: somebody listens who is on no roster.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// One device at two leaves.
    #[error("device {0} is in the group twice")]
    DeviceTwice(DeviceId),
    /// More members than a group may have.
    #[error("a call has at most {MEMBERS_MAX} members, this group has {0}")]
    Full(usize),
    /// The welcome leads into a group without this device.
    #[error("this device is not among the members of the group that it was welcomed to")]
    NotIn,
}

/// A welcome that was not followed, and what is left to join by.
pub struct NotJoined {
    /// Why.
    pub why: WelcomeRefusal,
    /// The key package is as good as before when the welcome was not for it.
    pub still: Option<Box<Joining>>,
}

/// A group that is not entered: the log may not have come far enough yet, so it can be checked again.
pub struct NotTaken {
    /// Why.
    pub why: MembersRefusal,
    /// The group, as unchecked as before.
    pub group: Box<Welcomed>,
}

impl std::fmt::Debug for NotJoined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotJoined({:?})", self.why)
    }
}

impl std::fmt::Debug for NotTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotTaken({:?})", self.why)
    }
}

impl Joining {
    /// Draws a leaf key, has the device certify it, and makes a key package.
    pub fn draw(
        place: CallPlace,
        party: PartyId,
        device: &DeviceSecrets,
        now_ms: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, OfferError> {
        let provider = Provider::draw(rng);
        let signer = LeafSigner::draw(provider.crypto())?;
        let signed = certify(&place, party, device, signer.public(), now_ms)?;
        Self::of(provider, signer, place, &signed)
    }

    fn of(
        provider: Provider,
        signer: LeafSigner,
        place: CallPlace,
        signed: &SignedLeafCert,
    ) -> Result<Self, OfferError> {
        let failed = |error: String| OfferError::Mls(error);
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(capabilities())
            .key_package_lifetime(lifetime())
            .build(SUITE, &provider, &signer, credential(signed)?)
            .map_err(|error| failed(error.to_string()))?;
        let package = bundle.key_package();
        let known_as = package.hash_ref(provider.crypto()).map_err(|error| failed(error.to_string()))?;
        let key_package =
            MlsMessageOut::from(package.clone()).to_bytes().map_err(|error| failed(error.to_string()))?;
        Ok(Self { provider, signer, place, known_as, key_package })
    }

    /// The MLS message with the key package.
    pub fn key_package(&self) -> &[u8] {
        &self.key_package
    }

    /// Follows a welcome. What it was drawn for is used up then, unless the welcome is for somebody else.
    pub fn follow(self, welcome: &[u8]) -> Result<Welcomed, NotJoined> {
        let welcome = match self.addressed(welcome) {
            Ok(welcome) => welcome,
            Err(why) => return Err(NotJoined { why, still: Some(Box::new(self)) }),
        };
        self.open(welcome).map_err(|why| NotJoined { why, still: None })
    }

    fn addressed(&self, welcome: &[u8]) -> Result<Welcome, WelcomeRefusal> {
        let kind = Kind::Welcome;
        let MlsMessageBodyIn::Welcome(read) = kind.read(welcome)? else {
            return Err(kind.other().into());
        };
        if read.secrets().iter().any(|secret| secret.new_member() == self.known_as) {
            Ok(read)
        } else {
            Err(WelcomeRefusal::NotForMe)
        }
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS, most of which is one thing to us")]
    fn open(self, welcome: Welcome) -> Result<Welcomed, WelcomeRefusal> {
        let refused = |error: WelcomeError<MemoryError>| match error {
            WelcomeError::ConfirmationTagMismatch => WelcomeRefusal::ConfirmationTag,
            WelcomeError::NoMatchingKeyPackage => WelcomeRefusal::NotForMe,
            other => WelcomeRefusal::Open(other.to_string()),
        };
        let staged = StagedWelcome::build_from_welcome(&self.provider, &join_config(), welcome)
            .map_err(refused)?
            .build()
            .map_err(refused)?;
        let context = staged.group_context();
        if !self.place.has_group(context.group_id()) {
            return Err(WelcomeRefusal::Group);
        }
        if !self.place.has_extensions(context.extensions()) {
            return Err(WelcomeRefusal::Extensions);
        }
        let mls = staged.into_group(&self.provider).map_err(refused)?;
        Ok(Welcomed { mls, provider: self.provider, signer: self.signer, place: self.place })
    }
}

impl Welcomed {
    /// The members as they call themselves: claims.
    pub fn claims(&self) -> Vec<Result<SignedLeafCert, LeafError>> {
        self.mls.treesync().full_leaves().map(|(_, leaf)| leaf::certificate(leaf.credential())).collect()
    }

    /// Enters the group when every member is one that the log has on the call.
    pub fn enter(self, admitted: &[Admitted], now_ms: u64) -> Result<CallGroup, NotTaken> {
        match self.check(admitted, now_ms) {
            Ok((seats, own)) => {
                let Self { mls, provider, signer, place } = self;
                Ok(CallGroup { mls, provider, signer, place, seats, own })
            }
            Err(why) => Err(NotTaken { why, group: Box::new(self) }),
        }
    }

    fn check(&self, admitted: &[Admitted], now_ms: u64) -> Result<(Vec<Seat>, Seat), MembersRefusal> {
        for (_, leaf) in self.mls.treesync().full_leaves() {
            leaf::check(leaf, &self.place, admitted, now_ms)?;
        }
        let seats = seats_of(&self.mls)?;
        if seats.len() > MEMBERS_MAX {
            return Err(MembersRefusal::Full(seats.len()));
        }
        if let Some(device) = twice(&seats) {
            return Err(MembersRefusal::DeviceTwice(device));
        }
        let own = own_of(&seats, &self.mls, &self.signer).ok_or(MembersRefusal::NotIn)?;
        Ok((seats, own))
    }
}
