//! `cargo xtask demo`: builds everything and plays the demo.

use anyhow::Result;

use crate::programs::{cargo, must_succeed};

/// For `cargo xtask demo --help`.
pub(crate) const HELP: &str = "\
cargo xtask demo [ARGS…]

Builds the executable and runs `chancery demo` with the arguments given: makes a desk of invented people and
countries, plays one call package from request to closed, verifies the log and leaves the server running.
`cargo xtask demo -- --help` shows the demo's own arguments. End it with Ctrl-C.
";

/// Runs the command.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let args = match args.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => args,
    };
    must_succeed(cargo().args(["run", "--quiet", "-p", "chancery", "--", "demo"]).args(args))
}
