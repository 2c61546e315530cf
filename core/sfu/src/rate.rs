//! How often something may happen: so many a second in the long run, so many at once.

/// A token bucket that is told the time. Counts in millionths, so that it needs no fractions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    per_second: u64,
    burst: u64,
    left: u64,
    last_us: u64,
}

/// One of what is counted.
const ONE: u64 = 1_000_000;

impl Rate {
    /// Full at the start.
    pub(crate) fn new(per_second: u64, burst: u64, now_us: u64) -> Self {
        Self { per_second, burst: burst * ONE, left: burst * ONE, last_us: now_us }
    }

    /// Takes one, if there is one.
    pub(crate) fn take(&mut self, now_us: u64) -> bool {
        let passed_us = now_us.saturating_sub(self.last_us);
        self.last_us = self.last_us.max(now_us);
        self.left = self.left.saturating_add(passed_us.saturating_mul(self.per_second)).min(self.burst);
        match self.left.checked_sub(ONE) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// How long until there is one.
    pub(crate) fn wait_us(&self) -> u64 {
        ONE.saturating_sub(self.left).div_ceil(self.per_second.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_so_many_a_second() {
        let mut rate = Rate::new(10, 3, 1_000);
        let mut taken = |now_us| (0..100).filter(|_| rate.take(now_us)).count();
        assert_eq!(taken(1_000), 3);
        assert_eq!(taken(100_999), 0);
        assert_eq!(taken(101_000), 1);
        assert_eq!(taken(401_000), 3);
        assert_eq!(taken(9_000_000), 3, "no more than at once is saved up");
        assert_eq!(taken(5_000_000), 0, "time that goes back brings nothing");
        assert_eq!(taken(u64::MAX), 3);
    }

    #[test]
    fn the_wait_is_long_enough_and_no_longer() {
        let mut rate = Rate::new(30, 1, 0);
        assert_eq!(rate.wait_us(), 0);
        assert!(rate.take(0));
        let wait_us = rate.wait_us();
        assert!(!rate.take(wait_us - 1));
        assert!(rate.take(wait_us));
    }
}
