//! The link that brings a new device, and the knock with which the device answers it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, Digest, InvitationId, PersonId},
};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, Bytes};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::device::{DeviceCert, RECEIVE_KEY_BYTES};

/// The version of the link that this build writes.
pub const LINK_VERSION: u8 = 1;

/// The longest link that is read: base URL, and fragment.
pub const LINK_CHARS_MAX: usize = 1024;

/// Version, whether a certificate follows, genesis, desk, invitation, person, secret; then the checksum.
const PLAIN_BYTES: usize = 2 + 32 + 16 + 16 + 16 + 32 + CHECKSUM_BYTES;
const CERTIFICATE_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
const CHECKSUM_LABEL: &[u8] = b"chancery/link/1";

/// The one-time secret of an invitation: whoever holds it may knock.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkSecret([u8; 32]);

impl LinkSecret {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for sealing them to those who may approve and for the knock's MAC.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the inviting act states: plain SHA-256. 32 random bytes cannot be found from it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

/// What a link says. Its fragment never reaches the server.
#[derive(Debug, Clone)]
pub struct DeviceLink {
    /// Scheme, host and port: "https://desk.example:8443".
    pub base: String,
    /// Digest of the genesis act: the whole trust in this desk.
    pub genesis: Digest,
    /// The desk.
    pub desk: DeskId,
    /// The invitation.
    pub invitation: InvitationId,
    /// Whose device it is to be.
    pub person: PersonId,
    /// The one-time secret.
    pub secret: LinkSecret,
    /// SHA-256 of the server's certificate (DER), when it signed that itself.
    pub certificate: Option<Digest>,
}

/// Why a text is not a link for a new device; each sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Far longer than a link.
    #[error("a link has at most {LINK_CHARS_MAX} characters, this text has {0}: paste the link alone")]
    TooLong(usize),
    /// No "#".
    #[error("the part after # is missing: copy the link whole, from https:// to its last character")]
    NoFragment,
    /// What stands before "#" is no address of a desk.
    #[error("expected an address such as https://desk.example before #, got {0:?}: copy the link whole")]
    Base(String),
    /// A character that links do not have.
    #[error("character {0} after # does not belong into a link: copy it again, or ask for a new one")]
    Character(usize),
    /// Cut off.
    #[error(
        "the link is cut off: {got} of {expected} characters after # came; copy it whole, to its last character"
    )]
    CutOff {
        /// How many it should have.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// Something was pasted after it.
    #[error("the link goes on for {0} characters after its end: paste it once, and alone")]
    GoesOn(usize),
    /// A character was changed on the way.
    #[error("a character of the link was changed on its way: copy it again, or ask for a new one")]
    Checksum,
    /// A version that this build does not know.
    #[error(
        "the link says version {0}, this build reads version {LINK_VERSION}: copy it again, or update this build"
    )]
    Version(u8),
}

impl DeviceLink {
    /// The whole link. It is a secret until the device is approved: show it to the invited person only.
    pub fn text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(PLAIN_BYTES + CERTIFICATE_BYTES));
        bytes.push(LINK_VERSION);
        bytes.push(u8::from(self.certificate.is_some()));
        bytes.extend_from_slice(&self.genesis.0);
        bytes.extend_from_slice(&self.desk.0);
        bytes.extend_from_slice(&self.invitation.0);
        bytes.extend_from_slice(&self.person.0);
        bytes.extend_from_slice(self.secret.expose());
        if let Some(certificate) = self.certificate {
            bytes.extend_from_slice(&certificate.0);
        }
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        let fragment = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        Zeroizing::new(format!("{}/#{}", self.base, fragment.as_str()))
    }

    /// Reads a link as somebody pasted it: spaces and line breaks that a mail program put in do not matter.
    pub fn read(text: &str) -> Result<Self, LinkError> {
        let chars = text.chars().count();
        if chars > LINK_CHARS_MAX {
            return Err(LinkError::TooLong(chars));
        }
        let text: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
        let (base, fragment) = text.split_once('#').ok_or(LinkError::NoFragment)?;
        let base = read_base(base)?;
        let bytes = read_fragment(fragment)?;
        let mut rest = Fields(&bytes);
        rest.take::<2>()?;
        let genesis = Digest(rest.take()?);
        let desk = DeskId(rest.take()?);
        let invitation = InvitationId(rest.take()?);
        let person = PersonId(rest.take()?);
        let secret = LinkSecret(rest.take()?);
        let certificate = if rest.0.len() > CHECKSUM_BYTES { Some(Digest(rest.take()?)) } else { None };
        Ok(Self { base, genesis, desk, invitation, person, secret, certificate })
    }
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = Sha256::new().chain_update(CHECKSUM_LABEL).chain_update(payload).finalize();
    let mut first = [0; CHECKSUM_BYTES];
    for (to, from) in first.iter_mut().zip(hash) {
        *to = from;
    }
    first
}

