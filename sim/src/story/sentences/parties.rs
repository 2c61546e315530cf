//! Parties: rung, in the lobby, on the call, on hold; the floor, lines and cards.

use std::collections::BTreeMap;

use chancery_desk::act::{Act, LineKind, Who};
use chancery_log::id::PartyId;
use chancery_seal::body::{
    Body,
    call::{Card, LineReport},
};

use super::{
    Says,
    calls::{bare, each_holder, mark_of, say},
};
use crate::story::{
    names::find_in,
    pattern::Caught,
    telling::Telling,
    words::{level, level_name, line, party_role, party_state},
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> rings <name> as <role> on <line>", |telling, caught| {
        let line = line(caught.get("line"))?;
        ring(telling, caught, Some(line))
    }),
    Says("<who> rings <name> as <role>", |telling, caught| ring(telling, caught, None)),
    Says("<who> joins the lobby", |telling, caught| {
        let party = party(telling, caught.get("who"))?;
        bare(telling, caught, Act::PartyArrived { party })
    }),
    Says("<who> sees <name> into the lobby", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::PartyArrived { party })
    }),
    Says("<who> admits <name>", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::PartyAdmitted { party })
    }),
    Says("<who> puts <name> on hold", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::PartyHeld { party })
    }),
    Says("<who> brings <name> back", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::PartyResumed { party })
    }),
    Says("<who> drops <name>", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::PartyLeft { party })
    }),
    Says("<who> hangs up", |telling, caught| {
        let party = party(telling, caught.get("who"))?;
        bare(telling, caught, Act::PartyLeft { party })
    }),
    Says("<who> gives the floor to <name>", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::FloorGiven { party })
    }),
    Says("<who> takes the floor from <name>", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        bare(telling, caught, Act::FloorTaken { party })
    }),
    Says("<who> reports on the line of <name>: good for <level>", report),
    Says("<who> passes the card \"<text>\"", |telling, caught| {
        let topic = telling.topic()?;
        let mark = mark_of(telling.participant(caught.get("who"))?, topic);
        let text = caught.get("text").to_owned();
        say(telling, caught, Act::CardPassed {}, Body::Card(Card { text, mark }))
    }),
    Says("The ceiling is <level>", ceiling),
    Says("<name> is in the lobby", |telling, caught| is(telling, caught, "in the lobby")),
    Says("<name> is on the call", |telling, caught| is(telling, caught, "on the call")),
    Says("<name> is on hold", |telling, caught| is(telling, caught, "on hold")),
    Says("<name> is off the call", |telling, caught| is(telling, caught, "off the call")),
    Says("<name> has the floor", |telling, caught| floor(telling, caught, true)),
    Says("<name> does not have the floor", |telling, caught| floor(telling, caught, false)),
];

pub(super) fn party(telling: &Telling, name: &str) -> Result<PartyId, String> {
    find_in("party", &telling.names.parties, telling.topic()?, name)
}

fn ring(telling: &mut Telling, caught: &Caught<'_>, line: Option<LineKind>) -> Result<(), String> {
    let (who, name, role) = (caught.get("who"), caught.get("name"), party_role(caught.get("role"))?);
    let topic = telling.topic()?;
    let rung = match telling.names.counterparts.get(name) {
        Some(counterpart) => Who::Counterpart(*counterpart),
        None => Who::Person(telling.person(name)?),
    };
    let line = line.unwrap_or(match rung {
        Who::Person(_) => LineKind::Secure,
        Who::Counterpart(_) => LineKind::Guest,
    });
    let party = PartyId(telling.draw(who)?);
    telling.names.tell(party, name);
    bare(telling, caught, Act::PartyInvited { party, who: rung, role, line })?;
    let world = telling.world()?;
    world.run();
    // A ring that is refused must not take the name of a party that is there.
    let known = world.devices.iter().any(|device| {
        let package = device.participant.ledger().package(topic);
        package.is_some_and(|package| package.parties().contains_key(&party))
    });
    if known {
        telling.names.parties.insert((topic, name.to_owned()), party);
    }
    Ok(())
}

fn report(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (party, ceiling) = (party(telling, caught.get("name"))?, level(caught.get("level"))?);
    let facts = BTreeMap::from([("path".to_owned(), "direct".to_owned())]);
    let body = Body::LineReport(LineReport { facts, verdict: "tested".to_owned() });
    say(telling, caught, Act::LineReported { party, ceiling }, body)
}

fn ceiling(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let expected = level(caught.get("level"))?;
    each_holder(telling, |package, _| match package.ceiling() {
        Some(shown) if shown == expected => Ok(()),
        Some(shown) => Err(level_name(shown)),
        None => Err("nobody is on the call".into()),
    })
}

fn is(telling: &mut Telling, caught: &Caught<'_>, state: &str) -> Result<(), String> {
    let party = party(telling, caught.get("name"))?;
    let expected = party_state(state);
    each_holder(telling, |package, _| {
        let shown = package.parties().get(&party).map(|party| party.state);
        if shown == expected { Ok(()) } else { Err(format!("{shown:?}")) }
    })
}

fn floor(telling: &mut Telling, caught: &Caught<'_>, expected: bool) -> Result<(), String> {
    let party = party(telling, caught.get("name"))?;
    each_holder(telling, |package, _| {
        let shown = package.parties().get(&party).map(|party| party.floor);
        if shown == Some(expected) { Ok(()) } else { Err(format!("{shown:?}")) }
    })
}
