//! View: people and devices, by id.

use chancery_desk::trust::Trust;
use chancery_log::id::{DeviceId, PersonId};
use rusqlite::{Connection, params};

use crate::sqlite::{signed, unsigned};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE person(person BLOB PRIMARY KEY, roles TEXT NOT NULL, left_desk INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE device(
        device BLOB PRIMARY KEY, person BLOB NOT NULL, approved_ms INTEGER NOT NULL, revoked_ms INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX device_person ON device(person);
";

pub(crate) const ALL_PEOPLE: &str = "SELECT * FROM person ORDER BY person";
pub(crate) const ALL_DEVICES: &str = "SELECT * FROM device ORDER BY device";

/// One device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// When its approval was logged, milliseconds since 1970 UTC.
    pub approved_ms: u64,
    /// When its revocation was logged.
    pub revoked_ms: Option<u64>,
}

/// The trust scope is small and changes rarely: its tables are written whole.
pub(crate) fn fold(connection: &Connection, trust: &Trust) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT OR REPLACE INTO person(person, roles, left_desk) VALUES(?1, ?2, ?3)")?;
    for (id, person) in trust.people() {
        let roles: Vec<String> = person.roles.iter().map(ToString::to_string).collect();
        insert.execute(params![id.0, roles.join(", "), person.left])?;
    }
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO device(device, person, approved_ms, revoked_ms) VALUES(?1, ?2, ?3, ?4)",
    )?;
    for (id, device) in trust.devices() {
        let revoked_ms = device.revoked.map(|revoked| signed(revoked.logged_ms));
        insert.execute(params![id.0, device.cert.person.0, signed(device.logged_ms), revoked_ms])?;
    }
    Ok(())
}

/// The devices of one person, revoked ones too.
pub fn devices_of(connection: &Connection, person: PersonId) -> rusqlite::Result<Vec<DeviceRow>> {
    connection
        .prepare_cached(
            "SELECT device, approved_ms, revoked_ms FROM device WHERE person = ?1 ORDER BY approved_ms",
        )?
        .query_map([person.0], |row| {
            Ok(DeviceRow {
                device: DeviceId(row.get(0)?),
                approved_ms: unsigned(row.get(1)?),
                revoked_ms: row.get::<_, Option<i64>>(2)?.map(unsigned),
            })
        })?
        .collect()
}
