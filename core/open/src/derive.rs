//! HKDF-SHA-256 (RFC 5869) with 32 bytes out and a CBOR array as info.

use chancery_log::cbor::{self, CborError};
use hkdf::Hkdf;
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

/// 32 derived bytes; wiped when dropped.
pub(crate) type Derived = Zeroizing<[u8; 32]>;

/// `info` is (label, context…): a label of [`crate::labels`] comes first.
pub(crate) fn derive(secret: &[u8], salt: &[u8], info: &impl Serialize) -> Result<Derived, CborError> {
    let info = cbor::encode("a derivation's info", info)?;
    let mut out = Zeroizing::new([0; 32]);
    // RFC 5869 §2.3 forbids more than 8,160 bytes; 32 always go.
    Hkdf::<Sha256>::new(Some(salt), secret).expand(&info, out.as_mut_slice()).map_err(|_| {
        CborError::Shape { what: "a derivation's info", detail: "HKDF refused a length of 32 bytes".into() }
    })?;
    Ok(out)
}
