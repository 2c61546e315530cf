//! Reads acts back from `log.db`. Their signatures were checked when they were admitted; what is checked again is that
//! they are the bytes that the leaf names.

use chancery_desk::said::Said;
use chancery_log::{act::Envelope, cbor, id::Digest, leaf::LeafBytes};
use serde::Deserialize;
use serde_bytes::{ByteBuf, Bytes};

use crate::{
    damage::{Damage, Place},
    folder::LOG_DB,
    log_db::EntryRow,
};

/// One entry, read and decoded.
#[derive(Debug)]
pub(crate) struct StoredEntry {
    pub(crate) row: EntryRow,
    pub(crate) leaf: LeafBytes,
    pub(crate) hash: Digest,
    pub(crate) said: Said,
}

/// COSE_Sign1 as an array (RFC 9052 §4.2): only the payload matters here.
#[derive(Deserialize)]
struct CoseArray(ByteBuf, NoHeaders, ByteBuf, ByteBuf);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoHeaders {}

/// Decodes one row and checks it against itself: the index, the leaf's encoding, the act's digest.
pub(crate) fn read(row: EntryRow) -> Result<StoredEntry, Damage> {
    let place = Place::Entry(row.index);
    let damage = |what: String| Damage::new(LOG_DB, place, what);
    let leaf = LeafBytes::read(&row.leaf).map_err(|e| damage(format!("the leaf can not be read: {e}")))?;
    if leaf.leaf().index != row.index {
        return Err(damage(format!("the leaf says that it is entry {}", leaf.leaf().index)));
    }
    let digest = Digest::of(&row.act);
    if digest != leaf.leaf().act {
        return Err(damage(format!("the act has digest {digest}, the leaf names {}", leaf.leaf().act)));
    }
    let said = said(&row.act, digest).map_err(|e| damage(format!("the act can not be read: {e}")))?;
    if said.scope != leaf.leaf().scope {
        return Err(damage(format!("the act is of {}, the leaf of {}", said.scope, leaf.leaf().scope)));
    }
    let hash = leaf.hash();
    Ok(StoredEntry { row, leaf, hash, said })
}

/// What an act of the log says, without checking its signature again.
fn said(act: &[u8], digest: Digest) -> Result<Said, cbor::CborError> {
    let CoseArray(_protected, NoHeaders {}, payload, _signature) = cbor::decode("a COSE_Sign1", act)?;
    let envelope: Envelope = cbor::decode("an act's envelope", &payload)?;
    Ok(Said {
        digest,
        desk: envelope.desk,
        author: envelope.author,
        scope: envelope.scope,
        counter: envelope.counter,
        said_ms: envelope.said_ms,
        seen: envelope.seen,
        act: cbor::decode("an act's content", Bytes::new(&envelope.content))?,
        bodies: envelope.bodies,
    })
}
