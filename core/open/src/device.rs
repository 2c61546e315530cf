//! One device's private keys: Ed25519 to sign, X-Wing to receive.

use chancery_log::{
    act::{self, ActError, Envelope},
    cbor::CborError,
    id::DeviceId,
};
use chancery_seal::{
    device::{CHALLENGE_PREFIX, DeviceKeys},
    leaf_cert::{LeafCert, SignedLeafCert},
};
use ed25519_dalek::{Signer, SigningKey};
use rand_core::CryptoRng;
use serde_bytes::ByteArray;
use zeroize::Zeroizing;

use crate::hybrid::{HybridError, ReceivingKey};

/// Ed25519 seed ‖ X-Wing seed.
pub const DEVICE_SECRET_BYTES: usize = 64;

/// The private keys of one device. They show in no debug output, and are wiped when dropped.
pub struct DeviceSecrets {
    signs: SigningKey,
    receive_seed: Zeroizing<[u8; 32]>,
    receives: ReceivingKey,
    public: DeviceKeys,
    id: DeviceId,
}

/// Why a device does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The act names another author.
    #[error("this device is {own}, the act names {named} as its author")]
    NotAuthor {
        /// This device.
        own: DeviceId,
        /// In the act.
        named: DeviceId,
    },
    /// The act cannot be encoded or is too long.
    #[error(transparent)]
    Act(#[from] ActError),
    /// Something that is not a login challenge, put before the device to sign.
    #[error("the server asks for a signature over something that is not a login challenge")]
    NotAChallenge,
    /// The certificate is for another device's leaf.
    #[error("this device is {own}, the leaf's certificate names {named}")]
    NotOwnLeaf {
        /// This device.
        own: DeviceId,
        /// In the certificate.
        named: DeviceId,
    },
    /// The certificate cannot be encoded.
    #[error(transparent)]
    Cert(#[from] CborError),
}

impl DeviceSecrets {
    /// Makes new keys.
    pub fn draw(rng: &mut impl CryptoRng) -> Result<Self, HybridError> {
        let mut bytes = Zeroizing::new([0; DEVICE_SECRET_BYTES]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self::import(&bytes)
    }

    /// Takes [`DEVICE_SECRET_BYTES`] random bytes, or those of an earlier [`Self::export`].
    pub fn import(bytes: &[u8; DEVICE_SECRET_BYTES]) -> Result<Self, HybridError> {
        let mut sign_seed = Zeroizing::new([0; 32]);
        let mut receive_seed = Zeroizing::new([0; 32]);
        for (to, from) in sign_seed.iter_mut().chain(receive_seed.iter_mut()).zip(bytes) {
            *to = *from;
        }
        let signs = SigningKey::from_bytes(&sign_seed);
        let receives = ReceivingKey::from_seed(&receive_seed)?;
        let public = DeviceKeys { signs: signs.verifying_key().to_bytes(), receives: receives.public() };
        let id = public.id();
        Ok(Self { signs, receive_seed, receives, public, id })
    }

    /// The bytes to seal at rest (`store.rs`), and for nothing else.
    pub fn export(&self) -> Zeroizing<[u8; DEVICE_SECRET_BYTES]> {
        let mut bytes = Zeroizing::new([0; DEVICE_SECRET_BYTES]);
        let sign_seed = Zeroizing::new(self.signs.to_bytes());
        for (to, from) in bytes.iter_mut().zip(sign_seed.iter().chain(self.receive_seed.iter())) {
            *to = *from;
        }
        bytes
    }

    /// The Ed25519 seed alone: the server's observer signs, and receives nothing.
    pub fn signing_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.signs.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> &DeviceKeys {
        &self.public
    }

    /// The id that follows from the public half.
    pub fn id(&self) -> DeviceId {
        self.id
    }

    /// The key that opens what is wrapped to this device.
    pub fn receiving_key(&self) -> &ReceivingKey {
        &self.receives
    }

    /// Signs an act: the bytes that go on the wire and into the log.
    pub fn sign_act(&self, envelope: &Envelope) -> Result<Vec<u8>, SignError> {
        if envelope.author != self.id {
            return Err(SignError::NotAuthor { own: self.id, named: envelope.author });
        }
        Ok(act::sign(envelope, &self.signs)?)
    }

    /// Signs a login challenge. The bytes must begin with [`CHALLENGE_PREFIX`], so that a server cannot have a device
    /// sign anything else.
    pub fn sign_challenge(&self, challenge: &[u8]) -> Result<[u8; 64], SignError> {
        if !challenge.starts_with(CHALLENGE_PREFIX) {
            return Err(SignError::NotAChallenge);
        }
        Ok(self.signs.sign(challenge).to_bytes())
    }

    /// Certifies a leaf of a call's group as this device's.
    pub fn certify_leaf(&self, cert: LeafCert) -> Result<SignedLeafCert, SignError> {
        if cert.device != self.id {
            return Err(SignError::NotOwnLeaf { own: self.id, named: cert.device });
        }
        let signature = ByteArray::new(self.signs.sign(&cert.covered()?).to_bytes());
        Ok(SignedLeafCert { cert, signature })
    }
}
