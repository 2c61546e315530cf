//! A desk from founding to a verified log, by the executable alone: real processes, real sockets, real files.

#![cfg(test)]

mod demo;
mod served;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use served::{Served, free_port};
use tempfile::TempDir;

/// Runs the executable to its end.
fn chancery(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chancery"))
        .current_dir(folder)
        .arg("--json")
        .args(words)
        .output()
        .unwrap()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {:?}", String::from_utf8_lossy(bytes)))
}

/// A desk in a folder, served.
struct Desk {
    folder: TempDir,
    served: Served,
}

const ASTA: &str = "desk-officers/asta-holm";
const BODIL: &str = "desk-officers/bodil-krag";

impl Desk {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let init =
            ["init", "--name", "Desk of Oland", "--officer", "Asta Holm, Head", "--officer", "Bodil Krag"];
        let founded = chancery(folder.path(), &[init.as_slice(), &["--port", &port.to_string()]].concat());
        assert!(founded.status.success(), "{founded:?}");
        assert_eq!(json(&founded.stdout)["officers"].as_array().unwrap().len(), 2);
        let served = Served::start(&folder.path().join("desk"), port);
        Self { folder, served }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What a command answered, and the number that it ended with.
    fn ends(&self, words: &[&str]) -> (i32, Value) {
        let output = chancery(self.path(), words);
        (output.status.code().unwrap(), json(&output.stdout))
    }

    fn does(&self, words: &[&str]) -> Value {
        let (code, answer) = self.ends(words);
        assert_eq!(code, 0, "{words:?}: {answer}");
        answer
    }

    fn acts(&self, device: &str, words: &[&str]) -> Value {
        self.does(&[&["device", "act", "--device", device], words].concat())
    }

    fn link(&self, name: &str) -> String {
        self.does(&["people", "invite", name, "--device", ASTA])["link"].as_str().unwrap().to_owned()
    }

    /// Somebody joins, by link, knock, words and approval.
    fn joins(&self, name: &str, role: &str) -> String {
        self.does(&["people", "add", name, "--role", role, "--device", ASTA]);
        let device = name.to_lowercase();
        let (mut newcomer, words, mut out) = knock(self.path(), &self.link(name), &device);
        let approve = ["people", "approve", "--wait", "30", "--words", &words, "--device", ASTA];
        let approved = self.does(&approve);
        assert_eq!((approved["name"].as_str(), approved["ready"].as_bool()), (Some(name), Some(true)));
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert!(newcomer.wait().unwrap().success(), "{rest}");
        assert_eq!(json(rest.as_bytes())["ready"].as_bool(), Some(true), "{rest}");
        device
    }
}

type Newcomer = (std::process::Child, String, BufReader<std::process::ChildStdout>);

/// A device that knocks, with the words that it shows.
fn knock(folder: &Path, link: &str, device: &str) -> Newcomer {
    let mut newcomer = Command::new(env!("CARGO_BIN_EXE_chancery"))
        .current_dir(folder)
        .args(["--json", "device", "enrol", link, "--folder", device])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(newcomer.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let words = json(line.as_bytes())["words"].as_str().unwrap().to_owned();
    (newcomer, words, out)
}

#[test]
fn a_call_goes_from_request_to_closed_and_the_log_is_verified() {
    let mut desk = Desk::open();
    desk.joins("Peder", "principal");
    let dagny = desk.joins("Dagny", "duty-officer");
    let nils = desk.joins("Nils", "note-taker");
    // Dagny's device holds the duty desk's key; the next command that runs as it wraps that key to Nils.
    desk.acts(&dagny, &["take-duty", "duty-officer"]);
    desk.acts(&dagny, &["add-counterpart", "Rui Valcareno", "--of", "Corvane"]);
    desk.acts(
        &dagny,
        &["request", "Valcareno", "--in", "20m", "--subject", "Fishing", "--level", "restricted"],
    );
    let (code, refused) = desk.ends(&["device", "act", "note", "Fishing", "too early", "--device", &nils]);
    assert_eq!(code, 5, "{refused}");
    assert!(refused["error"].as_str().unwrap().contains("requested"), "{refused}");
    desk.acts(&dagny, &["answer", "Fishing"]);
    desk.acts(&nils, &["note", "Fishing", "They ask for the planted phrase", "--mark", "ask"]);
    desk.acts(&dagny, &["end", "Fishing"]);
    desk.acts("peder", &["wrap-up", "Fishing", "He sounded relieved"]);
    fs::write(desk.path().join("telcon.txt"), "Valcareno: asked.\n\nIt was agreed.").unwrap();
    desk.acts(&dagny, &["telcon", "Fishing", "telcon.txt"]);
    desk.acts("peder", &["approve-telcon", "Fishing"]);
    desk.acts(&dagny, &["close", "Fishing"]);
    desk.acts(&nils, &["agree", "Fishing"]);
    let page = desk.does(&["device", "show", "package", "Fishing", "--device", "peder"]);
    assert_eq!(page["package"]["stage"], "Closed", "{page}");
    assert_eq!(page["package"]["closed"]["notes"][0][1]["text"], "They ask for the planted phrase");
    for device in ["peder", "dagny", "nils", ASTA] {
        let alarms = desk.does(&["device", "show", "alarms", "--device", device]);
        assert_eq!(alarms["alarms"].as_array().unwrap().len(), 0, "{device}: {alarms}");
    }
    assert_eq!(desk.served.stop().code(), Some(0), "told to stop, it ends well");
    let (code, sound) = desk.ends(&["log", "verify", "desk"]);
    assert_eq!(code, 0, "{sound}");
    assert_eq!(desk.ends(&["check", "--folder", "desk"]).0, 0);
    assert!(!is_anywhere(&desk.path().join("desk"), b"planted phrase"), "the server's folder holds a word");
    let (code, error) = desk.ends(&["device", "act", "note", "Fishing", "late", "--device", &nils]);
    assert_eq!(code, 6, "nobody serves any more: {error}");
}

/// Whether a text stands in a file of a folder.
fn is_anywhere(folder: &Path, text: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => is_anywhere(&path, text),
            false => fs::read(&path).unwrap().windows(text.len()).any(|window| window == text),
        }
    })
}

