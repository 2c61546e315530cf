//! What a device shows: the texts on its screens by kind, everything it has opened, its alarms.

use std::fmt::Write as _;

use chancery_log::id::{PackageId, Scope};
use chancery_participant::{
    participant::Participant,
    view::{board::board, package, package::PackageView, people::people},
};

use super::telling::Telling;

/// The texts of one kind that a device shows of a package.
pub(super) fn texts(participant: &Participant, topic: PackageId, kind: &str) -> Result<Vec<String>, String> {
    let Some(view) = package::package(participant, topic) else { return Ok(Vec::new()) };
    let texts = match kind {
        "request" => view.request.into_iter().map(|request| request.subject).collect(),
        "brief" => view.brief.into_iter().map(|brief| brief.purpose).collect(),
        "card" => view.cards.into_iter().map(|card| card.text).collect(),
        "note" => notes(&view, false),
        "crossed-out note" => notes(&view, true),
        "wrap-up" => view.wrap_ups.into_iter().map(|wrap_up| wrap_up.text).collect(),
        "telcon" => view.telcon.into_iter().flat_map(|telcon| telcon.statements).map(|s| s.text).collect(),
        "commitment" => view.commitments.into_iter().filter_map(|line| line.words).map(|w| w.text).collect(),
        "due-out" => view.due_outs.into_iter().filter_map(|line| line.words).map(|w| w.text).collect(),
        "readout" => view.readouts.into_iter().map(|readout| readout.text).collect(),
        "debrief" => view
            .debrief
            .into_iter()
            .flat_map(|debrief| debrief.telcon.statements)
            .map(|statement| statement.text)
            .collect(),
        "closed note" => view
            .closed
            .into_iter()
            .flat_map(|closed| closed.notes)
            .map(|(by, note)| format!("{by}: {}", note.text))
            .collect(),
        "record" => {
            view.closed.into_iter().filter_map(|closed| closed.telcon).map(|telcon| telcon.subject).collect()
        }
        _ => return Err(format!("a device shows no {kind:?}; see sim/stories/README.md for what it shows")),
    };
    Ok(texts)
}

fn notes(view: &PackageView, replaced: bool) -> Vec<String> {
    let lines = view.notes.iter().filter(|line| line.replaced == replaced);
    lines.map(|line| line.note.text.clone()).collect()
}

/// Whether anything that the device has opened, in any scope, holds these words.
pub(super) fn can_read(participant: &Participant, words: &str) -> bool {
    let ledger = participant.ledger();
    let scopes = [Scope::Trust].into_iter().chain(ledger.packages.ids().map(Scope::Package));
    let mut bodies = scopes.flat_map(|scope| ledger.entries(scope)).flat_map(|entry| {
        let indexes = (0_u16..).take(entry.said.bodies.len());
        indexes.filter_map(|index| participant.bodies().get(entry.said.digest, index))
    });
    bodies.any(|body| format!("{body:?}").contains(words))
}

/// Everything that the device shows, as text, to be compared.
pub(super) fn everything(participant: &Participant) -> String {
    let mut shown = String::new();
    for line in people(participant) {
        writeln!(shown, "{line:?}").expect("a text takes more text");
    }
    for line in board(participant) {
        writeln!(shown, "{line:?}").expect("a text takes more text");
        let view = package::package(participant, line.id);
        writeln!(shown, "{view:#?}").expect("a text takes more text");
    }
    shown
}

/// No device has an alarm that the story has not spoken of.
pub(super) fn no_alarm(telling: &mut Telling) -> Result<(), String> {
    let alarmed = telling.alarmed.clone();
    for device in &telling.world()?.devices {
        let alarms: Vec<String> = device.participant.alarms().map(ToString::to_string).collect();
        if !alarms.is_empty() && !alarmed.contains(&device.name) {
            return Err(format!("{} has alarms: {}", device.name, alarms.join("; ")));
        }
    }
    Ok(())
}
