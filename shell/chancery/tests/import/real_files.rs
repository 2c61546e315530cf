//! The real collections, read where they lie: every line becomes a record or a reason why not.

use std::{
    collections::BTreeMap,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use chancery::import::{Collection, Record, marking::Levels, reader::Reader, report::Report};
use chancery_seal::body::{mark::Rank, record::When};
use serde_json::Value;

/// The levels that the real records name.
fn levels() -> Levels {
    let names =
        ["Unclassified", "Official Use Only", "Limited Official Use", "Confidential", "Secret", "Top Secret"];
    Levels::new((0..).map(Rank).zip(names).map(|(rank, name)| (name.to_owned(), rank)).collect(), None)
}

/// The folder named by CHANCERY_DATA, else `shared/data` beside the workspace.
pub(crate) fn file(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("CHANCERY_DATA").map_or(beside, PathBuf::from).join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!(
        "NOT TESTED: {} is absent; set CHANCERY_DATA to the folder that holds the real records",
        path.display()
    );
    None
}

fn read(collection: Collection, name: &str) -> Option<(Report, Vec<Record>)> {
    let from = BufReader::new(File::open(file(name)?).unwrap());
    let mut report = Report::default();
    let records =
        Reader::new(collection, from, levels()).filter_map(|line| report.take(line)).collect::<Vec<_>>();
    Some((report, records))
}

fn dates(records: &[Record]) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for record in records {
        let kind = match &record.closed.when {
            When::At(_) => "instant",
            When::Date(date) if date.contains('~') => "estimated window",
            When::Date(date) if date.contains('/') => "interval",
            When::Date(date) if date.contains('T') => "clock time",
            When::Date(_) => "day",
            When::Words(_) => "words",
            When::Unknown => "unknown",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

fn statements(records: &[Record]) -> (usize, usize) {
    let all =
        || records.iter().filter_map(|record| record.closed.telcon.as_ref()).flat_map(|t| &t.statements);
    (all().count(), all().filter(|said| !said.by.is_empty()).count())
}

fn lines_in_trouble(report: &Report) -> Vec<u64> {
    report.troubles.iter().map(|trouble| trouble.line).collect()
}

/// Words of the file that stand nowhere in the packages: looked for as JSON texts, without the
/// collection's own labels; the index writes markings in another case than the source.
fn words_lost(records: &[Record], name: &str) -> Vec<String> {
    let lines = std::fs::read_to_string(file(name).unwrap()).unwrap();
    let mut lost = Vec::new();
    for (line, record) in lines.lines().zip(records) {
        let kept = serde_json::to_string(&record.closed).unwrap().to_lowercase();
        let said: Value = serde_json::from_str(line).unwrap();
        leaves("", &said, &mut |key, text| {
            let label = matches!(key, "kind" | "type") && !text.contains(' ');
            let escaped = serde_json::to_string(text.trim()).unwrap().to_lowercase();
            let in_interval = matches!((key, text.len()), ("from" | "to", 8));
            if !label && !in_interval && !kept.contains(escaped.trim_matches('"')) {
                lost.push(format!("line {}, {key}: {text}", record.line));
            }
        });
    }
    lost
}

fn leaves(key: &str, value: &Value, each: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => each(key, text),
        Value::Array(items) => items.iter().for_each(|item| leaves(key, item, each)),
        Value::Object(fields) => fields.iter().for_each(|(key, field)| leaves(key, field, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn every_real_telcon_is_read() {
    let Some((report, records)) = read(Collection::Telcons, "telcons.jsonl") else { return };
    assert_eq!((report.lines, report.read, report.unread()), (292, 292, 0), "{report}");
    assert_eq!(statements(&records), (2636, 1428));
    assert_eq!(
        dates(&records),
        BTreeMap::from([("clock time", 237), ("day", 50), ("interval", 3), ("unknown", 2)])
    );
    assert_eq!(report.marked, 57, "57 name a level, 98 say that they have none, 137 say nothing");
    // Two calls told as one: "11:30 a.m. and 12:30 p.m.".
    assert_eq!(lines_in_trouble(&report), [55, 67, 193]);
    assert_eq!(words_lost(&records, "telcons.jsonl"), Vec::<String>::new());
}

#[test]
fn every_real_memcon_is_read() {
    let Some((report, records)) = read(Collection::Memcons, "memcons.jsonl") else { return };
    assert_eq!((report.lines, report.read, report.unread()), (169, 169, 0), "{report}");
    assert_eq!(statements(&records), (2740, 213));
    assert_eq!(
        dates(&records),
        BTreeMap::from([("clock time", 77), ("day", 47), ("interval", 31), ("unknown", 14)])
    );
    assert_eq!(report.marked, 151, "151 name a level, 3 say that they have none, 15 say nothing");
    // Clock times of the index that the date line does not say: "6:30–7:30 p.m." as 15:00 to 19:30.
    assert_eq!(lines_in_trouble(&report), [33, 155]);
    assert_eq!(words_lost(&records, "memcons.jsonl"), Vec::<String>::new());
}

#[test]
fn every_real_call_is_read() {
    let Some((report, records)) = read(Collection::CallLog, "call-log-1971-1973.jsonl") else { return };
    assert_eq!((report.lines, report.read, report.unread()), (4941, 4941, 0), "{report}");
    assert_eq!(records.iter().filter(|record| record.closed.roster.is_empty()).count(), 17);
    assert_eq!(
        dates(&records),
        BTreeMap::from([("clock time", 587), ("estimated window", 2396), ("interval", 1958)])
    );
    assert_eq!(report.marked, 0, "a telephone log has no marks");
    assert_eq!(lines_in_trouble(&report), Vec::<u64>::new());
    assert_eq!(words_lost(&records, "call-log-1971-1973.jsonl"), Vec::<String>::new());
}
