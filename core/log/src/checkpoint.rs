//! Checkpoints by C2SP tlog-checkpoint: the log's size and root as a signed note, for clients, witnesses and auditors.

use ed25519_dalek::{Signature, SignatureError, Signer as _, SigningKey, VerifyingKey};
use signed_note::{Note, NoteError, VerificationError, Verifiers};
use tlog_tiles::{checkpoint::Checkpoint, tlog::Hash};

use crate::{id::Digest, proof::TreeHead};

/// A note with our signature and those of a hundred witnesses is smaller.
pub const NOTE_BYTES_MAX: usize = 16 * 1024;

/// C2SP signed-note's number for Ed25519: stands before the key in a verifier key and in the key id.
const ALG_ED25519: u8 = 1;

/// Why bytes are not a checkpoint of the expected log, or why one can not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Larger than a note may be.
    #[error("a checkpoint has at most {NOTE_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not a signed note.
    #[error("expected a signed note (C2SP signed-note): {0}")]
    Note(String),
    /// A signed note, but not of a checkpoint.
    #[error("the note is not a checkpoint (C2SP tlog-checkpoint)")]
    Text,
    /// Another log's checkpoint.
    #[error("expected a checkpoint of {expected:?}, got one of {got:?}")]
    Origin {
        /// The log that was expected.
        expected: String,
        /// The log it says it is of, cut to 80 characters.
        got: String,
    },
    /// No signature by the log's key: another key, or none.
    #[error("the checkpoint is not signed with the key of {0:?}")]
    Unsigned(String),
    /// A signature that says it is by the log's key, and is not.
    #[error("the checkpoint's signature is not by the key of {0:?}")]
    BadSignature(String),
    /// An origin that can not be written into a note.
    #[error(
        "{0:?} can not be a log's origin: it must not be empty and have no space, plus or control character"
    )]
    BadOrigin(String),
    /// Not an Ed25519 public key.
    #[error("the log's key is not an Ed25519 public key")]
    BadKey,
}

/// A checkpoint whose signature was checked. Holds the note as it came, to be shown to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    origin: String,
    head: TreeHead,
    note: Vec<u8>,
}

/// Signs the size and root of the log: the bytes of a note with one signature.
pub fn sign(origin: &str, head: TreeHead, key: &SigningKey) -> Result<Vec<u8>, CheckpointError> {
    check_origin(origin)?;
    let text = Checkpoint::new(origin, head.size, Hash(head.root.0), "")
        .map_err(|_| CheckpointError::Text)?
        .to_bytes();
    let mut note = Note::new(&text, &[]).map_err(|e| CheckpointError::Note(e.to_string()))?;
    let signer = LogSigner { origin, id: key_id(origin, &key.verifying_key()), key };
    note.add_sigs(&[&signer]).map_err(|e| CheckpointError::Note(e.to_string()))?;
    Ok(note.to_bytes())
}

/// Checks a note against the log's origin and its Ed25519 public key. Signatures by others (witnesses) and lines after
/// the root (extensions) are let pass, unread. Which key is right at this place of the log is the caller's affair.
pub fn verify(note: &[u8], origin: &str, key: &[u8; 32]) -> Result<VerifiedCheckpoint, CheckpointError> {
    check_origin(origin)?;
    let key = VerifyingKey::from_bytes(key).map_err(|_| CheckpointError::BadKey)?;
    if note.len() > NOTE_BYTES_MAX {
        return Err(CheckpointError::TooLong(note.len()));
    }
    let parsed = Note::from_bytes(note).map_err(|e| CheckpointError::Note(e.to_string()))?;
    let text = Checkpoint::from_bytes(parsed.text()).map_err(|_| CheckpointError::Text)?;
    if text.origin() != origin {
        let got = text.origin().chars().take(80).collect();
        return Err(CheckpointError::Origin { expected: origin.into(), got });
    }
    let verifier = LogVerifier { origin, id: key_id(origin, &key), key };
    match parsed.verify(&verifier) {
        Ok(_) => {}
        Err(NoteError::UnverifiedNote) => return Err(CheckpointError::Unsigned(origin.into())),
        Err(NoteError::InvalidSignature { .. }) => return Err(CheckpointError::BadSignature(origin.into())),
        Err(e) => return Err(CheckpointError::Note(e.to_string())),
    }
    let head = TreeHead { size: text.size(), root: Digest(text.hash().0) };
    Ok(VerifiedCheckpoint { origin: origin.into(), head, note: note.to_vec() })
}

/// The verifier key as text (C2SP signed-note, "Verifier keys"): what an outside verifier is given.
pub fn vkey(origin: &str, key: &[u8; 32]) -> Result<String, CheckpointError> {
    check_origin(origin)?;
    let key = VerifyingKey::from_bytes(key).map_err(|_| CheckpointError::BadKey)?;
    Ok(signed_note::new_ed25519_verifier_key(origin, &key))
}

impl VerifiedCheckpoint {
    /// The log's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.head.size
    }

    /// RFC 6962 root hash.
    pub fn root(&self) -> Digest {
        self.head.root
    }

    /// The note as it came, with every signature.
    pub fn note(&self) -> &[u8] {
        &self.note
    }
}

/// Signs with a borrowed key: the library's own signer wants the secret as text.
struct LogSigner<'a> {
    origin: &'a str,
    id: u32,
    key: &'a SigningKey,
}

impl signed_note::Signer for LogSigner<'_> {
    fn name(&self) -> &str {
        self.origin
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self.key.sign(text).to_vec())
    }
}

/// The one key that we look for; strict, as for acts, where the library's own verifier is not.
struct LogVerifier<'a> {
    origin: &'a str,
    id: u32,
    key: VerifyingKey,
}

impl signed_note::Verifier for LogVerifier<'_> {
    fn name(&self) -> &str {
        self.origin
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text, &signature).is_ok())
    }
}

impl Verifiers for LogVerifier<'_> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn signed_note::Verifier, VerificationError> {
        if name == self.origin && id == self.id {
            Ok(self)
        } else {
            Err(VerificationError::UnknownKey { name: name.into(), id })
        }
    }
}

fn key_id(origin: &str, key: &VerifyingKey) -> u32 {
    let mut encoded = vec![ALG_ED25519];
    encoded.extend(key.as_bytes());
    signed_note::key_id(origin, &encoded)
}

fn check_origin(origin: &str) -> Result<(), CheckpointError> {
    if signed_note::is_key_name_valid(origin) && !origin.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(CheckpointError::BadOrigin(origin.chars().take(80).collect()))
    }
}
