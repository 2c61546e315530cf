//! The offline check of a data folder or a backup: every leaf, every signature, every rule, every tile, every body.

use std::path::Path;

use chancery_desk::said::Said;
use chancery_log::{act::ReceivedAct, id::Digest};

use crate::{
    bodies::{Bodies, BodyError, checked},
    damage::{Damage, Place},
    folded::Folded,
    folder::{Folder, FolderLock, LOG_DB, LockError, SERVER_KEYS, VIEWS_DB},
    log_db::{LogDb, LogDbError},
    replay::{self, ReplayError, Replayed},
    server_keys::ServerKeys,
    stored::{self, StoredEntry},
    views::{News, Views},
};

/// More findings than this say no more: the folder is to be restored.
const FINDINGS_MAX: usize = 1_000;

/// Entries between two calls of the progress callback.
const PROGRESS_EVERY: u64 = 1_024;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Entries that were read.
    pub entries: u64,
    /// Bodies that were read.
    pub bodies: u64,
    /// What is wrong, by file and place; empty when all is well.
    pub findings: Vec<Damage>,
}

/// Why a folder could not be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A server has it open.
    #[error("{0}; or check a backup of it")]
    Lock(#[from] LockError),
    /// No log is there, or none of ours.
    #[error(transparent)]
    Log(#[from] LogDbError),
}

struct Check<'a, P> {
    log: LogDb,
    bodies: Option<Bodies>,
    inbox: std::collections::HashMap<Digest, i64>,
    report: Report,
    news: News,
    size: u64,
    progress: &'a mut P,
}

