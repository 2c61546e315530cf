//! The trust scope as held here, and trust as it stood at any earlier place: authority is judged there.

use chancery_desk::{
    said::{Place, Said},
    trust::Trust,
};
use chancery_log::{
    act::Head,
    chain::ScopeChain,
    id::Scope,
    leaf::{Leaf, LeafBytes},
};

use crate::{
    alarm::Alarm,
    ledger::{Entry, judge},
};

/// A copy of the folded trust is kept every so many entries: an old place is reached by folding fewer than these.
const SNAPSHOT_EVERY: u64 = 64;

/// The trust scope.
#[derive(Debug, Clone)]
pub struct TrustHistory {
    /// Every leaf, checked as a chain.
    pub chain: ScopeChain,
    entries: Vec<Entry>,
    latest: Option<Trust>,
    snapshots: Vec<(u64, Trust)>,
    /// The last earlier place that was asked for: entries of one package often ask for the same.
    recent: Option<(u64, Trust)>,
}

impl Default for TrustHistory {
    fn default() -> Self {
        Self {
            chain: ScopeChain::new(Scope::Trust),
            entries: Vec::new(),
            latest: None,
            snapshots: Vec::new(),
            recent: None,
        }
    }
}

impl TrustHistory {
    /// Trust now.
    pub fn latest(&self) -> Option<&Trust> {
        self.latest.as_ref()
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The head of the chain.
    pub fn head(&self) -> Head {
        self.chain.head()
    }

    /// How many entries are folded.
    pub fn folded(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Starts from the genesis, which was checked against the link's digest.
    pub fn found(&mut self, said: Said, place: Place) -> Result<(), Alarm> {
        let trust = Trust::found(&said).map_err(|refusal| Alarm::ForbiddenAct {
            scope: Scope::Trust,
            index: 0,
            refusal: Box::new(refusal),
        })?;
        self.snapshots.push((1, trust.clone()));
        self.latest = Some(trust);
        self.entries.push(Entry { said, place });
        Ok(())
    }

    /// Judges and folds one entry whose chain was checked.
    pub fn fold(&mut self, leaf: &LeafBytes, act: &[u8]) -> Result<&Entry, Alarm> {
        let leaf: &Leaf = leaf.leaf();
        let Some(trust) = self.latest.as_mut() else { return Err(Alarm::WrongGenesis) };
        let said = judge::judge(trust, None, leaf, act)?;
        let place = Place::of(leaf);
        trust.apply(&said, &place);
        self.entries.push(Entry { said, place });
        let count = self.entries.len() as u64;
        if count.is_multiple_of(SNAPSHOT_EVERY) {
            self.snapshots.push((count, trust.clone()));
        }
        self.entries.last().ok_or(Alarm::WrongGenesis)
    }

    /// Trust as it stood with `count` entries; none when this device does not hold that many.
    pub fn at(&mut self, count: u64) -> Option<&Trust> {
        if count == self.folded() {
            return self.latest.as_ref();
        }
        if count == 0 || count > self.folded() {
            return None;
        }
        if self.recent.as_ref().is_none_or(|(at, _)| *at != count) {
            let (mut at, mut trust) = self
                .recent
                .take()
                .filter(|(at, _)| *at < count && count - at < SNAPSHOT_EVERY)
                .or_else(|| self.snapshots.iter().rev().find(|(at, _)| *at <= count).cloned())?;
            while at < count {
                let entry = self.entries.get(usize::try_from(at).ok()?)?;
                trust.apply(&entry.said, &entry.place);
                at += 1;
            }
            self.recent = Some((count, trust));
        }
        self.recent.as_ref().map(|(_, trust)| trust)
    }
}
