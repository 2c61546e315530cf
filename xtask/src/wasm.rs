//! `cargo xtask wasm`: the tests of core/, the same ones, on wasm32.
//!
//! On wasm32-unknown-unknown the standard test runner runs every test of a crate, but has nowhere to print to: a module
//! that returns 0 passed them all, one that traps stands, with its stack, in the failing test. How many tests there are
//! comes from the same crate's native list; nothing in core/ may differ between targets (`tidy`), so the lists agree.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    cargo_json::{Message, Profile, metadata},
    programs::{cargo, output_of, program, root},
    setup,
    tally::Tally,
};

/// For `cargo xtask wasm --help`.
pub(crate) const HELP: &str = "\
cargo xtask wasm

Builds the test programs of every crate in core/ for wasm32-unknown-unknown and runs them in node.
A module may import nothing: whatever it imported (a clock, randomness, a socket) core would not be pure.
";

/// Test programs that need the machine: they run natively only, and say why.
pub(crate) const NATIVE_ONLY: &[(&str, &str, &str)] = &[
    ("core/desk", "histories", "runs a thousand histories, for which wasm takes too long"),
    ("core/log", "independent", "hands files to a verifier written in Go"),
    ("core/open", "labels", "reads the sources of core/"),
    ("core/seal", "rfc9605", "reads the RFC's vectors, which are not ours to copy"),
    ("core/secure-call", "rfc9605", "reads the RFC's vectors, which are not ours to copy"),
];

/// Crates of core/ that need more than nothing: what a browser does not have, or what only a browser has. Their sources keep to the rules
/// of core/; their tests may use the machine.
pub(crate) const NATIVE_CRATES: &[(&str, &str)] = &[
    ("core/sfu", "its DTLS and SRTP are a library in C, and no browser forwards calls"),
    ("core/call-tree", OPENMLS),
    ("core/secure-call", OPENMLS),
    ("core/participant", OPENMLS),
];

/// OpenMLS reads a clock that wasm32 has in a browser only, and brings randomness with it: a module with it imports both.
const OPENMLS: &str = "it holds OpenMLS, which builds for wasm32 only with a browser's clock beside it";

/// Instantiates a test module without any import and calls its `main`. Prints what the module would have imported
/// instead, or the functions of ours in which it trapped.
const NODE: &str = r"
const bytes = require('fs').readFileSync(process.argv[1]);
const module_ = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module_);
if (imports.length > 0) {
  console.log('imports ' + imports.map((i) => i.module + '.' + i.name).join(', '));
  process.exit(3);
}
Error.stackTraceLimit = 200;
const path = (mangled) => {
  const parts = [];
  for (let rest = mangled; /^[0-9]/.test(rest); ) {
    const length = parseInt(rest);
    const at = String(length).length;
    parts.push(rest.slice(at, at + length));
    rest = rest.slice(at + length);
  }
  return parts.slice(0, -1).join('::');
};
try {
  process.exit(new WebAssembly.Instance(module_, {}).exports.main(0, 0));
} catch (trap) {
  const frames = trap.stack.split('\n').map((line) => /_ZN(\S+?)E /.exec(line)).filter((found) => found);
  const names = frames.map((found) => path(found[1])).filter((name) => !/^(core|std|alloc|test)::|^main$|::main$/.test(name));
  console.log(String(trap) + ' in\n  ' + (names.join('\n  ') || trap.stack));
  process.exit(4);
}
";

/// One test program: folder of the package and target, for instance `core/log` and `act` (of its `tests/act.rs`).
type Suite = (String, String);

/// Runs the command.
pub(crate) fn run(_: &[String]) -> Result<()> {
    setup::run(&[])?;
    let (lines, tally) = tests()?;
    for line in lines {
        println!("{line}");
    }
    if tally.failed == 0 { Ok(()) } else { bail!("{} suites failed on wasm32", tally.failed) }
}

