//! `chancery log`

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use chancery_log::{
    cbor,
    id::{Digest, Scope},
    tiles::CHECKPOINT_PATH,
};
use chancery_store::{export, folder::LOG_DB};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::DataFolder;
use crate::{
    audit::{
        self, Audited, Sound,
        folder::{Export, FolderError},
        proof,
    },
    outcome::Outcome,
    output::Output,
};

/// Where an exported log keeps the key that its checkpoints are verified with.
const VKEY: &str = "vkey";

/// Entries between two words of progress.
const PROGRESS_EVERY: u64 = 50_000;

/// What to do with a log.
#[derive(Debug, Subcommand)]
pub enum Log {
    /// Audit a whole log: every place, tile, signature and rule, and the signed checkpoint
    Verify(Verify),
    /// Write the log as static files (C2SP tlog-tiles), for witnesses and auditors
    Export(ToFolder),
    /// Write the receipt of one entry: leaf, proof, checkpoint
    Proof(OfEntry),
}

const AFTER_VERIFY: &str = "\
Trusts nothing but the bytes. A data folder may be served meanwhile.

Examples:
  chancery log verify
  chancery log verify /var/lib/chancery
  chancery log verify exported-log --json

Exit code 3 when something is wrong; the file and place are named. An export is compared with the founding act that \
it holds: compare the printed genesis with the one in your device's link.";

/// Which log.
#[derive(Debug, Args)]
#[command(after_help = AFTER_VERIFY)]
pub struct Verify {
    /// A data folder or an exported log
    #[arg(value_name = "PATH", default_value = "desk")]
    path: PathBuf,
}

const AFTER_EXPORT: &str = "\
What is written is audited once more. It holds digests, numbers and the signed acts; every word stays sealed, and no \
sealed body is in it. Any web server can offer the files; give witnesses the verifier key in `vkey`.

Example:
  chancery log export /srv/www/log --folder /var/lib/chancery";

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = AFTER_EXPORT)]
pub struct ToFolder {
    /// A new or empty folder
    #[arg(value_name = "OUT")]
    to: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

const AFTER_PROOF: &str = "\
The receipt is CBOR (docs/log.md, \"Receipt\"). It proves to whoever knows the log's key that the entry stands at its \
place in the log.

Examples:
  chancery log proof 1042
  chancery log proof 1042 --of exported-log --out receipt.cbor";

/// Of which entry.
#[derive(Debug, Args)]
#[command(after_help = AFTER_PROOF)]
pub struct OfEntry {
    /// Place of the entry in the log, from 0
    #[arg(value_name = "INDEX")]
    index: u64,
    /// A data folder or an exported log
    #[arg(long = "of", value_name = "PATH", default_value = "desk")]
    path: PathBuf,
    /// Where to write the receipt [default: receipt-INDEX.cbor]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is wrong, for scripts.
#[derive(Debug, Serialize)]
struct Unsound {
    sound: bool,
    damage: String,
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The log is NOT sound. {}", self.damage)
    }
}

#[derive(Debug, Serialize)]
struct Written {
    folder: PathBuf,
    files: u64,
    #[serde(flatten)]
    log: Sound,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files written to {}.", self.files, self.folder.display())?;
        write!(f, "{}", self.log)
    }
}

#[derive(Debug, Serialize)]
struct Proved {
    index: u64,
    act: Digest,
    scope: Scope,
    logged_ms: u64,
    origin: String,
    size: u64,
    root: Digest,
    file: PathBuf,
}

impl fmt::Display for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Entry {} of {} is act {} of {}.", self.index, self.origin, self.act, self.scope)?;
        writeln!(f, "It stands under the checkpoint of {} entries with root {}.", self.size, self.root)?;
        write!(f, "The receipt is in {}.", self.file.display())
    }
}

/// Does it.
pub fn run(command: &Log, output: Output) -> anyhow::Result<Outcome> {
    match command {
        Log::Verify(command) => verify(&command.path, output),
        Log::Export(command) => export_to(command, output),
        Log::Proof(command) => prove(command, output),
    }
}

fn verify(path: &Path, output: Output) -> anyhow::Result<Outcome> {
    let found = Found::at(path)?;
    match found.audit(path, output) {
        Ok(audited) => {
            output.answer(&audited.sound)?;
            Ok(Outcome::Done)
        }
        Err(e) if e.is_damage() => unsound(&e, output),
        Err(e) => Err(e.into()),
    }
}

fn unsound(damage: &FolderError, output: Output) -> anyhow::Result<Outcome> {
    output.answer(&Unsound { sound: false, damage: damage.to_string() })?;
    Ok(Outcome::Unsound)
}

/// What lies at a path.
enum Found {
    Data,
    Export,
}

impl Found {
    fn at(path: &Path) -> anyhow::Result<Self> {
        if path.join(LOG_DB).is_file() {
            Ok(Self::Data)
        } else if audit::export::is_export(path) {
            Ok(Self::Export)
        } else {
            Err(anyhow!(
                "{}: neither a desk's data folder (no {LOG_DB}) nor an exported log (no {CHECKPOINT_PATH})",
                path.display()
            ))
        }
    }

    fn audit(&self, path: &Path, output: Output) -> Result<Audited, FolderError> {
        let mut told = 0;
        let progress = |read: u64| {
            if read >= told + PROGRESS_EVERY {
                told = read;
                output.progress(&format!("{read} entries checked"));
            }
        };
        match self {
            Self::Data => audit::folder::audit(path, progress),
            Self::Export => Ok(audit::export::audit(path, progress)?),
        }
    }
}

fn export_to(command: &ToFolder, output: Output) -> anyhow::Result<Outcome> {
    let folder = command.data.folder();
    Found::at(folder.root())?;
    let exported = export::export(&folder, &command.to, |written| {
        if written > 0 && written.is_multiple_of(PROGRESS_EVERY) {
            output.progress(&format!("{written} entries written"));
        }
    })?;
    let audited = match Found::Export.audit(&command.to, output) {
        Ok(audited) => audited,
        Err(e) => return unsound(&e, output),
    };
    let vkey = command.to.join(VKEY);
    fs::write(&vkey, format!("{}\n", audited.sound.vkey)).with_context(|| vkey.display().to_string())?;
    output.answer(&Written { folder: command.to.clone(), files: exported.files + 1, log: audited.sound })?;
    Ok(Outcome::Done)
}

fn prove(command: &OfEntry, output: Output) -> anyhow::Result<Outcome> {
    let kept: Option<Export> = match Found::at(&command.path)? {
        Found::Data => Some(audit::folder::written_out(&command.path)?),
        Found::Export => None,
    };
    let files = kept.as_ref().map_or(command.path.as_path(), Export::path);
    let audited = match Found::Export.audit(files, output) {
        Ok(audited) => audited,
        Err(e) => return unsound(&e, output),
    };
    let proof = proof::of_entry(files, &audited, command.index)?;
    let file =
        command.out.clone().unwrap_or_else(|| PathBuf::from(format!("receipt-{}.cbor", command.index)));
    let bytes = cbor::encode("a receipt", &proof.receipt)?;
    fs::write(&file, bytes).with_context(|| file.display().to_string())?;
    output.answer(&Proved {
        index: command.index,
        act: proof.act,
        scope: proof.scope,
        logged_ms: proof.logged_ms,
        origin: audited.sound.origin,
        size: audited.sound.size,
        root: audited.sound.root,
        file,
    })?;
    Ok(Outcome::Done)
}
