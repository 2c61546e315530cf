//! Bodies and keys: fetching what acts list, unwrapping generations, opening words. A key is used only once it matches
//! the commitment that its maker signed.

use chancery_desk::vaults::{VaultState, Vaults};
use chancery_log::{
    act::BodyKind,
    id::{Digest, GenerationNumber, Scope, Vault},
};
use chancery_open::{
    body,
    chain::{self, Link},
    generation::GenerationSecret,
    wrap::{self, UnwrapError},
};
use chancery_seal::{
    sealed::{self, BodyContext, SealedBody},
    vault::{Generation, Reader},
    wraps::Wraps,
};
use chancery_wire::{limits::FETCH_MAX, to_server::ToServer};
use serde_bytes::ByteBuf;

use crate::{
    alarm::Alarm,
    bodies::BodyPlace,
    io::Event,
    participant::Participant,
    record::{Record, RecordKey},
};

impl Participant {
    pub(crate) fn fetch_bodies(&mut self) {
        if !self.connection.is_in() {
            return;
        }
        for (scope, bodies) in self.bodies.next_to_ask(FETCH_MAX) {
            self.send(&ToServer::Fetch { scope, bodies });
        }
    }

    /// A body came from the server: it must be the one that the act lists.
    pub(crate) fn take_body(&mut self, sha256: Digest, bytes: Vec<u8>) {
        let Some(place) = self.bodies.came(sha256) else { return };
        if sealed::check(&bytes, &place.named).is_err() {
            self.bodies.missing(sha256);
            self.bodies.want(place);
            return self.alarm(Alarm::SwappedBody { sha256 });
        }
        self.keep(&RecordKey::Body(sha256), Some(&Record::Body { bytes: ByteBuf::from(bytes.clone()) }));
        self.use_body(place, bytes);
        // Words come after the entry that names them: whoever shows them must look again.
        self.event(Event::Changed(place.scope));
    }

    pub(crate) fn use_body(&mut self, place: BodyPlace, bytes: Vec<u8>) {
        match place.named.kind {
            BodyKind::Wraps(vault, number) => self.unwrap(place, bytes, vault, number),
            BodyKind::Sealed(vault, number) => self.open(place, bytes, vault, number),
            BodyKind::Shares(..) => self.take_shares(place, &bytes),
            BodyKind::TapeShares(_) => self.take_tape_shares(&place, bytes),
        }
    }

    pub(crate) fn vault_state(&self, vault: Vault) -> Option<&VaultState> {
        let trust = self.ledger.trust()?;
        let package = match vault {
            Vault::Package(package) => self.ledger.package(package),
            Vault::Person(_) | Vault::Office(_) => None,
        };
        Vaults::at(trust, package).state(vault)
    }

    fn stated(&self, vault: Vault, number: GenerationNumber) -> Option<Generation> {
        self.vault_state(vault)?.generation(number).map(|made| made.generation.clone())
    }

    fn is_me(&self, reader: Reader) -> bool {
        let me = self.identity.person;
        match reader {
            Reader::Device(device) => device == self.identity.secrets.id(),
            Reader::Person(person) => person == me,
            // Who left the office keeps what was read as a member, also after a restart.
            Reader::Office(office) => {
                self.keyring.newest(Vault::Office(office)).is_some()
                    || self.ledger.trust().is_some_and(|trust| trust.members(office).contains(&me))
            }
        }
    }

    /// Tries the wraps that are to this device, this person or an office of theirs; parks them for a key still to come.
    fn unwrap(&mut self, place: BodyPlace, bytes: Vec<u8>, vault: Vault, number: GenerationNumber) {
        if self.keyring.get(vault, number).is_some() {
            return;
        }
        let wraps = match Wraps::read(&bytes) {
            Ok(wraps) => wraps,
            Err(error) => return self.does_not_open(&place, error.to_string()),
        };
        let Some(stated) = self.stated(vault, number) else { return };
        let name = self.keyring.name(vault, number);
        let mine: Vec<_> =
            wraps.all().iter().map(|wrap| wrap.to).filter(|to| self.is_me(to.reader)).collect();
        for to in mine {
            let Some(key) = self.keyring.key_for(&self.identity.secrets, to) else {
                if let Some(own) = to.reader.vault() {
                    self.bodies.park(own, to.generation, place, bytes.clone());
                }
                continue;
            };
            match wrap::unwrap(&wraps, &name, to, key, &stated) {
                Ok(secret) => return self.hold(vault, &stated, secret),
                Err(UnwrapError::Commitment(_)) => {
                    self.alarm(Alarm::WrongGenerationKey { vault, generation: number });
                }
                Err(error @ (UnwrapError::NotToReader(_) | UnwrapError::Cipher | UnwrapError::Cbor(_))) => {
                    self.does_not_open(&place, error.to_string());
                }
            }
        }
    }

