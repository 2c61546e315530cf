//! The cryptography of the one suite, and all randomness of a group out of one seed that the caller drew: OpenMLS's own
//! provider would fetch it from the machine.

use std::sync::Mutex;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use chacha20::ChaCha20Rng;
use chancery_call_tree::{
    public_crypto::{hash, supports, verify},
    suite::SUITE,
};
use ed25519_dalek::{Signer, SigningKey};
use hkdf::{Hkdf, HkdfExtract};
use hmac::{Hmac, Mac};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::AesGcm256, kdf::HkdfSha384, kem::XWing,
    single_shot_open, single_shot_seal_with_rng,
};
use openmls_traits::{
    crypto::OpenMlsCrypto,
    random::OpenMlsRand,
    types::{
        AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeAeadType, HpkeCiphertext,
        HpkeConfig, HpkeKdfType, HpkeKemType, HpkeKeyPair, KemOutput, SignatureScheme,
    },
};
use rand_core::{CryptoRng, Rng, SeedableRng};
use sha2::Sha384;
use tls_codec::SecretVLBytes;
use zeroize::Zeroizing;

/// Wiped when dropped. A lock, because OpenMLS asks for randomness through a shared reference; nobody else ever holds it.
pub struct SeededCrypto {
    stream: Mutex<ChaCha20Rng>,
}

/// The stream's lock is poisoned: something panicked while it drew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the group's random stream is broken: the device has to join anew")]
pub struct StreamBroken;

impl SeededCrypto {
    /// Draws the seed of a stream of its own.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self { stream: Mutex::new(ChaCha20Rng::from_seed(*seed)) }
    }

    /// Fills from the stream.
    pub fn fill(&self, to: &mut [u8]) -> Result<(), StreamBroken> {
        self.stream.lock().map_err(|_| StreamBroken)?.fill_bytes(to);
        Ok(())
    }
}

