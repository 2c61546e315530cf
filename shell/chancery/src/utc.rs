//! Times for people: milliseconds since 1970 as a date in UTC, and back from what somebody typed.

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Why a text is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as 20m, 3h, 2d or 2026-01-31T16:00 (UTC), got {0:?}")]
pub struct NoTime(pub String);

/// "2026-01-31 16:00", UTC.
pub fn minute(ms: u64) -> String {
    let (year, month, day) = civil(ms / DAY_MS);
    let (hour, minute) = (ms % DAY_MS / HOUR_MS, ms % HOUR_MS / MINUTE_MS);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// "16:00:07", UTC.
pub fn clock(ms: u64) -> String {
    let of_day = ms % DAY_MS;
    format!(
        "{:02}:{:02}:{:02}",
        of_day / HOUR_MS,
        of_day % HOUR_MS / MINUTE_MS,
        of_day % MINUTE_MS / SECOND_MS
    )
}

/// Year, month and day of a day counted from 1 January 1970 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The day counted from 1 January 1970; none for a date that is none.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted_year / 400, shifted_year % 400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// A time from now ("20m", "3h", "2d"), or a date with a clock time in UTC. Milliseconds since 1970.
pub fn read(text: &str, now_ms: u64) -> Result<u64, NoTime> {
    let text = text.trim();
    from_now(text, now_ms).or_else(|| date(text)).ok_or_else(|| NoTime(text.chars().take(40).collect()))
}

fn from_now(text: &str, now_ms: u64) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit_ms = match unit {
        "m" => MINUTE_MS,
        "h" => HOUR_MS,
        "d" => DAY_MS,
        _ => return None,
    };
    now_ms.checked_add(number.parse::<u64>().ok()?.checked_mul(unit_ms)?)
}

fn date(text: &str) -> Option<u64> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (date, clock) = text.split_once(['T', ' '])?;
    let mut parts = date.split('-').map(|part| part.parse::<u64>().ok());
    let days = days(parts.next()??, parts.next()??, parts.next()??)?;
    let mut clock = clock.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute) = (clock.next()??, clock.next()??);
    (parts.next().is_none() && hour < 24 && minute < 60)
        .then_some(days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_it_is_written() {
        for (ms, text) in [
            (0, "1970-01-01 00:00"),
            (1_767_268_800_000, "2026-01-01 12:00"),
            (951_782_400_000, "2000-02-29 00:00"),
        ] {
            assert_eq!(minute(ms), text);
            assert_eq!(read(text, 5), Ok(ms));
        }
        assert_eq!(clock(1_767_268_807_999), "12:00:07");
    }

    #[test]
    fn a_time_from_now_has_a_unit() {
        assert_eq!(read("20m", 1), Ok(1_200_001));
        assert_eq!(read("2d", 0), Ok(172_800_000));
        for wrong in ["", "20", "m", "2026-02-30T10:00", "2026-01-01T24:00", "tomorrow", "ä"] {
            assert_eq!(read(wrong, 0), Err(NoTime(wrong.to_owned())));
        }
    }
}
