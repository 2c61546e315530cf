//! One act before the rules: who says it, when, and against which state.

use chancery_log::id::{DeviceId, PackageId, PersonId, Vault};
use chancery_seal::vault::Reader;

use crate::{
    package::Package,
    people,
    refusal::{Refusal, Thing},
    said::Said,
    trust::Trust,
    vaults::Vaults,
};

/// Who signed, once looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// The server's observer.
    Observer,
    /// A device of somebody at the desk.
    Person(PersonId),
}

/// One act and what it is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) trust: &'a Trust,
    pub(crate) package: Option<&'a Package>,
    pub(crate) said: &'a Said,
    pub(crate) logged_ms: u64,
    pub(crate) author: Author,
}

impl<'a> Case<'a> {
    /// The author as a person; the observer is none.
    pub(crate) fn person(&self) -> Result<PersonId, Refusal> {
        match self.author {
            Author::Person(person) => Ok(person),
            Author::Observer => Err(Refusal::ObserverMayNot),
        }
    }

    /// The package of the act's scope.
    pub(crate) fn package(&self) -> Result<&'a Package, Refusal> {
        match (self.package, self.said.package()) {
            (Some(package), _) => Ok(package),
            (None, Some(id)) => Err(Refusal::UnknownPackage(id)),
            (None, None) => Err(self.not_of_a_package()),
        }
    }

    fn not_of_a_package(&self) -> Refusal {
        Refusal::WrongScope { expected: "the scope of a package".into(), got: self.said.scope }
    }

    /// The device that signed.
    pub(crate) fn device(&self) -> DeviceId {
        self.said.author
    }

    /// Whether the author is this person.
    pub(crate) fn is(&self, person: PersonId) -> bool {
        self.author == Author::Person(person)
    }

    /// The vaults as they stand.
    pub(crate) fn vaults(&self) -> Vaults<'a> {
        Vaults::at(self.trust, self.package)
    }

    /// The package's vault, or the vault of an opening's package.
    pub(crate) fn package_vault(&self) -> Result<Vault, Refusal> {
        self.package_id().map(Vault::Package)
    }

    /// The package of the act's scope, open or not.
    pub(crate) fn package_id(&self) -> Result<PackageId, Refusal> {
        self.said.package().ok_or_else(|| self.not_of_a_package())
    }

    /// This person must read the package.
    pub(crate) fn needs_reader(&self, package: &Package, person: PersonId) -> Result<(), Refusal> {
        people::needs_at_desk(self.trust, person)?;
        if package.may_read(self.trust, person) {
            Ok(())
        } else {
            Err(Refusal::NotAReader { person, package: package.id })
        }
    }

    /// A person or an office that exists; a device can not be named as a reader.
    pub(crate) fn needs_nameable(&self, reader: Reader) -> Result<(), Refusal> {
        match reader {
            Reader::Device(_) => Err(Refusal::WrongReader(reader)),
            Reader::Person(person) => people::needs_at_desk(self.trust, person),
            Reader::Office(office) => {
                if self.trust.offices.contains_key(&office) {
                    Ok(())
                } else {
                    Err(Refusal::UnknownOffice(office))
                }
            }
        }
    }
}

/// Refuses what is there already.
pub(crate) fn needs_new(there: bool, thing: Thing) -> Result<(), Refusal> {
    if there { Err(Refusal::AlreadyThere(thing)) } else { Ok(()) }
}
