//! The benchmarks: `cargo xtask bench`. What each line means stands in docs/benchmarks.md.

mod bare;
mod cast;
mod chronicle;
mod durable;
mod history;
mod kept;
mod machine;
mod single;
mod table;
mod voice;
mod writers;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::{durable::Amount, table::Line};

/// Measures Chancery: a table with a base of the same run beside each figure, and our speed as a part of the base's.
/// Exit code 1 when a ratio is below what is promised.
#[derive(Parser)]
struct Wanted {
    /// Small amounts, under a minute: to see that everything runs. Its figures are not to be quoted.
    #[arg(long)]
    quick: bool,

    /// Only this part; may be given more than once.
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,

    /// Where the databases are written for the time of the run: on the disk that is to be measured.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tmp"))]
    folder: PathBuf,
}

/// One part of the table.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Durable acts with 1, 16 and 128 writers.
    Durable,
    /// Folding and verifying a long history.
    History,
    /// Starting on a store.
    Start,
    /// Single acts, bodies and vaults.
    Single,
}

/// How much of everything.
struct Amounts {
    durable: Amount,
    history: usize,
    stored: usize,
    starts: usize,
    acts: usize,
    bodies: usize,
    wraps: usize,
}

const FULL: Amounts = Amounts {
    durable: Amount { rounds: 41, writers: [(1, 400), (16, 80), (128, 30)] },
    history: 1_000_000,
    stored: 100_000,
    starts: 5,
    acts: 10_000,
    bodies: 10_000,
    wraps: 400,
};

const QUICK: Amounts = Amounts {
    durable: Amount { rounds: 5, writers: [(1, 100), (16, 40), (128, 16)] },
    history: 40_000,
    stored: 10_000,
    starts: 1,
    acts: 2_000,
    bodies: 2_000,
    wraps: 40,
};

fn main() -> Result<ExitCode> {
    let wanted = Wanted::parse();
    let amounts = if wanted.quick { QUICK } else { FULL };
    let wants = |part| wanted.only.is_empty() || wanted.only.contains(&part);
    fs::create_dir_all(&wanted.folder)?;
    machine::print(&wanted.folder)?;
    Line::print_head();
    let met = !wants(Part::Durable) || durable::measure(&wanted.folder, amounts.durable)?;
    if wants(Part::Start) {
        let staffed = history::history(amounts.stored, amounts.stored)?;
        history::start(&wanted.folder, &staffed, amounts.starts)?;
    }
    if wants(Part::Single) {
        single::measure(amounts.acts, amounts.bodies, amounts.wraps)?;
    }
    if wants(Part::History) {
        let staffed = history::history(amounts.history, 0)?;
        history::fold(&staffed)?;
        history::verify(&staffed)?;
    }
    if met {
        Ok(ExitCode::SUCCESS)
    } else {
        println!("\nsome ratio is below what is promised");
        Ok(ExitCode::FAILURE)
    }
}
