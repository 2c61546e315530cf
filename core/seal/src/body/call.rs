//! Words around one call: request, brief, cards, notes, wrap-up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::mark::Mark;

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// One line.
    pub subject: String,
    /// Why, may be empty.
    pub purpose: String,
    /// Language of the call as a BCP 47 tag, may be empty.
    pub language: String,
    /// The mark of the package.
    pub mark: Mark,
}

/// One likely question with its cleared answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IfAsked {
    /// The question.
    pub question: String,
    /// The cleared answer.
    pub answer: String,
    /// Where the answer comes from, may be empty.
    pub source: String,
}

/// One talking point with its own mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkingPoint {
    /// What to say.
    pub text: String,
    /// Its mark.
    pub mark: Mark,
}

/// What the principal reads first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Why this call.
    pub purpose: String,
    /// What to know.
    pub background: String,
    /// In order.
    pub talking_points: Vec<TalkingPoint>,
    /// Likely questions.
    pub if_asked: Vec<IfAsked>,
    /// What may be committed to.
    pub can_promise: Vec<String>,
    /// What must not.
    pub red_lines: Vec<String>,
    /// Last time, in a line or two.
    pub last_time: String,
    /// Open commitments, a line each.
    pub open_commitments: Vec<String>,
    /// The mark of the whole.
    pub mark: Mark,
}

/// A question put to an office, its answer, or a reason given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The words.
    pub text: String,
}

/// One item put on the principal's screen during a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The words.
    pub text: String,
    /// Its mark: a card above the ceiling disappears.
    pub mark: Mark,
}

/// The result of a line test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineReport {
    /// What was measured: name → words.
    pub facts: BTreeMap<String, String>,
    /// The verdict in words.
    pub verdict: String,
}

/// What kind of note it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteMark {
    /// A plain line.
    Remark,
    /// The other side asked for something.
    Ask,
    /// We promised.
    CommitmentOurs,
    /// They promised.
    CommitmentTheirs,
    /// Word for word.
    Quote,
    /// Something was decided.
    Decision,
}

/// One timestamped line by a note-taker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When it was said, by the note-taker's clock.
    pub at_ms: u64,
    /// What kind.
    pub mark: NoteMark,
    /// The words.
    pub text: String,
}

/// "Anything to add?", by voice or in writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    /// In writing, may be empty.
    pub text: String,
    /// Ogg Opus, may be empty.
    pub voice: ByteBuf,
}
