//! Our side of ICE for one leg: ICE-lite (RFC 8445 §2.5). The device pings; a ping that proves the password makes a path,
//! and the device says which of its paths is used.

use core::net::SocketAddr;
use std::fmt;

use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;
use str0m::{crypto::CryptoProvider, ice::StunMessage};
use zeroize::Zeroizing;

use crate::{
    io::{Kind, Transport},
    limits::PATHS_MAX,
};

/// Letters of a fragment and a password (RFC 8839 §5.4), six bits each.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 60 bits: a name, but one that nobody outside comes upon.
const FRAGMENT_LETTERS: usize = 10;

/// 192 bits.
const PASSWORD_LETTERS: usize = 32;

/// An answer to a ping, at most: an address, a MAC and a checksum.
const PONG_BYTES_MAX: usize = 128;

/// The name that a leg's pings carry, and the password that they are made with.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) fragment: String,
    pub(crate) password: Zeroizing<String>,
}

/// From where to where datagrams of a leg go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PathAddress {
    pub(crate) over: Transport,
    /// Ours.
    pub(crate) local: SocketAddr,
    /// The device's.
    pub(crate) remote: SocketAddr,
}

/// What a ping brought.
pub(crate) struct Pong {
    /// The answer.
    pub(crate) bytes: Vec<u8>,
    /// A path that is forgotten, because there are too many.
    pub(crate) forgotten: Option<PathAddress>,
}

/// ICE of one leg.
pub(crate) struct Ice {
    pub(crate) credentials: Credentials,
    /// The device's part of the name.
    remote_fragment: String,
    candidates: Vec<(SocketAddr, Kind)>,
    /// Proved ones, the newest last.
    paths: Vec<PathAddress>,
    used: Option<PathAddress>,
}

impl Credentials {
    /// Drawn at random.
    pub(crate) fn draw(random: &mut ChaCha20Rng) -> Self {
        let mut letters = |count: usize| -> String {
            let mut bytes = Zeroizing::new(vec![0; count]);
            random.fill_bytes(&mut bytes);
            bytes
                .iter()
                .filter_map(|byte| LETTERS.get(usize::from(byte & 63)))
                .map(|l| char::from(*l))
                .collect()
        };
        Self { fragment: letters(FRAGMENT_LETTERS), password: Zeroizing::new(letters(PASSWORD_LETTERS)) }
    }
}

impl Ice {
    /// Before the first ping.
    pub(crate) fn new(
        credentials: Credentials,
        remote_fragment: String,
        candidates: Vec<(SocketAddr, Kind)>,
    ) -> Self {
        Self { credentials, remote_fragment, candidates, paths: Vec::new(), used: None }
    }

    /// The path that is used.
    pub(crate) fn used(&self) -> Option<PathAddress> {
        self.used
    }

    /// Every path that was proved.
    pub(crate) fn paths(&self) -> &[PathAddress] {
        &self.paths
    }

    /// What the far end of the used path is, by the device's own candidates.
    pub(crate) fn kind(&self) -> Kind {
        let Some(used) = self.used else { return Kind::Unlisted };
        let is_remote = |listed: SocketAddr| match used.over {
            Transport::Udp => listed == used.remote,
            // Who connects names no port of its own (RFC 6544 §4.1).
            Transport::Tcp => listed.ip() == used.remote.ip(),
        };
        let listed = self.candidates.iter().find(|(address, _)| is_remote(*address));
        listed.map_or(Kind::Unlisted, |(_, kind)| *kind)
    }

    /// Whether a ping is the device's: it names both sides and is made with our password.
    pub(crate) fn is_proved(&self, ping: &StunMessage<'_>, crypto: &CryptoProvider) -> bool {
        let names = ping.split_username();
        names == Some((&self.credentials.fragment, &self.remote_fragment))
            && ping.verify(self.credentials.password.as_bytes(), |key, parts| {
                crypto.sha1_hmac_provider.sha1_hmac(key, parts)
            })
    }

    /// Takes a proved ping; none when no answer could be written.
    pub(crate) fn take(
        &mut self,
        ping: &StunMessage<'_>,
        path: PathAddress,
        crypto: &CryptoProvider,
    ) -> Option<Pong> {
        let mut bytes = vec![0; PONG_BYTES_MAX];
        let length = StunMessage::binding_reply(ping.trans_id(), path.remote)
            .to_bytes(Some(self.credentials.password.as_bytes()), &mut bytes, |key, parts| {
                crypto.sha1_hmac_provider.sha1_hmac(key, parts)
            })
            .ok()?;
        bytes.truncate(length);
        // The first one serves until the device has chosen; from then on its choice counts, and its latest.
        if ping.use_candidate() || self.used.is_none() {
            self.used = Some(path);
        }
        if let Some(place) = self.paths.iter().position(|known| *known == path) {
            self.paths.remove(place);
        }
        self.paths.push(path);
        let too_many = self.paths.len() > PATHS_MAX;
        let oldest = self.paths.iter().position(|known| Some(*known) != self.used).filter(|_| too_many);
        Some(Pong { bytes, forgotten: oldest.map(|place| self.paths.remove(place)) })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, …)", self.fragment)
    }
}

/// Addresses say where people are; they are shown to nobody.
impl fmt::Debug for PathAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathAddress({:?})", self.over)
    }
}
