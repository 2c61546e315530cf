//! Long histories: folding them, verifying them, and starting a server on one.

use std::{
    collections::BTreeMap,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use chancery_desk::{
    desk::Desk,
    said::{Place, Said},
};
use chancery_log::{
    act::Envelope,
    audit::Audit,
    cbor, checkpoint,
    id::Digest,
    leaf::{EntryBytes, LeafBytes},
};
use chancery_store::store::Store;
use rusqlite::{Connection, OpenFlags};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

use crate::{
    cast::{self, ACTS_A_CALL, Staffed},
    chronicle::Entry,
    kept,
    table::{Line, Paired, timed},
};

/// The base of everything here: nobody can trust bytes that nobody hashed.
const HASHED: &str = "SHA-256 over the same bytes";

/// Rounds that a long history is cut into; ours and the base take turns.
const ROUNDS: usize = 20;

/// A desk with this many acts, nearly: whole calls from request to closed. Of the first `stored` acts the bodies are
/// kept too.
pub(crate) fn history(acts: usize, stored: usize) -> Result<Staffed> {
    let mut staffed = cast::staffed(4)?;
    for call in 0..acts / ACTS_A_CALL {
        let before = staffed.entries.len();
        staffed.whole_call(u32::try_from(call)?)?;
        if call >= stored / ACTS_A_CALL {
            staffed.entries.iter_mut().skip(before).for_each(|entry| entry.bodies = Vec::new());
        }
    }
    Ok(staffed)
}

/// The rounds that a history is cut into; the founding comes before them.
fn rounds(entries: &[Entry]) -> Result<(&Entry, impl Iterator<Item = &[Entry]>, usize)> {
    let (first, rest) = entries.split_first().context("a log has a first entry")?;
    let round = rest.len() / ROUNDS;
    Ok((first, rest.chunks_exact(round), round))
}

/// Decoding and folding acts that are trusted already, as the store does at start; then with the desk's rules asked
/// again for each, as every client and every auditor does.
pub(crate) fn fold(staffed: &Staffed) -> Result<()> {
    let (first, rounds_of, round) = rounds(&staffed.entries)?;
    let (mut trusted, mut judged) = (Paired::of(round)?, Paired::of(round)?);
    let mut folded = Desk::found(&read(first)?.0)?;
    let mut ruled = folded.clone();
    for entries in rounds_of {
        let (_, apply) = timed(|| {
            for entry in entries {
                let (said, place) = read(entry)?;
                folded.apply(&said, &place);
            }
            Ok(())
        })?;
        let base = hashed(entries.iter().map(|entry| &entry.act));
        let (_, admit) = timed(|| {
            for entry in entries {
                let (said, place) = read(entry)?;
                ruled.admit(&said, place.logged_ms)?;
                ruled.apply(&said, &place);
            }
            Ok(())
        })?;
        trusted.add(apply, base);
        judged.add(admit, base);
    }
    ensure!(folded == ruled, "two folds of one history differ");
    let what = format!("fold {} acts", staffed.entries.len());
    Line { what, unit: "acts", base: HASHED, paired: trusted, needed: None }.print();
    let what = "fold them, every rule asked again".into();
    Line { what, unit: "acts", base: HASHED, paired: judged, needed: None }.print();
    Ok(())
}

/// Verifying the leaves: every place in every chain, the tree, the signed root, the digest of each act.
pub(crate) fn verify(staffed: &Staffed) -> Result<()> {
    let (first, rounds_of, round) = rounds(&staffed.entries)?;
    let mut audited = Paired::of(round)?;
    let mut audit = Audit::new();
    let mut fed = 1;
    audit.feed(bytes(first))?;
    for entries in rounds_of {
        let (_, ours) = timed(|| {
            for entry in entries {
                audit.feed(bytes(entry))?;
            }
            drop(audit.drain_full_tiles());
            Ok(())
        })?;
        let base = hashed(entries.iter().flat_map(|entry| [&entry.leaf, &entry.act]));
        audited.add(ours, base);
        fed += entries.len();
    }
    for entry in staffed.entries.iter().skip(fed) {
        audit.feed(bytes(entry))?;
    }
    let note = staffed.chronicle.checkpoint()?;
    let trust = &staffed.chronicle.desk.trust;
    audit.compare(&checkpoint::verify(&note, trust.origin(), trust.log_key())?)?;
    let what = format!("verify {} leaves", staffed.entries.len());
    Line { what, unit: "leaves", base: HASHED, paired: audited, needed: None }.print();
    Ok(())
}

/// Starting on a store: every byte of the log checked and folded; with the views there, and with the views deleted.
pub(crate) fn start(folder: &Path, staffed: &Staffed, starts: usize) -> Result<()> {
    let folder = tempfile::tempdir_in(folder)?;
    let folder = folder.path().join("desk");
    let store = kept::store(&folder, staffed)?;
    let (log, views) = (store.folder().log_db(), store.folder().views_db());
    let size = store.size();
    drop(store);
    // As after a quiet minute: the mover has put all bodies where they belong.
    Connection::open(&log)?.execute_batch("DELETE FROM inbox; PRAGMA wal_checkpoint(TRUNCATE);")?;
    let amount = usize::try_from(size)?;
    let (mut with_views, mut without) = (Paired::of(amount)?, Paired::of(amount)?);
    for _ in 0..starts {
        let (store, ours) = timed(|| Ok(Store::open(&folder)?))?;
        ensure!(store.size() == size, "the store opened with {} entries", store.size());
        drop(store);
        let base = read_and_hash(&log)?;
        with_views.add(ours, base);
        std::fs::remove_file(&views)?;
        let (store, ours) = timed(|| Ok(Store::open(&folder)?))?;
        drop(store);
        without.add(ours, base);
    }
    let base = "SQLite read and SHA-256, one thread";
    let what = format!("start on {size} acts");
    Line { what, unit: "acts", base, paired: with_views, needed: None }.print();
    let what = "start, views deleted".into();
    Line { what, unit: "acts", base, paired: without, needed: None }.print();
    Ok(())
}

fn read_and_hash(log: &Path) -> Result<Duration> {
    let start = Instant::now();
    let connection = Connection::open_with_flags(log, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut select = connection.prepare("SELECT leaf, act FROM entry ORDER BY idx")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..2 {
            black_box(Sha256::digest(row.get::<_, Vec<u8>>(column)?));
        }
    }
    Ok(start.elapsed())
}

fn hashed<'a>(all: impl Iterator<Item = &'a Vec<u8>>) -> Duration {
    let start = Instant::now();
    for bytes in all {
        black_box(Sha256::digest(bytes));
    }
    start.elapsed()
}

fn bytes(entry: &Entry) -> EntryBytes<'_> {
    EntryBytes { leaf: &entry.leaf, act: &entry.act }
}

/// COSE_Sign1 as an array (RFC 9052 §4.2).
type Cose = (ByteBuf, BTreeMap<i64, i64>, ByteBuf, ByteBuf);

/// Decodes one entry whose signature was checked when it was logged, as the store does at start.
fn read(entry: &Entry) -> Result<(Said, Place)> {
    let leaf = LeafBytes::read(&entry.leaf)?;
    let (_, _, payload, _): Cose = cbor::decode("a COSE_Sign1", &entry.act)?;
    let envelope: Envelope = cbor::decode("an act's envelope", &payload)?;
    let said = Said {
        digest: Digest::of(&entry.act),
        desk: envelope.desk,
        author: envelope.author,
        scope: envelope.scope,
        counter: envelope.counter,
        said_ms: envelope.said_ms,
        seen: envelope.seen,
        act: cbor::decode("an act's content", &envelope.content)?,
        bodies: envelope.bodies,
    };
    Ok((said, Place::of(leaf.leaf())))
}
