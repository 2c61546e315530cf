//! The one thing that the server may say to a group: that somebody be removed. It has a key, but no secret of the group,
//! so it is written out here by RFC 9420 §6, §12.1.3 and §12.1.8 instead of with a member's state.

use ed25519_dalek::{Signer as _, SigningKey};
use openmls::prelude::GroupId;
use tls_codec::{Serialize as _, VLByteSlice};

use crate::suite::VERSION_NUMBER;

const PUBLIC_MESSAGE: u16 = 1;
const SENDER_EXTERNAL: u8 = 2;
const CONTENT_PROPOSAL: u8 = 2;
const PROPOSAL_REMOVE: u16 = 3;

/// The observer is the first and only one in the group's external senders.
const OBSERVER_INDEX: u32 = 0;

/// What every signature over framed content covers first.
const SIGN_LABEL: &[u8] = b"MLS 1.0 FramedContentTBS";

/// MLSMessage with a PublicMessage: an external proposal to remove `leaf`.
pub(crate) fn message(
    group: &GroupId,
    epoch: u64,
    leaf: u32,
    observer: &SigningKey,
) -> Result<Vec<u8>, tls_codec::Error> {
    // Version and wire format, then FramedContent: what the signature covers and what travels begin the same.
    let mut message = Vec::new();
    VERSION_NUMBER.tls_serialize(&mut message)?;
    PUBLIC_MESSAGE.tls_serialize(&mut message)?;
    VLByteSlice(group.as_slice()).tls_serialize(&mut message)?;
    epoch.tls_serialize(&mut message)?;
    SENDER_EXTERNAL.tls_serialize(&mut message)?;
    OBSERVER_INDEX.tls_serialize(&mut message)?;
    VLByteSlice(&[]).tls_serialize(&mut message)?;
    CONTENT_PROPOSAL.tls_serialize(&mut message)?;
    PROPOSAL_REMOVE.tls_serialize(&mut message)?;
    leaf.tls_serialize(&mut message)?;
    let mut covered = Vec::new();
    VLByteSlice(SIGN_LABEL).tls_serialize(&mut covered)?;
    VLByteSlice(&message).tls_serialize(&mut covered)?;
    let signature = observer.sign(&covered).to_bytes();
    VLByteSlice(&signature).tls_serialize(&mut message)?;
    Ok(message)
}
