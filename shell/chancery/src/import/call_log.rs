//! Entries of a telephone log: who, from when to when, how sure. No words were kept, so there is no telcon.

use chancery_seal::body::{
    mark::Rank,
    record::{ClosedPackage, Origin, When},
};

use super::{
    fields::Fields,
    marking::{self, Levels},
    when,
};

/// Reads one entry: the package, the level that its marking names, what could not be read.
pub fn package(
    mut fields: Fields,
    (source, id): (&str, &str),
    levels: &Levels,
) -> (ClosedPackage, Option<Rank>, Vec<String>) {
    let found = fields.text("classification");
    let marking = marking::read(found.as_deref(), levels);
    let when = date(&mut fields);
    let roster = parties(&mut fields);
    let place = fields.text("location").unwrap_or_default();
    fields.remark("place", &place);
    let labelled = ["summary", "series", "conversation", "release", "released_on", "rights", "source_path"];
    for name in labelled {
        let words = fields.text(name).unwrap_or_default();
        fields.remark(&name.replace('_', " "), &words);
    }
    let (mut problems, remarks) = fields.finish();
    problems.extend(marking.problem);
    let closed = ClosedPackage {
        with: roster.join("; "),
        when,
        request: None,
        brief: None,
        notes: Vec::new(),
        telcon: None,
        commitments: Vec::new(),
        readouts: Vec::new(),
        roster,
        line_reports: Vec::new(),
        mark: marking.mark,
        origin: Some(Origin {
            source: source.to_owned(),
            id: id.to_owned(),
            marking: marking.found,
            remarks,
        }),
    };
    (closed, marking.rank, problems)
}

/// The offset is kept as the log has it, right or wrong for the season: an instant computed from it would look surer
/// than it is.
fn date(fields: &mut Fields) -> When {
    let start = readable(fields, "start");
    let end = readable(fields, "end");
    let mut estimated = false;
    for name in ["date_certainty", "time_certainty"] {
        let certainty = fields.text(name).unwrap_or_else(|| "not said".to_owned());
        estimated |= certainty != "certain";
        fields.remark(&name.replace('_', " "), &certainty);
    }
    if let (Some(start), Some(end)) = (&start, &end) {
        // Both have the same offset in every log seen; where they differ, text does not order them.
        if start.get(19..) == end.get(19..) && end < start {
            fields.problem(format!("the end {end} is before the start {start}; both kept as found"));
        }
    }
    when::interval(start.as_deref(), end.as_deref(), estimated)
}

fn readable(fields: &mut Fields, name: &str) -> Option<String> {
    let text = fields.text(name)?;
    if when::is_iso(&text) {
        return Some(text);
    }
    fields.problem(format!("expected an ISO 8601 date and time in \"{name}\", got {text:?}; kept as words"));
    fields.remark(name, &text);
    None
}

/// Everybody whom the log lists, operators too.
fn parties(fields: &mut Fields) -> Vec<String> {
    let mut names = Vec::new();
    for (index, mut party) in fields.objects("participants").into_iter().enumerate() {
        let label = format!("party {}", index + 1);
        let name = party.text("name");
        let known: Vec<String> =
            ["code", "kind", "id"].iter().filter_map(|field| party.text(field)).collect();
        fields.remark(&label, &known.join(", "));
        match name {
            Some(name) => names.push(name),
            None => party.problem("no name".to_owned()),
        }
        fields.join(&label, party);
    }
    names
}
