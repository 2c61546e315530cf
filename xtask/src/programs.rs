//! Running other programs: from the root of the project, with what they print passed on as it comes.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program, to be run from the root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end; another exit code than 0 is an error.
pub(crate) fn must_succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("could not start {shown}"))?;
    if status.success() { Ok(()) } else { bail!("{shown}: {status}") }
}

/// Runs to the end and gives what it printed on standard output.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("could not start {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{shown} printed something that is not UTF-8"))
}

/// Runs to the end, passes every line on as it comes and keeps it. Both streams share one pipe, so their order stays.
pub(crate) fn watched(command: &mut Command) -> Result<(Vec<String>, bool)> {
    let shown = shown(command);
    let (from, to) = std::io::pipe().context("could not open a pipe")?;
    let mut child = command
        .stdout(to.try_clone()?)
        .stderr(to)
        .spawn()
        .with_context(|| format!("could not start {shown}"))?;
    // The command holds the pipe's writing end; while it lives the pipe has no end.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut lines = Vec::new();
    let mut out = std::io::stdout().lock();
    for line in BufReader::new(from).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        writeln!(out, "{line}")?;
        lines.push(line);
    }
    Ok((lines, child.wait()?.success()))
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_prints_on_both_streams_is_kept_in_order() {
        let (lines, well) =
            watched(program("sh").args(["-c", "echo one; echo two >&2; echo three; exit 3"])).unwrap();
        assert_eq!(lines, ["one", "two", "three"]);
        assert!(!well);
    }

    #[test]
    fn a_failed_program_is_named_with_its_arguments() {
        let error = must_succeed(program("false").arg("--nothing")).unwrap_err().to_string();
        assert!(error.starts_with("false --nothing: "), "{error}");
    }
}
