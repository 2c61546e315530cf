//! Every limit on the socket, with its reason.

/// The version of the messages that this build speaks.
pub const WIRE_VERSION: u8 = 1;

/// One message from a device: an act with its bodies. Larger things (tapes) do not travel here.
pub const TO_SERVER_BYTES_MAX: usize = 6 * 1024 * 1024;

/// One message to a device: a batch of entries, or one body.
pub const TO_CLIENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Before a device has proved who it is, it may send this much: a hello, an answer, a knock.
pub const STRANGER_BYTES_MAX: usize = 8 * 1024;

/// Bodies beside one act: the widest act has two.
pub const BODIES_MAX: usize = 4;

/// Entries in one message: a fresh device gets its scopes in pieces that it can show progress with.
pub const ENTRIES_MAX: usize = 256;

/// Bytes of leaves and acts after which a batch is closed even if it is not full.
pub const ENTRIES_BYTES: usize = 512 * 1024;

/// Bodies asked for in one message.
pub const FETCH_MAX: usize = 256;

/// Messages with entries or bodies that may be under way to a device before it says that it took some.
pub const CREDIT: u32 = 64;

/// Acts of one device that may wait for their receipt.
pub const PROPOSED_MAX: usize = 64;

/// A connection that says nothing for this long is dropped; devices ping at a third of it.
pub const IDLE_MS: u64 = 45_000;

/// A hello must be answered within this time.
pub const HELLO_MS: u64 = 10_000;

/// One MLS handshake: the welcome of a call with sixty lines has 160 KB.
pub const HANDSHAKE_BYTES_MAX: usize = 512 * 1024;

/// One message inside a call's group: facts about a line, a nonce, the shares of a dealing.
pub const CALL_MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// One SDP: nine audio sections with their candidates have 8 KB.
pub const SDP_BYTES_MAX: usize = 32 * 1024;
