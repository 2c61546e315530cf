//! `chancery init`

use std::{fmt, fs, io, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use super::DataFolder;
use crate::{
    doctor::host::is_local,
    init::{
        answers::Answers,
        make::{self, Made},
        questions,
    },
    outcome::Outcome,
    output::Output,
    terminal,
    time::now_ms,
};

/// Where a desk on this machine listens; elsewhere it is the port of HTTPS.
const LOCAL_PORT: u16 = 8443;
const HTTPS_PORT: u16 = 443;

const AFTER: &str = "\
Asks for what is missing when it runs on a terminal. Makes the server's data folder and one device folder for each \
founding officer; whoever holds such a folder (and its passphrase) is that officer, so hand each to its owner. All \
trust begins with them: every later device is approved by somebody whose own approval leads back to these.

The host name is fixed for good: it is the log's name, and browsers bind passkeys to it. `localhost` works out of the \
box on this machine. Elsewhere devices come by https: with a certificate that they trust, or with the server's own, \
which every link names by its digest (--own-certificate; browsers refuse such a one).

Examples:
  chancery init
  chancery init --folder desk --name \"Desk of Oland\" --officer \"Asta Holm\" --officer \"Bodil Krag\"
  chancery init --name \"Desk of Oland\" --host desk.example.org --scheme tlp2 --passphrases words.txt \\
    --officer \"Asta Holm, Head of security\" --officer \"Bodil Krag\" \\
    --custodian \"Carl Lund\" --custodian \"Dorte Mose\" --custodian \"Asta Holm\" --needed 2";

/// A new desk.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Init {
    #[command(flatten)]
    data: DataFolder,
    /// The desk's name
    #[arg(long)]
    name: Option<String>,
    /// The host name by which devices reach the desk
    #[arg(long, default_value = "localhost")]
    host: String,
    /// The port by which they reach it [default: 8443 at localhost, else 443]
    #[arg(long)]
    port: Option<u16>,
    /// The server makes its own certificate, and every link names it
    #[arg(long)]
    own_certificate: bool,
    /// The classification scheme: neutral, tlp2, or a file as docs/levels.md describes it
    #[arg(long, default_value = "neutral")]
    scheme: String,
    /// A founding security officer, "NAME" or "NAME, TITLE"; at least two
    #[arg(long = "officer", value_name = "NAME")]
    officers: Vec<String>,
    /// A custodian, "NAME" or "NAME, TITLE"; an officer's name is that officer [default: the officers]
    #[arg(long = "custodian", value_name = "NAME")]
    custodians: Vec<String>,
    /// How many custodians it takes together [default: more than half]
    #[arg(long, value_name = "M")]
    needed: Option<u8>,
    /// Where the officers' device folders go [default: the data folder's name with "-officers"]
    #[arg(long, value_name = "DIR")]
    officers_folder: Option<PathBuf>,
    /// A file with the passphrases of the officers' devices, one a line in their order; an empty line for none
    #[arg(long, value_name = "FILE")]
    passphrases: Option<PathBuf>,
}

#[derive(Serialize)]
struct Answer {
    folder: PathBuf,
    name: String,
    address: String,
    #[serde(flatten)]
    made: Made,
    #[serde(skip)]
    needed: u8,
}

/// Does it.
pub fn run(command: &Init, output: Output) -> anyhow::Result<Outcome> {
    let answers = given(command)?;
    let is_whole = !answers.name.is_empty() && answers.officers.len() >= 2;
    let answers = match (is_whole, output) {
        (true, _) => answers,
        (false, Output::Words) if terminal::is_there() => {
            questions::ask(answers, &mut io::stdin().lock(), &mut io::stderr(), terminal::secret)?
        }
        (false, Output::Words | Output::Json) => {
            bail!(
                "expected --name and at least two --officer; on a terminal, without --json, they are asked for"
            )
        }
    };
    let founding = answers.founding(now_ms())?;
    let folder = command.data.folder.clone();
    let officers = command.officers_folder.clone().unwrap_or_else(|| {
        let mut beside = folder.clone().into_os_string();
        beside.push("-officers");
        PathBuf::from(beside)
    });
    let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
    let made = runtime.block_on(make::make(&founding, &folder, &officers, |line| output.progress(line)))?;
    output.answer(&Answer {
        folder,
        name: founding.plan.profile.name.clone(),
        address: founding.address.clone(),
        made,
        needed: founding.plan.needed,
    })?;
    Ok(Outcome::Done)
}

fn given(command: &Init) -> anyhow::Result<Answers> {
    let local = is_local(&command.host);
    let (scheme, usual) = match local && !command.own_certificate {
        true => ("http", LOCAL_PORT),
        false if local => ("https", LOCAL_PORT),
        false => ("https", HTTPS_PORT),
    };
    let port = command.port.unwrap_or(usual);
    let address = match (scheme, port) {
        ("https", HTTPS_PORT) => format!("https://{}", command.host),
        (scheme, port) => format!("{scheme}://{}:{port}", command.host),
    };
    let passphrases = match &command.passphrases {
        Some(path) => {
            let text = Zeroizing::new(fs::read_to_string(path).with_context(|| path.display().to_string())?);
            text.lines().map(|line| Zeroizing::new(line.to_owned())).collect()
        }
        None => Vec::new(),
    };
    Ok(Answers {
        name: command.name.clone().unwrap_or_default(),
        host: command.host.clone(),
        address,
        own_certificate: command.own_certificate,
        scheme: command.scheme.clone(),
        officers: command.officers.clone(),
        custodians: command.custodians.clone(),
        needed: command.needed,
        passphrases,
    })
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        writeln!(f, "{} is founded. Its server's folder is {folder}.", self.name)?;
        writeln!(f)?;
        writeln!(f, "The officers' devices; hand each folder to its owner, and keep no copy:")?;
        for officer in &self.made.officers {
            writeln!(f, "  {:<24} {}", officer.name, officer.folder.display())?;
        }
        writeln!(f)?;
        writeln!(f, "genesis  {}", self.made.genesis)?;
        writeln!(
            f,
            "Write it down where it can not be changed: every device's trust in this desk begins with it."
        )?;
        writeln!(f)?;
        writeln!(f, "What comes next:")?;
        writeln!(f, "  chancery serve --folder {folder}")?;
        if let Some(first) = self.made.officers.first() {
            let device = first.folder.display();
            for custodian in &self.made.without_device {
                writeln!(f, "  chancery people invite {custodian:?} --device {device}")?;
            }
            writeln!(f, "  chancery people add \"A Name\" --role principal --device {device}")?;
        }
        if !self.made.without_device.is_empty() {
            writeln!(
                f,
                "Until every custodian has a device nothing is dealt to them, and a lost vault can not be recovered."
            )?;
        }
        write!(
            f,
            "{} entries are in the log; {} custodians together can recover a vault.",
            self.made.entries, self.needed
        )
    }
}
