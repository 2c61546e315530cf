//! The MAC of a knock: proof that the newcomer holds the link's secret, without showing it.

use chancery_log::{
    cbor::CborError,
    id::{DeskId, InvitationId},
};
use chancery_seal::{
    device::{DeviceCert, DeviceKeys, DeviceKeysError},
    invitation::{DeviceLink, Knock, LinkSecret},
};
use hmac::{Hmac, KeyInit, Mac};
use serde_bytes::ByteArray;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{derive::derive, labels};

/// Why a knock is not by a holder of the link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnockRefused {
    /// Another secret, or other keys than the holder knocked with.
    #[error(
        "whoever knocks under invitation {0} does not hold its link, or the keys were changed on the way"
    )]
    Mac(InvitationId),
    /// What is to be approved can not be a device's keys.
    #[error(transparent)]
    Keys(#[from] DeviceKeysError),
    /// The statement could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Makes the knock of a device with these keys, under this link.
pub fn knock(link: &DeviceLink, keys: &DeviceKeys) -> Result<Knock, CborError> {
    let cert = DeviceCert { person: link.person, keys: keys.clone() };
    let mac = mac(&link.secret, &link.desk, &link.invitation, &cert)?.finalize().into_bytes();
    Ok(Knock { desk: link.desk, invitation: link.invitation, cert, mac: ByteArray::new(mac.into()) })
}

/// Checks a knock against the secret of its invitation, in constant time. It proves possession of the link, and
/// nothing about the person: compare words before approving.
pub fn verify(knock: &Knock, secret: &LinkSecret) -> Result<(), KnockRefused> {
    knock.cert.keys.check()?;
    mac(secret, &knock.desk, &knock.invitation, &knock.cert)?
        .verify_slice(knock.mac.as_slice())
        .map_err(|_| KnockRefused::Mac(knock.invitation))
}

fn mac(
    secret: &LinkSecret,
    desk: &DeskId,
    invitation: &InvitationId,
    cert: &DeviceCert,
) -> Result<Hmac<Sha256>, CborError> {
    let key = derive(secret.expose(), &[], &(labels::KNOCK_KEY, desk, invitation))?;
    // RFC 2104 §2: a key shorter than the block is filled up with zeros.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*block).into());
    mac.update(&Knock::covered(desk, invitation, cert)?);
    Ok(mac)
}
