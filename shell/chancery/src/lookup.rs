//! Finding what somebody named on the command line: by name, by the beginning of an id, or by a word of the name when only
//! one fits.

use chancery_desk::trust::Trust;
use chancery_log::id::{CounterpartId, DeviceId, OfficeId, PackageId, PersonId};
use chancery_participant::{
    participant::Participant,
    view::{board, names::Names},
};
use chancery_seal::vault::Reader;

use crate::init::names::is_same;

/// Shorter beginnings of an id are no id.
const ID_CHARS_LEAST: usize = 4;

/// At most so many are named in an error.
const NAMED_MAX: usize = 20;

/// Why a text names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// None fits.
    #[error("no {what} is called {text:?}; there is {known}")]
    Nothing {
        /// What was looked for.
        what: &'static str,
        /// The text.
        text: String,
        /// What there is.
        known: String,
    },
    /// Several fit.
    #[error("{text:?} may be {fitting}: write more of it, or the beginning of the id")]
    Several {
        /// The text.
        text: String,
        /// What fits.
        fitting: String,
    },
    /// The device knows nothing yet.
    #[error("this device holds nothing of its desk yet: connect it and try again")]
    NoTrust,
}

/// What can be named: its value, its name, its id as text.
type Known<T> = (T, String, String);

/// One way in which a text may name something.
type Way<'a, T> = &'a dyn Fn(&&Known<T>) -> bool;

/// Picks the one that a text names.
pub fn pick<T: Clone>(what: &'static str, text: &str, known: &[Known<T>]) -> Result<T, LookupError> {
    let sought = text.trim().to_lowercase();
    let by_id = |(_, _, id): &&Known<T>| sought.len() >= ID_CHARS_LEAST && id.starts_with(&sought);
    let by_name = |(_, name, _): &&Known<T>| is_same(name, text);
    let by_word = |(_, name, _): &&Known<T>| !sought.is_empty() && name.to_lowercase().contains(&sought);
    let ways: [Way<'_, T>; 3] = [&by_name, &by_id, &by_word];
    for way in ways {
        let fitting: Vec<&Known<T>> = known.iter().filter(way).collect();
        match fitting.as_slice() {
            [] => {}
            [(value, _, _)] => return Ok(value.clone()),
            several => {
                let fitting = listed(several.iter().copied());
                return Err(LookupError::Several { text: text.to_owned(), fitting });
            }
        }
    }
    let known = if known.is_empty() { "none".to_owned() } else { listed(known.iter()) };
    Err(LookupError::Nothing { what, text: text.to_owned(), known })
}

fn listed<'a, T: 'a>(known: impl Iterator<Item = &'a Known<T>>) -> String {
    let all: Vec<String> = known.map(|(_, name, id)| format!("{name} ({})", short(id))).collect();
    let more = all.len().saturating_sub(NAMED_MAX);
    let mut named = all.into_iter().take(NAMED_MAX).collect::<Vec<_>>().join(", ");
    if more > 0 {
        named.push_str(&format!(" and {more} more"));
    }
    named
}

/// The beginning of an id, enough to tell things of one desk apart.
pub fn short(id: &impl ToString) -> String {
    id.to_string().chars().take(8).collect()
}

fn trust(participant: &Participant) -> Result<&Trust, LookupError> {
    participant.ledger().trust().ok_or(LookupError::NoTrust)
}

fn known_people(participant: &Participant) -> Result<Vec<Known<PersonId>>, LookupError> {
    let names = Names::of(participant);
    let people = trust(participant)?.people().iter().filter(|(_, person)| !person.left);
    Ok(people.map(|(id, _)| (*id, names.person(*id).to_owned(), id.to_string())).collect())
}

/// A person at the desk.
pub fn person(participant: &Participant, text: &str) -> Result<PersonId, LookupError> {
    pick("person", text, &known_people(participant)?)
}

/// A device that is not revoked: by its id, or by its owner's name when the owner has one only.
pub fn device(participant: &Participant, text: &str) -> Result<DeviceId, LookupError> {
    let names = Names::of(participant);
    let devices = trust(participant)?.devices().iter().filter(|(_, device)| device.revoked.is_none());
    let known: Vec<Known<DeviceId>> = devices
        .map(|(id, device)| (*id, names.person(device.cert.person).to_owned(), id.to_string()))
        .collect();
    pick("device", text, &known)
}

/// A counterpart.
pub fn counterpart(participant: &Participant, text: &str) -> Result<CounterpartId, LookupError> {
    let names = Names::of(participant);
    let ids = trust(participant)?.counterparts().keys();
    let known: Vec<Known<CounterpartId>> =
        ids.map(|id| (*id, names.counterpart(*id).to_owned(), id.to_string())).collect();
    pick("counterpart", text, &known)
}

/// An office.
pub fn office(participant: &Participant, text: &str) -> Result<OfficeId, LookupError> {
    let names = Names::of(participant);
    let ids = trust(participant)?.offices().keys();
    let known: Vec<Known<OfficeId>> =
        ids.map(|id| (*id, names.office(*id).to_owned(), id.to_string())).collect();
    pick("office", text, &known)
}

/// A person or an office.
pub fn reader(participant: &Participant, text: &str) -> Result<Reader, LookupError> {
    let names = Names::of(participant);
    let offices = trust(participant)?.offices().keys();
    let offices = offices.map(|id| (Reader::Office(*id), names.office(*id).to_owned(), id.to_string()));
    let people = known_people(participant)?;
    let people = people.into_iter().map(|(person, name, id)| (Reader::Person(person), name, id));
    pick("person or office", text, &people.chain(offices).collect::<Vec<_>>())
}

/// A package: by its id, or by a word of its subject.
pub fn package(participant: &Participant, text: &str) -> Result<PackageId, LookupError> {
    let lines = board::board(participant);
    let known: Vec<Known<PackageId>> =
        lines.into_iter().map(|line| (line.id, line.subject, line.id.to_string())).collect();
    pick("package", text, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Known<u8>> {
        let one = |value, name: &str, id: &str| (value, name.to_owned(), id.to_owned());
        vec![one(1, "Asta Holm", "aa01ff"), one(2, "Asta Holmgren", "aa01fe"), one(3, "Bodil Krag", "bb")]
    }

    #[test]
    fn a_whole_name_wins_over_part_of_another() {
        assert_eq!(pick("person", "asta  holm", &known()), Ok(1));
        assert_eq!(pick("person", "krag", &known()), Ok(3));
    }

    #[test]
    fn the_beginning_of_an_id_must_be_long_enough_and_fit_one_only() {
        assert_eq!(pick("person", "AA01FF", &known()), Ok(1));
        assert!(matches!(pick("person", "aa01", &known()), Err(LookupError::Several { .. })));
        assert!(matches!(pick("person", "bb", &known()), Err(LookupError::Nothing { .. })));
    }

    #[test]
    fn an_error_says_what_there_is() {
        let error = pick("person", "Carl", &known()).unwrap_err().to_string();
        assert!(
            error.contains("no person is called \"Carl\"") && error.contains("Bodil Krag (bb)"),
            "{error}"
        );
    }
}
