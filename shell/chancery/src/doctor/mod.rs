//! What may be wrong with an installation: a list of checks, each with what is wrong and how to mend it.

pub mod clock;
pub mod database;
pub mod disk;
pub mod host;
pub mod keys;
pub mod permissions;
pub mod port;
pub mod tls;

use std::{fmt, net::SocketAddr, path::PathBuf};

use chancery_store::folder::Folder;
use serde::Serialize;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Could not be looked at, and why.
    Skipped,
    /// Works, but will not for long or not for everybody.
    Watch,
    /// Does not work.
    Wrong,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub verdict: Verdict,
    /// What there is.
    pub what: String,
    /// What to do about it, empty when there is nothing to do.
    pub mend: String,
}

impl Check {
    /// As it should be.
    pub fn good(name: &'static str, what: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Good, what: what.into(), mend: String::new() }
    }

    /// Could not be looked at.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Skipped, what: why.into(), mend: String::new() }
    }

    /// To be watched.
    pub fn watch(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Watch, what: what.into(), mend: mend.into() }
    }

    /// Wrong.
    pub fn wrong(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Wrong, what: what.into(), mend: mend.into() }
    }
}

/// The installation that is looked at: what `chancery serve` would be told.
#[derive(Debug, Clone)]
pub struct Installation {
    /// The data folder.
    pub folder: Folder,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Certificate and key, when they are not the server's own.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Milliseconds since 1970 UTC, by this machine's clock.
    pub now_ms: u64,
}

/// All checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

impl Findings {
    /// The worst of them.
    pub fn worst(&self) -> Verdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Good)
    }
}

/// Looks at everything. A check that builds on a broken one is skipped, and says on which.
pub fn examine(installation: &Installation) -> Findings {
    let folder = &installation.folder;
    let mut checks = vec![permissions::there(folder)];
    if !folder.log_db().is_file() {
        checks.push(disk::space(folder.root()));
        checks.push(port::free(installation.listen, false));
        return Findings { checks };
    }
    checks.push(permissions::private(folder));
    let served = folder.lock().err();
    let log = database::log(folder);
    checks.push(log.check);
    checks.push(database::bodies(folder, served.as_ref()));
    checks.push(keys::match_genesis(folder, log.trust.as_ref()));
    checks.push(clock::sane(installation.now_ms, log.last_ms));
    checks.push(disk::space(folder.root()));
    let host = log.trust.as_ref().map(|trust| host::of_origin(trust.origin()).to_owned());
    checks.push(host::name(host.as_deref(), installation.listen));
    checks.push(tls::certificate(installation, host.as_deref()));
    checks.push(port::free(installation.listen, served.is_some()));
    Findings { checks }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let verdict = match check.verdict {
                Verdict::Good => "good   ",
                Verdict::Skipped => "skipped",
                Verdict::Watch => "watch  ",
                Verdict::Wrong => "WRONG  ",
            };
            writeln!(f, "{verdict}  {}: {}", check.name, check.what)?;
            if !check.mend.is_empty() {
                writeln!(f, "         to mend it: {}", check.mend)?;
            }
        }
        let wrong = self.checks.iter().filter(|check| check.verdict == Verdict::Wrong).count();
        let watch = self.checks.iter().filter(|check| check.verdict == Verdict::Watch).count();
        write!(f, "{} checks: {wrong} wrong, {watch} to watch", self.checks.len())
    }
}
