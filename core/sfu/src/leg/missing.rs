//! Frames of one stream that did not come, and when to ask for them.

use std::collections::VecDeque;

use crate::limits::{ASK_AGAIN_US, ASKED_FOR_US, ASKED_TIMES_MAX, GAP_MAX, REORDERED_US};

/// More are not remembered: they are too old to be waited for.
const MISSING_MAX: usize = 3 * GAP_MAX as usize;

#[derive(Debug, Clone, Copy)]
struct Missing {
    index: u64,
    since_us: u64,
    next_us: u64,
    asked: u8,
}

/// What is missing, oldest first.
#[derive(Debug, Default)]
pub(crate) struct MissingFrames {
    frames: VecDeque<Missing>,
    /// Frames that did not come in their order and were still missing a moment later.
    pub(crate) lost: u64,
    /// Of those, how many came after they were asked for.
    pub(crate) recovered: u64,
}

impl MissingFrames {
    /// Frames between these two did not come.
    pub(crate) fn note_gap(&mut self, before: u64, after: u64, now_us: u64) {
        let gap = after.saturating_sub(before).saturating_sub(1);
        if gap > GAP_MAX {
            // A pause of the sender or of the network: too old to be played when it comes.
            self.frames.clear();
            return;
        }
        for index in before + 1..after {
            let next_us = now_us + REORDERED_US;
            self.frames.push_back(Missing { index, since_us: now_us, next_us, asked: 0 });
        }
        while self.frames.len() > MISSING_MAX {
            self.frames.pop_front();
        }
    }

    /// Another stream begins; what is missing of the one before is of no use any more.
    pub(crate) fn begin_anew(&mut self) {
        self.frames.clear();
    }

    /// This one came after all.
    pub(crate) fn note_came(&mut self, index: u64) {
        let Some(place) = self.frames.iter().position(|missing| missing.index == index) else { return };
        if self.frames.remove(place).is_some_and(|missing| missing.asked > 0) {
            self.recovered += 1;
        }
    }

    /// When to ask next.
    pub(crate) fn due_us(&self) -> Option<u64> {
        self.frames.iter().map(|missing| missing.next_us).min()
    }

    /// What is due now, oldest first, taken as asked for.
    pub(crate) fn ask(&mut self, now_us: u64, round_trip_us: Option<u32>) -> Vec<u16> {
        let again_us = round_trip_us.map_or(0, u64::from) + REORDERED_US;
        let again_us = now_us + again_us.max(ASK_AGAIN_US);
        let mut due = Vec::new();
        let lost = &mut self.lost;
        self.frames.retain_mut(|missing| {
            if missing.next_us > now_us {
                return true;
            }
            if missing.asked == 0 {
                *lost += 1;
            }
            if missing.asked == ASKED_TIMES_MAX || now_us > missing.since_us + ASKED_FOR_US {
                return false;
            }
            missing.asked += 1;
            missing.next_us = again_us;
            due.push(missing.index as u16);
            true
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_asked_for_after_a_moment_and_then_again() {
        let mut missing = MissingFrames::default();
        missing.note_gap(10, 13, 0);
        assert_eq!(missing.due_us(), Some(REORDERED_US));
        assert_eq!(missing.ask(REORDERED_US - 1, None), []);
        assert_eq!(missing.ask(REORDERED_US, None), [11, 12]);
        assert_eq!(missing.due_us(), Some(REORDERED_US + ASK_AGAIN_US));
        missing.note_came(11);
        // On a longer way it waits for as long as an answer takes.
        assert_eq!(missing.ask(REORDERED_US + ASK_AGAIN_US, Some(200_000)), [12]);
        assert_eq!(missing.due_us(), Some(REORDERED_US + ASK_AGAIN_US + 200_000 + REORDERED_US));
        assert_eq!((missing.lost, missing.recovered), (2, 1));
    }

    #[test]
    fn what_comes_a_little_later_was_never_lost() {
        let mut missing = MissingFrames::default();
        missing.note_gap(10, 12, 0);
        missing.note_came(11);
        assert_eq!(missing.due_us(), None);
        assert_eq!(missing.ask(REORDERED_US, None), []);
        assert_eq!((missing.lost, missing.recovered), (0, 0));
    }

    #[test]
    fn asking_ends() {
        let mut missing = MissingFrames::default();
        missing.note_gap(10, 12, 0);
        let mut asked = 0;
        while let Some(due_us) = missing.due_us() {
            asked += missing.ask(due_us, None).len();
        }
        assert_eq!(asked, usize::from(ASKED_TIMES_MAX));
        missing.note_gap(10, 12, 0);
        assert_eq!(missing.ask(ASKED_FOR_US + 1, None), []);
        assert_eq!(missing.due_us(), None);
        assert_eq!((missing.lost, missing.recovered), (2, 0));
    }

    #[test]
    fn a_pause_is_not_asked_for_and_ends_what_was() {
        let mut missing = MissingFrames::default();
        missing.note_gap(10, 12, 0);
        missing.note_gap(12, 14 + GAP_MAX, 0);
        assert_eq!(missing.due_us(), None);
    }

    #[test]
    fn no_more_is_remembered_than_can_be_waited_for() {
        let mut missing = MissingFrames::default();
        for gap in 0..100 {
            missing.note_gap(gap * 100, gap * 100 + GAP_MAX, 0);
        }
        assert_eq!(missing.ask(REORDERED_US, None).len(), MISSING_MAX);
    }
}
