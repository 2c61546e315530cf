//! Calls, debriefs and imported records: how they begin, move and end.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, CallEnd, CallKind},
    duty,
    openings::standing_readers,
};
use chancery_log::id::{Digest, PackageId, PersonId, Scope};
use chancery_participant::{
    deed::{Deed, Opens},
    participant::Participant,
};
use chancery_seal::{
    body::{
        Body,
        call::{Remark, Request},
        mark::{Mark, Rank},
        record::{ClosedPackage, Debrief, Origin, Statement, Telcon, When},
    },
    vault::Reader,
};

use super::Says;
use crate::story::{
    names::find,
    pattern::Caught,
    telling::Telling,
    words::{call_end, list, stage, time_ms},
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> asks for <name> on behalf of <principal> now: \"<subject>\"", |telling, caught| {
        let principal = telling.person(caught.get("principal"))?;
        ask(telling, caught, principal, CallKind::Unannounced)
    }),
    Says("<who> asks for <name> now: \"<subject>\"", |telling, caught| {
        let principal = telling.person(caught.get("who"))?;
        ask(telling, caught, principal, CallKind::Unannounced)
    }),
    Says("<who> plans a call of <principal> with <name> in <time>: \"<subject>\"", |telling, caught| {
        let principal = telling.person(caught.get("principal"))?;
        let at_ms = telling.world()?.now_ms + time_ms(caught.get("time"))?;
        ask(telling, caught, principal, CallKind::Planned { at_ms })
    }),
    Says("<who> moves the call to <time> from now", |telling, caught| {
        let at_ms = telling.world()?.now_ms + time_ms(caught.get("time"))?;
        bare(telling, caught, Act::CallMoved { at_ms })
    }),
    Says("<who> says that they talk", |telling, caught| bare(telling, caught, Act::CallAnswered {})),
    Says("<who> ends the call", |telling, caught| end(telling, caught, CallEnd::Ended)),
    Says("<who> cancels the call", |telling, caught| end(telling, caught, CallEnd::Cancelled)),
    Says("<who> declines the call", |telling, caught| end(telling, caught, CallEnd::Declined)),
    Says("<who> declines the call: \"<reason>\"", decline),
    Says("<who> says that the call failed", |telling, caught| end(telling, caught, CallEnd::Failed)),
    Says("<who> says that nobody answered", |telling, caught| end(telling, caught, CallEnd::Missed)),
    Says("<who> clears the call away", |telling, caught| bare(telling, caught, Act::CallCleared {})),
    Says("<who> debriefs a contact of <principal> with <with>: \"<text>\"", debrief),
    Says("<who> imports the record \"<subject>\" of \"<date>\"", import),
    Says("The story turns to \"<subject>\"", |telling, caught| {
        let subject = caught.get("subject").to_owned();
        telling.topic = Some(find("call", &telling.names.packages, &subject)?);
        Ok(())
    }),
    Says("The call was <end>", ended),
    Says("The rules ring <names>", rung),
    Says("The call is <stage>", is_in_stage),
    Says("The package is <stage>", is_in_stage),
];

/// An act of the package that the story is about, without words.
pub(super) fn bare(telling: &mut Telling, caught: &Caught<'_>, act: Act) -> Result<(), String> {
    let package = telling.topic()?;
    telling.does(caught.get("who"), Deed::bare_in_package(package, act))
}

/// The same with words.
pub(super) fn say(telling: &mut Telling, caught: &Caught<'_>, act: Act, body: Body) -> Result<(), String> {
    let package = telling.topic()?;
    telling.does(caught.get("who"), Deed::in_package(package, act, body))
}

/// The mark that words of a package carry here: its level, nothing more.
pub(super) fn mark_of(participant: &Participant, package: PackageId) -> Mark {
    let level = participant.ledger().package(package).map_or(Rank(0), |package| package.level());
    Mark { level, ..Mark::default() }
}

fn open(
    telling: &mut Telling,
    who: &str,
    opens: Opens,
    principal: Option<PersonId>,
    subject: &str,
    words: Body,
) -> Result<(), String> {
    let participant = telling.participant(who)?;
    let me = participant.person();
    let trust = participant.ledger().trust().ok_or("this device holds no trust scope")?;
    let mut readers: BTreeSet<Reader> = standing_readers(trust, principal);
    let is_among = readers.iter().any(|reader| match reader {
        Reader::Person(person) => *person == me,
        Reader::Office(office) => trust.members(*office).contains(&me),
        Reader::Device(_) => false,
    });
    if !is_among {
        readers.insert(Reader::Person(me));
    }
    let package = match opens {
        Opens::Import { record } => chancery_desk::act::imported_package(&record),
        Opens::Call { .. } | Opens::Debrief { .. } => PackageId(telling.draw(who)?),
    };
    telling.names.packages.insert(subject.to_owned(), package);
    telling.names.tell(package, &format!("{subject:?}"));
    telling.topic = Some(package);
    telling.does(who, Deed::Open { package, opens, class: 1, level: Rank(1), readers, words })
}

