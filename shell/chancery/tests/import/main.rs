//! Import: invented records with every quirk of real ones, and the real ones where they lie.

#![cfg(test)]

mod call_log;
mod frus;
mod lines;
mod real_files;
mod sending;
mod when;

use chancery::import::{Collection, Record, Unread, marking::Levels, reader::Reader};
use chancery_seal::body::mark::Rank;

/// Three levels, the highest with a short name too.
fn levels(unmarked: Option<Rank>) -> Levels {
    let named = [("Open", 0), ("Confidential", 1), ("Secret", 2), ("S", 2)];
    Levels::new(named.into_iter().map(|(name, rank)| (name.to_owned(), Rank(rank))).collect(), unmarked)
}

fn read_all(collection: Collection, text: &str) -> Vec<Result<Record, Unread>> {
    Reader::new(collection, text.as_bytes(), levels(None)).collect()
}

/// Reads one line that becomes a record.
fn read_one(collection: Collection, line: &str) -> Record {
    let mut all = read_all(collection, line);
    assert_eq!(all.len(), 1);
    all.remove(0).unwrap()
}

fn remarks(record: &Record) -> &[String] {
    &record.closed.origin.as_ref().unwrap().remarks
}

fn has_remark(record: &Record, remark: &str) -> bool {
    remarks(record).iter().any(|kept| kept == remark)
}