/// Checks a folder that no server has open. `progress`: entries read, and how many there are.
pub fn check(root: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Report, CheckError> {
    let folder = Folder::new(root);
    let log = LogDb::open_to_read(&folder.log_db())?;
    let _lock: FolderLock = folder.lock()?;
    let mut check = Check {
        bodies: None,
        inbox: std::collections::HashMap::new(),
        report: Report { entries: 0, bodies: 0, findings: Vec::new() },
        news: News::default(),
        size: log.checkpoint().ok().flatten().map_or(0, |checkpoint| checkpoint.size),
        log,
        progress: &mut progress,
    };
    check.open_bodies(&folder);
    check.structure();
    match replay::replay(&folder.log_db(), |folded, entry| {
        check.entry(folded, entry);
        Ok(())
    }) {
        Ok(replayed) => {
            check.tiles(&replayed);
            check.keys(&folder, &replayed.folded);
            check.views(&folder, &replayed);
        }
        Err(ReplayError::Open(error)) => return Err(error.into()),
        Err(ReplayError::Damage(damage)) => {
            check.find(damage);
            check.rest();
        }
    }
    (check.progress)(check.report.entries, check.size);
    Ok(check.report)
}

impl<P: FnMut(u64, u64)> Check<'_, P> {
    fn find(&mut self, damage: Damage) {
        if self.report.findings.len() < FINDINGS_MAX && !self.report.findings.contains(&damage) {
            self.report.findings.push(damage);
        }
    }

    fn open_bodies(&mut self, folder: &Folder) {
        match Bodies::open(&folder.bodies()) {
            Ok(bodies) => self.bodies = Some(bodies),
            Err(error) => self.find(Damage::new("bodies/", Place::Whole, error)),
        }
        match self.log.inbox() {
            Ok(rows) => self.inbox = rows.into_iter().map(|row| (row.sha256, row.id)).collect(),
            Err(error) => self.find(Damage::new(LOG_DB, Place::Whole, format!("the inbox: {error}"))),
        }
    }

    fn structure(&mut self) {
        match self.log.structure_findings() {
            Ok(findings) => {
                for finding in findings {
                    self.find(Damage::new(LOG_DB, Place::Whole, finding));
                }
            }
            Err(error) => self.find(Damage::new(LOG_DB, Place::Whole, error)),
        }
    }

    /// One entry that is sound as far as the start-up check goes: its signature, the rules, its bodies.
    fn entry(&mut self, folded: Option<&Folded>, entry: &StoredEntry) {
        let place = Place::Entry(entry.row.index);
        if let Some(folded) = folded
            && let Err(what) = judge(folded, entry)
        {
            self.find(Damage::new(LOG_DB, place, what));
        }
        self.news.add(&entry.said, entry.row.index);
        self.read(entry);
    }

    fn read(&mut self, entry: &StoredEntry) {
        for (place, body) in entry.said.bodies.iter().enumerate() {
            if let Err(error) = self.body(body.sha256) {
                let text = error.to_string();
                let (file, what) = text.split_once(": ").unwrap_or(("bodies/", &text));
                let found = Damage::new(file, Place::Body(entry.row.index, place), what);
                self.find(found);
            }
            self.report.bodies += 1;
        }
        self.report.entries += 1;
        if self.report.entries.is_multiple_of(PROGRESS_EVERY) {
            (self.progress)(self.report.entries, self.size);
        }
    }

    fn body(&self, sha256: Digest) -> Result<(), BodyError> {
        if let Some(id) = self.inbox.get(&sha256)
            && let Some(bytes) = self.log.inbox_bytes(*id)?
        {
            return checked(sha256, bytes).map(|_| ());
        }
        match &self.bodies {
            Some(bodies) => bodies.get(sha256).map(|_| ()),
            // Found once already; not again for each body.
            None => Ok(()),
        }
    }

    /// After damage nothing can be folded, but each entry can still be read by itself.
    fn rest(&mut self) {
        let mut entries = Vec::new();
        let from = self.report.entries;
        let read = self.log.entries_from(from, |row| {
            entries.push(stored::read(row));
            Ok::<_, rusqlite::Error>(())
        });
        for entry in entries {
            match entry {
                Ok(entry) => self.read(&entry),
                Err(damage) => self.find(damage),
            }
        }
        if let Err(error) = read {
            self.find(Damage::new(LOG_DB, Place::Whole, error));
        }
    }

    /// The replay compared every tile that the log needs; here, that there are no others.
    fn tiles(&mut self, replayed: &Replayed) {
        let ids = match self.log.tile_ids() {
            Ok(ids) => ids,
            Err(error) => return self.find(Damage::new(LOG_DB, Place::Whole, error)),
        };
        for id in ids {
            let nodes = replayed.tree.size().checked_shr(8 * (u32::from(id.level) + 1)).unwrap_or(0);
            if id.index >= nodes {
                let place = Place::Tile(id.level, id.index);
                self.find(Damage::new(LOG_DB, place, "there, but the log is not that long"));
            }
        }
    }

    fn keys(&mut self, folder: &Folder, folded: &Folded) {
        let keys = match ServerKeys::read(&folder.server_keys()) {
            Ok(keys) => keys,
            Err(error) => return self.find(Damage::new(SERVER_KEYS, Place::Whole, error)),
        };
        let trust = &folded.desk.trust;
        if keys.log_key(trust.log_key()).is_none() {
            self.find(Damage::new(
                SERVER_KEYS,
                Place::Whole,
                "the log names another key for its checkpoints",
            ));
        }
        let observer = trust.verifying_key(trust.observer());
        if observer.is_none_or(|key| keys.observer_key(key.as_bytes()).is_none()) {
            self.find(Damage::new(SERVER_KEYS, Place::Whole, "the log names another key for its observer"));
        }
    }

    /// Views that stand where the log stands must be what a fresh fold gives.
    fn views(&mut self, folder: &Folder, replayed: &Replayed) {
        let Some(kept) = Views::look(&folder.views_db(), replayed.tree.size()) else { return };
        let folded = &replayed.folded;
        let fresh = Views::in_memory().and_then(|mut fresh| {
            fresh.fold(&self.news, replayed.tree.size(), &folded.desk, &folded.places)?;
            Ok(fresh)
        });
        let same = fresh.and_then(|fresh| Ok(fresh.digest()? == kept.digest()?));
        match same {
            Ok(true) => {}
            Ok(false) => {
                let what = "not what a fresh fold of the log gives; delete it, it is built again";
                self.find(Damage::new(VIEWS_DB, Place::Whole, what));
            }
            Err(error) => self.find(Damage::new(VIEWS_DB, Place::Whole, error)),
        }
    }
}

/// The signature by the key that the log itself names, and the rules at this place.
fn judge(folded: &Folded, entry: &StoredEntry) -> Result<(), String> {
    let received = ReceivedAct::read(entry.row.act.clone()).map_err(|e| e.to_string())?;
    let author = received.claimed_author();
    let key = folded.desk.trust.verifying_key(author);
    let key = key.ok_or_else(|| format!("it is by device {author}, which no entry before it approved"))?;
    let verified = received.verify(&key).map_err(|e| e.to_string())?;
    let said = Said::read(&verified).map_err(|e| e.to_string())?;
    let leaf = entry.leaf.leaf();
    chancery_log::place::check(leaf, &verified).map_err(|e| e.to_string())?;
    folded.desk.admit(&said, leaf.logged_ms).map_err(|e| format!("the desk's rules forbid it: {e}"))
}
