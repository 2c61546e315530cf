//! `cargo xtask setup`: what the tests need beside the Rust toolchain, by name.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::programs::{must_succeed, output_of, program};

/// For `cargo xtask setup --help`.
pub(crate) const HELP: &str = "\
cargo xtask setup

Fetches what the tests need and is missing, and nothing when all is there:
  the Rust target wasm32-unknown-unknown      core/ is tested on it
  nodejs, 18 or newer                         runs the wasm tests
  golang-go, golang-golang-x-mod-dev          an independent verifier reads our log
The last three are Debian packages. Run as root it installs them; otherwise it prints the one command that does.
";

/// The target that core/ is also built for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Older ones lack parts of WebAssembly that rustc uses without asking.
const NODE_MAJOR_MIN: u32 = 18;

/// Where Debian puts the source of golang.org/x/mod, which the verifier imports.
const GO_MOD_SOURCE: &str = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog";

/// Runs the command.
pub(crate) fn run(_: &[String]) -> Result<()> {
    wasm_target()?;
    let missing = missing_packages();
    if missing.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    let is_root = output_of(program("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0");
    if !is_root {
        bail!(
            "packages are missing; install them and run this again:\n  sudo apt-get install {}",
            missing.join(" ")
        );
    }
    println!("installing {}", missing.join(" "));
    must_succeed(program("apt-get").args(["update", "-qq"]))?;
    must_succeed(
        program("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&missing),
    )
    .context("the packages could not be installed; install them by hand and run this again")?;
    let still = missing_packages();
    if still.is_empty() { Ok(()) } else { bail!("installed, but still not found: {}", still.join(" ")) }
}

/// Adds the wasm target when the toolchain lacks it.
fn wasm_target() -> Result<()> {
    let sysroot = output_of(program("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    must_succeed(program("rustup").args(["target", "add", WASM])).with_context(|| {
        format!(
            "the Rust target {WASM} is missing; add it with `rustup target add {WASM}` and run this again"
        )
    })
}

/// Debian packages whose work nothing on this machine does.
fn missing_packages() -> Vec<&'static str> {
    let mut missing = Vec::new();
    let node = output_of(program("node").arg("--version")).ok().and_then(|text| node_major(&text));
    if node.is_none_or(|major| major < NODE_MAJOR_MIN) {
        missing.push("nodejs");
    }
    if output_of(program("go").arg("version")).is_err() {
        missing.push("golang-go");
    }
    if !Path::new(GO_MOD_SOURCE).is_dir() {
        missing.push("golang-golang-x-mod-dev");
    }
    missing
}

/// 20 of `v20.1.2`.
fn node_major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::node_major;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("20.20.2"), None);
    }
}
