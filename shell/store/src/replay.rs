//! Start: reads the whole log, checks that every byte is what the chain and the tree demand, and folds it. Signatures of
//! acts are not checked again: an act is admitted by its signature once, and from then on held by its digest.

use std::{
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use chancery_log::{checkpoint, tiles::TileId, tree::Tree};

use crate::{
    damage::{Damage, Place},
    folded::Folded,
    folder::LOG_DB,
    log_db::{EntryRow, LogDb, LogDbError, StoredCheckpoint},
    stored::{self, StoredEntry},
};

/// Entries that are handed from the reading thread to a decoding one at a time.
const CHUNK: usize = 512;

/// Chunks that may wait for each decoding thread: enough to never starve it, small beside the log.
const CHUNKS_WAITING: usize = 4;

/// Decoding takes four fifths of the time; more threads than this would wait for the one that folds.
const DECODERS_MAX: usize = 6;

/// The log, read whole.
#[derive(Debug)]
pub(crate) struct Replayed {
    pub(crate) folded: Folded,
    pub(crate) tree: Tree,
    pub(crate) checkpoint: StoredCheckpoint,
}

/// Why the log could not be read whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(transparent)]
    Open(#[from] LogDbError),
    #[error(transparent)]
    Damage(#[from] Damage),
}

type Decoded = Result<Vec<StoredEntry>, Damage>;

/// Reads, checks and folds the log at `path`. `each` sees every entry before it is folded, with the state that it meets
/// (none for the first).
pub(crate) fn replay(
    path: &Path,
    mut each: impl FnMut(Option<&Folded>, &StoredEntry) -> Result<(), Damage>,
) -> Result<Replayed, ReplayError> {
    let log = LogDb::open_to_read(path)?;
    let decoders = thread::available_parallelism().map_or(1, usize::from).min(DECODERS_MAX);
    let mut replay = Replay { log: &log, tree: Tree::new(), folded: None };
    thread::scope(|scope| {
        // Inside the scope, so that an early return drops them and the other threads find nobody to send to.
        let (mut to_decode, mut decoded) = (Vec::new(), Vec::new());
        for _ in 0..decoders {
            let (rows_in, rows_out) = sync_channel::<Vec<EntryRow>>(CHUNKS_WAITING);
            let (entries_in, entries_out) = sync_channel::<Decoded>(CHUNKS_WAITING);
            scope.spawn(move || decode(&rows_out, &entries_in));
            to_decode.push(rows_in);
            decoded.push(entries_out);
        }
        let path = path.to_owned();
        let reader = scope.spawn(move || read(&path, &to_decode));
        // Chunk n was given to decoder n modulo their number: taking them in turn keeps the order of the log.
        for chunk in decoded.iter().cycle() {
            let Ok(entries) = chunk.recv() else { break };
            for entry in entries? {
                each(replay.folded.as_ref(), &entry)?;
                replay.take(&entry)?;
            }
        }
        match reader.join() {
            Ok(read) => read,
            Err(_) => Err(Damage::new(LOG_DB, Place::Whole, "reading it stopped").into()),
        }
    })?;
    Ok(replay.finish()?)
}

struct Replay<'a> {
    log: &'a LogDb,
    tree: Tree,
    folded: Option<Folded>,
}

impl Replay<'_> {
    fn take(&mut self, entry: &StoredEntry) -> Result<(), Damage> {
        let (leaf, said) = (&entry.leaf, &entry.said);
        let damage = |what: String| Damage::new(LOG_DB, Place::Entry(self.tree.size()), what);
        if leaf.leaf().index != self.tree.size() {
            return Err(damage(format!("missing; the next one there is entry {}", leaf.leaf().index)));
        }
        match &mut self.folded {
            Some(folded) => {
                folded.check_leaf(said, leaf.leaf()).map_err(|e| damage(e.to_string()))?;
                folded.take(said, leaf, entry.hash);
            }
            empty @ None => {
                *empty = Some(Folded::found(said, leaf, entry.hash).map_err(|e| damage(e.to_string()))?)
            }
        }
        self.tree.append(entry.hash);
        for (id, computed) in self.tree.drain_full_tiles() {
            self.check_tile(id, &computed)?;
        }
        Ok(())
    }

    fn check_tile(&self, id: TileId, computed: &[u8]) -> Result<(), Damage> {
        let damage = |what: &str| Err(Damage::new(LOG_DB, Place::Tile(id.level, id.index), what));
        match self.log.tile(id) {
            Ok(Some(stored)) if stored == computed => Ok(()),
            Ok(Some(_)) => damage("its hashes are not those of the entries"),
            Ok(None) => damage("missing"),
            Err(error) => damage(&error.to_string()),
        }
    }

    fn finish(self) -> Result<Replayed, Damage> {
        let damage = |what: String| Damage::new(LOG_DB, Place::Checkpoint, what);
        let folded =
            self.folded.ok_or_else(|| Damage::new(LOG_DB, Place::Entry(0), "missing: the log is empty"))?;
        let stored = self.log.checkpoint().map_err(|e| damage(e.to_string()))?;
        let checkpoint = stored.ok_or_else(|| damage("missing".into()))?;
        let head = self.tree.head();
        if checkpoint.size != head.size {
            return Err(damage(format!("it covers {} entries, the log has {}", checkpoint.size, head.size)));
        }
        let origin = folded.desk.trust.origin();
        // The entry that brings a new key is itself under a checkpoint by the old one.
        let verified = folded
            .log_keys
            .iter()
            .rev()
            .map(|key| checkpoint::verify(&checkpoint.note, origin, key))
            .reduce(|newest, older| newest.or(older));
        match verified {
            Some(Ok(verified)) if verified.head() == head => {}
            Some(Ok(verified)) => {
                return Err(damage(format!(
                    "it says root {}, the entries have {}",
                    verified.root(),
                    head.root
                )));
            }
            Some(Err(error)) => return Err(damage(error.to_string())),
            None => return Err(damage("no key is known that could have signed it".into())),
        }
        Ok(Replayed { folded, tree: self.tree, checkpoint })
    }
}