/// Builds and runs; gives a summary line per suite, and the sum.
pub(crate) fn tests() -> Result<(Vec<String>, Tally)> {
    for (folder, why) in NATIVE_CRATES {
        println!("     Leaving {folder} to the native tests: {why}");
    }
    let crates = core_crates()?;
    let mut build = cargo();
    build.args(["test", "--no-run", "--target", setup::WASM, "--lib", "--tests"]);
    for name in &crates {
        build.args(["-p", name]);
    }
    let modules = output_of(build.arg(AS_JSON).stderr(std::process::Stdio::inherit()))
        .context("the core does not build for wasm32")?;
    let modules = test_programs(&modules);
    // The whole workspace: another selection would have other features and build everything once more. When a crate
    // outside core/ does not build, that is for the native tests to say.
    let native = cargo()
        .args(["test", "--no-run", "--no-fail-fast", "--workspace", "--lib", "--tests", AS_JSON])
        .output()?;
    let native = test_programs(&String::from_utf8_lossy(&native.stdout));
    let mut lines = Vec::new();
    let mut sum = Tally::default();
    for ((folder, target), module) in &modules {
        if let Some((.., why)) = NATIVE_ONLY.iter().find(|(of, name, _)| of == folder && name == target) {
            println!("     Leaving {folder} {target} to the native tests: it {why}");
            continue;
        }
        let listed = native
            .get(&(folder.clone(), target.clone()))
            .with_context(|| format!("the tests {target} of {folder} did not build natively"))?;
        let count = count(listed, &[])? - count(listed, &["--ignored"])?;
        println!("     Running {folder} {target} on wasm32");
        let outcome = program("node").args(["-e", NODE, "--"]).arg(module).output()?;
        let (word, tally) = if outcome.status.success() {
            ("ok", Tally { passed: count, failed: 0 })
        } else {
            print!(
                "{}{}",
                String::from_utf8_lossy(&outcome.stdout),
                String::from_utf8_lossy(&outcome.stderr)
            );
            println!(
                "the last line above is the test; it fails here and not natively when it, or what it tests, takes \
                 randomness, time or files that nobody told it"
            );
            ("FAILED", Tally { passed: 0, failed: 1 })
        };
        lines.push(format!("test result: {word}. {} passed; {} failed; wasm32", tally.passed, tally.failed));
        sum = sum.and(tally);
    }
    Ok((lines, sum))
}

/// Names of the packages in core/ that browsers run.
fn core_crates() -> Result<Vec<String>> {
    let core = root().join("core");
    let packages = metadata(&["--no-deps"])?.packages.into_iter();
    let in_core = packages.filter(|package| {
        let is_native = NATIVE_CRATES.iter().any(|(native, _)| folder(&package.manifest_path) == *native);
        Path::new(&package.manifest_path).starts_with(&core) && !is_native
    });
    Ok(in_core.map(|package| package.name).collect())
}

/// Makes cargo print what it built as JSON, and what is wrong as text.
const AS_JSON: &str = "--message-format=json-render-diagnostics";

/// The test programs that cargo built, and where each one lies.
fn test_programs(printed: &str) -> BTreeMap<Suite, PathBuf> {
    let mut programs = BTreeMap::new();
    for line in printed.lines() {
        // What is no artifact is of no interest.
        let Ok(Message {
            manifest_path,
            target: Some(target),
            profile: Some(Profile { test: true }),
            executable,
        }) = serde_json::from_str(line)
        else {
            continue;
        };
        if let Some(program) = executable {
            programs.insert((folder(&manifest_path), target.name), PathBuf::from(program));
        }
    }
    programs
}

/// `core/log` of the path of its Cargo.toml.
fn folder(manifest: &str) -> String {
    let folder = manifest.trim_end_matches("/Cargo.toml");
    folder.strip_prefix(&format!("{}/", root().display())).unwrap_or(folder).to_owned()
}

/// How many tests a test program lists.
fn count(listed: &PathBuf, flags: &[&str]) -> Result<u64> {
    let list = output_of(program(listed).args(["--list", "--format", "terse"]).args(flags))?;
    Ok(list.lines().filter(|line| line.ends_with(": test")).count() as u64)
}