    /// Puts a secret into the keyring, and opens what waited for it.
    pub(crate) fn hold(&mut self, vault: Vault, stated: &Generation, secret: GenerationSecret) {
        if self.keyring.insert(vault, stated, secret).is_err() {
            return self.alarm(Alarm::WrongGenerationKey { vault, generation: stated.number });
        }
        if let Vault::Package(package) = vault {
            self.dirty.insert(package);
        }
        for (place, bytes) in self.bodies.unpark(vault, stated.number) {
            self.use_body(place, bytes);
        }
    }

    fn open(&mut self, place: BodyPlace, bytes: Vec<u8>, vault: Vault, number: GenerationNumber) {
        let Some(secret) = self.keyring.get(vault, number) else {
            return self.bodies.park(vault, number, place, bytes);
        };
        let context = BodyContext {
            under: self.keyring.name(vault, number),
            author: place.author,
            scope: place.scope,
            counter: place.counter,
            index: place.body,
        };
        let sealed = match SealedBody::read(bytes) {
            Ok(sealed) => sealed,
            Err(error) => return self.does_not_open(&place, error.to_string()),
        };
        if self.is_chain_link(&place, vault, number) {
            let Some(previous) = number.checked_sub(1).and_then(|before| self.stated(vault, before)) else {
                return;
            };
            let link = Link { context, body: &sealed, named: &place.named, previous: &previous };
            match chain::open_previous(secret, &link) {
                Ok(_) if self.keyring.get(vault, previous.number).is_some() => {}
                Ok(secret) => self.hold(vault, &previous, secret),
                Err(error) => self.does_not_open(&place, error.to_string()),
            }
            return;
        }
        match body::open(secret, &context, &sealed, &place.named) {
            Ok(body) => self.bodies.opened(&place, body),
            Err(error) => self.does_not_open(&place, error.to_string()),
        }
    }

    /// Whether this body is the one after the wraps of the act that made this generation.
    fn is_chain_link(&self, place: &BodyPlace, vault: Vault, number: GenerationNumber) -> bool {
        place.body == 1
            && self
                .vault_state(vault)
                .and_then(|state| state.generation(number))
                .is_some_and(|made| made.act == place.act && made.generation.chained)
    }

    fn does_not_open(&mut self, place: &BodyPlace, detail: String) {
        let BodyPlace { scope, index, named, .. } = *place;
        self.alarm(Alarm::BodyDoesNotOpen { scope, index, sha256: named.sha256, detail });
    }

    /// The newest generation of a vault that words can be sealed under now: held, and not stale.
    pub(crate) fn sealing_generation(&self, vault: Vault) -> Option<GenerationNumber> {
        let trust = self.ledger.trust()?;
        let package = match vault {
            Vault::Package(package) => self.ledger.package(package),
            Vault::Person(_) | Vault::Office(_) => None,
        };
        let vaults = Vaults::at(trust, package);
        if vaults.needs_new_generation(vault) {
            return None;
        }
        let number = vaults.state(vault)?.number();
        self.keyring.get(vault, number).map(|_| number)
    }

    /// The digest of the newest act of a scope that satisfies a condition: for views and for acts that name others.
    pub fn newest_act(
        &self,
        scope: Scope,
        which: impl Fn(&chancery_desk::act::Act) -> bool,
    ) -> Option<Digest> {
        self.ledger
            .entries(scope)
            .iter()
            .rev()
            .find(|entry| which(&entry.said.act))
            .map(|entry| entry.said.digest)
    }
}
