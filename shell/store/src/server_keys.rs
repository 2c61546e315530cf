//! The server's own keys: one signs checkpoints, one signs what the server itself observes. They open nothing.

use std::{fmt, fs, io, path::Path};

use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::folder;

/// First line of the file; another one is another format.
const HEADER: &str = "chancery server keys 1";

const LOG_LINE: &str = "log <64 hexadecimal characters>";
const OBSERVER_LINE: &str = "observer <64 hexadecimal characters>";

/// The server's signing keys. Usually one of each; before two security officers name a new one it is added here, so that
/// the server can go on signing when they do.
#[derive(Clone)]
pub struct ServerKeys {
    log: Vec<SigningKey>,
    observer: Vec<SigningKey>,
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
    /// Another line than expected, or none.
    #[error("server.keys: line {0}: expected `{1}`; restore the file from a backup")]
    Line(usize, &'static str),
}

impl ServerKeys {
    /// Keys from two 32-byte seeds, which the caller draws at random.
    pub fn from_seeds(log: &[u8; 32], observer: &[u8; 32]) -> Self {
        Self { log: vec![SigningKey::from_bytes(log)], observer: vec![SigningKey::from_bytes(observer)] }
    }

    /// The key that signs checkpoints, by its public half.
    pub fn log_key(&self, public: &[u8; 32]) -> Option<&SigningKey> {
        self.log.iter().find(|key| key.verifying_key().as_bytes() == public)
    }

    /// The key that signs the observer's acts, by its public half.
    pub fn observer_key(&self, public: &[u8; 32]) -> Option<&SigningKey> {
        self.observer.iter().find(|key| key.verifying_key().as_bytes() == public)
    }

    /// Writes `server.keys`, readable by its owner only.
    pub fn write(&self, path: &Path) -> Result<(), KeysError> {
        let mut text = Zeroizing::new(format!("{HEADER}\n"));
        for (name, keys) in [("log", &self.log), ("observer", &self.observer)] {
            for key in keys {
                let seed = Zeroizing::new(key.to_bytes());
                let seed = Zeroizing::new(hex::encode(seed.as_slice()));
                let line = Zeroizing::new(format!("{name} {}\n", seed.as_str()));
                text.push_str(&line);
            }
        }
        Ok(folder::write_private(path, text.as_bytes())?)
    }

    /// Reads `server.keys`.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let mut lines = (1..).zip(text.lines());
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(KeysError::Line(1, HEADER));
        }
        let mut keys = Self { log: Vec::new(), observer: Vec::new() };
        let mut after = 2;
        for (number, line) in lines {
            match line.split_once(' ') {
                Some(("log", seed)) => keys.log.push(key(seed).ok_or(KeysError::Line(number, LOG_LINE))?),
                Some(("observer", seed)) => {
                    keys.observer.push(key(seed).ok_or(KeysError::Line(number, OBSERVER_LINE))?);
                }
                Some(_) | None => return Err(KeysError::Line(number, LOG_LINE)),
            }
            after = number + 1;
        }
        match (keys.log.is_empty(), keys.observer.is_empty()) {
            (true, _) => Err(KeysError::Line(after, LOG_LINE)),
            (false, true) => Err(KeysError::Line(after, OBSERVER_LINE)),
            (false, false) => Ok(keys),
        }
    }
}

fn key(seed: &str) -> Option<SigningKey> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(seed, bytes.as_mut_slice()).ok()?;
    Some(SigningKey::from_bytes(&bytes))
}
