//! `chancery import`

use std::{fs::File, io::BufReader, path::PathBuf, time::Duration};

use anyhow::{Context as _, anyhow};
use chancery_desk::levels::scheme::Scheme;
use chancery_device::running::Device;
use chancery_participant::participant::Participant;
use chancery_seal::body::{Body, mark::Rank};
use clap::{Args, Subcommand};
use tokio::time::timeout;

use super::device_folder::DeviceFolder;
use crate::{
    import::{
        Collection,
        marking::Levels,
        reader::Reader,
        report::Report,
        sending::{self, Opening},
    },
    outcome::Outcome,
    output::Output,
};

/// Imported records are kept under this class unless another is named; the desk's rules say what it means.
const CLASS: u16 = 1;

/// A desk with ten thousand packages is here within this time on a slow line; longer, and it is not there.
const CATCH_UP: Duration = Duration::from_secs(60);

const AFTER: &str = "\
Run it as a records officer's device. Each record becomes a closed package, sealed before it leaves this machine, \
with marks, parties and dates as found and gaps kept as gaps. It may be broken off at any moment: run it again, and \
it goes on where it stopped.

Examples:
  chancery import telcons telcons.jsonl --device records-officer
  chancery import call-log calls.jsonl --device records-officer --unmarked internal --json

Exit code 4 when some lines did not come in; the report names each. docs/import.md says what is kept and how.";

/// What to import.
#[derive(Debug, Subcommand)]
#[command(after_help = AFTER)]
pub enum Import {
    /// Memoranda of telephone conversation, one JSON object a line
    Telcons(From),
    /// Memoranda of conversation, face to face, one JSON object a line
    Memcons(From),
    /// A log of telephone calls, one JSON object a line
    CallLog(From),
}

/// From which file, and how.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct From {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    device: DeviceFolder,
    /// Level of records without a marking, by its id in the desk's scheme [default: the highest]
    #[arg(long, value_name = "LEVEL")]
    unmarked: Option<String>,
    /// Retention class of the packages
    #[arg(long, value_name = "NUMBER", default_value_t = CLASS)]
    class: u16,
}

/// Does it.
pub fn run(command: &Import, output: Output) -> anyhow::Result<Outcome> {
    let (collection, from) = match command {
        Import::Telcons(from) => (Collection::Telcons, from),
        Import::Memcons(from) => (Collection::Memcons, from),
        Import::CallLog(from) => (Collection::CallLog, from),
    };
    // Before a device is started: a name that was mistyped should not take a minute to be found out.
    let file = File::open(&from.file).with_context(|| from.file.display().to_string())?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
    runtime.block_on(import(collection, from, file, output))
}

async fn import(collection: Collection, from: &From, file: File, output: Output) -> anyhow::Result<Outcome> {
    let (device, task) = from.device.start()?;
    if timeout(CATCH_UP, device.caught_up()).await.is_err() {
        output.progress("The desk could not be reached within a minute. Is its server running?");
        return Ok(Outcome::Unreachable);
    }
    let levels = levels(&device, from.unmarked.as_deref()).await?;
    let readers = device.with(|participant, _| sending::usual_readers(participant)).await?;
    let opening = Opening { readers, class: from.class };
    let records = Reader::new(collection, BufReader::new(file), levels);
    let mut report = Report::default();
    let say = |so_far: &Report| {
        output.progress(&format!("{} lines read, {} in the log", so_far.lines, so_far.sent + so_far.known));
    };
    let whole = tokio::select! {
        sent = sending::send(&device, records, &opening, &mut report, say) => {
            sent?;
            true
        }
        stopped = tokio::signal::ctrl_c() => {
            stopped?;
            false
        }
    };
    device.stop().await;
    task.await.context("the device stopped")??;
    output.answer(&report)?;
    if !whole {
        output.progress("Broken off. Run it again to go on.");
    }
    let all_in = whole && report.unread() == 0 && report.refused == 0;
    Ok(if all_in { Outcome::Done } else { Outcome::Partly })
}

/// The names of the desk's levels, from the profile that the device has opened.
async fn levels(device: &Device, unmarked: Option<&str>) -> anyhow::Result<Levels> {
    let scheme = device.with(|participant, _| scheme_file(participant)).await?;
    let scheme = scheme.ok_or_else(|| {
        anyhow!("this device can not open the desk's profile yet: it must read the directory, as every officer does")
    })?;
    let scheme = Scheme::read(&scheme)?;
    let unmarked = unmarked.map(|id| rank_of(&scheme, id)).transpose()?;
    Ok(Levels::of_scheme(&scheme, unmarked))
}

fn scheme_file(participant: &Participant) -> Option<String> {
    let profile = participant.ledger().trust()?.profile()?;
    #[allow(clippy::wildcard_enum_match_arm, reason = "the act that sets the profile has one kind of body")]
    match participant.bodies().get(profile, 0)? {
        Body::DeskProfile(profile) => Some(profile.scheme.clone()),
        _ => None,
    }
}

fn rank_of(scheme: &Scheme, id: &str) -> anyhow::Result<Rank> {
    scheme.rank(id).ok_or_else(|| {
        let known: Vec<&str> = scheme.levels().iter().map(|level| level.id.as_str()).collect();
        anyhow!("the desk's scheme has no level {id:?}; it has {}", known.join(", "))
    })
}
