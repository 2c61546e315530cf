//! What comes from one leg: its streams, told apart, in the clear of SRTP and still sealed by the device.

use crate::{
    leg::{kept::Kept, missing::MissingFrames, reception::Reception},
    limits::STREAMS_MAX,
    rtp::{Head, unpadded},
    srtp::{Srtp, window::Window},
};

/// A frame that came. Its payload is at the start of the buffer that [`Up::receive`] was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Which of the leg's streams, by their order.
    pub(crate) stream: usize,
    /// The whole sequence number.
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) is_marked: bool,
    /// How long the payload is.
    pub(crate) bytes: usize,
}

/// Why a datagram is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreceived {
    /// Not RTP, another payload type, or one SSRC too many.
    Strange,
    /// It came before, or is too old to tell.
    Repeated,
    /// Forged or damaged.
    Forged,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    window: Window,
    reception: Reception,
}

/// What comes from one leg.
#[derive(Debug)]
pub(crate) struct Up {
    opus: u8,
    /// In the order in which they began. None is ever forgotten: its window must last as long as the keys.
    streams: Vec<Stream>,
    pub(crate) missing: MissingFrames,
    pub(crate) kept: Kept,
}

impl Up {
    /// By the payload type that was agreed.
    pub(crate) fn new(opus: u8) -> Self {
        Self { opus, streams: Vec::new(), missing: MissingFrames::default(), kept: Kept::default() }
    }

    /// Opens a datagram of RTP into `to`.
    pub(crate) fn receive(
        &mut self,
        srtp: &mut Srtp,
        packet: &[u8],
        now_us: u64,
        to: &mut [u8],
    ) -> Result<Frame, Unreceived> {
        let head = Head::read(packet).filter(|head| head.payload_type == self.opus);
        let head = head.ok_or(Unreceived::Strange)?;
        let place = self.streams.iter().position(|stream| stream.ssrc == head.ssrc);
        let window = match place.and_then(|place| self.streams.get(place)) {
            Some(stream) => stream.window,
            None if self.streams.len() < STREAMS_MAX => Window::default(),
            None => return Err(Unreceived::Strange),
        };
        let (index, length) = open(srtp, &window, packet, &head, to)?;
        let stream = place.unwrap_or(self.streams.len());
        if place.is_none() {
            // Only what is authentic begins a stream.
            self.streams.push(Stream { ssrc: head.ssrc, window, reception: Reception::default() });
            self.missing.begin_anew();
        }
        let is_newest = stream + 1 == self.streams.len();
        let Some(known) = self.streams.get_mut(stream) else { return Err(Unreceived::Strange) };
        let before = known.window.highest();
        known.window.note(index);
        if !is_newest {
            // The leg began another stream; what is still under way of the old one is of no use.
            return Err(Unreceived::Repeated);
        }
        known.reception.note(index, head.timestamp, now_us);
        match before {
            Some(before) if index > before => self.missing.note_gap(before, index, now_us),
            Some(_) => self.missing.note_came(index),
            None => {}
        }
        let bytes = to
            .get(..length)
            .and_then(|payload| unpadded(payload, head.is_padded))
            .map(<[u8]>::len)
            .ok_or(Unreceived::Strange)?;
        let (timestamp, is_marked) = (head.timestamp, head.is_marked);
        Ok(Frame { stream, index, timestamp, is_marked, bytes })
    }

    /// The newest stream's SSRC and counts.
    pub(crate) fn newest(&mut self) -> Option<(u32, &mut Reception)> {
        self.streams.last_mut().map(|stream| (stream.ssrc, &mut stream.reception))
    }

    /// Counts of the stream of this SSRC.
    pub(crate) fn reception(&mut self, ssrc: u32) -> Option<&mut Reception> {
        self.streams.iter_mut().find(|stream| stream.ssrc == ssrc).map(|stream| &mut stream.reception)
    }
}

/// Opens a packet that is new in its window. Nothing is noted: that is for what came of it.
fn open(
    srtp: &mut Srtp,
    window: &Window,
    packet: &[u8],
    head: &Head,
    to: &mut [u8],
) -> Result<(u64, usize), Unreceived> {
    let index = window.whole(head.sequence).ok_or(Unreceived::Repeated)?;
    if !window.is_new(index) {
        return Err(Unreceived::Repeated);
    }
    let length = srtp.open_rtp(packet, head.bytes, head.ssrc, index, to).ok_or(Unreceived::Forged)?;
    Ok((index, length))
}
