//! View: the head of every scope.

use chancery_log::{
    act::Head,
    id::{Digest, Scope},
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::scope_key;
use crate::sqlite::{signed, unsigned};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE head(scope BLOB PRIMARY KEY, count INTEGER NOT NULL, last BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

pub(crate) const ALL: &str = "SELECT * FROM head ORDER BY scope";

pub(crate) fn fold(connection: &Connection, scope: Scope, head: Head) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO head(scope, count, last) VALUES(?1, ?2, ?3)")?
        .execute(params![scope_key(&scope), signed(head.count), head.last.0])?;
    Ok(())
}

/// The head of a scope; empty when nothing is in it.
pub fn head(connection: &Connection, scope: Scope) -> rusqlite::Result<Head> {
    let head = connection
        .prepare_cached("SELECT count, last FROM head WHERE scope = ?1")?
        .query_row([scope_key(&scope)], |row| {
            Ok(Head { count: unsigned(row.get(0)?), last: Digest(row.get(1)?) })
        })
        .optional()?;
    Ok(head.unwrap_or(Head::EMPTY))
}
