//! What goes to one leg: its slots, and how the numbers of a speaker become those of a slot.
//!
//! A slot's stream never starts anew: whoever is on it, sequence numbers go on by one and times go on with the clock. So the
//! device needs no news when speakers change, and no number is used for two frames.

use crate::{
    leg::{LegAt, kept::KeptFrame, up::Frame},
    limits::GAP_MAX,
    rtcp::{Block, write::Sent},
    rtp::{head, samples},
    srtp::{
        Srtp,
        window::{Window, nearest},
    },
};

/// A stretch of a speaker's frames without a pause: their numbers and times are shifted by the same amount.
#[derive(Debug, Clone, Copy)]
struct Run {
    first_up: u64,
    first_down: u64,
    highest_up: u64,
    timestamp_shift: u32,
}

/// Who is on a slot.
#[derive(Debug, Clone, Copy)]
struct Placed {
    leg: LegAt,
    stream: usize,
    run: Option<Run>,
    standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It may speak.
    Speaks,
    /// It may not speak any more; another one may have the slot when no other is free.
    Spare,
}

/// One of a leg's slots.
#[derive(Debug)]
pub(crate) struct Slot {
    opus: u8,
    ssrc: u32,
    placed: Option<Placed>,
    /// The whole number of the next frame.
    next: u64,
    /// Time of the newest frame, in samples, and when it was sent.
    timestamp: u32,
    sent_us: u64,
    packets: u32,
    bytes: u32,
    /// Packets at the last report.
    told_packets: u32,
    /// Which frames the device missed, so that one that it asks for twice counts once.
    missed: Window,
}

/// A frame as it goes out on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbered {
    index: u64,
    timestamp: u32,
    is_marked: bool,
}

/// What a leg's slots begin with, drawn at random.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) ssrc: u32,
    /// In the lower half, so that it does not turn before the device counts along (RFC 3711 §3.3.1).
    pub(crate) first: u16,
    pub(crate) timestamp: u32,
}

impl Slot {
    /// An empty one.
    pub(crate) fn new(opus: u8, start: Start) -> Self {
        Self {
            opus,
            ssrc: start.ssrc,
            placed: None,
            next: u64::from(start.first >> 1),
            timestamp: start.timestamp,
            sent_us: 0,
            packets: 0,
            bytes: 0,
            told_packets: 0,
            missed: Window::default(),
        }
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    fn holds(&self, speaker: LegAt) -> bool {
        self.placed.is_some_and(|placed| placed.leg == speaker)
    }

    /// Gives a frame of the speaker on this slot its number; none when it is from before the slot was the speaker's.
    fn number(&mut self, frame: &Frame, now_us: u64) -> Option<Numbered> {
        let placed = self.placed.as_mut()?;
        let goes_on = placed.run.filter(|run| {
            frame.stream == placed.stream && frame.index <= run.highest_up.saturating_add(GAP_MAX)
        });
        let mut run = goes_on.unwrap_or_else(|| {
            placed.stream = frame.stream;
            let passed = samples(now_us.saturating_sub(self.sent_us)) as u32;
            let timestamp =
                if self.packets == 0 { self.timestamp } else { self.timestamp.wrapping_add(passed.max(1)) };
            Run {
                first_up: frame.index,
                first_down: self.next,
                highest_up: frame.index,
                timestamp_shift: timestamp.wrapping_sub(frame.timestamp),
            }
        });
        run.highest_up = run.highest_up.max(frame.index);
        placed.run = Some(run);
        let index = run.first_down + frame.index.checked_sub(run.first_up)?;
        let timestamp = frame.timestamp.wrapping_add(run.timestamp_shift);
        if index >= self.next {
            self.next = index + 1;
            self.timestamp = timestamp;
            self.sent_us = now_us;
        }
        Some(Numbered { index, timestamp, is_marked: frame.is_marked || frame.index == run.first_up })
    }

    /// A frame of the speaker on this slot, sealed for the device.
    pub(crate) fn send(
        &mut self,
        srtp: &mut Srtp,
        frame: &Frame,
        payload: &[u8],
        now_us: u64,
    ) -> Option<Vec<u8>> {
        let numbered = self.number(frame, now_us)?;
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload.len() as u32);
        self.seal(srtp, numbered, payload)
    }

    fn seal(&self, srtp: &mut Srtp, numbered: Numbered, payload: &[u8]) -> Option<Vec<u8>> {
        let Numbered { index, timestamp, is_marked } = numbered;
        let head = head(self.opus, is_marked, index as u16, timestamp, self.ssrc);
        srtp.seal_rtp(&head, self.ssrc, index, payload)
    }

    /// Which frame of which speaker has this number on this slot; none when it is not of the speaker who is on it.
    fn frame_of(&self, sequence: u16) -> Option<Missed> {
        let placed = self.placed?;
        let run = placed.run?;
        let index = nearest(self.next, sequence).filter(|index| *index < self.next)?;
        let up = run.first_up + index.checked_sub(run.first_down)?;
        Some(Missed { leg: placed.leg, stream: placed.stream, up, index })
    }

    /// A frame once more: the very same packet, bit by bit.
    pub(crate) fn repeat(&self, srtp: &mut Srtp, missed: &Missed, kept: &KeptFrame) -> Option<Vec<u8>> {
        let run = self.placed?.run?;
        let numbered = Numbered {
            index: missed.index,
            timestamp: kept.timestamp.wrapping_add(run.timestamp_shift),
            is_marked: kept.is_marked || missed.up == run.first_up,
        };
        self.seal(srtp, numbered, &kept.payload)
    }