fn decode(rows: &Receiver<Vec<EntryRow>>, entries: &SyncSender<Decoded>) {
    for chunk in rows {
        let decoded = chunk.into_iter().map(stored::read).collect();
        if entries.send(decoded).is_err() {
            // Whoever folds has stopped at some damage; it knows why.
            return;
        }
    }
}

fn read(path: &Path, to_decode: &[SyncSender<Vec<EntryRow>>]) -> Result<(), ReplayError> {
    let log = LogDb::open_to_read(path)?;
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut decoders = to_decode.iter().cycle();
    let mut hand_on = |chunk: Vec<EntryRow>| match decoders.next().map(|decoder| decoder.send(chunk)) {
        Some(Ok(())) => Ok(()),
        Some(Err(_)) | None => Err(Stopped::ByFold),
    };
    let mut last = None;
    let read = log.entries_from(0, |row| {
        last = Some(row.index);
        chunk.push(row);
        if chunk.len() < CHUNK {
            Ok(())
        } else {
            hand_on(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK)))
        }
    });
    match read.and_then(|()| hand_on(chunk)) {
        Ok(()) | Err(Stopped::ByFold) => Ok(()),
        Err(Stopped::ByDisk(error)) => {
            let place = last.map_or(Place::Whole, |last| Place::Entry(last + 1));
            Err(Damage::new(LOG_DB, place, error).into())
        }
    }
}

enum Stopped {
    ByFold,
    ByDisk(rusqlite::Error),
}

impl From<rusqlite::Error> for Stopped {
    fn from(error: rusqlite::Error) -> Self {
        Self::ByDisk(error)
    }
}
