//! What no security officer may do alone, and what it takes custodians for.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, Custodians, Guarded};
use chancery_log::id::{Digest, Scope, Vault};
use chancery_open::device::DeviceSecrets;
use chancery_participant::{deed::Deed, io::Event, participant::Identity};
use chancery_seal::device::DeviceCert;

use super::Says;
use crate::story::{pattern::Caught, telling::Telling, words::list};

pub(super) const SAYS: &[Says] = &[
    Says("<who> asks that <name> become a security officer", |telling, caught| {
        let person = telling.person(caught.get("name"))?;
        ask(telling, caught, Guarded::SecurityOfficer(person))
    }),
    Says("<who> asks for other custodians: <names>; <count> are needed", |telling, caught| {
        let needed = caught.get("count").parse().map_err(|_| "expected for instance \"2 are needed\"")?;
        let names = list(caught.get("names"));
        let people: Result<BTreeSet<_>, String> = names.iter().map(|name| telling.person(name)).collect();
        ask(telling, caught, Guarded::Custodians(Custodians { needed, people: people? }))
    }),
    Says("<who> asks to recover <name> on <device>", recover),
    Says("<who> agrees to what was asked", agree),
    Says("<who> releases a share of <name>'s vault", |telling, caught| {
        let vault = Vault::Person(telling.person(caught.get("name"))?);
        release(telling, caught, vault)
    }),
    Says("<who> releases a share of the vault of the office \"<office>\"", |telling, caught| {
        let vault = Vault::Office(telling.office(caught.get("office"))?);
        release(telling, caught, vault)
    }),
];

fn ask(telling: &mut Telling, caught: &Caught<'_>, change: Guarded) -> Result<(), String> {
    telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::GuardedAsked(change)))
}

/// The newest ask that a device knows of.
fn asked(telling: &mut Telling, who: &str) -> Result<Digest, String> {
    let newest =
        telling.participant(who)?.newest_act(Scope::Trust, |act| matches!(act, Act::GuardedAsked(_)));
    newest.ok_or_else(|| "nothing was asked".into())
}

fn agree(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let who = &telling.device(caught.get("who"))?;
    let asked = asked(telling, who)?;
    telling.does(who, Deed::bare(Scope::Trust, Act::GuardedAgreed { asked }))?;
    let world = telling.world()?;
    world.run();
    // The device that was made for a recovery comes in as soon as it may.
    let Some(trust) = world.device(who).participant.ledger().trust().cloned() else { return Ok(()) };
    let never_in = world.devices.iter().filter(|device| !device.events.contains(&Event::Welcome));
    let waiting: Vec<String> = never_in
        .filter(|device| trust.device(device.participant.device()).is_some())
        .map(|device| device.name.clone())
        .collect();
    for device in waiting {
        world.connect(&device);
    }
    Ok(())
}

fn recover(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, device) = (telling.device(caught.get("who"))?, caught.get("device"));
    let person = telling.person(caught.get("name"))?;
    let world = telling.world()?;
    let secrets = DeviceSecrets::draw(&mut world.rng).map_err(|e| e.to_string())?;
    let cert = DeviceCert { person, keys: secrets.public().clone() };
    let officer = world.device(&who).identity();
    let identity = Identity { desk: officer.desk, genesis: officer.genesis, person, secrets };
    telling.names.tell(cert.keys.id(), device);
    let world = telling.world()?;
    world.add_device(device, identity);
    ask(telling, caught, Guarded::Recovery(cert))
}

fn release(telling: &mut Telling, caught: &Caught<'_>, vault: Vault) -> Result<(), String> {
    let who = caught.get("who");
    let recovery = asked(telling, who)?;
    let trust = telling.participant(who)?.ledger().trust();
    let dealt = trust.and_then(|trust| trust.vault(vault)).and_then(|state| state.dealt());
    let generation = dealt.ok_or("that vault was never dealt to custodians")?.generation;
    telling.does(who, Deed::ReleaseShare { recovery, vault, generation })
}
