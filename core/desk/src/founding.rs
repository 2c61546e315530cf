//! The founding of a desk: the one act that nobody admits. It is known by its digest, which every link carries.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::Scope;

use crate::{
    act::{Act, Genesis, Role},
    devices::{self, Approval},
    guarded,
    people::SECURITY_OFFICERS_LEAST,
    refusal::Refusal,
    said::Said,
    trust::{self, Trust},
};

impl Trust {
    /// The desk that this act founds: security officers with their devices, and custodians, who become people of the
    /// desk without a role when they are not officers.
    pub fn found(said: &Said) -> Result<Self, Refusal> {
        let Act::DeskFounded(genesis) = &said.act else {
            return Err(Refusal::Genesis("the first act of a log must found the desk".into()));
        };
        needs_sound(said, genesis)?;
        let mut trust = trust::empty(said.desk, said.digest, genesis.clone());
        for person in &genesis.custodians.people {
            trust.apply_person_added(*person, &BTreeSet::new());
        }
        for cert in &genesis.officers {
            trust.apply_person_added(cert.person, &BTreeSet::from([Role::SecurityOfficer]));
            trust.apply_device(said, said.said_ms, cert, Approval::Founding);
        }
        trust.counters.insert(said.author, said.counter);
        trust.confirmed_ms = said.said_ms;
        Ok(trust)
    }
}

fn needs_sound(said: &Said, genesis: &Genesis) -> Result<(), Refusal> {
    let wrong = |why: String| Err(Refusal::Genesis(why));
    if genesis.desk != said.desk {
        return Err(Refusal::WrongDesk { expected: genesis.desk, got: said.desk });
    }
    if said.scope != Scope::Trust {
        return Err(Refusal::WrongScope { expected: "the trust scope".into(), got: said.scope });
    }
    if said.counter != 1 {
        return Err(Refusal::CounterExpected { expected: 1, got: said.counter });
    }
    if !said.bodies.is_empty() {
        let got = said.bodies.iter().map(|body| body.kind).collect();
        return Err(Refusal::BodiesExpected { expected: Vec::new(), got });
    }
    let people: BTreeSet<_> = genesis.officers.iter().map(|cert| cert.person).collect();
    if people.len() < SECURITY_OFFICERS_LEAST {
        return wrong(format!("expected {SECURITY_OFFICERS_LEAST} security officers, got {}", people.len()));
    }
    let devices: BTreeMap<_, _> = genesis.officers.iter().map(|cert| (cert.keys.id(), cert)).collect();
    if devices.len() != genesis.officers.len() || devices.contains_key(&genesis.observer.id()) {
        return wrong("a device is named twice".into());
    }
    match genesis.officers.first() {
        Some(first) if first.keys.id() == said.author => {}
        Some(_) | None => return wrong("the first officer's device must sign it".into()),
    }
    for cert in &genesis.officers {
        devices::needs_sound(&cert.keys)?;
    }
    devices::needs_sound(&genesis.observer)?;
    guarded::needs_custodians(&genesis.custodians)
}
