//! One package as a page of text.

use std::fmt;

use chancery_desk::due_outs::DueOutState;
use chancery_participant::view::{
    board::when_words,
    package::{NoteLine, PackageView},
};
use chancery_seal::body::{
    call::{Brief, NoteMark},
    record::{ClosedPackage, Side, Statement, Telcon, When},
};

use crate::{lookup, utc};

/// One package, to be printed.
pub struct Page<'a>(pub &'a PackageView);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.0;
        writeln!(f, "package {}, {}", view.id, view.stage)?;
        if let Some(request) = &view.request {
            writeln!(f, "{}", request.subject)?;
            text(f, "Purpose", &request.purpose)?;
        }
        if let Some(debrief) = &view.debrief {
            writeln!(f, "Off-channel contact with {}, by {}", debrief.with, debrief.means)?;
            telcon(f, &debrief.telcon)?;
        }
        if let Some(words) = &view.brief {
            brief(f, words, view.brief_read)?;
        }
        list(f, "Cards", view.cards.iter().map(|card| card.text.clone()))?;
        list(f, "Notes", view.notes.iter().map(note))?;
        list(f, "Wrap-up", view.wrap_ups.iter().map(|words| words.text.clone()))?;
        if let Some(words) = &view.telcon {
            telcon(f, words)?;
        }
        list(
            f,
            "Commitments",
            view.commitments.iter().map(|line| {
                let (side, words) =
                    line.words.as_ref().map_or(("", "(sealed)"), |words| (side(words.side), &words.text));
                let kept = match line.kept {
                    None => "open",
                    Some(true) => "kept",
                    Some(false) => "dropped",
                };
                format!("{} {side}: {words} [{kept}]", lookup::short(&line.id))
            }),
        )?;
        list(
            f,
            "Due-outs",
            view.due_outs.iter().map(|line| {
                let words = line.words.as_ref().map_or("(sealed)", |words| &words.text);
                format!(
                    "{} {}, by {} UTC: {words} [{}]",
                    lookup::short(&line.id),
                    line.owner,
                    utc::minute(line.due_ms),
                    due_out_state(line.state)
                )
            }),
        )?;
        list(f, "Readouts", view.readouts.iter().map(|readout| readout.text.clone()))?;
        if let Some(words) = &view.closed {
            closed(f, words)?;
        }
        writeln!(f, "\nWhat happened")?;
        for (place, line) in view.history.iter().enumerate() {
            let end = if place + 1 == view.history.len() { "" } else { "\n" };
            write!(
                f,
                "  {} UTC  {:>6}  {}: {}{end}",
                utc::minute(line.logged_ms),
                line.index,
                line.by,
                line.act
            )?;
        }
        Ok(())
    }
}

fn text(f: &mut fmt::Formatter<'_>, title: &str, words: &str) -> fmt::Result {
    if words.is_empty() { Ok(()) } else { writeln!(f, "{title}: {words}") }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    for (place, line) in lines.enumerate() {
        if place == 0 {
            writeln!(f, "\n{title}")?;
        }
        writeln!(f, "  {line}")?;
    }
    Ok(())
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Ours => "ours",
        Side::Theirs => "theirs",
    }
}

/// Where a due-out stands, in a word.
pub fn due_out_state(state: DueOutState) -> &'static str {
    match state {
        DueOutState::Open => "open",
        DueOutState::Late => "late",
        DueOutState::Done(_) => "done",
        DueOutState::Dropped(_) => "dropped",
    }
}

fn note(line: &NoteLine) -> String {
    let mark = match line.note.mark {
        NoteMark::Remark => "",
        NoteMark::Ask => "they ask: ",
        NoteMark::CommitmentOurs => "we promise: ",
        NoteMark::CommitmentTheirs => "they promise: ",
        NoteMark::Quote => "word for word: ",
        NoteMark::Decision => "decided: ",
    };
    let replaced = if line.replaced { " (corrected below)" } else { "" };
    let (act, at) = (lookup::short(&line.act), utc::clock(line.note.at_ms));
    format!("{act} {at} {}: {mark}{}{replaced}", line.by, line.note.text)
}

fn brief(f: &mut fmt::Formatter<'_>, words: &Brief, is_read: bool) -> fmt::Result {
    writeln!(f, "\nBrief{}", if is_read { ", read by the principal" } else { "" })?;
    text(f, "  Purpose", &words.purpose)?;
    text(f, "  Background", &words.background)?;
    let asked = words.if_asked.iter().map(|asked| format!("{} — {}", asked.question, asked.answer));
    for (title, lines) in [
        ("Talking points", words.talking_points.iter().map(|point| point.text.clone()).collect::<Vec<_>>()),
        ("If asked", asked.collect()),
        ("Can promise", words.can_promise.clone()),
        ("Red lines", words.red_lines.clone()),
        ("Open commitments", words.open_commitments.clone()),
    ] {
        for (place, line) in lines.iter().enumerate() {
            if place == 0 {
                writeln!(f, "  {title}:")?;
            }
            writeln!(f, "    - {line}")?;
        }
    }
    text(f, "  Last time", &words.last_time)
}

fn when(at: &When) -> String {
    match at {
        When::At(ms) => {
            u64::try_from(*ms).map_or_else(|_| when_words(at), |ms| format!("{} UTC", utc::minute(ms)))
        }
        When::Date(_) | When::Words(_) | When::Unknown => when_words(at),
    }
}

fn telcon(f: &mut fmt::Formatter<'_>, words: &Telcon) -> fmt::Result {
    writeln!(f, "\nMemorandum of telephone conversation")?;
    text(f, "  Subject", &words.subject)?;
    text(f, "  Participants", &words.participants.join("; "))?;
    writeln!(f, "  Date and time: {}", when(&words.when))?;
    text(f, "  Place", &words.place)?;
    for Statement { by, text, .. } in &words.statements {
        if by.is_empty() {
            writeln!(f, "  {text}")?;
        } else {
            writeln!(f, "  {by}: {text}")?;
        }
    }
    Ok(())
}

fn closed(f: &mut fmt::Formatter<'_>, words: &ClosedPackage) -> fmt::Result {
    writeln!(f, "\nClosed package: {}, {}", words.with, when(&words.when))?;
    list(f, "On it", words.roster.iter().cloned())?;
    if let Some(origin) = &words.origin {
        writeln!(f, "\nFrom elsewhere: {} {}", origin.source, origin.id)?;
        text(f, "  Marking as found", &origin.marking)?;
        if let Some(words) = &words.telcon {
            telcon(f, words)?;
        }
    }
    Ok(())
}
