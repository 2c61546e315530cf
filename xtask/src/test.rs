//! `cargo xtask test`: everything that must hold, in one command.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{
    fmt,
    programs::{cargo, must_succeed, watched},
    setup,
    tally::Tally,
    tidy, wasm,
};

/// For `cargo xtask test --help`.
pub(crate) const HELP: &str = "\
cargo xtask test [--long]

In this order, each with its time; a failed step does not stop the next, only a failed set-up stops all:
  set-up      what is missing is fetched (`cargo xtask setup --help`)
  format      cargo fmt --check
  clippy      on everything, warnings are errors
  tidy        the rules about the source itself (`cargo xtask tidy --help`)
  tests       cargo test on the whole workspace
  wasm        the tests of core/ once more, on wasm32 (`cargo xtask wasm --help`)
At the end stand the summary lines of every runner and, on a line of its own, their sum.

--long sets CHANCERY_LONG=1: more and longer generated histories, more rounds of killing the server.
It takes hours, the plain command at most 40 minutes on two cores from a clean clone.
";

/// Tests that have a long form look at this variable.
const LONG: &str = "CHANCERY_LONG";

/// What the steps leave for the end.
#[derive(Default)]
struct Outcome {
    summary: Vec<String>,
    sum: Tally,
    failed: Vec<&'static str>,
    times: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let long = match args {
        [] => false,
        [only] if only == "--long" => true,
        _ => bail!("expected nothing or --long, got {args:?}"),
    };
    let started = Instant::now();
    let mut outcome = Outcome::default();
    outcome.step("set-up", |_| setup::run(&[]));
    if !outcome.failed.is_empty() {
        bail!("the set-up failed, so nothing was tested");
    }
    outcome.step("format", |_| fmt::run(&["--check".to_owned()]));
    outcome.step("clippy", |_| {
        must_succeed(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    outcome.step("tidy", |_| tidy::run(&[]));
    outcome.step("tests", |outcome| outcome.cargo_test(long));
    outcome.step("wasm", |outcome| {
        let (lines, sum) = wasm::tests()?;
        outcome.summary.extend(lines);
        outcome.sum = outcome.sum.and(sum);
        if sum.failed == 0 { Ok(()) } else { bail!("{} suites failed on wasm32", sum.failed) }
    });
    outcome.close(started)
}

impl Outcome {
    fn step(&mut self, name: &'static str, run: impl FnOnce(&mut Self) -> Result<()>) {
        println!("\n==== {name} ====");
        let started = Instant::now();
        if let Err(error) = run(self) {
            println!("{name} failed: {error:#}");
            self.failed.push(name);
        }
        self.times.push(format!("{name} {:.0} s", started.elapsed().as_secs_f32()));
    }

    fn cargo_test(&mut self, long: bool) -> Result<()> {
        let mut test = cargo();
        test.args(["test", "--workspace", "--no-fail-fast"]);
        if long {
            test.env(LONG, "1");
        }
        let (lines, well) = watched(&mut test)?;
        for line in lines {
            if let Some(tally) = Tally::read(&line) {
                self.sum = self.sum.and(tally);
                self.summary.push(line);
            }
        }
        if well { Ok(()) } else { bail!("cargo test found failures, or did not build; see above") }
    }

    fn close(self, started: Instant) -> Result<()> {
        println!("\n==== summary ====");
        println!("times: {}; together {:.0} s", self.times.join(", "), started.elapsed().as_secs_f32());
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        for line in &self.summary {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.sum.passed, self.sum.failed);
        if self.failed.is_empty() { Ok(()) } else { bail!("failed: {}", self.failed.join(", ")) }
    }
}
