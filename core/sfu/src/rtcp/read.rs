//! Reads the reports of a leg. What is not known is skipped, what is broken ends the reading.

use super::{
    BLOCK, Block, DELAY_SINCE_REFERENCE, EXTENDED_REPORT, FEEDBACK, MISSING, RECEIVER_REPORT, SENDER_REPORT,
};

/// What a device reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// It sends this stream; its time at that moment, as NTP counts.
    Sends {
        /// The stream.
        ssrc: u32,
        /// Its time.
        ntp: u64,
    },
    /// How it receives one of our streams.
    Receives(Block),
    /// It misses this packet of our stream.
    Misses {
        /// The stream.
        ssrc: u32,
        /// The packet.
        sequence: u16,
    },
    /// Our time as it got it, and how long ago.
    Echo {
        /// The middle of our time.
        last_reference: u32,
        /// In 1/65,536 s.
        since: u32,
    },
}

/// All reports of a compound.
pub(crate) fn reports(compound: &[u8]) -> Vec<Report> {
    let mut found = Vec::new();
    let mut rest = compound;
    while let Some((kind, count, body, after)) = packet(rest) {
        rest = after;
        let whole = match kind {
            SENDER_REPORT => sender(body, &mut found),
            RECEIVER_REPORT => body.get(4..).and_then(|body| blocks(body, &mut found)),
            FEEDBACK if count == MISSING => missing(body, &mut found),
            EXTENDED_REPORT => body.get(4..).and_then(|body| extended(body, &mut found)),
            _ => Some(()),
        };
        if whole.is_none() {
            break;
        }
    }
    found
}

/// Type, count, what follows the first word, and the next packet.
fn packet(bytes: &[u8]) -> Option<(u8, u8, &[u8], &[u8])> {
    let ([first, kind, words @ ..], rest) = bytes.split_first_chunk::<4>()?;
    if first >> 6 != 2 {
        return None;
    }
    let (body, after) = rest.split_at_checked(usize::from(u16::from_be_bytes(*words)) * 4)?;
    Some((*kind, first & 0x1f, body, after))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

fn sender(body: &[u8], found: &mut Vec<Report>) -> Option<()> {
    let ntp = u64::from(word(body, 4)?) << 32 | u64::from(word(body, 8)?);
    found.push(Report::Sends { ssrc: word(body, 0)?, ntp });
    blocks(body.get(24..)?, found)
}

fn blocks(bytes: &[u8], found: &mut Vec<Report>) -> Option<()> {
    for block in bytes.chunks_exact(BLOCK) {
        let losses = word(block, 4)?;
        found.push(Report::Receives(Block {
            ssrc: word(block, 0)?,
            lost_of_256: (losses >> 24) as u8,
            // 24 bits with a sign.
            lost: (losses << 8).cast_signed() >> 8,
            highest: word(block, 8)?,
            jitter: word(block, 12)?,
            last_report: word(block, 16)?,
            since_last_report: word(block, 20)?,
        }));
    }
    Some(())
}

/// Each word names a packet and, by bits, the 16 after it.
fn missing(body: &[u8], found: &mut Vec<Report>) -> Option<()> {
    let ssrc = word(body, 4)?;
    for entry in body.get(8..)?.chunks_exact(4) {
        let named = word(entry, 0)?;
        let first = (named >> 16) as u16;
        found.push(Report::Misses { ssrc, sequence: first });
        for bit in 0..16 {
            if named >> bit & 1 == 1 {
                found.push(Report::Misses { ssrc, sequence: first.wrapping_add(bit + 1) });
            }
        }
    }
    Some(())
}

fn extended(bytes: &[u8], found: &mut Vec<Report>) -> Option<()> {
    let mut rest = bytes;
    while let Some(([kind, _, words @ ..], after)) = rest.split_first_chunk::<4>() {
        let (body, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*words)) * 4)?;
        rest = after;
        if *kind == DELAY_SINCE_REFERENCE {
            for item in body.chunks_exact(12) {
                found.push(Report::Echo { last_reference: word(item, 4)?, since: word(item, 8)? });
            }
        }
    }
    Some(())
}
