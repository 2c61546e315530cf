//! Telcons and memcons: marks, parties, dates, excisions, footnotes as found.

use chancery::import::Collection;
use chancery_seal::body::{mark::Rank, record::When};
use serde_json::{Value, json};

use crate::{has_remark, read_all, read_one};

/// A record of invented people with everything that the collection can hold; `change` makes the quirk.
fn telcon(change: impl FnOnce(&mut Value)) -> String {
    let mut record = json!({
        "id": "frus-invented/d1", "url": "https://example.invalid/d1", "kind": "telcon", "medium": "telephone",
        "basis": "heading", "form": "memorandum", "volume": "invented", "volume_title": "Invented Papers",
        "volume_published": "2001", "doc_no": "1",
        "heading": "Memorandum of a Telephone Conversation Between the Premier and the Envoy, Port Ostrel",
        "date": {"when": "1961-03-02T09:45:00", "text": "Port Ostrel, March 2, 1961, 9:45 a.m."},
        "places": ["Port Ostrel"], "subject": ["Harbour dues"], "participants": [],
        "heading_parties": ["the Premier", "the Envoy"], "by": null,
        "from_to": [{"role": "from", "text": "Premier", "person": "Varn, Ilse", "title": "Premier of Ostrel"}],
        "incumbent_inferred": [{"text": "the Premier", "name": "Ilse Varn"}],
        "classification": {"level": "Secret", "caveats": ["PRIVATE"], "raw": "Secret; Personal and Private"},
        "drafting": "Drafted by Tolm.", "source_note": "Ostrel Archive, box 4.", "editor_summary": null,
        "body": [
            {"type": "p", "text": "The Premier called."},
            {"type": "p", "speaker": "Premier", "text": "We hear you [inaudible] about the dues."},
            {"type": "p", "speaker": "Envoy", "text": "[less than 1 line not declassified] We agree."},
            {"type": "closer", "text": "I.V."}
        ],
        "footnotes": [{"n": "2", "text": "See document 7."}],
        "persons_mentioned": [{"id": "p_VI1", "name": "Varn, Ilse"}],
        "n_paragraphs": 4, "n_speaker_turns": 2, "n_chars": 100,
        "flags": ["has-excision-or-gap"], "rights": "invented", "provenance": {"git": "none", "blob": "00"}
    });
    change(&mut record);
    record.to_string()
}

#[test]
fn a_whole_record_keeps_every_word() {
    let record = read_one(Collection::Telcons, &telcon(|_| {}));
    assert_eq!(record.problems, Vec::<String>::new());
    let closed = &record.closed;
    assert_eq!(closed.with, "the Premier; the Envoy");
    assert_eq!(closed.roster, ["the Premier", "the Envoy"]);
    assert_eq!(closed.request.as_ref().unwrap().subject, "Harbour dues");
    let telcon = closed.telcon.as_ref().unwrap();
    assert_eq!(telcon.place, "Port Ostrel");
    assert_eq!(telcon.participants, ["the Premier", "the Envoy"]);
    for remark in [
        "paragraph 4: closer",
        "footnote 2: See document 7.",
        "flag: has-excision-or-gap",
        "from: Premier; Varn, Ilse; Premier of Ostrel",
        "the source infers: the Premier: Ilse Varn",
        "marking, caveats: PRIVATE",
        "date, as found: Port Ostrel, March 2, 1961, 9:45 a.m.",
        "drafting: Drafted by Tolm.",
        "source note: Ostrel Archive, box 4.",
        "mentioned: Varn, Ilse, p_VI1",
        "heading: Memorandum of a Telephone Conversation Between the Premier and the Envoy, Port Ostrel",
        "provenance blob: 00",
    ] {
        assert!(has_remark(&record, remark), "{remark} is missing in {:#?}", closed.origin);
    }
}

