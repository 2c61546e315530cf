//! The server is killed with SIGKILL at random moments under load from sixteen devices. Every act that was acknowledged is
//! there afterwards, no number is missing, the views equal a fresh fold, and devices go on without gaps or doubles.

#![cfg(test)]

#[path = "desk/served.rs"]
mod served;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chancery::{
    command::as_device,
    init::{answers::Answers, make},
    settled::is_settled,
};
use chancery_desk::act::{Act, CallKind, OfficePurpose, Role};
use chancery_device::{
    enrol,
    folder::{Folder, FolderError},
    running::{Device, Logged},
};
use chancery_log::{
    act::ReceivedAct,
    id::{CounterpartId, Digest, PackageId, PersonId, Scope, Vault},
    leaf::LeafBytes,
};
use chancery_participant::{
    deed::{Deed, Opens, Words},
    founding,
    participant::Participant,
};
use chancery_seal::{
    body::{
        Body,
        call::{Note, NoteMark, Request, WrapUp},
        mark::{Mark, Rank},
        people::{CounterpartProfile, PersonProfile},
    },
    vault::Reader,
};
use chancery_store::{check, store::Store};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use served::{Served, free_port};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

/// With CHANCERY_LONG=1.
const ROUNDS_LONG: u32 = 200;
const ROUNDS: u32 = 20;

/// Devices besides those of the two officers: a principal, a duty officer, the rest note-takers.
const JOINING: usize = 14;
const CALLS: usize = 4;

/// How many acts each device says at a time: what was on the way is sent again in the right order.
const VOICES: usize = 2;

/// The kill comes at most so long after what is waited for.
const LOAD_MS: u64 = 300;

/// Every byte of the folder is checked after each kill; in a long run, whose log grows, after some.
const CHECK_EVERY_LONG: u32 = 20;

/// Far more than anything takes.
const PATIENCE: Duration = Duration::from_secs(90);

type Task = JoinHandle<Result<(), FolderError>>;

/// A device under load.
struct Player {
    device: Device,
    task: Task,
}

/// What devices were told is in the log, and what they said in all.
struct Told {
    acknowledged: Mutex<Vec<(Scope, Logged)>>,
    notes: Mutex<BTreeSet<String>>,
    people: Mutex<BTreeSet<PersonId>>,
    /// How often each device was answered.
    answers: watch::Sender<Vec<u64>>,
    stop: AtomicBool,
}

impl Told {
    fn nothing(devices: usize) -> Self {
        Self {
            acknowledged: Mutex::default(),
            notes: Mutex::default(),
            people: Mutex::default(),
            answers: watch::Sender::new(vec![0; devices]),
            stop: AtomicBool::new(false),
        }
    }
}

/// When the server is killed, a random while after this.
#[derive(Clone, Copy)]
enum After {
    /// It takes connections again: devices come back, and send again what was not answered.
    Start,
    /// One device was answered since the start.
    OneAnswered,
    /// Every device was answered since the start.
    AllAnswered,
}

const MOMENTS: [After; 3] = [After::AllAnswered, After::OneAnswered, After::Start];

async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{what} took too long"))
}

async fn started(folder: &Path) -> Player {
    let (folder, identity) = Folder::open(folder, None).unwrap();
    let (device, task) = Device::start(folder, identity).unwrap();
    patiently("catching up", device.caught_up()).await.unwrap();
    Player { device, task }
}

async fn found(root: &Path, port: u16) -> Vec<PathBuf> {
    let answers = Answers {
        name: "Desk of Oland".into(),
        host: "localhost".into(),
        address: format!("http://localhost:{port}"),
        scheme: "neutral".into(),
        officers: vec!["Asta".into(), "Bodil".into()],
        ..Answers::default()
    };
    let founding = answers.founding(chancery::time::now_ms()).unwrap();
    let made = make::make(&founding, &root.join("desk"), &root.join("officers"), |_| {}).await.unwrap();
    made.officers.into_iter().map(|officer| officer.folder).collect()
}

