//! Media of a leg: frames go to the others and to the tape, reports are taken.

use super::{Sfu, Tape};
use crate::{
    event::Event,
    io::Output,
    leg::{LegAt, up::Frame},
};

impl Sfu {
    pub(super) fn media(&mut self, place: usize, bytes: &[u8]) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        leg.statistics.datagrams_up += 1;
        leg.statistics.bytes_up += bytes.len() as u64;
        match bytes.get(1) {
            // RTP and RTCP on one port (RFC 5761 §4).
            Some(192..=223) => self.reports(place, bytes),
            Some(_) | None => self.frame(place, bytes),
        }
        self.schedule(place);
    }

    fn frame(&mut self, place: usize, bytes: &[u8]) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        let Some(frame) = leg.receive(bytes, self.now_us, &mut self.buffer) else { return };
        leg.heard(self.now_us, &mut self.outputs);
        let Some(payload) = self.buffer.get(..frame.bytes) else { return };
        let leaf = match leg.judge(payload) {
            Ok(leaf) => leaf,
            Err(cause) => {
                leg.drop_frame(cause, self.now_us, &mut self.outputs);
                return;
            }
        };
        leg.statistics.frames_up += 1;
        leg.up.kept.keep(&frame, payload);
        let (call, device, speaker) = (leg.call, leg.device, leg.at);
        if self.calls.get(&call).is_some_and(|call| call.tape == Tape::On) {
            self.outputs.push_back(Output::Event(Event::Taped {
                call,
                leg: device,
                leaf,
                at_us: self.now_us,
                frame: payload.to_vec(),
            }));
        }
        self.forward(speaker, &frame);
    }

    /// To every other leg of the call.
    fn forward(&mut self, speaker: LegAt, frame: &Frame) {
        let Some(payload) = self.buffer.get(..frame.bytes) else { return };
        let Some(call) = self.legs.get(speaker.place).and_then(|leg| self.calls.get(&leg.call)) else {
            return;
        };
        for place in call.legs.iter().filter(|place| **place != speaker.place) {
            if let Some(listener) = self.legs.get_mut(*place) {
                listener.hear(speaker, frame, payload, self.now_us, &mut self.outputs);
            }
        }
    }

    fn reports(&mut self, place: usize, bytes: &[u8]) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        let missed = leg.take_reports(bytes, self.now_us, &mut self.outputs);
        for (ssrc, missed) in missed {
            let Some((listener, speaker)) = self.legs.two(place, missed.leg) else { continue };
            let kept = speaker.and_then(|speaker| speaker.up.kept.get(missed.stream, missed.up));
            listener.repeat(ssrc, &missed, kept, self.now_us, &mut self.outputs);
        }
    }
}
