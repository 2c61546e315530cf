//! Which packets of a sequence came already (RFC 3711 §3.3.2), and which number a cut one stands for (§3.3.1).

/// How far back the window reaches, in packets: 2.5 s of one speaker's frames.
pub(crate) const WINDOW: u64 = u128::BITS as u64;

/// The newest number that came, and which of those before it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    highest: Option<u64>,
    /// Bit 0 is the highest, bit 1 the one before.
    came: u128,
}

impl Window {
    /// The newest number that came.
    pub(crate) fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Whether it is new and not too old to tell.
    pub(crate) fn is_new(&self, number: u64) -> bool {
        let Some(highest) = self.highest else { return true };
        match highest.checked_sub(number) {
            None => true,
            Some(behind) => behind < WINDOW && self.came >> behind & 1 == 0,
        }
    }

    /// It came. Said only of what was authenticated: a forged packet must not push the window away.
    pub(crate) fn note(&mut self, number: u64) {
        let highest = self.highest.unwrap_or(number);
        match number.checked_sub(highest) {
            Some(ahead) => {
                self.came = if ahead < WINDOW { self.came << ahead } else { 0 };
                self.came |= 1;
                self.highest = Some(number);
            }
            None if highest - number < WINDOW => self.came |= 1 << (highest - number),
            None => {}
        }
    }

    /// The number whose low 16 bits are these and that is nearest to the highest; none when it would be below zero. A
    /// sequence begins at its first 16 bits.
    pub(crate) fn whole(&self, low: u16) -> Option<u64> {
        let Some(highest) = self.highest else { return Some(low.into()) };
        nearest(highest, low)
    }
}

/// The number whose low 16 bits are these and that is nearest to another one.
pub(crate) fn nearest(to: u64, low: u16) -> Option<u64> {
    const TURN: u64 = 1 << 16;
    let same_turn = to & !(TURN - 1) | u64::from(low);
    if same_turn > to.saturating_add(TURN / 2) {
        same_turn.checked_sub(TURN)
    } else if same_turn.saturating_add(TURN / 2) < to {
        same_turn.checked_add(TURN)
    } else {
        Some(same_turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(numbers: &[u64]) -> Window {
        let mut window = Window::default();
        numbers.iter().for_each(|number| window.note(*number));
        window
    }

    #[test]
    fn what_came_is_not_new_and_what_did_not_is() {
        let window = noted(&[10, 12, 11, 15]);
        for (number, is_new) in
            [(9, true), (10, false), (11, false), (12, false), (13, true), (15, false), (16, true)]
        {
            assert_eq!(window.is_new(number), is_new, "{number}");
        }
    }

    #[test]
    fn what_is_older_than_the_window_is_not_new() {
        let window = noted(&[1_000]);
        assert!(window.is_new(1_000 - WINDOW + 1));
        assert!(!window.is_new(1_000 - WINDOW));
        assert!(!window.is_new(0));
    }

    #[test]
    fn a_leap_forgets_what_lies_behind_the_window_and_nothing_else() {
        let window = noted(&[1_000, 1_000 + WINDOW - 1]);
        assert!(!window.is_new(1_000));
        let window = noted(&[1_000, 1_000 + WINDOW]);
        assert!(!window.is_new(1_000), "too old to tell");
        assert!(window.is_new(1_001));
        let window = noted(&[1_000, u64::MAX]);
        assert!(window.is_new(u64::MAX - 1) && !window.is_new(u64::MAX));
    }

    #[test]
    fn a_cut_number_stands_for_the_nearest_whole_one() {
        assert_eq!(Window::default().whole(65_535), Some(65_535));
        for (highest, low, whole) in [
            (100, 101, 101),
            (100, 99, 99),
            (65_535, 0, 65_536),
            (65_536, 65_535, 65_535),
            (65_530, 5, 65_541),
            (3 << 16, 0x8000, (3 << 16) + 0x8000),
            (3 << 16, 0x8001, (2 << 16) + 0x8001),
        ] {
            assert_eq!(noted(&[highest]).whole(low), Some(whole), "{low} near {highest}");
        }
        assert_eq!(noted(&[5]).whole(65_530), None, "from before the beginning");
        assert_eq!(noted(&[u64::MAX]).whole(0), None, "from after the end");
    }
}
