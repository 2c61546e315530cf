//! `chancery device show`: what the screens of this device show, as text or JSON.

use std::fmt;

use chancery_participant::view::{
    alarms::{self, AlarmLine},
    board::{self, BoardLine},
    package::{self, PackageView},
    pending::{self, DeedState, PendingLine},
    people,
    promises::{self, CommitmentLine, DueOutLine},
};
use chancery_seal::body::record::Side;
use clap::Subcommand;
use serde::Serialize;

use super::watch;
use crate::{
    columns::columns,
    command::as_device::ByDevice,
    lookup,
    outcome::Outcome,
    output::Output,
    page::{Page, due_out_state},
    utc,
};

/// Which screen.
#[derive(Debug, Subcommand)]
pub(super) enum Show {
    /// Every call and debrief that this device reads, newest first
    Board,
    /// One package, whole
    Package {
        /// The package: the beginning of its id, or a word of its subject
        package: String,
    },
    /// Everybody at the desk
    People,
    /// Open commitments of either side, and due-outs
    Promises,
    /// This device's own deeds that are not in the log: waiting, sent, refused
    Pending,
    /// Every act that this device holds, in the order of the log
    Log,
    /// What must not happen and did, since this command started the device
    Alarms,
}

#[derive(Serialize)]
struct Board {
    board: Vec<BoardLine>,
}

#[derive(Serialize)]
struct PackageAnswer {
    package: PackageView,
}

#[derive(Serialize)]
struct People {
    people: Vec<people::PersonLine>,
}

#[derive(Serialize)]
struct Promises {
    commitments: Vec<CommitmentLine>,
    due_outs: Vec<DueOutLine>,
}

#[derive(Serialize)]
struct Pending {
    pending: Vec<PendingLine>,
}

#[derive(Serialize)]
struct Log {
    log: Vec<watch::Line>,
}

#[derive(Serialize)]
struct Alarms {
    alarms: Vec<AlarmLine>,
}

/// Shows.
pub(super) fn show(command: &Show, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let note = |why: String| output.progress(&why);
    match command {
        Show::Board => output.answer(&Board { board: by.look(note, |device| board::board(device))? })?,
        Show::Package { package } => {
            let text = package.clone();
            let found = by.look(note, move |device| {
                let id = lookup::package(device, &text)?;
                package::package(device, id).ok_or(lookup::LookupError::NoTrust)
            })??;
            output.answer(&PackageAnswer { package: found })?;
        }
        Show::People => output.answer(&People { people: by.look(note, |device| people::people(device))? })?,
        Show::Promises => {
            let (commitments, due_outs) =
                by.look(note, |device| (promises::open_commitments(device), promises::all_due_outs(device)))?;
            output.answer(&Promises { commitments, due_outs })?;
        }
        Show::Pending => {
            output.answer(&Pending { pending: by.look(note, |device| pending::pending(device))? })?
        }
        Show::Log => {
            let none = std::collections::BTreeMap::new();
            output.answer(&Log { log: by.look(note, move |device| watch::fresh(device, &none))? })?;
        }
        Show::Alarms => output.answer(&Alarms { alarms: by.look(note, |device| alarms::alarms(device))? })?,
    }
    Ok(Outcome::Done)
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.board.is_empty() {
            return write!(f, "This device reads no package yet.");
        }
        let row = |line: &BoardLine| {
            let when = line.dated.clone().unwrap_or_else(|| utc::minute(line.opened_ms));
            vec![
                lookup::short(&line.id),
                when,
                line.stage.to_string(),
                line.with.clone(),
                line.subject.clone(),
            ]
        };
        write!(f, "{}", columns(&self.board.iter().map(row).collect::<Vec<_>>()))
    }
}

impl fmt::Display for PackageAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Page(&self.package))
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |line: &people::PersonLine| {
            let roles: Vec<String> = line.roles.iter().map(ToString::to_string).collect();
            vec![lookup::short(&line.id), line.name.clone(), line.title.clone(), roles.join(", ")]
        };
        write!(f, "{}", columns(&self.people.iter().map(row).collect::<Vec<_>>()))
    }
}

impl fmt::Display for Promises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commitment = |line: &CommitmentLine| {
            let (side, text) = match &line.words {
                Some(words) if words.side == Side::Ours => ("ours", words.text.clone()),
                Some(words) => ("theirs", words.text.clone()),
                None => ("", "(sealed)".to_owned()),
            };
            vec![lookup::short(&line.id), side.to_owned(), text]
        };
        let due_out = |line: &DueOutLine| {
            let text = line.words.as_ref().map_or("(sealed)", |words| &words.text).to_owned();
            vec![
                lookup::short(&line.id),
                utc::minute(line.due_ms),
                due_out_state(line.state).to_owned(),
                line.owner.clone(),
                text,
            ]
        };
        writeln!(f, "Open commitments:")?;
        writeln!(f, "{}", columns(&self.commitments.iter().map(commitment).collect::<Vec<_>>()))?;
        writeln!(f, "Due-outs:")?;
        write!(f, "{}", columns(&self.due_outs.iter().map(due_out).collect::<Vec<_>>()))
    }
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pending.is_empty() {
            return write!(f, "Everything that this device did is in the log.");
        }
        let row = |line: &PendingLine| {
            let state = match &line.state {
                DeedState::Pending => "waits here; it is sent when it can be".to_owned(),
                DeedState::Sent => "sent; no receipt yet".to_owned(),
                DeedState::Refused(why) => format!("refused: {why}"),
            };
            vec![line.ticket.to_string(), line.what.clone(), state]
        };
        write!(f, "{}", columns(&self.pending.iter().map(row).collect::<Vec<_>>()))
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.log.iter().map(ToString::to_string).collect();
        write!(f, "{}", lines.join("\n"))
    }
}

impl fmt::Display for Alarms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alarms.is_empty() {
            return write!(f, "No alarm: everything that the server said was proved.");
        }
        let lines: Vec<String> =
            self.alarms.iter().map(|alarm| format!("{}: {}", alarm.name, alarm.text)).collect();
        write!(f, "{}", lines.join("\n"))
    }
}