    /// What to report of this slot; none when nothing was sent since.
    pub(crate) fn sent(&mut self, now_us: u64) -> Option<Sent> {
        if self.packets == self.told_packets {
            return None;
        }
        self.told_packets = self.packets;
        let passed = samples(now_us.saturating_sub(self.sent_us)) as u32;
        Some(Sent {
            ssrc: self.ssrc,
            ntp: crate::rtcp::ntp(now_us),
            timestamp: self.timestamp.wrapping_add(passed),
            packets: self.packets,
            bytes: self.bytes,
        })
    }
}

/// A frame that a device misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missed {
    /// Whose.
    pub(crate) leg: LegAt,
    /// Of which stream.
    pub(crate) stream: usize,
    /// Its number there.
    pub(crate) up: u64,
    /// Its number on the slot.
    index: u64,
}

/// All slots of one leg.
#[derive(Debug)]
pub(crate) struct Down {
    pub(crate) slots: Vec<Slot>,
    /// The newest report block for each slot, and when it came.
    blocks: Vec<Option<(Block, u64)>>,
    /// Frames that the device missed at first.
    pub(crate) missed: u64,
}

impl Down {
    /// All empty.
    pub(crate) fn new(slots: Vec<Slot>) -> Self {
        let blocks = slots.iter().map(|_| None).collect();
        Self { slots, blocks, missed: 0 }
    }

    /// The slot of a speaker: the one it has, or a free one; none when there is none.
    pub(crate) fn slot_of(&mut self, speaker: LegAt) -> Option<&mut Slot> {
        let held = self.slots.iter().position(|slot| slot.holds(speaker));
        if let Some(held) = held {
            return self.slots.get_mut(held);
        }
        let is_spare = |slot: &Slot| slot.placed.is_some_and(|placed| placed.standing == Standing::Spare);
        // The one that was silent longest: what is still under way for its last speaker has arrived by now.
        let free = |slots: &[Slot], is_free: &dyn Fn(&Slot) -> bool| {
            let free = slots.iter().enumerate().filter(|(_, slot)| is_free(slot));
            free.min_by_key(|(_, slot)| slot.sent_us).map(|(place, _)| place)
        };
        let place =
            free(&self.slots, &|slot| slot.placed.is_none()).or_else(|| free(&self.slots, &is_spare))?;
        let slot = self.slots.get_mut(place)?;
        slot.placed = Some(Placed { leg: speaker, stream: 0, run: None, standing: Standing::Speaks });
        Some(slot)
    }

    fn placed(&mut self, speaker: LegAt) -> Option<&mut Placed> {
        self.slots.iter_mut().filter_map(|slot| slot.placed.as_mut()).find(|placed| placed.leg == speaker)
    }

    /// The speaker may not speak any more: its slot may be given away, and what it says later is another run.
    pub(crate) fn spare(&mut self, speaker: LegAt) {
        if let Some(placed) = self.placed(speaker) {
            placed.standing = Standing::Spare;
            placed.run = None;
        }
    }

    /// The speaker may speak again: the slot is its own, if it still has it.
    pub(crate) fn let_speak(&mut self, speaker: LegAt) {
        if let Some(placed) = self.placed(speaker) {
            placed.standing = Standing::Speaks;
        }
    }

    /// The speaker is not heard for a while: what it says later is another run.
    pub(crate) fn interrupt(&mut self, speaker: LegAt) {
        if let Some(placed) = self.placed(speaker) {
            placed.run = None;
        }
    }

    /// The speaker is gone, and its slot is free.
    pub(crate) fn free(&mut self, speaker: LegAt) {
        for slot in self.slots.iter_mut().filter(|slot| slot.holds(speaker)) {
            slot.placed = None;
        }
    }

    /// Nothing is sent for a while: what comes after it is another run of each speaker.
    pub(crate) fn pause(&mut self) {
        self.slots.iter_mut().filter_map(|slot| slot.placed.as_mut()).for_each(|placed| placed.run = None);
    }

    /// The slot of this SSRC.
    pub(crate) fn slot_by_ssrc(&mut self, ssrc: u32) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.ssrc == ssrc)
    }

    /// The device misses a frame. Gives which one it is, if it is still to be had.
    pub(crate) fn note_missed(&mut self, ssrc: u32, sequence: u16) -> Option<Missed> {
        let slot = self.slots.iter_mut().find(|slot| slot.ssrc == ssrc)?;
        let index = nearest(slot.next, sequence).filter(|index| *index < slot.next)?;
        if slot.missed.is_new(index) {
            slot.missed.note(index);
            self.missed += 1;
        }
        slot.frame_of(sequence)
    }

    /// The device says how it receives a slot; false when it is none of its slots.
    pub(crate) fn note_block(&mut self, block: Block, now_us: u64) -> bool {
        let place = self.slots.iter().position(|slot| slot.ssrc == block.ssrc);
        match place.and_then(|place| self.blocks.get_mut(place)) {
            Some(known) => {
                *known = Some((block, now_us));
                true
            }
            None => false,
        }
    }

    /// The worst of what the device said of its slots since this time.
    pub(crate) fn worst(&self, since_us: u64) -> Option<(u8, u32)> {
        let fresh = self.blocks.iter().flatten().filter(|(_, at_us)| *at_us >= since_us);
        fresh.map(|(block, _)| (block.lost_of_256, block.jitter)).reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))
    }
}