/// Somebody joins, by link, knock and approval.
async fn join(officer: &Device, root: &Path, base: &str, name: String, role: Role) -> Player {
    let profile = PersonProfile { name: name.clone(), title: String::new(), notices_to: String::new() };
    let (person, deeds) = officer
        .with(move |participant, _| {
            let person = PersonId(participant.draw_id());
            let trust = participant.ledger().trust().unwrap();
            let office = |purpose| trust.office_by_purpose(purpose);
            (person, founding::join(person, [role].into(), profile, office))
        })
        .await
        .unwrap();
    for deed in deeds {
        officer.act(deed).await.unwrap();
    }
    // An invitation names somebody whom this device knows to be at the desk.
    let is_known = move |participant: &Participant| {
        participant.ledger().trust().is_some_and(|trust| trust.at_desk(person))
    };
    officer.until(is_known).await.unwrap();
    let base = base.to_owned();
    let mut events = officer.events();
    let invited = officer.with(move |participant, now| participant.invite(now, person, &base, None).unwrap());
    let (ticket, link) = invited.await.unwrap();
    // A knock that comes before its invitation is turned away.
    as_device::answered(officer, &mut events, ticket).await.unwrap();
    let folder = root.join(&name);
    let newcomer = tokio::spawn({
        let (link, folder) = (link.text().to_string(), folder.clone());
        async move { enrol::enrol(&link, &folder, None, |_| {}).await }
    });
    let waits = move |participant: &Participant| {
        participant.waiting_devices().iter().any(|waiting| waiting.person == person && waiting.proved)
    };
    patiently("the knock", officer.until(waits)).await.unwrap();
    officer
        .with(move |participant, now| {
            let waiting = participant.waiting_devices();
            let device = waiting.iter().find(|waiting| waiting.person == person).unwrap().device;
            participant.approve(now, device).unwrap();
        })
        .await
        .unwrap();
    patiently("the approval", newcomer).await.unwrap().unwrap();
    started(&folder).await
}

/// Calls that are live at once, read by the duty desk and the principal.
async fn calls(duty: &Device, principal: PersonId) -> Vec<PackageId> {
    let far = CounterpartProfile {
        name: "Rui Valcareno".into(),
        title: String::new(),
        of: "Corvane".into(),
        pronounced: String::new(),
        time_zone: String::new(),
        languages: Vec::new(),
        call_back: Vec::new(),
        policy: Vec::new(),
        avoid: Vec::new(),
    };
    let (counterpart, directory, duty_desk) = duty
        .with(|participant, _| {
            let counterpart = CounterpartId(participant.draw_id());
            let trust = participant.ledger().trust().unwrap();
            let office = |purpose| trust.office_by_purpose(purpose).unwrap();
            (counterpart, office(OfficePurpose::Directory), office(OfficePurpose::DutyDesk))
        })
        .await
        .unwrap();
    let words = vec![Words { vault: Vault::Office(directory), body: Body::Counterpart(far) }];
    duty.act(Deed::Say { scope: Scope::Trust, act: Act::CounterpartAdded { counterpart }, words })
        .await
        .unwrap();
    let mut packages = Vec::new();
    for call in 0..CALLS {
        let package = PackageId(duty.with(|participant, _| participant.draw_id()).await.unwrap());
        let request = Request {
            subject: format!("call {call}"),
            purpose: String::new(),
            language: String::new(),
            mark: Mark::default(),
        };
        let deed = Deed::Open {
            package,
            opens: Opens::Call { principal, counterpart, kind: CallKind::Unannounced },
            class: 1,
            level: Rank(0),
            readers: [Reader::Office(duty_desk), Reader::Person(principal)].into(),
            words: Body::Request(request),
        };
        duty.act(deed).await.unwrap();
        packages.push(package);
    }
    packages
}

/// Acts one after another, in all calls in turn, until told to stop; each is answered before the next.
async fn say(player: usize, voice: usize, device: Device, packages: Vec<PackageId>, told: Arc<Told>) {
    let mut said = 0_usize;
    while !told.stop.load(Ordering::Relaxed) {
        said += 1;
        let package = packages[said % packages.len()];
        let text = format!("player {player}, voice {voice}, word {said}");
        let deed = match player {
            3.. => {
                told.notes.lock().unwrap().insert(text.clone());
                let note = Body::Note(Note { at_ms: 0, mark: NoteMark::Remark, text });
                Deed::in_package(package, Act::NoteTaken { instead_of: None }, note)
            }
            2 => {
                let words = Body::WrapUp(WrapUp { text, voice: Default::default() });
                Deed::in_package(package, Act::WrapUpGiven {}, words)
            }
            // An officer's device: somebody joins.
            0 | 1 => {
                let person = PersonId(device.with(|participant, _| participant.draw_id()).await.unwrap());
                told.people.lock().unwrap().insert(person);
                Deed::bare(Scope::Trust, Act::PersonAdded { person, roles: BTreeSet::new() })
            }
        };
        let scope = deed.scope();
        let logged = device.act(deed).await.unwrap();
        told.acknowledged.lock().unwrap().push((scope, logged));
        told.answers.send_modify(|answers| answers[player] += 1);
    }
}

