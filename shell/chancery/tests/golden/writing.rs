//! Writes the golden log of this build's format. Run once for each new format, then commit what it wrote:
//! `cargo test -p chancery --test golden -- --ignored`.

use std::{fs, path::Path};

use chancery::audit;
use chancery_device::folder::{About, Folder};
use chancery_log::{act::ACT_VERSION, leaf::LEAF_VERSION};
use chancery_store::{log_db::LOG_DB_VERSION, store::Store};

use crate::{copy, golden, story};

/// Bodies that the mover takes at a time; more than the story has.
const MANY: usize = 10_000;

/// The format of this build: a golden log stands for all three at once.
fn version() -> String {
    assert_eq!((i32::from(ACT_VERSION), i32::from(LEAF_VERSION)), (LOG_DB_VERSION, LOG_DB_VERSION));
    format!("v{LOG_DB_VERSION}")
}

#[test]
#[ignore = "writes files to be committed, once for each format"]
fn write_the_golden_log_of_this_format() {
    let to = golden(&version());
    assert!(!to.exists(), "{} is there already: a golden log never changes", to.display());
    let mut world = story::play();
    let device = world.device("Greta").identity();
    let desk = world.folder();
    world.switchboard = None;
    half_of_the_bodies_are_moved(&desk);
    for deletable in ["views.db", "views.db-wal", "views.db-shm", "log.db-wal", "log.db-shm", "lock"] {
        let path = desk.join(deletable);
        if path.exists() {
            fs::remove_file(path).unwrap();
        }
    }
    copy(&desk, &to.join("desk"));
    let about = About {
        base: "http://127.0.0.1:1".to_owned(),
        certificate: None,
        desk: device.desk,
        genesis: device.genesis,
        person: device.person,
        device: device.secrets.id(),
    };
    drop(Folder::create(&to.join("device"), about, &device.secrets, None).unwrap());
    let sound = audit::folder::audit(&desk, |_| {}).unwrap().sound;
    fs::write(to.join("sound.json"), serde_json::to_string_pretty(&sound).unwrap() + "\n").unwrap();
    fs::write(to.join("README.md"), README).unwrap();
}

const README: &str =
    "An invented desk, as a build of this format wrote it. `desk` is the server's folder, `device` the
folder of its records officer's device; the keys in both are good for nothing else. `sound.json` is
what an audit of the log says. Nothing here is ever changed: newer builds must open it as it is.
";

/// So that bodies are found in both places.
fn half_of_the_bodies_are_moved(desk: &Path) {
    let mut store = Store::open(desk).unwrap();
    let mover = store.mover().unwrap();
    let all = store.inbox_len().min(MANY);
    let moved = mover.run(all / 2).unwrap();
    assert!(!moved.is_empty());
    store.forget_moved(&moved).unwrap();
}
