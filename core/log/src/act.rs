//! The envelope of an act: COSE_Sign1 (RFC 9052 §4.2) with EdDSA over CBOR. The bytes received are the bytes kept.

use coset::{CborSerializable, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, iana};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, GenerationNumber, PackageId, Scope, Vault},
};

/// Bound into every signature, so that no other signed thing can be taken for an act.
const EXTERNAL_AAD: &[u8] = b"chancery/act/1";

/// An act carries references and numbers, never content: 64 KiB is a vault of 600 readers.
pub const ACT_BYTES_MAX: usize = 64 * 1024;

/// The version of the envelope that this build writes.
pub const ACT_VERSION: u8 = 1;

/// What a scope's author had before its eyes: how many leaves, and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of leaves in the scope.
    pub count: u64,
    /// Leaf hash of the last one, [`Digest::NONE`] when there is none.
    pub last: Digest,
}

impl Head {
    /// The head of a scope without leaves.
    pub const EMPTY: Self = Self { count: 0, last: Digest::NONE };
}

/// The heads that the author's device saw when it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Of the trust scope.
    pub trust: Head,
    /// Of the act's own scope; the same as `trust` for an act of the trust scope.
    pub scope: Head,
}

/// What a body is, and by whose key it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BodyKind {
    /// Words, sealed under one generation of a vault.
    Sealed(Vault, GenerationNumber),
    /// One generation's secret, wrapped to readers.
    Wraps(Vault, GenerationNumber),
    /// One generation's secret, dealt to custodians.
    Shares(Vault, GenerationNumber),
    /// Secrets of a call's tape in shares: dealt to custodians, gathered to ask them, or released.
    TapeShares(PackageId),
}

/// A sealed body that travels beside its act. The position in the list is the body's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyRef {
    /// What it is.
    pub kind: BodyKind,
    /// SHA-256 of the ciphertext as stored.
    pub sha256: Digest,
    /// Length of the ciphertext in bytes.
    pub len: u32,
}

/// What an act's signature covers. `content` is the CBOR of the desk's act, whose rules this crate does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// [`ACT_VERSION`].
    pub version: u8,
    /// The desk this act is for.
    pub desk: DeskId,
    /// The device that signs.
    pub author: DeviceId,
    /// Where the act belongs.
    pub scope: Scope,
    /// 1 for the author's first act in this scope, then one more each; a refusal consumes none.
    pub counter: u64,
    /// The author's clock, milliseconds since 1970 UTC.
    pub said_ms: u64,
    /// What the author had seen.
    pub seen: Seen,
    /// The sealed bodies beside the act.
    pub bodies: Vec<BodyRef>,
    /// CBOR of the desk's act.
    pub content: ByteBuf,
}

/// Why bytes are not an act by the device they name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// Larger than an act may be.
    #[error("an act has at most {ACT_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not a COSE_Sign1 of the expected form.
    #[error("expected a COSE_Sign1 with EdDSA and a 32-byte key id: {0}")]
    Cose(String),
    /// The payload is not an envelope.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error("expected act version {ACT_VERSION}, got {0}: a newer build wrote it; update this one")]
    Version(u8),
    /// The key id of the signature and the author in the payload differ.
    #[error("the signature names device {kid}, the act names {author}")]
    AuthorMismatch {
        /// In the protected header.
        kid: DeviceId,
        /// In the payload.
        author: DeviceId,
    },
    /// The signature does not verify.
    #[error("the signature is not by device {0}")]
    Signature(DeviceId),
}

/// Signs an envelope: the bytes that go on the wire and into the log for ever.
pub fn sign(envelope: &Envelope, key: &SigningKey) -> Result<Vec<u8>, ActError> {
    let payload = cbor::encode("an act's envelope", envelope)?;
    let bytes = CoseSign1Builder::new()
        .protected(protected_by(envelope.author))
        .payload(payload)
        .create_signature(EXTERNAL_AAD, |signed| key.sign(signed).to_bytes().to_vec())
        .build()
        .to_vec()
        .map_err(|e| ActError::Cose(e.to_string()))?;
    if bytes.len() > ACT_BYTES_MAX { Err(ActError::TooLong(bytes.len())) } else { Ok(bytes) }
}

