//! Records from elsewhere, as closed packages: read line by line, gaps kept as gaps, trouble named by line. docs/import.md.

pub mod call_log;
pub mod fields;
pub mod frus;
pub mod lines;
pub mod marking;
pub mod reader;
pub mod report;
pub mod sending;
pub mod when;

use chancery_desk::act::imported_package;
use chancery_log::id::{Digest, PackageId};
use chancery_seal::body::{mark::Rank, record::ClosedPackage};

/// What kind of records a file holds. Its word is the `source` half of every record's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Memoranda of telephone conversation.
    Telcons,
    /// Memoranda of conversation, face to face.
    Memcons,
    /// A log of telephone calls.
    CallLog,
}

impl Collection {
    /// The word for it: on the command line, in `Origin.source`, in the record's digest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Telcons => "telcons",
            Self::Memcons => "memcons",
            Self::CallLog => "call-log",
        }
    }
}

/// One record, ready to be sealed and sent as `PackageImported`.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Line of the file, from 1.
    pub line: u64,
    /// The collection's word.
    pub source: String,
    /// The record's id in its collection.
    pub id: String,
    /// What is sealed. Its `mark.level` is the level that the package gets.
    pub closed: ClosedPackage,
    /// The level that the record's own marking names; none when it is unmarked or its words are not of the scheme.
    pub rank: Option<Rank>,
    /// What could not be read and was kept as words or left out, one sentence each.
    pub problems: Vec<String>,
}

impl Record {
    /// Names the record for ever: the same record comes in once, however often a file is imported.
    pub fn digest(&self) -> Digest {
        record_digest(&self.source, &self.id)
    }

    /// The package that the record becomes.
    pub fn package(&self) -> PackageId {
        imported_package(&self.digest())
    }
}

/// SHA-256 of source, a zero byte, id.
pub fn record_digest(source: &str, id: &str) -> Digest {
    let mut named = Vec::with_capacity(source.len() + 1 + id.len());
    named.extend_from_slice(source.as_bytes());
    named.push(0);
    named.extend_from_slice(id.as_bytes());
    Digest::of(&named)
}

/// A line that did not become a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Unread {
    /// Line of the file, from 1.
    pub line: u64,
    /// What was wrong.
    pub why: Why,
}

/// Why a line did not become a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The file itself failed; nothing after this line was read.
    #[error("the file cannot be read further: {0}")]
    Io(String),
    /// Longer than a record can be.
    #[error("expected a line of at most {} bytes, this one is longer", lines::LINE_BYTES_MAX)]
    TooLong,
    /// Bytes that are no text.
    #[error("expected UTF-8 text, but byte {0} of the line is not")]
    NotUtf8(usize),
    /// Not JSON.
    #[error("expected one JSON object on the line: {0}")]
    NotJson(String),
    /// JSON, but no object.
    #[error("expected a JSON object, got {0}")]
    NotAnObject(&'static str),
    /// Without an id it can not be told from the next.
    #[error("expected an \"id\" of at least one character, got {0}")]
    NoId(String),
    /// A telcon among memcons.
    #[error("expected a record of kind {expected:?}, got {got:?}: import it as another collection")]
    OtherKind {
        /// What this collection holds.
        expected: &'static str,
        /// What the line says.
        got: String,
    },
    /// The same id came before in this file.
    #[error("the id {id:?} stands on line {first} already; the first one counts")]
    Twice {
        /// The id.
        id: String,
        /// Where it stood first.
        first: u64,
    },
    /// Larger than a sealed body may be.
    #[error("the record makes a package of {bytes} bytes, at most {max} can be sealed")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most.
        max: usize,
    },
}
