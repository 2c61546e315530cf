//! One suite, one version, one way to be a member: whatever else is offered is refused by name, so there is nothing to
//! downgrade to.

use chancery_log::id::{DeskId, PackageId};
use chancery_seal::leaf_cert::{LEAF_CERT_MS_MAX, LeafPlace};
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, CredentialType, Extension, Extensions, ExternalSender,
    GroupContext, GroupId, Lifetime, ProtocolVersion,
};

/// X-Wing (ML-KEM-768 and X25519), AES-256-GCM, SHA-384, Ed25519.
pub const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

/// The suite's number, provisional until the draft is an RFC.
pub const SUITE_NUMBER: u16 = 0x004e;

/// MLS 1.0 (RFC 9420).
pub const VERSION_NUMBER: u16 = 1;

/// Random bytes of a group's id after the call's: a call whose group was lost gets another, and no handshake of the one
/// fits the other.
pub const GROUP_NONCE_BYTES: usize = 16;

/// The observer's MLS credential. It names a role, since its key alone counts.
const OBSERVER: &[u8] = b"chancery observer";

/// Which call's group this is, and which key may propose to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPlace {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// The server's observer: Ed25519 public key.
    pub observer: [u8; 32],
}

impl CallPlace {
    /// What a leaf's certificate has to fit.
    pub fn leaf(&self, leaf_key: [u8; 32], now_ms: u64) -> LeafPlace {
        LeafPlace { desk: self.desk, package: self.package, leaf_key, now_ms }
    }

    /// The id of a new group of this call.
    pub fn group_id(&self, nonce: [u8; GROUP_NONCE_BYTES]) -> GroupId {
        GroupId::from_slice(&[self.package.0.as_slice(), &nonce].concat())
    }

    /// Whether a group is of this call.
    pub fn has_group(&self, id: &GroupId) -> bool {
        id.as_slice().len() == self.package.0.len() + GROUP_NONCE_BYTES
            && id.as_slice().starts_with(&self.package.0)
    }

    /// The only extension that a group of this call has: who may propose from outside.
    pub fn extension(&self) -> Extension {
        Extension::ExternalSenders(vec![ExternalSender::new(
            self.observer.as_slice().into(),
            BasicCredential::new(OBSERVER.to_vec()).into(),
        )])
    }

    /// Whether a group has that extension and no other.
    pub fn has_extensions(&self, found: &Extensions<GroupContext>) -> bool {
        found.iter().eq([&self.extension()])
    }
}

/// What every member can do, exactly: a member that could more or less is another program.
pub fn capabilities() -> Capabilities {
    Capabilities::new(
        Some(&[ProtocolVersion::Mls10]),
        Some(&[SUITE]),
        Some(&[]),
        Some(&[]),
        Some(&[CredentialType::Basic]),
    )
}

/// The lifetime that every key package states: always. OpenMLS judges it by a clock that nobody told it; what counts is
/// the end of the leaf's certificate, judged by the time that the caller tells.
pub fn lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

/// The end that a device writes into a leaf's certificate.
pub fn certificate_end_ms(now_ms: u64) -> u64 {
    now_ms.saturating_add(LEAF_CERT_MS_MAX)
}
