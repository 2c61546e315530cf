//! `chancery demo`

use std::{fmt, net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use crate::{
    demo::run::{self, Manner, Played},
    outcome::Outcome,
    output::Output,
};

const AFTER: &str = "\
A desk of invented people in a fresh folder: it is founded, twelve people join it with headless devices over real \
sockets, forty past calls come in, and one call is played from request to closed. Then the log is verified, and the \
server stays until Ctrl-C with a link for one more device of each person.

Examples:
  chancery demo
  chancery demo --folder demo --listen 127.0.0.1:8443
  chancery demo --fast --once";

/// How to show it.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct Demo {
    /// Where to put the desk and its devices; it must not hold one yet [default: a folder that is taken away at the end]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Where the server listens, on this machine [default: any free port]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// No pauses between the steps
    #[arg(long)]
    fast: bool,
    /// End when the log is verified
    #[arg(long)]
    once: bool,
}

/// The end of the demo.
#[derive(Debug, Serialize)]
struct End {
    entries: u64,
    scopes: u64,
    root: String,
    url: String,
    links: Vec<(String, String)>,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        writeln!(f, "LINKS     one more device for each person; a link is used once, by whoever holds it:")?;
        for (name, link) in &self.links {
            writeln!(f, "          {name}")?;
            writeln!(f, "          {link}")?;
        }
        writeln!(f)?;
        writeln!(f, "          chancery device enrol LINK --folder my-device")?;
        write!(f, "          Each waits for an approval, as in life: `chancery people approve --help`.")
    }
}

/// Does it.
pub fn run(command: &Demo, output: Output) -> anyhow::Result<Outcome> {
    let temporary = match &command.folder {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder could be made")?),
    };
    let root = match (&command.folder, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => PathBuf::from("demo"),
    };
    let manner = Manner { listen: command.listen, pace: if command.fast { 0.0 } else { 1.0 } };
    let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
    runtime.block_on(async {
        let say = |line: &str| {
            if output == Output::Words {
                println!("{line}");
            }
        };
        let Played { sound, links, base, server } = run::run(&root, manner, say).await?;
        let (entries, scopes, root_hash) = (sound.size, sound.scopes, sound.root.to_string());
        output.answer(&End { entries, scopes, root: root_hash, url: base.clone(), links })?;
        if !command.once {
            output.progress(&format!(
                "\nThe desk stays open at {base}; everything lies in {}. Ctrl-C ends it.",
                root.display()
            ));
            tokio::signal::ctrl_c().await?;
        }
        server.stop().await?;
        Ok(Outcome::Done)
    })
}
