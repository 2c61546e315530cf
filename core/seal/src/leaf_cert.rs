//! The certificate of a leaf: whose device speaks through this leaf of a call's group. It is the MLS credential (Basic);
//! the construction stands in docs/group.md.

use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, PackageId, PartyId},
};
use ed25519_dalek::Signature;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::device::{DeviceKeys, DeviceKeysError};

/// The most bytes that a certificate may have: its ids, key and signature, and the names of the fields.
pub const LEAF_CERT_BYTES_MAX: usize = 512;

/// The longest time for which a device certifies a leaf: a call through a day and a night. A leaf of a longer call is
/// certified anew on the way.
pub const LEAF_CERT_MS_MAX: u64 = 24 * 60 * 60 * 1000;

/// How far ahead of the verifier's clock the certifier's may run: an hour off is a clock that somebody has to set.
pub const LEAF_CERT_SKEW_MS_MAX: u64 = 60 * 60 * 1000;

/// How the bytes under the device's signature begin: a CBOR array of seven whose first item is the text
/// "chancery/leaf-cert/1". Acts and login challenges begin otherwise, so none can stand for another.
pub const LEAF_CERT_PREFIX: &[u8] = b"\x87\x74chancery/leaf-cert/1";

const LABEL: &str = "chancery/leaf-cert/1";

/// What a device states of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafCert {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// As which party the device is on it.
    pub party: PartyId,
    /// The device: the signer.
    pub device: DeviceId,
    /// The leaf's signature key: Ed25519, drawn for one joining.
    pub leaf_key: ByteArray<32>,
    /// Milliseconds since 1970 UTC after which the leaf may not be added any more.
    pub not_after_ms: u64,
}

/// A certificate as it travels: it says what its signer says, and is a claim until it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedLeafCert {
    /// What is stated.
    pub cert: LeafCert,
    /// Ed25519 signature of the device over [`LeafCert::covered`].
    pub signature: ByteArray<64>,
}

/// What the log says of a device that may be in the call's group: the measure for its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    party: PartyId,
    keys: DeviceKeys,
    device: DeviceId,
}

/// Where and when a certificate is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafPlace {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// The signature key that the leaf has.
    pub leaf_key: [u8; 32],
    /// The verifier's time, milliseconds since 1970 UTC.
    pub now_ms: u64,
}

/// Why a leaf is not taken for the device that it names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafCertError {
    /// Larger than a certificate may be.
    #[error("a leaf's certificate has at most {LEAF_CERT_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Another desk's.
    #[error("the certificate is for desk {got}, expected {expected}")]
    Desk {
        /// This desk.
        expected: DeskId,
        /// In the certificate.
        got: DeskId,
    },
    /// Another call's.
    #[error("the certificate is for call {got}, expected {expected}")]
    Package {
        /// This call.
        expected: PackageId,
        /// In the certificate.
        got: PackageId,
    },
    /// Another party's.
    #[error("the log has device {device} on the call as party {expected}, the certificate says {got}")]
    Party {
        /// The device.
        device: DeviceId,
        /// In the log.
        expected: PartyId,
        /// In the certificate.
        got: PartyId,
    },
    /// Nobody let this device in.
    #[error("the log has no device {0} on this call")]
    NotAdmitted(DeviceId),
    /// A certificate of one leaf put on another.
    #[error("the certificate of device {0} is for a leaf with another key")]
    LeafKey(DeviceId),
    /// It has run out.
    #[error("the certificate of device {device} ended at {not_after_ms}, it is {now_ms}")]
    Expired {
        /// The device.
        device: DeviceId,
        /// The end.
        not_after_ms: u64,
        /// The verifier's time.
        now_ms: u64,
    },
    /// It would hold for longer than certificates may.
    #[error("the certificate of device {device} ends at {not_after_ms}, more than a day after {now_ms}")]
    TooFar {
        /// The device.
        device: DeviceId,
        /// The end.
        not_after_ms: u64,
        /// The verifier's time.
        now_ms: u64,
    },
    /// The log's keys for the device are none.
    #[error(transparent)]
    Keys(#[from] DeviceKeysError),
    /// Not signed by the device that it names.
    #[error("the certificate is not signed by device {0}")]
    Signature(DeviceId),
}

impl Admitted {
    /// The party that came by a device, and the device's keys: of its approval, or of the act that vouched for a guest.
    pub fn new(party: PartyId, keys: DeviceKeys) -> Self {
        let device = keys.id();
        Self { party, keys, device }
    }

    /// The device, by the id that follows from its keys.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Its party.
    pub fn party(&self) -> PartyId {
        self.party
    }
}

impl LeafCert {
    /// What the device signs: a CBOR array (docs/group.md, "Leaf certificates").
    pub fn covered(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode(
            "a leaf certificate's statement",
            &(LABEL, self.desk, self.package, self.party, self.device, self.leaf_key, self.not_after_ms),
        )
    }
}

impl SignedLeafCert {
    /// Reads a certificate, strictly. What it says is a claim until [`SignedLeafCert::check`].
    pub fn read(bytes: &[u8]) -> Result<Self, LeafCertError> {
        if bytes.len() > LEAF_CERT_BYTES_MAX {
            return Err(LeafCertError::TooLong(bytes.len()));
        }
        Ok(cbor::decode("a leaf certificate", bytes)?)
    }

    /// The bytes of the MLS credential's identity.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a leaf certificate", self)
    }

    /// Checks the whole certificate against what the log says. `admitted` are the devices that may be in the group.
    pub fn check(&self, place: &LeafPlace, admitted: &[Admitted]) -> Result<(), LeafCertError> {
        let cert = &self.cert;
        let device = cert.device;
        let known = admitted.iter().find(|known| known.device == device);
        let known = known.ok_or(LeafCertError::NotAdmitted(device))?;
        self.place(place)?;
        if cert.party != known.party {
            return Err(LeafCertError::Party { device, expected: known.party, got: cert.party });
        }
        known
            .keys
            .verifying_key()?
            .verify_strict(&cert.covered()?, &Signature::from_bytes(&self.signature))
            .map_err(|_| LeafCertError::Signature(device))
    }

    /// The part of the check that needs no log: this desk, this call, this leaf, this time. The signature stays a claim.
    pub fn place(&self, place: &LeafPlace) -> Result<(), LeafCertError> {
        let cert = &self.cert;
        let (device, not_after_ms, now_ms) = (cert.device, cert.not_after_ms, place.now_ms);
        if cert.desk != place.desk {
            return Err(LeafCertError::Desk { expected: place.desk, got: cert.desk });
        }
        if cert.package != place.package {
            return Err(LeafCertError::Package { expected: place.package, got: cert.package });
        }
        if cert.leaf_key.as_slice() != place.leaf_key {
            return Err(LeafCertError::LeafKey(device));
        }
        if now_ms > not_after_ms {
            return Err(LeafCertError::Expired { device, not_after_ms, now_ms });
        }
        if not_after_ms - now_ms > LEAF_CERT_MS_MAX + LEAF_CERT_SKEW_MS_MAX {
            return Err(LeafCertError::TooFar { device, not_after_ms, now_ms });
        }
        Ok(())
    }
}
