//! People: who joins, in which roles, under which name, and who leaves.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, Role};
use chancery_log::id::{PersonId, Scope, Vault};
use chancery_participant::{
    deed::{Deed, Words},
    founding,
    view::people::{PersonLine, people},
};
use chancery_seal::body::{Body, people::PersonProfile};

use super::Says;
use crate::{
    story::{cast::read_roles, pattern::Caught, telling::Telling, words::list},
    world::profile,
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> adds <name> (<roles>)", add),
    Says("<who> gives <name> the roles of <roles>", |telling, caught| {
        roles(telling, caught, caught.get("roles"))
    }),
    Says("<who> gives <name> the role of <roles>", |telling, caught| {
        roles(telling, caught, caught.get("roles"))
    }),
    Says("<who> takes every role from <name>", |telling, caught| roles(telling, caught, "")),
    Says("<who> describes <name> as \"<title>\"", describe),
    Says("<who> lets <name> go", |telling, caught| {
        let person = telling.person(caught.get("name"))?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::PersonLeft { person }))
    }),
    Says("<who> knows <name> as \"<title>\"", |telling, caught| {
        let line = line(telling, caught)?;
        if line.title == caught.get("title") { Ok(()) } else { Err(format!("shown is: {line:?}")) }
    }),
    Says("<who> knows that <name> has left", |telling, caught| {
        let line = line(telling, caught)?;
        if line.left { Ok(()) } else { Err(format!("shown is: {line:?}")) }
    }),
    Says("<who> knows <names> by name", known),
];

fn add(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, name) = (caught.get("who"), caught.get("name"));
    let roles: BTreeSet<Role> = read_roles(caught.get("roles"))?.into_iter().collect();
    let person = PersonId(telling.draw(who)?);
    telling.names.people.insert(name.to_owned(), person);
    telling.names.tell(person, name);
    let trust = telling.participant(who)?.ledger().trust().cloned();
    let office = |purpose| trust.as_ref().and_then(|trust| trust.office_by_purpose(purpose));
    for deed in founding::join(person, roles, profile(name), office) {
        telling.does(who, deed)?;
    }
    Ok(())
}

fn roles(telling: &mut Telling, caught: &Caught<'_>, roles: &str) -> Result<(), String> {
    let person = telling.person(caught.get("name"))?;
    let roles = read_roles(roles)?.into_iter().collect();
    telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::RolesSet { person, roles }))
}

fn describe(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, name) = (caught.get("who"), caught.get("name"));
    let person = telling.person(name)?;
    let vault = Vault::Office(telling.directory(who)?);
    let title = caught.get("title").to_owned();
    let body = Body::Person(PersonProfile { name: name.to_owned(), title, notices_to: String::new() });
    let words = vec![Words { vault, body }];
    telling.does(who, Deed::Say { scope: Scope::Trust, act: Act::PersonDescribed { person }, words })
}

fn line(telling: &mut Telling, caught: &Caught<'_>) -> Result<PersonLine, String> {
    let person = telling.person(caught.get("name"))?;
    let lines = people(telling.participant(caught.get("who"))?);
    lines
        .into_iter()
        .find(|line| line.id == person)
        .ok_or_else(|| "this device does not know the person".into())
}

fn known(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let lines = people(telling.participant(caught.get("who"))?);
    let shown: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    match list(caught.get("names")).iter().find(|name| !shown.contains(&name.as_str())) {
        None => Ok(()),
        Some(missing) => Err(format!("{missing} is not shown, but: {}", shown.join(", "))),
    }
}
