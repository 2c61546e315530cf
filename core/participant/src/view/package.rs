//! One call package, whole: brief, notes, cards, telcon, commitments, as far as this device can open it.

use chancery_desk::calls::Stage;
use chancery_log::id::{Digest, PackageId, Scope};
use chancery_seal::body::{
    Body,
    call::{Brief, Card, Note, Request, WrapUp},
    record::{ClosedPackage, Debrief, Readout, Telcon},
};
use serde::Serialize;

use crate::{
    participant::Participant,
    view::{
        names::Names,
        pending::act_name,
        promises::{CommitmentLine, DueOutLine, commitments, due_outs},
    },
};

/// One note with its writer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoteLine {
    /// Its act: to correct it.
    pub act: Digest,
    /// Who wrote it.
    pub by: String,
    /// The words.
    pub note: Note,
    /// A later note stands instead.
    pub replaced: bool,
}

/// One line of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Place in the log.
    pub index: u64,
    /// When it was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
    /// Who did it.
    pub by: String,
    /// The act's name.
    pub act: String,
}

/// Everything of one package that this device can open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PackageView {
    /// The id.
    pub id: PackageId,
    /// Lifecycle.
    pub stage: Stage,
    /// What it is about.
    pub request: Option<Request>,
    /// The newest brief.
    pub brief: Option<Brief>,
    /// Whether the principal has read the newest issued brief.
    pub brief_read: bool,
    /// Cards, oldest first.
    pub cards: Vec<Card>,
    /// Notes of all writers by the time they were taken.
    pub notes: Vec<NoteLine>,
    /// Wrap-ups.
    pub wrap_ups: Vec<WrapUp>,
    /// The newest telcon.
    pub telcon: Option<Telcon>,
    /// Commitments.
    pub commitments: Vec<CommitmentLine>,
    /// Due-outs.
    pub due_outs: Vec<DueOutLine>,
    /// Readouts.
    pub readouts: Vec<Readout>,
    /// The debrief, for an off-channel contact.
    pub debrief: Option<Debrief>,
    /// The closed package.
    pub closed: Option<ClosedPackage>,
    /// What happened, in order.
    pub history: Vec<HistoryLine>,
}

/// One package; none when this device does not hold it.
pub fn package(participant: &Participant, id: PackageId) -> Option<PackageView> {
    let state = participant.ledger().package(id)?;
    let names = Names::of(participant);
    let entries = participant.ledger().entries(Scope::Package(id));
    let opened = |act: Digest, body: u16| participant.bodies().get(act, body);
    let opening = opened(state.opening(), 1);
    let closed_act = state.closed().map(|closed| closed.act);
    let mut notes: Vec<NoteLine> = state
        .notes()
        .iter()
        .filter_map(|note| match opened(note.act, 0) {
            Some(Body::Note(words)) => Some(NoteLine {
                act: note.act,
                by: names.author(note.by).to_owned(),
                note: words.clone(),
                replaced: note.replaced,
            }),
            Some(_) | None => None,
        })
        .collect();
    notes.sort_by_key(|line| line.note.at_ms);
    Some(PackageView {
        id,
        stage: state.stage(),
        request: pick(opening, |body| if let Body::Request(words) = body { Some(words) } else { None }),
        debrief: pick(opening, |body| if let Body::Debrief(words) = body { Some(words) } else { None }),
        brief: state.briefs().last().and_then(|brief| {
            pick(opened(brief.act, 0), |body| if let Body::Brief(words) = body { Some(words) } else { None })
        }),
        brief_read: state.briefs().iter().rev().find(|brief| brief.issued).is_some_and(|brief| brief.read),
        cards: each(state.cards().iter().map(|card| opened(card.act, 0)), |body| {
            if let Body::Card(words) = body { Some(words) } else { None }
        }),
        notes,
        wrap_ups: each(state.wrap_ups().iter().map(|wrap_up| opened(wrap_up.act, 0)), |body| {
            if let Body::WrapUp(words) = body { Some(words) } else { None }
        }),
        telcon: state.telcons().last().and_then(|telcon| {
            pick(
                opened(telcon.act, 0),
                |body| if let Body::Telcon(words) = body { Some(words) } else { None },
            )
        }),
        commitments: commitments(participant, state),
        due_outs: due_outs(participant, &names, state),
        readouts: each(state.readouts().values().map(|readout| opened(readout.act, 0)), |body| {
            if let Body::Readout(words) = body { Some(words) } else { None }
        }),
        closed: closed_act.and_then(|act| opened(act, 0)).or(opening).and_then(|body| {
            if let Body::ClosedPackage(words) = body { Some((**words).clone()) } else { None }
        }),
        history: entries
            .iter()
            .map(|entry| HistoryLine {
                index: entry.place.index,
                logged_ms: entry.place.logged_ms,
                by: names.author(entry.said.author).to_owned(),
                act: act_name(&entry.said.act),
            })
            .collect(),
    })
}

fn pick<T: Clone>(body: Option<&Body>, which: impl Fn(&Body) -> Option<&T>) -> Option<T> {
    body.and_then(which).cloned()
}

fn each<'a, T: Clone + 'a>(
    bodies: impl Iterator<Item = Option<&'a Body>>,
    which: impl Fn(&'a Body) -> Option<&'a T>,
) -> Vec<T> {
    bodies.flatten().filter_map(which).cloned().collect()
}
