//! The base of the durable figures: SQLite with the same settings and the same rows, and nothing else.

use std::path::Path;

use anyhow::Result;
use rusqlite::{Connection, params};

use crate::{chronicle::Entry, writers::Journal};

/// As `log.db` has it, so that both fold the write-ahead file back equally often.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, act BLOB NOT NULL) STRICT;
    CREATE TABLE inbox(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
";

/// Group commit in bare SQLite.
pub(crate) struct Bare {
    connection: Connection,
    entries: i64,
    bodies: i64,
    batch: Vec<Entry>,
}

impl Bare {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SETTINGS)?;
        Ok(Self { connection, entries: 0, bodies: 0, batch: Vec::new() })
    }
}

impl Journal for Bare {
    type Item = Entry;

    fn take(&mut self, item: Entry) -> Result<()> {
        self.batch.push(item);
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut entry = transaction.prepare_cached("INSERT INTO entry VALUES(?1, ?2, ?3)")?;
            let mut body = transaction.prepare_cached("INSERT INTO inbox VALUES(?1, ?2, ?3)")?;
            for item in self.batch.drain(..) {
                entry.execute(params![self.entries, item.leaf, item.act])?;
                self.entries += 1;
                for bytes in item.bodies {
                    body.execute(params![self.bodies, item.digest.0, bytes])?;
                    self.bodies += 1;
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn after(&mut self) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
