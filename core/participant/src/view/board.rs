//! The board: every call and debrief that this device reads, newest first, one line each.

use chancery_desk::{
    act::CallEnd,
    calls::Stage,
    package::{Nature, Package},
};
use chancery_log::id::PackageId;
use chancery_seal::body::{Body, mark::Rank, record::When};
use serde::Serialize;

use crate::{ledger::Entry, participant::Participant, view::names::Names};

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardLine {
    /// Its id.
    pub id: PackageId,
    /// Lifecycle.
    pub stage: Stage,
    /// How the call ended, once it did.
    pub end: Option<CallEnd>,
    /// With whom.
    pub with: String,
    /// About what; what was not opened says so.
    pub subject: String,
    /// Level's rank.
    pub level: Rank,
    /// When it was opened in the log, milliseconds since 1970 UTC; an import's own date is in the package.
    pub opened_ms: u64,
    /// The date that an imported record gives, in words.
    pub dated: Option<String>,
}

/// All packages, newest first.
pub fn board(participant: &Participant) -> Vec<BoardLine> {
    let names = Names::of(participant);
    let mut lines: Vec<BoardLine> = participant
        .ledger()
        .packages
        .all()
        .map(|(_, package, entries)| line(participant, &names, package, entries))
        .collect();
    lines.sort_by(|a, b| b.opened_ms.cmp(&a.opened_ms).then(a.id.cmp(&b.id)));
    lines
}

fn line(participant: &Participant, names: &Names, package: &Package, entries: &[Entry]) -> BoardLine {
    let opening = entries.first().and_then(|entry| participant.bodies().get(entry.said.digest, 1));
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "a package opens with one of these three, or is not opened here"
    )]
    let (with, subject, dated) = match opening {
        Some(Body::Request(request)) => (None, request.subject.clone(), None),
        Some(Body::Debrief(debrief)) => (Some(debrief.with.clone()), debrief.telcon.subject.clone(), None),
        Some(Body::ClosedPackage(closed)) => {
            let subject = closed.telcon.as_ref().map(|telcon| telcon.subject.clone());
            let subject = subject.or_else(|| closed.request.as_ref().map(|request| request.subject.clone()));
            (Some(closed.with.clone()), subject.unwrap_or_default(), Some(when_words(&closed.when)))
        }
        _ => (None, super::names::SEALED.to_owned(), None),
    };
    let counterpart = match package.nature() {
        Nature::Call { counterpart, .. } => Some(counterpart),
        Nature::Debrief { .. } | Nature::Imported { .. } => None,
    };
    let with = with.or_else(|| counterpart.map(|id| names.counterpart(id).to_owned()));
    BoardLine {
        id: package.id(),
        stage: package.stage(),
        end: package.end().map(|(end, _)| end),
        with: with.unwrap_or_else(|| super::names::SEALED.to_owned()),
        subject,
        level: package.level(),
        opened_ms: package.opened().logged_ms,
        dated,
    }
}

/// A time as found, in words.
pub fn when_words(when: &When) -> String {
    match when {
        When::At(ms) => format!("{ms} ms"),
        When::Date(words) | When::Words(words) => words.clone(),
        When::Unknown => "not dated".into(),
    }
}
