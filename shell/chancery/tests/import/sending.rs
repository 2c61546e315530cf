//! Records become packages of a real desk, over a real socket: once each, sealed, and on again after a break.

use std::{
    collections::BTreeSet,
    fs,
    io::BufReader,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use chancery::import::{
    Collection,
    marking::Levels,
    reader::Reader,
    record_digest,
    report::Report,
    sending::{self, Opening},
};
use chancery_desk::{act::imported_package, levels::shipped::Shipped};
use chancery_device::{
    folder::{Folder, FolderError},
    running::Device,
};
use chancery_log::id::{PackageId, Scope};
use chancery_seal::body::Body;
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running::{self, Running},
    },
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::{levels, real_files};

/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The small desk of the golden log, served, with its records officer's device.
struct Desk {
    folder: TempDir,
    server: Running,
}

type Started = (Device, JoinHandle<Result<(), FolderError>>);

impl Desk {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-logs/v1"), folder.path());
        let server = running::start(Config {
            folder: folder.path().join("desk"),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            host: "localhost".to_owned(),
            line: LineProtection::Plain,
            limits: Limits::default(),
        });
        let server = server.await.unwrap();
        let base = format!("http://{}", server.addr());
        Folder::readdress(&folder.path().join("device"), base, None).unwrap();
        Self { folder, server }
    }

    async fn device(&self) -> Started {
        let (folder, identity) = Folder::open(&self.folder.path().join("device"), None).unwrap();
        let (device, task) = Device::start(folder, identity).unwrap();
        tokio::time::timeout(PATIENCE, device.caught_up()).await.unwrap().unwrap();
        (device, task)
    }

    async fn close(self, (device, task): Started) -> TempDir {
        device.stop().await;
        task.await.unwrap().unwrap();
        self.server.stop().await.unwrap();
        self.folder
    }
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

fn calls(count: usize) -> String {
    let line = |n| {
        format!(
            r#"{{"id": "invented/{n}", "start": "1971-07-06T11:51:00-05:00", "date_certainty": "certain",
            "time_certainty": "certain", "participants": [{{"name": "Varn, Ilse, the quiet one"}}]}}"#
        )
        .replace('\n', " ")
    };
    (0..count).map(line).collect::<Vec<_>>().join("\n")
}

async fn import(device: &Device, text: &str) -> Report {
    let readers = device.with(|participant, _| sending::usual_readers(participant)).await.unwrap();
    let opening = Opening { readers, class: 1 };
    let mut report = Report::default();
    let records = Reader::new(Collection::CallLog, text.as_bytes(), levels(None));
    let sent = sending::send(device, records, &opening, &mut report, |_| {});
    tokio::time::timeout(PATIENCE, sent).await.unwrap().unwrap();
    report
}

async fn packages(device: &Device) -> BTreeSet<PackageId> {
    device.with(|participant, _| participant.ledger().packages.ids().collect()).await.unwrap()
}

/// Waits until the device holds these; the entry comes after the receipt.
async fn hold(device: &Device, wanted: BTreeSet<PackageId>) {
    let held = device.until(move |participant| {
        wanted.iter().all(|package| participant.ledger().package(*package).is_some())
    });
    tokio::time::timeout(PATIENCE, held).await.unwrap().unwrap();
}

fn packages_of_calls(count: usize) -> BTreeSet<PackageId> {
    (0..count).map(|n| imported_package(&record_digest("call-log", &format!("invented/{n}")))).collect()
}

#[tokio::test]
async fn a_file_that_is_imported_twice_comes_in_once() {
    let desk = Desk::open().await;
    let device = desk.device().await;
    let before = packages(&device.0).await;
    let text = format!("{}\nrubbish", calls(70));
    let first = import(&device.0, &text).await;
    assert_eq!((first.sent, first.known, first.unread(), first.refused), (70, 0, 1, 0), "{first}");
    hold(&device.0, packages_of_calls(70)).await;
    let second = import(&device.0, &text).await;
    assert_eq!((second.sent, second.known, second.refused), (0, 70, 0), "{second}");
    assert_eq!(packages(&device.0).await.len(), before.len() + 70);
    desk.close(device).await;
}

