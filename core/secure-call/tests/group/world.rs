//! A desk with its observer, people with devices, and the devices that the log has on the call.

use chancery_call_tree::suite::CallPlace;
use chancery_log::id::{DeskId, DeviceId, PackageId, PartyId};
use chancery_open::device::DeviceSecrets;
use chancery_seal::leaf_cert::Admitted;
use ed25519_dalek::{Signer as _, SigningKey};
use openmls_traits::{
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

pub(crate) const NOW_MS: u64 = 1_800_000_000_000;

pub(crate) struct World {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) place: CallPlace,
    pub(crate) observer: SigningKey,
    pub(crate) admitted: Vec<Admitted>,
}

/// The observer as OpenMLS has it sign.
pub(crate) struct ObserverSigner<'a>(pub(crate) &'a SigningKey);

impl Signer for ObserverSigner<'_> {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

pub(crate) struct Person {
    pub(crate) device: DeviceSecrets,
    pub(crate) party: PartyId,
}

impl Person {
    pub(crate) fn id(&self) -> DeviceId {
        self.device.id()
    }

    pub(crate) fn admitted(&self) -> Admitted {
        Admitted::new(self.party, self.device.public().clone())
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let observer = SigningKey::from_bytes(&[9; 32]);
        let place = CallPlace {
            desk: DeskId([1; 16]),
            package: PackageId([2; 16]),
            observer: observer.verifying_key().to_bytes(),
        };
        Self { rng: ChaCha20Rng::from_seed([7; 32]), place, observer, admitted: Vec::new() }
    }

    /// Somebody whom the log has on the call.
    pub(crate) fn person(&mut self) -> Person {
        let person = self.stranger();
        self.admitted.push(person.admitted());
        person
    }

    /// Somebody whom it has not.
    pub(crate) fn stranger(&mut self) -> Person {
        let device = DeviceSecrets::draw(&mut self.rng).unwrap();
        let mut party = [0; 16];
        self.rng.fill_bytes(&mut party);
        Person { device, party: PartyId(party) }
    }

    /// The log says of a person that it is off the call.
    pub(crate) fn off(&mut self, person: &Person) {
        self.admitted.retain(|known| known.device() != person.id());
    }
}
