//! From lines to records: every line becomes a record or a reason why not.

use std::{collections::HashMap, io::BufRead};

use chancery_log::{cbor, id::Digest};
use serde_json::Value;

use super::{
    Collection, Record, Unread, Why, call_log,
    fields::{Fields, shape},
    frus,
    lines::Lines,
    marking::Levels,
    record_digest,
};

/// A sealed body takes at most this; a closed package of it or less goes through.
pub const PACKAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reads a file, record by record.
pub struct Reader<R> {
    collection: Collection,
    lines: Lines<R>,
    levels: Levels,
    seen: HashMap<Digest, u64>,
}

impl<R: BufRead> Reader<R> {
    /// Starts at the file's first line.
    pub fn new(collection: Collection, from: R, levels: Levels) -> Self {
        Self { collection, lines: Lines::new(from), levels, seen: HashMap::new() }
    }

    fn record(&mut self, line: u64, text: &str) -> Result<Record, Why> {
        let object = match serde_json::from_str::<Value>(text).map_err(|e| Why::NotJson(words_of(&e)))? {
            Value::Object(object) => object,
            other
            @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                return Err(Why::NotAnObject(shape(&other)));
            }
        };
        let mut fields = Fields::new(object);
        let id = match fields.take("id") {
            Some(Value::String(id)) if !id.trim().is_empty() => id.trim().to_owned(),
            Some(other) => return Err(Why::NoId(other.to_string())),
            None => return Err(Why::NoId("none".to_owned())),
        };
        let named = record_digest(self.collection.word(), &id);
        if let Some(first) = self.seen.get(&named) {
            return Err(Why::Twice { id, first: *first });
        }
        let source = self.collection.word().to_owned();
        let (closed, rank, problems) = match self.collection {
            Collection::Telcons => frus::package(fields, "telcon", (&source, &id), &self.levels)?,
            Collection::Memcons => frus::package(fields, "memcon", (&source, &id), &self.levels)?,
            Collection::CallLog => call_log::package(fields, (&source, &id), &self.levels),
        };
        let bytes = cbor::encode("a closed package", &closed).map_err(|e| Why::NotJson(e.to_string()))?.len();
        if bytes > PACKAGE_BYTES_MAX {
            return Err(Why::TooLarge { bytes, max: PACKAGE_BYTES_MAX });
        }
        self.seen.insert(named, line);
        Ok(Record { line, source, id, closed, rank, problems })
    }
}

/// What serde_json says, without its own "line 1": ours is the line that counts.
fn words_of(e: &serde_json::Error) -> String {
    let words = e.to_string();
    let cut = words.split(" at line ").next().unwrap_or(&words);
    format!("{cut} at character {}", e.column())
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, Unread>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, text) = self.lines.next()?;
        Some(text.and_then(|text| self.record(line, &text)).map_err(|why| Unread { line, why }))
    }
}
