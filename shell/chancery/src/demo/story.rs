//! The story of one call, from request to closed: who does what, after which pause, and what the watcher is told.

use std::collections::BTreeMap;

use chancery_desk::act::{CallEnd, LineKind, PartyRole, Post};
use chancery_seal::body::{
    call::{Brief, IfAsked, NoteMark, TalkingPoint},
    mark::{Mark, Rank},
    record::{Side, Statement, When},
};
use serde::Deserialize;

use super::{DemoData, cast::Cast, read};

/// One step. `who` and every other name is a short name of the cast, or one that an earlier step gave.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How long after the step before.
    pub after_ms: u64,
    /// Who does it.
    pub who: String,
    /// What the watcher is told, after the name.
    pub shown: String,
    /// The desk's rules say no to this one, and the story goes on.
    #[serde(default)]
    pub refused: bool,
    /// What is done.
    pub does: Deed,
}

/// What is done; each is named as the act that it becomes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of the act and its bodies, by short names")]
pub enum Deed {
    /// A post is taken.
    DutyTaken { post: Post },
    /// A call is requested.
    CallRequested {
        with: String,
        in_minutes: u64,
        subject: String,
        purpose: String,
        language: String,
        rank: u8,
        readers: Vec<String>,
    },
    /// A brief is written.
    BriefWritten { version: u32, brief: BriefWords },
    /// Clearance is asked.
    ClearanceAsked { clearance: String, office: String, version: u32, text: String },
    /// Clearance is given or not.
    ClearanceGiven { clearance: String, granted: bool, text: String },
    /// The brief goes to the principal.
    BriefIssued { version: u32 },
    /// The principal has read it.
    BriefRead { version: u32 },
    /// Somebody is rung. The party is called as the person is.
    PartyInvited { party: String, role: PartyRole, line: LineKind },
    /// Somebody is in the lobby.
    PartyArrived { party: String },
    /// Somebody is let in.
    PartyAdmitted { party: String },
    /// A line is tested.
    LineReported { party: String, rank: u8, verdict: String, facts: BTreeMap<String, String> },
    /// A card is passed.
    CardPassed { text: String, rank: u8 },
    /// They talk.
    CallAnswered {},
    /// They talk no more.
    CallEnded { end: CallEnd },
    /// A note is taken.
    NoteTaken { note: String, mark: NoteMark, text: String, instead_of: Option<String> },
    /// The principal wraps up.
    WrapUpGiven { text: String },
    /// A commitment is made of a note.
    CommitmentMade { commitment: String, side: Side, text: String, note: Option<String> },
    /// It was kept or dropped.
    CommitmentSettled { commitment: String, kept: bool, text: String },
    /// A follow-up is tasked.
    DueOutTasked {
        due_out: String,
        text: String,
        commitment: Option<String>,
        owner: String,
        due_in_hours: u64,
    },
    /// A follow-up is done.
    DueOutDone { due_out: String, text: String },
    /// The telcon is written.
    TelconWritten { version: u32, telcon: TelconWords },
    /// The telcon is approved.
    TelconApproved { version: u32 },
    /// The readout is sent.
    ReadoutSent { readout: String, text: String, rank: u8, to: Vec<String> },
    /// The readout is read.
    ReadoutRead { readout: String },
    /// The package is closed.
    PackageClosed {},
    /// Another reader agrees.
    ClosedAgreed {},
}

/// A brief, without its marks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of the brief")]
pub struct BriefWords {
    pub purpose: String,
    pub background: String,
    pub talking_points: Vec<String>,
    /// Question, cleared answer, where it comes from.
    pub if_asked: Vec<(String, String, String)>,
    pub can_promise: Vec<String>,
    pub red_lines: Vec<String>,
    pub last_time: String,
    pub open_commitments: Vec<String>,
}

/// A telcon, without its date, marks and participants, which the call gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelconWords {
    /// SUBJECT.
    pub subject: String,
    /// PLACE.
    pub place: String,
    /// Who (`P` the principal, `D` the counterpart, empty for both) said what.
    pub said: Vec<(String, String)>,
}

/// The story as it stands in this executable.
pub fn load() -> Result<Vec<Step>, DemoData> {
    read("story.json", include_str!("story.json"))
}

impl BriefWords {
    /// The brief with one mark for the whole and each talking point.
    pub fn brief(&self, level: Rank) -> Brief {
        let mark = Mark { level, ..Mark::default() };
        let point = |text: &String| TalkingPoint { text: text.clone(), mark: mark.clone() };
        let asked = |(question, answer, source): &(String, String, String)| IfAsked {
            question: question.clone(),
            answer: answer.clone(),
            source: source.clone(),
        };
        Brief {
            purpose: self.purpose.clone(),
            background: self.background.clone(),
            talking_points: self.talking_points.iter().map(point).collect(),
            if_asked: self.if_asked.iter().map(asked).collect(),
            can_promise: self.can_promise.clone(),
            red_lines: self.red_lines.clone(),
            last_time: self.last_time.clone(),
            open_commitments: self.open_commitments.clone(),
            mark,
        }
    }
}

impl TelconWords {
    /// The statements with the speakers' names. `with`: short name of the counterpart.
    pub fn statements(&self, cast: &Cast, with: &str) -> Vec<Statement> {
        let far = cast.counterpart(with).map(|far| far.profile.name.clone());
        let near = cast.principal().map(|near| near.name.clone());
        let by = |who: &str| match who {
            "P" => near.clone().unwrap_or_default(),
            "D" => far.clone().unwrap_or_default(),
            _ => String::new(),
        };
        self.said
            .iter()
            .map(|(who, text)| Statement { at: When::Unknown, by: by(who), text: text.clone() })
            .collect()
    }
}
