//! Which counters of one key have been opened, so that none is opened twice.

/// How far behind the newest frame another may come: 5 s of sound, more than any player waits for.
pub(super) const WINDOW_FRAMES: u64 = 256;

const WORD_BITS: u64 = u64::BITS as u64;
const WORDS: usize = (WINDOW_FRAMES / WORD_BITS) as usize;

/// Where a counter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Never opened, and not too far behind.
    Fresh,
    /// Opened before.
    Seen,
    /// So far behind that nobody remembers.
    TooOld,
}

/// Remembers the newest [`WINDOW_FRAMES`] counters of one key. Only what has opened is recorded: a forged counter must
/// not push true ones out.
#[derive(Debug, Default)]
pub(super) struct ReplayWindow {
    newest: Option<u64>,
    /// One bit for each counter, by its remainder.
    seen: [u64; WORDS],
}

impl ReplayWindow {
    fn bit(counter: u64) -> (usize, u64) {
        let remainder = counter % WINDOW_FRAMES;
        ((remainder / WORD_BITS) as usize, 1 << (remainder % WORD_BITS))
    }

    pub(super) fn place(&self, counter: u64) -> Place {
        let Some(newest) = self.newest.filter(|newest| counter <= *newest) else { return Place::Fresh };
        if newest - counter >= WINDOW_FRAMES {
            return Place::TooOld;
        }
        let (word, bit) = Self::bit(counter);
        let seen = self.seen.get(word).is_some_and(|word| word & bit != 0);
        if seen { Place::Seen } else { Place::Fresh }
    }

    pub(super) fn record(&mut self, counter: u64) {
        let ahead = match self.newest {
            None => WINDOW_FRAMES,
            Some(newest) => counter.saturating_sub(newest),
        };
        if ahead >= WINDOW_FRAMES {
            self.seen = [0; WORDS];
        } else {
            // The places of the counters between belonged to others, a whole window ago.
            for skipped in 0..ahead {
                let (word, bit) = Self::bit(counter - skipped);
                if let Some(word) = self.seen.get_mut(word) {
                    *word &= !bit;
                }
            }
        }
        self.newest = Some(self.newest.map_or(counter, |newest| newest.max(counter)));
        let (word, bit) = Self::bit(counter);
        if let Some(word) = self.seen.get_mut(word) {
            *word |= bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_counter_is_fresh_once() {
        let mut window = ReplayWindow::default();
        assert_eq!(window.place(7), Place::Fresh);
        window.record(7);
        assert_eq!(window.place(7), Place::Seen);
        assert_eq!(window.place(6), Place::Fresh);
        assert_eq!(window.place(8), Place::Fresh);
    }

    #[test]
    fn a_counter_a_whole_window_behind_is_too_old_and_one_less_is_not() {
        let mut window = ReplayWindow::default();
        window.record(1_000);
        assert_eq!(window.place(1_000 - WINDOW_FRAMES), Place::TooOld);
        assert_eq!(window.place(1_001 - WINDOW_FRAMES), Place::Fresh);
    }

    #[test]
    fn a_jump_to_the_last_counter_forgets_all_before_and_stays_in_bounds() {
        let mut window = ReplayWindow::default();
        window.record(5);
        window.record(u64::MAX);
        assert_eq!(window.place(u64::MAX), Place::Seen);
        assert_eq!(window.place(u64::MAX - 1), Place::Fresh);
        assert_eq!(window.place(5), Place::TooOld);
    }

    proptest! {
        /// Against the plain statement of the rule: a set of all that was recorded.
        #[test]
        fn it_agrees_with_a_list_of_all_counters(steps in proptest::collection::vec(0_u64..1_500, 1..400)) {
            let mut window = ReplayWindow::default();
            let mut all = BTreeSet::new();
            for counter in steps {
                let newest = all.last().copied();
                let expected = match newest {
                    Some(newest) if counter + WINDOW_FRAMES <= newest => Place::TooOld,
                    _ if all.contains(&counter) => Place::Seen,
                    _ => Place::Fresh,
                };
                prop_assert_eq!(window.place(counter), expected);
                if expected == Place::Fresh {
                    window.record(counter);
                    all.insert(counter);
                }
            }
        }
    }
}