#[test]
fn a_device_whose_words_differ_is_not_approved() {
    let desk = Desk::open();
    desk.does(&["people", "add", "Mallory", "--role", "note-taker", "--device", ASTA]);
    let (mut newcomer, words, _out) = knock(desk.path(), &desk.link("Mallory"), "mallory");
    let other = format!("{words} more");
    let approve = ["people", "approve", "--wait", "30", "--words", &other, "--device", ASTA];
    let (code, error) = desk.ends(&approve);
    assert_eq!(code, 1);
    assert!(error["error"].as_str().unwrap().contains("words differ"), "{error}");
    newcomer.kill().unwrap();
    newcomer.wait().unwrap();
    let (code, error) = desk.ends(&["device", "act", "take-duty", "note-taker", "--device", "mallory"]);
    assert_eq!(code, 1);
    assert!(error["error"].as_str().unwrap().contains("not approved"), "{error}");
}

#[test]
fn a_revoked_device_is_not_let_in_and_the_others_go_on() {
    let desk = Desk::open();
    let dagny = desk.joins("Dagny", "duty-officer");
    desk.does(&["people", "revoke", "Dagny", "--because", "lost", "--device", BODIL]);
    let (code, error) = desk.ends(&["device", "act", "take-duty", "duty-officer", "--device", &dagny]);
    assert_eq!(code, 1);
    assert!(error["error"].as_str().unwrap().contains("does not let this device in"), "{error}");
    desk.does(&["people", "add", "Nils", "--role", "note-taker", "--device", ASTA]);
}

#[test]
fn another_security_officer_takes_two() {
    let desk = Desk::open();
    let added = desk.does(&["people", "add", "Carl", "--role", "security-officer", "--device", ASTA]);
    assert_eq!(added["awaits_second_officer"].as_bool(), Some(true), "{added}");
    assert_eq!(
        desk.ends(&["people", "agree", "Carl", "--device", ASTA]).0,
        5,
        "nobody agrees with themselves"
    );
    desk.does(&["people", "agree", "Carl", "--device", BODIL]);
    let people = desk.does(&["people", "list", "--device", ASTA]);
    let carl = people["people"].as_array().unwrap().iter().find(|person| person["name"] == "Carl").unwrap();
    assert_eq!(carl["roles"][0], "SecurityOfficer", "{carl}");
}

#[test]
fn a_desk_is_founded_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let officers = ["--name", "X", "--officer", "Asta", "--officer", "Bodil"];
    let init = |more: &[&str]| chancery(folder.path(), &[&["init"], officers.as_slice(), more].concat());
    let left = || {
        let mut left: Vec<PathBuf> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
        left.sort();
        left
    };
    assert_eq!(init(&["--scheme", "none.json"]).status.code(), Some(1));
    assert_eq!(init(&["--needed", "3"]).status.code(), Some(1));
    assert_eq!(left(), Vec::<PathBuf>::new());
    fs::write(folder.path().join("words"), "open sesame\n\n").unwrap();
    assert_eq!(init(&["--passphrases", "words"]).status.code(), Some(0));
    assert_eq!(left(), ["desk", "desk-officers", "words"].map(PathBuf::from));
    let again = init(&[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(json(&again.stdout)["error"].as_str().unwrap().contains("not empty"), "{again:?}");
    assert!(!folder.path().join("desk-officers/asta/unlock.key").exists(), "sealed by a passphrase alone");
    assert!(folder.path().join("desk-officers/bodil/unlock.key").exists());
}
