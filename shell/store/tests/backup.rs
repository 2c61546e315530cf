//! Backup, restore, check and export.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic, in its helpers too"
)]

mod world;

use std::{collections::BTreeMap, fs, path::Path};

use chancery_desk::act::Act;
use chancery_log::{
    id::{Digest, PersonId, Scope},
    tiles::TilePath,
};
use chancery_store::{
    backup::{self, BackupError},
    check::{self, CheckError},
    damage::Place,
    export,
    store::Store,
};
use rusqlite::Connection;
use world::{World, start_ms};

/// A desk with a few hundred entries; half of its bodies moved, half in the inbox.
fn busy() -> (World, Store) {
    let (world, mut store) = World::at_work();
    for number in 0..150_u32 {
        world.duty.note(&mut store, &number.to_be_bytes());
    }
    store.commit().unwrap();
    let moved = store.mover().unwrap().run(1_000).unwrap();
    store.forget_moved(&moved).unwrap();
    for number in 150..300_u32 {
        world.duty.note(&mut store, &number.to_be_bytes());
    }
    store.commit().unwrap();
    store.settle().unwrap();
    (world, store)
}

fn findings(folder: &Path) -> Vec<String> {
    check::check(folder, |_, _| {}).unwrap().findings.iter().map(ToString::to_string).collect()
}

fn tamper(folder: &Path, sql: &str) {
    Connection::open(folder.join("log.db")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_sound_folder_has_no_findings() {
    let (world, store) = busy();
    let size = store.size();
    drop(store);
    let mut told = Vec::new();
    let report = check::check(&world.folder(), |done, of| told.push((done, of))).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.entries, size);
    assert!(report.bodies > 300);
    assert_eq!(told.last(), Some(&(size, size)));
}

#[test]
fn a_folder_that_a_server_has_open_is_not_checked() {
    let (world, _store) = World::found();
    let refused = check::check(&world.folder(), |_, _| {});
    assert!(matches!(refused, Err(CheckError::Lock(_))));
}

#[test]
fn a_backup_made_while_the_store_works_restores_to_the_same_desk() {
    let (world, mut store) = busy();
    let (size, desk, checkpoint) = (store.size(), store.desk().clone(), store.checkpoint().to_vec());
    let to = world.dir.path().join("backup");
    let mut during = Vec::new();
    let folder = store.folder().clone();
    let manifest = backup::backup(&folder, &to, start_ms(), |progress| {
        if during.is_empty() {
            // An act in the middle of the copy is not in it, and does not disturb it.
            world.duty.note(&mut store, b"meanwhile");
            store.commit().unwrap();
        }
        during.push(progress);
    });
    let manifest = manifest.unwrap();
    assert_eq!(manifest.size, size);
    assert_eq!(manifest.checkpoint.as_bytes(), checkpoint);
    assert!(manifest.bodies >= 150);
    assert_eq!(store.size(), size + 1);
    assert_eq!(findings(&to), [""; 0]);
    let restored = world.dir.path().join("restored");
    assert_eq!(backup::restore(&to, &restored, |_| {}).unwrap(), manifest);
    assert_eq!(findings(&restored), [""; 0]);
    let restored = Store::open(&restored).unwrap();
    assert_eq!((restored.size(), restored.desk()), (size, &desk));
    for number in [0_u32, 149, 150, 299] {
        let bytes = number.to_be_bytes();
        assert_eq!(restored.body(Digest::of(&bytes)).unwrap(), bytes);
    }
    assert!(restored.body(Digest::of(b"meanwhile")).is_err());
}

#[test]
fn a_backup_or_a_restore_never_writes_over_something() {
    let (world, store) = World::found();
    let to = world.dir.path().join("backup");
    backup::backup(store.folder(), &to, start_ms(), |_| {}).unwrap();
    let again = backup::backup(store.folder(), &to, start_ms(), |_| {});
    assert!(matches!(again, Err(BackupError::Occupied(_))));
    let over = backup::restore(&to, &world.folder(), |_| {});
    assert!(matches!(over, Err(BackupError::Occupied(_))));
}

#[test]
fn a_changed_backup_is_not_restored() {
    let (world, store) = busy();
    let to = world.dir.path().join("backup");
    backup::backup(store.folder(), &to, start_ms(), |_| {}).unwrap();
    let restore = |name: &str| backup::restore(&to, &world.dir.path().join(name), |_| {}).unwrap_err();
    let keys = fs::read(to.join("server.keys")).unwrap();
    fs::write(to.join("server.keys"), b"other keys").unwrap();
    assert!(matches!(restore("a"), BackupError::Changed { name, .. } if name == "server.keys"));
    fs::write(to.join("server.keys"), keys).unwrap();
    let sha256 = Digest::of(&7_u32.to_be_bytes()).to_string();
    let body = to.join("bodies").join(&sha256[..2]).join(&sha256);
    let bytes = fs::read(&body).unwrap();
    fs::write(&body, b"other").unwrap();
    assert!(restore("b").to_string().contains("damaged"));
    fs::remove_file(&body).unwrap();
    assert!(matches!(restore("c"), BackupError::BodyCount { .. }));
    fs::write(&body, bytes).unwrap();
    fs::remove_file(to.join("manifest.json")).unwrap();
    assert!(restore("d").to_string().contains("manifest.json"));
}

#[test]
fn the_check_names_every_damaged_place_not_only_the_first() {
    let (world, mut store) = busy();
    let moved = store.mover().unwrap().run(1_000).unwrap();
    store.forget_moved(&moved).unwrap();
    drop(store);
    let folder = world.folder();
    let sha256 = Digest::of(&7_u32.to_be_bytes()).to_string();
    fs::write(folder.join("bodies").join(&sha256[..2]).join(&sha256), b"other").unwrap();
    let sha256 = Digest::of(&290_u32.to_be_bytes()).to_string();
    fs::remove_file(folder.join("bodies").join(&sha256[..2]).join(&sha256)).unwrap();
    tamper(&folder, "UPDATE entry SET act = CAST(act || x'00' AS BLOB) WHERE idx IN (100, 200)");
    let found = check::check(&folder, |_, _| {}).unwrap().findings;
    let places: Vec<Place> = found.iter().map(|damage| damage.place).collect();
    for place in [Place::Entry(100), Place::Entry(200)] {
        assert!(places.contains(&place), "{place} in {found:?}");
    }
    let of_bodies: Vec<String> = found
        .iter()
        .filter(|damage| matches!(damage.place, Place::Body(..)))
        .map(ToString::to_string)
        .collect();
    assert_eq!(of_bodies.len(), 2, "{of_bodies:?}");
    assert!(of_bodies[0].contains("damaged") && of_bodies[1].contains("missing"), "{of_bodies:?}");
}

#[test]
fn the_check_finds_a_forged_signature_that_the_start_does_not_look_for() {
    let (world, mut store) = World::at_work();
    let act = Act::PersonAdded { person: PersonId([90; 16]), roles: [].into() };
    let index = world.officer.say(&mut store, Scope::Trust, &act, Vec::new());
    store.commit().unwrap();
    let row = store.entry(index).unwrap();
    drop(store);
    // The last byte belongs to the signature. Leaf, tree and checkpoint are then made to fit, as a thief of the
    // server's keys could.
    let mut forged = row.act.clone();
    *forged.last_mut().unwrap() ^= 1;
    world::relog(&world, index, &forged);
    assert!(Store::open(&world.folder()).is_ok());
    let found = findings(&world.folder());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("log.db: entry {index}: ")), "{found:?}");
    assert!(found[0].contains("signature"), "{found:?}");
}

