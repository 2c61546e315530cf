//! Everything that reads bytes from outside, each as one function from bytes to whether they were accepted.
//!
//! The fuzzer calls these with bytes that it makes up, the tests with the committed ones. None may panic, and what one
//! accepts must survive being written and read again: two readers of the same bytes never see two things.

use chancery_desk::act::Act;
use chancery_log::{
    act::ReceivedAct,
    cbor, checkpoint,
    leaf::LeafBytes,
    tiles::{self, TilePath},
};
use chancery_seal::{
    frame_header::{FrameHeader, SealedFrame},
    invitation::{DeviceLink, Knock},
    sealed::SealedBody,
    shares::Shares,
    tape::{chunk::Chunk, dealt::TapeShares},
    wraps::Wraps,
};
use chancery_wire::{to_client::ToClient, to_server::ToServer};

/// The origin that a fuzzed checkpoint must name.
pub const ORIGIN: &str = "desk.example/log";

/// Public key of the Ed25519 seed of 32 bytes 7, by which a fuzzed checkpoint must be signed.
pub const LOG_KEY: [u8; 32] = [
    0xea, 0x4a, 0x6c, 0x63, 0xe2, 0x9c, 0x52, 0x0a, 0xbe, 0xf5, 0x50, 0x7b, 0x13, 0x2e, 0xc5, 0xf9, 0x95,
    0x47, 0x76, 0xae, 0xbe, 0xbe, 0x7b, 0x92, 0x42, 0x1e, 0xea, 0x69, 0x14, 0x46, 0xd2, 0x2c,
];

