//! `cargo xtask fmt`: formats every Rust file, the fuzz targets included.

use anyhow::Result;

use crate::programs::{cargo, must_succeed};

/// For `cargo xtask fmt --help`.
pub(crate) const HELP: &str = "\
cargo xtask fmt [--check]

Formats every Rust file of the project, also fuzz/libfuzzer/, which stands outside the workspace.
With --check nothing is written and a difference is a failure.
";

/// Runs the command.
pub(crate) fn run(args: &[String]) -> Result<()> {
    must_succeed(cargo().args(["fmt", "--all"]).args(args))?;
    must_succeed(cargo().args(["fmt", "--manifest-path", "fuzz/libfuzzer/Cargo.toml"]).args(args))
}
