//! `cargo xtask bench`: measures, in release.

use anyhow::Result;

use crate::programs::{cargo, must_succeed};

/// For `cargo xtask bench --help`.
pub(crate) const HELP: &str = "\
cargo xtask bench [ARGS…]

Builds bench/ in release and runs it with the arguments given: durable acts per second next to bare SQLite, fold,
verification, opening. Every number stands beside a yardstick of the same run, as a ratio: machines differ, ratios
less so. Run it on a quiet machine; it is no part of the tests.
";

/// Runs the command.
pub(crate) fn run(args: &[String]) -> Result<()> {
    must_succeed(cargo().args(["run", "--release", "-p", "chancery-bench", "--"]).args(args))
}
