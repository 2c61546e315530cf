//! Own deeds that are not in the log: waiting, sent, refused.

use chancery_desk::act::Act;
use serde::Serialize;

use crate::{
    deed::{Deed, Opens},
    outbox::Ticket,
    participant::Participant,
};

/// How far a deed is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum DeedState {
    /// Kept here; it is sent when it can be.
    Pending,
    /// Sent; no receipt yet.
    Sent,
    /// Refused, with the reason.
    Refused(String),
}

/// One deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingLine {
    /// Its ticket.
    pub ticket: Ticket,
    /// What it is.
    pub what: String,
    /// How far it is.
    pub state: DeedState,
}

/// The name of a deed's act.
pub fn deed_name(deed: &Deed) -> String {
    match deed {
        Deed::Say { act, .. } | Deed::SayTape { act, .. } => act_name(act),
        Deed::Open { opens: Opens::Call { .. }, .. } => "CallRequested".into(),
        Deed::Open { opens: Opens::Debrief { .. }, .. } => "DebriefGiven".into(),
        Deed::Open { opens: Opens::Import { .. }, .. } => "PackageImported".into(),
        Deed::MakeGeneration { .. } => "GenerationMade".into(),
        Deed::WrapReaders { .. } => "ReadersWrapped".into(),
        Deed::DealShares { .. } => "SharesDealt".into(),
        Deed::ReleaseShare { .. } => "ShareReleased".into(),
    }
}

/// The name of an act, as the log has it.
pub fn act_name(act: &Act) -> String {
    let text = format!("{act:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// Deeds that wait, then deeds that were refused.
pub fn pending(participant: &Participant) -> Vec<PendingLine> {
    let waiting = participant.outbox().items().map(|(ticket, item)| PendingLine {
        ticket,
        what: deed_name(&item.deed),
        state: if item.sent_ms.is_some() { DeedState::Sent } else { DeedState::Pending },
    });
    let refused = participant.outbox().refused().map(|refused| PendingLine {
        ticket: refused.ticket,
        what: deed_name(&refused.deed),
        state: DeedState::Refused(refused.refusal.to_string()),
    });
    waiting.chain(refused).collect()
}
