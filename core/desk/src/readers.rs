//! A package's distribution list and its level. Authority only: the keys follow by generations and wraps.

use std::collections::BTreeSet;

use chancery_log::id::PersonId;
use chancery_seal::vault::Reader;

use crate::{
    case::{Case, needs_new},
    package::Package,
    refusal::{Refusal, Thing},
    trust::Trust,
};

pub(crate) fn admit_added(
    case: &Case<'_>,
    package: &Package,
    readers: &BTreeSet<Reader>,
) -> Result<(), Refusal> {
    needs_some(readers)?;
    for reader in readers {
        case.needs_nameable(*reader)?;
        needs_new(package.readers.contains(reader), Thing::Reader(*reader))?;
    }
    Ok(())
}

pub(crate) fn admit_removed(package: &Package, readers: &BTreeSet<Reader>) -> Result<(), Refusal> {
    needs_some(readers)?;
    for reader in readers {
        if !package.readers.contains(reader) {
            return Err(Refusal::ReaderUnknown { reader: *reader, package: package.id });
        }
        if package.principal().map(Reader::Person) == Some(*reader) {
            return Err(Refusal::WrongReader(*reader));
        }
    }
    let last = package.readers.difference(readers).next().is_none();
    match readers.first() {
        Some(reader) if last => Err(Refusal::WrongReader(*reader)),
        Some(_) | None => Ok(()),
    }
}

fn needs_some(readers: &BTreeSet<Reader>) -> Result<(), Refusal> {
    if readers.is_empty() {
        let what = "the number of readers named".into();
        Err(Refusal::OutOfRange { what, least: 1, most: u64::MAX, got: 0 })
    } else {
        Ok(())
    }
}

impl Package {
    pub(crate) fn apply_readers_added(&mut self, readers: &BTreeSet<Reader>, from_now: bool) {
        self.readers.extend(readers.iter().copied());
        for reader in readers {
            if from_now {
                self.vault.since.insert(*reader, self.vault.number() + 1);
            } else {
                self.vault.since.remove(reader);
            }
        }
        self.vault.unchained_due |= from_now;
    }

    pub(crate) fn apply_readers_removed(&mut self, readers: &BTreeSet<Reader>) {
        self.readers.retain(|reader| !readers.contains(reader));
        self.vault.since.retain(|reader, _| !readers.contains(reader));
    }

    /// Whether this person reads the package: named, by an office, or because it is the principal's own.
    pub fn may_read(&self, trust: &Trust, person: PersonId) -> bool {
        let by_name = |reader: &Reader| match reader {
            Reader::Person(named) => *named == person,
            Reader::Office(office) => {
                trust.offices.get(office).is_some_and(|office| office.members.contains(&person))
            }
            Reader::Device(_) => false,
        };
        trust.at_desk(person) && (self.principal() == Some(person) || self.readers.iter().any(by_name))
    }

    /// Whether this person is among some of the package's readers.
    pub(crate) fn is_among(trust: &Trust, readers: &BTreeSet<Reader>, person: PersonId) -> bool {
        readers.iter().any(|reader| match reader {
            Reader::Person(named) => *named == person,
            Reader::Office(office) => trust.members(*office).contains(&person),
            Reader::Device(_) => false,
        })
    }
}

/// Whether this person reads the package.
pub fn may_read(trust: &Trust, package: &Package, person: PersonId) -> bool {
    package.may_read(trust, person)
}
