//! View: the board of packages, by what the server knows of them: ids, stage, time, level's rank.

use chancery_desk::{
    act::CallKind,
    package::{Nature, Package},
};
use chancery_log::id::{CounterpartId, PackageId, PersonId};
use rusqlite::{Connection, params};

use crate::sqlite::{signed, unsigned};

pub(crate) const SCHEMA: &str = "
    -- planned_ms: for a planned call only. stage: the word that people use.
    CREATE TABLE board(
        package BLOB PRIMARY KEY, stage TEXT NOT NULL, principal BLOB, counterpart BLOB, planned_ms INTEGER,
        level INTEGER NOT NULL, opened_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX board_stage ON board(stage, opened_ms);
";

pub(crate) const ALL: &str = "SELECT * FROM board ORDER BY package";

/// One package on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// The package.
    pub package: PackageId,
    /// Its stage, in the word that people use.
    pub stage: String,
    /// Whose it is; none for an imported record.
    pub principal: Option<PersonId>,
    /// With whom, for a call.
    pub counterpart: Option<CounterpartId>,
    /// For when a call is planned, milliseconds since 1970 UTC.
    pub planned_ms: Option<u64>,
    /// The level's rank.
    pub level: u8,
    /// When it was opened, milliseconds since 1970 UTC.
    pub opened_ms: u64,
}

pub(crate) fn fold(connection: &Connection, package: &Package) -> rusqlite::Result<()> {
    let planned_ms = match package.nature() {
        Nature::Call { kind: CallKind::Planned { at_ms }, .. } => Some(signed(at_ms)),
        Nature::Call { kind: CallKind::Unannounced, .. }
        | Nature::Debrief { .. }
        | Nature::Imported { .. } => None,
    };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO board(package, stage, principal, counterpart, planned_ms, level, opened_ms)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            package.id().0,
            package.stage().to_string(),
            package.principal().map(|person| person.0),
            package.counterpart().map(|counterpart| counterpart.0),
            planned_ms,
            package.level().0,
            signed(package.opened().logged_ms),
        ])?;
    Ok(())
}

/// The packages in one stage, oldest first.
pub fn in_stage(connection: &Connection, stage: &str) -> rusqlite::Result<Vec<BoardRow>> {
    connection
        .prepare_cached(
            "SELECT package, stage, principal, counterpart, planned_ms, level, opened_ms FROM board
             WHERE stage = ?1 ORDER BY opened_ms",
        )?
        .query_map([stage], |row| {
            Ok(BoardRow {
                package: PackageId(row.get(0)?),
                stage: row.get(1)?,
                principal: row.get::<_, Option<_>>(2)?.map(PersonId),
                counterpart: row.get::<_, Option<_>>(3)?.map(CounterpartId),
                planned_ms: row.get::<_, Option<i64>>(4)?.map(unsigned),
                level: row.get(5)?,
                opened_ms: unsigned(row.get(6)?),
            })
        })?
        .collect()
}
