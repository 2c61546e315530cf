//! A device's folder: `device.json` (whose device, of which desk), `device.keys` (its secrets, sealed), `unlock.key` when
//! no passphrase was given, and `device.db` (its records, sealed one by one). One process opens it at a time.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use chancery_log::id::{DeskId, DeviceId, Digest, PersonId};
use chancery_open::{
    device::DeviceSecrets,
    store::{self, Unlock},
};
use chancery_participant::participant::Identity;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Whose device it is and where its desk is: no secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Scheme, host and port of the desk.
    pub base: String,
    /// SHA-256 of the desk's own certificate, when it signed that itself.
    pub certificate: Option<Digest>,
    /// The desk.
    pub desk: DeskId,
    /// Digest of the genesis act.
    pub genesis: Digest,
    /// Whose device.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
}

/// What is wrong with a device's folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is a device already.
    #[error("{0} holds a device already: choose another folder, or revoke that device first")]
    Occupied(PathBuf),
    /// There is none.
    #[error("{0} holds no device: enrol one with `chancery device enrol LINK --folder FOLDER`")]
    Empty(PathBuf),
    /// A file is not what it should be.
    #[error("{path} is damaged: {detail}; if there is no copy of it, revoke this device and enrol another")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What does not fit.
        detail: String,
    },
    /// The keys do not open.
    #[error("the device's keys do not open: {0}")]
    Locked(#[from] store::WakeError),
    /// The keys could not be sealed.
    #[error("the device's keys could not be sealed: {0}")]
    Rest(#[from] store::RestError),
    /// The records' database.
    #[error("{path}: {source}; is another process running this device?")]
    Database {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The system gave no randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(String),
}

/// An open folder.
pub struct Folder {
    path: PathBuf,
    about: About,
    db: Connection,
}

/// A record as kept: its key, and its sealed value.
pub type Kept = (Vec<u8>, Vec<u8>);

/// A record's key and its sealed value; no value takes it away.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// 32 random bytes of the system.
pub fn random_seed() -> Result<[u8; 32], FolderError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| FolderError::Random(e.to_string()))?;
    Ok(seed)
}

/// Makes a folder that only its owner can enter, and its parents.
fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    let file = |source| FolderError::File { path: path.to_owned(), source };
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut open = options.open(path).map_err(file)?;
    open.write_all(bytes).and_then(|()| open.sync_all()).map_err(file)
}

impl Folder {
    /// Makes a folder for a new device. Without a passphrase its keys lie beside their lock: whoever reads the folder
    /// is the device.
    pub fn create(
        path: &Path,
        about: About,
        secrets: &DeviceSecrets,
        passphrase: Option<&str>,
    ) -> Result<Self, FolderError> {
        make_private(path).map_err(|source| FolderError::File { path: path.to_owned(), source })?;
        if path.join("device.json").exists() {
            return Err(FolderError::Occupied(path.to_owned()));
        }
        let mut rng = ChaCha20Rng::from_seed(random_seed()?);
        let sealed = match passphrase {
            Some(passphrase) => store::seal_device(secrets, Unlock::Passphrase(passphrase), &mut rng)?,
            None => {
                let key = Zeroizing::new(random_seed()?);
                write_private(&path.join("unlock.key"), key.as_slice())?;
                store::seal_device(secrets, Unlock::Key(&key), &mut rng)?
            }
        };
        write_private(&path.join("device.keys"), &sealed)?;
        let json = serde_json::to_vec_pretty(&about)
            .map_err(|e| FolderError::Damaged { path: path.join("device.json"), detail: e.to_string() })?;
        write_private(&path.join("device.json"), &json)?;
        let db = open_db(path)?;
        Ok(Self { path: path.to_owned(), about, db })
    }

    /// Takes a device's files away: it was never approved.
    pub fn remove(self) -> Result<(), FolderError> {
        let Self { path, db, .. } = self;
        drop(db);
        for name in
            ["device.json", "device.keys", "unlock.key", "device.db", "device.db-wal", "device.db-shm"]
        {
            let path = path.join(name);
            match fs::remove_file(&path) {
                Ok(()) => {}
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(FolderError::File { path, source }),
            }
        }
        Ok(())
    }

