//! Reports to and from one leg, and what they say of its path.

use std::collections::VecDeque;

use super::{Connection, Hold, Leg, Sums, down::Missed, kept::KeptFrame};
use crate::{
    event::{Event, Path, Quality},
    io::Output,
    limits::{MISSED_PER_DATAGRAM, REPORT_US, REPORTERS_MAX},
    rtcp::{
        self,
        read::{Report, reports},
        write,
    },
    rtp::CLOCK_HZ,
    sdp::offer::{Asks, Echo},
    srtp::{Srtp, window::Window},
};

/// A report that was true two reports ago says nothing of now.
const FRESH_US: u64 = 3 * REPORT_US;

impl Leg {
    /// Takes a datagram of reports; gives the frames that the device misses.
    pub(crate) fn take_reports(
        &mut self,
        packet: &[u8],
        now_us: u64,
        to: &mut VecDeque<Output>,
    ) -> Vec<(u32, Missed)> {
        let Some(compound) = self.open_reports(packet) else { return Vec::new() };
        if !self.is_within_rate(now_us) {
            return Vec::new();
        }
        self.heard(now_us, to);
        let mut missed = Vec::new();
        for report in reports(&compound) {
            match report {
                Report::Sends { ssrc, ntp } => {
                    if let Some(reception) = self.up.reception(ssrc) {
                        reception.note_report(ntp, now_us);
                    }
                }
                Report::Receives(block) => {
                    if self.down.note_block(block, now_us) {
                        self.note_round_trip(now_us, block.last_report, block.since_last_report);
                    }
                }
                Report::Echo { last_reference, since } => {
                    self.note_round_trip(now_us, last_reference, since);
                }
                Report::Misses { .. } if missed.len() >= MISSED_PER_DATAGRAM => {
                    self.statistics.not_repeated_down += 1;
                }
                Report::Misses { ssrc, sequence } => match self.down.note_missed(ssrc, sequence) {
                    Some(frame) => missed.push((ssrc, frame)),
                    None => self.statistics.not_repeated_down += 1,
                },
            }
        }
        missed
    }

    /// In clear, if they are authentic and came for the first time.
    fn open_reports(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (ssrc, index) = Srtp::rtcp_index(packet)?;
        let place = self.reporters.iter().position(|(known, _)| *known == ssrc);
        let window = match place.and_then(|place| self.reporters.get(place)) {
            Some((_, window)) => *window,
            None if self.reporters.len() < REPORTERS_MAX => Window::default(),
            None => {
                self.statistics.strange += 1;
                return None;
            }
        };
        if !window.is_new(index.into()) {
            self.statistics.repeated += 1;
            return None;
        }
        let Some(compound) = self.srtp()?.open_rtcp(packet) else {
            self.statistics.forged += 1;
            return None;
        };
        if place.is_none() {
            self.reporters.push((ssrc, window));
        }
        let known = self.reporters.iter_mut().find(|(known, _)| *known == ssrc);
        if let Some((_, window)) = known {
            window.note(index.into());
        }
        Some(compound)
    }

    fn note_round_trip(&mut self, now_us: u64, last: u32, since: u32) {
        if let Some(measured) = rtcp::round_trip_us(now_us, last, since) {
            // Smoothed as RFC 6298 does it, so that one late report is no longer path.
            self.round_trip_us = Some(match self.round_trip_us {
                None => measured,
                Some(before) => before - before / 8 + measured / 8,
            });
        }
    }

    /// Sends a frame once more, if the device may have it and has not asked too often.
    pub(crate) fn repeat(
        &mut self,
        ssrc: u32,
        missed: &Missed,
        kept: Option<&KeptFrame>,
        now_us: u64,
        to: &mut VecDeque<Output>,
    ) {
        let srtp = match (self.hold, &mut self.connection) {
            (Hold::On, _) | (Hold::Off, Connection::Joining) => return,
            (Hold::Off, Connection::Connected(srtp) | Connection::Quiet(srtp)) => srtp,
        };
        let packet = kept
            .filter(|_| self.repeats_rate.take(now_us))
            .and_then(|kept| self.down.slot_by_ssrc(ssrc)?.repeat(srtp, missed, kept));
        match packet {
            Some(packet) => {
                self.statistics.repeated_down += 1;
                self.send(packet, to);
            }
            None => self.statistics.not_repeated_down += 1,
        }
    }

