//! An exported log before a verifier that shares no code with us: Go's `golang.org/x/mod/sumdb`, as Debian packs it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use chancery_log::{
    act::Head,
    checkpoint,
    export::Export,
    id::{Digest, PackageId, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes},
    tiles::CHECKPOINT_PATH,
};
use ed25519_dalek::SigningKey;
use tempfile::TempDir;

const ORIGIN: &str = "desk.example/log";
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent/verify.go");
const MODULES: &str = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tile.go";
const MISSING: &str = "the independent verifier needs Go and its x/mod library: \
                       apt-get install golang-go golang-golang-x-mod-dev";

/// The tests of core run as a wasm module too, and there is no Go to ask from there.
fn can_start_programs() -> bool {
    std::env::consts::ARCH != "wasm32"
}

/// The verifier, compiled once for all tests of this file.
fn verifier() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = BUILT.get_or_init(|| {
        assert!(Path::new(MODULES).exists(), "{MISSING}");
        let folder = TempDir::new().unwrap();
        let program = folder.path().join("verify");
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(SOURCE)
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOCACHE", folder.path().join("cache"))
            .env("GOFLAGS", "")
            .output()
            .unwrap_or_else(|e| panic!("{MISSING} ({e})"));
        assert!(built.status.success(), "go build: {}", String::from_utf8_lossy(&built.stderr));
        (folder, program)
    });
    program
}

/// A log with leaves in three scopes, as files.
fn export(size: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut export = Export::new();
    let mut heads = [Head::EMPTY; 3];
    for index in 0..size {
        let turn = (index % 3) as u8;
        let scope = if turn == 0 { Scope::Trust } else { Scope::Package(PackageId([turn; 16])) };
        let [trust, ..] = heads;
        let before = heads.get_mut(usize::from(turn)).unwrap();
        let act = format!("act {index}").into_bytes();
        let leaf = LeafBytes::write(Leaf {
            index,
            logged_ms: 1_800_000_000_000 + index,
            scope,
            before: *before,
            trust_count: trust.count,
            act: Digest::of(&act),
            class: 1,
        })
        .unwrap();
        *before = leaf.after();
        for (path, bytes) in export.add(EntryBytes { leaf: leaf.bytes(), act: &act }).unwrap() {
            write(&folder.path().join(path.to_string()), &bytes);
        }
    }
    let (head, files) = export.finish().unwrap();
    for (path, bytes) in files {
        write(&folder.path().join(path.to_string()), &bytes);
    }
    let note = checkpoint::sign(ORIGIN, head, &SigningKey::from_bytes(&[7; 32])).unwrap();
    write(&folder.path().join(CHECKPOINT_PATH), &note);
    folder
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn verify(folder: &Path, seed: [u8; 32]) -> Output {
    let key = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    let vkey = checkpoint::vkey(ORIGIN, &key).unwrap();
    Command::new(verifier()).arg(folder).arg(vkey).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn go_verifies_exported_logs_of_many_sizes() {
    if !can_start_programs() {
        return;
    }
    for size in [0, 1, 2, 255, 256, 257, 600, 66_000] {
        let folder = export(size);
        let output = verify(folder.path(), [7; 32]);
        assert!(output.status.success(), "{size} leaves: {}", said(&output));
        assert!(said(&output).starts_with("ok: desk.example/log, "), "{}", said(&output));
    }
}

#[test]
fn go_catches_a_changed_byte_in_every_file() {
    if !can_start_programs() {
        return;
    }
    let folder = export(600);
    let mut changed = 0;
    for path in files(folder.path()) {
        let good = fs::read(&path).unwrap();
        for place in [0, good.len() / 2, good.len() - 2] {
            let mut bad = good.clone();
            *bad.get_mut(place).unwrap() ^= 1;
            fs::write(&path, &bad).unwrap();
            let output = verify(folder.path(), [7; 32]);
            assert_eq!(output.status.code(), Some(1), "{} byte {place}: {}", path.display(), said(&output));
            changed += 1;
        }
        fs::write(&path, &good).unwrap();
    }
    // Three bundles of leaves, three of acts, three tiles of level 0, one of level 1, the checkpoint.
    assert_eq!(changed, 3 * 11);
    assert!(verify(folder.path(), [7; 32]).status.success());
}

#[test]
fn go_refuses_another_key() {
    if !can_start_programs() {
        return;
    }
    let folder = export(5);
    let output = verify(folder.path(), [8; 32]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("checkpoint: "), "{}", said(&output));
}
