//! The one executable: `chancery`.

use std::process::ExitCode;

use chancery::{
    command::{self, Cli},
    outcome::code_of,
};
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match command::run(&cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            command::output(&cli).failure(&error);
            ExitCode::from(code_of(&error))
        }
    }
}
