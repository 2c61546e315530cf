//! What no security officer may do alone: what waits for a second one, and agreeing to it.

use std::fmt;

use chancery_desk::act::{Act, Guarded, OfficePurpose};
use chancery_log::id::{Digest, Scope};
use chancery_participant::{deed::Deed, participant::Participant, view::names::Names};
use clap::Args;
use serde::Serialize;

use crate::{
    columns::columns,
    command::as_device::{self, ByDevice},
    lookup,
    outcome::Outcome,
    output::Output,
    utc,
};

#[derive(Serialize)]
struct Pending {
    pending: Vec<AskLine>,
}

#[derive(Serialize, Clone)]
struct AskLine {
    asked: Digest,
    what: String,
    by: String,
    until_ms: u64,
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pending.is_empty() {
            return write!(f, "Nothing waits for a second security officer.");
        }
        let row = |line: &AskLine| {
            let asked = format!("asked by {}, until {} UTC", line.by, utc::minute(line.until_ms));
            vec![lookup::short(&line.asked), line.what.clone(), asked]
        };
        write!(f, "{}", columns(&self.pending.iter().map(row).collect::<Vec<_>>()))
    }
}

fn words(names: &Names, change: &Guarded) -> String {
    match change {
        Guarded::Custodians(custodians) => {
            let people: Vec<&str> = custodians.people.iter().map(|person| names.person(*person)).collect();
            format!("other custodians: {} of {}", custodians.needed, people.join(", "))
        }
        Guarded::SecurityOfficer(person) => format!("{} becomes a security officer", names.person(*person)),
        Guarded::LogKey(_) => "another key signs checkpoints".to_owned(),
        Guarded::ObserverKeys(_) => "other keys of the server's observer".to_owned(),
        Guarded::Recovery(cert) => format!("{} gets a device by recovery", names.person(cert.person)),
        Guarded::Restored { size, lost_size, .. } => {
            format!("the log was restored at {size} entries; {lost_size} had been published")
        }
    }
}

fn lines(participant: &Participant) -> Vec<AskLine> {
    let names = Names::of(participant);
    let Some(trust) = participant.ledger().trust() else { return Vec::new() };
    let line = |(asked, ask): (Digest, &chancery_desk::guarded::Ask)| AskLine {
        asked,
        what: words(&names, &ask.change),
        by: names.author(ask.by).to_owned(),
        until_ms: ask.until_ms(),
    };
    trust.guarded_pending(participant.desk_ms()).map(line).collect()
}

/// What waits.
pub(super) fn pending(by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let pending = by.look(|why| output.progress(&why), |participant| lines(participant))?;
    output.answer(&Pending { pending })?;
    Ok(Outcome::Done)
}

/// What to agree to.
#[derive(Debug, Args)]
pub(super) struct Agree {
    /// What was asked: the beginning of its id, or a word of it
    which: String,
}

#[derive(Serialize)]
struct Agreed {
    asked: Digest,
    what: String,
}

impl fmt::Display for Agreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Agreed: {}.", self.what)
    }
}

/// Agrees, and brings a new security officer into the security office.
pub(super) fn agree(command: &Agree, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let text = command.which.clone();
    let agreed = by.run(async |device| {
        let (line, office) = device
            .with(move |participant, _| {
                let known: Vec<_> = lines(participant)
                    .into_iter()
                    .map(|line| (line.clone(), line.what.clone(), line.asked.to_string()))
                    .collect();
                let line = lookup::pick("change that waits", &text, &known)?;
                let office = membership(participant, line.asked);
                Ok::<_, lookup::LookupError>((line, office))
            })
            .await??;
        let agree = Act::GuardedAgreed { asked: line.asked };
        as_device::act(device, Deed::bare(Scope::Trust, agree)).await?;
        if let Some(added) = office {
            as_device::act(device, Deed::bare(Scope::Trust, added)).await?;
        }
        Ok(Agreed { asked: line.asked, what: line.what })
    })?;
    output.answer(&agreed)?;
    Ok(Outcome::Done)
}

/// The security office's new member, when that is what was asked.
fn membership(participant: &Participant, asked: Digest) -> Option<Act> {
    let trust = participant.ledger().trust()?;
    let Guarded::SecurityOfficer(person) = trust.guarded().get(&asked)?.change else { return None };
    let office = trust.office_by_purpose(OfficePurpose::Security)?;
    let is_member = trust.members(office).contains(&person);
    (!is_member).then_some(Act::OfficeMemberAdded { office, person })
}
