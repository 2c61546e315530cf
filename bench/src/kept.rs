//! A store with the invented desk in it, as a journal; and where its time goes.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use chancery_store::{
    offer::Offer,
    server_keys::ServerKeys,
    store::{Admitted, Store},
};

use crate::{
    cast::{LOG_SEED, OBSERVER_SEED, Staffed},
    chronicle::{Chronicle, Entry},
    writers::Journal,
};

/// The views may fall this far behind, as in the server.
const UNSETTLED_MAX: usize = 2048;

/// Acts in one commit while a store is filled.
const FILL: usize = 512;

/// Makes a store with all entries of a desk.
pub(crate) fn store(folder: &Path, staffed: &Staffed) -> Result<Store> {
    let (first, rest) = staffed.entries.split_first().context("a log has a first entry")?;
    let keys = ServerKeys::from_seeds(&LOG_SEED, &OBSERVER_SEED);
    let mut store = Store::create(folder, first.act.clone(), &keys, first.said_ms)?;
    fill(&mut store, &staffed.chronicle, rest)?;
    Ok(store)
}

fn fill(store: &mut Store, chronicle: &Chronicle, entries: &[Entry]) -> Result<()> {
    for batch in entries.chunks(FILL) {
        for entry in batch {
            let key = chronicle.key_of(entry.author)?;
            let offer = Offer::check(entry.act.clone(), entry.bodies.clone(), &key)?;
            if let Admitted::Known(index) = store.admit(offer, entry.said_ms)? {
                bail!("entry {index} was there already");
            }
        }
        store.commit()?;
    }
    store.settle()?;
    Ok(())
}

/// Where the log thread's time went.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts {
    admit: Duration,
    commit: Duration,
    views: Duration,
    acts: u32,
    commits: u32,
}

/// A store that writers write to.
pub(crate) struct Kept {
    store: Store,
    now_ms: u64,
    parts: Parts,
}

impl Kept {
    /// Writes to this store.
    pub(crate) fn new(store: Store, now_ms: u64) -> Self {
        Self { store, now_ms, parts: Parts::default() }
    }

    /// Takes what is not to be measured.
    pub(crate) fn fill(&mut self, chronicle: &Chronicle, entries: &[Entry]) -> Result<()> {
        fill(&mut self.store, chronicle, entries)
    }

    /// The server's clock from here on.
    pub(crate) fn go_on(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
    }

    /// Where the time went so far.
    pub(crate) fn parts(&self) -> Parts {
        self.parts
    }

    /// Counts from here on.
    pub(crate) fn forget_parts(&mut self) {
        self.parts = Parts::default();
    }

    fn settle(&mut self) -> Result<()> {
        let start = Instant::now();
        self.store.settle()?;
        self.parts.views += start.elapsed();
        Ok(())
    }
}

impl Journal for Kept {
    type Item = Offer;

    fn take(&mut self, item: Offer) -> Result<()> {
        let start = Instant::now();
        if let Admitted::Known(index) = self.store.admit(item, self.now_ms)? {
            bail!("entry {index} was there already");
        }
        self.parts.admit += start.elapsed();
        self.parts.acts += 1;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let start = Instant::now();
        self.store.commit()?;
        self.parts.commit += start.elapsed();
        self.parts.commits += 1;
        Ok(())
    }

    fn after(&mut self) -> Result<()> {
        if self.store.unsettled() > UNSETTLED_MAX { self.settle() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<()> {
        self.settle()
    }
}

impl Parts {
    /// Prints it, as a line below the figure.
    pub(crate) fn print(&self) {
        let each = |part: Duration| part.checked_div(self.acts.max(1)).unwrap_or_default();
        println!(
            "    log thread, for each act: admit {:?}, commit {:?}, views {:?}; {:.1} acts a commit",
            each(self.admit),
            each(self.commit),
            each(self.views),
            f64::from(self.acts) / f64::from(self.commits.max(1)),
        );
    }
}
