//! How our SQLite files are opened: which file is whose, in which version, and what a failure of the disk looks like.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

/// "Chan" and "Chav" as 32-bit numbers: `file` and SQLite's own tools show whose file it is.
pub(crate) const LOG_APPLICATION: i32 = 0x4368_616e;
pub(crate) const VIEWS_APPLICATION: i32 = 0x4368_6176;

/// Why writing failed, as far as the caller can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskTrouble {
    /// No room.
    Full,
    /// The disk failed, or the file system became read-only.
    Failing,
}

/// Whether a failure is the disk's; any other is a mistake of ours or damage.
pub(crate) fn disk_trouble(error: &rusqlite::Error) -> Option<DiskTrouble> {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "SQLite's codes, not ours: every other one is no disk trouble"
    )]
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Some(DiskTrouble::Full),
        Some(ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
            Some(DiskTrouble::Failing)
        }
        _ => None,
    }
}

/// Opens a file for writing; makes it when `OpenFlags` say so.
pub(crate) fn open_to_write(path: &Path, create: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | create;
    Connection::open_with_flags(path, flags)
}

/// Opens a file to read only. SQLite still needs to write `-shm` beside a file in WAL mode.
pub(crate) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Application id and format version of an open file.
pub(crate) fn stamp_of(connection: &Connection) -> rusqlite::Result<(i32, i32)> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((number("application_id")?, number("user_version")?))
}

/// Writes application id and format version.
pub(crate) fn stamp(connection: &Connection, application: i32, version: i32) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", application)?;
    connection.pragma_update(None, "user_version", version)
}

/// SQLite's numbers are signed; ours never reach the sign bit: a log of 2^63 entries is not written in any lifetime.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Back from SQLite. A negative number can only come from damage, and reads as one that fits nowhere.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
