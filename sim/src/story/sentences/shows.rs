//! What devices show, and what they do not.

use chancery_participant::view::{board::board, package};

use super::{Says, notes::find_note};
use crate::story::{outcome, pattern::Caught, seen, telling::Telling, words::list};

pub(super) const SAYS: &[Says] = &[
    Says("<who> sees the note \"<first>\" before the note \"<second>\"", |telling, caught| {
        let (first, second) =
            (find_note(telling, caught.get("first"))?, find_note(telling, caught.get("second"))?);
        let topic = telling.topic()?;
        let package = telling.participant(caught.get("who"))?.ledger().package(topic);
        let notes = package.map_or(&[][..], |package| package.notes());
        let place = |act| notes.iter().position(|note| note.act == act);
        match (place(first), place(second)) {
            (Some(first), Some(second)) if first < second => Ok(()),
            (first, second) => Err(format!("they stand at {first:?} and {second:?}")),
        }
    }),
    Says("<who> sees the <kind> \"<text>\"", |telling, caught| {
        let texts = texts(telling, caught)?;
        if texts.iter().any(|text| text == caught.get("text")) {
            Ok(())
        } else {
            Err(format!("seen instead: {texts:?}"))
        }
    }),
    Says("<who> does not see the <kind> \"<text>\"", |telling, caught| {
        let texts = texts(telling, caught)?;
        if texts.iter().any(|text| text == caught.get("text")) {
            Err(format!("seen: {texts:?}"))
        } else {
            Ok(())
        }
    }),
    Says("<who> can read \"<text>\"", |telling, caught| {
        let can = seen::can_read(telling.participant(caught.get("who"))?, caught.get("text"));
        if can { Ok(()) } else { Err("this device has opened nothing with these words".into()) }
    }),
    Says("<who> can not read \"<text>\"", |telling, caught| {
        let can = seen::can_read(telling.participant(caught.get("who"))?, caught.get("text"));
        if can { Err("this device has opened it".into()) } else { Ok(()) }
    }),
    Says("<who> knows nothing of the package", |telling, caught| {
        let topic = telling.topic()?;
        match package::package(telling.participant(caught.get("who"))?, topic) {
            None => Ok(()),
            Some(view) => Err(format!("shown is: {:?}", view.history)),
        }
    }),
    Says("<who>'s board: <lines>", shows_board),
    Says("<device> is told that it was refused: \"<words>\"", refused),
    Says("Everybody's alarms: none", |telling, _| seen::no_alarm(telling)),
    Says("<device>'s alarms: <names>", alarms),
];

fn texts(telling: &mut Telling, caught: &Caught<'_>) -> Result<Vec<String>, String> {
    let topic = telling.topic()?;
    seen::texts(telling.participant(caught.get("who"))?, topic, caught.get("kind"))
}

/// "Fish quotas with President Ilmari (closed); …", newest first; "nothing" for an empty one.
fn shows_board(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let lines = board(telling.participant(caught.get("who"))?);
    let line = |line: &chancery_participant::view::board::BoardLine| {
        format!("{} with {} ({})", line.subject, line.with, line.stage)
    };
    let shown = match lines.as_slice() {
        [] => "nothing".to_owned(),
        lines => lines.iter().map(line).collect::<Vec<_>>().join("; "),
    };
    if shown == caught.get("lines") { Ok(()) } else { Err(format!("the board is: {shown}")) }
}

fn alarms(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let device = telling.device(caught.get("device"))?;
    let expected = match caught.get("names") {
        "none" => Vec::new(),
        names => list(names),
    };
    let names = telling.world()?.device(&device).alarm_names();
    telling.alarmed.insert(device);
    if names == expected { Ok(()) } else { Err(format!("the alarms are: {names:?}")) }
}

/// The newest refusal that the device shows.
fn refused(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let participant = telling.participant(caught.get("device"))?;
    let newest = participant.outbox().refused().last().map(|refused| refused.refusal.clone());
    let newest = newest.ok_or("nothing was refused on this device")?;
    let text = telling.names.plain(&newest.to_string());
    if text.contains(caught.get("words")) {
        telling.told.refusals.insert(outcome::name_of(&newest));
        Ok(())
    } else {
        Err(format!("it was refused with other words: {text}"))
    }
}
