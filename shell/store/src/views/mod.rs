//! `views.db`: what is folded from the log to be looked up, one file each with schema, fold and query. Deletable: it is
//! built again by the same fold that keeps it up to date.

pub mod board;
pub mod heads;
pub mod listed;
pub mod people;

use std::{collections::BTreeSet, fs, io, path::Path};

use chancery_desk::desk::Desk;
use chancery_log::id::{Digest, PackageId, Scope};
use rusqlite::{Connection, OpenFlags};

use self::listed::ListedBody;
use crate::{
    places::Places,
    sqlite::{self, VIEWS_APPLICATION, signed, unsigned},
};

/// The version of the views that this build folds; another one in the file means: delete and fold again.
pub const VIEWS_VERSION: i32 = 1;

const POSITION: &str = "
    -- How many entries of the log are folded in.
    CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL) STRICT;
    INSERT INTO position(one, size) VALUES(1, 0);
";

/// What happened since the views were last brought up to date.
#[derive(Debug, Default)]
pub(crate) struct News {
    touched: BTreeSet<Scope>,
    bodies: Vec<ListedBody>,
}

/// Why the views could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// SQLite's words.
    #[error("views.db: {0}; it may be deleted: it is built again from the log")]
    Sqlite(#[from] rusqlite::Error),
    /// The old file could not be deleted.
    #[error("views.db: {0}; delete it by hand: it is built again from the log")]
    Io(#[from] io::Error),
}

/// The open views.
#[derive(Debug)]
pub struct Views {
    connection: Connection,
    position: u64,
}

impl News {
    /// Takes one entry.
    pub(crate) fn add(&mut self, said: &chancery_desk::said::Said, index: u64) {
        self.touched.insert(said.scope);
        for (place, body) in said.bodies.iter().enumerate() {
            self.bodies.push(ListedBody {
                sha256: body.sha256,
                scope: said.scope,
                index,
                place,
                len: body.len,
            });
        }
    }

    /// Takes what came later.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.touched.append(&mut later.touched);
        self.bodies.append(&mut later.bodies);
    }

    /// How much there is to fold.
    pub(crate) fn len(&self) -> usize {
        self.touched.len().max(self.bodies.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }
}

impl Views {
    /// Opens the views. Those of another version, newer than the log, or unreadable are deleted and start empty.
    pub(crate) fn open(path: &Path, log_size: u64) -> Result<Self, ViewsError> {
        match Self::open_existing(path) {
            Ok(Some(views)) if views.position <= log_size => Ok(views),
            // Whatever is wrong with it, the log is the truth.
            Ok(_) | Err(_) => {
                delete(path)?;
                Self::create(path)
            }
        }
    }

    fn open_existing(path: &Path) -> Result<Option<Self>, ViewsError> {
        if !path.exists() {
            return Ok(None);
        }
        let connection = sqlite::open_to_write(path, OpenFlags::empty())?;
        if sqlite::stamp_of(&connection)? != (VIEWS_APPLICATION, VIEWS_VERSION) {
            return Ok(None);
        }
        let position: i64 = connection.query_row("SELECT size FROM position", [], |row| row.get(0))?;
        set_up(&connection)?;
        Ok(Some(Self { connection, position: unsigned(position) }))
    }

    fn create(path: &Path) -> Result<Self, ViewsError> {
        let connection = sqlite::open_to_write(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        set_up(&connection)?;
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {}", schema()))?;
        sqlite::stamp(&connection, VIEWS_APPLICATION, VIEWS_VERSION)?;
        connection.execute_batch("COMMIT")?;
        Ok(Self { connection, position: 0 })
    }

    /// The views at `path`, to look at, when they are sound and stand at `size`.
    pub(crate) fn look(path: &Path, size: u64) -> Option<Self> {
        let views = Self::open_existing(path).ok().flatten()?;
        (views.position == size).then_some(views)
    }

    /// Empty views that are gone when they are dropped.
    pub(crate) fn in_memory() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(&schema())?;
        Ok(Self { connection, position: 0 })
    }

    /// How many entries of the log are folded in.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Folds in what happened up to `size`; `desk` and `places` stand there. After an error nothing of it is folded.
    pub(crate) fn fold(
        &mut self,
        news: &News,
        size: u64,
        desk: &Desk,
        places: &Places,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        listed::fold(&transaction, &news.bodies)?;
        for scope in &news.touched {
            heads::fold(&transaction, *scope, places.head(*scope))?;
            match scope {
                Scope::Trust => people::fold(&transaction, &desk.trust)?,
                Scope::Package(id) => {
                    if let Some(package) = desk.packages.get(id) {
                        board::fold(&transaction, package)?;
                    }
                }
            }
        }
        transaction.prepare_cached("UPDATE position SET size = ?1")?.execute([signed(size)])?;
        // COMMIT POINT, without a sync: after a loss of power the file may be old or broken. Old, it is brought up to
        // date at the next start; broken, it is deleted and folded again.
        transaction.commit()?;
        self.position = size;
        Ok(())
    }

    /// The open file, for the queries in the files beside this one.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// SHA-256 over every row of every view: equal for equal views.
    pub fn digest(&self) -> rusqlite::Result<Digest> {
        let mut text = String::new();
        for query in [heads::ALL, listed::ALL, board::ALL, people::ALL_PEOPLE, people::ALL_DEVICES] {
            let mut select = self.connection.prepare(query)?;
            let columns = select.column_count();
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    text.push_str(&format!("{:?};", row.get_ref(column)?));
                }
                text.push('\n');
            }
            text.push_str("----\n");
        }
        Ok(Digest::of(text.as_bytes()))
    }
}

fn schema() -> String {
    [POSITION, heads::SCHEMA, listed::SCHEMA, board::SCHEMA, people::SCHEMA].concat()
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Nothing here needs to survive a loss of power.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Deletes the views; no error when they are not there.
pub(crate) fn delete(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A scope as a key: nothing for the trust scope, the id for a package.
pub(crate) fn scope_key(scope: &Scope) -> &[u8] {
    match scope {
        Scope::Trust => &[],
        Scope::Package(PackageId(id)) => id,
    }
}