#[test]
fn speaker_turns_and_excisions_are_kept_word_for_word() {
    let record = read_one(Collection::Telcons, &telcon(|_| {}));
    let telcon = record.closed.telcon.unwrap();
    let said: Vec<(&str, &str)> =
        telcon.statements.iter().map(|said| (said.by.as_str(), said.text.as_str())).collect();
    assert_eq!(
        said,
        [
            ("", "The Premier called."),
            ("Premier", "We hear you [inaudible] about the dues."),
            ("Envoy", "[less than 1 line not declassified] We agree."),
            ("", "I.V."),
        ]
    );
    assert!(telcon.statements.iter().all(|said| said.at == When::Unknown), "no clock times were invented");
}

#[test]
fn a_marking_of_the_scheme_sets_the_level_and_stays_as_found() {
    for (raw, rank) in
        [("Secret; Personal and Private", 2), ("secret", 2), ("S", 2), ("CONFIDENTIAL; Exdis", 1)]
    {
        let record = read_one(Collection::Telcons, &telcon(|r| r["classification"]["raw"] = json!(raw)));
        assert_eq!(record.rank, Some(Rank(rank)), "{raw}");
        assert_eq!(record.closed.mark.level, Rank(rank), "{raw}");
        assert_eq!(record.closed.origin.unwrap().marking, raw);
        assert_eq!(record.problems, Vec::<String>::new());
    }
}

#[test]
fn a_marking_that_the_scheme_does_not_know_gets_the_highest_level_and_is_reported() {
    let record = read_one(
        Collection::Telcons,
        &telcon(|r| {
            r["classification"] = json!({"level": "Geheim", "caveats": [], "raw": "Geheim; nur Hand zu Hand"})
        }),
    );
    assert_eq!(record.rank, None);
    assert_eq!(record.closed.mark.level, Rank(2));
    assert_eq!(record.closed.origin.as_ref().unwrap().marking, "Geheim; nur Hand zu Hand");
    assert!(record.problems[0].contains("Geheim"), "{:?}", record.problems);
}

#[test]
fn an_unmarked_record_stays_unmarked() {
    for (classification, found) in [
        (json!({"level": null, "caveats": [], "raw": null}), ""),
        (
            json!({"level": "No classification marking", "caveats": [], "raw": "No classification marking"}),
            "No classification marking",
        ),
    ] {
        let record = read_one(Collection::Telcons, &telcon(|r| r["classification"] = classification));
        assert_eq!(record.rank, None);
        assert_eq!(record.closed.mark.level, Rank(2), "the highest, for a safe side");
        assert_eq!(record.closed.origin.unwrap().marking, found);
        assert_eq!(record.problems, Vec::<String>::new());
    }
}

#[test]
fn dates_are_as_precise_as_found() {
    let cases = [
        (json!({"when": "1943-03-20", "text": "[Ostrel,] March 20, 1943."}), When::Date("1943-03-20".into())),
        (
            json!({"when": "1956-06-28T17:55:00", "_from": "body", "text": null}),
            When::Date("1956-06-28T17:55:00".into()),
        ),
        (json!({"from": "1959-09-26", "to": "1959-09-27"}), When::Date("1959-09-26/1959-09-27".into())),
        (
            json!({"notBefore": "1962-01-01", "notAfter": "1962-03-01"}),
            When::Date("1962-01-01~/1962-03-01~".into()),
        ),
        (json!({"from": "1959-09-26"}), When::Date("1959-09-26/..".into())),
        (json!({"text": "some day in spring"}), When::Words("some day in spring".into())),
        (json!({"text": null}), When::Unknown),
        (
            json!({"when": "1957-10-25", "times": [{"from": "14:50:00", "to": "15:45:00", "text": "2:50–3:45 p.m."}]}),
            When::Date("1957-10-25T14:50:00/1957-10-25T15:45:00".into()),
        ),
    ];
    for (date, when) in cases {
        let record = read_one(Collection::Telcons, &telcon(|r| r["date"] = date.clone()));
        assert_eq!(record.closed.when, when, "{date}");
        assert_eq!(record.closed.telcon.unwrap().when, when, "{date}");
        assert_eq!(record.problems, Vec::<String>::new(), "{date}");
    }
}