    /// Asks for what is missing and due.
    pub(crate) fn ask(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        let sequences = self.up.missing.ask(now_us, self.round_trip_us);
        if sequences.is_empty() || self.asks == Asks::No {
            return;
        }
        let Some(ssrc) = self.down.slots.first().map(|slot| slot.ssrc()) else { return };
        let Some((of, _)) = self.up.newest() else { return };
        let mut compound = Vec::with_capacity(64);
        write::receiver_report(&mut compound, ssrc, None);
        write::missing(&mut compound, ssrc, of, &sequences);
        self.send_reports(&compound, ssrc, to);
    }

    /// Reports what came and what was sent.
    pub(crate) fn report(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        let received = self.up.newest().and_then(|(ssrc, reception)| reception.block(ssrc, now_us));
        let mut received = received.as_ref();
        let mut compound = Vec::with_capacity(512);
        let mut sender = None;
        for slot in &mut self.down.slots {
            if let Some(sent) = slot.sent(now_us) {
                // What came is said once, in the first report.
                write::sender_report(&mut compound, &sent, received.take());
                sender.get_or_insert(sent.ssrc);
            }
        }
        let first = self.down.slots.first().map(|slot| slot.ssrc());
        let Some(ssrc) = sender.or(first) else { return };
        if sender.is_none() {
            write::receiver_report(&mut compound, ssrc, received);
        }
        write::description(&mut compound, ssrc);
        match self.echo {
            Echo::Yes => write::reference_time(&mut compound, ssrc, rtcp::ntp(now_us)),
            Echo::No => {}
        }
        self.send_reports(&compound, ssrc, to);
    }

    fn send_reports(&mut self, compound: &[u8], ssrc: u32, to: &mut VecDeque<Output>) {
        if let Some(packet) = self.srtp().and_then(|srtp| srtp.seal_rtcp(compound, ssrc)) {
            self.send(packet, to);
        }
    }

    /// Tells how the path is; nothing before there is one.
    pub(crate) fn tell_path(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        let Some(used) = self.ice.used() else { return };
        let (frames, jitter) =
            self.up.newest().map_or((0, 0), |(_, reception)| (reception.expected(), reception.jitter()));
        let up = lost_of_1000(&mut self.told_up, Sums { frames, lost: self.up.missing.lost });
        let up = up.map(|lost_of_1000| Quality { lost_of_1000, jitter_us: jitter_us(jitter) });
        let sums = Sums { frames: self.statistics.frames_down, lost: self.down.missed };
        let missed = lost_of_1000(&mut self.told_down, sums).unwrap_or(0);
        let down = self.down.worst(now_us.saturating_sub(FRESH_US)).map(|(lost_of_256, jitter)| {
            // What it asked for it does not call lost once it came.
            let lost_of_1000 = missed.max((u32::from(lost_of_256) * 1_000 / 256) as u16);
            Quality { lost_of_1000, jitter_us: jitter_us(jitter) }
        });
        let path =
            Path { kind: self.ice.kind(), over: used.over, round_trip_us: self.round_trip_us, up, down };
        to.push_back(Output::Event(Event::Path { call: self.call, leg: self.device, path }));
    }
}

/// Lost of those since it was told last; none when there were none.
fn lost_of_1000(told: &mut Sums, sums: Sums) -> Option<u16> {
    let before = std::mem::replace(told, sums);
    // Another stream counts from its own beginning.
    let frames = sums.frames.checked_sub(before.frames).unwrap_or(sums.frames);
    let lost = sums.lost.saturating_sub(before.lost);
    (lost * 1_000).checked_div(frames).map(|lost| lost.min(1_000) as u16)
}

fn jitter_us(samples: u32) -> u32 {
    let us = u64::from(samples) * 1_000_000 / CLOCK_HZ;
    u32::try_from(us).unwrap_or(u32::MAX)
}
