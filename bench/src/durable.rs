//! Durable acts: the store beside bare SQLite, with 1, 16 and 128 writers who each wait for their own.

use std::{fmt, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use chancery_desk::act::Act;
use chancery_log::id::Scope;
use chancery_store::offer::Offer;
use ed25519_dalek::{Signature, VerifyingKey};
use tokio::runtime::Runtime;

use crate::{
    bare::Bare,
    cast::{self, Staffed},
    chronicle::Entry,
    kept::{self, Kept, Parts},
    table::{Line, Paired},
    writers,
};

/// The least part of bare SQLite's speed that is good enough.
const NEEDED: f64 = 0.8;

/// Acts before the first counted round: more than it takes to fold a write-ahead file back once.
const WARM_UP_ACTS: usize = 3000;

/// What the writers say.
#[derive(Clone, Copy)]
pub(crate) enum Saying {
    /// Notes, each with a sealed body.
    Notes,
    /// Arriving at a call and leaving it: acts without a body.
    Comings,
}

/// How much to measure.
#[derive(Clone, Copy)]
pub(crate) struct Amount {
    /// Rounds of each.
    pub(crate) rounds: usize,
    /// Numbers of writers, and how many acts each of them says in one round; an even number.
    pub(crate) writers: [(usize, usize); 3],
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notes => "a body each",
            Self::Comings => "no body",
        })
    }
}

/// One act to say, and the key that it is verified with.
#[derive(Clone)]
struct Say {
    entry: Entry,
    key: VerifyingKey,
}

/// Measures all of it and prints each line; false when one is below what is needed.
pub(crate) fn measure(folder: &Path, amount: Amount) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let mut met = true;
    for saying in [Saying::Notes, Saying::Comings] {
        for (writers, acts) in amount.writers {
            let folder = tempfile::tempdir_in(folder)?;
            let mut compared = Compared::new(folder.path(), writers, acts, saying)?;
            // The first round is not counted: it grows the write-ahead files to the size that they keep.
            compared.warm_up(&runtime)?;
            for round in 0..amount.rounds {
                compared.round(&runtime, round)?;
            }
            let what = format!("durable acts, {writers} writers, {saying}");
            let Compared { bare, checked, parts, .. } = compared;
            met &=
                Line { what, unit: "acts", base: "bare SQLite", paired: bare, needed: Some(NEEDED) }.print();
            let base = "bare SQLite, writers check Ed25519";
            Line { what: String::new(), unit: "acts", base, paired: checked, needed: None }.print();
            parts.print();
        }
    }
    Ok(met)
}

/// A desk in a store, bare SQLite beside it, and what was measured of both.
struct Compared {
    staffed: Staffed,
    saying: Saying,
    acts: usize,
    turn: u16,
    kept: Kept,
    sqlite: Bare,
    bare: Paired,
    checked: Paired,
    parts: Parts,
}

impl Compared {
    fn new(folder: &Path, writers: usize, acts: usize, saying: Saying) -> Result<Self> {
        let mut staffed = cast::staffed(writers)?;
        staffed.chronicle.part();
        Ok(Self {
            saying,
            acts,
            turn: 0,
            kept: Kept::new(kept::store(&folder.join("desk"), &staffed)?, staffed.chronicle.now_ms()),
            sqlite: Bare::open(&folder.join("bare.db"))?,
            staffed,
            bare: Paired::of(writers * acts)?,
            checked: Paired::of(writers * acts)?,
            parts: Parts::default(),
        })
    }

    fn warm_up(&mut self, runtime: &Runtime) -> Result<()> {
        for _ in 0..WARM_UP_ACTS.div_ceil(self.acts * self.staffed.cast.note_takers.len()) {
            let says = self.says()?;
            self.say(runtime, 0, &says)?;
            self.say(runtime, 1, &says)?;
        }
        self.kept.forget_parts();
        Ok(())
    }

    /// Every writer says the same number of acts: to the store, to bare SQLite, and to bare SQLite with the signatures
    /// checked as for the store. The order turns round each time.
    fn round(&mut self, runtime: &Runtime, round: usize) -> Result<()> {
        let says = self.says()?;
        let mut took = [Duration::ZERO; 3];
        let mut places: Vec<_> = (0..).zip(&mut took).collect();
        if round % 2 == 1 {
            places.reverse();
        }
        for (place, took) in places {
            *took = self.say(runtime, place, &says)?;
        }
        let [ours, bare, checked] = took;
        self.bare.add(ours, bare);
        self.checked.add(ours, checked);
        self.parts = self.kept.parts();
        Ok(())
    }

    fn say(&mut self, runtime: &Runtime, place: u8, says: &[Vec<Say>]) -> Result<Duration> {
        self.kept.go_on(self.staffed.chronicle.now_ms());
        let says = says.to_vec();
        match place {
            0 => writers::run(runtime, &mut self.kept, says, offered),
            1 => writers::run(runtime, &mut self.sqlite, says, |say| Ok(say.entry)),
            _ => writers::run(runtime, &mut self.sqlite, says, checked),
        }
    }

    /// What each writer says in the next round, on a call that was opened for it.
    fn says(&mut self) -> Result<Vec<Vec<Say>>> {
        self.turn += 1;
        let opened = self.staffed.open_calls(self.turn)?;
        self.kept.fill(&self.staffed.chronicle, &opened)?;
        let leaf = &opened.last().context("a call was opened")?.leaf;
        let Staffed { cast, chronicle, .. } = &mut self.staffed;
        let mut all = Vec::new();
        for (place, voice) in cast.note_takers.iter().enumerate() {
            let package = cast::call_of(self.turn, place)?;
            let key = chronicle.key_of(voice.device)?;
            let mut says = Vec::with_capacity(self.acts);
            for (counter, turn) in (1..).zip(0..self.acts) {
                let party = cast::party(voice);
                let (act, bodies) = match self.saying {
                    Saying::Notes => (Act::NoteTaken { instead_of: None }, cast::note_body(package).to_vec()),
                    Saying::Comings if turn % 2 == 0 => (Act::PartyArrived { party }, Vec::new()),
                    Saying::Comings => (Act::PartyLeft { party }, Vec::new()),
                };
                let mut entry = chronicle.offer(voice, Scope::Package(package), counter, act, &bodies)?;
                // Bare SQLite gets a leaf of the length that the store's will have.
                entry.leaf.clone_from(leaf);
                says.push(Say { entry, key });
            }
            all.push(says);
        }
        Ok(all)
    }
}

/// As the server's socket tasks do.
fn offered(say: Say) -> Result<Offer> {
    Ok(Offer::check(say.entry.act, say.entry.bodies, &say.key)?)
}

/// The signature alone: over as many bytes, by no library of ours. The last 64 bytes of an act are its signature; that
/// it is over something else makes the check no shorter.
fn checked(say: Say) -> Result<Entry> {
    let (signed, signature) = say.entry.act.split_last_chunk().context("an act ends with its signature")?;
    let right = say.key.verify_strict(signed, &Signature::from_bytes(signature)).is_ok();
    anyhow::ensure!(!right, "the signature covers more than the bytes before it");
    Ok(say.entry)
}
