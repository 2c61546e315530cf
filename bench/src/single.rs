//! What one device or the server does with one act, one body, one vault; each beside its bare cryptography.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use anyhow::{Context as _, Result, anyhow};
use chancery_desk::act::Act;
use chancery_log::{
    act::{ACT_VERSION, BodyRef, Envelope, Head, ReceivedAct, Seen},
    cbor,
    id::{Digest, PackageId, PersonId, Scope, Vault},
};
use chancery_open::{
    body,
    device::DeviceSecrets,
    generation::GenerationSecret,
    wrap::{self, ReaderKey},
};
use chancery_seal::{
    body::{
        Body,
        call::{Note, NoteMark},
    },
    sealed::{BodyContext, SealedBody},
    vault::{GenerationName, Reader, WrappedTo},
};
use chancery_store::offer::Offer;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use serde_bytes::ByteBuf;
use x_wing::{Encapsulate as _, EncapsulationKey};

use crate::{
    chronicle::DESK,
    table::{Line, Paired},
};

const PACKAGE: PackageId = PackageId([5; 16]);

/// Readers that a vault is wrapped to.
const READERS: u8 = 10;

/// Rounds; ours and the base take turns.
const ROUNDS: usize = 20;

/// One device, one vault, and what it says.
struct Desk {
    device: DeviceSecrets,
    /// The same signing key without the rest.
    key: SigningKey,
    secret: GenerationSecret,
    name: GenerationName,
    rng: ChaCha20Rng,
    counter: u64,
}

/// One signed act with its sealed body.
struct Sealed {
    act: Vec<u8>,
    body: SealedBody,
    named: BodyRef,
    context: BodyContext,
}

impl Desk {
    fn new() -> Result<Self> {
        let mut rng = ChaCha20Rng::from_seed([9; 32]);
        let device = DeviceSecrets::draw(&mut rng)?;
        let key = SigningKey::from_bytes(&device.signing_seed());
        let secret = GenerationSecret::draw(&mut rng);
        let name = GenerationName { desk: DESK, vault: Vault::Package(PACKAGE), number: 1 };
        Ok(Self { device, key, secret, name, rng, counter: 0 })
    }

    /// Seals a note and signs its act: all that a tap costs before it goes out.
    fn say(&mut self) -> Result<Sealed> {
        self.counter += 1;
        let (scope, counter) = (Scope::Package(PACKAGE), self.counter);
        let context = BodyContext { under: self.name, author: self.device.id(), scope, counter, index: 0 };
        let body = body::seal(&self.secret, &context, &note(counter), &mut self.rng)?;
        let named = body.reference(&self.name)?;
        let head = Head { count: counter, last: Digest([4; 32]) };
        let envelope = Envelope {
            version: ACT_VERSION,
            desk: DESK,
            author: self.device.id(),
            scope,
            counter,
            said_ms: 1_800_000_000_000,
            seen: Seen { trust: head, scope: head },
            bodies: vec![named],
            content: ByteBuf::from(cbor::encode("an act", &Act::NoteTaken { instead_of: None })?),
        };
        Ok(Sealed { act: self.device.sign_act(&envelope)?, body, named, context })
    }
}

fn note(counter: u64) -> Body {
    let text = format!(
        "{counter}: the minister asks whether the second convoy can pass the northern crossing before the weekend; \
         we said that we would look into it and come back to them by tomorrow noon, their time, through this desk."
    );
    Body::Note(Note { at_ms: 1_800_000_000_000 + counter, mark: NoteMark::Ask, text })
}

/// Measures all of it.
pub(crate) fn measure(acts: usize, bodies: usize, wraps: usize) -> Result<()> {
    let mut desk = Desk::new()?;
    say(&mut desk, acts / ROUNDS)?;
    check(&mut desk, acts / ROUNDS)?;
    open(&mut desk, bodies / ROUNDS)?;
    wrap_to_readers(&mut desk, wraps / ROUNDS)
}

fn say(desk: &mut Desk, each: usize) -> Result<()> {
    let mut paired = Paired::of(each)?;
    for _ in 0..ROUNDS {
        let (said, ours) = times(each, |_| desk.say())?;
        let (_, base) = times(each, |n| Ok(desk.key.sign(&said.get(n).context("said")?.act)))?;
        paired.add(ours, base);
    }
    let what = "seal a note and sign its act".into();
    Line { what, unit: "acts", base: "Ed25519 signing", paired, needed: None }.print();
    Ok(())
}

