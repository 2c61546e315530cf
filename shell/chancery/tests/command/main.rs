//! The executable as scripts meet it: exit codes, JSON, help that teaches.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use chancery::command::Cli;
use clap::CommandFactory as _;
use serde_json::Value;
use tempfile::TempDir;

fn chancery(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery")).args(words).current_dir(folder).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A folder with the golden desk in `desk`.
fn with_desk() -> TempDir {
    let folder = TempDir::new().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-logs/v1/desk");
    copy(&golden, &folder.path().join("desk"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_command_line_holds_together_and_every_command_says_what_it_is_for() {
    let cli = Cli::command();
    cli.clone().debug_assert();
    let mut commands: Vec<clap::Command> = vec![cli];
    while let Some(command) = commands.pop() {
        assert!(command.get_about().is_some(), "{} says nothing", command.get_name());
        commands.extend(command.get_subcommands().cloned());
    }
}

#[test]
fn a_wrong_command_line_is_2_and_a_missing_desk_is_1() {
    let empty = TempDir::new().unwrap();
    assert_eq!(code(&chancery(empty.path(), &["log"])), 2);
    assert_eq!(code(&chancery(empty.path(), &["nonsense"])), 2);
    let failed = chancery(empty.path(), &["log", "verify"]);
    assert_eq!(code(&failed), 1);
    assert!(
        String::from_utf8_lossy(&failed.stderr).starts_with("chancery: desk: neither a desk's data folder")
    );
    let failed = chancery(empty.path(), &["--json", "log", "verify"]);
    assert!(json(&failed)["error"].as_str().unwrap().contains("data folder"));
    assert_eq!(code(&chancery(empty.path(), &["serve"])), 1);
}

#[test]
fn a_log_is_verified_exported_and_proved() {
    let folder = with_desk();
    let sound = chancery(folder.path(), &["log", "verify", "--json"]);
    assert_eq!((code(&sound), json(&sound)["size"].as_u64()), (0, Some(181)), "{sound:?}");
    let exported = chancery(folder.path(), &["log", "export", "out", "--json"]);
    assert_eq!(code(&exported), 0, "{exported:?}");
    let vkey = fs::read_to_string(folder.path().join("out/vkey")).unwrap();
    assert_eq!(json(&sound)["vkey"].as_str().unwrap(), vkey.trim());
    let again = chancery(folder.path(), &["log", "verify", "out", "--json"]);
    assert_eq!(json(&again), json(&sound), "the export says what the folder says");
    for of in ["desk", "out"] {
        let proved = chancery(folder.path(), &["log", "proof", "17", "--of", of, "--json"]);
        assert_eq!((code(&proved), json(&proved)["index"].as_u64()), (0, Some(17)), "{proved:?}");
        assert!(folder.path().join("receipt-17.cbor").is_file());
    }
}

#[test]
fn a_damaged_export_is_3_and_named() {
    let folder = with_desk();
    chancery(folder.path(), &["log", "export", "out"]);
    let path = folder.path().join("out/tile/entries/000.p/181");
    let mut bytes = fs::read(&path).unwrap();
    bytes[40] ^= 1;
    fs::write(&path, bytes).unwrap();
    let damaged = chancery(folder.path(), &["log", "verify", "out", "--json"]);
    assert_eq!(code(&damaged), 3);
    let said = json(&damaged);
    assert_eq!(said["sound"], Value::Bool(false));
    assert!(said["damage"].as_str().unwrap().starts_with("tile/entries/000.p/181: entry 0"), "{said}");
}

#[test]
fn a_damaged_folder_is_3_for_check_and_for_doctor() {
    let folder = with_desk();
    let sound = chancery(folder.path(), &["check", "--json"]);
    assert_eq!(code(&sound), 0, "{sound:?}");
    let body = first_file(&folder.path().join("desk/bodies"));
    fs::write(&body, b"rubbish").unwrap();
    let damaged = chancery(folder.path(), &["check", "--json"]);
    assert_eq!((code(&damaged), json(&damaged)["damage"].as_array().unwrap().len()), (3, 1), "{damaged:?}");
    let doctor = chancery(folder.path(), &["doctor", "--listen", "127.0.0.1:0", "--json"]);
    assert_eq!(code(&doctor), 3);
}

fn first_file(folder: &Path) -> std::path::PathBuf {
    let path = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if path.is_dir() { first_file(&path) } else { path }
}

#[test]
fn a_backup_is_restored_as_it_was() {
    let folder = with_desk();
    let before = json(&chancery(folder.path(), &["log", "verify", "--json"]));
    let made = chancery(folder.path(), &["backup", "copy", "--json"]);
    assert_eq!((code(&made), json(&made)["size"].as_u64()), (0, Some(181)), "{made:?}");
    assert_eq!(code(&chancery(folder.path(), &["check", "--folder", "copy"])), 0);
    let restored = chancery(folder.path(), &["restore", "copy", "--folder", "new", "--json"]);
    assert_eq!(code(&restored), 0, "{restored:?}");
    assert_eq!(json(&chancery(folder.path(), &["log", "verify", "new", "--json"])), before);
    let occupied = chancery(folder.path(), &["restore", "copy", "--folder", "new"]);
    assert_eq!(code(&occupied), 1, "a desk is never overwritten");
}

#[cfg(unix)]
#[test]
fn a_server_says_where_it_is_and_ends_gracefully() {
    use std::{
        io::{BufRead as _, BufReader},
        process::Stdio,
    };
    let folder = with_desk();
    let words = ["serve", "--listen", "127.0.0.1:0", "--host", "localhost", "--json"];
    let mut server = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .args(words)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    assert!(said["url"].as_str().unwrap().starts_with("http://localhost:"), "{said}");
    assert_eq!(said["certificate"], Value::Null, "localhost needs none");
    let busy = chancery(folder.path(), &["check"]);
    assert_eq!(code(&busy), 1);
    assert!(String::from_utf8_lossy(&busy.stderr).contains("another server has this desk open"), "{busy:?}");
    let live = chancery(folder.path(), &["log", "verify", "--json"]);
    assert_eq!(code(&live), 0, "a log is verified while it is served: {live:?}");
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
}
