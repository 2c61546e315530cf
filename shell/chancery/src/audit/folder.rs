//! A desk's data folder, read entry by entry.

use std::path::Path;

use chancery_log::leaf::EntryBytes;
use chancery_store::store::Store;

use super::{Sound, auditor::Auditor};

/// Audits the log of a data folder. `progress` is told how many entries were read.
pub fn audit(folder: &Path, mut progress: impl FnMut(u64)) -> anyhow::Result<Sound> {
    let store = Store::open(folder)?;
    let mut auditor = Auditor::new();
    for index in 0..store.size() {
        let row = store.entry(index)?;
        auditor.feed(EntryBytes { leaf: &row.leaf, act: &row.act })?;
        auditor.drain_full_tiles();
        progress(auditor.size());
    }
    Ok(auditor.finish(store.checkpoint())?)
}
