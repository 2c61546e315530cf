//! Generated histories: whatever is said, the desk and the simple model answer alike, and every fold gives one desk.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod deal;
mod model;
mod package;
mod tapes;
#[path = "../desk/world/mod.rs"]
#[allow(dead_code, reason = "the tests of each noun use the rest")]
mod world;

use std::{cell::RefCell, collections::BTreeMap, env, time::Instant};

use chancery_desk::{act::Post, admit, package::Package, said::Said, trust::Trust};
use chancery_log::id::{Scope, Vault};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{
    deal::{Deal, STEP},
    model::{Model, calls::stage, document::name},
    world::World,
};

/// How many histories, and how many acts in each at most.
fn size() -> (u32, usize) {
    match env::var_os("CHANCERY_LONG") {
        Some(_) => (10_000, 200),
        None => (1_000, 100),
    }
}

/// How often each act was admitted and refused.
type Tally = BTreeMap<String, (usize, usize)>;

/// Both desks, side by side.
struct Pair<'a> {
    world: World,
    model: Model,
    tally: &'a RefCell<Tally>,
}

impl Pair<'_> {
    /// Asks both; logs what is admitted.
    fn offer(&mut self, said: Said) -> Result<(), TestCaseError> {
        let (real, model) = (self.world.admitted(&said), self.model.judge(&said, self.world.now_ms));
        prop_assert_eq!(
            real.is_ok(),
            model.is_ok(),
            "the desk says {:?}, the model {:?}, of {:?}",
            real,
            model,
            said
        );
        let mut tally = self.tally.borrow_mut();
        let (admitted, refused) = tally.entry(name(&said.act)).or_default();
        if real.is_err() {
            *refused += 1;
            return Ok(());
        }
        *admitted += 1;
        self.world.log(said);
        let (said, place) = self.world.log.last().unwrap();
        self.model.accept(said, place);
        Ok(())
    }

    /// All key work that is due, as devices do it.
    fn keep_vaults(&mut self) -> Result<(), TestCaseError> {
        let desk = &self.world.desk;
        let people = desk.trust.people().keys().map(|person| Vault::Person(*person));
        let offices = desk.trust.offices().keys().map(|office| Vault::Office(*office));
        let packages = desk.packages.keys().map(|package| Vault::Package(*package));
        let vaults: Vec<Vault> = people.chain(offices).chain(packages).collect();
        for vault in vaults {
            let said = deal::key_work(&self.world, vault);
            for said in said {
                self.offer(said)?;
            }
        }
        Ok(())
    }

    /// What screens show is the same in both.
    fn compare(&self) -> Result<(), TestCaseError> {
        let trust = &self.world.desk.trust;
        for (id, person) in trust.people() {
            prop_assert_eq!(trust.at_desk(*id), self.model.at_desk(*id));
            let mut roles = self.model.roles(*id);
            roles.sort();
            roles.dedup();
            prop_assert_eq!(person.roles.iter().copied().collect::<Vec<_>>(), roles);
            prop_assert_eq!(trust.stale(Vault::Person(*id)), self.model.is_stale(Vault::Person(*id)));
        }
        for post in [Post::DutyOfficer, Post::NoteTaker] {
            let mut on = self.model.on_duty(post);
            on.sort();
            prop_assert_eq!(trust.on_duty(post).collect::<Vec<_>>(), on);
        }
        for office in trust.offices().keys() {
            prop_assert_eq!(trust.stale(Vault::Office(*office)), self.model.is_stale(Vault::Office(*office)));
        }
        for (id, package) in &self.world.desk.packages {
            let story = self.model.story(*id).unwrap();
            prop_assert_eq!(package.stage(), stage(story));
            prop_assert_eq!(package.count(), story.len() as u64);
            let stale = self.world.vaults(package.vault_name()).stale(package.vault_name());
            prop_assert_eq!(stale, self.model.is_stale(package.vault_name()));
        }
        Ok(())
    }

    /// A client folds the trust scope, and each package on its own against the trust at each act's place.
    fn refold(&self) -> Result<(), TestCaseError> {
        let (genesis, _) = &self.world.log[0];
        let mut trust = Trust::found(genesis).unwrap();
        let mut snapshots = vec![trust.clone()];
        for (said, place) in self.world.log[1..].iter().filter(|(said, _)| said.scope == Scope::Trust) {
            prop_assert_eq!(admit::admit(&trust, None, said, place.logged_ms), Ok(()));
            trust.apply(said, place);
            snapshots.push(trust.clone());
        }
        prop_assert_eq!(&trust, &self.world.desk.trust);
        for (id, folded) in &self.world.desk.packages {
            let mut package: Option<Package> = None;
            let own = self.world.log.iter().filter(|(said, _)| said.scope == Scope::Package(*id));
            for (said, place) in own {
                let trust = &snapshots[usize::try_from(place.trust_count).unwrap() - 1];
                prop_assert_eq!(trust.count(), place.trust_count);
                prop_assert_eq!(admit::admit(trust, package.as_ref(), said, place.logged_ms), Ok(()));
                match &mut package {
                    Some(package) => package.apply(said, place),
                    None => package = Package::open(said, place),
                }
            }
            prop_assert_eq!(package.as_ref(), Some(folded));
        }
        Ok(())
    }
}

#[test]
fn the_desk_agrees_with_a_simple_model_and_with_itself_however_it_is_folded() {
    let (histories, acts) = size();
    let begun = Instant::now();
    let starts = [
        World::staffed(),
        World::with_call(),
        World::with_live_call(),
        World::with_ended_call(),
        World::busy(),
    ];
    let starts = starts.map(|world| {
        let model = Model::new(&world.log);
        (world, model)
    });
    let config = ProptestConfig { cases: histories, failure_persistence: None, ..ProptestConfig::default() };
    let steps = prop::collection::vec(prop::array::uniform::<_, STEP>(any::<u16>()), acts / 2..=acts);
    let (tally, count) = (RefCell::new(Tally::new()), RefCell::new(0_usize));
    let ran = TestRunner::new(config).run(&steps, |steps| {
        let (world, model) = &starts[usize::from(steps[0][0]) % starts.len()];
        let mut pair = Pair { world: world.clone(), model: model.clone(), tally: &tally };
        for step in steps {
            let deal = Deal::new(step);
            pair.world.now_ms += deal.pause_ms();
            if deal.keeps_vaults() {
                pair.keep_vaults()?;
            }
            pair.offer(deal.said(&pair.world))?;
        }
        pair.compare()?;
        *count.borrow_mut() += 1;
        if count.borrow().is_multiple_of(8) {
            pair.refold()?;
        }
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
    let tally = tally.into_inner();
    println!("{tally:#?} in {:?}", begun.elapsed());
    let never: Vec<&str> = starts[0]
        .1
        .names()
        .filter(|name| *name != "DeskFounded")
        .filter(|name| tally.get(*name).is_none_or(|(admitted, refused)| *admitted == 0 || *refused == 0))
        .collect();
    assert!(never.is_empty(), "the histories say too little about {never:?}");
}
