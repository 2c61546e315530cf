//! Telcons and memcons of a published documentary series (shape: the collection's telcon.schema.json).

use chancery_seal::body::{
    call::Request,
    mark::{Mark, Rank},
    record::{ClosedPackage, Origin, Statement, Telcon, When},
};

use super::{
    Why,
    fields::Fields,
    marking::{self, Levels},
    when,
};

/// Reads one record: the package, the level that its marking names, what could not be read.
pub fn package(
    mut fields: Fields,
    kind: &'static str,
    (source, id): (&str, &str),
    levels: &Levels,
) -> Result<(ClosedPackage, Option<Rank>, Vec<String>), Why> {
    let got = fields.text("kind");
    if let Some(got) = got.filter(|got| got != kind) {
        return Err(Why::OtherKind { expected: kind, got });
    }
    let marking = marking(&mut fields, levels);
    let when = date(&mut fields);
    let heading = fields.text("heading").unwrap_or_default();
    let subject = fields.texts("subject").join("; ");
    let parties = Parties::read(&mut fields);
    let statements = statements(&mut fields);
    let place = fields.texts("places").join("; ");
    fields.remark("heading", &heading);
    remarks(&mut fields);
    let subject = if subject.is_empty() { heading } else { subject };
    let telcon = Telcon {
        subject: subject.clone(),
        participants: parties.all.clone(),
        when: when.clone(),
        place,
        mark: marking.mark.clone(),
        statements,
    };
    let (mut problems, remarks) = fields.finish();
    problems.extend(marking.problem);
    let origin = Origin { source: source.to_owned(), id: id.to_owned(), marking: marking.found, remarks };
    let closed = ClosedPackage {
        with: parties.with,
        when,
        request: Some(request(subject, marking.mark.clone())),
        brief: None,
        notes: Vec::new(),
        telcon: Some(telcon),
        commitments: Vec::new(),
        readouts: Vec::new(),
        roster: parties.all,
        line_reports: Vec::new(),
        mark: marking.mark,
        origin: Some(origin),
    };
    Ok((closed, marking.rank, problems))
}

fn request(subject: String, mark: Mark) -> Request {
    Request { subject, purpose: String::new(), language: String::new(), mark }
}

fn marking(fields: &mut Fields, levels: &Levels) -> marking::Marking {
    let mut found = Fields::new(fields.object("classification"));
    let level = found.text("level");
    let raw = found.text("raw");
    let caveats = found.texts("caveats");
    let marking = marking::read(raw.as_deref().or(level.as_deref()), levels);
    found.remark("caveats", &caveats.join("; "));
    fields.join("marking", found);
    marking
}

fn date(fields: &mut Fields) -> When {
    let mut date = Fields::new(fields.object("date"));
    let words = date.text("text");
    let on = readable(&mut date, "when");
    let from = readable(&mut date, "from");
    let to = readable(&mut date, "to");
    let earliest = readable(&mut date, "notBefore");
    let latest = readable(&mut date, "notAfter");
    let times = date.objects("times");
    if let Some(taken) = date.text("_from") {
        date.remark("date taken from", &taken);
    }
    date.remark("as found", words.as_deref().unwrap_or_default());
    let clock = clock(times, &mut date);
    let when = match (on, from.as_deref(), to.as_deref(), earliest.as_deref(), latest.as_deref()) {
        (Some(day), ..) if !day.contains('T') && clock.is_some() => {
            let (from, to) = clock.unwrap_or_default();
            when::interval(Some(&format!("{day}T{from}")), Some(&format!("{day}T{to}")), false)
        }
        (Some(on), ..) => When::Date(on),
        (None, None, None, None, None) => words.map_or(When::Unknown, When::Words),
        (None, None, None, earliest, latest) => when::interval(earliest, latest, true),
        (None, from, to, ..) => when::interval(from, to, false),
    };
    fields.join("date", date);
    when
}

/// Takes a date; one that is not of the calendar is kept as words only.
fn readable(date: &mut Fields, name: &str) -> Option<String> {
    let text = date.text(name)?;
    if when::is_iso(&text) {
        return Some(text);
    }
    date.problem(format!("expected an ISO 8601 date in \"{name}\", got {text:?}; kept as words"));
    date.remark(name, &text);
    None
}

