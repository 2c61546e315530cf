//! The forty invented past calls, as closed packages with dates counted back from today.

use chancery_seal::body::{
    call::{Note, NoteMark, Request},
    mark::{Mark, Rank},
    record::{ClosedCommitment, ClosedPackage, Commitment, Origin, Readout, Side, Statement, Telcon, When},
};
use serde::Deserialize;

use super::{
    DemoData,
    cast::{Cast, Counterpart, Member},
    read,
};

const FILE: &str = "past_calls.json";

/// Where an imported past call says that it came from.
pub const SOURCE: &str = "demo";

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// One past call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCall {
    /// Counted back from today.
    pub days_ago: i64,
    /// Time of day, UTC, `hh:mm`.
    pub at: String,
    /// How long it took.
    pub minutes: i64,
    /// Short name of the counterpart.
    pub with: String,
    /// Level of the neutral scheme.
    pub rank: u8,
    /// Short name of the note-taker.
    pub notes_by: String,
    /// One line.
    pub subject: String,
    /// Who (`P` the principal, `C` the counterpart) said what.
    pub said: Vec<(String, String)>,
    /// What we promised, and what became of it.
    pub ours: Vec<(String, String)>,
    /// What they promised, and what became of it.
    pub theirs: Vec<(String, String)>,
    /// The readout.
    pub readout: String,
}

/// The past calls as they stand in this executable, oldest first.
pub fn load() -> Result<Vec<PastCall>, DemoData> {
    read(FILE, include_str!("past_calls.json"))
}

impl PastCall {
    /// Its id in the collection [`SOURCE`]: subject and day, so that it comes in once.
    pub fn id(&self) -> String {
        format!("{}/{}", self.days_ago, self.subject)
    }

    /// When it began, milliseconds since 1970 UTC.
    pub fn began_ms(&self, now_ms: i64) -> Result<i64, DemoData> {
        let clock = self.at.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        });
        let minutes = clock.ok_or_else(|| DemoData::Clock { file: FILE, got: self.at.clone() })?;
        let midnight = now_ms - now_ms.rem_euclid(DAY_MS);
        Ok(midnight - self.days_ago * DAY_MS + minutes * MINUTE_MS)
    }

    /// The closed package. `highest`: of the desk's scheme; ranks beyond it are cut down to it.
    pub fn closed(&self, cast: &Cast, now_ms: i64, highest: Rank) -> Result<ClosedPackage, DemoData> {
        let unknown = |key: &str| DemoData::Unknown { file: FILE, key: key.to_owned() };
        let far = cast.counterpart(&self.with).ok_or_else(|| unknown(&self.with))?;
        let near = cast.principal().ok_or_else(|| unknown("principal"))?;
        let writer = cast.person(&self.notes_by).ok_or_else(|| unknown(&self.notes_by))?;
        let began_ms = self.began_ms(now_ms)?;
        let mark = Mark { level: Rank(self.rank).min(highest), ..Mark::default() };
        let roster = vec![
            format!("{}, {}", near.name, near.title),
            format!("{}, {}", far.profile.name, far.profile.title),
            format!("{}, note-taker", writer.name),
        ];
        let telcon = Telcon {
            subject: self.subject.clone(),
            participants: roster.clone(),
            when: When::At(began_ms),
            place: "by telephone".to_owned(),
            mark: mark.clone(),
            statements: self.statements(near, far, began_ms)?,
        };
        let request = Request {
            subject: self.subject.clone(),
            purpose: String::new(),
            language: "en".to_owned(),
            mark: mark.clone(),
        };
        Ok(ClosedPackage {
            with: format!("{}, {}", far.profile.name, far.profile.of),
            when: When::At(began_ms),
            request: Some(request),
            brief: None,
            notes: self.notes(writer, began_ms),
            telcon: Some(telcon),
            commitments: self.commitments(),
            readouts: vec![Readout { text: self.readout.clone(), mark: mark.clone() }],
            roster,
            line_reports: Vec::new(),
            mark,
            origin: Some(Origin {
                source: SOURCE.to_owned(),
                id: self.id(),
                marking: String::new(),
                remarks: vec!["invented for the demo".to_owned()],
            }),
        })
    }

    /// Spread evenly over the minutes of the call.
    fn statements(
        &self,
        near: &Member,
        far: &Counterpart,
        began_ms: i64,
    ) -> Result<Vec<Statement>, DemoData> {
        let step_ms = self.step_ms();
        let mut statements = Vec::new();
        for (place, (who, text)) in (0..).zip(&self.said) {
            let by = match who.as_str() {
                "P" => near.name.clone(),
                "C" => far.profile.name.clone(),
                other => return Err(DemoData::Unknown { file: FILE, key: other.to_owned() }),
            };
            statements.push(Statement { at: When::At(began_ms + place * step_ms), by, text: text.clone() });
        }
        Ok(statements)
    }

    fn step_ms(&self) -> i64 {
        let said = i64::try_from(self.said.len()).unwrap_or(1).max(1);
        self.minutes * MINUTE_MS / said
    }

    /// The promises, as the note-taker wrote them down towards the end.
    fn notes(&self, writer: &Member, began_ms: i64) -> Vec<(String, Note)> {
        let ours = self.ours.iter().map(|(text, _)| (NoteMark::CommitmentOurs, text));
        let theirs = self.theirs.iter().map(|(text, _)| (NoteMark::CommitmentTheirs, text));
        let at_ms = u64::try_from(began_ms + self.minutes * MINUTE_MS / 2).unwrap_or(0);
        let note = |(mark, text): (NoteMark, &String)| Note { at_ms, mark, text: text.clone() };
        ours.chain(theirs).map(|promised| (writer.name.clone(), note(promised))).collect()
    }

    fn commitments(&self) -> Vec<ClosedCommitment> {
        let ours = self.ours.iter().map(|promised| (Side::Ours, promised));
        let theirs = self.theirs.iter().map(|promised| (Side::Theirs, promised));
        ours.chain(theirs)
            .map(|(side, (text, state))| ClosedCommitment {
                commitment: Commitment { side, text: text.clone() },
                state: state.clone(),
            })
            .collect()
    }
}
