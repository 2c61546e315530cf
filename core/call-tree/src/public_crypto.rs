//! The cryptography that a group's public side needs: SHA-384, and Ed25519 to verify. There is nothing here that could
//! open, seal or sign, so whoever only holds this can not, whatever it is asked.

use ed25519_dalek::{Signature, VerifyingKey};
use openmls_traits::{
    crypto::OpenMlsCrypto,
    types::{
        AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
        HpkeKeyPair, KemOutput, SignatureScheme,
    },
};
use sha2::{Digest as _, Sha384};
use tls_codec::SecretVLBytes;

use crate::suite::SUITE;

/// Hashes and verifies for [`SUITE`].
pub(crate) struct PublicCrypto;

/// SHA-384; no other hash is known here.
pub fn hash(kind: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
    match kind {
        HashType::Sha2_384 => Ok(Sha384::digest(data).to_vec()),
        HashType::Sha2_256 | HashType::Sha2_512 => Err(CryptoError::UnsupportedHashAlgorithm),
    }
}

/// Ed25519, strictly: canonical, no key that anybody can sign for.
pub fn verify(scheme: SignatureScheme, data: &[u8], key: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
    if scheme != SUITE.signature_algorithm() {
        return Err(CryptoError::UnsupportedSignatureScheme);
    }
    let key = <[u8; 32]>::try_from(key).map_err(|_| CryptoError::InvalidPublicKey)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| CryptoError::InvalidPublicKey)?;
    let signature = Signature::from_slice(signature).map_err(|_| CryptoError::SignatureDecodingError)?;
    key.verify_strict(data, &signature).map_err(|_| CryptoError::InvalidSignature)
}

/// This suite and no other.
pub fn supports(suite: Ciphersuite) -> Result<(), CryptoError> {
    if suite == SUITE { Ok(()) } else { Err(CryptoError::UnsupportedCiphersuite) }
}

impl OpenMlsCrypto for PublicCrypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        supports(suite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        vec![SUITE]
    }

    fn hash(&self, kind: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        hash(kind, data)
    }

    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        data: &[u8],
        key: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        verify(scheme, data, key, signature)
    }

    fn hkdf_extract(&self, _: HashType, _: &[u8], _: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        Err(CryptoError::UnsupportedKdf)
    }

    fn hmac(&self, _: HashType, _: &[u8], _: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        Err(CryptoError::UnsupportedKdf)
    }

    fn hkdf_expand(&self, _: HashType, _: &[u8], _: &[u8], _: usize) -> Result<SecretVLBytes, CryptoError> {
        Err(CryptoError::UnsupportedKdf)
    }

    fn aead_encrypt(
        &self,
        _: AeadType,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::UnsupportedAeadAlgorithm)
    }

    fn aead_decrypt(
        &self,
        _: AeadType,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::UnsupportedAeadAlgorithm)
    }

    fn signature_key_gen(&self, _: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        Err(CryptoError::SigningError)
    }

    fn sign(&self, _: SignatureScheme, _: &[u8], _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::SigningError)
    }

    fn hpke_seal(
        &self,
        _: HpkeConfig,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        Err(CryptoError::HpkeEncryptionError)
    }

    fn hpke_open(
        &self,
        _: HpkeConfig,
        _: &HpkeCiphertext,
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::HpkeDecryptionError)
    }

    fn hpke_setup_sender_and_export(
        &self,
        _: HpkeConfig,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        Err(CryptoError::SenderSetupError)
    }

    fn hpke_setup_receiver_and_export(
        &self,
        _: HpkeConfig,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        Err(CryptoError::ReceiverSetupError)
    }

    fn derive_hpke_keypair(&self, _: HpkeConfig, _: &[u8]) -> Result<HpkeKeyPair, CryptoError> {
        Err(CryptoError::UnsupportedKdf)
    }
}
