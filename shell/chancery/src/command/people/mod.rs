//! `chancery people`: the staff, as a security officer's device keeps it.

mod change;
mod guarded;
mod list;
mod restored;

use clap::{Args, Subcommand};

use super::{
    approval::{self, Approve},
    as_device::ByDevice,
};
use crate::{lookup, outcome::Outcome, output::Output};

const AFTER: &str = "\
Runs as a security officer's device; most of it needs that role. People and devices are named by name, by a word of the \
name, or by the beginning of an id.

Examples:
  chancery people list --device desk-officers/asta-holm
  chancery people add \"Peder Lund, President\" --role principal --device desk-officers/asta-holm
  chancery people invite Peder --device desk-officers/asta-holm
  chancery people approve --wait 300 --device desk-officers/asta-holm
  chancery people revoke 3f2a91c0 --because lost --device desk-officers/asta-holm

A person needs a device: `invite` prints a link, `chancery device enrol LINK` knocks with it on the new machine, both \
show the same words, `approve` lets it in.
Exit code 5: the desk's rules say no. 6: the server could not be reached.";

/// The staff.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct People {
    #[command(flatten)]
    by: ByDevice,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everybody, with roles, devices and posts
    List,
    /// Who is on duty
    Duty,
    /// A person joins
    Add(change::Add),
    /// Other roles for a person
    Roles(change::Roles),
    /// A person leaves: no device, role, office or post remains
    Leave(change::Leave),
    /// A link for a new device of a person, printed once
    Invite {
        /// The person
        name: String,
    },
    /// Devices that wait for approval, with the words to compare
    Waiting,
    /// Let a device in that waits
    Approve(Approve),
    /// Put a device out, of everything, from here on
    Revoke(change::Revoke),
    /// What waits for a second security officer
    Pending,
    /// Agree, as the second security officer
    Agree(guarded::Agree),
    /// Say, as one of two security officers, that the log was restored from a backup
    Restored(restored::Restored),
}

/// Does it.
pub fn run(command: &People, output: Output) -> anyhow::Result<Outcome> {
    let by = &command.by;
    match &command.what {
        What::List => list::people(by, output),
        What::Duty => list::duty(by, output),
        What::Add(add) => change::add(add, by, output),
        What::Roles(roles) => change::roles(roles, by, output),
        What::Leave(leave) => change::leave(leave, by, output),
        What::Invite { name } => {
            let name = name.clone();
            let link = by.run(async |device| {
                let person = device.with(move |participant, _| lookup::person(participant, &name)).await??;
                approval::invite(device, by, person).await
            })?;
            output.answer(&link)?;
            Ok(Outcome::Done)
        }
        What::Waiting => {
            output.answer(&by.run(async |device| approval::waiting(device).await)?)?;
            Ok(Outcome::Done)
        }
        What::Approve(approve) => approval::approve(approve, by, output),
        What::Revoke(revoke) => change::revoke(revoke, by, output),
        What::Pending => guarded::pending(by, output),
        What::Agree(agree) => guarded::agree(agree, by, output),
        What::Restored(restored) => restored::restored(restored, by, output),
    }
}
