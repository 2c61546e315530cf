//! SRTP and SRTCP with AES-GCM (RFC 3711, RFC 7714) of one leg. What it opens is still sealed by the devices.

pub(crate) mod keys;
pub(crate) mod window;

use str0m::crypto::{
    AeadAes128Gcm, CryptoProvider,
    dtls::{KeyingMaterial, SrtpProfile},
};

use self::keys::{Direction, KeysError};

/// Bytes of the tag at the end of each packet.
pub(crate) const TAG: usize = 16;

/// The head of an RTCP packet, which stays in clear.
const RTCP_CLEAR: usize = 8;

/// The word at the end of an SRTCP packet: whether it is encrypted, and its index.
const RTCP_WORD: usize = 4;

/// Set in the word: encrypted. Reports in clear are not taken.
const IS_ENCRYPTED: u32 = 1 << 31;

/// Both directions of a leg.
pub(crate) struct Srtp {
    up: Direction,
    down: Direction,
    /// Index of the next report. One count for all our SSRCs, so that none is used twice with one of them.
    next_report: u32,
}

impl Srtp {
    /// From what DTLS exported.
    pub(crate) fn new(
        exported: &KeyingMaterial,
        profile: SrtpProfile,
        crypto: &CryptoProvider,
    ) -> Result<Self, KeysError> {
        let (up, down) = keys::directions(exported, profile, crypto)?;
        Ok(Self { up, down, next_report: 1 })
    }

    /// Opens an RTP packet whose header has this length; writes the payload and gives its length, none when it is not
    /// authentic. `index` is the whole sequence number.
    pub(crate) fn open_rtp(
        &mut self,
        packet: &[u8],
        header: usize,
        ssrc: u32,
        index: u64,
        to: &mut [u8],
    ) -> Option<usize> {
        let (clear, sealed) = packet.split_at_checked(header)?;
        let length = sealed.len().checked_sub(TAG)?;
        let (roc, seq) = split(index);
        let iv = AeadAes128Gcm::rtp_iv(self.up.rtp.salt, ssrc, roc, seq);
        self.up.rtp.cipher.open(&iv, clear, sealed, to.get_mut(..length)?)
    }

    /// A sealed RTP packet of this header and payload. **The same index with another header or payload would give the key
    /// away**: each is used once, or again for the very same bytes.
    pub(crate) fn seal_rtp(
        &mut self,
        header: &[u8],
        ssrc: u32,
        index: u64,
        payload: &[u8],
    ) -> Option<Vec<u8>> {
        let (roc, seq) = split(index);
        let iv = AeadAes128Gcm::rtp_iv(self.down.rtp.salt, ssrc, roc, seq);
        let mut packet = Vec::with_capacity(header.len() + payload.len() + TAG);
        packet.extend_from_slice(header);
        packet.resize(header.len() + payload.len() + TAG, 0);
        let sealed = packet.get_mut(header.len()..)?;
        self.down.rtp.cipher.seal(&iv, header, payload, sealed).then_some(packet)
    }

    /// The index and sender of an SRTCP packet, unverified.
    pub(crate) fn rtcp_index(packet: &[u8]) -> Option<(u32, u32)> {
        let ssrc = packet.get(4..RTCP_CLEAR)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))?;
        let word = packet.last_chunk().map(|bytes: &[u8; RTCP_WORD]| u32::from_be_bytes(*bytes))?;
        (word & IS_ENCRYPTED != 0).then_some((ssrc, word & !IS_ENCRYPTED))
    }

    /// Opens an SRTCP packet into one in clear; none when it is not authentic.
    pub(crate) fn open_rtcp(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (ssrc, index) = Self::rtcp_index(packet)?;
        let (rest, word) = packet.split_last_chunk::<RTCP_WORD>()?;
        let (head, sealed) = rest.split_at_checked(RTCP_CLEAR)?;
        let length = sealed.len().checked_sub(TAG)?;
        let iv = AeadAes128Gcm::rtcp_iv(self.up.rtcp.salt, ssrc, index);
        let clear = [head, word].concat();
        let mut opened = vec![0; RTCP_CLEAR + length];
        let (start, end) = opened.split_at_mut_checked(RTCP_CLEAR)?;
        start.copy_from_slice(head);
        self.up.rtcp.cipher.open(&iv, &clear, sealed, end)?;
        Some(opened)
    }

    /// A sealed compound of reports; its first one's sender is `ssrc`.
    pub(crate) fn seal_rtcp(&mut self, compound: &[u8], ssrc: u32) -> Option<Vec<u8>> {
        let index = self.next_report;
        // 2³¹ reports are 68 years of them.
        self.next_report = index.checked_add(1).filter(|next| next & IS_ENCRYPTED == 0)?;
        let (head, rest) = compound.split_at_checked(RTCP_CLEAR)?;
        let word = (IS_ENCRYPTED | index).to_be_bytes();
        let clear = [head, &word].concat();
        let iv = AeadAes128Gcm::rtcp_iv(self.down.rtcp.salt, ssrc, index);
        let mut packet = vec![0; compound.len() + TAG];
        let (start, end) = packet.split_at_mut_checked(RTCP_CLEAR)?;
        start.copy_from_slice(head);
        if !self.down.rtcp.cipher.seal(&iv, &clear, rest, end) {
            return None;
        }
        packet.extend_from_slice(&word);
        Some(packet)
    }
}

