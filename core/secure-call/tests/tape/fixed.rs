//! A taped call that is the same in every run: three speakers, five custodians of whom three are needed.

use chancery_log::id::{DeskId, DeviceId, Digest, PackageId, PersonId, Vault};
use chancery_open::{
    device::DeviceSecrets, generation::GenerationSecret, hybrid::ReceivingKey, shares::CustodianKey,
};
use chancery_seal::{
    frame_header::LeafIndex,
    tape::{
        chunk::ChunkPlace,
        dealt::EpochShares,
        epoch::{EpochName, EpochPlace, EpochStated, Roster},
        writer::ChunkWriter,
    },
    vault::GenerationName,
};
use chancery_secure_call::{
    frames::{base::FrameBase, sealer::FrameSealer, start::SealerStarts},
    tape::{
        dealing::{DealingStream, DealingTerms, deal},
        opening::EpochSecret,
        release::TapeAsk,
    },
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_bytes::ByteBuf;

pub(crate) const DESK: DeskId = DeskId([0xd0; 16]);
pub(crate) const PACKAGE: PackageId = PackageId([0x9a; 16]);
pub(crate) const GROUP: Digest = Digest([0x66; 32]);
pub(crate) const NEEDED: u8 = 3;
pub(crate) const VAULT_GENERATION: u32 = 2;
pub(crate) const ASKED: Digest = Digest([0x4e; 32]);
pub(crate) const BEGAN_MS: u64 = 1_700_000_000_000;

pub(crate) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

pub(crate) fn leaf(index: u32) -> LeafIndex {
    LeafIndex::new(index).unwrap()
}

pub(crate) fn device(byte: u8) -> DeviceId {
    DeviceId([byte; 32])
}

pub(crate) fn custodian(x: u8) -> PersonId {
    PersonId([0xc0 + x; 16])
}

/// Leaves 0, 1 and 5.
pub(crate) fn roster() -> Roster {
    let members = [(0, 0xa1), (1, 0xb2), (5, 0xc3)];
    Roster::new(members.iter().map(|(at, byte)| (leaf(*at), device(*byte))).collect()).unwrap()
}

pub(crate) fn place(epoch: u64) -> EpochPlace {
    EpochPlace { group: GROUP, epoch }
}

pub(crate) fn stated(epoch: u64) -> EpochStated {
    EpochStated { place: place(epoch), roster: roster() }
}

pub(crate) fn name(epoch: u64) -> EpochName {
    EpochName { desk: DESK, package: PACKAGE, place: place(epoch), roster: roster().digest().unwrap() }
}

pub(crate) fn base(epoch: u64) -> FrameBase {
    let mut bytes = [0x5b; 32];
    bytes[..8].copy_from_slice(&epoch.to_be_bytes());
    FrameBase::from_bytes(&bytes)
}

pub(crate) fn stream(epoch: u64) -> DealingStream {
    let mut bytes = [0x57; 32];
    bytes[..8].copy_from_slice(&epoch.to_be_bytes());
    DealingStream::from_bytes(&bytes)
}

/// The receiving key of the person vault of custodian x.
pub(crate) fn vault_key(x: u8) -> ReceivingKey {
    let name = GenerationName { desk: DESK, vault: Vault::Person(custodian(x)), number: VAULT_GENERATION };
    GenerationSecret::draw(&mut rng(60 + x)).receiving_key(&name).unwrap()
}

/// The custodians of the desk's rules, and the public keys of their vaults.
pub(crate) struct Custodians(Vec<(PersonId, ByteBuf)>);

impl Custodians {
    pub(crate) fn five() -> Self {
        Self((1..=5).map(|x| (custodian(x), vault_key(x).public())).collect())
    }

    /// With another key under the name of custodian x.
    pub(crate) fn with_key(mut self, x: usize, receives: ByteBuf) -> Self {
        self.0[x - 1].1 = receives;
        self
    }

    pub(crate) fn keys(&self) -> Vec<CustodianKey<'_>> {
        self.0
            .iter()
            .map(|(custodian, receives)| CustodianKey {
                custodian: *custodian,
                generation: VAULT_GENERATION,
                receives,
            })
            .collect()
    }
}

pub(crate) fn dealt(epoch: u64) -> EpochShares {
    dealt_with(epoch, &stream(epoch))
}

/// With other randomness than the epoch's.
pub(crate) fn dealt_with(epoch: u64, stream: &DealingStream) -> EpochShares {
    let (custodians, base) = (Custodians::five(), base(epoch));
    let custodians = &custodians.keys();
    deal(&DealingTerms { name: name(epoch), base: &base, stream, needed: NEEDED, custodians }).unwrap()
}

/// The device on which the tape is opened.
pub(crate) fn asker() -> DeviceSecrets {
    DeviceSecrets::draw(&mut rng(8)).unwrap()
}

pub(crate) fn ask(asker: &DeviceSecrets) -> TapeAsk<'_> {
    TapeAsk {
        desk: DESK,
        package: PACKAGE,
        asked: ASKED,
        device: asker.id(),
        receives: &asker.public().receives,
    }
}

pub(crate) fn secret(epoch: u64) -> EpochSecret {
    EpochSecret { name: name(epoch), base: base(epoch) }
}

pub(crate) fn sealer(from: u32, epoch: u64) -> FrameSealer {
    let mut starts = SealerStarts::new(leaf(from));
    starts.enter(epoch, base(epoch)).unwrap();
    FrameSealer::new(starts.start().unwrap()).unwrap()
}

/// Something that looks like an Opus frame of 20 ms.
pub(crate) fn words(byte: u8) -> Vec<u8> {
    let mut frame = vec![byte; 80];
    frame[0] = 0x78;
    frame
}

pub(crate) fn seal(sealer: &mut FrameSealer, byte: u8) -> Vec<u8> {
    let mut sealed = Vec::new();
    sealer.seal(&words(byte), &mut sealed).unwrap();
    sealed
}

/// What is to be written into a chunk: the epoch, or a frame of a line.
pub(crate) enum Item {
    Epoch(EpochStated),
    Frame(u32, Vec<u8>),
}

/// A chunk that begins in this epoch, with an item every 20 ms.
pub(crate) fn chunk(at: ChunkPlace, epoch: u64, items: &[Item]) -> (Vec<u8>, ChunkPlace) {
    let mut bytes = Vec::new();
    let first_ms = BEGAN_MS + u64::from(at.number) * 10_000;
    let mut writer = ChunkWriter::begin(at, first_ms, &stated(epoch), &mut bytes).unwrap();
    for (now_ms, item) in (first_ms..).step_by(20).zip(items) {
        match item {
            Item::Epoch(stated) => writer.epoch(now_ms, stated, &mut bytes).unwrap(),
            Item::Frame(from, sealed) => writer.frame(now_ms, leaf(*from), sealed, &mut bytes).unwrap(),
        }
    }
    let next = writer.end(&mut bytes);
    (bytes, next)
}

pub(crate) fn first() -> ChunkPlace {
    ChunkPlace::first(DESK, PACKAGE)
}
