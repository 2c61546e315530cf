//! The audit of a whole log, by folder or by export: chain, tree, checkpoint, every signature, every rule.

pub mod auditor;
pub mod export;
pub mod finding;
pub mod folder;
pub mod proof;

use std::fmt;

use chancery_desk::desk::Desk;
use chancery_log::id::{DeskId, Digest};
use serde::Serialize;

/// A log that was found sound, and what it adds up to.
#[derive(Debug)]
pub struct Audited {
    /// What there is to say about it.
    pub sound: Sound,
    /// The desk, folded.
    pub desk: Desk,
    /// The Ed25519 key that signed the checkpoint.
    pub log_key: [u8; 32],
    /// The checkpoint: a signed note.
    pub checkpoint: Vec<u8>,
}

/// A log that was found sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sound {
    /// The desk.
    pub desk: DeskId,
    /// Digest of the founding act: the one that every device's link carries.
    pub genesis: Digest,
    /// The log's origin.
    pub origin: String,
    /// The key that signs checkpoints, as a C2SP verifier key.
    pub vkey: String,
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 root hash.
    pub root: Digest,
    /// Scopes: the trust scope and each package.
    pub scopes: u64,
    /// When the first entry was logged, milliseconds since 1970 UTC.
    pub first_ms: u64,
    /// When the last entry was logged, milliseconds since 1970 UTC.
    pub last_ms: u64,
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The log is sound: every entry, signature and rule was checked against the signed checkpoint."
        )?;
        writeln!(f, "origin   {}", self.origin)?;
        writeln!(f, "key      {}", self.vkey)?;
        writeln!(f, "size     {} entries in {} scopes", self.size, self.scopes)?;
        writeln!(f, "root     {}", self.root)?;
        writeln!(f, "desk     {}", self.desk)?;
        write!(f, "genesis  {}", self.genesis)
    }
}
