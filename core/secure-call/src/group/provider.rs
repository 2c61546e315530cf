//! What OpenMLS asks of its surroundings: cryptography, randomness, a memory. It asks for the time as well, by itself;
//! docs/group.md says why its answer decides nothing.

use ed25519_dalek::{Signer as _, SigningKey};
use openmls_traits::{
    OpenMlsProvider,
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::group::{
    crypto::{SeededCrypto, StreamBroken},
    memory::Memory,
};

/// One group's surroundings. They end with the group.
pub struct Provider {
    crypto: SeededCrypto,
    memory: Memory,
}

impl Provider {
    /// With a random stream of its own.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        Self { crypto: SeededCrypto::draw(rng), memory: Memory::default() }
    }
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = SeededCrypto;
    type RandProvider = SeededCrypto;
    type StorageProvider = Memory;

    fn storage(&self) -> &Memory {
        &self.memory
    }

    fn crypto(&self) -> &SeededCrypto {
        &self.crypto
    }

    fn rand(&self) -> &SeededCrypto {
        &self.crypto
    }
}

/// The key that signs one leaf's handshakes and messages: drawn for one joining, in memory only, wiped when dropped.
pub struct LeafSigner(SigningKey);

impl LeafSigner {
    /// Draws it from the group's stream.
    pub fn draw(crypto: &SeededCrypto) -> Result<Self, StreamBroken> {
        let mut seed = Zeroizing::new([0; 32]);
        crypto.fill(seed.as_mut_slice())?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// What the leaf shows.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs something of ours that goes beside the group. It begins with a label that no MLS signature begins with.
    pub(crate) fn sign_beside(&self, covered: &[u8]) -> [u8; 64] {
        self.0.sign(covered).to_bytes()
    }
}

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
