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
