//! A whole installation: the golden desk, with one thing wrong at a time.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
};

use chancery::doctor::{Check, Installation, Verdict, clock, examine, host, port};
use chancery_store::folder::Folder;
use tempfile::TempDir;

/// 22 November 2026, 12:00 UTC.
const NOW_MS: u64 = 1_795_348_800_000;

fn desk() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-logs/v1/desk"), folder.path());
    private(folder.path());
    folder
}

#[cfg(unix)]
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(folder.join("server.keys"), fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_folder: &Path) {}

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

/// A free port: whoever binds it next gets it.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn look(folder: &Path) -> Vec<Check> {
    let installation =
        Installation { folder: Folder::new(folder), listen: free(), certificate: None, now_ms: NOW_MS };
    examine(&installation).checks
}

fn named(checks: &[Check], name: &str) -> Check {
    checks.iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check {name}")).clone()
}

#[test]
fn a_sound_desk_is_found_sound() {
    let desk = desk();
    let checks = look(desk.path());
    for name in ["data folder", "permissions", "log", "database and bodies", "server keys", "clock", "port"] {
        let check = named(&checks, name);
        assert_eq!(check.verdict, Verdict::Good, "{check:?}");
    }
    assert!(
        checks.iter().filter(|check| check.verdict == Verdict::Wrong).all(|check| !check.mend.is_empty())
    );
}

#[test]
fn a_desk_away_from_localhost_needs_a_certificate() {
    let desk = desk();
    let check = named(&look(desk.path()), "certificate");
    assert!(check.verdict == Verdict::Wrong && check.mend.contains("--cert"), "{check:?}");
}

#[test]
fn a_folder_without_a_desk_says_how_to_make_one() {
    let empty = TempDir::new().unwrap();
    let check = named(&look(empty.path()), "data folder");
    assert!(check.verdict == Verdict::Wrong && check.mend.contains("chancery init"), "{check:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_read_says_which_command_closes_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    fs::set_permissions(desk.path().join("server.keys"), fs::Permissions::from_mode(0o644)).unwrap();
    let check = named(&look(desk.path()), "permissions");
    assert_eq!(check.verdict, Verdict::Wrong);
    assert!(check.mend.starts_with("chmod 600 ") && check.mend.ends_with("server.keys"), "{check:?}");
}

#[test]
fn a_damaged_body_is_named() {
    let desk = desk();
    let body = first_body(&desk.path().join("bodies"));
    let mut bytes = fs::read(&body).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&body, bytes).unwrap();
    let check = named(&look(desk.path()), "database and bodies");
    assert_eq!(check.verdict, Verdict::Wrong);
    let name = body.file_name().unwrap().to_str().unwrap();
    assert!(check.what.contains(name) && check.mend.contains("docs/operations.md"), "{check:?}");
}

fn first_body(folder: &Path) -> std::path::PathBuf {
    let shelf = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn a_log_that_is_no_log_is_named_and_what_builds_on_it_is_skipped() {
    let desk = desk();
    fs::write(desk.path().join("log.db"), b"rubbish".repeat(1000)).unwrap();
    let checks = look(desk.path());
    let log = named(&checks, "log");
    assert!(log.verdict == Verdict::Wrong && log.what.contains("log.db"), "{log:?}");
    for name in ["server keys", "host name", "certificate"] {
        assert_eq!(named(&checks, name).verdict, Verdict::Skipped, "{name}");
    }
}

#[test]
fn keys_of_another_desk_are_not_taken_for_its_own() {
    let desk = desk();
    let other = format!("chancery server keys 1\nlog {}\nobserver {}\n", "01".repeat(32), "02".repeat(32));
    fs::write(desk.path().join("server.keys"), other).unwrap();
    let check = named(&look(desk.path()), "server keys");
    assert!(check.verdict == Verdict::Wrong && check.mend.contains("backup"), "{check:?}");
}

#[test]
fn a_folder_in_use_is_looked_at_as_far_as_it_can_be() {
    let desk = desk();
    let lock = Folder::new(desk.path()).lock().unwrap();
    let checks = look(desk.path());
    assert_eq!(named(&checks, "log").verdict, Verdict::Good);
    assert_eq!(named(&checks, "database and bodies").verdict, Verdict::Skipped);
    assert_eq!(
        named(&checks, "port").verdict,
        Verdict::Watch,
        "a server has the folder, and nothing listens"
    );
    drop(lock);
}

#[test]
fn a_taken_port_is_wrong_unless_the_desk_itself_has_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    assert_eq!(port::free(listen, false).verdict, Verdict::Wrong);
    assert_eq!(port::free(listen, true).verdict, Verdict::Good);
}

#[test]
fn a_clock_behind_the_log_is_wrong() {
    assert_eq!(clock::sane(NOW_MS, Some(NOW_MS - 1)).verdict, Verdict::Good);
    assert_eq!(clock::sane(NOW_MS, Some(NOW_MS + 3_600_000)).verdict, Verdict::Wrong);
    assert_eq!(clock::sane(0, None).verdict, Verdict::Wrong);
}

#[test]
fn names_are_judged_as_browsers_judge_them() {
    let (local, open) = (SocketAddr::from(([127, 0, 0, 1], 8443)), SocketAddr::from(([0, 0, 0, 0], 443)));
    assert_eq!(host::name(Some("localhost"), local).verdict, Verdict::Good);
    assert_eq!(host::name(Some("localhost"), open).verdict, Verdict::Watch);
    assert_eq!(host::name(Some("192.0.2.7"), open).verdict, Verdict::Wrong);
    assert_eq!(host::name(Some("desk.invalid"), open).verdict, Verdict::Wrong);
    assert_eq!(host::of_origin("desk.example/log"), "desk.example");
    assert_eq!(host::of_origin("desk.example:8443/log"), "desk.example");
    assert_eq!(host::of_origin("[::1]:8443/log"), "[::1]");
}
