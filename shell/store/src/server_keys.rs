//! The server's own two keys: one signs checkpoints, one signs what the server itself observes. They open nothing.

use std::{fmt, fs, io, path::Path};

use ed25519_dalek::SigningKey;
use zeroize::{Zeroize as _, Zeroizing};

use crate::folder;

/// First line of the file; another one is another format.
const HEADER: &str = "chancery server keys 1";

/// The server's signing keys. They sign; no vault can be opened with them.
#[derive(Clone)]
pub struct ServerKeys {
    /// Signs checkpoints.
    pub log: SigningKey,
    /// Signs the observer's acts.
    pub observer: SigningKey,
}

impl fmt::Debug for ServerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKeys(hidden)")
    }
}

/// Why the keys could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file could not be read or written.
    #[error("server.keys: {0}")]
    Io(#[from] io::Error),
    /// Not the three lines that were expected.
    #[error("server.keys: line {0}: expected `{1}`; restore the file from a backup")]
    Line(usize, &'static str),
}

impl ServerKeys {
    /// Keys from two 32-byte seeds, which the caller draws at random.
    pub fn from_seeds(log: &[u8; 32], observer: &[u8; 32]) -> Self {
        Self { log: SigningKey::from_bytes(log), observer: SigningKey::from_bytes(observer) }
    }

    /// Writes `server.keys`, readable by its owner only.
    pub fn write(&self, path: &Path) -> Result<(), KeysError> {
        let line = |seed: [u8; 32]| Zeroizing::new(hex::encode(Zeroizing::new(seed)));
        let (log, observer) = (line(self.log.to_bytes()), line(self.observer.to_bytes()));
        let text = Zeroizing::new(format!("{HEADER}\nlog {}\nobserver {}\n", *log, *observer));
        Ok(folder::write_private(path, text.as_bytes())?)
    }

    /// Reads `server.keys`.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return Err(KeysError::Line(1, HEADER));
        }
        let mut seed = |line: usize, name: &'static str, expected: &'static str| {
            let value = lines.next().and_then(|l| l.strip_prefix(name)).ok_or(KeysError::Line(line, expected))?;
            let mut seed = [0; 32];
            hex::decode_to_slice(value, &mut seed).map_err(|_| KeysError::Line(line, expected))?;
            let key = SigningKey::from_bytes(&seed);
            seed.zeroize();
            Ok::<_, KeysError>(key)
        };
        let log = seed(2, "log ", "log <64 hexadecimal characters>")?;
        let observer = seed(3, "observer ", "observer <64 hexadecimal characters>")?;
        Ok(Self { log, observer })
    }
}
