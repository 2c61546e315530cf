//! Names and randomness that are the same in every run.

use chancery_log::{
    act::BodyRef,
    id::{DeskId, DeviceId, OfficeId, PackageId, PersonId, Scope, Vault},
};
use chancery_open::{body, device::DeviceSecrets, generation::GenerationSecret, wrap::ReaderKey};
use chancery_seal::{
    body::{Body, call::Remark},
    sealed::{BodyContext, SealedBody},
    vault::{Generation, GenerationName, Reader, WrappedTo},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub(crate) const DESK: DeskId = DeskId([0xd0; 16]);
pub(crate) const ALICE: PersonId = PersonId([0xa1; 16]);
pub(crate) const BRUNO: PersonId = PersonId([0xb2; 16]);
pub(crate) const CLARA: PersonId = PersonId([0xc3; 16]);
pub(crate) const OFFICE: OfficeId = OfficeId([0x0f; 16]);
pub(crate) const PACKAGE: PackageId = PackageId([0x9a; 16]);

/// The stream that a seed gives.
pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub(crate) fn device(seed: u8) -> DeviceSecrets {
    DeviceSecrets::draw(&mut rng(seed)).unwrap()
}

pub(crate) fn secret(seed: u8) -> GenerationSecret {
    GenerationSecret::draw(&mut rng(seed))
}

pub(crate) fn name(vault: Vault, number: u32) -> GenerationName {
    GenerationName { desk: DESK, vault, number }
}

pub(crate) fn package(number: u32) -> GenerationName {
    name(Vault::Package(PACKAGE), number)
}

pub(crate) fn to_device(device: &DeviceSecrets) -> WrappedTo {
    WrappedTo { reader: Reader::Device(device.id()), generation: 0 }
}

pub(crate) fn device_key(device: &DeviceSecrets) -> ReaderKey<'_> {
    ReaderKey { to: to_device(device), receives: &device.public().receives }
}

/// What the log would state about this secret, read by Alice.
pub(crate) fn stated(secret: &GenerationSecret, name: &GenerationName, chained: bool) -> Generation {
    let reader = WrappedTo { reader: Reader::Person(ALICE), generation: 1 };
    secret.generation(name, vec![reader], chained).unwrap()
}

pub(crate) fn context(under: GenerationName) -> BodyContext {
    BodyContext { under, author: DeviceId([0xde; 32]), scope: Scope::Package(PACKAGE), counter: 7, index: 1 }
}

pub(crate) fn remark(text: &str) -> Body {
    Body::Remark(Remark { text: text.into() })
}

/// A body, and what an act says about it.
pub(crate) fn sealed(secret: &GenerationSecret, context: &BodyContext, body: &Body) -> (SealedBody, BodyRef) {
    let sealed = body::seal(secret, context, body, &mut rng(77)).unwrap();
    let named = sealed.reference(&context.under).unwrap();
    (sealed, named)
}
