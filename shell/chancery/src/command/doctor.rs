//! `chancery doctor`

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

use super::DataFolder;
use crate::{
    doctor::{self, Installation, Verdict},
    outcome::Outcome,
    output::Output,
    time::now_ms,
};

const AFTER: &str = "\
Give it what you give `chancery serve`. It changes nothing, and may run while the server does.

Examples:
  chancery doctor --folder /var/lib/chancery
  chancery doctor --folder desk --listen 0.0.0.0:443 --cert fullchain.pem --key key.pem

Exit code 3 when something is wrong; things to watch do not count.";

/// What to look at.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Doctor {
    #[command(flatten)]
    data: DataFolder,
    /// Where the server listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = super::LISTEN)]
    listen: SocketAddr,
    /// The certificate's PEM file, the host's own first
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
}

/// Does it.
pub fn run(command: &Doctor, output: Output) -> anyhow::Result<Outcome> {
    let findings = doctor::examine(&Installation {
        folder: command.data.folder(),
        listen: command.listen,
        certificate: command.cert.clone().zip(command.key.clone()),
        now_ms: now_ms(),
    });
    output.answer(&findings)?;
    Ok(match findings.worst() {
        Verdict::Good | Verdict::Skipped | Verdict::Watch => Outcome::Done,
        Verdict::Wrong => Outcome::Unsound,
    })
}