/// The one stretch of clock time that the words name too.
fn clock(times: Vec<Fields>, date: &mut Fields) -> Option<(String, String)> {
    let several = times.len() > 1;
    let mut clock = None;
    for mut time in times {
        let (from, to, words) = (time.text("from"), time.text("to"), time.text("text"));
        let words = words.unwrap_or_default();
        date.remark("times", &words);
        match (from, to) {
            (Some(from), Some(to)) if !several && when::agrees_with_words(&from, &to, &words) => {
                clock = Some((from, to));
            }
            (from, to) => date.problem(format!(
                "the clock times {} to {} are not one stretch that the words {words:?} name; the day is kept, the times as words",
                from.as_deref().unwrap_or("none"),
                to.as_deref().unwrap_or("none"),
            )),
        }
        date.join("times", time);
    }
    clock
}

/// Who was on it: as listed, or as the heading names them; nobody when neither does.
struct Parties {
    all: Vec<String>,
    with: String,
}

impl Parties {
    fn read(fields: &mut Fields) -> Self {
        let listed = fields.texts("participants");
        let in_heading = fields.texts("heading_parties");
        let with = if in_heading.is_empty() { listed.join("; ") } else { in_heading.join("; ") };
        if listed.is_empty() {
            return Self { all: in_heading, with };
        }
        fields.remark("parties in the heading", &in_heading.join("; "));
        Self { all: listed, with }
    }
}

fn statements(fields: &mut Fields) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut turns = 0;
    for (index, mut part) in fields.objects("body").into_iter().enumerate() {
        let label = format!("paragraph {}", index + 1);
        let by = part.text("speaker").unwrap_or_default();
        if let Some(kind) = part.text("type").filter(|kind| kind != "p") {
            fields.remark(&label, &kind);
        }
        turns += u64::from(!by.is_empty());
        match part.text("text") {
            Some(text) => statements.push(Statement { at: When::Unknown, by, text }),
            None => part.problem("no words".to_owned()),
        }
        fields.join(&label, part);
    }
    check_count(fields, "n_paragraphs", statements.len() as u64);
    check_count(fields, "n_speaker_turns", turns);
    if statements.is_empty() {
        fields.problem("the body is empty".to_owned());
    }
    statements
}

/// The source counts its own paragraphs: another count here means that something was lost on the way.
fn check_count(fields: &mut Fields, name: &str, came: u64) {
    if let Some(said) = fields.count(name).filter(|said| *said != came) {
        fields.problem(format!("the record says \"{name}\" {said}, {came} came"));
    }
}

/// What has no place of its own in a closed package, a line each, in the record's order.
fn remarks(fields: &mut Fields) {
    for name in ["by", "drafting", "source_note", "editor_summary"] {
        let words = fields.text(name).unwrap_or_default();
        fields.remark(&name.replace('_', " "), &words);
    }
    for mut note in fields.objects("footnotes") {
        let number = note.text("n").unwrap_or_default();
        let words = note.text("text").unwrap_or_default();
        fields.remark(format!("footnote {number}").trim(), &words);
        fields.join("footnote", note);
    }
    for flag in fields.texts("flags") {
        fields.remark("flag", &flag);
    }
    for mut end in fields.objects("from_to") {
        let role = end.text("role").unwrap_or_else(|| "party".to_owned());
        let words: Vec<String> =
            ["text", "person", "title"].iter().filter_map(|name| end.text(name)).collect();
        fields.remark(&role, &words.join("; "));
        fields.join("from_to", end);
    }
    for mut guess in fields.objects("incumbent_inferred") {
        let words = guess.text("text").unwrap_or_default();
        let name = guess.text("name").unwrap_or_default();
        fields.remark("the source infers", &format!("{words}: {name}"));
        fields.join("incumbent_inferred", guess);
    }
    let mentioned: Vec<String> = fields
        .objects("persons_mentioned")
        .into_iter()
        .map(|mut person| {
            let named = ["name", "id"].iter().filter_map(|field| person.text(field));
            named.collect::<Vec<_>>().join(", ")
        })
        .collect();
    fields.remark("mentioned", &mentioned.join("; "));
    for name in
        ["medium", "basis", "form", "volume", "volume_title", "volume_published", "doc_no", "url", "rights"]
    {
        let words = fields.text(name).unwrap_or_default();
        fields.remark(&name.replace('_', " "), &words);
    }
    fields.count("n_chars");
    let provenance = fields.object("provenance");
    for (name, value) in provenance {
        let words = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        fields.remark(&format!("provenance {name}"), &words);
    }
}
