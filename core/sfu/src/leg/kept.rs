//! The newest frames of one speaker, so that they can be sent again to who misses them.

use std::collections::VecDeque;

use crate::{leg::up::Frame, limits::KEPT_FRAMES};

/// One frame as it is kept.
#[derive(Debug)]
pub(crate) struct KeptFrame {
    pub(crate) stream: usize,
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) is_marked: bool,
    pub(crate) payload: Vec<u8>,
}

/// The newest [`KEPT_FRAMES`] frames, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Kept(VecDeque<KeptFrame>);

impl Kept {
    /// Keeps a frame, in place of the oldest.
    pub(crate) fn keep(&mut self, frame: &Frame, payload: &[u8]) {
        let oldest = if self.0.len() < KEPT_FRAMES { None } else { self.0.pop_front() };
        // The oldest one's memory is used again: 50 frames a second for hours.
        let mut bytes = oldest.map_or_else(Vec::new, |oldest| oldest.payload);
        bytes.clear();
        bytes.extend_from_slice(payload);
        self.0.push_back(KeptFrame {
            stream: frame.stream,
            index: frame.index,
            timestamp: frame.timestamp,
            is_marked: frame.is_marked,
            payload: bytes,
        });
    }

    /// A frame, if it is still kept.
    pub(crate) fn get(&self, stream: usize, index: u64) -> Option<&KeptFrame> {
        // Newest first: what is missed was sent a moment ago.
        self.0.iter().rev().find(|kept| kept.index == index && kept.stream == stream)
    }
}