/// A decoder: the name of its corpus, and what it does with bytes.
pub type Decoder = (&'static str, fn(&[u8]) -> bool);

/// All of them.
pub const ALL: &[Decoder] = &[
    ("act", act),
    ("leaf", leaf),
    ("tile", tile),
    ("checkpoint", checkpoint),
    ("wraps", wraps),
    ("shares", shares),
    ("sealed", sealed),
    ("link", link),
    ("knock", knock),
    ("to_server", to_server),
    ("to_client", to_client),
    ("frame", frame),
    ("chunk", chunk),
    ("tape_shares", tape_shares),
];

/// An act's envelope, and the desk's act inside.
pub fn act(bytes: &[u8]) -> bool {
    let Ok(read) = ReceivedAct::read(bytes.to_vec()) else { return false };
    let Ok(content) = cbor::decode::<Act>("an act", read.claimed_content()) else { return false };
    let again = cbor::encode("an act", &content).and_then(|bytes| cbor::decode("an act", &bytes));
    assert_eq!(again, Ok(content), "an act changes when it is written again");
    true
}

/// A leaf, of which there is one encoding only.
pub fn leaf(bytes: &[u8]) -> bool {
    let Ok(read) = LeafBytes::read(bytes) else { return false };
    assert_eq!(read.bytes(), bytes, "a leaf was read from bytes that are not its own");
    true
}

/// The path of a tile on the first line, its bytes after it.
pub fn tile(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (Some(path), Some(data)) = (parts.next(), parts.next()) else { return false };
    let Ok(path) = str::from_utf8(path) else { return false };
    let Ok(read) = TilePath::read(path) else { return false };
    assert_eq!(read.to_string(), path, "two paths name one tile");
    let written = match read {
        TilePath::Hashes(_, width) => {
            tiles::decode_hashes(data, width).and_then(|hashes| tiles::encode_hashes(&hashes))
        }
        TilePath::Leaves(_, width) => {
            tiles::decode_leaves(data, width).and_then(|leaves| tiles::encode_leaves(&leaves))
        }
        TilePath::Acts(_, width) => {
            tiles::decode_acts(data, width).and_then(|acts| tiles::encode_acts(&acts))
        }
    };
    match written {
        Ok(written) => {
            assert_eq!(written, data, "a tile changes when it is written again");
            true
        }
        Err(_) => false,
    }
}

/// A checkpoint of the log [`ORIGIN`] by [`LOG_KEY`].
pub fn checkpoint(bytes: &[u8]) -> bool {
    let Ok(read) = checkpoint::verify(bytes, ORIGIN, &LOG_KEY) else { return false };
    assert_eq!(read.note(), bytes, "a checkpoint is shown to others in other bytes than came");
    true
}

/// The wraps of one generation.
pub fn wraps(bytes: &[u8]) -> bool {
    let Ok(read) = Wraps::read(bytes) else { return false };
    let again = read.encode().ok().and_then(|bytes| Wraps::read(&bytes).ok());
    assert_eq!(again, Some(read), "wraps change when they are written again");
    true
}

/// The shares of one dealing.
pub fn shares(bytes: &[u8]) -> bool {
    let Ok(read) = Shares::read(bytes) else { return false };
    let again = read.encode().ok().and_then(|bytes| Shares::read(&bytes).ok());
    assert!(
        again.is_some_and(|again| again.all() == read.all()),
        "shares change when they are written again"
    );
    true
}

/// A sealed body, still sealed.
pub fn sealed(bytes: &[u8]) -> bool {
    let Ok(read) = SealedBody::read(bytes.to_vec()) else { return false };
    let again = SealedBody::assemble(*read.salt(), read.ciphertext());
    assert_eq!(again.as_ref(), Ok(&read), "a sealed body changes when it is put together again");
    true
}

/// A link for a new device, as pasted.
pub fn link(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let Ok(read) = DeviceLink::read(text) else { return false };
    let again = DeviceLink::read(&read.text());
    assert!(
        again.is_ok_and(|again| again.base == read.base && again.secret.digest() == read.secret.digest()),
        "a link changes when it is written again"
    );
    true
}

/// A new device's knock.
pub fn knock(bytes: &[u8]) -> bool {
    let Ok(read) = Knock::read(bytes) else { return false };
    let again = read.encode().ok().and_then(|bytes| Knock::read(&bytes).ok());
    assert!(
        again.is_some_and(|again| again.encode() == read.encode()),
        "a knock changes when it is written again"
    );
    true
}

/// What a device says.
pub fn to_server(bytes: &[u8]) -> bool {
    let Ok(read) = ToServer::read(bytes) else { return false };
    let again = read.write().ok().and_then(|bytes| ToServer::read(&bytes).ok());
    assert_eq!(again, Some(read), "a message changes when it is written again");
    true
}

/// What the server says.
pub fn to_client(bytes: &[u8]) -> bool {
    let Ok(read) = ToClient::read(bytes) else { return false };
    let again = read.write().ok().and_then(|bytes| ToClient::read(&bytes).ok());
    assert_eq!(again, Some(read), "a message changes when it is written again");
    true
}

/// A sealed frame of a call, still sealed.
pub fn frame(bytes: &[u8]) -> bool {
    let Ok(read) = SealedFrame::read(bytes) else { return false };
    let header = FrameHeader { kid: read.key_id.number(), counter: read.counter };
    let mut written = Vec::new();
    header.write(&mut written);
    assert_eq!(
        bytes.get(..header.width()),
        Some(written.as_slice()),
        "a header changes when it is written again"
    );
    true
}

/// One chunk of a tape, torn or not.
pub fn chunk(bytes: &[u8]) -> bool {
    let Ok(read) = Chunk::read(bytes) else { return false };
    let whole = bytes.get(..bytes.len() - read.torn_bytes).unwrap_or_default();
    let again = Chunk::read(whole);
    assert!(
        again.is_ok_and(|again| again.records == read.records
            && again.next() == read.next()
            && again.ended == read.ended
            && again.torn_bytes == 0),
        "a chunk changes when its torn end is cut off"
    );
    true
}

/// The shares of a tape's epochs.
pub fn tape_shares(bytes: &[u8]) -> bool {
    let Ok(read) = TapeShares::read(bytes) else { return false };
    let again = read.encode().ok().and_then(|bytes| TapeShares::read(&bytes).ok());
    assert_eq!(again, Some(read), "the shares of a tape change when they are written again");
    true
}
