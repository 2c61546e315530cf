//! Reports between the sfu and one leg (RFC 3550 §6, RFC 4585 §6.2.1, RFC 3611 §4.4 and §4.5), in clear.

pub(crate) mod read;
pub(crate) mod write;

/// Packet types.
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const FEEDBACK: u8 = 205;
const EXTENDED_REPORT: u8 = 207;

/// Format of feedback: frames that are missing.
const MISSING: u8 = 1;

/// Blocks of an extended report.
const REFERENCE_TIME: u8 = 4;
const DELAY_SINCE_REFERENCE: u8 = 5;

/// Bytes of a report block.
const BLOCK: usize = 24;

/// What one side says of a stream of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Block {
    /// Of this stream.
    pub(crate) ssrc: u32,
    /// Lost since the last report, of 256.
    pub(crate) lost_of_256: u8,
    /// Lost in all; negative when more came twice.
    pub(crate) lost: i32,
    /// The newest sequence number, with how often it turned.
    pub(crate) highest: u32,
    /// Jitter in samples.
    pub(crate) jitter: u32,
    /// Middle of the time in the sender's last report, 0 for none.
    pub(crate) last_report: u32,
    /// How long ago that one came, in 1/65,536 s.
    pub(crate) since_last_report: u32,
}

/// The time as NTP counts it, from told microseconds since 1970: seconds since 1900, and fractions.
pub(crate) fn ntp(now_us: u64) -> u64 {
    const FROM_1900_TO_1970: u64 = 2_208_988_800;
    let seconds = now_us / 1_000_000 + FROM_1900_TO_1970;
    (seconds << 32) | (((now_us % 1_000_000) << 32) / 1_000_000)
}

/// The middle 32 bits of an NTP time: seconds in 1/65,536.
pub(crate) fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// The round trip from the two fields of a block (RFC 3550 §6.4.1): none without a report of ours, or when the device's
/// clock makes it negative.
pub(crate) fn round_trip_us(now_us: u64, last_report: u32, since_last_report: u32) -> Option<u32> {
    const LONGEST: u32 = 60 << 16;
    if last_report == 0 {
        return None;
    }
    let units = middle(ntp(now_us)).wrapping_sub(last_report).wrapping_sub(since_last_report);
    if units > LONGEST {
        return None;
    }
    u32::try_from((u64::from(units) * 1_000_000) >> 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{
        read::{Report, reports},
        write::Sent,
        *,
    };

    const RECEIVED: Block = Block {
        ssrc: 7,
        lost_of_256: 31,
        lost: -5,
        highest: 0x1_0002,
        jitter: 99,
        last_report: 0x0102_0304,
        since_last_report: 65_536,
    };

    #[test]
    fn what_is_written_is_read_back() {
        let sent = Sent { ssrc: 1, ntp: 0x1122_3344_5566_7788, timestamp: 3, packets: 4, bytes: 5 };
        let mut compound = Vec::new();
        write::sender_report(&mut compound, &sent, Some(&RECEIVED));
        write::receiver_report(&mut compound, 2, Some(&Block { lost: 70, ..RECEIVED }));
        write::description(&mut compound, 1);
        write::reference_time(&mut compound, 1, sent.ntp);
        write::missing(&mut compound, 1, 8, &[65_535, 0, 15, 16, 40]);
        assert_eq!(compound.len() % 4, 0);
        let misses = [65_535, 0, 15, 16, 40].map(|sequence| Report::Misses { ssrc: 8, sequence });
        let mut expected = vec![
            Report::Sends { ssrc: 1, ntp: sent.ntp },
            Report::Receives(RECEIVED),
            Report::Receives(Block { lost: 70, ..RECEIVED }),
        ];
        expected.extend(misses);
        assert_eq!(reports(&compound), expected);
    }

    #[test]
    fn what_is_missing_takes_one_word_for_seventeen() {
        let mut compound = Vec::new();
        let sequences: Vec<u16> = (100..117).collect();
        write::missing(&mut compound, 1, 8, &sequences);
        assert_eq!(compound.len(), 16);
        write::missing(&mut compound, 1, 8, &(100..118).collect::<Vec<u16>>());
        assert_eq!(compound.len(), 16 + 20);
    }

    #[test]
    fn reports_cut_anywhere_end_without_more() {
        let mut compound = Vec::new();
        write::receiver_report(&mut compound, 2, Some(&RECEIVED));
        write::missing(&mut compound, 1, 8, &[3, 4, 5]);
        let whole = reports(&compound);
        for length in 0..compound.len() {
            let found = reports(compound.get(..length).unwrap_or(&[]));
            assert!(whole.starts_with(&found) && found.len() < whole.len());
        }
    }

    #[test]
    fn the_round_trip_is_what_the_two_clocks_leave() {
        let start_us = 1_795_000_000_000_000;
        let sent = middle(ntp(start_us));
        // 300 ms later, of which the device kept it for 250 ms.
        let round_trip_us = round_trip_us(start_us + 300_000, sent, 65_536 / 4);
        assert!(round_trip_us.is_some_and(|us| us.abs_diff(50_000) < 32), "{round_trip_us:?}");
    }

    #[test]
    fn a_round_trip_that_can_not_be_is_none() {
        let now_us = 1_795_000_000_000_000;
        let sent = middle(ntp(now_us));
        assert_eq!(round_trip_us(now_us, 0, 5), None, "no report of ours came yet");
        assert_eq!(round_trip_us(now_us, sent, 5), None, "it kept it for longer than it was away");
        assert_eq!(round_trip_us(now_us + 61_000_000, sent, 0), None);
    }

    #[test]
    fn ntp_counts_from_1900_in_seconds_and_fractions() {
        assert_eq!(ntp(0) >> 32, 2_208_988_800);
        assert_eq!(ntp(1_500_000) & 0xffff_ffff, 1 << 31);
    }
}
