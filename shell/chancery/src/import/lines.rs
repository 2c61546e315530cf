//! Lines of a file, one at a time, none longer than a record can be.

use std::io::{BufRead, ErrorKind};

use super::Why;

/// The longest record seen in real collections has 60 kB; a line beyond this is no record, and is skipped unread.
pub const LINE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The lines of a file with their numbers, from 1. Blank lines are passed over.
pub struct Lines<R> {
    from: R,
    number: u64,
    failed: bool,
}

impl<R: BufRead> Lines<R> {
    /// Starts at the file's first line.
    pub fn new(from: R) -> Self {
        Self { from, number: 0, failed: false }
    }

    /// Reads up to the next newline; what is over the limit is read away, not kept.
    fn read_line(&mut self, line: &mut Vec<u8>) -> std::io::Result<Taken> {
        let mut taken = Taken { any: false, too_long: false };
        loop {
            let (used, ended) = {
                let held = match self.from.fill_buf() {
                    Ok(held) => held,
                    Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                    Err(e) => return Err(e),
                };
                if held.is_empty() {
                    return Ok(taken);
                }
                taken.any = true;
                let end = held.iter().position(|byte| *byte == b'\n');
                let part = held.get(..end.unwrap_or(held.len())).unwrap_or(held);
                if line.len() + part.len() > LINE_BYTES_MAX {
                    taken.too_long = true;
                } else if !taken.too_long {
                    line.extend_from_slice(part);
                }
                (end.map_or(held.len(), |end| end + 1), end.is_some())
            };
            self.from.consume(used);
            if ended {
                return Ok(taken);
            }
        }
    }
}

struct Taken {
    any: bool,
    too_long: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = (u64, Result<String, Why>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            self.number += 1;
            let mut line = Vec::new();
            let taken = match self.read_line(&mut line) {
                Ok(taken) => taken,
                Err(e) => {
                    self.failed = true;
                    return Some((self.number, Err(Why::Io(e.to_string()))));
                }
            };
            if !taken.any {
                return None;
            }
            if taken.too_long {
                return Some((self.number, Err(Why::TooLong)));
            }
            match String::from_utf8(line) {
                Ok(text) => {
                    let text = text.trim_start_matches('\u{feff}').trim();
                    if !text.is_empty() {
                        return Some((self.number, Ok(text.to_owned())));
                    }
                }
                Err(e) => return Some((self.number, Err(Why::NotUtf8(e.utf8_error().valid_up_to() + 1)))),
            }
        }
        None
    }
}
