//! What a desk is founded with, checked before anything is made.

use std::{fs, path::Path};

use chancery_desk::{
    guarded::CUSTODIANS_NEEDED_LEAST,
    levels::{
        scheme::{Scheme, SchemeError},
        shipped::Shipped,
    },
};
use chancery_participant::founding::{Custodian, Plan};
use chancery_seal::body::people::{DeskProfile, PersonProfile};
use zeroize::Zeroizing;

use super::names::{self, NameError};

/// As people answer: texts.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The desk's name.
    pub name: String,
    /// Host name, without a port.
    pub host: String,
    /// Scheme, host and port as devices dial them.
    pub address: String,
    /// The server makes its own certificate, and links name it.
    pub own_certificate: bool,
    /// `neutral`, `tlp2`, or a file.
    pub scheme: String,
    /// "Name, title" of each founding officer.
    pub officers: Vec<String>,
    /// "Name, title" of each custodian; the name of an officer stands for that officer.
    pub custodians: Vec<String>,
    /// How many custodians it takes.
    pub needed: Option<u8>,
    /// Of the officers' devices, in order; those that are missing have none.
    pub passphrases: Vec<Zeroizing<String>>,
}

/// Why answers found no desk.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// No name for the desk.
    #[error("expected a name for the desk, got nothing")]
    NoName,
    /// A host with a port, a path or a scheme.
    #[error("expected a host name such as desk.example.org or localhost, got {0:?}")]
    Host(String),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// One officer could do alone what takes two.
    #[error(
        "a desk is founded by at least two security officers, got {0}: what is guarded takes one who asks and another who agrees"
    )]
    TooFewOfficers(usize),
    /// The same person twice.
    #[error("{0:?} stands twice among the {1}")]
    Twice(String, &'static str),
    /// A threshold that no set of these custodians reaches, or that one reaches alone.
    #[error(
        "expected between {CUSTODIANS_NEEDED_LEAST} and all of the {people} custodians to be needed together, got {needed}"
    )]
    Needed {
        /// How many there are.
        people: usize,
        /// How many are to be needed.
        needed: usize,
    },
    /// The scheme can't be read.
    #[error("{file}: {error}; the schemes that come with the desk are neutral and tlp2")]
    SchemeFile {
        /// Which file.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The scheme is not one.
    #[error("{file}: {error}")]
    Scheme {
        /// Which file.
        file: String,
        /// What is wrong.
        error: SchemeError,
    },
}

/// Everything that makes a desk.
pub struct Founding {
    /// What the founding act and the first deeds say.
    pub plan: Plan,
    /// Host name, without a port.
    pub host: String,
    /// Scheme, host and port as devices dial them.
    pub address: String,
    /// The server makes its own certificate, and links name it.
    pub own_certificate: bool,
    /// Of the officers' devices, in order.
    pub passphrases: Vec<Option<Zeroizing<String>>>,
}

impl Answers {
    /// Checks the answers. `now_ms`: milliseconds since 1970 UTC.
    pub fn founding(&self, now_ms: u64) -> Result<Founding, AnswerError> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(AnswerError::NoName);
        }
        let host = host(&self.host)?;
        let scheme = scheme(&self.scheme)?;
        let officers = people(&self.officers, "officers")?;
        if officers.len() < 2 {
            return Err(AnswerError::TooFewOfficers(officers.len()));
        }
        let named = if self.custodians.is_empty() { &self.officers } else { &self.custodians };
        let custodians: Vec<Custodian> = people(named, "custodians")?
            .into_iter()
            .map(|custodian| {
                let officer =
                    officers.iter().position(|officer| names::is_same(&officer.name, &custodian.name));
                officer.map_or(Custodian::Other(custodian), Custodian::Officer)
            })
            .collect();
        let needed = usize::from(self.needed.unwrap_or_else(|| majority(custodians.len())));
        let needed = match u8::try_from(needed) {
            Ok(enough) if enough >= CUSTODIANS_NEEDED_LEAST && needed <= custodians.len() => enough,
            Ok(_) | Err(_) => return Err(AnswerError::Needed { people: custodians.len(), needed }),
        };
        let passphrases = (0..officers.len())
            .map(|place| self.passphrases.get(place).filter(|words| !words.is_empty()).cloned())
            .collect();
        Ok(Founding {
            plan: Plan {
                origin: format!("{host}/log"),
                profile: DeskProfile { name, scheme: scheme.0 },
                ranks: scheme.1,
                officers,
                custodians,
                needed,
                now_ms,
            },
            address: self.address.trim_end_matches('/').to_owned(),
            host,
            own_certificate: self.own_certificate,
            passphrases,
        })
    }
}

