//! The brief: written, cleared, issued, read.

use chancery_desk::act::Act;
use chancery_log::id::ClearanceId;
use chancery_seal::body::{
    Body,
    call::{Brief, Remark},
};

use super::{
    Says,
    calls::{bare, mark_of, say},
};
use crate::story::{names::find_in, pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> writes version <version> of the brief: \"<purpose>\"", |telling, caught| {
        let version = number(caught)?;
        write(telling, caught, version)
    }),
    Says("<who> writes the brief: \"<purpose>\"", |telling, caught| {
        let version = newest(telling, caught)? + 1;
        write(telling, caught, version)
    }),
    Says("<who> asks the office \"<office>\" to clear: \"<question>\"", ask),
    Says("<who> clears \"<question>\": \"<answer>\"", |telling, caught| answer(telling, caught, true)),
    Says("<who> turns \"<question>\" down: \"<answer>\"", |telling, caught| answer(telling, caught, false)),
    Says("<who> issues version <version> of the brief", |telling, caught| {
        let version = number(caught)?;
        bare(telling, caught, Act::BriefIssued { version })
    }),
    Says("<who> issues the brief", |telling, caught| {
        let version = newest(telling, caught)?;
        bare(telling, caught, Act::BriefIssued { version })
    }),
    Says("<who> reads the brief", |telling, caught| {
        let version = newest(telling, caught)?;
        bare(telling, caught, Act::BriefRead { version })
    }),
];

fn number(caught: &Caught<'_>) -> Result<u32, String> {
    caught.get("version").parse().map_err(|_| "a version is a number".to_owned())
}

fn newest(telling: &mut Telling, caught: &Caught<'_>) -> Result<u32, String> {
    let topic = telling.topic()?;
    let package = telling.participant(caught.get("who"))?.ledger().package(topic);
    Ok(package.and_then(|package| package.briefs().last()).map_or(0, |brief| brief.version))
}

fn write(telling: &mut Telling, caught: &Caught<'_>, version: u32) -> Result<(), String> {
    let topic = telling.topic()?;
    let mark = mark_of(telling.participant(caught.get("who"))?, topic);
    let body = Body::Brief(Brief {
        purpose: caught.get("purpose").to_owned(),
        background: String::new(),
        talking_points: Vec::new(),
        if_asked: Vec::new(),
        can_promise: Vec::new(),
        red_lines: Vec::new(),
        last_time: String::new(),
        open_commitments: Vec::new(),
        mark,
    });
    say(telling, caught, Act::BriefWritten { version }, body)
}

fn ask(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let who = caught.get("who");
    let (topic, office) = (telling.topic()?, telling.office(caught.get("office"))?);
    let (clearance, version) = (ClearanceId(telling.draw(who)?), newest(telling, caught)?);
    let question = caught.get("question").to_owned();
    telling.names.tell(clearance, &format!("{question:?}"));
    telling.names.clearances.insert((topic, question.clone()), clearance);
    let act = Act::ClearanceAsked { clearance, office, version };
    say(telling, caught, act, Body::Remark(Remark { text: question }))
}

fn answer(telling: &mut Telling, caught: &Caught<'_>, granted: bool) -> Result<(), String> {
    let topic = telling.topic()?;
    let clearance = find_in("clearance", &telling.names.clearances, topic, caught.get("question"))?;
    let body = Body::Remark(Remark { text: caught.get("answer").to_owned() });
    say(telling, caught, Act::ClearanceGiven { clearance, granted }, body)
}
