//! `bodies/`: the ciphertext of sealed bodies, each under its SHA-256. Written through `object_store`, so that another
//! kind of store can take its place; read back with the digest checked every time.

use std::{
    io,
    path::Path as FilePath,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use chancery_log::id::Digest;
use futures_util::TryStreamExt as _;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutPayload, local::LocalFileSystem, path::Path};
use sha2::{Digest as _, Sha256};

/// The body store of one data folder.
#[derive(Debug)]
pub struct Bodies {
    store: LocalFileSystem,
}

/// Why a body could not be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// Not there.
    #[error("bodies/{}: missing", key(.0))]
    Missing(Digest),
    /// There, with other bytes.
    #[error("bodies/{}: damaged: its bytes have SHA-256 {got}", key(.expected))]
    Damaged {
        /// What was asked for.
        expected: Digest,
        /// What its bytes are.
        got: Digest,
    },
    /// The store failed.
    #[error("bodies/{}: {error}", key(.sha256))]
    Store {
        /// The body.
        sha256: Digest,
        /// The store's words.
        error: object_store::Error,
    },
    /// The inbox in log.db could not be read.
    #[error("log.db: inbox: {0}")]
    Inbox(#[from] rusqlite::Error),
}

/// Why the folder could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BodiesError {
    /// The folder could not be made.
    #[error("bodies/: {0}")]
    Io(#[from] io::Error),
    /// The store refused it, or could not list it.
    #[error("bodies/: {0}")]
    Store(#[from] object_store::Error),
}

/// Where a body lies: the first byte of its digest spreads the files over 256 folders.
pub(crate) fn key(sha256: &Digest) -> String {
    let name = sha256.to_string();
    format!("{}/{name}", name.get(..2).unwrap_or("00"))
}

impl BodyError {
    /// What went wrong, without saying with which body: for logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Damaged { .. } => "damaged",
            Self::Store { .. } => "the body store failed",
            Self::Inbox(_) => "the inbox in log.db could not be read",
        }
    }
}

impl Bodies {
    /// Opens the folder, and makes it when it is not there.
    pub fn open(folder: &FilePath) -> Result<Self, BodiesError> {
        crate::folder::make_private(folder)?;
        // with_fsync: the file, its folder and every folder made on the way are on the disk when `put` returns. Without
        // it a body taken out of the inbox could be lost by a loss of power.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store })
    }

    /// Keeps a body; when this returns it is on the disk. Keeping it twice is the same as once.
    pub fn put(&self, sha256: Digest, bytes: Vec<u8>) -> Result<(), BodyError> {
        let path = Path::from(key(&sha256));
        let put = self.store.put(&path, PutPayload::from(bytes));
        wait(put).map_err(|error| BodyError::Store { sha256, error })?;
        Ok(())
    }

    /// Reads a body and checks its digest.
    pub fn get(&self, sha256: Digest) -> Result<Vec<u8>, BodyError> {
        let read = async {
            let path = Path::from(key(&sha256));
            self.store.get(&path).await?.bytes().await
        };
        let bytes = wait(read).map_err(|error| {
            if matches!(error, object_store::Error::NotFound { .. }) {
                BodyError::Missing(sha256)
            } else {
                BodyError::Store { sha256, error }
            }
        })?;
        checked(sha256, bytes.to_vec())
    }

    /// Removes a body; it is no error when it is not there.
    pub fn remove(&self, sha256: Digest) -> Result<(), BodyError> {
        match wait(self.store.delete(&Path::from(key(&sha256)))) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BodyError::Store { sha256, error }),
        }
    }

    /// The digests of all bodies that are there, by the names of their files.
    pub fn list(&self) -> Result<Vec<Digest>, BodiesError> {
        let listed: Vec<_> = wait(self.store.list(None).try_collect())?;
        let names = listed.iter().filter_map(|object| object.location.filename());
        // A file that is not named by a digest is none of ours (a staged write that a crash cut short): left alone.
        Ok(names.filter_map(|name| name.parse().ok()).collect())
    }
}

/// SHA-256 of everything that a reader gives, a piece at a time.
pub(crate) fn digest_of(reader: &mut impl io::Read) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let read = reader.read(&mut piece)?;
        if read == 0 {
            return Ok(Digest(hasher.finalize().into()));
        }
        hasher.update(piece.get(..read).unwrap_or(&[]));
    }
}

/// Runs one call to its end on the calling thread. `object_store` is async, and works on local files at once, or on a
/// thread of its own where a runtime is at hand; a store over a network would bring its own runtime.
fn wait<T>(call: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut call = pin!(call);
    loop {
        match call.as_mut().poll(&mut context) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The bytes, when they are what their digest says.
pub(crate) fn checked(expected: Digest, bytes: Vec<u8>) -> Result<Vec<u8>, BodyError> {
    let got = Digest::of(&bytes);
    if got == expected { Ok(bytes) } else { Err(BodyError::Damaged { expected, got }) }
}
