//! Acts that are admitted and wait for the next commit.

use std::collections::BTreeSet;

use chancery_log::id::{Digest, Scope};

use crate::{log_db::EntryRow, views::News};

/// The batch in the making. Memory is ahead of the disk by exactly this.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) entries: Vec<EntryRow>,
    pub(crate) hashes: Vec<Digest>,
    pub(crate) bodies: Vec<(Digest, Vec<u8>)>,
    pub(crate) touched: BTreeSet<Scope>,
    pub(crate) news: News,
}

impl Pending {
    pub(crate) fn bytes(&self) -> usize {
        let bodies = self.bodies.iter().map(|(_, bytes)| bytes.len());
        self.entries.iter().map(size).chain(bodies).sum()
    }
}

/// The newest entries, kept to be sent out without reading them back.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    entries: std::collections::VecDeque<EntryRow>,
    bytes: usize,
}

/// Devices that are up to date are sent what was just written; this much covers the largest batch.
const RECENT_BYTES: usize = 16 * 1024 * 1024;

impl Recent {
    pub(crate) fn extend(&mut self, entries: Vec<EntryRow>) {
        for entry in entries {
            self.bytes += size(&entry);
            self.entries.push_back(entry);
        }
        while self.bytes > RECENT_BYTES {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.bytes -= size(&oldest);
        }
    }

    pub(crate) fn get(&self, index: u64) -> Option<&EntryRow> {
        let first = self.entries.front()?.index;
        self.entries.get(usize::try_from(index.checked_sub(first)?).ok()?)
    }
}

fn size(entry: &EntryRow) -> usize {
    entry.leaf.len() + entry.act.len()
}