/// More than half.
pub fn majority(of: usize) -> u8 {
    u8::try_from(of / 2 + 1).unwrap_or(u8::MAX)
}

/// A host name alone, in lower case.
pub fn host(text: &str) -> Result<String, AnswerError> {
    let host = text.trim().to_lowercase();
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if host.is_empty() || !host.chars().all(belongs) || host.starts_with(['.', '-']) {
        return Err(AnswerError::Host(text.chars().take(80).collect()));
    }
    Ok(host)
}

/// A shipped scheme by its name, or a file: its text, and how many levels it has.
pub fn scheme(named: &str) -> Result<(String, u8), AnswerError> {
    let shipped = Shipped::ALL.into_iter().find(|shipped| shipped.name() == named);
    let file = named.to_owned();
    let text = match shipped {
        Some(shipped) => shipped.json().to_owned(),
        None => match fs::read_to_string(Path::new(named)) {
            Ok(text) => text,
            Err(error) => return Err(AnswerError::SchemeFile { file, error }),
        },
    };
    let ranks = Scheme::read(&text).map_err(|error| AnswerError::Scheme { file, error })?.ranks();
    Ok((text, ranks))
}

fn people(named: &[String], what: &'static str) -> Result<Vec<PersonProfile>, AnswerError> {
    let mut people: Vec<PersonProfile> = Vec::new();
    for text in named {
        let profile = names::profile(text)?;
        if people.iter().any(|known| names::is_same(&known.name, &profile.name)) {
            return Err(AnswerError::Twice(profile.name, what));
        }
        people.push(profile);
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        Answers {
            name: "Desk of Oland".into(),
            host: "desk.example".into(),
            address: "https://desk.example/".into(),
            scheme: "neutral".into(),
            officers: vec!["Asta Holm, Head of security".into(), "Bodil Krag".into()],
            custodians: vec!["asta  holm".into(), "Carl Lund".into(), "Dorte Mose".into()],
            ..Answers::default()
        }
    }

    #[test]
    fn a_custodian_with_an_officers_name_is_that_officer_and_more_than_half_are_needed() {
        let founding = answers().founding(1).unwrap();
        assert_eq!(founding.plan.needed, 2);
        assert!(matches!(founding.plan.custodians[0], Custodian::Officer(0)));
        assert!(matches!(&founding.plan.custodians[1], Custodian::Other(other) if other.name == "Carl Lund"));
        assert_eq!(
            (founding.plan.origin.as_str(), founding.address.as_str()),
            ("desk.example/log", "https://desk.example")
        );
    }

    #[test]
    fn without_custodians_the_officers_are_the_custodians() {
        let founding = Answers { custodians: Vec::new(), ..answers() }.founding(1).unwrap();
        assert_eq!(founding.plan.needed, 2);
        assert_eq!(founding.plan.custodians.len(), 2);
    }

    #[test]
    fn wrong_answers_are_told_apart() {
        let why = |answers: Answers| answers.founding(1).err().unwrap().to_string();
        assert!(why(Answers { officers: vec!["Asta".into()], ..answers() }).contains("at least two"));
        assert!(why(Answers { host: "desk.example:443".into(), ..answers() }).contains("host name"));
        assert!(why(Answers { needed: Some(4), ..answers() }).contains("between 2 and all of the 3"));
        assert!(why(Answers { scheme: "none".into(), ..answers() }).contains("neutral and tlp2"));
        let twice = vec!["Asta".into(), "asta".into()];
        assert!(why(Answers { officers: twice, ..answers() }).contains("twice among the officers"));
    }
}
