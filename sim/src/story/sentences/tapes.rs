//! The tape: its secrets dealt, asked for and released. What is inside the shares is for those who hold the call's secrets;
//! here they are bytes.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, ShareDealt},
    tapes::{TapeAsk, shares_to},
};
use chancery_log::id::{Digest, PersonId, Scope};
use chancery_participant::deed::Deed;
use serde_bytes::ByteBuf;

use super::{Says, calls::each_holder};
use crate::story::{pattern::Caught, telling::Telling, words::list};

pub(super) const SAYS: &[Says] = &[
    Says("<who> deals the secret of epoch <epoch>", deal),
    Says("The secrets of <count> epochs were dealt", |telling, caught| {
        let expected = caught.get("count");
        each_holder(telling, |package, _| {
            let dealt = package.dealings().len().to_string();
            if dealt == expected { Ok(()) } else { Err(dealt) }
        })
    }),
    Says("<who> asks to open the tape on <device>", |telling, caught| {
        ask(telling, caught, caught.get("device"))
    }),
    Says("<who> asks to open the tape", |telling, caught| ask(telling, caught, caught.get("who"))),
    Says("<who> releases the shares of the tape", release),
    Says("The tape was released by <names>", |telling, caught| {
        let names = list(caught.get("names"));
        let people: Result<BTreeSet<PersonId>, String> =
            names.iter().map(|name| telling.person(name)).collect();
        let expected = people?;
        each_device(telling, |ask| {
            let released: BTreeSet<PersonId> = ask.released.keys().copied().collect();
            if released == expected { Ok(()) } else { Err(format!("released by {released:?}")) }
        })
    }),
    Says("The tape can be opened", |telling, _| {
        each_device(telling, |ask| if ask.is_enough() { Ok(()) } else { Err("not enough".into()) })
    }),
    Says("The tape can not be opened yet", |telling, _| {
        each_device(telling, |ask| if ask.is_enough() { Err("enough".into()) } else { Ok(()) })
    }),
    Says("<device> holds what was released", |telling, caught| holds(telling, caught, true)),
    Says("<device> does not hold what was released", |telling, caught| holds(telling, caught, false)),
];

fn deal(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let epoch = caught.get("epoch").parse().map_err(|_| "an epoch is a number")?;
    let (who, package) = (caught.get("who"), telling.topic()?);
    let trust = telling.participant(who)?.ledger().trust().ok_or("this device holds no trust scope")?;
    let commitment = Digest::of(format!("{package} {epoch}").as_bytes());
    let share = |(custodian, generation)| ShareDealt { custodian, generation, commitment };
    let shares = shares_to(trust).map_err(|refusal| refusal.to_string())?.into_iter().map(share).collect();
    let (group, roster) = (Digest::of(b"group"), Digest::of(b"roster"));
    let act = Act::EpochDealt { group, epoch, roster, needed: trust.custodians().needed, shares, commitment };
    let shares = ByteBuf::from(format!("shares of epoch {epoch}").into_bytes());
    telling.does(who, Deed::SayTape { scope: Scope::Package(package), act, package, shares })
}

/// Fetches the dealings, and puts them before the custodians to whom they went.
fn ask(telling: &mut Telling, caught: &Caught<'_>, on: &str) -> Result<(), String> {
    let (who, package) = (telling.device(caught.get("who"))?, telling.topic()?);
    let on = telling.device(on)?;
    let world = telling.world()?;
    world.device(&who).participant.want_tape(package);
    world.run();
    let device = world.device(&on).participant.device();
    let participant = &world.device(&who).participant;
    let dealings = participant.ledger().package(package).map(|package| package.dealings().to_vec());
    let dealings = dealings.ok_or("this device does not hold the package")?;
    let mut shares = Vec::new();
    for dealing in &dealings {
        shares.extend_from_slice(participant.tape_shares(dealing.act).ok_or("the shares have not come")?);
    }
    let needed = dealings.iter().map(|dealing| dealing.needed).max().ok_or("nothing was dealt")?;
    let custodians =
        dealings.iter().flat_map(|dealing| &dealing.shares).map(|share| share.custodian).collect();
    let act = Act::TapeAsked { package, device, needed, custodians };
    telling.does(&who, Deed::SayTape { scope: Scope::Trust, act, package, shares: shares.into() })
}

/// The newest tape that was asked for, as a device knows it.
fn asked(telling: &mut Telling, who: &str) -> Result<(Digest, TapeAsk), String> {
    let participant = telling.participant(who)?;
    let newest = participant.newest_act(Scope::Trust, |act| matches!(act, Act::TapeAsked { .. }));
    let trust = participant.ledger().trust();
    let found = newest.and_then(|asked| Some((asked, trust?.tape_asks().get(&asked)?.clone())));
    found.ok_or_else(|| "no tape was asked for".into())
}

fn release(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let who = caught.get("who");
    let (asked, ask) = asked(telling, who)?;
    let participant = telling.participant(who)?;
    // Who is asked has the shares by then, and nobody else.
    let is_asked = ask.custodians.contains(&participant.person());
    if participant.tape_shares(asked).is_some() != is_asked {
        return Err(format!("asked: {is_asked}, and the shares are here: {}", !is_asked));
    }
    let shares = ByteBuf::from(format!("shares of {}", participant.person()).into_bytes());
    let act = Act::TapeShareReleased { asked };
    telling.does(who, Deed::SayTape { scope: Scope::Trust, act, package: ask.package, shares })
}

fn each_device(telling: &mut Telling, look: impl Fn(&TapeAsk) -> Result<(), String>) -> Result<(), String> {
    for name in telling.devices()? {
        if telling.world()?.device(&name).connection.is_none() {
            continue;
        }
        let (_, ask) = asked(telling, &name)?;
        if let Err(shown) = look(&ask) {
            return Err(format!("{name} shows: {}", telling.names.plain(&shown)));
        }
    }
    Ok(())
}

fn holds(telling: &mut Telling, caught: &Caught<'_>, expected: bool) -> Result<(), String> {
    let who = caught.get("device");
    let (_, ask) = asked(telling, who)?;
    let participant = telling.participant(who)?;
    let held = ask.released.values().filter(|act| participant.tape_shares(**act).is_some()).count();
    let all = if expected { ask.released.len() } else { 0 };
    if held == all { Ok(()) } else { Err(format!("it holds {held} of {}", ask.released.len())) }
}
