//! `cargo xtask fuzz`: hostile bytes into every decoder, with libFuzzer on the stable toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::programs::{cargo, must_succeed, output_of, program, root, target_dir};

/// For `cargo xtask fuzz --help`.
pub(crate) const HELP: &str = "\
cargo xtask fuzz [SECONDS] [DECODER…] [--keep]

Runs libFuzzer on each decoder (all of fuzz/corpus/ unless some are named) for so many seconds each, 60 if not said.
Starts from the committed corpus; what it finds beside lies in target/fuzz/corpus.
--keep then adds to fuzz/corpus/ what reaches code that nothing committed reaches: few items, and small ones.
An input that does harm is written to target/fuzz/harm/; mend the decoder and commit the input into fuzz/corpus/<decoder>/,
where every test run replays it. Needs a C++ compiler, nothing else.
";

/// What `cargo fuzz` passes on stable: coverage counters, comparisons, and one object per crate so that they line up.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// This machine's target. With a target named the flags do not reach build scripts and procedural macros.
fn host() -> Result<String> {
    let version = output_of(program("rustc").arg("-vV"))?;
    let host =
        version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    Ok(host.to_owned())
}

const SECONDS: u32 = 60;

/// Longer inputs only repeat shorter ones; every fixed-size part of our formats fits several times.
const INPUT_BYTES_MAX: u32 = 16 * 1024;

/// What is kept is committed: each item small, and few enough that a clone and a test run do not notice them.
const KEPT_BYTES_MAX: u64 = 2 * 1024;
const KEPT_MAX: usize = 48;

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
    let host = host()?;
    let built = target_dir().join("fuzz");
    let programs = built.join(&host).join("release");
    must_succeed(
        cargo()
            .env("RUSTFLAGS", FLAGS)
            .args([
                "build",
                "--release",
                "--manifest-path",
                "fuzz/libfuzzer/Cargo.toml",
                "--target",
                &host,
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
            program(programs.join(decoder))
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
            keep_best(decoder, &programs)?;
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

/// Adds to the committed corpus what reaches new code, the longest first: they go deepest.
fn keep_best(decoder: &str, programs: &Path) -> Result<()> {
    let built = target_dir().join("fuzz");
    let committed = root().join("fuzz/corpus").join(decoder);
    let (small, covering) = (built.join("small").join(decoder), built.join("covering").join(decoder));
    for folder in [&small, &covering] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    for item in items(&built.join("corpus").join(decoder))?.iter().filter(|item| item.bytes <= KEPT_BYTES_MAX)
    {
        fs::copy(&item.path, small.join(&item.name))?;
    }
    must_succeed(
        program(programs.join(decoder))
            .args(["-set_cover_merge=1", "-use_counters=0", "-verbosity=0"])
            .args([&covering, &committed, &small]),
    )?;
    let already = items(&committed)?;
    let mut best = items(&covering)?;
    best.retain(|item| already.iter().all(|kept| kept.name != item.name));
    best.sort_by_key(|item| std::cmp::Reverse(item.bytes));
    for item in best.iter().take(KEPT_MAX.saturating_sub(already.len())) {
        fs::copy(&item.path, committed.join(&item.name))?;
    }
    Ok(())
}

/// One input on disk.
struct Item {
    name: String,
    path: PathBuf,
    bytes: u64,
}

fn items(folder: &Path) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        items.push(Item { name, path: entry.path(), bytes: entry.metadata()?.len() });
    }
    Ok(items)
}
