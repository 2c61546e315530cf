//! This machine's clock: expiry, age and duty are judged by it.

use super::Check;

/// 1 November 2026: no machine that runs this is older.
const EARLIEST_MS: u64 = 1_793_491_200_000;
/// A server's clock may be off by this much before its acts look odd to people.
const SKEW_MS: u64 = 60_000;

/// Does it go right? `last_ms`: when the newest entry was logged.
pub fn sane(now_ms: u64, last_ms: Option<u64>) -> Check {
    const NAME: &str = "clock";
    let mend = "set the clock by the network (for instance with `timedatectl set-ntp true`) before starting the server";
    if now_ms < EARLIEST_MS {
        return Check::wrong(NAME, "it shows a time before this program was made", mend);
    }
    match last_ms {
        Some(last_ms) if last_ms > now_ms + SKEW_MS => Check::wrong(
            NAME,
            format!(
                "the newest entry was logged {} s after now: the clock was ahead then, or is behind now; until it has \
                 caught up, every entry carries that time",
                (last_ms - now_ms) / 1000
            ),
            mend,
        ),
        Some(_) => Check::good(NAME, "it is not behind the newest entry of the log"),
        None => Check::good(NAME, "it shows a time after this program was made"),
    }
}
