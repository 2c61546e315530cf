//! What an import came to: counts, and what was wrong, line by line.

use std::fmt;

use serde::Serialize;

use super::{Record, Unread};

/// The report of one import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines that held a record or should have; blank lines are not counted.
    pub lines: u64,
    /// Records read.
    pub read: u64,
    /// Of those, records whose own marking names a level of the desk's scheme.
    pub marked: u64,
    /// Records that the desk had already.
    pub known: u64,
    /// Records sent and in the log.
    pub sent: u64,
    /// Records that the desk's rules refused.
    pub refused: u64,
    /// What was wrong, in the order of the lines.
    pub troubles: Vec<Trouble>,
}

/// What was wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Line of the file, from 1.
    pub line: u64,
    /// The record's id, empty when it could not be read.
    pub id: String,
    /// Whether the record came in nevertheless, with gaps.
    pub imported: bool,
    /// One sentence.
    pub what: String,
}

impl Report {
    /// Counts a line and notes its troubles; the record comes back to be sent.
    pub fn take(&mut self, line: Result<Record, Unread>) -> Option<Record> {
        self.lines += 1;
        match line {
            Ok(mut record) => {
                self.read += 1;
                self.marked += u64::from(record.rank.is_some());
                for what in std::mem::take(&mut record.problems) {
                    let id = record.id.clone();
                    self.troubles.push(Trouble { line: record.line, id, imported: true, what });
                }
                Some(record)
            }
            Err(Unread { line, why }) => {
                let what = why.to_string();
                self.troubles.push(Trouble { line, id: String::new(), imported: false, what });
                None
            }
        }
    }

    /// Lines that did not become a record.
    pub fn unread(&self) -> u64 {
        self.lines - self.read
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for trouble in &self.troubles {
            let kept = if trouble.imported { "imported with a gap" } else { "not imported" };
            let id = if trouble.id.is_empty() { String::new() } else { format!(" ({})", trouble.id) };
            writeln!(f, "line {}{id}: {kept}: {}", trouble.line, trouble.what)?;
        }
        write!(
            f,
            "{} lines: {} records read ({} with a level of the desk's scheme), {} not read, {} known already, {} sent, {} refused",
            self.lines,
            self.read,
            self.marked,
            self.unread(),
            self.known,
            self.sent,
            self.refused
        )
    }
}
