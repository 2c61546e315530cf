//! The command line: one file for each subcommand.

pub mod approval;
pub mod as_device;
pub mod backup;
pub mod check;
pub mod demo;
pub mod device;
pub mod device_folder;
pub mod doctor;
pub mod import;
pub mod init;
pub mod log;
pub mod people;
pub mod serve;

use std::path::PathBuf;

use chancery_store::folder::Folder;
use clap::{Args, Parser, Subcommand};

use crate::{outcome::Outcome, output::Output};

const AFTER: &str = "\
A desk in three steps:
  chancery demo                 an invented desk to look at
  chancery init --folder desk   a desk of your own
  chancery serve --folder desk  run it

Exit codes: 0 done, 1 failed, 2 wrong command line, 3 damaged or unsound,
4 done in part, 5 refused by the desk's rules, 6 server not reached.
docs/commands.md says more about each command.";

/// A desk for calls that are prepared, guarded and remembered: as direct as a cell phone, as careful as an operations
/// room.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, after_help = AFTER, max_term_width = 100)]
pub struct Cli {
    /// Answer with one JSON object on standard output, for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show an invented desk at work, and leave it running
    Demo(demo::Demo),
    /// Run a desk's server until it is told to stop
    Serve(serve::Serve),
    /// Found a desk: the server's folder, and the founding officers' devices
    Init(init::Init),
    /// Show and change the staff, as a security officer
    People(people::People),
    /// A participant without a browser: enrol, approve, act, watch, show
    Device(device::DeviceCommand),
    /// Audit a log, export it, or prove one entry of it
    #[command(subcommand)]
    Log(log::Log),
    /// Copy a desk while its server runs
    Backup(backup::BackUp),
    /// Put a backup in the place of a desk
    Restore(backup::Restore),
    /// Read every byte of a desk's folder and name what is damaged
    Check(check::Check),
    /// Say what is wrong with this installation, and how to mend it
    Doctor(doctor::Doctor),
    /// Bring in records from elsewhere, as closed packages
    #[command(subcommand)]
    Import(import::Import),
}

/// Where a server listens unless it is told otherwise.
pub const LISTEN: &str = "127.0.0.1:8443";

/// Where the desk's data lie.
#[derive(Debug, Args)]
pub struct DataFolder {
    /// The desk's data folder
    #[arg(long, value_name = "DIR", default_value = "desk")]
    pub folder: PathBuf,
}

impl DataFolder {
    /// The folder.
    pub fn folder(&self) -> Folder {
        Folder::new(&self.folder)
    }
}

/// Does it.
pub fn run(cli: &Cli) -> anyhow::Result<Outcome> {
    let output = output(cli);
    match &cli.command {
        Command::Demo(command) => demo::run(command, output),
        Command::Serve(command) => serve::run(command, output),
        Command::Init(command) => init::run(command, output),
        Command::People(command) => people::run(command, output),
        Command::Device(command) => device::run(command, output),
        Command::Log(command) => log::run(command, output),
        Command::Backup(command) => backup::back_up(command, output),
        Command::Restore(command) => backup::restore(command, output),
        Command::Check(command) => check::run(command, output),
        Command::Doctor(command) => doctor::run(command, output),
        Command::Import(command) => import::run(command, output),
    }
}

/// How to answer.
pub fn output(cli: &Cli) -> Output {
    if cli.json { Output::Json } else { Output::Words }
}
