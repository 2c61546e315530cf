//! View: which act lists which body. A body is given only to who may read the scope that lists it.

use chancery_log::id::{Digest, Scope};
use rusqlite::{Connection, params};

use super::scope_key;
use crate::sqlite::signed;

pub(crate) const SCHEMA: &str = "
    -- entry: index in the log; place: index of the body in its act.
    CREATE TABLE listed(
        sha256 BLOB NOT NULL, scope BLOB NOT NULL, entry INTEGER NOT NULL, place INTEGER NOT NULL, len INTEGER NOT NULL,
        PRIMARY KEY(sha256, scope, entry, place)
    ) STRICT, WITHOUT ROWID;
";

pub(crate) const ALL: &str = "SELECT * FROM listed ORDER BY sha256, scope, entry, place";

/// One body as an act lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedBody {
    /// Its digest.
    pub sha256: Digest,
    /// The scope of the act.
    pub scope: Scope,
    /// The act's index in the log.
    pub index: u64,
    /// The body's index in the act.
    pub place: usize,
    /// Its length in bytes.
    pub len: u32,
}

pub(crate) fn fold(connection: &Connection, bodies: &[ListedBody]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO listed(sha256, scope, entry, place, len) VALUES(?1, ?2, ?3, ?4, ?5)",
    )?;
    for body in bodies {
        let place = i64::try_from(body.place).unwrap_or(i64::MAX);
        insert.execute(params![
            body.sha256.0,
            scope_key(&body.scope),
            signed(body.index),
            place,
            body.len
        ])?;
    }
    Ok(())
}

/// Whether some act of this scope lists this body.
pub fn is_listed(connection: &Connection, scope: Scope, sha256: Digest) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS(SELECT 1 FROM listed WHERE sha256 = ?1 AND scope = ?2)")?
        .query_row(params![sha256.0, scope_key(&scope)], |row| row.get(0))
}