#[test]
fn the_check_finds_views_that_differ_from_a_fresh_fold() {
    let (world, store) = busy();
    drop(store);
    let views = Connection::open(world.folder().join("views.db")).unwrap();
    views.execute_batch("UPDATE board SET stage = 'live'").unwrap();
    drop(views);
    let found = findings(&world.folder());
    assert!(found.len() == 1 && found[0].starts_with("views.db: "), "{found:?}");
}

#[test]
fn the_check_finds_keys_that_are_not_the_log_s() {
    let (world, store) = World::found();
    drop(store);
    let keys = chancery_store::server_keys::ServerKeys::from_seeds(&[1; 32], &[2; 32]);
    keys.write(&world.folder().join("server.keys")).unwrap();
    assert_eq!(findings(&world.folder()).len(), 2);
}

#[test]
fn an_export_holds_every_tile_and_bundle_and_the_checkpoint() {
    let (world, store) = busy();
    let to = world.dir.path().join("export");
    let exported = export::export(store.folder(), &to, |_| {}).unwrap();
    assert_eq!(exported.size, store.size());
    assert_eq!(fs::read(to.join("checkpoint")).unwrap(), store.checkpoint());
    let mut expected = BTreeMap::new();
    for path in chancery_log::export::hash_paths(store.size()) {
        expected.insert(path.to_string(), path);
    }
    for (leaves, acts) in chancery_log::export::bundle_paths(store.size()) {
        expected.insert(leaves.to_string(), leaves);
        expected.insert(acts.to_string(), acts);
    }
    assert_eq!(exported.files, u64::try_from(expected.len()).unwrap() + 1);
    for (name, path) in expected {
        let bytes = fs::read(to.join(&name)).unwrap();
        if let TilePath::Acts(0, width) = path {
            let acts = chancery_log::tiles::decode_acts(&bytes, width).unwrap();
            assert_eq!(acts[5], store.entry(5).unwrap().act);
        }
    }
    assert!(export::export(store.folder(), &to, |_| {}).is_err());
}