#[tokio::test]
async fn an_import_that_is_broken_off_goes_on_where_it_stopped() {
    let desk = Desk::open().await;
    let (device, task) = desk.device().await;
    let text = calls(400);
    let readers = device.with(|participant, _| sending::usual_readers(participant)).await.unwrap();
    let mut report = Report::default();
    {
        let opening = Opening { readers, class: 1 };
        let records = Reader::new(Collection::CallLog, text.as_bytes(), levels(None));
        let enough = device.until(|participant| participant.ledger().packages.ids().count() > 100);
        tokio::select! {
            sent = sending::send(&device, records, &opening, &mut report, |_| {}) => sent.unwrap(),
            reached = enough => reached.unwrap(),
        }
    }
    assert!(report.sent < 400, "it was to be broken off");
    device.stop().await;
    task.await.unwrap().unwrap();
    let again = desk.device().await;
    let rest = import(&again.0, &text).await;
    assert_eq!((rest.read, rest.sent + rest.known, rest.refused), (400, 400, 0), "{rest}");
    assert!(rest.known >= report.sent, "what was in the log was not sent again");
    hold(&again.0, packages_of_calls(400)).await;
    desk.close(again).await;
}

#[tokio::test]
async fn what_was_imported_is_read_by_the_officer_and_by_nobody_on_the_server() {
    let desk = Desk::open().await;
    let device = desk.device().await;
    import(&device.0, &calls(1)).await;
    let package = imported_package(&record_digest("call-log", "invented/0"));
    hold(&device.0, packages_of_calls(1)).await;
    let act = device.0.with(move |participant, _| participant.newest_act(Scope::Package(package), |_| true));
    let act = act.await.unwrap().unwrap();
    let wanted = device.0.until(move |participant| participant.bodies().get(act, 1).is_some());
    tokio::time::timeout(PATIENCE, wanted).await.unwrap().unwrap();
    let body = device.0.with(move |participant, _| participant.bodies().get(act, 1).cloned()).await.unwrap();
    let Some(Body::ClosedPackage(closed)) = body else { panic!("expected a closed package, got {body:?}") };
    assert_eq!(closed.roster, ["Varn, Ilse, the quiet one"]);
    let folder = desk.close(device).await;
    assert_eq!(files_with(&folder.path().join("desk"), b"the quiet one"), Vec::<PathBuf>::new());
}

/// Files below a folder in which these bytes stand. A body that is just being moved is looked at in its other place.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
            continue;
        }
        let held = match fs::read(&path) {
            Ok(held) => held,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => panic!("{}: {e}", path.display()),
        };
        if held.windows(bytes.len()).any(|window| window == bytes) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn the_real_telcons_become_packages_of_a_desk() {
    let Some(path) = real_files::file("telcons.jsonl") else { return };
    let desk = Desk::open().await;
    let device = desk.device().await;
    let readers = device.0.with(|participant, _| sending::usual_readers(participant)).await.unwrap();
    let opening = Opening { readers, class: 1 };
    let mut report = Report::default();
    let levels = Levels::of_scheme(&Shipped::Neutral.scheme().unwrap(), None);
    let file = BufReader::new(fs::File::open(path).unwrap());
    let records = Reader::new(Collection::Telcons, file, levels);
    sending::send(&device.0, records, &opening, &mut report, |_| {}).await.unwrap();
    assert_eq!((report.sent, report.refused, report.unread()), (292, 0, 0), "{report}");
    // The neutral scheme has "Secret" too, and none of the other words.
    assert_eq!(report.marked, 25, "{report}");
    let folder = desk.close(device).await;
    let planted = b"Goodfellow";
    assert_eq!(files_with(&folder.path().join("desk"), planted), Vec::<PathBuf>::new());
}
