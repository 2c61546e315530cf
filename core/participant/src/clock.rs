//! What time it is at the desk. The device's own clock may be wrong, or be set while it runs, and the device may sleep.
//! So waits are counted in small steps, and dates are the server's, whose clock is learnt at each welcome. The server may
//! lie about it: within bounds, and seen.

use chancery_desk::ages::{CLOCK_AHEAD_MS, DAY_MS};

/// The server's clock is followed ahead of everything else that this device knows by at most this much: it covers a wrong
/// time zone, and bounds for how long a lying server can make an act good.
pub const AHEAD_MAX_MS: u64 = DAY_MS;

/// Clocks that differ by more are an alarm: it is as much as the rules take.
pub const DIFFER_MS: u64 = CLOCK_AHEAD_MS;

/// Clocks that differ by less agree: it is the time that a message takes.
const AGREE_MS: u64 = 1_000;

/// A step of the device's clock counts as a wait of at most this much: a larger one is a clock that was set, or a device
/// that slept, and whatever was under way gets its time anew.
pub const STEP_MAX_MS: u64 = 10_000;

/// After a correction back by at most this much, time stands still instead. The rules take twice as much.
const STAND_STILL_MAX_MS: u64 = CLOCK_AHEAD_MS / 2;

/// When something was said, as the device knew then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidAt {
    /// By the device's own clock.
    pub own_ms: u64,
    /// By the desk's, if it was known.
    pub desk_ms: Option<u64>,
}

/// The device's clock and what it knows of the server's.
#[derive(Debug, Clone)]
pub struct Clock {
    told_ms: u64,
    /// What was told, without the steps back.
    own_ms: u64,
    /// For waits.
    awake_ms: u64,
    /// The server's clock minus `own_ms`, as last learnt.
    ahead_ms: Option<i64>,
    /// The newest time in the log, as checked.
    logged_ms: u64,
    /// Where time stands still.
    least_ms: u64,
}

impl Clock {
    /// A device's clock when the device starts.
    pub fn new(now_ms: u64) -> Self {
        Self { told_ms: now_ms, own_ms: now_ms, awake_ms: now_ms, ahead_ms: None, logged_ms: 0, least_ms: 0 }
    }

    /// Tells the time by the device's own clock. A clock that is set back loses the moment in which it was; one that is
    /// set ahead looks like a device that slept.
    pub fn tell(&mut self, now_ms: u64) {
        let step_ms = now_ms.saturating_sub(self.told_ms);
        self.own_ms = self.own_ms.saturating_add(step_ms);
        self.awake_ms = self.awake_ms.saturating_add(step_ms.min(STEP_MAX_MS));
        self.told_ms = now_ms;
    }

    /// For waits: goes on while the device is awake, whatever its clock shows. It is no date.
    pub fn awake_ms(&self) -> u64 {
        self.awake_ms
    }

    /// When `awake_ms` will be this, by the device's clock.
    pub fn shown_ms(&self, awake_ms: u64) -> u64 {
        self.told_ms.saturating_add(awake_ms.saturating_sub(self.awake_ms))
    }

    /// What time it is at the desk.
    pub fn desk_ms(&self) -> u64 {
        let most = self.own_ms.max(self.logged_ms).saturating_add(AHEAD_MAX_MS);
        let desk_ms = self.claimed_ms().max(self.logged_ms).min(most);
        let stands_still = self.least_ms.saturating_sub(desk_ms) <= STAND_STILL_MAX_MS;
        if stands_still { desk_ms.max(self.least_ms) } else { desk_ms }
    }

    /// The moment, for what is said in it.
    pub fn said_at(&self) -> SaidAt {
        SaidAt { own_ms: self.own_ms, desk_ms: self.ahead_ms.map(|_| self.desk_ms()) }
    }

    /// The date for an act: when it was said, by the desk's clock, and never in the future. If the device's clock was set
    /// between then and now, what it knew then and what it knows now differ; the later is taken, so that nothing
    /// becomes too old by it.
    pub fn date_ms(&self, said: SaidAt) -> u64 {
        let now_ms = self.desk_ms();
        let own_ms = moved(said.own_ms, difference(now_ms, self.own_ms));
        let dates = [Some(own_ms), said.desk_ms].into_iter().flatten();
        dates.filter(|date_ms| *date_ms <= now_ms).max().unwrap_or(now_ms)
    }

    /// Something that has its date already, to be said again under it.
    pub fn dated(&self, date_ms: u64) -> SaidAt {
        SaidAt { own_ms: moved(date_ms, difference(self.own_ms, self.desk_ms())), desk_ms: Some(date_ms) }
    }

    /// The server says what time it is. None when that is known; otherwise by how much it is ahead of the device.
    pub fn learn(&mut self, server_ms: u64) -> Option<i64> {
        let ahead_ms = difference(server_ms, self.own_ms);
        let agreed = self.ahead_ms.unwrap_or(0);
        if ahead_ms.abs_diff(agreed) < AGREE_MS {
            self.ahead_ms = Some(agreed);
            return None;
        }
        let was_known = self.ahead_ms.is_some();
        let before_ms = self.desk_ms();
        self.ahead_ms = Some(if ahead_ms.unsigned_abs() < AGREE_MS { 0 } else { ahead_ms });
        self.least_ms = if was_known { before_ms } else { 0 };
        Some(ahead_ms)
    }

    /// A checked entry says when it was logged: it can not be later now. None when that fits; otherwise by how much the
    /// entry is ahead of the device.
    pub fn saw_logged(&mut self, logged_ms: u64) -> Option<i64> {
        let known_ms = self.claimed_ms().max(self.own_ms).max(self.logged_ms);
        self.logged_ms = self.logged_ms.max(logged_ms);
        let is_news = logged_ms > known_ms.saturating_add(DIFFER_MS);
        is_news.then(|| difference(logged_ms, self.own_ms))
    }

    fn claimed_ms(&self) -> u64 {
        moved(self.own_ms, self.ahead_ms.unwrap_or(0))
    }
}

fn difference(of_ms: u64, from_ms: u64) -> i64 {
    let by_ms = i64::try_from(of_ms.abs_diff(from_ms)).unwrap_or(i64::MAX);
    if of_ms < from_ms { -by_ms } else { by_ms }
}

fn moved(time_ms: u64, by_ms: i64) -> u64 {
    time_ms.saturating_add_signed(by_ms)
}