#[test]
fn clock_times_that_the_words_do_not_say_are_reported_and_not_believed() {
    for (from, to, words) in [
        ("12:40:00", "12:00:00", "12–12:40 p.m."),
        ("15:00:00", "19:30:00", "6:30–7:30 p.m."),
        ("11:30:00", "12:30:00", "11:30 a.m. and 12:30 p.m."),
    ] {
        let date = json!({"when": "1957-02-10", "times": [{"from": from, "to": to, "text": words}]});
        let record = read_one(Collection::Telcons, &telcon(|r| r["date"] = date));
        assert_eq!(record.closed.when, When::Date("1957-02-10".into()), "{words}");
        assert!(record.problems[0].contains(words), "{:?}", record.problems);
        assert!(has_remark(&record, &format!("date, times: {words}")));
    }
}

#[test]
fn an_unreadable_date_is_reported_and_kept_as_words() {
    let date = json!({"when": "1957-02-30", "text": "the thirtieth of February"});
    let record = read_one(Collection::Telcons, &telcon(|r| r["date"] = date));
    assert_eq!(record.closed.when, When::Words("the thirtieth of February".into()));
    assert!(record.problems[0].contains("1957-02-30"), "{:?}", record.problems);
}

#[test]
fn gaps_stay_gaps() {
    let record = read_one(
        Collection::Telcons,
        &telcon(|r| {
            r["heading_parties"] = json!([]);
            r["places"] = json!([]);
            r["subject"] = Value::Null;
            r["date"] = json!({"text": null});
        }),
    );
    assert_eq!(record.closed.with, "");
    assert!(record.closed.roster.is_empty());
    assert_eq!(record.closed.when, When::Unknown);
    let telcon = record.closed.telcon.unwrap();
    assert_eq!(telcon.place, "");
    assert!(
        telcon.subject.starts_with("Memorandum of a Telephone"),
        "the heading is the only title there is"
    );
    assert!(record.closed.brief.is_none() && record.closed.notes.is_empty());
    assert!(record.closed.commitments.is_empty() && record.closed.line_reports.is_empty());
}

#[test]
fn listed_participants_win_over_the_heading_and_both_are_kept() {
    let record = read_one(
        Collection::Telcons,
        &telcon(|r| r["participants"] = json!(["Ilse Varn", "Envoy Tolm", "A. Sey, note-taker"])),
    );
    assert_eq!(record.closed.roster, ["Ilse Varn", "Envoy Tolm", "A. Sey, note-taker"]);
    assert!(has_remark(&record, "parties in the heading: the Premier; the Envoy"));
}

#[test]
fn a_paragraph_lost_on_the_way_shows_against_the_source_count() {
    let record = read_one(
        Collection::Telcons,
        &telcon(|r| {
            r["body"].as_array_mut().unwrap().pop();
        }),
    );
    assert!(record.problems.iter().any(|p| p.contains("n_paragraphs")), "{:?}", record.problems);
}

#[test]
fn fields_of_another_shape_or_name_are_reported_and_their_words_kept() {
    let record = read_one(
        Collection::Telcons,
        &telcon(|r| {
            r["places"] = json!([7]);
            r["tape"] = json!("reel 4");
        }),
    );
    assert!(has_remark(&record, "places: 7") && has_remark(&record, "tape: reel 4"));
    assert_eq!(record.problems.len(), 2, "{:?}", record.problems);
}

#[test]
fn a_telcon_among_memcons_is_refused_by_name() {
    let unread = read_all(Collection::Memcons, &telcon(|_| {})).remove(0).unwrap_err();
    assert_eq!(
        unread.to_string(),
        "line 1: expected a record of kind \"memcon\", got \"telcon\": import it as another collection"
    );
}

#[test]
fn a_record_has_the_same_package_whenever_it_is_read() {
    let (once, again) =
        (read_one(Collection::Telcons, &telcon(|_| {})), read_one(Collection::Telcons, &telcon(|_| {})));
    assert_eq!(once.package(), again.package());
    let other = read_one(Collection::Telcons, &telcon(|r| r["id"] = json!("frus-invented/d2")));
    assert_ne!(once.package(), other.package());
}