/// Scheme, host and port, without the slash at the end.
fn read_base(text: &str) -> Result<String, LinkError> {
    let wrong = || LinkError::Base(text.chars().take(80).collect());
    let base = text.strip_suffix('/').unwrap_or(text);
    let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).ok_or_else(wrong)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(plain) { Err(wrong()) } else { Ok(base.to_owned()) }
}

fn read_fragment(fragment: &str) -> Result<Zeroizing<Vec<u8>>, LinkError> {
    let got = fragment.chars().count();
    let belongs = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some(at) = fragment.chars().position(|c| !belongs(c)) {
        return Err(LinkError::Character(at + 1));
    }
    let cut_off = |bytes: usize| LinkError::CutOff { expected: (bytes * 4).div_ceil(3), got };
    // The first three bytes say how long the whole is.
    let start = fragment.get(..4).ok_or_else(|| cut_off(PLAIN_BYTES))?;
    let start = URL_SAFE_NO_PAD.decode(start).map_err(|_| LinkError::Checksum)?;
    let expected = match start.as_slice() {
        [LINK_VERSION, 0, _] => PLAIN_BYTES,
        [LINK_VERSION, 1, _] => PLAIN_BYTES + CERTIFICATE_BYTES,
        [LINK_VERSION, ..] => return Err(LinkError::Checksum),
        [version, ..] => return Err(LinkError::Version(*version)),
        [] => return Err(cut_off(PLAIN_BYTES)),
    };
    let chars = (expected * 4).div_ceil(3);
    if got < chars {
        return Err(cut_off(expected));
    }
    if got > chars {
        return Err(LinkError::GoesOn(got - chars));
    }
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(fragment).map_err(|_| LinkError::Checksum)?);
    match bytes.split_last_chunk::<CHECKSUM_BYTES>() {
        Some((payload, sum)) if checksum(payload) == *sum => Ok(bytes),
        Some(_) | None => Err(LinkError::Checksum),
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LinkError> {
        let (field, rest) = self.0.split_first_chunk::<N>().ok_or(LinkError::Checksum)?;
        self.0 = rest;
        Ok(*field)
    }
}

/// The most bytes that a knock may have: its keys, its ids, and the names of the fields.
pub const KNOCK_BYTES_MAX: usize = 2048;

/// A newcomer's statement that it holds the link's secret, over the keys that it wants approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knock {
    /// The desk.
    pub desk: DeskId,
    /// The invitation.
    pub invitation: InvitationId,
    /// Whose device, and its keys.
    pub cert: DeviceCert,
    /// HMAC-SHA-256 over [`Knock::covered`], keyed from the link's secret.
    pub mac: ByteArray<32>,
}

/// Why bytes are not a knock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnockError {
    /// Larger than a knock may be.
    #[error("a knock has at most {KNOCK_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A receiving key of another length.
    #[error("expected a receiving key of {RECEIVE_KEY_BYTES} bytes in a knock, got {0}")]
    Receives(usize),
}

const KNOCK_LABEL: &str = "chancery/knock/1";

impl Knock {
    /// Reads a knock, strictly. Its MAC is a claim until somebody who knows the secret checks it.
    pub fn read(bytes: &[u8]) -> Result<Self, KnockError> {
        if bytes.len() > KNOCK_BYTES_MAX {
            return Err(KnockError::TooLong(bytes.len()));
        }
        let knock: Self = cbor::decode("a knock", bytes)?;
        match knock.cert.keys.receives.len() {
            RECEIVE_KEY_BYTES => Ok(knock),
            other => Err(KnockError::Receives(other)),
        }
    }

    /// The bytes on the wire.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a knock", self)
    }

    /// What the MAC covers: a CBOR array (docs/seal.md, "Invitations").
    pub fn covered(
        desk: &DeskId,
        invitation: &InvitationId,
        cert: &DeviceCert,
    ) -> Result<Vec<u8>, CborError> {
        let (signs, receives) = (Bytes::new(&cert.keys.signs), Bytes::new(&cert.keys.receives));
        cbor::encode("a knock's statement", &(KNOCK_LABEL, desk, invitation, cert.person, signs, receives))
    }
}
