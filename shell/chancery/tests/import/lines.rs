//! Trouble is named by line and never stops the rest.

use std::io::{self, BufReader, Read};

use chancery::import::{
    Collection, Why,
    lines::{LINE_BYTES_MAX, Lines},
    reader::Reader,
    report::Report,
};

use crate::{levels, read_all};

fn line(id: &str) -> String {
    format!(
        r#"{{"id": "{id}", "start": "1971-07-06T11:51:00-05:00", "date_certainty": "certain", "time_certainty": "certain"}}"#
    )
}

#[test]
fn every_bad_line_is_named_and_the_others_come_in() {
    let text = [
        "{not json",
        &line("a"),
        "",
        "[1, 2]",
        r#"{"start": "1971-07-06"}"#,
        r#"{"id": ""}"#,
        r#"{"id": 7}"#,
        &line("a"),
        &line("b"),
    ]
    .join("\n");
    let all = read_all(Collection::CallLog, &text);
    let said: Vec<String> = all
        .iter()
        .map(|line| match line {
            Ok(record) => format!("line {}: record {}", record.line, record.id),
            Err(unread) => unread.to_string(),
        })
        .collect();
    assert_eq!(
        said,
        [
            "line 1: expected one JSON object on the line: key must be a string at character 2",
            "line 2: record a",
            "line 4: expected a JSON object, got a list",
            "line 5: expected an \"id\" of at least one character, got none",
            "line 6: expected an \"id\" of at least one character, got \"\"",
            "line 7: expected an \"id\" of at least one character, got 7",
            "line 8: the id \"a\" stands on line 2 already; the first one counts",
            "line 9: record b",
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_place() {
    let bytes = [b"ab\xffc\n".as_slice(), line("a").as_bytes()].concat();
    let lines: Vec<_> = Lines::new(bytes.as_slice()).collect();
    assert_eq!(lines[0], (1, Err(Why::NotUtf8(3))));
    assert_eq!(lines[1], (2, Ok(line("a"))));
}

#[test]
fn line_ends_of_other_systems_and_a_byte_order_mark_do_no_harm() {
    let text = format!("\u{feff}{}\r\n\r\n{}", line("a"), line("b"));
    let all = read_all(Collection::CallLog, &text);
    assert_eq!(all.iter().map(|line| line.as_ref().unwrap().line).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn a_line_without_end_is_skipped_and_not_held() {
    let mut long = vec![b' '; LINE_BYTES_MAX + 1];
    long.push(b'\n');
    long.extend_from_slice(line("a").as_bytes());
    let lines: Vec<_> = Lines::new(long.as_slice()).collect();
    assert_eq!(lines, [(1, Err(Why::TooLong)), (2, Ok(line("a")))]);
}

#[test]
fn a_file_that_fails_is_named_once_and_ends() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let first = line("a").into_bytes();
    let from = BufReader::new(first.as_slice().chain(&b"\n"[..]).chain(Broken));
    let all: Vec<_> = Reader::new(Collection::CallLog, from, levels(None)).collect();
    assert!(all[0].is_ok());
    assert_eq!(all[1].as_ref().unwrap_err().why, Why::Io("the disk is gone".into()));
    assert_eq!(all.len(), 2);
}

#[test]
fn the_report_counts_and_names() {
    let text = format!("{}\nrubbish\n{}", line("a"), r#"{"id": "b", "start": "never"}"#);
    let mut report = Report::default();
    let taken = read_all(Collection::CallLog, &text).into_iter().filter_map(|line| report.take(line)).count();
    assert_eq!((taken, report.lines, report.read, report.unread()), (2, 3, 2, 1));
    assert_eq!(
        report.to_string(),
        "line 2: not imported: expected one JSON object on the line: expected value at character 1\n\
         line 3 (b): imported with a gap: expected an ISO 8601 date and time in \"start\", got \"never\"; kept as words\n\
         3 lines: 2 records read (0 with a level of the desk's scheme), 1 not read, 0 known already, 0 sent, 0 refused"
    );
}
