//! The log and the bodies: whether every byte is what it should be.

use chancery_desk::trust::Trust;
use chancery_store::{
    check,
    folder::{Folder, LockError},
};

use super::Check;
use crate::audit;

/// How many findings are named before "and more".
const NAMED_MAX: usize = 3;

/// What became of the audit of the log.
pub struct Log {
    /// How it came out.
    pub check: Check,
    /// What the log adds up to, when it is sound.
    pub trust: Option<Trust>,
    /// When its newest entry was logged, milliseconds since 1970 UTC.
    pub last_ms: Option<u64>,
}

/// Audits the log, beside a running server too.
pub fn log(folder: &Folder) -> Log {
    const NAME: &str = "log";
    match audit::folder::audit(folder.root(), |_| {}) {
        Ok(audited) => {
            let what = format!("{} entries, every signature and rule checked", audited.sound.size);
            let last_ms = Some(audited.sound.last_ms);
            Log { check: Check::good(NAME, what), trust: Some(audited.desk.trust), last_ms }
        }
        Err(e) if e.is_damage() => {
            let mend =
                "restore the newest backup that `chancery check` finds sound: docs/operations.md, \"Damage\"";
            Log { check: Check::wrong(NAME, e.to_string(), mend), trust: None, last_ms: None }
        }
        Err(e) => {
            let mend = "make room for a temporary copy of the log (TMPDIR names another place)";
            Log { check: Check::wrong(NAME, e.to_string(), mend), trust: None, last_ms: None }
        }
    }
}

/// Checks the rest of the folder, which takes the place of a server for that time. `served`: why it can't.
pub fn bodies(folder: &Folder, served: Option<&LockError>) -> Check {
    const NAME: &str = "database and bodies";
    match served {
        Some(LockError::Held(_)) => {
            return Check::skipped(
                NAME,
                "a server has the folder open; check a backup with `chancery check`",
            );
        }
        Some(e @ LockError::Io { .. }) => {
            let mend = "let the user that runs the server own the folder";
            return Check::wrong(NAME, e.to_string(), mend);
        }
        None => {}
    }
    match check::check(folder.root(), |_, _| {}) {
        Ok(report) if report.findings.is_empty() => {
            Check::good(NAME, format!("{} entries and {} bodies read", report.entries, report.bodies))
        }
        Ok(report) => {
            let mut what: Vec<String> =
                report.findings.iter().take(NAMED_MAX).map(ToString::to_string).collect();
            if report.findings.len() > NAMED_MAX {
                what.push(format!(
                    "and {} more: `chancery check` names them",
                    report.findings.len() - NAMED_MAX
                ));
            }
            Check::wrong(
                NAME,
                what.join("; "),
                "docs/operations.md, \"Damage\", says what to do about each file",
            )
        }
        Err(e) => Check::wrong(NAME, e.to_string(), "docs/operations.md, \"Damage\", says how to go on"),
    }
}
