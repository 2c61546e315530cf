//! The desk itself: founding, cast, standing rules.

use chancery_desk::{
    act::{Act, Rules},
    lines::rules::LineRules,
};
use chancery_log::id::{Scope, Vault};
use chancery_participant::deed::{Deed, Words};
use chancery_seal::{
    body::{Body, people::DeskProfile},
    vault::Reader,
};

use super::Says;
use crate::{
    story::{
        cast,
        pattern::Caught,
        telling::Telling,
        words::{list, time_ms},
    },
    world::World,
};

pub(super) const SAYS: &[Says] = &[
    Says("Custodians: <names>; <count> are needed", custodians),
    Says("At the desk: <cast>", found),
    Says("<who> describes the desk as \"<name>\"", describe),
    Says("<who> sets the rule that an invitation lives <time>", |telling, caught| {
        let invitation_ms = time_ms(caught.get("time"))?;
        set_rules(telling, caught, |rules| Rules { invitation_ms, ..rules })
    }),
    Says("<who> sets the rule that a call rings for <time>", |telling, caught| {
        let ring_ms = time_ms(caught.get("time"))?;
        set_rules(telling, caught, |rules| Rules { ring_ms, ..rules })
    }),
    Says("<who> sets the rule that the office \"<office>\" reads every package", |telling, caught| {
        let office = Reader::Office(telling.office(caught.get("office"))?);
        set_rules(telling, caught, |mut rules| {
            rules.standing_readers.insert(office);
            rules
        })
    }),
    Says("<who> sets the rule that calls are not taped", |telling, caught| {
        let lines = LineRules { taped: false, ..LineRules::default() };
        set_rules(telling, caught, |rules| Rules { lines, ..rules })
    }),
    Says("<who> sets the rule that <name> is rung on every call", |telling, caught| {
        let person = telling.person(caught.get("name"))?;
        set_rules(telling, caught, |mut rules| {
            rules.invited_people.insert(person);
            rules
        })
    }),
];

fn custodians(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let needed = caught.get("count").parse().map_err(|_| "expected for instance \"2 are needed\"")?;
    telling.custodians = Some((list(caught.get("names")), needed));
    Ok(())
}

fn found(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let cast = cast::read(caught.get("cast"))?;
    let is_officer =
        |member: &&cast::Member| member.roles.contains(&chancery_desk::act::Role::SecurityOfficer);
    let officers: Vec<&str> = cast.iter().filter(is_officer).map(|member| member.name.as_str()).collect();
    if officers.len() < 2 {
        return Err("a desk is founded by at least two security officers".into());
    }
    let (custodians, needed) = match &telling.custodians {
        Some((names, needed)) => (names.clone(), *needed),
        None => (officers.iter().take(2).map(|name| (*name).to_owned()).collect(), 2),
    };
    let named: Vec<&str> = custodians.iter().map(String::as_str).collect();
    let mut world = World::found_with(telling.seed(), &officers, &named, needed);
    for (name, person) in custodians.iter().zip(world.custodians.clone()) {
        telling.names.people.insert(name.clone(), person);
    }
    for officer in &officers {
        let person = world.person(officer);
        telling.names.people.insert((*officer).to_owned(), person);
    }
    for member in cast.iter().filter(|member| !is_officer(member)) {
        let person = match telling.names.people.get(&member.name) {
            Some(custodian) => {
                world.join_as(officers[0], *custodian, &member.name, &member.roles);
                *custodian
            }
            None => world.join(officers[0], &member.name, &member.roles),
        };
        telling.names.people.insert(member.name.clone(), person);
    }
    for (name, person) in &telling.names.people.clone() {
        telling.names.tell(person, name);
    }
    for name in ["Directory", "Security", "Duty desk", "Records"] {
        let names = chancery_participant::view::names::Names::of(&world.device(officers[0]).participant);
        let trust = world.device(officers[0]).participant.ledger().trust();
        let office = trust.and_then(|trust| trust.offices().keys().find(|id| names.office(**id) == name));
        let office = *office.ok_or_else(|| format!("the new desk has no office {name}"))?;
        telling.names.offices.insert(name.to_owned(), office);
        telling.names.tell(office, name);
    }
    for device in &world.devices {
        telling.names.tell(device.participant.device(), &format!("{}'s phone", device.name));
    }
    telling.desk = Some(world);
    Ok(())
}

fn describe(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let who = caught.get("who");
    let vault = Vault::Office(telling.directory(who)?);
    let scheme = chancery_desk::levels::shipped::Shipped::Neutral.json().to_owned();
    let body = Body::DeskProfile(DeskProfile { name: caught.get("name").to_owned(), scheme });
    let words = vec![Words { vault, body }];
    telling.does(who, Deed::Say { scope: Scope::Trust, act: Act::ProfileSet { ranks: 4 }, words })
}

fn set_rules(
    telling: &mut Telling,
    caught: &Caught<'_>,
    change: impl FnOnce(Rules) -> Rules,
) -> Result<(), String> {
    let who = caught.get("who");
    let trust = telling.participant(who)?.ledger().trust();
    let rules = trust.map(|trust| trust.rules().clone()).ok_or("this device holds no trust scope")?;
    telling.does(who, Deed::bare(Scope::Trust, Act::RulesSet(change(rules))))
}
