//! An audit finds whatever was changed in an exported log, and names the file and the place.

#![cfg(test)]

use std::{fs, path::Path};

use chancery::audit::{self, Audited, finding::Finding, proof};
use chancery_log::{
    receipt::{Expected, ReceiptError},
    tiles::{TilePath, decode_leaves, encode_leaves},
};
use chancery_store::{export, folder::Folder};
use tempfile::TempDir;

/// The golden desk's log, written out.
fn exported() -> TempDir {
    let desk = TempDir::new().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-logs/v1/desk");
    fs::copy(golden.join("log.db"), desk.path().join("log.db")).unwrap();
    let to = TempDir::new().unwrap();
    export::export(&Folder::new(desk.path()), to.path(), |_| {}).unwrap();
    to
}

fn look(folder: &Path) -> Result<Audited, Finding> {
    audit::export::audit(folder, |_| {})
}

/// What an audit says after this file was changed.
fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let export = exported();
    let path = export.path().join(name);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    look(export.path()).unwrap_err().to_string()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                names.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    names.sort();
    names
}

#[test]
fn a_sound_log_is_found_sound() {
    let audited = look(exported().path()).unwrap();
    assert_eq!(audited.sound.origin, "desk.example/log");
    assert_eq!(audited.sound.size, 181);
    assert!(audited.desk.packages.len() == 2);
}

#[test]
fn one_changed_byte_anywhere_is_found_and_its_file_named() {
    let names = files(exported().path());
    assert_eq!(names, ["acts/000.p/181", "checkpoint", "tile/0/000.p/181", "tile/entries/000.p/181"]);
    for name in &names {
        let len = fs::read(exported().path().join(name)).unwrap().len();
        for at in [0, len / 3, len / 2, len - 1] {
            let said = changed(name, |bytes| bytes[at] ^= 1);
            let places = [name.as_str(), "checkpoint", "tile/entries/000.p/181"];
            assert!(places.iter().any(|place| said.starts_with(place)), "{name} at {at}: {said}");
        }
    }
}

#[test]
fn a_missing_file_is_named() {
    let export = exported();
    fs::remove_file(export.path().join("acts/000.p/181")).unwrap();
    assert!(look(export.path()).unwrap_err().to_string().starts_with("acts/000.p/181: can not be read"));
}

#[test]
fn an_act_by_a_device_that_nobody_approved_is_named_by_its_place() {
    // The act of entry 1 in the place of entry 5: the leaf names another digest.
    let said = changed("acts/000.p/181", |bytes| {
        let acts: Vec<Vec<u8>> =
            chancery_log::tiles::decode_acts(bytes, 181).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        let mut acts = acts;
        acts[5] = acts[1].clone();
        *bytes = chancery_log::tiles::encode_acts(&acts).unwrap();
    });
    assert!(said.contains("entry 5 of the log"), "{said}");
}

#[test]
fn entries_in_another_order_are_named_by_the_first_that_is_out_of_place() {
    let said = changed("tile/entries/000.p/181", |bytes| {
        let mut leaves: Vec<Vec<u8>> =
            decode_leaves(bytes, 181).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        leaves.swap(7, 8);
        *bytes = encode_leaves(&leaves).unwrap();
    });
    assert!(said.contains("entry 7 of the log: the leaf says that it stands at 8"), "{said}");
}

#[test]
fn a_receipt_holds_for_its_entry_and_for_no_other() {
    let export = exported();
    let audited = look(export.path()).unwrap();
    let proof = proof::of_entry(export.path(), &audited, 42).unwrap();
    let other = proof::of_entry(export.path(), &audited, 43).unwrap();
    let expected = Expected {
        act: other.act,
        scope: other.scope,
        origin: &audited.sound.origin,
        log_key: &audited.log_key,
    };
    assert!(other.receipt.verify(expected).is_ok());
    assert!(matches!(proof.receipt.verify(expected), Err(ReceiptError::ActMismatch { .. })));
    let beyond = proof::of_entry(export.path(), &audited, 181).unwrap_err();
    assert_eq!(beyond.to_string(), "the log has entries 0 to 180, not 181");
}

#[test]
fn every_file_of_an_export_is_one_that_the_format_knows() {
    for name in files(exported().path()) {
        assert!(name == "checkpoint" || TilePath::read(&name).is_ok(), "{name}");
    }
}
