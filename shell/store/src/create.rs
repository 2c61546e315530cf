//! A new data folder from a founding act.

use std::{io, path::Path};

use chancery_desk::{act::Act, refusal::Refusal, said::Said};
use chancery_log::{
    act::{ActError, Head, ReceivedAct, VerifiedAct},
    cbor::{self, CborError},
    checkpoint::{self, CheckpointError},
    id::Scope,
    leaf::{Leaf, LeafBytes, LeafError},
    tree::Tree,
};
use ed25519_dalek::VerifyingKey;

use crate::{
    folded::Folded,
    folder::{self, Folder},
    log_db::{Batch, EntryRow, LogDb, LogDbError, StoredCheckpoint},
    server_keys::{KeysError, ServerKeys},
    store::{OpenError, Store},
};

/// Why a data folder could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is a desk already.
    #[error("{0}: there is a desk already; name another folder")]
    Occupied(String),
    /// The folder can't be made.
    #[error("{0}: {1}")]
    Folder(String, io::Error),
    /// The founding act is not one.
    #[error("the founding act can not be read: {0}")]
    Content(#[from] CborError),
    /// Another act.
    #[error("the first act of a log must found the desk")]
    NotFounding,
    /// Not signed as it should be.
    #[error("the founding act: {0}")]
    Act(#[from] ActError),
    /// Not sound by the desk's rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The founding act names other keys of the server.
    #[error("the founding act names another {0} key than the server's")]
    OtherKey(&'static str),
    /// The first leaf can't be written.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The first checkpoint can't be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The server's keys can't be written.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log can't be written.
    #[error(transparent)]
    Log(#[from] LogDbError),
    /// It was made, and then could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl Store {
    /// Makes a desk's data folder: the server's keys, and a log with the founding act under its first checkpoint.
    /// `now_ms`: milliseconds since 1970 UTC. The folder may exist; a desk in it is never overwritten.
    pub fn create(
        root: &Path,
        genesis: Vec<u8>,
        keys: &ServerKeys,
        now_ms: u64,
    ) -> Result<Self, CreateError> {
        let folder = Folder::new(root);
        let trouble = |error| CreateError::Folder(root.display().to_string(), error);
        if folder.log_db().exists() {
            return Err(CreateError::Occupied(root.display().to_string()));
        }
        let act = verified(genesis)?;
        let said = Said::read(&act)?;
        let leaf = LeafBytes::write(Leaf {
            index: 0,
            logged_ms: now_ms,
            scope: Scope::Trust,
            before: Head::EMPTY,
            trust_count: 0,
            act: said.digest,
            class: said.class_of(None),
        })?;
        let folded = Folded::found(&said, &leaf, leaf.hash())?;
        let trust = &folded.desk.trust;
        let log_key = keys.log_key(trust.log_key()).ok_or(CreateError::OtherKey("log"))?;
        let observer = trust.verifying_key(trust.observer()).ok_or(CreateError::OtherKey("observer"))?;
        keys.observer_key(observer.as_bytes()).ok_or(CreateError::OtherKey("observer"))?;
        let mut tree = Tree::new();
        tree.append(leaf.hash());
        let note = checkpoint::sign(trust.origin(), tree.head(), log_key)?;

        folder::make_private(root).map_err(trouble)?;
        folder::make_private(&folder.bodies()).map_err(trouble)?;
        keys.write(&folder.server_keys())?;
        let entry = EntryRow { index: 0, leaf: leaf.bytes().to_vec(), act: act.bytes().to_vec() };
        let staged = root.join("log.db.new");
        for left_over in [&staged, &root.join("log.db.new-journal")] {
            match std::fs::remove_file(left_over) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(trouble(error)),
            }
        }
        let checkpoint = StoredCheckpoint { size: 1, note };
        let batch = Batch { entries: &[entry], tiles: &[], checkpoint: &checkpoint, bodies: &[] };
        LogDb::create(&staged)?.finish(&batch)?;
        // COMMIT POINT. A crash before the rename leaves no log.db: the folder counts as empty and is made again.
        std::fs::rename(&staged, folder.log_db()).map_err(trouble)?;
        folder::sync_folder(root).map_err(trouble)?;
        Ok(Self::open(root)?)
    }
}

/// The founding act, checked with the key of its first officer, which stands in it.
fn verified(genesis: Vec<u8>) -> Result<VerifiedAct, CreateError> {
    let received = ReceivedAct::read(genesis)?;
    let Act::DeskFounded(founding) = cbor::decode("an act's content", received.claimed_content())? else {
        return Err(CreateError::NotFounding);
    };
    let author = received.claimed_author();
    let key = founding.officers.first().and_then(|first| VerifyingKey::from_bytes(&first.keys.signs).ok());
    Ok(received.verify(&key.ok_or(ActError::Signature(author))?)?)
}
