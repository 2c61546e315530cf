//! The head of an RTP packet (RFC 3550 §5.1): read as devices send it, written as we do.

/// Bytes of the head that we write: no extensions, no contributing sources.
pub(crate) const HEAD: usize = 12;

/// Samples in a second of Opus, whatever it was recorded with (RFC 7587 §4.1).
pub(crate) const CLOCK_HZ: u64 = 48_000;

const VERSION: u8 = 2 << 6;
const PADDED: u8 = 1 << 5;
const EXTENDED: u8 = 1 << 4;
const MARKED: u8 = 1 << 7;

/// What the head of a packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many bytes it has, extensions and contributing sources included.
    pub(crate) bytes: usize,
    pub(crate) is_padded: bool,
    pub(crate) is_marked: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
}

impl Head {
    /// Reads it; none when it is none.
    pub(crate) fn read(packet: &[u8]) -> Option<Self> {
        let (fixed, rest) = packet.split_first_chunk::<HEAD>()?;
        let [first, second, sequence @ .., _, _, _, _, _, _, _, _] = fixed;
        if first & 0xc0 != VERSION {
            return None;
        }
        let sources = usize::from(first & 0x0f) * 4;
        let mut bytes = HEAD + sources;
        if first & EXTENDED != 0 {
            let [_, _, words @ ..] = rest.get(sources..)?.first_chunk::<4>()?;
            bytes += 4 + usize::from(u16::from_be_bytes(*words)) * 4;
        }
        if bytes > packet.len() {
            return None;
        }
        Some(Self {
            bytes,
            is_padded: first & PADDED != 0,
            is_marked: second & MARKED != 0,
            payload_type: second & !MARKED,
            sequence: u16::from_be_bytes(*sequence),
            timestamp: u32::from_be_bytes(*fixed.get(4..)?.first_chunk()?),
            ssrc: u32::from_be_bytes(*fixed.last_chunk()?),
        })
    }
}

/// The head of a packet that we send.
pub(crate) fn head(
    payload_type: u8,
    is_marked: bool,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
) -> [u8; HEAD] {
    let second = payload_type | if is_marked { MARKED } else { 0 };
    let [s0, s1] = sequence.to_be_bytes();
    let [t0, t1, t2, t3] = timestamp.to_be_bytes();
    let [c0, c1, c2, c3] = ssrc.to_be_bytes();
    [VERSION, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3]
}

/// A payload without the padding at its end (RFC 3550 §5.1); none when the padding is longer than it.
pub(crate) fn unpadded(payload: &[u8], is_padded: bool) -> Option<&[u8]> {
    if !is_padded {
        return Some(payload);
    }
    let padding = usize::from(*payload.last()?);
    payload.get(..payload.len().checked_sub(padding)?)
}

/// Microseconds as samples of the RTP clock.
pub(crate) fn samples(us: u64) -> u64 {
    // Whole seconds apart, so that no product overflows.
    us / 1_000_000 * CLOCK_HZ + us % 1_000_000 * CLOCK_HZ / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let written = head(111, true, 0xfedc, 0x0102_0304, 0xa0b0_c0d0);
        let read = Head {
            bytes: HEAD,
            is_padded: false,
            is_marked: true,
            payload_type: 111,
            sequence: 0xfedc,
            timestamp: 0x0102_0304,
            ssrc: 0xa0b0_c0d0,
        };
        assert_eq!(Head::read(&written), Some(read));
    }

    #[test]
    fn sources_and_extensions_belong_to_the_head_and_must_be_there() {
        let mut packet = head(111, false, 1, 2, 3).to_vec();
        packet[0] |= EXTENDED | 2;
        packet.extend([0; 8]);
        packet.extend([0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0]);
        assert_eq!(Head::read(&packet).map(|head| head.bytes), Some(28));
        for length in 0..28 {
            assert_eq!(Head::read(&packet[..length]), None, "{length}");
        }
        packet[0] = 0x40;
        assert_eq!(Head::read(&packet), None, "another version");
    }

    #[test]
    fn padding_is_taken_off_and_can_not_be_longer_than_all() {
        assert_eq!(unpadded(&[1, 2, 3], false), Some(&[1, 2, 3][..]));
        assert_eq!(unpadded(&[1, 2, 0, 2], true), Some(&[1, 2][..]));
        assert_eq!(unpadded(&[1, 9], true), None);
        assert_eq!(unpadded(&[], true), None);
    }

    #[test]
    fn microseconds_are_samples_without_overflow() {
        assert_eq!(samples(20_000), 960);
        assert_eq!(samples(1_000_001), 48_000);
        assert_eq!(samples(u64::MAX / 48_000), u64::MAX / 1_000_000);
    }
}