fn ask(
    telling: &mut Telling,
    caught: &Caught<'_>,
    principal: PersonId,
    kind: CallKind,
) -> Result<(), String> {
    let counterpart = find("counterpart", &telling.names.counterparts, &caught.get("name").to_owned())?;
    let subject = caught.get("subject");
    let words = Body::Request(Request {
        subject: subject.to_owned(),
        purpose: String::new(),
        language: "en".to_owned(),
        mark: Mark { level: Rank(1), ..Mark::default() },
    });
    let opens = Opens::Call { principal, counterpart, kind };
    open(telling, caught.get("who"), opens, Some(principal), subject, words)
}

fn end(telling: &mut Telling, caught: &Caught<'_>, end: CallEnd) -> Result<(), String> {
    bare(telling, caught, Act::CallEnded { end })
}

fn decline(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let body = Body::Remark(Remark { text: caught.get("reason").to_owned() });
    say(telling, caught, Act::CallEnded { end: CallEnd::Declined }, body)
}

/// A telcon of one statement.
pub(super) fn telcon(subject: &str, by: &str, text: &str, when: When) -> Telcon {
    Telcon {
        subject: subject.to_owned(),
        participants: Vec::new(),
        when,
        place: String::new(),
        mark: Mark { level: Rank(1), ..Mark::default() },
        statements: vec![Statement { at: When::Unknown, by: by.to_owned(), text: text.to_owned() }],
    }
}

fn debrief(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, text) = (caught.get("who"), caught.get("text"));
    let principal = telling.person(caught.get("principal"))?;
    let with = caught.get("with");
    let words = Body::Debrief(Debrief {
        with: with.to_owned(),
        when: When::Words("today".to_owned()),
        means: "a mobile phone".to_owned(),
        telcon: telcon(with, caught.get("principal"), text, When::Unknown),
    });
    open(telling, who, Opens::Debrief { principal }, Some(principal), with, words)
}

fn import(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (subject, date) = (caught.get("subject"), caught.get("date"));
    let record = Digest::of(format!("archive\0{subject}").as_bytes());
    let words = Body::ClosedPackage(Box::new(ClosedPackage {
        with: "somebody of the past".to_owned(),
        when: When::Date(date.to_owned()),
        request: None,
        brief: None,
        notes: Vec::new(),
        telcon: Some(telcon(subject, "the principal", "As recorded", When::Date(date.to_owned()))),
        commitments: Vec::new(),
        readouts: Vec::new(),
        roster: Vec::new(),
        line_reports: Vec::new(),
        mark: Mark::default(),
        origin: Some(Origin {
            source: "archive".to_owned(),
            id: subject.to_owned(),
            marking: String::new(),
            remarks: Vec::new(),
        }),
    }));
    open(telling, caught.get("who"), Opens::Import { record }, None, subject, words)
}

/// As every device shows it that has a connection and holds the package.
fn is_in_stage(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let word = caught.get("stage");
    let expected = stage(word).ok_or_else(|| format!("{word:?} is no stage of a call"))?;
    each_holder(telling, |package, _| {
        let shown = package.stage();
        if shown == expected { Ok(()) } else { Err(format!("{shown}")) }
    })
}

fn ended(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let expected = call_end(caught.get("end"))?;
    each_holder(telling, |package, _| match package.end() {
        Some((end, _)) if end == expected => Ok(()),
        other => Err(format!("{other:?}")),
    })
}

fn rung(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let mut expected = Vec::new();
    if caught.get("names") != "nobody" {
        for name in list(caught.get("names")) {
            expected.push(telling.person(&name)?);
        }
    }
    expected.sort();
    each_holder(telling, |package, participant| {
        let trust = participant.ledger().trust().ok_or("no trust")?;
        let mut people: Vec<PersonId> = duty::invited(trust, package).into_iter().map(|(id, _)| id).collect();
        people.sort();
        if people == expected { Ok(()) } else { Err(format!("{people:?}")) }
    })
}

/// Asks every connected device that holds the package; the error says which one shows something else.
pub(super) fn each_holder(
    telling: &mut Telling,
    ask: impl Fn(&chancery_desk::package::Package, &Participant) -> Result<(), String>,
) -> Result<(), String> {
    let topic = telling.topic()?;
    let mut holders = 0;
    for name in telling.devices()? {
        let device = telling.world()?.device(&name);
        let Some(package) = device.participant.ledger().package(topic) else { continue };
        if device.connection.is_none() {
            continue;
        }
        holders += 1;
        if let Err(shown) = ask(package, &device.participant) {
            return Err(format!("{name} shows: {}", telling.names.plain(&shown)));
        }
    }
    if holders > 0 { Ok(()) } else { Err("no device with a connection holds this package".into()) }
}

/// The scope of the package that the story is about.
pub(super) fn scope(telling: &Telling) -> Result<Scope, String> {
    Ok(Scope::Package(telling.topic()?))
}
