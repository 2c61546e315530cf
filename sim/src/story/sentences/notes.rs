//! Notes, corrections and the wrap-up.

use chancery_desk::act::Act;
use chancery_log::id::Digest;
use chancery_participant::view::package;
use chancery_seal::body::{
    Body,
    call::{Note, NoteMark, WrapUp},
};
use serde_bytes::ByteBuf;

use super::{Says, calls::say};
use crate::story::{pattern::Caught, telling::Telling, words::note_mark};

pub(super) const SAYS: &[Says] = &[
    Says("<who> notes <kind>: \"<text>\"", |telling, caught| {
        let mark = note_mark(caught.get("kind"))?;
        note(telling, caught, mark, None)
    }),
    Says("<who> corrects the note \"<old>\" to \"<text>\"", |telling, caught| {
        let instead_of = find_note(telling, caught.get("old"))?;
        note(telling, caught, NoteMark::Remark, Some(instead_of))
    }),
    Says("<who> wraps the call up: \"<text>\"", |telling, caught| {
        let text = caught.get("text").to_owned();
        say(telling, caught, Act::WrapUpGiven {}, Body::WrapUp(WrapUp { text, voice: ByteBuf::new() }))
    }),
];

fn note(
    telling: &mut Telling,
    caught: &Caught<'_>,
    mark: NoteMark,
    instead_of: Option<Digest>,
) -> Result<(), String> {
    let at_ms = telling.world()?.now_ms;
    let text = caught.get("text").to_owned();
    say(telling, caught, Act::NoteTaken { instead_of }, Body::Note(Note { at_ms, mark, text }))
}

/// The act of a note, from whichever device shows it.
pub(super) fn find_note(telling: &mut Telling, text: &str) -> Result<Digest, String> {
    let topic = telling.topic()?;
    for device in telling.devices()? {
        let Some(view) = package::package(telling.participant(&device)?, topic) else { continue };
        if let Some(line) = view.notes.iter().find(|line| line.note.text == text) {
            return Ok(line.act);
        }
    }
    Err(format!("no device shows a note {text:?}"))
}
