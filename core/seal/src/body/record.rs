//! Words that stay: telcon, commitments, due-outs, readout, debrief, the closed package.

use serde::{Deserialize, Serialize};

use super::{
    call::{Brief, LineReport, Note, Request},
    mark::Mark,
};

/// A time as found: exact, a day, or words that nobody could turn into a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Milliseconds since 1970 UTC.
    At(i64),
    /// An ISO 8601 date or interval without a clock time.
    Date(String),
    /// As the record says it.
    Words(String),
    /// The record does not say.
    Unknown,
}

/// One statement of a telcon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// When, if known.
    pub at: When,
    /// Who spoke or who wrote it down, may be empty.
    pub by: String,
    /// The words.
    pub text: String,
}

/// The memorandum of telephone conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telcon {
    /// SUBJECT.
    pub subject: String,
    /// PARTICIPANTS, a line each.
    pub participants: Vec<String>,
    /// DATE, TIME.
    pub when: When,
    /// PLACE.
    pub place: String,
    /// Classification.
    pub mark: Mark,
    /// The body.
    pub statements: Vec<Statement>,
}

/// Who promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// We did.
    Ours,
    /// They did.
    Theirs,
}

/// Something either side promised to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// Who promised.
    pub side: Side,
    /// What.
    pub text: String,
}

/// A follow-up task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueOut {
    /// What is to be done.
    pub text: String,
}

/// The summary sent to those who must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readout {
    /// The words.
    pub text: String,
    /// Its mark.
    pub mark: Mark,
}

/// The account of an off-channel contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debrief {
    /// With whom, in words: the person may not be a counterpart of the desk.
    pub with: String,
    /// When.
    pub when: When,
    /// By which means ("own mobile", "in person").
    pub means: String,
    /// What was said, as a telcon.
    pub telcon: Telcon,
}

/// A commitment with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedCommitment {
    /// The commitment.
    pub commitment: Commitment,
    /// What became of it, in words.
    pub state: String,
}

/// Where a record came from that was not made at this desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The collection ("telcons").
    pub source: String,
    /// The record's id there.
    pub id: String,
    /// The marking as found, may be empty.
    pub marking: String,
    /// What the source says about itself: notes, footnotes, flags, a line each.
    pub remarks: Vec<String>,
}

/// A closed package, whole: a fresh device reads this and need not replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedPackage {
    /// With whom, in words.
    pub with: String,
    /// When it was.
    pub when: When,
    /// What it was about.
    pub request: Option<Request>,
    /// The brief as last issued.
    pub brief: Option<Brief>,
    /// Notes in order, with the writer's name.
    pub notes: Vec<(String, Note)>,
    /// The telcon.
    pub telcon: Option<Telcon>,
    /// Commitments.
    pub commitments: Vec<ClosedCommitment>,
    /// Readouts.
    pub readouts: Vec<Readout>,
    /// Who was on it, a line each.
    pub roster: Vec<String>,
    /// Line reports.
    pub line_reports: Vec<LineReport>,
    /// The mark of the whole.
    pub mark: Mark,
    /// Set for an imported record.
    pub origin: Option<Origin>,
}