impl OpenMlsRand for SeededCrypto {
    type Error = StreamBroken;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], StreamBroken> {
        let mut array = [0; N];
        self.fill(&mut array)?;
        Ok(array)
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, StreamBroken> {
        let mut bytes = vec![0; len];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

fn needs_hash(kind: HashType) -> Result<(), CryptoError> {
    match kind {
        HashType::Sha2_384 => Ok(()),
        HashType::Sha2_256 | HashType::Sha2_512 => Err(CryptoError::UnsupportedHashAlgorithm),
    }
}

fn needs_hpke(config: &HpkeConfig) -> Result<(), CryptoError> {
    match config {
        HpkeConfig(HpkeKemType::XWingKemDraft6, HpkeKdfType::HkdfSha384, HpkeAeadType::AesGcm256) => Ok(()),
        HpkeConfig(..) => Err(CryptoError::UnsupportedCiphersuite),
    }
}

fn aead(
    kind: AeadType,
    key: &[u8],
    nonce: &[u8],
) -> Result<(Aes256Gcm, Nonce<aes_gcm::aead::consts::U12>), CryptoError> {
    match kind {
        AeadType::Aes256Gcm => {}
        AeadType::Aes128Gcm | AeadType::ChaCha20Poly1305 => {
            return Err(CryptoError::UnsupportedAeadAlgorithm);
        }
    }
    let cipher = Aes256Gcm::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| CryptoError::InvalidLength)?;
    Ok((cipher, nonce))
}

impl OpenMlsCrypto for SeededCrypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        supports(suite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        vec![SUITE]
    }

    fn hkdf_extract(&self, kind: HashType, salt: &[u8], ikm: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        needs_hash(kind)?;
        let mut extract = HkdfExtract::<Sha384>::new(Some(salt));
        extract.input_ikm(ikm);
        let prk = Zeroizing::new(<[u8; 48]>::from(extract.finalize().0));
        Ok(prk.as_slice().into())
    }

    fn hmac(&self, kind: HashType, key: &[u8], message: &[u8]) -> Result<SecretVLBytes, CryptoError> {
        needs_hash(kind)?;
        let mut mac = Hmac::<Sha384>::new_from_slice(key).map_err(|_| CryptoError::InvalidLength)?;
        mac.update(message);
        let tag = Zeroizing::new(<[u8; 48]>::from(mac.finalize().into_bytes()));
        Ok(tag.as_slice().into())
    }

    fn hkdf_expand(
        &self,
        kind: HashType,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        needs_hash(kind)?;
        let hkdf = Hkdf::<Sha384>::from_prk(prk).map_err(|_| CryptoError::HkdfOutputLengthInvalid)?;
        let mut out = vec![0; len];
        hkdf.expand(info, &mut out).map_err(|_| CryptoError::HkdfOutputLengthInvalid)?;
        Ok(out.into())
    }

    fn hash(&self, kind: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        hash(kind, data)
    }

    fn aead_encrypt(
        &self,
        kind: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (cipher, nonce) = aead(kind, key, nonce)?;
        cipher.encrypt(&nonce, Payload { msg: data, aad }).map_err(|_| CryptoError::CryptoLibraryError)
    }

    fn aead_decrypt(
        &self,
        kind: AeadType,
        key: &[u8],
        sealed: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (cipher, nonce) = aead(kind, key, nonce)?;
        cipher.decrypt(&nonce, Payload { msg: sealed, aad }).map_err(|_| CryptoError::AeadDecryptionError)
    }

    fn signature_key_gen(&self, scheme: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        if scheme != SUITE.signature_algorithm() {
            return Err(CryptoError::UnsupportedSignatureScheme);
        }
        let mut seed = Zeroizing::new([0; 32]);
        self.fill(seed.as_mut_slice()).map_err(|_| CryptoError::InsufficientRandomness)?;
        let key = SigningKey::from_bytes(&seed);
        Ok((key.to_bytes().to_vec(), key.verifying_key().to_bytes().to_vec()))
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

    fn sign(&self, scheme: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if scheme != SUITE.signature_algorithm() {
            return Err(CryptoError::UnsupportedSignatureScheme);
        }
        let seed = <&[u8; 32]>::try_from(key).map_err(|_| CryptoError::InvalidLength)?;
        Ok(SigningKey::from_bytes(seed).sign(data).to_bytes().to_vec())
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        to: &[u8],
        info: &[u8],
        aad: &[u8],
        words: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        needs_hpke(&config)?;
        let to = <XWing as Kem>::PublicKey::from_bytes(to).map_err(|_| CryptoError::InvalidPublicKey)?;
        let mut stream = self.stream.lock().map_err(|_| CryptoError::InsufficientRandomness)?;
        let (enc, sealed) = single_shot_seal_with_rng::<AesGcm256, HkdfSha384, XWing>(
            &OpModeS::Base,
            &to,
            info,
            words,
            aad,
            &mut *stream,
        )
        .map_err(|_| CryptoError::HpkeEncryptionError)?;
        Ok(HpkeCiphertext { kem_output: enc.to_bytes().to_vec().into(), ciphertext: sealed.into() })
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        sealed: &HpkeCiphertext,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        needs_hpke(&config)?;
        let key = <XWing as Kem>::PrivateKey::from_bytes(key).map_err(|_| CryptoError::InvalidLength)?;
        let enc = <XWing as Kem>::EncappedKey::from_bytes(sealed.kem_output.as_slice())
            .map_err(|_| CryptoError::HpkeDecryptionError)?;
        single_shot_open::<AesGcm256, HkdfSha384, XWing>(
            &OpModeR::Base,
            &key,
            &enc,
            info,
            sealed.ciphertext.as_slice(),
            aad,
        )
        .map_err(|_| CryptoError::HpkeDecryptionError)
    }

    /// For joining from outside, which no call allows.
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

    /// For joining from outside, which no call allows.
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

    fn derive_hpke_keypair(&self, config: HpkeConfig, ikm: &[u8]) -> Result<HpkeKeyPair, CryptoError> {
        needs_hpke(&config)?;
        let (private, public) = XWing::derive_keypair(ikm);
        let private = Zeroizing::new(private.to_bytes());
        Ok(HpkeKeyPair { private: private.as_slice().into(), public: public.to_bytes().to_vec() })
    }
}
