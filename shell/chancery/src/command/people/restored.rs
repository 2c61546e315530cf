//! `chancery people restored`: what two security officers say after a backup took the place of a desk. The first asks, the
//! second agrees, each with the backup's checkpoint; the device of each goes back with the log.

use std::{fmt, fs, io::Read as _, path::PathBuf};

use anyhow::{Context as _, bail};
use chancery_desk::act::{Act, Guarded};
use chancery_device::running::{Device, RunError};
use chancery_log::{
    checkpoint::{NOTE_BYTES_MAX, VerifiedCheckpoint},
    id::{Digest, Scope},
};
use chancery_participant::{deed::Deed, participant::Participant, rewind::RestoredError};
use clap::Args;
use serde::Serialize;

use crate::{
    command::as_device::{self, ByDevice},
    outcome::Outcome,
    output::Output,
    terminal,
};

pub(super) const AFTER: &str = "\
After `chancery restore` the log is shorter than devices saw, and they alarm: a restored log and a forged one look the \
same. Two security officers tell them apart. Each gets the checkpoint that `restore` printed from the operator, by a \
way that the server is no part of, and runs this: the first asks, the second agrees. From then on every device goes \
back with the log, and does again what it did after the backup.

Example:
  chancery people restored checkpoint.txt --device desk-officers/asta-holm
  chancery people restored checkpoint.txt --device desk-officers/bodil-krag";

/// Which backup.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(super) struct Restored {
    /// A file with the checkpoint that `chancery restore` printed; `-` reads standard input
    #[arg(value_name = "FILE")]
    checkpoint: PathBuf,
}

/// How far the officers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// This officer has asked.
    Asked,
    /// This officer asked before.
    Waits,
    /// This officer has agreed to what the other asked.
    Agreed,
    /// Two officers said so before.
    Known,
}

#[derive(Serialize)]
struct Said {
    state: State,
    /// Entries that were restored.
    size: u64,
    /// Entries that had been published.
    lost_size: u64,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, size, lost_size } = self;
        let what = format!("that the log was restored at {size} entries, and {lost_size} had been published");
        let second = "Another security officer must say the same within a day, with the same checkpoint:\n  \
                      chancery people restored FILE";
        let devices =
            "Devices go back with the log when they connect, and do again what they did after the backup.";
        match state {
            State::Asked => write!(f, "Said {what}.\n{second}"),
            State::Waits => write!(f, "You have said {what}, and nobody has agreed yet.\n{second}"),
            State::Agreed => write!(f, "Two officers have said {what}.\n{devices}"),
            State::Known => write!(f, "Two officers had said {what}.\n{devices}"),
        }
    }
}

/// Asks, or agrees.
pub(super) fn restored(command: &Restored, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let note = read(&command.checkpoint)?;
    let go_back = async |device: &Device| go_back(device, note.clone(), output).await;
    let said = by.run_after(go_back, async |device, ()| say(device, note.clone()).await)?;
    output.answer(&said)?;
    Ok(Outcome::Done)
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let most = NOTE_BYTES_MAX as u64 + 1;
    let mut note = Vec::new();
    let read = match path.as_os_str().to_str() {
        Some("-") => std::io::stdin().take(most).read_to_end(&mut note),
        Some(_) | None => fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut note)),
    };
    read.with_context(|| path.display().to_string())?;
    Ok(note)
}

/// Lets the device go back with the log, if its officer wants that.
async fn go_back(device: &Device, note: Vec<u8>, output: Output) -> anyhow::Result<()> {
    let place = device.with(move |participant, _| place(participant, &note)).await?;
    let (place, seen) = match place {
        Ok(found) => found,
        // A device that holds nothing has nothing to go back from.
        Err(RestoredError::NoTrust) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let is_asked = output == Output::Words && terminal::is_there();
    if is_asked {
        let (size, lost) = (place.size(), seen.saturating_sub(place.size()));
        output.progress(&format!(
            "By its checkpoint the backup holds {size} entries of this log; this device has seen {lost} that came after \
             it. They are given up, and every device does again what it did itself."
        ));
        if !terminal::yes(
            "Has the desk's operator told you, by a way of your own, that this backup was restored?",
        )? {
            bail!("nothing was said and this device did not go back");
        }
    }
    let accepted = device.with(move |participant, _| participant.accept_restored_log(place)).await?;
    Ok(accepted.map_err(RunError::from)?)
}

fn place(participant: &mut Participant, note: &[u8]) -> Result<(VerifiedCheckpoint, u64), RestoredError> {
    let place = participant.restored_place(note)?;
    let seen = participant.checkpoint().map_or(0, VerifiedCheckpoint::size);
    Ok((place, seen))
}

async fn say(device: &Device, note: Vec<u8>) -> anyhow::Result<Said> {
    let (next, said) = device.with(move |participant, _| next(participant, &note)).await??;
    if let Some(act) = next {
        as_device::act(device, Deed::bare(Scope::Trust, act)).await?;
    }
    Ok(said)
}

/// What this officer has to say, if anything.
fn next(participant: &mut Participant, note: &[u8]) -> Result<(Option<Act>, Said), RestoredError> {
    let place = participant.restored_place(note)?;
    let (size, root, lost_size) = (place.size(), place.root(), participant.lost_size(&place));
    let said = |state, lost_size| Said { state, size, lost_size };
    let trust = participant.ledger().trust().ok_or(RestoredError::NoTrust)?;
    if let Some(known) = trust.restored().iter().rev().find(|known| (known.size, known.root) == (size, root))
    {
        return Ok((None, said(State::Known, known.lost_size)));
    }
    let me = participant.person();
    let is_mine = |device| trust.device(device).is_some_and(|device| device.cert.person == me);
    let asked: Vec<(Digest, u64, bool)> = trust
        .guarded_pending(participant.desk_ms())
        .filter_map(|(asked, ask)| match ask.change {
            Guarded::Restored { size: of, root: by, lost_size } if (of, by) == (size, root) => {
                Some((asked, lost_size, is_mine(ask.by)))
            }
            Guarded::Restored { .. }
            | Guarded::Custodians(_)
            | Guarded::SecurityOfficer(_)
            | Guarded::LogKey(_)
            | Guarded::ObserverKeys(_)
            | Guarded::Recovery(_) => None,
        })
        .collect();
    Ok(match (asked.iter().find(|(_, _, is_mine)| !is_mine), asked.first()) {
        (Some((asked, lost_size, _)), _) => {
            (Some(Act::GuardedAgreed { asked: *asked }), said(State::Agreed, *lost_size))
        }
        (None, Some((_, lost_size, _))) => (None, said(State::Waits, *lost_size)),
        (None, None) => {
            let statement = Guarded::Restored { size, root, lost_size };
            (Some(Act::GuardedAsked(statement)), said(State::Asked, lost_size))
        }
    })
}
