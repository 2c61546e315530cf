//! `chancery backup` and `chancery restore`

use std::{fmt, path::PathBuf};

use chancery_store::backup::{self, Manifest, Progress};
use clap::Args;
use serde::Serialize;

use super::DataFolder;
use crate::{outcome::Outcome, output::Output, time::now_ms};

/// Bodies between two words of progress.
const PROGRESS_EVERY: u64 = 1_000;

const AFTER_BACKUP: &str = "\
The server may run. The copy is of one point in the log, with every body up to there and the server's keys: keep it as \
you keep the server. It holds no key of a vault, and opens nothing.

Example, each night:
  chancery backup /backup/$(date +%F) --folder /var/lib/chancery
  chancery check --folder /backup/$(date +%F)";

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = AFTER_BACKUP)]
pub struct BackUp {
    /// A new or empty folder
    #[arg(value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

const AFTER_RESTORE: &str = "\
Checks every byte on the way. What happened after the backup was made is not in it. Devices that saw it raise an \
alarm, until two security officers say that the log was restored (`chancery people restored`); then they send again \
what they hold receipts for. Give both officers the checkpoint that is printed, by a way of your own. \
docs/operations.md, \"Restore\", has the steps.

Example:
  chancery restore /backup/2026-11-22 --folder /var/lib/chancery";

/// From where.
#[derive(Debug, Args)]
#[command(after_help = AFTER_RESTORE)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

#[derive(Debug, Serialize)]
struct Copied {
    folder: PathBuf,
    made_ms: u64,
    size: u64,
    bodies: u64,
    checkpoint: String,
    #[serde(skip)]
    restored: bool,
}

impl Copied {
    fn new(folder: PathBuf, manifest: Manifest, restored: bool) -> Self {
        let Manifest { made_ms, size, bodies, checkpoint, .. } = manifest;
        Self { folder, made_ms, size, bodies, checkpoint, restored }
    }
}

impl fmt::Display for Copied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (folder, size) = (self.folder.display(), self.size);
        if self.restored {
            writeln!(f, "{size} entries are restored to {folder}. Their checkpoint:")?;
            writeln!(f)?;
            writeln!(f, "{}", self.checkpoint)?;
            write!(
                f,
                "Start the server, then give the checkpoint to two security officers, who say so: `chancery people \
                 restored`. Until then devices that saw more raise an alarm."
            )
        } else {
            write!(f, "{size} entries and their bodies are in {folder}.")
        }
    }
}

fn progress(output: Output) -> impl FnMut(Progress) {
    move |so_far| match so_far {
        Progress::Bodies(done, of) if done.is_multiple_of(PROGRESS_EVERY) => {
            output.progress(&format!("{done} of {of} bodies copied"));
        }
        Progress::Bodies(..) | Progress::Pages(..) => {}
    }
}

/// Makes a backup.
pub fn back_up(command: &BackUp, output: Output) -> anyhow::Result<Outcome> {
    let manifest = backup::backup(&command.data.folder(), &command.to, now_ms(), progress(output))?;
    output.answer(&Copied::new(command.to.clone(), manifest, false))?;
    Ok(Outcome::Done)
}

/// Puts one in place.
pub fn restore(command: &Restore, output: Output) -> anyhow::Result<Outcome> {
    let manifest = backup::restore(&command.from, &command.data.folder, progress(output))?;
    output.answer(&Copied::new(command.data.folder.clone(), manifest, true))?;
    Ok(Outcome::Done)
}
