//! The store of one desk: admits acts into a batch, writes the batch in one durable commit, and answers what is there.
//! One owner, no locks; the folder is held exclusively for as long as it lives.

use std::{collections::HashMap, io, path::Path};

use chancery_desk::{desk::Desk, refusal::Refusal};
use chancery_log::{
    act::Head,
    checkpoint::{self, CheckpointError},
    id::{Digest, Scope},
    leaf::{LeafBytes, LeafError},
    tree::Tree,
};

use crate::{
    batch::{Pending, Recent},
    bodies::{Bodies, BodiesError, BodyError, checked},
    damage::{Damage, Place},
    folded::Folded,
    folder::{Folder, FolderLock, LOG_DB, LockError},
    log_db::{Batch, EntryRow, LogDb, LogDbError, StoredCheckpoint},
    mover::{Moved, Mover, MoverError},
    offer::Offer,
    places::Places,
    proofs::Proofs,
    replay::{self, ReplayError},
    server_keys::{KeysError, ServerKeys},
    sqlite::{self, DiskTrouble},
    stored,
    views::{News, Views, ViewsError, listed},
};

/// An open data folder.
#[derive(Debug)]
pub struct Store {
    folder: Folder,
    _lock: FolderLock,
    keys: ServerKeys,

    // Changed by a successful commit, and by nothing else.
    log: LogDb,
    tree: Tree,
    checkpoint: StoredCheckpoint,
    signing_key: [u8; 32],
    recent: Recent,
    inbox: HashMap<Digest, i64>,
    next_inbox_id: i64,

    // Ahead of the log while a batch is open; put back when its commit fails.
    folded: Folded,
    pending: Pending,
    failed_bytes: usize,

    // Behind the log, brought up to date by `settle`.
    views: Views,
    news: News,

    bodies: Bodies,
}

/// What became of an offered act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It will be this entry once the batch is committed.
    New(u64),
    /// It is this entry already: the device did not get the receipt.
    Known(u64),
}

/// Why an act is not in the batch.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// The desk's rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Its author saw another history than this log holds.
    #[error("the author of the act saw another history of {scope} than this log holds")]
    Diverged {
        /// Of this scope.
        scope: Scope,
        /// What this log holds.
        head: Head,
    },
    /// The leaf could not be encoded.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The log could not be read.
    #[error(transparent)]
    Damage(#[from] Damage),
}

/// Why a batch was not committed. In every case nothing of it happened, on the disk or in memory.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// No room. The next commit works when there is.
    #[error("log.db: no room left on the disk")]
    Full,
    /// The disk failed.
    #[error("log.db: the disk failed: {0}")]
    Disk(rusqlite::Error),
    /// The rules named another key for checkpoints than the server holds.
    #[error(
        "server.keys: holds no key that the desk's rules let sign checkpoints; put the new key in and start again"
    )]
    NoKey,
    /// The checkpoint could not be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The store can't go on: stop, open again.
    #[error("the log can not be written any more, the server must be started again: {0}")]
    Broken(String),
}