fn check(desk: &mut Desk, each: usize) -> Result<()> {
    let (mut client, mut server) = (Paired::of(each)?, Paired::of(each)?);
    let key = desk.key.verifying_key();
    for _ in 0..ROUNDS {
        let (said, _) = times(each, |_| desk.say())?;
        let signatures: Vec<Signature> = said.iter().map(|one| desk.key.sign(&one.act)).collect();
        let (_, verified) =
            times(each, |n| Ok(ReceivedAct::read(said.get(n).context("said")?.act.clone())?.verify(&key)?))?;
        let (_, base) = times(each, |n| {
            let (one, signature) = (said.get(n).context("said")?, signatures.get(n).context("signed")?);
            Ok(key.verify_strict(&one.act, signature)?)
        })?;
        let (_, offered) = times(each, |n| {
            let one = said.get(n).context("said")?;
            Ok(Offer::check(one.act.clone(), vec![one.body.bytes().to_vec()], &key)?)
        })?;
        client.add(verified, base);
        server.add(offered, base);
    }
    let base = "Ed25519 verification";
    Line { what: "verify an act".into(), unit: "acts", base, paired: client, needed: None }.print();
    let what = "check an act and its body as the server".into();
    Line { what, unit: "acts", base, paired: server, needed: None }.print();
    Ok(())
}

fn open(desk: &mut Desk, each: usize) -> Result<()> {
    let mut paired = Paired::of(each)?;
    let cipher = Aes256Gcm::new(&[8; 32].into());
    for _ in 0..ROUNDS {
        let (said, _) = times(each, |_| desk.say())?;
        let aads = said.iter().map(|one| one.context.associated_data()).collect::<Result<Vec<_>, _>>()?;
        let mut bare = Vec::with_capacity(each);
        for (one, aad) in said.iter().zip(&aads) {
            let msg = one.body.ciphertext().split_last_chunk::<16>().context("a tag")?.0;
            let sealed = cipher.encrypt(&Nonce::default(), Payload { msg, aad });
            bare.push(sealed.map_err(|_| anyhow!("AES-256-GCM could not seal"))?);
        }
        let (_, ours) = times(each, |n| {
            let one = said.get(n).context("said")?;
            let read = SealedBody::read(one.body.bytes().to_vec())?;
            Ok(body::open(&desk.secret, &one.context, &read, &one.named)?)
        })?;
        let (_, base) = times(each, |n| {
            let payload = Payload { msg: bare.get(n).context("sealed")?, aad: aads.get(n).context("data")? };
            cipher.decrypt(&Nonce::default(), payload).map_err(|_| anyhow!("AES-256-GCM could not open"))
        })?;
        paired.add(ours, base);
    }
    let what = format!("open {} sealed notes", each * ROUNDS);
    Line { what, unit: "bodies", base: "AES-256-GCM, one key for all", paired, needed: None }.print();
    Ok(())
}

fn wrap_to_readers(desk: &mut Desk, each: usize) -> Result<()> {
    let mut paired = Paired::of(each)?;
    let mut readers = Vec::new();
    for number in 0..READERS {
        let public = DeviceSecrets::draw(&mut desk.rng)?.public().receives.clone();
        readers.push((WrappedTo { reader: Reader::Person(PersonId([number; 16])), generation: 1 }, public));
    }
    let keys: Vec<_> = readers.iter().map(|(to, receives)| ReaderKey { to: *to, receives }).collect();
    let bare = readers
        .iter()
        .map(|(_, receives)| EncapsulationKey::try_from(receives.as_slice()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| anyhow!("not an X-Wing key"))?;
    for _ in 0..ROUNDS {
        let (_, ours) = times(each, |_| Ok(wrap::wrap(&desk.secret, &desk.name, &keys, &mut desk.rng)?))?;
        let (_, base) = times(each, |_| {
            for key in &bare {
                black_box(key.encapsulate_with_rng(&mut desk.rng));
            }
            Ok(())
        })?;
        paired.add(ours, base);
    }
    let what = format!("wrap a vault's secret to {READERS} readers");
    Line { what, unit: "vaults", base: "X-Wing encapsulation, ten times", paired, needed: None }.print();
    Ok(())
}

/// Does it so many times, and says how long that took; what came out is dropped afterwards.
fn times<T>(each: usize, mut work: impl FnMut(usize) -> Result<T>) -> Result<(Vec<T>, Duration)> {
    let mut done = Vec::with_capacity(each);
    let start = Instant::now();
    for n in 0..each {
        done.push(black_box(work(n)?));
    }
    let took = start.elapsed();
    Ok((done, took))
}
