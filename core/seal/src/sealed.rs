//! A sealed body as it is stored: version, salt, ciphertext; and what binds it to its place in the log.

use chancery_log::{
    act::{BodyKind, BodyRef, Envelope},
    cbor::{self, CborError},
    id::{DeviceId, Digest, Scope},
};

use crate::vault::GenerationName;

/// The version of sealed bodies that this build writes.
pub const SEALED_VERSION: u8 = 1;

/// Bytes of the random salt that gives every body its own key.
pub const SALT_BYTES: usize = 32;

/// Bytes of the AES-GCM tag at the end.
pub const TAG_BYTES: usize = 16;

/// Version, salt and tag: what sealing adds to the padded plaintext.
pub const SEALED_OVERHEAD_BYTES: usize = 1 + SALT_BYTES + TAG_BYTES;

/// The largest body of any kind. A closed package of a day-long call with its wrap-up by voice has under 2 MiB.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why bytes are not the body that an act names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// Larger than any body may be.
    #[error("a body has at most {BODY_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not even room for an empty plaintext.
    #[error("expected at least {SEALED_OVERHEAD_BYTES} bytes of a sealed body, got {0}")]
    TooShort(usize),
    /// A version that this build does not know.
    #[error(
        "expected sealed body version {SEALED_VERSION}, got {0}: a newer build wrote it; update this one"
    )]
    Version(u8),
    /// Cut, or longer than the act says.
    #[error("the act names a body of {expected} bytes, got {got}")]
    Length {
        /// In the act.
        expected: u32,
        /// Came.
        got: usize,
    },
    /// Other bytes than the act names.
    #[error("the act names a body with SHA-256 {expected}, got {got}")]
    Sha256 {
        /// In the act.
        expected: Digest,
        /// Came.
        got: Digest,
    },
}

/// What an act says about these bytes of a body of any kind.
pub fn reference(kind: BodyKind, bytes: &[u8]) -> Result<BodyRef, SealedError> {
    let len = match u32::try_from(bytes.len()) {
        Ok(len) if bytes.len() <= BODY_BYTES_MAX => len,
        Ok(_) | Err(_) => return Err(SealedError::TooLong(bytes.len())),
    };
    Ok(BodyRef { kind, sha256: Digest::of(bytes), len })
}

/// Whether these are the bytes that an act names: length first, as it costs nothing.
pub fn check(bytes: &[u8], named: &BodyRef) -> Result<(), SealedError> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(SealedError::TooLong(bytes.len()));
    }
    if usize::try_from(named.len) != Ok(bytes.len()) {
        return Err(SealedError::Length { expected: named.len, got: bytes.len() });
    }
    let got = Digest::of(bytes);
    if got == named.sha256 { Ok(()) } else { Err(SealedError::Sha256 { expected: named.sha256, got }) }
}

/// A sealed body: well-formed, and nothing more is known about it until it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBody {
    bytes: Vec<u8>,
    salt: [u8; SALT_BYTES],
}

impl SealedBody {
    /// Reads stored bytes, strictly.
    pub fn read(bytes: Vec<u8>) -> Result<Self, SealedError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(SealedError::TooLong(bytes.len()));
        }
        let too_short = SealedError::TooShort(bytes.len());
        let Some((version, rest)) = bytes.split_first() else { return Err(too_short) };
        if *version != SEALED_VERSION {
            return Err(SealedError::Version(*version));
        }
        match rest.split_first_chunk::<SALT_BYTES>() {
            Some((salt, ciphertext)) if ciphertext.len() >= TAG_BYTES => Ok(Self { salt: *salt, bytes }),
            Some(_) | None => Err(too_short),
        }
    }

    /// Puts together what was just sealed. `ciphertext` ends with its tag.
    pub fn assemble(salt: [u8; SALT_BYTES], ciphertext: &[u8]) -> Result<Self, SealedError> {
        let mut bytes = Vec::with_capacity(1 + SALT_BYTES + ciphertext.len());
        bytes.push(SEALED_VERSION);
        bytes.extend_from_slice(&salt);
        bytes.extend_from_slice(ciphertext);
        Self::read(bytes)
    }

    /// The bytes as stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes as stored, for who sends them on.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The salt.
    pub fn salt(&self) -> &[u8; SALT_BYTES] {
        &self.salt
    }

    /// The ciphertext with its tag.
    pub fn ciphertext(&self) -> &[u8] {
        self.bytes.get(1 + SALT_BYTES..).unwrap_or(&[])
    }

    /// What an act says about this body.
    pub fn reference(&self, under: &GenerationName) -> Result<BodyRef, SealedError> {
        reference(BodyKind::Sealed(under.vault, under.number), &self.bytes)
    }
}

/// Where a body belongs. All of it is bound into the ciphertext, so that a body moved elsewhere does not open.
/// The act's digest cannot be: it covers the body's. Author, scope and counter name the act instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyContext {
    /// By whose key it is sealed.
    pub under: GenerationName,
    /// The device that signs the act.
    pub author: DeviceId,
    /// The act's scope.
    pub scope: Scope,
    /// The act's counter in that scope.
    pub counter: u64,
    /// Position in the act's `bodies`.
    pub index: u16,
}

/// Starts the associated data of every sealed body.
const CONTEXT_LABEL: &str = "chancery/body/1";

impl BodyContext {
    /// The place of the body at this index of an act; none when there is no such body or it is not sealed words.
    pub fn in_act(envelope: &Envelope, index: u16) -> Option<Self> {
        let BodyKind::Sealed(vault, number) = envelope.bodies.get(usize::from(index))?.kind else {
            return None;
        };
        Some(Self {
            under: GenerationName { desk: envelope.desk, vault, number },
            author: envelope.author,
            scope: envelope.scope,
            counter: envelope.counter,
            index,
        })
    }

    /// The associated data: a CBOR array (docs/seal.md, "Bodies").
    pub fn associated_data(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode(
            "a body's context",
            &(
                CONTEXT_LABEL,
                self.under.desk,
                self.under.vault,
                self.under.number,
                self.author,
                self.scope,
                self.counter,
                self.index,
            ),
        )
    }
}