/// Reads the folder as a server that starts does, and finds everything that devices were told is in it.
fn all_is_there(desk: &Path, acknowledged: &[(Scope, Logged)], is_thorough: bool) -> u64 {
    let store = Store::open(desk).unwrap();
    let mut counts: BTreeMap<Scope, u64> = BTreeMap::new();
    let mut acts: BTreeMap<u64, (Scope, Digest)> = BTreeMap::new();
    for index in 0..store.size() {
        let row = store.entry(index).unwrap();
        let leaf = LeafBytes::read(&row.leaf).unwrap();
        let leaf = leaf.leaf();
        let in_scope = counts.entry(leaf.scope).or_default();
        assert_eq!((leaf.index, leaf.before.count), (index, *in_scope), "a number is missing");
        *in_scope += 1;
        assert_eq!(leaf.act, Digest::of(&row.act));
        acts.insert(index, (leaf.scope, leaf.act));
        ReceivedAct::read(row.act).unwrap();
    }
    for (scope, Logged { act, index }) in acknowledged {
        assert_eq!(acts.get(index), Some(&(*scope, *act)), "an acknowledged act is lost: entry {index}");
    }
    let size = store.size();
    drop(store);
    if is_thorough {
        // Views that were brought up to the log are compared with a fresh fold, and every body with its digest.
        let report = check::check(desk, |_, _| {}).unwrap();
        assert_eq!(report.findings, Vec::new());
    }
    size
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed_under_load() {
    let is_long = std::env::var_os("CHANCERY_LONG").is_some_and(|value| value == "1");
    let began = Instant::now();
    let root = TempDir::new().unwrap();
    let (desk, port) = (root.path().join("desk"), free_port());
    let officers = found(root.path(), port).await;
    let mut served = Served::start(&desk, port);
    let base = format!("http://localhost:{port}");
    let mut players = Vec::new();
    for folder in &officers {
        players.push(started(folder).await);
    }
    for number in 0..JOINING {
        let role = match number {
            0 => Role::Principal,
            1 => Role::DutyOfficer,
            _ => Role::NoteTaker,
        };
        let player = join(&players[0].device, root.path(), &base, format!("player-{number}"), role).await;
        players.push(player);
    }
    for player in &players {
        patiently("settling", player.device.until(is_settled)).await.unwrap();
    }
    let principal = players[2].device.with(|participant, _| participant.person()).await.unwrap();
    let packages = calls(&players[3].device, principal).await;
    for player in &players[2..] {
        for package in &packages {
            patiently("the calls", player.device.holds(Scope::Package(*package), 1)).await.unwrap();
        }
    }
    eprintln!("{} devices joined in {:?}", players.len(), began.elapsed());
    let told = Arc::new(Told::nothing(players.len()));
    let mut saying = Vec::new();
    for (number, player) in players.iter().enumerate() {
        for voice in 0..VOICES {
            let device = player.device.clone();
            saying.push(tokio::spawn(say(number, voice, device, packages.clone(), told.clone())));
        }
    }
    kill_again_and_again(&mut served, root.path(), &told, is_long).await;
    told.stop.store(true, Ordering::Relaxed);
    for task in saying {
        patiently("the last acts", task).await.unwrap();
    }
    devices_agree(&players, &packages, &told).await;
    for Player { device, task } in players {
        device.stop().await;
        task.await.unwrap().unwrap();
    }
    served.kill();
    let acknowledged = told.acknowledged.lock().unwrap().clone();
    let size = on_a_thread(move || all_is_there(&desk, &acknowledged, true)).await;
    let acts: u64 = told.answers.borrow().iter().sum();
    eprintln!("{acts} acts acknowledged, {size} entries, {:?}", began.elapsed());
}

/// The store waits for its own files, which no async thread may.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Kills and starts the server. What the kill left is looked at in a copy, so that the server itself recovers from it,
/// and devices come back meanwhile.
async fn kill_again_and_again(served: &mut Served, root: &Path, told: &Arc<Told>, is_long: bool) {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&chancery::time::now_ms().to_le_bytes());
    let mut rng = ChaCha20Rng::from_seed(seed);
    let mut answers = told.answers.subscribe();
    let mut checked: Option<JoinHandle<u64>> = None;
    let rounds = if is_long { ROUNDS_LONG } else { ROUNDS };
    for (round, after) in (0..rounds).zip(MOMENTS.into_iter().cycle()) {
        let before = answers.borrow().clone();
        let is_time = |now: &Vec<u64>| {
            let mut went_on = now.iter().zip(&before).map(|(now, before)| now > before);
            match after {
                After::Start => true,
                After::OneAnswered => went_on.any(|it| it),
                After::AllAnswered => went_on.all(|it| it),
            }
        };
        patiently("the load", answers.wait_for(is_time)).await.unwrap();
        // The moment of the kill is what is tested; there is nothing to wait for instead.
        tokio::time::sleep(Duration::from_micros(rng.next_u64() % (LOAD_MS * 1_000))).await;
        served.kill();
        let acknowledged = told.acknowledged.lock().unwrap().clone();
        let left = root.join(format!("left-{round}"));
        copy(&root.join("desk"), &left);
        served.restart();
        if let Some(checked) = checked.take() {
            checked.await.unwrap();
        }
        checked = Some(tokio::task::spawn_blocking(move || {
            let size = all_is_there(&left, &acknowledged, !is_long || round % CHECK_EVERY_LONG == 0);
            fs::remove_dir_all(left).unwrap();
            size
        }));
    }
    checked.unwrap().await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        // What is below stays as it was written, so a second name is a copy, and takes no time.
        match (entry.file_type().unwrap().is_dir(), from.ends_with("desk")) {
            (true, _) => copy(&entry.path(), &to),
            (false, true) => drop(fs::copy(entry.path(), to).unwrap()),
            (false, false) => fs::hard_link(entry.path(), to).unwrap(),
        }
    }
}

