//! `log.db`, the truth: entries, full tiles, the last checkpoint, and the inbox of bodies on their way to `bodies/`.

use std::path::Path;

use chancery_log::{id::Digest, tiles::TileId};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use crate::sqlite::{self, signed, unsigned};

/// The format of `log.db` that this build writes.
pub const LOG_DB_VERSION: i32 = 1;

/// Pages of write-ahead log before SQLite folds them into the file: 16 MiB, so that one batch of large bodies does not
/// trigger a fold by itself.
const WAL_PAGES: i64 = 4000;

/// The write-ahead file shrinks back to this after a burst.
const WAL_BYTES_KEPT: i64 = 64 * 1024 * 1024;

const SCHEMA: &str = "
    -- idx: place in the log, from 0, without gaps. Nothing else is indexed on disk: where a scope's entries stand is
    -- kept in memory and found again at start, because a second index costs one more dirty page for each act.
    CREATE TABLE entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, act BLOB NOT NULL) STRICT;
    -- Full tiles only, 8192 bytes each.
    CREATE TABLE tile(level INTEGER NOT NULL, idx INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(level, idx)) STRICT;
    -- The last signed checkpoint.
    CREATE TABLE checkpoint(one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
    -- Bodies that are durable with their act and not yet in bodies/.
    CREATE TABLE inbox(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
";

/// Why `log.db` could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum LogDbError {
    /// SQLite's words.
    #[error("log.db: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Not one of ours.
    #[error("log.db: this is not a desk's log (application id {0:#x})")]
    NotOurs(i32),
    /// A format that this build does not know.
    #[error(
        "log.db: format {found} was written by a newer build, this one knows up to {LOG_DB_VERSION}; update it"
    )]
    Newer {
        /// The version in the file.
        found: i32,
    },
}

/// One row of `entry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Place in the log.
    pub index: u64,
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    /// The act's bytes.
    pub act: Vec<u8>,
}

/// The last checkpoint as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Number of leaves it covers.
    pub size: u64,
    /// The signed note.
    pub note: Vec<u8>,
}

/// One body in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Place in the inbox, rising.
    pub id: i64,
    /// What it was admitted as.
    pub sha256: Digest,
}

/// What one commit writes.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) entries: &'a [EntryRow],
    pub(crate) tiles: &'a [(TileId, Vec<u8>)],
    pub(crate) checkpoint: &'a StoredCheckpoint,
    /// With the inbox id that each gets.
    pub(crate) bodies: &'a [(i64, Digest, Vec<u8>)],
}

/// An open `log.db`.
#[derive(Debug)]
pub(crate) struct LogDb {
    connection: Connection,
}

impl LogDb {
    /// Makes a new one, not yet in WAL mode, so that it is one file that can be renamed.
    pub(crate) fn create(path: &Path) -> Result<Self, LogDbError> {
        let connection = sqlite::open_to_write(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA}"))?;
        sqlite::stamp(&connection, sqlite::LOG_APPLICATION, LOG_DB_VERSION)?;
        connection.execute_batch("COMMIT")?;
        Ok(Self { connection })
    }

    /// Writes the first batch of a new one and closes it; the file is on the disk then.
    pub(crate) fn finish(mut self, batch: &Batch<'_>) -> Result<(), LogDbError> {
        self.connection.pragma_update(None, "synchronous", "EXTRA")?;
        self.commit(batch)?;
        self.connection.close().map_err(|(_, error)| LogDbError::Sqlite(error))
    }

    /// Opens it to write: one connection only ever does.
    pub(crate) fn open(path: &Path) -> Result<Self, LogDbError> {
        let log = Self::set_up(sqlite::open_to_write(path, OpenFlags::empty())?)?;
        log.connection.execute("DELETE FROM inbox WHERE id = 0", [])?;
        Ok(log)
    }

    /// Opens it to read, beside the one that writes.
    pub(crate) fn open_to_read(path: &Path) -> Result<Self, LogDbError> {
        let connection = sqlite::open_to_read(path)?;
        Self::check_stamp(&connection)?;
        Ok(Self { connection })
    }

    fn set_up(connection: Connection) -> Result<Self, LogDbError> {
        Self::check_stamp(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL: the commit returns when the write-ahead file is on the disk, not merely with the kernel.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // A moved body must not stay behind in free pages.
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Self { connection })
    }

    fn check_stamp(connection: &Connection) -> Result<(), LogDbError> {
        match sqlite::stamp_of(connection)? {
            (sqlite::LOG_APPLICATION, LOG_DB_VERSION) => Ok(()),
            (sqlite::LOG_APPLICATION, found) => Err(LogDbError::Newer { found }),
            (other, _) => Err(LogDbError::NotOurs(other)),
        }
    }

