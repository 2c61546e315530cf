//! `chancery check`

use std::{fmt, path::PathBuf};

use chancery_store::check;
use clap::Args;
use serde::Serialize;

use super::DataFolder;
use crate::{outcome::Outcome, output::Output};

const AFTER: &str = "\
Reads every byte: the database's structure, each entry with its signature and the rules at its place, each tile, each \
sealed body against the digest that its act names, the server's keys, the views. No server may have the folder open; a \
backup can be checked at any time.

Examples:
  chancery check --folder /var/lib/chancery
  chancery check --folder /backup/2026-11-22 --json

Exit code 3 when something is damaged; docs/operations.md says what to do about each.";

/// Which folder.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Check {
    #[command(flatten)]
    data: DataFolder,
}

#[derive(Debug, Serialize)]
struct Checked {
    folder: PathBuf,
    entries: u64,
    bodies: u64,
    damage: Vec<Found>,
}

#[derive(Debug, Serialize)]
struct Found {
    file: String,
    place: String,
    what: String,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Found { file, place, what } in &self.damage {
            writeln!(f, "{file}: {place}: {what}")?;
        }
        let damaged = match self.damage.len() {
            0 => "nothing is damaged".to_owned(),
            1 => "1 place is damaged".to_owned(),
            several => format!("{several} places are damaged"),
        };
        write!(f, "{} entries and {} bodies read: {damaged}", self.entries, self.bodies)
    }
}

/// Does it.
pub fn run(command: &Check, output: Output) -> anyhow::Result<Outcome> {
    let folder = command.data.folder.clone();
    let report = check::check(&folder, |read, of| {
        // The last call says what the answer says.
        if read > 0 && read < of {
            output.progress(&format!("{read} of {of} entries read"));
        }
    })?;
    let found = report.findings.iter();
    let damage = found.map(|damage| Found {
        file: damage.file.clone(),
        place: damage.place.to_string(),
        what: damage.what.clone(),
    });
    let damage: Vec<Found> = damage.collect();
    let outcome = if damage.is_empty() { Outcome::Done } else { Outcome::Unsound };
    output.answer(&Checked { folder, entries: report.entries, bodies: report.bodies, damage })?;
    Ok(outcome)
}