/// Why a data folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not there, or not readable.
    #[error("{0}: {1}")]
    Folder(String, io::Error),
    /// Somebody else has it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The server's keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log can't be opened.
    #[error(transparent)]
    Log(#[from] LogDbError),
    /// The log is damaged.
    #[error("{0}\nThe server does not start on a damaged log. `chancery doctor` says how to go on.")]
    Damage(#[from] Damage),
    /// The views can't be made.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The bodies' folder can't be opened.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// The mover can't be made.
    #[error(transparent)]
    Mover(#[from] MoverError),
}

impl Store {
    /// Opens the data folder: takes its lock, reads and checks the whole log, brings the views up to date.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let folder = Folder::new(folder);
        if let Err(error) = std::fs::metadata(folder.log_db()) {
            return Err(OpenError::Folder(folder.log_db().display().to_string(), error));
        }
        let lock = folder.lock()?;
        let keys = ServerKeys::read(&folder.server_keys())?;
        let log = LogDb::open(&folder.log_db())?;
        let stored_size = log.checkpoint().map_err(LogDbError::from)?.map_or(0, |checkpoint| checkpoint.size);
        let mut views = Views::open(&folder.views_db(), stored_size)?;
        let mut news = News::default();
        let replayed = replay::replay(&folder.log_db(), |_, entry| {
            if entry.row.index >= views.position() {
                news.add(&entry.said, entry.row.index);
            }
            Ok(())
        })
        .map_err(|error| match error {
            ReplayError::Open(error) => OpenError::Log(error),
            ReplayError::Damage(damage) => OpenError::Damage(damage),
        })?;
        let folded = replayed.folded;
        if !news.is_empty() {
            views
                .fold(&news, replayed.tree.size(), &folded.desk, &folded.places)
                .map_err(ViewsError::from)?;
        }
        let rows = log.inbox().map_err(LogDbError::from)?;
        let next_inbox_id = rows.last().map_or(1, |row| row.id + 1);
        Ok(Self {
            bodies: Bodies::open(&folder.bodies())?,
            folder,
            _lock: lock,
            keys,
            log,
            tree: replayed.tree,
            checkpoint: replayed.checkpoint,
            signing_key: *folded.desk.trust.log_key(),
            recent: Recent::default(),
            inbox: rows.into_iter().map(|row| (row.sha256, row.id)).collect(),
            next_inbox_id,
            folded,
            pending: Pending::default(),
            failed_bytes: 0,
            views,
            news: News::default(),
        })
    }

    /// The desk, with the acts of the open batch.
    pub fn desk(&self) -> &Desk {
        &self.folded.desk
    }

    /// Where everything stands, with the acts of the open batch.
    pub fn places(&self) -> &Places {
        &self.folded.places
    }

    /// Number of committed entries.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The newest checkpoint: a signed note over [`Self::size`] entries.
    pub fn checkpoint(&self) -> &[u8] {
        &self.checkpoint.note
    }

    /// The server's keys.
    pub fn keys(&self) -> &ServerKeys {
        &self.keys
    }

    /// Where the data lies.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether acts wait for a commit.
    pub fn is_batch_open(&self) -> bool {
        !self.pending.entries.is_empty()
    }

    /// Judges an act, and takes it into the open batch when the answer is yes. `now_ms`: the server's clock.
    pub fn admit(&mut self, offer: Offer, now_ms: u64) -> Result<Admitted, NotAdmitted> {
        if let Some(index) = self.known(&offer)? {
            return Ok(Admitted::Known(index));
        }
        let said = offer.said();
        for (scope, head) in [(Scope::Trust, said.seen.trust), (said.scope, said.seen.scope)] {
            if !self.folded.places.was_head(scope, head) {
                return Err(NotAdmitted::Diverged { scope, head: self.folded.places.head(scope) });
            }
        }
        let index = self.size() + len(self.pending.entries.len());
        let leaf = self.folded.next_leaf(said, index, now_ms);
        self.folded.desk.admit(said, leaf.logged_ms)?;
        let leaf = LeafBytes::write(leaf)?;
        let hash = leaf.hash();
        self.folded.take(said, &leaf, hash);
        let (act, said, bodies) = offer.into_parts();
        self.pending.touched.insert(said.scope);
        self.pending.news.add(&said, index);
        self.pending.bodies.extend(said.bodies.iter().map(|body| body.sha256).zip(bodies));
        self.pending.hashes.push(hash);
        let (leaf, act) = (leaf.bytes().to_vec(), act.bytes().to_vec());
        self.pending.entries.push(EntryRow { index, leaf, act });
        Ok(Admitted::New(index))
    }

    /// The entry that this very act already is.
    fn known(&self, offer: &Offer) -> Result<Option<u64>, Damage> {
        let said = offer.said();
        let Some(index) = self.folded.places.by_counter(said.author, said.scope, said.counter) else {
            return Ok(None);
        };
        let entry = self.entry(index)?;
        // The counter of another act: the rules will refuse it by its counter.
        Ok((entry.act == offer.act().bytes()).then_some(index))
    }

    /// Writes the open batch in one durable commit, with the checkpoint that covers it. Returns the entries that it
    /// added. When it fails, the batch is gone as if it had never been.
    pub fn commit(&mut self) -> Result<std::ops::Range<u64>, CommitError> {
        let first = self.size();
        if self.pending.entries.is_empty() {
            return Ok(first..first);
        }
        let bytes = self.pending.bytes();
        match self.try_commit() {
            Ok(()) => Ok(first..self.size()),
            Err(error) => {
                self.failed_bytes = bytes;
                match self.roll_back() {
                    Ok(()) => Err(error),
                    Err(damage) => Err(CommitError::Broken(format!("{error}; then {damage}"))),
                }
            }
        }
    }

    fn try_commit(&mut self) -> Result<(), CommitError> {
        let mut tree = self.tree.clone();
        self.pending.hashes.iter().for_each(|hash| tree.append(*hash));
        let tiles = tree.drain_full_tiles();
        let trust = &self.folded.desk.trust;
        // A batch that changes the key is itself still under the old one.
        let key = self.keys.log_key(&self.signing_key).ok_or(CommitError::NoKey)?;
        let note = checkpoint::sign(trust.origin(), tree.head(), key)?;
        let checkpoint = StoredCheckpoint { size: tree.size(), note };
        let bodies: Vec<_> = (self.next_inbox_id..)
            .zip(std::mem::take(&mut self.pending.bodies))
            .map(|(id, (sha256, bytes))| (id, sha256, bytes))
            .collect();
        let entries = &self.pending.entries;
        let batch = Batch { entries, tiles: &tiles, checkpoint: &checkpoint, bodies: &bodies };
        self.log.commit(&batch).map_err(|error| match sqlite::disk_trouble(&error) {
            Some(DiskTrouble::Full) => CommitError::Full,
            Some(DiskTrouble::Failing) => CommitError::Disk(error),
            None => CommitError::Broken(error.to_string()),
        })?;
        // After the commit nothing can fail: memory catches up with the disk.
        self.next_inbox_id += i64::try_from(bodies.len()).unwrap_or(i64::MAX);
        self.inbox.extend(bodies.iter().map(|(id, sha256, _)| (*sha256, *id)));
        self.tree = tree;
        self.checkpoint = checkpoint;
        self.signing_key = *self.folded.desk.trust.log_key();
        let pending = std::mem::take(&mut self.pending);
        self.news.append(pending.news);
        self.recent.extend(pending.entries);
        Ok(())
    }

    /// Puts memory back to what the disk holds: the scopes that the batch touched are folded again from their entries.
    fn roll_back(&mut self) -> Result<(), Damage> {
        let pending = std::mem::take(&mut self.pending);
        let damage = |error: rusqlite::Error| Damage::new(LOG_DB, Place::Whole, error);
        let stored = self.log.checkpoint().map_err(damage)?.map_or(0, |checkpoint| checkpoint.size);
        if stored != self.size() {
            let what = format!("expected {} entries after a failed commit, it says {stored}", self.size());
            return Err(Damage::new(LOG_DB, Place::Checkpoint, what));
        }
        for scope in pending.touched {
            self.folded.forget(scope, self.size());
            let places: Vec<u64> = self.folded.places.indexes(scope).to_vec();
            for index in places {
                let entry = stored::read(self.entry(index)?)?;
                self.folded
                    .refold(&entry.said, &entry.leaf)
                    .map_err(|refusal| Damage::new(LOG_DB, Place::Entry(index), refusal))?;
            }
        }
        self.folded.log_keys.truncate(
            self.folded.log_keys.iter().rposition(|key| *key == self.signing_key).map_or(1, |at| at + 1),
        );
        Ok(())
    }

    /// One entry, also of the open batch.
    pub fn entry(&self, index: u64) -> Result<EntryRow, Damage> {
        let pending = index.checked_sub(self.size()).and_then(|at| usize::try_from(at).ok());
        let in_memory = match pending {
            Some(at) => self.pending.entries.get(at),
            None => self.recent.get(index),
        };
        if let Some(entry) = in_memory {
            return Ok(entry.clone());
        }
        match self.log.entry(index) {
            Ok(Some(entry)) => Ok(entry),
            Ok(None) => Err(Damage::new(LOG_DB, Place::Entry(index), "missing")),
            Err(error) => Err(Damage::new(LOG_DB, Place::Entry(index), error)),
        }
    }

    /// Something to make proofs with, about committed entries. One for a whole batch reads each tile once.
    pub fn proofs(&self) -> Proofs<'_> {
        Proofs::new(&self.tree, &self.log)
    }

    /// The bytes of a body, with its digest checked: from the inbox, or from where the mover put it.
    pub fn body(&self, sha256: Digest) -> Result<Vec<u8>, BodyError> {
        if let Some(id) = self.inbox.get(&sha256)
            && let Some(bytes) = self.log.inbox_bytes(*id)?
        {
            return checked(sha256, bytes);
        }
        self.bodies.get(sha256)
    }

    /// Whether some committed act of this scope lists this body.
    pub fn is_listed(&mut self, scope: Scope, sha256: Digest) -> Result<bool, ViewsError> {
        self.settle()?;
        Ok(listed::is_listed(self.views.connection(), scope, sha256)?)
    }

    /// Brings the views up to the log.
    pub fn settle(&mut self) -> Result<(), ViewsError> {
        // While a batch is open memory is ahead of the log, and the views never are.
        if self.news.is_empty() || self.is_batch_open() {
            return Ok(());
        }
        self.views.fold(&self.news, self.tree.size(), &self.folded.desk, &self.folded.places)?;
        self.news = News::default();
        Ok(())
    }

    /// How many changes the views are behind.
    pub fn unsettled(&self) -> usize {
        self.news.len()
    }

    /// The views, as far as they are folded; [`Self::settle`] first.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Bodies in the inbox.
    pub fn inbox_len(&self) -> usize {
        self.inbox.len()
    }

    /// A mover for a thread of its own.
    pub fn mover(&self) -> Result<Mover, MoverError> {
        Mover::open(&self.folder)
    }

    /// Takes bodies that a mover moved out of the inbox.
    pub fn forget_moved(&mut self, moved: &[Moved]) -> Result<(), CommitError> {
        let ids: Vec<i64> = moved.iter().map(|moved| moved.id).collect();
        self.log.forget(&ids).map_err(|error| match sqlite::disk_trouble(&error) {
            Some(DiskTrouble::Full) => CommitError::Full,
            Some(DiskTrouble::Failing) | None => CommitError::Disk(error),
        })?;
        for moved in moved {
            if self.inbox.get(&moved.sha256) == Some(&moved.id) {
                self.inbox.remove(&moved.sha256);
            }
        }
        Ok(())
    }

    /// Whether the disk takes as much as the last batch that failed for want of room.
    pub fn probe(&mut self) -> Result<(), CommitError> {
        self.log.probe(self.failed_bytes).map_err(|error| match sqlite::disk_trouble(&error) {
            Some(DiskTrouble::Full) => CommitError::Full,
            Some(DiskTrouble::Failing) | None => CommitError::Disk(error),
        })
    }

    /// The most that `log.db` may grow to, in bytes: beyond it acts are put off as on a full disk. It takes effect at
    /// once and is not written down.
    pub fn set_quota(&self, bytes: u64) -> Result<(), LogDbError> {
        Ok(self.log.limit_bytes(bytes)?)
    }

    /// Bytes that `log.db` takes.
    pub fn log_bytes(&self) -> Result<u64, LogDbError> {
        Ok(self.log.bytes()?)
    }
}

fn len(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