/// The protected header of every act; nothing stands in the unprotected one.
fn protected_by(author: DeviceId) -> Header {
    HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(author.0.to_vec()).build()
}

/// An act as it came from outside: its author is a claim until [`ReceivedAct::verify`].
#[derive(Debug, Clone)]
pub struct ReceivedAct {
    bytes: Vec<u8>,
    cose: CoseSign1,
    envelope: Envelope,
}

/// An act whose signature was checked against the key of the device it names.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedAct {
    bytes: Vec<u8>,
    digest: Digest,
    envelope: Envelope,
}

impl ReceivedAct {
    /// Reads the envelope without trusting it.
    pub fn read(bytes: Vec<u8>) -> Result<Self, ActError> {
        if bytes.len() > ACT_BYTES_MAX {
            return Err(ActError::TooLong(bytes.len()));
        }
        let cose = CoseSign1::from_slice(&bytes).map_err(|e| ActError::Cose(e.to_string()))?;
        // The signature covers the headers and the payload, not how the array around them is spelled: without this, one
        // act would have many digests.
        if cose.clone().to_vec().ok().as_deref() != Some(bytes.as_slice()) {
            return Err(ActError::Cose("not in its shortest encoding".into()));
        }
        let header = &cose.protected.header;
        if header.alg != Some(coset::Algorithm::Assigned(iana::Algorithm::EdDSA)) {
            return Err(ActError::Cose("another algorithm".into()));
        }
        let kid = <[u8; 32]>::try_from(header.key_id.as_slice())
            .map(DeviceId)
            .map_err(|_| ActError::Cose("the key id is not 32 bytes".into()))?;
        if *header != protected_by(kid) || !cose.unprotected.is_empty() {
            return Err(ActError::Cose("header parameters beyond alg and kid".into()));
        }
        let payload = cose.payload.as_deref().ok_or_else(|| ActError::Cose("no payload".into()))?;
        let envelope: Envelope = cbor::decode("an act's envelope", payload)?;
        if envelope.version != ACT_VERSION {
            return Err(ActError::Version(envelope.version));
        }
        if envelope.author != kid {
            return Err(ActError::AuthorMismatch { kid, author: envelope.author });
        }
        Ok(Self { bytes, cose, envelope })
    }

    /// The device that this act says it is by: to find the key to verify with, for nothing else.
    pub fn claimed_author(&self) -> DeviceId {
        self.envelope.author
    }

    /// The counter that this act says it has: for a device that finds its own acts again.
    pub fn claimed_counter(&self) -> u64 {
        self.envelope.counter
    }

    /// The date that this act says it has: for a device that is told by how much it is wrong.
    pub fn claimed_said_ms(&self) -> u64 {
        self.envelope.said_ms
    }

    /// The content as claimed: only the genesis, which carries its own keys, is read before it is verified.
    pub fn claimed_content(&self) -> &[u8] {
        &self.envelope.content
    }

    /// Checks the signature, strictly (no small-order keys, canonical encodings).
    pub fn verify(self, key: &VerifyingKey) -> Result<VerifiedAct, ActError> {
        let author = self.envelope.author;
        self.cose
            .verify_signature(EXTERNAL_AAD, |signature, signed| {
                let signature = Signature::from_slice(signature).map_err(|_| ())?;
                key.verify_strict(signed, &signature).map_err(|_| ())
            })
            .map_err(|()| ActError::Signature(author))?;
        Ok(VerifiedAct { digest: Digest::of(&self.bytes), bytes: self.bytes, envelope: self.envelope })
    }
}

impl VerifiedAct {
    /// The bytes as received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of [`Self::bytes`].
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What was signed.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }
}
