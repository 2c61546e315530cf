//! Each golden log is opened by the store, audited, and read by a device over a real socket.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use chancery::audit;
use chancery_device::{folder::Folder, running::Device};
use chancery_log::id::Scope;
use chancery_participant::participant::Participant;
use chancery_seal::body::Body;
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running,
    },
};
use chancery_store::store::Store;
use serde_json::Value;
use tempfile::TempDir;

use crate::{copy, golden, story};

/// Every format that ever was.
const VERSIONS: [&str; 1] = ["v1"];

/// More than enough for a log of three hundred entries.
const PATIENCE: Duration = Duration::from_secs(60);

fn copied(version: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&golden(version), folder.path());
    folder
}

#[test]
fn the_store_opens_and_folds_every_golden_log() {
    for version in VERSIONS {
        let folder = copied(version);
        let store = Store::open(&folder.path().join("desk")).unwrap();
        let sound = sound(folder.path());
        assert_eq!(Some(store.size()), sound["size"].as_u64(), "{version}");
        assert!(store.desk().packages.len() >= 2, "{version}");
    }
}

#[test]
fn an_audit_of_every_golden_log_says_what_it_said_then() {
    for version in VERSIONS {
        let folder = copied(version);
        let found = audit::folder::audit(&folder.path().join("desk"), |_| {}).unwrap().sound;
        assert_eq!(serde_json::to_value(&found).unwrap(), sound(folder.path()), "{version}");
    }
}

#[tokio::test]
async fn a_device_of_then_reads_every_golden_log_now() {
    for version in VERSIONS {
        let folder = copied(version);
        let server = running::start(Config {
            folder: folder.path().join("desk"),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            host: "localhost".to_owned(),
            line: LineProtection::Plain,
            limits: Limits::default(),
        });
        let server = server.await.unwrap();
        let path = folder.path().join("device");
        Folder::readdress(&path, format!("http://{}", server.addr()), None).unwrap();
        let (device_folder, identity) = Folder::open(&path, None).unwrap();
        let (device, task) = Device::start(device_folder, identity).unwrap();
        tokio::time::timeout(PATIENCE, device.caught_up()).await.unwrap().unwrap();
        let (subjects, alarms) = device.with(|participant, _| read(participant)).await.unwrap();
        assert_eq!(alarms, Vec::<String>::new(), "{version}");
        assert!(subjects.iter().any(|subject| subject == story::SUBJECT), "{version}: {subjects:?}");
        device.stop().await;
        task.await.unwrap().unwrap();
        server.stop().await.unwrap();
    }
}

/// Subjects of the closed packages that the device opened, and its alarms.
fn read(participant: &Participant) -> (Vec<String>, Vec<String>) {
    let mut subjects = Vec::new();
    for (id, _, _) in participant.ledger().packages.all() {
        for entry in participant.ledger().entries(Scope::Package(id)) {
            for place in 0..u16::try_from(entry.said.bodies.len()).unwrap() {
                if let Some(Body::ClosedPackage(closed)) = participant.bodies().get(entry.said.digest, place)
                {
                    subjects.extend(closed.telcon.as_ref().map(|telcon| telcon.subject.clone()));
                }
            }
        }
    }
    (subjects, participant.alarms().map(ToString::to_string).collect())
}

fn sound(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("sound.json")).unwrap()).unwrap()
}
