//! Writes the reports to a leg.

use super::{
    Block, DESCRIPTION, EXTENDED_REPORT, FEEDBACK, MISSING, RECEIVER_REPORT, REFERENCE_TIME, SENDER_REPORT,
};

/// The name of our streams' source. It says nothing.
pub(crate) const CNAME: &str = "chancery";

/// The first word of a packet: version, count, type, and its length, which is filled in at the end.
fn open(to: &mut Vec<u8>, count: u8, kind: u8) -> usize {
    let start = to.len();
    to.extend([2 << 6 | count, kind, 0, 0]);
    start
}

fn close(to: &mut [u8], start: usize) {
    let words = (to.len() - start) / 4 - 1;
    if let Some([_, _, high, low, ..]) = to.get_mut(start..) {
        [*high, *low] = (words as u16).to_be_bytes();
    }
}

fn block(to: &mut Vec<u8>, block: &Block) {
    let lost = block.lost.clamp(-0x80_0000, 0x7f_ffff).cast_unsigned() & 0xff_ffff;
    to.extend(block.ssrc.to_be_bytes());
    to.extend((u32::from(block.lost_of_256) << 24 | lost).to_be_bytes());
    to.extend(block.highest.to_be_bytes());
    to.extend(block.jitter.to_be_bytes());
    to.extend(block.last_report.to_be_bytes());
    to.extend(block.since_last_report.to_be_bytes());
}

/// What we say of a stream of ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) ssrc: u32,
    pub(crate) ntp: u64,
    pub(crate) timestamp: u32,
    pub(crate) packets: u32,
    pub(crate) bytes: u32,
}

/// A sender report with what we received, if anything.
pub(crate) fn sender_report(to: &mut Vec<u8>, sent: &Sent, received: Option<&Block>) {
    let start = open(to, received.is_some().into(), SENDER_REPORT);
    to.extend(sent.ssrc.to_be_bytes());
    to.extend(sent.ntp.to_be_bytes());
    to.extend(sent.timestamp.to_be_bytes());
    to.extend(sent.packets.to_be_bytes());
    to.extend(sent.bytes.to_be_bytes());
    if let Some(received) = received {
        block(to, received);
    }
    close(to, start);
}

/// A receiver report, by a stream of ours that sends nothing.
pub(crate) fn receiver_report(to: &mut Vec<u8>, ssrc: u32, received: Option<&Block>) {
    let start = open(to, received.is_some().into(), RECEIVER_REPORT);
    to.extend(ssrc.to_be_bytes());
    if let Some(received) = received {
        block(to, received);
    }
    close(to, start);
}

/// The source description that goes with every report (RFC 3550 §6.1).
pub(crate) fn description(to: &mut Vec<u8>, ssrc: u32) {
    const NAME: u8 = 1;
    let start = open(to, 1, DESCRIPTION);
    to.extend(ssrc.to_be_bytes());
    to.extend([NAME, CNAME.len() as u8]);
    to.extend(CNAME.bytes());
    // At least one zero, and up to a whole word.
    to.push(0);
    to.resize(to.len().next_multiple_of(4), 0);
    close(to, start);
}

/// Our time, for the device to send back.
pub(crate) fn reference_time(to: &mut Vec<u8>, ssrc: u32, ntp: u64) {
    let start = open(to, 0, EXTENDED_REPORT);
    to.extend(ssrc.to_be_bytes());
    to.extend([REFERENCE_TIME, 0, 0, 2]);
    to.extend(ntp.to_be_bytes());
    close(to, start);
}

/// Asks for packets of a stream; they are in ascending order.
pub(crate) fn missing(to: &mut Vec<u8>, ssrc: u32, of: u32, sequences: &[u16]) {
    let start = open(to, MISSING, FEEDBACK);
    to.extend(ssrc.to_be_bytes());
    to.extend(of.to_be_bytes());
    let mut rest = sequences;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let mut bits = 0_u16;
        while let Some((next, after)) = rest.split_first() {
            let Some(ahead @ 1..=16) = Some(next.wrapping_sub(*first)) else { break };
            bits |= 1 << (ahead - 1);
            rest = after;
        }
        to.extend(first.to_be_bytes());
        to.extend(bits.to_be_bytes());
    }
    close(to, start);
}
