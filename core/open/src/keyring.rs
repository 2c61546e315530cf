//! All vault secrets that one device holds.

use std::collections::BTreeMap;

use chancery_log::id::{DeskId, GenerationNumber, Vault};
use chancery_seal::vault::{Generation, GenerationName, Reader, WrappedTo};

use crate::{
    device::DeviceSecrets,
    generation::{CommitmentError, GenerationSecret},
    hybrid::ReceivingKey,
};

struct Held {
    secret: GenerationSecret,
    /// None for a package, to which nobody wraps.
    receives: Option<ReceivingKey>,
}

/// The secrets of one device, by vault and generation. Every one was checked against the log's generation. They show
/// in no debug output, and are wiped when dropped.
pub struct Keyring {
    desk: DeskId,
    held: BTreeMap<(Vault, GenerationNumber), Held>,
}

impl Keyring {
    /// Holds nothing yet.
    pub fn new(desk: DeskId) -> Self {
        Self { desk, held: BTreeMap::new() }
    }

    /// Puts a secret in, after checking it against the generation that the log states.
    pub fn insert(
        &mut self,
        vault: Vault,
        stated: &Generation,
        secret: GenerationSecret,
    ) -> Result<(), CommitmentError> {
        let name = self.name(vault, stated.number);
        secret.check(&name, stated)?;
        let receives = match vault {
            Vault::Person(_) | Vault::Office(_) => Some(secret.receiving_key(&name)?),
            Vault::Package(_) => None,
        };
        self.held.insert((vault, stated.number), Held { secret, receives });
        Ok(())
    }

    /// The full name of a generation of this desk.
    pub fn name(&self, vault: Vault, number: GenerationNumber) -> GenerationName {
        GenerationName { desk: self.desk, vault, number }
    }

    /// The secret of one generation.
    pub fn get(&self, vault: Vault, number: GenerationNumber) -> Option<&GenerationSecret> {
        self.held.get(&(vault, number)).map(|held| &held.secret)
    }

    /// The newest generation held. Whether the log has a newer one, only the desk knows: ask it before sealing.
    pub fn newest(&self, vault: Vault) -> Option<(GenerationNumber, &GenerationSecret)> {
        let (key, held) = self.held.range((vault, 0)..=(vault, GenerationNumber::MAX)).next_back()?;
        Some((key.1, &held.secret))
    }

    /// The private key that opens wraps to this reader: this device's own, or one of a vault that it holds.
    pub fn key_for<'a>(&'a self, device: &'a DeviceSecrets, to: WrappedTo) -> Option<&'a ReceivingKey> {
        match to.reader {
            Reader::Device(id) => (id == device.id()).then(|| device.receiving_key()),
            Reader::Person(person) => self.receives(Vault::Person(person), to.generation),
            Reader::Office(office) => self.receives(Vault::Office(office), to.generation),
        }
    }

    fn receives(&self, vault: Vault, number: GenerationNumber) -> Option<&ReceivingKey> {
        self.held.get(&(vault, number))?.receives.as_ref()
    }

    /// Everything held, oldest generation of each vault first.
    pub fn all(&self) -> impl Iterator<Item = (Vault, GenerationNumber, &GenerationSecret)> {
        self.held.iter().map(|((vault, number), held)| (*vault, *number, &held.secret))
    }

    /// Wipes every generation of a vault, as a disposal or the loss of a right demands.
    pub fn forget(&mut self, vault: Vault) {
        self.held.retain(|(held, _), _| *held != vault);
    }
}
