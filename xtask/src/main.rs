//! The project's own commands: `cargo xtask <command>`.

use std::{env, process::ExitCode};

mod bench;
mod cargo_json;
mod demo;
mod fmt;
mod fuzz;
mod programs;
mod setup;
mod tally;
mod test;
mod tidy;
mod wasm;

const HELP: &str = "\
Commands of the project.

  cargo xtask test [--long]       everything that must hold before a change is done, set-up included
  cargo xtask demo [ARGS…]        build all, make a desk of invented people, play a call package, leave it running
  cargo xtask tidy                only the rules about the source itself
  cargo xtask wasm                only the tests of core/, on wasm32
  cargo xtask bench [ARGS…]       measure, in release; prints a table with ratios
  cargo xtask fuzz [SECONDS] …    hostile bytes into every decoder
  cargo xtask fmt                 format every Rust file
  cargo xtask setup               only fetch what the other commands need

`cargo xtask <command> --help` says more about one of them.
Exit code: 0 all well, 1 something failed, 2 the command line was not understood.
";

/// A command's help, and the command.
type Command = (&'static str, fn(&[String]) -> anyhow::Result<()>);

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("--help", [].as_slice()),
    };
    let wants_help = rest.first().is_some_and(|first| first == "--help" || first == "-h");
    let (help, run): Command = match command {
        "test" => (test::HELP, test::run),
        "demo" => (demo::HELP, demo::run),
        "tidy" => (tidy::HELP, tidy::run),
        "wasm" => (wasm::HELP, wasm::run),
        "bench" => (bench::HELP, bench::run),
        "fuzz" => (fuzz::HELP, fuzz::run),
        "fmt" => (fmt::HELP, fmt::run),
        "setup" => (setup::HELP, setup::run),
        "--help" | "-h" | "help" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("no command {other:?}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if wants_help {
        print!("{help}");
        return ExitCode::SUCCESS;
    }
    match run(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
