//! Duty: posts taken, left and handed over.

use chancery_desk::act::{Act, OfficePurpose};
use chancery_log::id::{Scope, Vault};
use chancery_participant::deed::{Deed, Words};
use chancery_seal::body::{Body, people::HandOver};

use super::Says;
use crate::story::{
    pattern::Caught,
    telling::Telling,
    words::{list, post},
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> takes the post of <post>", |telling, caught| {
        let post = post(caught.get("post"))?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::DutyTaken { post }))
    }),
    Says("<who> leaves the post of <post>", |telling, caught| {
        let post = post(caught.get("post"))?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::DutyLeft { post }))
    }),
    Says("<who> hands the post of <post> over to <name>: \"<pending>\"", hand_over),
    Says("On duty as <post>: <names>", on_duty),
];

fn hand_over(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, post, to) = (caught.get("who"), post(caught.get("post"))?, telling.person(caught.get("name"))?);
    let trust = telling.participant(who)?.ledger().trust();
    let office = trust.and_then(|trust| trust.office_by_purpose(OfficePurpose::DutyDesk));
    let vault = Vault::Office(office.ok_or("there is no duty desk")?);
    let pending = vec![caught.get("pending").to_owned()];
    let words = vec![Words { vault, body: Body::HandOver(HandOver { pending, told: Vec::new() }) }];
    telling.does(who, Deed::Say { scope: Scope::Trust, act: Act::DutyHandedOver { post, to }, words })
}

/// As every device knows it that has a connection.
fn on_duty(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let post = post(caught.get("post"))?;
    let mut expected = match caught.get("names") {
        "nobody" => Vec::new(),
        names => list(names),
    };
    expected.sort();
    for device in telling.devices()? {
        let world = telling.world()?;
        if world.device(&device).connection.is_none() {
            continue;
        }
        let Some(trust) = world.device(&device).participant.ledger().trust() else { continue };
        let on: Vec<String> = trust.on_duty(post).map(|person| person.to_string()).collect();
        let mut on: Vec<String> = on.iter().map(|person| telling.names.plain(person)).collect();
        on.sort();
        if on != expected {
            return Err(format!("{device} shows on duty: {on:?}"));
        }
    }
    Ok(())
}
