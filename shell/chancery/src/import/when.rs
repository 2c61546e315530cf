//! Dates and times exactly as precise as the record has them: a day stays a day, a clock time keeps its offset or has
//! none, an interval stays an interval, words that are no date stay words.

use chancery_seal::body::record::When;

/// Whether a text is an ISO 8601 date, or date and time with or without offset, of the calendar.
pub fn is_iso(text: &str) -> bool {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (digits(parts.next(), 4), digits(parts.next(), 2), digits(parts.next(), 2), parts.next())
    else {
        return false;
    };
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `hh:mm`, `hh:mm:ss`, either with `Z` or `±hh:mm` after it.
fn is_time(text: &str) -> bool {
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    is_clock(clock)
        && match offset.strip_prefix(['+', '-']) {
            Some(offset) => offset.len() == 5 && is_clock(offset),
            None => matches!(offset, "" | "Z"),
        }
}

fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let (hour, minute, second) = (digits(parts.next(), 2), digits(parts.next(), 2), parts.next());
    hour.is_some_and(|hour| hour < 24)
        && minute.is_some_and(|minute| minute < 60)
        && second.is_none_or(|second| digits(Some(second), 2).is_some_and(|second| second < 61))
        && parts.next().is_none()
}

fn digits(text: Option<&str>, len: usize) -> Option<u32> {
    text.filter(|text| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// An interval, or the one end that is known. `estimated`: the call lay somewhere inside, marked with the "~" of
/// ISO 8601-2 after each end.
pub fn interval(start: Option<&str>, end: Option<&str>, estimated: bool) -> When {
    let about = if estimated { "~" } else { "" };
    match (start, end) {
        (Some(start), Some(end)) if start == end => When::Date(format!("{start}{about}")),
        (Some(start), Some(end)) => When::Date(format!("{start}{about}/{end}{about}")),
        (Some(one), None) => When::Date(format!("{one}{about}/..")),
        (None, Some(one)) => When::Date(format!("../{one}{about}")),
        (None, None) => When::Unknown,
    }
}

/// Whether two clock times (`hh:mm:ss`) are the ones that the record's own words name, as one stretch of time: indexes
/// are made by machines, and some of them read "12–12:40 p.m." backwards or two calls as one long one.
pub fn agrees_with_words(from: &str, to: &str, words: &str) -> bool {
    let named: Vec<&str> = words.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').collect();
    let says = |clock: &str| {
        let (Some(hour), Some(minute)) = (digits(clock.get(..2), 2), digits(clock.get(3..5), 2)) else {
            return false;
        };
        let hour_12 = if hour % 12 == 0 { 12 } else { hour % 12 };
        let spoken = if minute == 0 { hour_12.to_string() } else { format!("{hour_12}:{minute:02}") };
        let full = format!("{hour_12}:{minute:02}");
        let noon = (hour, minute) == (12, 0) && named.contains(&"noon");
        noon || named.contains(&spoken.as_str()) || named.contains(&full.as_str())
    };
    from <= to && !named.contains(&"and") && says(from) && says(to)
}
