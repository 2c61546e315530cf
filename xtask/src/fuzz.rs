//! `cargo xtask fuzz`: hostile bytes into every decoder, with libFuzzer on the stable toolchain.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::programs::{cargo, must_succeed, program, root, target_dir};

/// For `cargo xtask fuzz --help`.
pub(crate) const HELP: &str = "\
cargo xtask fuzz [SECONDS] [DECODER…] [--keep]

Runs libFuzzer on each decoder (all of fuzz/corpus/ unless some are named) for so many seconds each, 60 if not said.
Starts from the committed corpus; what it finds beside lies in target/fuzz/corpus.
--keep then adds to fuzz/corpus/ what reaches code that nothing committed reaches: small items only.
An input that does harm is written to target/fuzz/harm/; mend the decoder and commit the input into fuzz/corpus/<decoder>/,
where every test run replays it. Needs a C++ compiler, nothing else.
";

/// What `cargo fuzz` passes on stable: coverage counters, comparisons, and one object per crate so that they line up.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Flags with a target named do not reach build scripts and procedural macros.
const TARGET: &str = "x86_64-unknown-linux-gnu";

const SECONDS: u32 = 60;

/// Longer inputs only repeat shorter ones; every fixed-size part of our formats fits several times.
const INPUT_BYTES_MAX: u32 = 16 * 1024;

/// What is kept is committed.
const KEPT_BYTES_MAX: u64 = 8 * 1024;

/// One allocation of this size from an input of a few kilobytes is harm.
const MEMORY_MB_MAX: u32 = 1024;

/// Runs the command.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let keep = args.iter().any(|arg| arg == "--keep");
    let seconds: Vec<u32> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let named: Vec<&String> =
        args.iter().filter(|arg| *arg != "--keep" && arg.parse::<u32>().is_err()).collect();
    let seconds = seconds.first().copied().unwrap_or(SECONDS);
    let mut decoders = decoders()?;
    if let Some(unknown) = named.iter().find(|name| !decoders.contains(name)) {
        bail!("no decoder {unknown:?}: there are {}", decoders.join(", "));
    }
    decoders.retain(|decoder| named.is_empty() || named.contains(&decoder));
    let built = target_dir().join("fuzz");
    must_succeed(
        cargo()
            .env("RUSTFLAGS", FLAGS)
            .args([
                "build",
                "--release",
                "--manifest-path",
                "fuzz/Cargo.toml",
                "--target",
                TARGET,
                "--target-dir",
            ])
            .arg(&built),
    )?;
    let harm = built.join("harm");
    fs::create_dir_all(&harm)?;
    for decoder in &decoders {
        println!("\n==== {decoder}, {seconds} s ====");
        let found = built.join("corpus").join(decoder);
        fs::create_dir_all(&found)?;
        must_succeed(
            program(built.join(TARGET).join("release").join(decoder))
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-max_len={INPUT_BYTES_MAX}"))
                .arg(format!("-malloc_limit_mb={MEMORY_MB_MAX}"))
                .arg(format!("-artifact_prefix={}/{decoder}-", harm.display()))
                .args(["-print_final_stats=1", "-verbosity=0"])
                .arg(&found)
                .arg(root().join("fuzz/corpus").join(decoder)),
        )
        .with_context(|| format!("{decoder} came to harm; the input lies in {}", harm.display()))?;
        if keep {
            merge(decoder)?;
        }
    }
    Ok(())
}

/// The names of the corpora are the names of the decoders; a test in fuzz/decoders holds them together.
fn decoders() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("fuzz/corpus")).context("no fuzz/corpus")? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Adds to the committed corpus what reaches new code.
fn merge(decoder: &str) -> Result<()> {
    let built = target_dir().join("fuzz");
    let small = built.join("small").join(decoder);
    fs::create_dir_all(&small)?;
    for entry in fs::read_dir(built.join("corpus").join(decoder))? {
        let entry = entry?;
        if entry.metadata()?.len() <= KEPT_BYTES_MAX {
            fs::copy(entry.path(), small.join(entry.file_name()))?;
        }
    }
    must_succeed(
        program(built.join(TARGET).join("release").join(decoder))
            .args(["-merge=1", "-verbosity=0"])
            .arg(root().join("fuzz/corpus").join(decoder))
            .arg(&small),
    )
}
