//! What handshakes cost: CPU time and bytes at 2, 10 and 50 members. docs/group.md has the figures and how to get them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that goes wrong must stop"
)]

use std::collections::BTreeSet;

use std::fs;

use chancery_call_tree::{
    suite::CallPlace,
    tree::{CallTree, check_key_package},
};
use chancery_log::id::{DeskId, PackageId, PartyId};
use chancery_open::device::DeviceSecrets;
use chancery_seal::leaf_cert::Admitted;
use chancery_secure_call::group::{
    CallGroup,
    commit::{Committed, Plan},
    join::Joining,
    receive::{CommitReceived, Merged},
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

const NOW_MS: u64 = 1_800_000_000_000;

/// Each step is done so often, and the median is told.
const RUNS: usize = 15;

/// CPU time of all threads of this process, in milliseconds: a busy machine does not change it much.
fn cpu_ms() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let ns = tasks.map(|task| {
        let stat = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
        stat.split(' ').next().unwrap().parse::<f64>().unwrap()
    });
    ns.sum::<f64>() / 1e6
}

fn timed<T>(spent: &mut Vec<f64>, step: impl FnOnce() -> T) -> T {
    let start = cpu_ms();
    let done = step();
    spent.push(cpu_ms() - start);
    done
}

fn median(spent: &mut [f64]) -> f64 {
    spent.sort_by(f64::total_cmp);
    spent[spent.len() / 2]
}

struct Call {
    rng: ChaCha20Rng,
    place: CallPlace,
    admitted: Vec<Admitted>,
    server: CallTree,
    #[allow(clippy::vec_box, reason = "a group is merged in its box")]
    members: Vec<Box<CallGroup>>,
}

#[derive(Default)]
struct Spent {
    offer: Vec<f64>,
    commit: Vec<f64>,
    take: Vec<f64>,
    process: Vec<f64>,
    join: Vec<f64>,
    update: Vec<f64>,
    remove: Vec<f64>,
}

fn person(rng: &mut ChaCha20Rng, admitted: &mut Vec<Admitted>) -> (DeviceSecrets, PartyId) {
    let device = DeviceSecrets::draw(rng).unwrap();
    let mut party = [0; 16];
    rng.fill_bytes(&mut party);
    admitted.push(Admitted::new(PartyId(party), device.public().clone()));
    (device, PartyId(party))
}

impl Call {
    fn begin() -> Self {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let place = CallPlace { desk: DeskId([1; 16]), package: PackageId([2; 16]), observer: [3; 32] };
        let mut admitted = Vec::new();
        let (device, party) = person(&mut rng, &mut admitted);
        let first = CallGroup::found(place, party, &device, NOW_MS, &mut rng).unwrap();
        let server = CallTree::open(&first.group_info().unwrap(), place, &admitted, NOW_MS).unwrap();
        Self { rng, place, admitted, server, members: vec![Box::new(first)] }
    }

    fn follow(&mut self, by: usize, made: &Committed, spent: &mut Spent) {
        let author = self.members[by].own().device;
        let (admitted, server) = (&self.admitted, &mut self.server);
        timed(&mut spent.take, || {
            server
                .take(&made.commit, made.welcome.as_deref(), author, admitted, &BTreeSet::new(), NOW_MS)
                .unwrap()
        });
        self.members = std::mem::take(&mut self.members)
            .into_iter()
            .enumerate()
            .filter_map(|(number, mut member)| {
                if number == by {
                    member.confirm().unwrap();
                    return Some(member);
                }
                let merged = timed(&mut spent.process, || {
                    let Ok(CommitReceived::Other(received)) = member.receive_commit(&made.commit) else {
                        panic!()
                    };
                    let verified = member.verify(received, admitted, NOW_MS).unwrap();
                    member.merge(verified)
                });
                match merged {
                    Merged::In { group, .. } => Some(group),
                    Merged::Out { .. } => None,
                    Merged::Stale { .. } | Merged::Lost { .. } => panic!(),
                }
            })
            .collect();
    }

    fn add(&mut self, spent: &mut Spent) -> (usize, usize) {
        let (device, party) = person(&mut self.rng, &mut self.admitted);
        let joining = timed(&mut spent.offer, || {
            Joining::draw(self.place, party, &device, NOW_MS, &mut self.rng).unwrap()
        });
        let made = timed(&mut spent.commit, || {
            let add = check_key_package(joining.key_package(), &self.place, &self.admitted, NOW_MS).unwrap();
            let plan = Plan { add: vec![add], ..Plan::default() };
            self.members[0].commit(plan, &self.admitted, NOW_MS).unwrap()
        });
        self.follow(0, &made, spent);
        let welcome = made.welcome.as_ref().unwrap();
        let joined = timed(&mut spent.join, || {
            joining.follow(welcome).unwrap().enter(&self.admitted, NOW_MS).unwrap()
        });
        self.members.push(Box::new(joined));
        (made.commit.len(), welcome.len())
    }

    fn update(&mut self, by: usize, spent: &mut Spent) -> usize {
        let made = timed(&mut spent.update, || {
            self.members[by].commit(Plan::default(), &self.admitted, NOW_MS).unwrap()
        });
        self.follow(by, &made, spent);
        made.commit.len()
    }

    fn remove_last(&mut self, spent: &mut Spent) -> usize {
        let leaf = self.members.last().unwrap().own().leaf;
        let made = timed(&mut spent.remove, || {
            let plan = Plan { remove: vec![leaf], ..Plan::default() };
            self.members[0].commit(plan, &self.admitted, NOW_MS).unwrap()
        });
        self.follow(0, &made, spent);
        made.commit.len()
    }
}

fn main() {
    println!(
        "members | key package | add + commit | server | process | join | update | remove | bytes: commit, welcome, update, remove"
    );
    for people in [2, 10, 50] {
        let mut call = Call::begin();
        while call.members.len() < people - 1 {
            call.add(&mut Spent::default());
            // Who joins commits once, so that the tree is filled.
            call.update(call.members.len() - 1, &mut Spent::default());
        }
        let mut spent = Spent::default();
        let (mut commit, mut welcome, mut update, mut remove) = (0, 0, 0, 0);
        for _ in 0..RUNS {
            (commit, welcome) = call.add(&mut spent);
            update = call.update(call.members.len() - 1, &mut spent);
            remove = call.remove_last(&mut spent);
        }
        let told = |steps: &mut Vec<f64>| median(steps);
        println!(
            "{people} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {commit}, {welcome}, {update}, {remove}",
            told(&mut spent.offer),
            told(&mut spent.commit),
            told(&mut spent.take),
            told(&mut spent.process),
            told(&mut spent.join),
            told(&mut spent.update),
            told(&mut spent.remove),
        );
    }
}