    /// Writes a batch in one durable commit.
    pub(crate) fn commit(&mut self, batch: &Batch<'_>) -> rusqlite::Result<()> {
        // Dropped without a commit, whatever the reason, the transaction rolls back: nothing happened.
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO entry(idx, leaf, act) VALUES(?1, ?2, ?3)")?;
            for entry in batch.entries {
                insert.execute(params![signed(entry.index), entry.leaf, entry.act])?;
            }
            let mut insert =
                transaction.prepare_cached("INSERT INTO tile(level, idx, data) VALUES(?1, ?2, ?3)")?;
            for (id, data) in batch.tiles {
                insert.execute(params![id.level, signed(id.index), data])?;
            }
            let mut insert =
                transaction.prepare_cached("INSERT INTO inbox(id, sha256, bytes) VALUES(?1, ?2, ?3)")?;
            for (id, sha256, bytes) in batch.bodies {
                insert.execute(params![id, sha256.0, bytes])?;
            }
            let mut replace = transaction
                .prepare_cached("INSERT OR REPLACE INTO checkpoint(one, size, note) VALUES(1, ?1, ?2)")?;
            replace.execute(params![signed(batch.checkpoint.size), batch.checkpoint.note])?;
        }
        // COMMIT POINT. A crash before this returns: either nothing of the batch is in log.db, or all of it (the
        // write-ahead file got to the disk and the process died before it knew). Nobody was told either way; a device
        // sends its act again and gets the receipt that it missed, because the same act is found again by its counter.
        // A crash after it: everything is on the disk, and the next start folds it.
        transaction.commit()
    }

    /// Takes bodies that were moved out of the inbox.
    pub(crate) fn forget(&mut self, moved: &[i64]) -> rusqlite::Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for id in moved {
            transaction.prepare_cached("DELETE FROM inbox WHERE id = ?1")?.execute([id])?;
        }
        // COMMIT POINT. A crash here leaves a body both in the inbox and in bodies/: it is moved again, onto itself.
        transaction.commit()
    }

    /// Tries whether so many bytes can be written durably, and takes them away again.
    pub(crate) fn probe(&self, bytes: usize) -> rusqlite::Result<()> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        // A crash in between leaves row 0 behind: no body ever has that number, and the next start removes it.
        self.connection.execute(
            "INSERT OR REPLACE INTO inbox(id, sha256, bytes) VALUES(0, zeroblob(32), zeroblob(?1))",
            [bytes],
        )?;
        self.connection.execute("DELETE FROM inbox WHERE id = 0", [])?;
        Ok(())
    }

    pub(crate) fn checkpoint(&self) -> rusqlite::Result<Option<StoredCheckpoint>> {
        self.connection
            .prepare_cached("SELECT size, note FROM checkpoint WHERE one = 1")?
            .query_row([], |row| Ok(StoredCheckpoint { size: unsigned(row.get(0)?), note: row.get(1)? }))
            .optional()
    }

    pub(crate) fn entry(&self, index: u64) -> rusqlite::Result<Option<EntryRow>> {
        self.connection
            .prepare_cached("SELECT idx, leaf, act FROM entry WHERE idx = ?1")?
            .query_row([signed(index)], entry_row)
            .optional()
    }

    /// Entries from `from` on, in order, until `each` says stop.
    pub(crate) fn entries_from<E: From<rusqlite::Error>>(
        &self,
        from: u64,
        mut each: impl FnMut(EntryRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut select = self
            .connection
            .prepare_cached("SELECT idx, leaf, act FROM entry WHERE idx >= ?1 ORDER BY idx")?;
        let mut rows = select.query([signed(from)])?;
        while let Some(row) = rows.next()? {
            each(entry_row(row)?)?;
        }
        Ok(())
    }

    pub(crate) fn tile(&self, id: TileId) -> rusqlite::Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT data FROM tile WHERE level = ?1 AND idx = ?2")?
            .query_row(params![id.level, signed(id.index)], |row| row.get(0))
            .optional()
    }

    /// Every tile that is stored, without its bytes.
    pub(crate) fn tile_ids(&self) -> rusqlite::Result<Vec<TileId>> {
        self.connection
            .prepare_cached("SELECT level, idx FROM tile ORDER BY level, idx")?
            .query_map([], |row| Ok(TileId { level: row.get(0)?, index: unsigned(row.get(1)?) }))?
            .collect()
    }

    /// The inbox, oldest first, without the bytes.
    pub(crate) fn inbox(&self) -> rusqlite::Result<Vec<InboxRow>> {
        self.connection
            .prepare_cached("SELECT id, sha256 FROM inbox WHERE id > 0 ORDER BY id")?
            .query_map([], |row| Ok(InboxRow { id: row.get(0)?, sha256: Digest(row.get(1)?) }))?
            .collect()
    }

    pub(crate) fn inbox_bytes(&self, id: i64) -> rusqlite::Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT bytes FROM inbox WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()
    }

    /// SQLite's own check of the file's structure; the first findings, or none.
    pub(crate) fn structure_findings(&self) -> rusqlite::Result<Vec<String>> {
        let mut findings: Vec<String> = self
            .connection
            .prepare("PRAGMA integrity_check(20)")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        findings.retain(|finding| finding != "ok");
        Ok(findings)
    }

    /// Caps the file: beyond it SQLite fails as on a full disk.
    pub(crate) fn limit_bytes(&self, bytes: u64) -> rusqlite::Result<()> {
        let page: i64 = self.connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        // SQLite's own greatest number of pages.
        let pages = signed(bytes).checked_div(page).unwrap_or(i64::MAX).clamp(1, 4_294_967_294);
        self.connection.pragma_update(None, "max_page_count", pages)
    }

    pub(crate) fn bytes(&self) -> rusqlite::Result<u64> {
        let number =
            |pragma: &str| self.connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        Ok(unsigned(number("page_size")?.saturating_mul(number("page_count")?)))
    }

    /// From here on this connection sees the log as it is now, whatever is committed beside it.
    pub(crate) fn hold_snapshot(&self) -> rusqlite::Result<()> {
        self.connection.execute_batch("BEGIN")?;
        // The snapshot is taken by the first read.
        self.checkpoint()?;
        Ok(())
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}

fn entry_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow { index: unsigned(row.get(0)?), leaf: row.get(1)?, act: row.get(2)? })
}
