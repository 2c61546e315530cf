//! What became of the deeds of one sentence, and what the log holds when the story is over.

use std::collections::BTreeSet;

use chancery_desk::{
    act::Act,
    desk::Desk,
    refusal::Refusal,
    said::{Place, Said},
};
use chancery_log::{
    act::ReceivedAct,
    audit::Audit,
    checkpoint,
    leaf::{EntryBytes, LeafBytes},
};
use chancery_participant::{
    io::Event,
    outbox::Ticket,
    view::pending::{DeedState, act_name, pending},
};

use super::telling::Telling;
use crate::world::World;

/// What a sentence says about its deeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// They are in the log; or, on a device without a connection, they wait.
    Done,
    /// At least one was refused, for a reason that has these words.
    Refused(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Became {
    Logged,
    /// With the refusal's name and its sentence.
    Refused(String, String),
    Waits,
}

pub(super) fn judge(telling: &mut Telling, expected: &Expected) -> Result<(), String> {
    let mut became: Vec<Became> = Vec::new();
    for (device, ticket) in std::mem::take(&mut telling.done) {
        let world = telling.world()?;
        let of_device = world.device(&device);
        let outcome = of(&of_device.events, ticket);
        if outcome == Became::Waits && *expected == Expected::Done && of_device.connection.is_some() {
            let list: Vec<_> = pending(&of_device.participant).iter().map(line).collect();
            return Err(format!("it still waits; on {device} wait: {}", list.join(", ")));
        }
        became.push(outcome);
    }
    if let Some(early) = telling.refused.take() {
        became.push(Became::Refused("BeforeTheDeed".into(), early));
    }
    let refused = became.iter().find_map(|outcome| match outcome {
        Became::Refused(name, text) => Some((name.clone(), telling.names.plain(text))),
        Became::Logged | Became::Waits => None,
    });
    match (expected, refused) {
        (Expected::Done, None) => Ok(()),
        (Expected::Done, Some((_, text))) => Err(format!("it was refused: {text}")),
        (Expected::Refused(reason), Some((name, text))) if text.contains(reason.as_str()) => {
            telling.told.refusals.insert(name);
            Ok(())
        }
        (Expected::Refused(_), Some((_, text))) => Err(format!("it was refused with other words: {text}")),
        (Expected::Refused(_), None) if became.is_empty() => {
            Err("nothing was done that could be refused".into())
        }
        (Expected::Refused(_), None) => Err(format!("it was not refused, but: {became:?}")),
    }
}

fn line(line: &chancery_participant::view::pending::PendingLine) -> String {
    match &line.state {
        DeedState::Pending => line.what.clone(),
        DeedState::Sent => format!("{} (sent)", line.what),
        DeedState::Refused(because) => format!("{} (refused: {because})", line.what),
    }
}

fn of(events: &[Event], ticket: Ticket) -> Became {
    let answer = events.iter().find_map(|event| match event {
        Event::Logged { ticket: of, .. } if *of == ticket => Some(Became::Logged),
        Event::Refused { ticket: of, refusal } if *of == ticket => {
            Some(Became::Refused(name_of(refusal), refusal.to_string()))
        }
        Event::Logged { .. }
        | Event::Refused { .. }
        | Event::Welcome
        | Event::CaughtUp
        | Event::Changed(_)
        | Event::Waits { .. }
        | Event::Knocks
        | Event::Call(_)
        | Event::Rewound { .. }
        | Event::Closing(_)
        | Event::Alarm(_) => None,
    });
    answer.unwrap_or(Became::Waits)
}

/// The refusal's name, without what it is about.
pub(super) fn name_of(refusal: &Refusal) -> String {
    let name = format!("{refusal:?}");
    name.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// Reads the server's whole log as an outsider would: tree, chains, signatures, rules. Gives the names of its acts.
pub(super) fn audit(world: &mut World) -> Result<BTreeSet<String>, String> {
    let switchboard = world.switchboard.as_ref().ok_or("the server is down at the end of the story")?;
    let store = switchboard.store();
    let mut audit = Audit::new();
    let mut desk: Option<Desk> = None;
    let mut acts = BTreeSet::new();
    for index in 0..store.size() {
        let entry = store.entry(index).map_err(|e| e.to_string())?;
        let bytes = EntryBytes { leaf: &entry.leaf, act: &entry.act };
        let leaf = audit.feed(bytes).map_err(|e| e.to_string())?;
        acts.insert(fold(&mut desk, &leaf, &entry.act).map_err(|e| format!("entry {index}: {e}"))?);
    }
    let trust = &store.desk().trust;
    let newest = checkpoint::verify(store.checkpoint(), trust.origin(), trust.log_key());
    audit.compare(&newest.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    if desk.as_ref() == Some(store.desk()) {
        Ok(acts)
    } else {
        Err("the server's desk is not what its log adds up to".into())
    }
}

fn fold(desk: &mut Option<Desk>, leaf: &LeafBytes, act: &[u8]) -> Result<String, String> {
    let received = ReceivedAct::read(act.to_vec()).map_err(|e| e.to_string())?;
    let author = received.claimed_author();
    let Some(folded) = desk.as_mut() else {
        let content: Act = chancery_log::cbor::decode("the founding act", received.claimed_content())
            .map_err(|e| e.to_string())?;
        let Act::DeskFounded(genesis) = &content else {
            return Err("the log does not begin with a founding".into());
        };
        let first = genesis.officers.first().ok_or("no officers")?;
        let key = first.keys.verifying_key().map_err(|e| e.to_string())?;
        let said =
            Said::read(&received.verify(&key).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        *desk = Some(Desk::found(&said).map_err(|e| e.to_string())?);
        return Ok(act_name(&content));
    };
    let key = folded.trust.verifying_key(author).ok_or("an act of an unknown device")?;
    let said = Said::read(&received.verify(&key).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let place = Place::of(leaf.leaf());
    folded.admit(&said, place.logged_ms).map_err(|e| e.to_string())?;
    folded.apply(&said, &place);
    Ok(act_name(&said.act))
}
