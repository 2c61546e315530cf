//! A device on a call: str0m as the client of the sfu.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use chancery_sfu::io::Transport;
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    format::{Codec, FormatParams},
    media::{Direction, Frequency, MediaKind, Mid, Pt},
    net::{Protocol, Receive},
    rtp::{
        ExtensionMap, RawPacket, RtpWrite,
        rtcp::{ReceptionReport, Rtcp, SenderInfo},
    },
};

use crate::network::Packet;

/// What a device is like.
#[derive(Clone, Copy)]
pub(crate) struct Make {
    pub(crate) slots: usize,
    pub(crate) over: Transport,
}

/// As the contract of the call has it.
pub(crate) const USUAL: Make = Make { slots: 8, over: Transport::Udp };

/// A frame as it came out of SRTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) at_us: u64,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) frame: Vec<u8>,
}

pub(crate) struct Device {
    rtc: Rtc,
    start: Instant,
    start_us: u64,
    make: Make,
    /// As the sfu sees it, and as the device itself does.
    pub(crate) address: SocketAddr,
    local: SocketAddr,
    pending: Option<SdpPendingOffer>,
    sends: Mid,
    receives: Vec<Mid>,
    pub(crate) wake_us: u64,
    pub(crate) is_connected: bool,
    sequence: u64,
    pub(crate) said: u64,
    pub(crate) heard: Vec<Heard>,
    /// Sequence numbers that the sfu asked for.
    pub(crate) asked: Vec<u16>,
    /// What the sfu reported of what the device sends, and of what it sends to the device.
    pub(crate) told: Vec<ReceptionReport>,
    pub(crate) sent_to: Vec<SenderInfo>,
    /// It does not send again what it is asked for.
    pub(crate) never_repeats: bool,
    /// Frames by their number, to be sent again as they were.
    kept: Vec<(u64, u32, Vec<u8>)>,
    /// What it offers.
    pub(crate) offer: String,
}

const OPUS: u8 = 111;
const FRAME: u32 = 960;

