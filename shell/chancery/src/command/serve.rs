//! `chancery serve`

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context as _, anyhow};
use chancery_log::id::Digest;
use chancery_server::{
    limits::Limits,
    logs,
    shell::{
        config::{Config, LineProtection},
        running,
    },
};
use chancery_store::{folder::Folder, shelf::Shelf};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::DataFolder;
use crate::{doctor::host, outcome::Outcome, output::Output};

/// Devices are told that the server stops, and their last acts are answered, within this time.
const STOP_WITHIN: Duration = Duration::from_secs(20);

const AFTER: &str = "\
At localhost, on a loopback address, no TLS is needed. Elsewhere, without --cert, it makes a certificate for itself: \
devices that were enrolled by a link know it, browsers refuse it. `chancery doctor` says what is missing.

Examples:
  chancery serve --folder desk
  chancery serve --folder /var/lib/chancery --listen 0.0.0.0:443 --cert fullchain.pem --key key.pem

Stop it with Ctrl-C or SIGTERM: it takes no new connection, finishes what is under way and ends. It refuses to start \
on a damaged folder and names the place; `chancery check` and docs/operations.md say how to go on.";

/// How to serve.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Serve {
    #[command(flatten)]
    data: DataFolder,
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = super::LISTEN)]
    listen: SocketAddr,
    /// Host name, with port where it is not the one listened on, by which devices dial [default: the name that the
    /// desk was founded at]
    #[arg(long, value_name = "NAME[:PORT]")]
    host: Option<String>,
    /// The certificate chain as a PEM file, the host's own certificate first
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// No TLS: on a loopback address only, for instance behind a proxy on this machine
    #[arg(long, conflicts_with = "cert")]
    plain: bool,
    /// TLS with a certificate that the server makes for itself and keeps in the folder
    #[arg(long, conflicts_with_all = ["cert", "plain"])]
    own_certificate: bool,
    /// How log lines look, on standard error
    #[arg(long, value_enum, default_value_t = Lines::Text)]
    logs: Lines,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lines {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// What a server says once it takes connections.
#[derive(Debug, Serialize)]
struct Listening {
    /// Where devices and browsers go.
    url: String,
    /// Where it listens.
    listen: SocketAddr,
    /// SHA-256 of the certificate, none without TLS.
    certificate: Option<Digest>,
}

impl fmt::Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The desk is open at {}. Ctrl-C closes it.", self.url)
    }
}

/// Does it.
pub fn run(command: &Serve, output: Output) -> anyhow::Result<Outcome> {
    let format = match command.logs {
        Lines::Text => logs::Format::Text,
        Lines::Json => logs::Format::Json,
    };
    tracing::subscriber::set_global_default(logs::subscriber(format, std::io::stderr))
        .context("the logs could not be set up")?;
    let config = config(command)?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
    runtime.block_on(serve(config, output))
}

fn config(command: &Serve) -> anyhow::Result<Config> {
    let host = match &command.host {
        Some(host) => host.clone(),
        None => founded_at(&command.data.folder())?,
    };
    let line = match (command.cert.clone().zip(command.key.clone()), command.plain) {
        (Some((certificate, key)), _) => LineProtection::Files { certificate, key },
        (None, true) => LineProtection::Plain,
        (None, false) if command.own_certificate || needs_tls(command, &host) => {
            LineProtection::OwnCertificate
        }
        (None, false) => LineProtection::Plain,
    };
    let folder = command.data.folder.clone();
    Ok(Config { folder, listen: command.listen, host, line, limits: Limits::default() })
}

/// Browsers trust `localhost` without TLS, and nobody else is on a loopback address. A folder with a certificate in it
/// was founded with one: its links name it.
fn needs_tls(command: &Serve, host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let has_own = command.data.folder().tls().join("cert.pem").is_file();
    has_own || !host::is_local(name) || !command.listen.ip().is_loopback()
}

/// The host in the log's origin, which is the first line of every checkpoint. What is in the folder is checked when the
/// server opens it.
fn founded_at(folder: &Folder) -> anyhow::Result<String> {
    let root = folder.root().display();
    if !folder.log_db().is_file() {
        return Err(anyhow!(
            "{root} holds no desk: found one with `chancery init`, or name another with --folder"
        ));
    }
    let note = Shelf::open(folder)?.checkpoint()?;
    let note =
        note.ok_or_else(|| anyhow!("{root}: the log has no checkpoint; `chancery check` says more"))?;
    let origin = String::from_utf8_lossy(&note).lines().next().unwrap_or_default().to_owned();
    Ok(host::of_origin(&origin).to_owned())
}

async fn serve(config: Config, output: Output) -> anyhow::Result<Outcome> {
    let (host, plain) = (config.host.clone(), config.line == LineProtection::Plain);
    let mut stop = Stop::new()?;
    let mut running = running::start(config).await?;
    let listen = running.addr();
    output.answer(&Listening {
        url: url(&host, listen, plain),
        listen,
        certificate: running.certificate(),
    })?;
    tokio::select! {
        ended = running.wait() => {
            ended?;
            return Ok(Outcome::Done);
        }
        () = stop.asked() => {}
    }
    output.progress("Closing the desk.");
    match tokio::time::timeout(STOP_WITHIN, running.stop()).await {
        Ok(stopped) => stopped?,
        Err(_) => return Err(anyhow!("the server did not end within {} s", STOP_WITHIN.as_secs())),
    }
    Ok(Outcome::Done)
}

/// A name with a port is dialled as it is: a proxy stands before the server.
fn url(host: &str, listen: SocketAddr, plain: bool) -> String {
    let (scheme, usual) = if plain { ("http", 80) } else { ("https", 443) };
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port || listen.port() == usual {
        format!("{scheme}://{host}/")
    } else {
        format!("{scheme}://{host}:{}/", listen.port())
    }
}

/// Ctrl-C, or SIGTERM where there is one.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    #[cfg(unix)]
    fn new() -> anyhow::Result<Self> {
        let kind = tokio::signal::unix::SignalKind::terminate();
        Ok(Self { terminate: tokio::signal::unix::signal(kind).context("SIGTERM can not be heard")? })
    }

    #[cfg(not(unix))]
    fn new() -> anyhow::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn asked(&mut self) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
