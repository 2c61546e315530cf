//! Commitments and due-outs.

use chancery_desk::{act::Act, due_outs::DueOutState};
use chancery_log::id::{CommitmentId, Digest, DueOutId};
use chancery_seal::body::{
    Body,
    call::Remark,
    record::{Commitment, DueOut},
};

use super::{
    Says,
    calls::{bare, each_holder, say},
    notes::find_note,
};
use crate::story::{
    names::find_in,
    pattern::Caught,
    telling::Telling,
    words::{side, time_ms},
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> makes the note \"<note>\" a commitment of <side>", |telling, caught| {
        let note = find_note(telling, caught.get("note"))?;
        make(telling, caught, caught.get("note"), Some(note))
    }),
    Says("<who> writes down the commitment of <side> \"<text>\"", |telling, caught| {
        make(telling, caught, caught.get("text"), None)
    }),
    Says("<who> settles the commitment \"<text>\" as kept: \"<remark>\"", |telling, caught| {
        settle(telling, caught, true)
    }),
    Says("<who> settles the commitment \"<text>\" as dropped: \"<remark>\"", |telling, caught| {
        settle(telling, caught, false)
    }),
    Says(
        "<who> tasks <name> for the commitment \"<commitment>\" with \"<text>\" within <time>",
        |telling, caught| {
            let topic = telling.topic()?;
            let of = find_in("commitment", &telling.names.commitments, topic, caught.get("commitment"))?;
            task(telling, caught, Some(of))
        },
    ),
    Says("<who> tasks <name> with \"<text>\" within <time>", |telling, caught| task(telling, caught, None)),
    Says("<who> moves the due-out \"<text>\" to <name> within <time>", |telling, caught| {
        let (due_out, owner) = (due_out(telling, caught)?, telling.person(caught.get("name"))?);
        let due_ms = telling.world()?.now_ms + time_ms(caught.get("time"))?;
        bare(telling, caught, Act::DueOutMoved { due_out, owner, due_ms })
    }),
    Says("<who> finishes the due-out \"<text>\": \"<remark>\"", |telling, caught| {
        let act = Act::DueOutDone { due_out: due_out(telling, caught)? };
        say(telling, caught, act, remark(caught))
    }),
    Says("<who> drops the due-out \"<text>\": \"<remark>\"", |telling, caught| {
        let act = Act::DueOutDropped { due_out: due_out(telling, caught)? };
        say(telling, caught, act, remark(caught))
    }),
    Says("The commitment \"<text>\" is <state>", commitment_is),
    Says("The due-out \"<text>\" is <state>", due_out_is),
];

fn remark(caught: &Caught<'_>) -> Body {
    Body::Remark(Remark { text: caught.get("remark").to_owned() })
}

fn due_out(telling: &Telling, caught: &Caught<'_>) -> Result<DueOutId, String> {
    find_in("due-out", &telling.names.due_outs, telling.topic()?, caught.get("text"))
}

fn make(telling: &mut Telling, caught: &Caught<'_>, text: &str, note: Option<Digest>) -> Result<(), String> {
    let topic = telling.topic()?;
    let commitment = CommitmentId(telling.draw(caught.get("who"))?);
    telling.names.tell(commitment, &format!("{text:?}"));
    telling.names.commitments.insert((topic, text.to_owned()), commitment);
    let body = Body::Commitment(Commitment { side: side(caught.get("side"))?, text: text.to_owned() });
    say(telling, caught, Act::CommitmentMade { commitment, note }, body)
}

fn settle(telling: &mut Telling, caught: &Caught<'_>, kept: bool) -> Result<(), String> {
    let topic = telling.topic()?;
    let commitment = find_in("commitment", &telling.names.commitments, topic, caught.get("text"))?;
    say(telling, caught, Act::CommitmentSettled { commitment, kept }, remark(caught))
}

fn task(telling: &mut Telling, caught: &Caught<'_>, commitment: Option<CommitmentId>) -> Result<(), String> {
    let (topic, text) = (telling.topic()?, caught.get("text").to_owned());
    let due_out = DueOutId(telling.draw(caught.get("who"))?);
    let owner = telling.person(caught.get("name"))?;
    let due_ms = telling.world()?.now_ms + time_ms(caught.get("time"))?;
    telling.names.tell(due_out, &format!("{text:?}"));
    telling.names.due_outs.insert((topic, text.clone()), due_out);
    let act = Act::DueOutTasked { due_out, commitment, owner, due_ms };
    say(telling, caught, act, Body::DueOut(DueOut { text }))
}

fn commitment_is(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let topic = telling.topic()?;
    let commitment = find_in("commitment", &telling.names.commitments, topic, caught.get("text"))?;
    let expected = match caught.get("state") {
        "open" => None,
        "kept" => Some(true),
        "dropped" => Some(false),
        other => return Err(format!("a commitment is open, kept or dropped, not {other:?}")),
    };
    each_holder(telling, |package, _| {
        let shown = package.commitments().get(&commitment).map(|known| known.settled.map(|(kept, _)| kept));
        if shown == Some(expected) { Ok(()) } else { Err(format!("{shown:?}")) }
    })
}

fn due_out_is(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (due_out, expected) = (due_out(telling, caught)?, caught.get("state"));
    each_holder(telling, |package, _| {
        let shown = match package.due_outs().get(&due_out).map(|known| known.state) {
            None => "unknown",
            Some(DueOutState::Open) => "open",
            Some(DueOutState::Late) => "late",
            Some(DueOutState::Done(_)) => "done",
            Some(DueOutState::Dropped(_)) => "dropped",
        };
        if shown == expected { Ok(()) } else { Err(shown.to_owned()) }
    })
}