impl Device {
    pub(crate) fn new(start: Instant, start_us: u64, now_us: u64, address: SocketAddr, make: Make) -> Self {
        let mut config = Rtc::builder()
            .clear_codecs()
            .set_rtp_mode(true)
            .set_stats_interval(None)
            .set_extension_map(ExtensionMap::empty())
            .enable_raw_packets(true);
        let format = FormatParams { min_p_time: Some(10), use_inband_fec: Some(true), ..Default::default() };
        let opus = Pt::new_with_value(OPUS);
        config.codec_config().add_config(
            opus,
            None,
            Codec::Opus,
            Frequency::FORTY_EIGHT_KHZ,
            Some(2),
            format,
        );
        let mut rtc = config.build(start + Duration::from_micros(now_us - start_us));
        let candidate = match make.over {
            Transport::Udp => Candidate::host(address, "udp").unwrap(),
            Transport::Tcp => {
                Candidate::builder().tcp().host(address).tcptype(str0m::net::TcpType::Active).build().unwrap()
            }
        };
        rtc.add_local_candidate(candidate);
        let mut changes = rtc.sdp_api();
        let sends = changes.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        let receives = (0..make.slots)
            .map(|_| changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None))
            .collect();
        let (offer, pending) = changes.apply().unwrap();
        let mut device = Self {
            rtc,
            start,
            start_us,
            make,
            address,
            local: address,
            pending: Some(pending),
            sends,
            receives,
            wake_us: now_us,
            is_connected: false,
            sequence: 1_000,
            said: 0,
            heard: Vec::new(),
            asked: Vec::new(),
            told: Vec::new(),
            sent_to: Vec::new(),
            never_repeats: false,
            kept: Vec::new(),
            offer: with_nack(&offer.to_sdp_string()),
        };
        device.poll(now_us, &mut Vec::new());
        device
    }

    /// It takes the answer and begins to ping.
    pub(crate) fn accept(&mut self, answer: &str, now_us: u64, sent: &mut Vec<Packet>) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
        self.poll(now_us, sent);
        self.pass(now_us, sent);
    }

    pub(crate) fn pass(&mut self, now_us: u64, sent: &mut Vec<Packet>) {
        self.rtc.handle_input(Input::Timeout(self.instant(now_us))).unwrap();
        self.poll(now_us, sent);
    }

    pub(crate) fn take(&mut self, now_us: u64, packet: &Packet, sent: &mut Vec<Packet>) {
        let proto = protocol(packet.over);
        let Ok(receive) = Receive::new(proto, packet.from, self.local, &packet.bytes) else { return };
        self.rtc.handle_input(Input::Receive(self.instant(now_us), receive)).unwrap();
        self.poll(now_us, sent);
    }

    /// It sends a frame, 20 ms after the one before.
    pub(crate) fn say(&mut self, frame: Vec<u8>, now_us: u64, sent: &mut Vec<Packet>) {
        let (sequence, timestamp) = (self.sequence, (self.sequence as u32).wrapping_mul(FRAME));
        self.sequence += 1;
        self.said += 1;
        self.kept.push((sequence, timestamp, frame.clone()));
        self.write(sequence, timestamp, frame, now_us, sent);
    }

    /// It says nothing for so many frames, and counts on as if it had.
    pub(crate) fn skip(&mut self, frames: u64) {
        self.sequence += frames;
    }

    /// It says good-bye.
    pub(crate) fn close(&mut self, now_us: u64, sent: &mut Vec<Packet>) {
        self.rtc.close().unwrap();
        self.poll(now_us, sent);
    }

    /// Its network gives it another address, as a telephone that leaves the house: it does not know itself.
    pub(crate) fn move_to(&mut self, address: SocketAddr) {
        self.address = address;
    }

    fn write(&mut self, sequence: u64, timestamp: u32, frame: Vec<u8>, now_us: u64, sent: &mut Vec<Packet>) {
        let now = self.instant(now_us);
        let write = RtpWrite::new(Pt::new_with_value(OPUS), sequence.into(), timestamp, now, frame);
        let mut direct = self.rtc.direct_api();
        direct.stream_tx_by_mid(self.sends, None).unwrap().write_rtp(write);
        self.poll(now_us, sent);
        self.pass(now_us, sent);
    }

    /// As browsers do for sound, it asks for what is missing and gets it as it was: str0m would want another stream for it.
    fn ask_too(&mut self) {
        for mid in self.receives.clone() {
            if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
                stream.suppress_nack(false);
            }
        }
    }

    fn instant(&self, us: u64) -> Instant {
        self.start + Duration::from_micros(us - self.start_us)
    }

    fn poll(&mut self, now_us: u64, sent: &mut Vec<Packet>) {
        let mut again = Vec::new();
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => {
                    let us = at.saturating_duration_since(self.start).as_nanos().div_ceil(1_000);
                    self.wake_us = (self.start_us + us as u64).max(now_us + 1);
                    break;
                }
                Output::Transmit(transmit) => sent.push(Packet {
                    over: self.make.over,
                    from: self.address,
                    to: transmit.destination,
                    bytes: transmit.contents.to_vec(),
                }),
                Output::Event(event) => again.extend(self.event(event, now_us)),
            }
        }
        for (sequence, timestamp, frame) in again {
            self.write(sequence, timestamp, frame, now_us, sent);
        }
    }

    /// Gives the frames that are to be sent again as they were.
    fn event(&mut self, event: Event, now_us: u64) -> Vec<(u64, u32, Vec<u8>)> {
        match event {
            Event::Connected => {
                self.is_connected = true;
                self.ask_too();
                Vec::new()
            }
            Event::RtpPacket(packet) => {
                self.heard.push(Heard {
                    at_us: now_us,
                    ssrc: *packet.header.ssrc,
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    frame: packet.payload.to_vec(),
                });
                Vec::new()
            }
            Event::RawPacket(raw) => match *raw {
                RawPacket::RtcpRx(Rtcp::Nack(nack)) => self.asked_for(&nack),
                RawPacket::RtcpRx(Rtcp::SenderReport(report)) => {
                    self.told.extend(report.reports.iter().copied());
                    self.sent_to.push(report.sender_info);
                    Vec::new()
                }
                RawPacket::RtcpRx(Rtcp::ReceiverReport(report)) => {
                    self.told.extend(report.reports.iter().copied());
                    Vec::new()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn asked_for(&mut self, nack: &str0m::rtp::rtcp::Nack) -> Vec<(u64, u32, Vec<u8>)> {
        let mut again = Vec::new();
        for entry in nack.reports.iter() {
            let following =
                (0..16).filter(|bit| entry.blp >> bit & 1 == 1).map(|bit| entry.pid.wrapping_add(bit + 1));
            for sequence in std::iter::once(entry.pid).chain(following) {
                self.asked.push(sequence);
                again.extend(self.kept.iter().find(|(known, ..)| *known as u16 == sequence).cloned());
            }
        }
        if self.never_repeats { Vec::new() } else { again }
    }
}

/// str0m does not offer NACK for sound; the devices of a call do.
fn with_nack(offer: &str) -> String {
    offer.replace("a=rtpmap:111 opus/48000/2\r\n", "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack\r\n")
}

fn protocol(over: Transport) -> Protocol {
    match over {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp => Protocol::Tcp,
    }
}