/// Rollover counter and sequence number of a whole one.
fn split(index: u64) -> (u32, u16) {
    ((index >> 16) as u32, index as u16)
}

#[cfg(test)]
mod tests {
    use str0m::crypto::from_feature_flags;

    use super::{
        keys::{Cipher, Keyed},
        *,
    };

    /// What RFC 7714 §16 and §17 encrypt, and with what.
    const SALT: [u8; 12] = *b"Quid pro quo";
    const RTP: [u8; 12] = [0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2];
    const TEXT: &[u8] = b"Gallia est omnis divisa in partes tres";

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let pairs = hexadecimal.as_bytes().chunks(2);
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// The keys of the RFC's examples, for all directions alike.
    fn srtp(key_bytes: usize) -> Srtp {
        let provider = from_feature_flags().srtp_provider;
        let keyed = || {
            let key: [u8; 32] = std::array::from_fn(|place| place as u8);
            let short = *key.first_chunk().unwrap();
            let cipher = match key_bytes {
                16 => Cipher::Aes128(provider.aead_aes_128_gcm().create_cipher(short, true)),
                _ => Cipher::Aes256(provider.aead_aes_256_gcm().create_cipher(key, true)),
            };
            Keyed { cipher, salt: SALT }
        };
        let direction = || Direction { rtp: keyed(), rtcp: keyed() };
        Srtp { up: direction(), down: direction(), next_report: 0x5d4 }
    }

    #[test]
    fn packets_are_sealed_as_the_rfc_has_it() {
        for (key_bytes, sealed) in [
            (
                16,
                "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833\
                 899d7f27beb16a9152cf765ee4390cce",
            ),
            (
                32,
                "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b\
                 7aa3db36dfffd6b0f9bb7878d7a76c13",
            ),
        ] {
            let packet = srtp(key_bytes).seal_rtp(&RTP, 0x5501_a0b2, 0xf17b, TEXT).unwrap();
            assert_eq!(packet, [&RTP[..], &bytes(sealed)].concat());
            let mut opened = [0; 64];
            let length = srtp(key_bytes).open_rtp(&packet, 12, 0x5501_a0b2, 0xf17b, &mut opened);
            assert_eq!(length, Some(TEXT.len()));
            assert_eq!(&opened[..TEXT.len()], TEXT);
            let other_turn = 0x1_f17b;
            assert_eq!(srtp(key_bytes).open_rtp(&packet, 12, 0x5501_a0b2, other_turn, &mut opened), None);
        }
    }

    #[test]
    fn reports_are_sealed_as_the_rfc_has_it() {
        let report = bytes(
            "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61\
             deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        );
        let sealed = bytes(
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda\
             4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
        );
        let mut srtp = srtp(16);
        assert_eq!(srtp.seal_rtcp(&report, 0x4d61_7273), Some(sealed.clone()));
        assert_eq!(srtp.open_rtcp(&sealed), Some(report.clone()));
        let next = srtp.seal_rtcp(&report, 0x4d61_7273).unwrap();
        assert_eq!(Srtp::rtcp_index(&next), Some((0x4d61_7273, 0x5d5)), "no index twice");
    }

    #[test]
    fn reports_in_clear_and_cut_ones_are_not_taken() {
        let mut srtp = srtp(16);
        let sealed = srtp.seal_rtcp(&[0x80, 201, 0, 1, 0, 0, 0, 7], 7).unwrap();
        for length in 0..sealed.len() {
            assert_eq!(srtp.open_rtcp(&sealed[..length]), None);
        }
        let mut clear = sealed.clone();
        let word = clear.len() - 4;
        clear[word] &= 0x7f;
        assert_eq!(srtp.open_rtcp(&clear), None);
        assert!(srtp.open_rtcp(&sealed).is_some());
    }

    #[test]
    fn the_count_of_reports_ends_before_it_would_turn() {
        let mut srtp = srtp(16);
        srtp.next_report = IS_ENCRYPTED - 1;
        assert_eq!(srtp.seal_rtcp(&[0x80, 201, 0, 1, 0, 0, 0, 7], 7), None);
    }
}
