//! Words of the stories that stand for values: roles, posts, levels, times, kinds of notes.

use chancery_desk::{
    act::{CallEnd, LineKind, PartyRole, Post, RevokedBecause, Role},
    calls::Stage,
    parties::PartyState,
    roles::ROLES,
};
use chancery_seal::body::{call::NoteMark, mark::Rank, record::Side};

/// The levels of the neutral scheme, lowest first.
const LEVELS: [&str; 4] = ["open", "internal", "restricted", "secret"];

fn one_of<T: Clone>(what: &str, word: &str, known: &[(&str, T)]) -> Result<T, String> {
    let found = known.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        format!("{word:?} is no {what}; expected one of: {}", names.join(", "))
    })
}

/// "A, B and C" as three names.
pub(super) fn list(text: &str) -> Vec<String> {
    let names = text.split(", ").flat_map(|part| part.split(" and "));
    names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// A role, in the singular or the plural; "custodian" is no role.
pub(super) fn role(word: &str) -> Result<Role, String> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let known: Vec<(String, Role)> = ROLES.into_iter().map(|role| (role.to_string(), role)).collect();
    let known: Vec<(&str, Role)> = known.iter().map(|(name, role)| (name.as_str(), *role)).collect();
    one_of("role", singular, &known)
}

pub(super) fn post(word: &str) -> Result<Post, String> {
    one_of("post", word, &[("duty officer", Post::DutyOfficer), ("note-taker", Post::NoteTaker)])
}

pub(super) fn level(word: &str) -> Result<Rank, String> {
    let known: Vec<(&str, Rank)> = LEVELS.into_iter().zip((0..).map(Rank)).collect();
    one_of("level", word, &known)
}

pub(super) fn level_name(rank: Rank) -> String {
    LEVELS.get(usize::from(rank.0)).map_or_else(|| format!("level {}", rank.0), |name| (*name).to_owned())
}

/// "2 hours", in milliseconds.
pub(super) fn time_ms(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no time; expected for instance \"2 hours\" or \"30 seconds\"");
    let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
    let count: u64 = count.parse().map_err(|_| wrong())?;
    let unit_ms = match unit.strip_suffix('s').unwrap_or(unit) {
        "second" => 1_000,
        "minute" => 60 * 1_000,
        "hour" => 60 * 60 * 1_000,
        "day" => 24 * 60 * 60 * 1_000,
        _ => return Err(wrong()),
    };
    Ok(count * unit_ms)
}

pub(super) fn note_mark(words: &str) -> Result<NoteMark, String> {
    let known = [
        ("a remark", NoteMark::Remark),
        ("an ask", NoteMark::Ask),
        ("a commitment of ours", NoteMark::CommitmentOurs),
        ("a commitment of theirs", NoteMark::CommitmentTheirs),
        ("a quote", NoteMark::Quote),
        ("a decision", NoteMark::Decision),
    ];
    one_of("kind of note", words, &known)
}

pub(super) fn side(word: &str) -> Result<Side, String> {
    one_of("side", word, &[("ours", Side::Ours), ("theirs", Side::Theirs)])
}

pub(super) fn party_role(word: &str) -> Result<PartyRole, String> {
    let known = [
        ("principal", PartyRole::Principal),
        ("counterpart", PartyRole::Counterpart),
        ("interpreter", PartyRole::Interpreter),
        ("note-taker", PartyRole::NoteTaker),
        ("adviser", PartyRole::Adviser),
        ("duty officer", PartyRole::DutyOfficer),
    ];
    one_of("role on a call", word, &known)
}

pub(super) fn line(words: &str) -> Result<LineKind, String> {
    let known = [
        ("a secure line", LineKind::Secure),
        ("a guest line", LineKind::Guest),
        ("an open line", LineKind::Open),
    ];
    one_of("line", words, &known)
}

pub(super) fn because(word: &str) -> Result<RevokedBecause, String> {
    let known = [
        ("lost", RevokedBecause::Lost),
        ("replaced", RevokedBecause::Replaced),
        ("exposed", RevokedBecause::Exposed),
    ];
    one_of("reason", word, &known)
}

pub(super) fn call_end(word: &str) -> Result<CallEnd, String> {
    let known = [
        ("ended", CallEnd::Ended),
        ("declined", CallEnd::Declined),
        ("missed", CallEnd::Missed),
        ("cancelled", CallEnd::Cancelled),
        ("failed", CallEnd::Failed),
    ];
    one_of("end of a call", word, &known)
}

pub(super) fn stage(word: &str) -> Option<Stage> {
    let all = [Stage::Requested, Stage::Briefed, Stage::Live, Stage::Ended, Stage::WrittenUp, Stage::Closed];
    all.into_iter().find(|stage| stage.to_string() == word)
}

pub(super) fn party_state(words: &str) -> Option<PartyState> {
    let all = [PartyState::Invited, PartyState::Waiting, PartyState::On, PartyState::Held, PartyState::Left];
    all.into_iter().find(|state| state.to_string() == words)
}