    /// Opens a folder, and the device's keys.
    pub fn open(path: &Path, passphrase: Option<&str>) -> Result<(Self, Identity), FolderError> {
        let about = Self::about_in(path)?;
        let read = |name: &str| {
            let path = path.join(name);
            fs::read(&path).map_err(|source| FolderError::File { path, source })
        };
        let sealed = read("device.keys")?;
        let secrets = match passphrase {
            Some(passphrase) => store::open_device(&sealed, Unlock::Passphrase(passphrase))?,
            None => {
                let key = Zeroizing::new(read("unlock.key")?);
                let key = Zeroizing::new(<[u8; 32]>::try_from(key.as_slice()).map_err(|_| {
                    let detail = format!("expected 32 bytes, got {}", key.len());
                    FolderError::Damaged { path: path.join("unlock.key"), detail }
                })?);
                store::open_device(&sealed, Unlock::Key(&key))?
            }
        };
        if secrets.id() != about.device {
            let detail = "it names another device than its keys make".to_owned();
            return Err(FolderError::Damaged { path: path.join("device.json"), detail });
        }
        let identity = Identity { desk: about.desk, genesis: about.genesis, person: about.person, secrets };
        let db = open_db(path)?;
        Ok((Self { path: path.to_owned(), about, db }, identity))
    }

    /// Whose device a folder holds, without opening its keys.
    pub fn about_in(path: &Path) -> Result<About, FolderError> {
        let json = path.join("device.json");
        let bytes = match fs::read(&json) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(FolderError::Empty(path.to_owned()));
            }
            Err(source) => return Err(FolderError::File { path: json, source }),
        };
        serde_json::from_slice(&bytes).map_err(|e| FolderError::Damaged { path: json, detail: e.to_string() })
    }

    /// The desk is to be dialled elsewhere from here on, or shows another certificate of its own.
    pub fn readdress(path: &Path, base: String, certificate: Option<Digest>) -> Result<(), FolderError> {
        let about = About { base, certificate, ..Self::about_in(path)? };
        let (json, staged) = (path.join("device.json"), path.join("device.json.new"));
        let bytes = serde_json::to_vec_pretty(&about)
            .map_err(|e| FolderError::Damaged { path: json.clone(), detail: e.to_string() })?;
        match fs::remove_file(&staged) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(FolderError::File { path: staged, source }),
        }
        write_private(&staged, &bytes)?;
        // A crash before the rename leaves the old address, after it the new one.
        fs::rename(&staged, &json).map_err(|source| FolderError::File { path: json, source })
    }

    /// Whose device it is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Everything that was kept.
    pub fn records(&self) -> Result<Vec<Kept>, FolderError> {
        let read = || -> rusqlite::Result<Vec<Kept>> {
            let mut rows = self.db.prepare("SELECT key, value FROM record ORDER BY key")?;
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|source| self.database(source))
    }

    /// Writes records in one transaction: a crash leaves all of them or none.
    pub fn keep(&mut self, changes: &[Change]) -> Result<(), FolderError> {
        let path = self.path.join("device.db");
        let mut write = || {
            let write = self.db.transaction()?;
            {
                let mut put =
                    write.prepare_cached("INSERT OR REPLACE INTO record(key, value) VALUES(?1, ?2)")?;
                let mut take = write.prepare_cached("DELETE FROM record WHERE key = ?1")?;
                for (key, value) in changes {
                    match value {
                        Some(value) => put.execute(params![key, value])?,
                        None => take.execute(params![key])?,
                    };
                }
            }
            write.commit()
        };
        write().map_err(|source| FolderError::Database { path, source })
    }

    fn database(&self, source: rusqlite::Error) -> FolderError {
        FolderError::Database { path: self.path.join("device.db"), source }
    }
}

fn open_db(path: &Path) -> Result<Connection, FolderError> {
    let path = path.join("device.db");
    let open = || {
        let db = Connection::open(&path)?;
        db.execute_batch(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
             PRAGMA secure_delete=ON; \
             CREATE TABLE IF NOT EXISTS record(key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;",
        )?;
        // Takes the lock now rather than at the first write.
        db.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?;
        Ok(db)
    };
    open().map_err(|source| FolderError::Database { path: path.clone(), source })
}
