//! Who is at the desk, and who is on duty.

use std::fmt;

use chancery_desk::act::Post;
use chancery_log::id::PersonId;
use chancery_participant::view::{
    names::Names,
    people::{self, PersonLine},
};
use serde::Serialize;

use crate::{columns::columns, command::as_device::ByDevice, lookup, outcome::Outcome, output::Output, utc};

#[derive(Serialize)]
struct Staff {
    people: Vec<PersonLine>,
}

impl fmt::Display for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for person in self.people.iter().filter(|person| !person.left) {
            rows.push(vec![
                lookup::short(&person.id),
                person.name.clone(),
                person.title.clone(),
                what(person),
            ]);
            for device in &person.devices {
                let state = if device.approved { "since" } else { "revoked; it came" };
                let device =
                    format!("device {} {state} {}", lookup::short(&device.id), utc::minute(device.since_ms));
                rows.push(vec![String::new(), String::new(), String::new(), device]);
            }
            if person.devices.is_empty() {
                rows.push(vec![String::new(), String::new(), String::new(), "no device yet".to_owned()]);
            }
        }
        write!(f, "{}", columns(&rows))
    }
}

/// Roles, custody and posts in words.
fn what(person: &PersonLine) -> String {
    let roles = person.roles.iter().map(ToString::to_string);
    let custodian = person.custodian.then(|| "custodian".to_owned());
    let posts = person.on_duty.iter().map(|post| format!("on duty as {post}"));
    let all: Vec<String> = roles.chain(custodian).chain(posts).collect();
    if all.is_empty() { "no role".to_owned() } else { all.join(", ") }
}

/// Everybody.
pub(super) fn people(by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let people = by.look(|why| output.progress(&why), |participant| people::people(participant))?;
    output.answer(&Staff { people })?;
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct OnDuty {
    on_duty: Vec<WatchLine>,
}

#[derive(Serialize)]
struct WatchLine {
    post: Post,
    person: PersonId,
    name: String,
    since_ms: u64,
}

impl fmt::Display for OnDuty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.on_duty.is_empty() {
            return write!(f, "Nobody is on duty.");
        }
        let row = |line: &WatchLine| {
            vec![
                line.post.to_string(),
                line.name.clone(),
                format!("since {} UTC", utc::minute(line.since_ms)),
            ]
        };
        write!(f, "{}", columns(&self.on_duty.iter().map(row).collect::<Vec<_>>()))
    }
}

/// Who is on duty.
pub(super) fn duty(by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let on_duty = by.look(
        |why| output.progress(&why),
        |participant| {
            let names = Names::of(participant);
            let watches =
                participant.ledger().trust().map(|trust| trust.watches().clone()).unwrap_or_default();
            watches
                .into_iter()
                .map(|((post, person), watch)| WatchLine {
                    post,
                    person,
                    name: names.person(person).to_owned(),
                    since_ms: watch.since_ms,
                })
                .collect()
        },
    )?;
    output.answer(&OnDuty { on_duty })?;
    Ok(Outcome::Done)
}
