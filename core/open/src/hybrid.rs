//! HPKE (RFC 9180, base mode) with X-Wing, HKDF-SHA-256 and AES-256-GCM, for secrets of 32 bytes.

use chancery_seal::{
    device::RECEIVE_KEY_BYTES,
    wraps::{ENCAPSULATED_BYTES, WRAPPED_SECRET_BYTES},
};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, aead::AesGcm256, kdf::HkdfSha256, kem::XWing,
    single_shot_open, single_shot_seal_with_rng,
};
use rand_core::CryptoRng;
use serde_bytes::{ByteArray, ByteBuf};
use zeroize::Zeroizing;

/// Why a secret could not be sealed to a receiving key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HybridError {
    /// Wrong length, or values that no X-Wing key has.
    #[error("expected an X-Wing public key of {RECEIVE_KEY_BYTES} bytes, got {0} bytes that are none")]
    PublicKey(usize),
    /// The cipher refused, which it does for no input of ours.
    #[error("HPKE could not seal")]
    Seal,
}

/// The private half of a receiving key: of a device, or of one generation of a person's or office's vault.
pub struct ReceivingKey {
    private: <XWing as Kem>::PrivateKey,
}

/// One secret under HPKE.
pub(crate) struct Capsule {
    pub(crate) enc: ByteArray<ENCAPSULATED_BYTES>,
    pub(crate) sealed: ByteArray<WRAPPED_SECRET_BYTES>,
}

impl ReceivingKey {
    /// An X-Wing private key is its seed of 32 bytes (draft-connolly-cfrg-xwing-kem §5.2).
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Result<Self, HybridError> {
        let private =
            <XWing as Kem>::PrivateKey::from_bytes(seed).map_err(|_| HybridError::PublicKey(seed.len()))?;
        Ok(Self { private })
    }

    /// The public half, [`RECEIVE_KEY_BYTES`].
    pub fn public(&self) -> ByteBuf {
        ByteBuf::from(XWing::sk_to_pk(&self.private).to_bytes().to_vec())
    }

    /// Opens one secret; none when it is to another key, in another place, or was changed.
    pub(crate) fn open(
        &self,
        info: &[u8],
        enc: &ByteArray<ENCAPSULATED_BYTES>,
        sealed: &ByteArray<WRAPPED_SECRET_BYTES>,
    ) -> Option<Zeroizing<[u8; 32]>> {
        let enc = <XWing as Kem>::EncappedKey::from_bytes(enc.as_slice()).ok()?;
        let opened = Zeroizing::new(
            single_shot_open::<AesGcm256, HkdfSha256, XWing>(
                &OpModeR::Base,
                &self.private,
                &enc,
                info,
                sealed.as_slice(),
                &[],
            )
            .ok()?,
        );
        let mut secret = Zeroizing::new([0; 32]);
        if opened.len() != secret.len() {
            return None;
        }
        secret.copy_from_slice(&opened);
        Some(secret)
    }
}

/// Seals one secret to a public key.
pub(crate) fn seal(
    secret: &[u8; 32],
    public: &[u8],
    info: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Capsule, HybridError> {
    let public =
        <XWing as Kem>::PublicKey::from_bytes(public).map_err(|_| HybridError::PublicKey(public.len()))?;
    let (enc, sealed) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        info,
        secret,
        &[],
        rng,
    )
    .map_err(|_| HybridError::Seal)?;
    let enc =
        <[u8; ENCAPSULATED_BYTES]>::try_from(enc.to_bytes().as_slice()).map_err(|_| HybridError::Seal)?;
    let sealed = <[u8; WRAPPED_SECRET_BYTES]>::try_from(sealed).map_err(|_| HybridError::Seal)?;
    Ok(Capsule { enc: ByteArray::new(enc), sealed: ByteArray::new(sealed) })
}
