//! Counterparts and their direct lines.

use chancery_desk::act::Act;
use chancery_log::id::{CounterpartId, DirectLineId, Scope, Vault};
use chancery_participant::{
    deed::{Deed, Words},
    view::names::Names,
};
use chancery_seal::body::{Body, people::CounterpartProfile};

use super::Says;
use crate::story::{names::find, pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> adds the counterpart <name> of <land>", add),
    Says("<who> describes the counterpart <name>: \"<policy>\"", describe),
    Says("<who> retires the counterpart <name>", |telling, caught| {
        let counterpart = counterpart(telling, caught)?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::CounterpartRetired { counterpart }))
    }),
    Says("<who> issues a direct line to <name>", |telling, caught| {
        let who = caught.get("who");
        let (line, counterpart) = (DirectLineId(telling.draw(who)?), counterpart(telling, caught)?);
        telling.names.lines.insert(caught.get("name").to_owned(), line);
        telling.names.tell(line, &format!("the line of {}", caught.get("name")));
        telling.does(who, Deed::bare(Scope::Trust, Act::DirectLineIssued { line, counterpart }))
    }),
    Says("<who> revokes the direct line of <name>", |telling, caught| {
        let line = find("direct line", &telling.names.lines, &caught.get("name").to_owned())?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::DirectLineRevoked { line }))
    }),
    Says("<who> reads about <name>: \"<policy>\"", |telling, caught| {
        let counterpart = counterpart(telling, caught)?;
        let names = Names::of(telling.participant(caught.get("who"))?);
        let shown = names.counterpart_profile(counterpart);
        match shown.filter(|shown| shown.policy.iter().any(|line| line == caught.get("policy"))) {
            Some(_) => Ok(()),
            None => Err(format!("shown is: {shown:?}")),
        }
    }),
];

fn counterpart(telling: &Telling, caught: &Caught<'_>) -> Result<CounterpartId, String> {
    find("counterpart", &telling.names.counterparts, &caught.get("name").to_owned())
}

fn say(telling: &mut Telling, who: &str, act: Act, name: &str, of: &str, policy: &str) -> Result<(), String> {
    let vault = Vault::Office(telling.directory(who)?);
    let body = Body::Counterpart(CounterpartProfile {
        name: name.to_owned(),
        title: String::new(),
        of: of.to_owned(),
        pronounced: String::new(),
        time_zone: String::new(),
        languages: Vec::new(),
        call_back: Vec::new(),
        policy: vec![policy.to_owned()],
        avoid: Vec::new(),
    });
    telling.does(who, Deed::Say { scope: Scope::Trust, act, words: vec![Words { vault, body }] })
}

fn add(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, name) = (caught.get("who"), caught.get("name"));
    let counterpart = CounterpartId(telling.draw(who)?);
    telling.names.counterparts.insert(name.to_owned(), counterpart);
    telling.names.tell(counterpart, name);
    say(telling, who, Act::CounterpartAdded { counterpart }, name, caught.get("land"), "")
}

fn describe(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let counterpart = counterpart(telling, caught)?;
    let act = Act::CounterpartDescribed { counterpart };
    say(telling, caught.get("who"), act, caught.get("name"), "", caught.get("policy"))
}
