//! The server's own keys: one signs checkpoints, one signs what the server itself observes. They open nothing.

use std::{fmt, fs, io, path::Path};

use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::folder;

/// First line of the file; another one is another format.
const HEADER: &str = "chancery server keys 1";

/// What a further line must look like.
const LINE: &str = "log <64 hexadecimal characters>` or `observer <64 hexadecimal characters>";

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
    /// Another first line.
    #[error("server.keys: line 1: expected `{HEADER}`; restore the file from a backup")]
    Header,
    /// Not a key.
    #[error("server.keys: line {0}: expected `{LINE}`; restore the file from a backup")]
    Line(usize),
    /// One sort is missing.
    #[error("server.keys: no `{0}` key is in it; restore the file from a backup")]
    Missing(&'static str),
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
        let mut lines = text.lines().zip(1..);
        if lines.next().map(|(line, _)| line) != Some(HEADER) {
            return Err(KeysError::Header);
        }
        let mut keys = Self { log: Vec::new(), observer: Vec::new() };
        for (line, number) in lines {
            match line.split_once(' ') {
                Some(("log", seed)) => keys.log.push(key(seed, number)?),
                Some(("observer", seed)) => keys.observer.push(key(seed, number)?),
                Some(_) | None => return Err(KeysError::Line(number)),
            }
        }
        match (keys.log.is_empty(), keys.observer.is_empty()) {
            (true, _) => Err(KeysError::Missing("log")),
            (false, true) => Err(KeysError::Missing("observer")),
            (false, false) => Ok(keys),
        }
    }
}

fn key(seed: &str, line: usize) -> Result<SigningKey, KeysError> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(seed, bytes.as_mut_slice()).map_err(|_| KeysError::Line(line))?;
    Ok(SigningKey::from_bytes(&bytes))
}
