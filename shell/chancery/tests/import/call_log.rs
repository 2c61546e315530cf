//! The telephone log: windows of time, offsets as found, operators among the parties, nobody at all.

use chancery::import::Collection;
use chancery_seal::body::record::When;
use serde_json::{Value, json};

use crate::{has_remark, read_one};

fn entry(change: impl FnOnce(&mut Value)) -> String {
    let mut entry = json!({
        "id": "invented-tapes/001-001", "conversation": "001-001", "series": "Palace Telephone Recordings",
        "start": "1971-07-06T11:51:00-05:00", "end": "1971-07-06T11:53:00-05:00",
        "date_certainty": "certain", "time_certainty": "certain", "location": "Palace Telephone, Ostrel",
        "participants": [
            {"id": "1", "name": "Varn, Ilse (Premier)", "code": "P", "kind": "persname"},
            {"id": "2", "name": "Palace operator", "code": "PO", "kind": "corpname"}
        ],
        "summary": "They talked on the telephone.", "release": "First", "released_on": "1999-10-05",
        "rights": "invented", "source_path": "none.xml"
    });
    change(&mut entry);
    entry.to_string()
}

#[test]
fn an_entry_becomes_a_package_without_words() {
    let record = read_one(Collection::CallLog, &entry(|_| {}));
    assert_eq!(record.problems, Vec::<String>::new());
    assert_eq!(record.closed.with, "Varn, Ilse (Premier); Palace operator");
    assert_eq!(record.closed.roster, ["Varn, Ilse (Premier)", "Palace operator"]);
    assert!(record.closed.telcon.is_none(), "no words were kept");
    assert!(record.closed.request.is_none(), "no subject was kept");
    assert_eq!(record.closed.origin.as_ref().unwrap().marking, "");
    assert!(has_remark(&record, "place: Palace Telephone, Ostrel"));
    assert!(has_remark(&record, "party 2: PO, corpname, 2"));
    assert!(has_remark(&record, "summary: They talked on the telephone."));
}

#[test]
fn the_offset_is_kept_even_in_summer() {
    let record = read_one(Collection::CallLog, &entry(|_| {}));
    let when = When::Date("1971-07-06T11:51:00-05:00/1971-07-06T11:53:00-05:00".into());
    assert_eq!(record.closed.when, when);
}

#[test]
fn an_estimated_window_says_so() {
    for certainty in ["date_certainty", "time_certainty"] {
        let record = read_one(Collection::CallLog, &entry(|e| e[certainty] = json!("estimated")));
        let when = When::Date("1971-07-06T11:51:00-05:00~/1971-07-06T11:53:00-05:00~".into());
        assert_eq!(record.closed.when, when);
        assert!(has_remark(&record, &format!("{}: estimated", certainty.replace('_', " "))));
    }
}

#[test]
fn a_call_within_one_minute_is_one_time() {
    let record = read_one(Collection::CallLog, &entry(|e| e["end"] = e["start"].clone()));
    assert_eq!(record.closed.when, When::Date("1971-07-06T11:51:00-05:00".into()));
}

#[test]
fn an_end_that_is_missing_or_before_the_start_is_kept_so() {
    let open = read_one(Collection::CallLog, &entry(|e| e["end"] = Value::Null));
    assert_eq!(open.closed.when, When::Date("1971-07-06T11:51:00-05:00/..".into()));
    let turned = read_one(Collection::CallLog, &entry(|e| e["end"] = json!("1971-07-06T11:40:00-05:00")));
    assert!(turned.problems[0].contains("before the start"), "{:?}", turned.problems);
    let wrong = read_one(Collection::CallLog, &entry(|e| e["start"] = json!("noonish")));
    assert!(wrong.problems[0].contains("noonish"), "{:?}", wrong.problems);
    assert_eq!(wrong.closed.when, When::Date("../1971-07-06T11:53:00-05:00".into()));
}

#[test]
fn a_call_without_parties_has_none() {
    let record = read_one(Collection::CallLog, &entry(|e| e["participants"] = json!([])));
    assert_eq!(record.closed.with, "");
    assert!(record.closed.roster.is_empty());
    let nameless = read_one(Collection::CallLog, &entry(|e| e["participants"] = json!([{"code": "X"}])));
    assert_eq!(nameless.problems, ["party 1, no name"]);
}
