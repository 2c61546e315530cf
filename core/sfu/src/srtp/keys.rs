//! From what DTLS exported to the keys of SRTP (RFC 3711 §4.3, RFC 5764 §4.2, RFC 7714 §11).

use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, CryptoProvider,
    dtls::{KeyingMaterial, SrtpProfile},
};
use zeroize::Zeroizing;

/// Bytes of the salt, of both profiles.
pub(super) const SALT: usize = 12;

/// Bytes of an AES block, in which keys are derived.
const BLOCK: usize = 16;

const ENCRYPT: bool = true;

/// Labels of RFC 3711 §4.3.1 and §4.3.2.
const RTP_KEY: u8 = 0;
const RTP_SALT: u8 = 2;
const RTCP_KEY: u8 = 3;
const RTCP_SALT: u8 = 5;

/// Why there are no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeysError {
    /// SRTP without AES-GCM.
    #[error("expected SRTP with AES-GCM, the device's DTLS asked for {0}")]
    Profile(String),
    /// DTLS gave another length than the profile's.
    #[error("expected {expected} bytes of SRTP keys, DTLS gave {got}")]
    Length {
        /// Both keys and both salts.
        expected: usize,
        /// What came.
        got: usize,
    },
}

/// One direction's cipher. AES-128 is what Firefox prefers, AES-256 what all else does.
pub(super) enum Cipher {
    Aes128(Box<dyn AeadAes128GcmCipher>),
    Aes256(Box<dyn AeadAes256GcmCipher>),
}

impl Cipher {
    /// Writes ciphertext and tag; false when it can't, for which no cause is known.
    pub(super) fn seal(&mut self, iv: &[u8; SALT], clear: &[u8], input: &[u8], output: &mut [u8]) -> bool {
        match self {
            Self::Aes128(cipher) => cipher.encrypt(iv, clear, input, output).is_ok(),
            Self::Aes256(cipher) => cipher.encrypt(iv, clear, input, output).is_ok(),
        }
    }

    /// Writes what was sealed and gives its length; none when it is not authentic.
    pub(super) fn open(
        &mut self,
        iv: &[u8; SALT],
        clear: &[u8],
        input: &[u8],
        output: &mut [u8],
    ) -> Option<usize> {
        match self {
            Self::Aes128(cipher) => cipher.decrypt(iv, &[clear], input, output).ok(),
            Self::Aes256(cipher) => cipher.decrypt(iv, &[clear], input, output).ok(),
        }
    }
}

/// Key and salt for one direction of RTP or of RTCP.
pub(super) struct Keyed {
    pub(super) cipher: Cipher,
    pub(super) salt: [u8; SALT],
}

/// One direction.
pub(super) struct Direction {
    pub(super) rtp: Keyed,
    pub(super) rtcp: Keyed,
}

/// Both directions of a leg, as its DTLS server has them: what the device writes is up, what we write is down.
pub(super) fn directions(
    exported: &KeyingMaterial,
    profile: SrtpProfile,
    crypto: &CryptoProvider,
) -> Result<(Direction, Direction), KeysError> {
    match profile {
        SrtpProfile::AEAD_AES_128_GCM => both::<16>(exported, |master, salt| {
            direction(
                master,
                salt,
                |key, block, out| {
                    crypto.srtp_provider.srtp_aes_128_ecb_round(key, block, out);
                },
                |key| Cipher::Aes128(crypto.srtp_provider.aead_aes_128_gcm().create_cipher(key, ENCRYPT)),
            )
        }),
        SrtpProfile::AEAD_AES_256_GCM => both::<32>(exported, |master, salt| {
            direction(
                master,
                salt,
                |key, block, out| {
                    crypto.srtp_provider.srtp_aes_256_ecb_round(key, block, out);
                },
                |key| Cipher::Aes256(crypto.srtp_provider.aead_aes_256_gcm().create_cipher(key, ENCRYPT)),
            )
        }),
        other @ SrtpProfile::AES128_CM_SHA1_80 | other => Err(KeysError::Profile(other.to_string())),
    }
}

/// Client's key, server's key, client's salt, server's salt (RFC 5764 §4.2).
fn both<const KEY: usize>(
    exported: &[u8],
    derive: impl Fn(&[u8; KEY], &[u8; SALT]) -> Direction,
) -> Result<(Direction, Direction), KeysError> {
    let length = KeysError::Length { expected: 2 * (KEY + SALT), got: exported.len() };
    let (client_key, rest) = exported.split_first_chunk::<KEY>().ok_or(length.clone())?;
    let (server_key, rest) = rest.split_first_chunk::<KEY>().ok_or(length.clone())?;
    let (client_salt, rest) = rest.split_first_chunk::<SALT>().ok_or(length.clone())?;
    let server_salt: &[u8; SALT] = rest.try_into().map_err(|_| length)?;
    Ok((derive(client_key, client_salt), derive(server_key, server_salt)))
}

fn direction<const KEY: usize>(
    master: &[u8; KEY],
    master_salt: &[u8; SALT],
    round: impl Fn(&[u8], &[u8], &mut [u8]),
    cipher: impl Fn([u8; KEY]) -> Cipher,
) -> Direction {
    let keyed = |key_label, salt_label| {
        let mut key = Zeroizing::new([0; KEY]);
        derive(master, master_salt, key_label, &round, &mut *key);
        let mut salt = [0; SALT];
        derive(master, master_salt, salt_label, &round, &mut salt);
        Keyed { cipher: cipher(*key), salt }
    };
    Direction { rtp: keyed(RTP_KEY, RTP_SALT), rtcp: keyed(RTCP_KEY, RTCP_SALT) }
}

/// AES in counter mode over the salt with the label in it (RFC 3711 §4.3.3).
fn derive(
    master: &[u8],
    salt: &[u8; SALT],
    label: u8,
    round: impl Fn(&[u8], &[u8], &mut [u8]),
    out: &mut [u8],
) {
    for (counter, piece) in (0_u16..).zip(out.chunks_mut(BLOCK)) {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *salt;
        let [high, low] = counter.to_be_bytes();
        let block = [a, b, c, d, e, f, g, h ^ label, i, j, k, l, 0, 0, high, low];
        let mut stream = Zeroizing::new([0; BLOCK]);
        round(master, &block, &mut *stream);
        for (to, from) in piece.iter_mut().zip(stream.iter()) {
            *to = *from;
        }
    }
}
