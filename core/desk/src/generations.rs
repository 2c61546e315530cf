//! Making a vault's generations and wrapping them to more readers. No reader comes in but by authority.

use std::collections::BTreeSet;

use chancery_log::id::{DeviceId, Digest, GenerationNumber, PersonId, Vault};
use chancery_seal::{
    device::RECEIVE_KEY_BYTES,
    vault::{Generation, Reader, WrappedTo},
};

use crate::{
    case::Case,
    refusal::{Refusal, Thing},
    said::Said,
    vaults::{Chain, Made, VaultState, Vaults, Wrapped},
};

pub(crate) fn admit_made(case: &Case<'_>, vault: Vault, generation: &Generation) -> Result<(), Refusal> {
    let vaults = case.vaults();
    let next = vaults.next_generation(vault);
    needs_number(vault, next.number, generation.number)?;
    needs_reach(case, vault, next.number - 1)?;
    match (next.chain, generation.chained) {
        (Chain::Must, true) | (Chain::MustNot, false) | (Chain::Either, true | false) => {}
        (Chain::Must, false) => return Err(Refusal::ChainExpected { expected: true }),
        (Chain::MustNot, true) => return Err(Refusal::ChainExpected { expected: false }),
    }
    needs_form(vault, generation, next.readers)?;
    needs_among(&vaults, case.device(), case.person()?, &generation.readers)
}

/// The first generation of a package's vault, made by the act that opens it.
pub(crate) fn admit_first(
    case: &Case<'_>,
    vault: Vault,
    readers: &BTreeSet<Reader>,
    generation: &Generation,
) -> Result<(), Refusal> {
    let vaults = case.vaults();
    needs_number(vault, 1, generation.number)?;
    if generation.chained {
        return Err(Refusal::ChainExpected { expected: false });
    }
    needs_form(vault, generation, vaults.wrapped_to(readers.iter().copied()))?;
    needs_among(&vaults, case.device(), case.person()?, &generation.readers)
}

fn needs_number(vault: Vault, expected: GenerationNumber, got: GenerationNumber) -> Result<(), Refusal> {
    if got == expected { Ok(()) } else { Err(Refusal::GenerationExpected { vault, expected, got }) }
}

/// The maker may read the vault, and holds the generation before, unless nobody who does is left.
fn needs_reach(case: &Case<'_>, vault: Vault, before: GenerationNumber) -> Result<(), Refusal> {
    let (vaults, person, device) = (case.vaults(), case.person()?, case.device());
    if !vaults.may_read(vault, person) {
        return Err(match vault {
            Vault::Person(_) => Refusal::NotYours { power: crate::roles::Power::KeepVaults },
            Vault::Office(office) => Refusal::NotAMember { person, office },
            Vault::Package(package) => Refusal::NotAReader { person, package },
        });
    }
    if before == 0 || vaults.holds(device, vault, before) || !vaults.anyone_holds(vault) {
        Ok(())
    } else {
        Err(Refusal::NotAHolder { device, vault, generation: before })
    }
}

fn needs_form(vault: Vault, generation: &Generation, expected: Vec<WrappedTo>) -> Result<(), Refusal> {
    let (bytes, got) = (receive_key_bytes(vault), generation.receives.len());
    if got != bytes {
        return Err(Refusal::ReceiveKey { expected: bytes, got });
    }
    if generation.readers == expected {
        Ok(())
    } else {
        Err(Refusal::ReadersExpected { vault, expected, got: generation.readers.clone() })
    }
}

/// Nobody wraps to a package's vault, so it has no receiving key.
fn receive_key_bytes(vault: Vault) -> usize {
    match vault {
        Vault::Person(_) | Vault::Office(_) => RECEIVE_KEY_BYTES,
        Vault::Package(_) => 0,
    }
}

/// The maker is among those it wraps to: by its own device, its person's vault or an office that it belongs to.
fn needs_among(
    vaults: &Vaults<'_>,
    device: DeviceId,
    person: PersonId,
    readers: &[WrappedTo],
) -> Result<(), Refusal> {
    let own = Vault::Person(person);
    let among = readers.iter().any(|to| match to.reader {
        Reader::Device(id) => id == device,
        Reader::Person(id) => id == person,
        Reader::Office(office) => vaults.may_read(Vault::Office(office), person),
    });
    let stale = vaults.stale(own);
    match (among, vaults.state(own), stale) {
        (true, _, _) => Ok(()),
        (false, Some(_), true) => Err(Refusal::RekeyFirst { vault: own }),
        (false, Some(_), false) | (false, None, _) => Err(Refusal::NoVaultYet(own)),
    }
}

pub(crate) fn admit_wrapped(
    case: &Case<'_>,
    vault: Vault,
    number: GenerationNumber,
    readers: &[WrappedTo],
) -> Result<(), Refusal> {
    let (vaults, device) = (case.vaults(), case.device());
    let state = vaults.state(vault).ok_or(Refusal::NoVaultYet(vault))?;
    let top = state.tops().find(|made| made.generation.number == number);
    let made = top.ok_or(Refusal::GenerationExpected { vault, expected: state.number(), got: number })?;
    needs_reach(case, vault, 0)?;
    if !vaults.holds(device, vault, number) {
        return Err(Refusal::NotAHolder { device, vault, generation: number });
    }
    let authority = vaults.authority(vault);
    for to in readers {
        needs_wrappable(&vaults, state, made, &authority, vault, to.reader)?;
    }
    let expected = vaults.wrapped_to(readers.iter().map(|to| to.reader));
    if readers.is_empty() || readers != expected {
        return Err(Refusal::ReadersExpected { vault, expected, got: readers.to_vec() });
    }
    Ok(())
}

fn needs_wrappable(
    vaults: &Vaults<'_>,
    state: &VaultState,
    made: &Made,
    authority: &BTreeSet<Reader>,
    vault: Vault,
    reader: Reader,
) -> Result<(), Refusal> {
    let since = state.since.get(&reader).copied().unwrap_or(1);
    if !authority.contains(&reader) || since > made.generation.number {
        return Err(Refusal::WrongReader(reader));
    }
    if made.wrapped.contains_key(&reader) {
        return Err(Refusal::AlreadyThere(Thing::Reader(reader)));
    }
    match (vaults.ready(reader), reader.vault()) {
        (Some(_), _) => Ok(()),
        (None, Some(own)) if vaults.state(own).is_some() => Err(Refusal::RekeyFirst { vault: own }),
        (None, own) => Err(Refusal::NoVaultYet(own.unwrap_or(vault))),
    }
}

impl VaultState {
    /// Takes a new generation in.
    pub(crate) fn apply_made(&mut self, said: &Said, generation: &Generation) {
        let made = Made {
            generation: generation.clone(),
            by: said.author,
            act: said.digest,
            wrapped: wraps(&generation.readers, said.digest).collect(),
        };
        self.made.push(made);
        self.unchained_due = false;
    }

    /// Takes more readers of a generation in.
    pub(crate) fn apply_wrapped(&mut self, said: &Said, number: GenerationNumber, readers: &[WrappedTo]) {
        let made = self.made.iter_mut().find(|made| made.generation.number == number);
        if let Some(made) = made {
            made.wrapped.extend(wraps(readers, said.digest));
        }
    }
}

fn wraps(readers: &[WrappedTo], act: Digest) -> impl Iterator<Item = (Reader, Wrapped)> {
    readers.iter().map(move |to| (to.reader, Wrapped { generation: to.generation, act }))
}
