//! `chancery device`: a participant without a browser. It joins as any device does, and has no back door.

pub mod act;
mod deed;
mod enrol;
mod keys;
mod show;
mod watch;

use clap::{Args, Subcommand};

use super::{
    approval::{self, Approve},
    as_device::ByDevice,
};
use crate::{outcome::Outcome, output::Output};

const AFTER: &str = "\
A device lives in a folder: its keys, and what it holds of the desk, all of it sealed. One process runs it at a time. \
Name it with --device, or in the environment as CHANCERY_DEVICE.

Examples:
  chancery device enrol 'https://desk.example/#AQ…' --folder my-device
  chancery device show board --device my-device
  chancery device act note 3f2a91c0 \"They ask for the icebreaker tonight\" --mark ask --device my-device
  chancery device watch --device my-device

Exit code 5: the desk's rules say no. 6: the server could not be reached.";

/// A participant without a browser.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct DeviceCommand {
    #[command(flatten)]
    by: ByDevice,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a new device from a link: prints the words to compare, and waits for approval
    Enrol(enrol::Enrol),
    /// A link for a further device of this device's owner, printed once
    Invite,
    /// The owner's devices
    List,
    /// Devices that wait for this owner's approval, with the words to compare
    Waiting,
    /// Let a further device of this owner in
    Approve(Approve),
    /// Do something: one act, and what became of it
    #[command(subcommand, after_help = act::AFTER)]
    Act(act::Act),
    /// Print what happens, until it is told to stop
    Watch(watch::Watch),
    /// What the screens of this device show
    #[command(subcommand)]
    Show(show::Show),
    /// Whose device it is, its public keys, and which vaults it can open
    Keys,
}

/// Does it.
pub fn run(command: &DeviceCommand, output: Output) -> anyhow::Result<Outcome> {
    let by = &command.by;
    match &command.what {
        What::Enrol(enrol) => enrol::enrol(enrol, by, output),
        What::Invite => {
            let person = by.about()?.person;
            output.answer(&by.run(async |device| approval::invite(device, by, person).await)?)?;
            Ok(Outcome::Done)
        }
        What::List => keys::list(by, output),
        What::Waiting => {
            output.answer(&by.run(async |device| approval::waiting(device).await)?)?;
            Ok(Outcome::Done)
        }
        What::Approve(approve) => approval::approve(approve, by, output),
        What::Act(act) => act::act(act, by, output),
        What::Watch(watch) => watch::watch(watch, by, output),
        What::Show(show) => show::show(show, by, output),
        What::Keys => keys::keys(by, output),
    }
}