/// Every device holds the same, each note once, and none raised an alarm.
async fn devices_agree(players: &[Player], packages: &[PackageId], told: &Told) {
    for player in players {
        let idle = |participant: &Participant| {
            participant.is_caught_up() && participant.outbox().items().next().is_none()
        };
        patiently("emptying the outbox", player.device.until(idle)).await.unwrap();
    }
    let notes = told.notes.lock().unwrap().clone();
    let people = told.people.lock().unwrap().clone();
    let scopes: Vec<Scope> = packages.iter().map(|package| Scope::Package(*package)).collect();
    let duty = &players[3].device;
    let heads = {
        let scopes = scopes.clone();
        duty.with(move |participant, _| {
            scopes.iter().map(|scope| participant.ledger().head(*scope)).collect::<Vec<_>>()
        })
    };
    let heads = heads.await.unwrap();
    for (number, player) in players.iter().enumerate() {
        let reads = number >= 2;
        let (scopes, heads, notes, people) = (scopes.clone(), heads.clone(), notes.clone(), people.clone());
        let same = {
            let (scopes, heads) = (scopes.clone(), heads.clone());
            move |participant: &Participant| {
                let at = |scope: &Scope| participant.ledger().head(*scope);
                !reads
                    || (scopes.iter().map(at).eq(heads.iter().copied())
                        && !participant.bodies().is_fetching())
            }
        };
        patiently("coming to the same head", player.device.until(same)).await.unwrap();
        let check = move |participant: &mut Participant, _: u64| {
            let alarms: Vec<String> = participant.alarms().map(ToString::to_string).collect();
            assert_eq!(alarms, Vec::<String>::new(), "device {number}");
            let trust = participant.ledger().trust().unwrap();
            assert!(people.iter().all(|person| trust.at_desk(*person)), "somebody who joined is missing");
            if !reads {
                return;
            }
            let mut read = Vec::new();
            for entry in scopes.iter().flat_map(|scope| participant.ledger().entries(*scope)) {
                if let Some(Body::Note(note)) = participant.bodies().get(entry.said.digest, 0) {
                    read.push(note.text.clone());
                }
            }
            let distinct: BTreeSet<String> = read.iter().cloned().collect();
            assert_eq!(distinct.len(), read.len(), "device {number}: a note came twice");
            assert_eq!(distinct, notes, "device {number}: a note is missing");
        };
        player.device.with(check).await.unwrap();
    }
}
