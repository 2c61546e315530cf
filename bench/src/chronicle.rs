//! A desk's history in the making: acts signed by real keys, admitted by the desk's rules, placed by leaves.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use chancery_desk::{
    act::{Act, Genesis},
    desk::Desk,
    said::{Place, Said},
};
use chancery_log::{
    act::{self, ACT_VERSION, BodyKind, BodyRef, Envelope, Head, Seen},
    cbor, checkpoint,
    id::{DeskId, DeviceId, Digest, Scope},
    leaf::{Leaf, LeafBytes},
    tree::Tree,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use serde_bytes::ByteBuf;

use crate::voice::Voice;

/// The invented desk.
pub(crate) const DESK: DeskId = DeskId([7; 16]);

/// The name of its log.
pub(crate) const ORIGIN: &str = "bench.example/log";

/// When it was founded, milliseconds since 1970 UTC.
const START_MS: u64 = 1_800_000_000_000;

/// Between two acts.
const STEP_MS: u64 = 20;

/// A note's sealed body: a line of some 200 characters, padded to 256 bytes, with version, salt and tag.
pub(crate) const NOTE_BODY_BYTES: usize = 305;

/// An act as it came from a device, with its bodies, and the leaf that it got.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) act: Vec<u8>,
    pub(crate) bodies: Vec<Vec<u8>>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) author: DeviceId,
    pub(crate) said_ms: u64,
    pub(crate) digest: Digest,
}

/// The history so far, and the state that it adds up to.
pub(crate) struct Chronicle {
    pub(crate) desk: Desk,
    heads: BTreeMap<Scope, Head>,
    tree: Tree,
    log_key: SigningKey,
    now_ms: u64,
    rng: ChaCha20Rng,
    placed: Placed,
}

/// Who places what is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Placed {
    /// The chronicle alone: its heads are those of any store that takes the same acts.
    Here,
    /// A store, which takes more than the chronicle does: its heads are not known here.
    Elsewhere,
}

impl Chronicle {
    /// Founds the desk; the first entry of its log comes with it.
    pub(crate) fn found(genesis: Genesis, founder: &Voice, log_key: SigningKey) -> Result<(Self, Entry)> {
        let act = Act::DeskFounded(genesis);
        let envelope = envelope(
            founder,
            Scope::Trust,
            1,
            START_MS,
            Seen { trust: Head::EMPTY, scope: Head::EMPTY },
            &act,
        )?;
        let bytes = act::sign(&envelope, &founder.key)?;
        let said = said(&bytes, envelope, act);
        let mut made = Self {
            desk: Desk::found(&said)?,
            heads: BTreeMap::new(),
            tree: Tree::new(),
            log_key,
            now_ms: START_MS,
            rng: ChaCha20Rng::from_seed([3; 32]),
            placed: Placed::Here,
        };
        let leaf = made.place(&said)?;
        Ok((made, entry(bytes, Vec::new(), &leaf, &said)))
    }

    /// One device says something; the desk's rules must let it pass.
    pub(crate) fn say(&mut self, voice: &Voice, scope: Scope, act: Act, kinds: &[BodyKind]) -> Result<Entry> {
        let (entry, said) =
            self.speak(voice, scope, self.desk.next_counter(voice.device, scope), act, kinds)?;
        self.desk.admit(&said, self.now_ms).with_context(|| format!("{:?}", said.act))?;
        let leaf = self.place(&said)?;
        self.desk.apply(&said, &Place::of(leaf.leaf()));
        Ok(Entry { leaf: leaf.bytes().to_vec(), ..entry })
    }

    /// From here on a store is told more than the chronicle: devices say that they saw nothing of a package yet.
    pub(crate) fn part(&mut self) {
        self.placed = Placed::Elsewhere;
    }

    /// A signed act with this counter that the chronicle does not take in: for a store to judge.
    pub(crate) fn offer(
        &mut self,
        voice: &Voice,
        scope: Scope,
        counter: u64,
        act: Act,
        kinds: &[BodyKind],
    ) -> Result<Entry> {
        Ok(self.speak(voice, scope, counter, act, kinds)?.0)
    }

    fn speak(
        &mut self,
        voice: &Voice,
        scope: Scope,
        counter: u64,
        act: Act,
        kinds: &[BodyKind],
    ) -> Result<(Entry, Said)> {
        self.now_ms += STEP_MS;
        let seen = match self.placed {
            Placed::Here => Seen { trust: self.head(Scope::Trust), scope: self.head(scope) },
            Placed::Elsewhere => Seen { trust: self.head(Scope::Trust), scope: Head::EMPTY },
        };
        let mut envelope = envelope(voice, scope, counter, self.now_ms, seen, &act)?;
        let mut bodies = Vec::with_capacity(kinds.len());
        for kind in kinds {
            // The server can not tell these bytes from sealed ones.
            let mut bytes = vec![0; NOTE_BODY_BYTES];
            self.rng.fill_bytes(&mut bytes);
            envelope.bodies.push(BodyRef {
                kind: *kind,
                sha256: Digest::of(&bytes),
                len: u32::try_from(bytes.len())?,
            });
            bodies.push(bytes);
        }
        let bytes = act::sign(&envelope, &voice.key)?;
        let said = said(&bytes, envelope, act);
        let entry = Entry {
            act: bytes,
            bodies,
            leaf: Vec::new(),
            author: said.author,
            said_ms: said.said_ms,
            digest: said.digest,
        };
        Ok((entry, said))
    }

    fn place(&mut self, said: &Said) -> Result<LeafBytes> {
        let leaf = LeafBytes::write(Leaf {
            index: self.tree.size(),
            logged_ms: self.now_ms,
            scope: said.scope,
            before: self.head(said.scope),
            trust_count: self.head(Scope::Trust).count,
            act: said.digest,
            class: said.class_of(self.desk.package_of(said)),
        })?;
        let after = leaf.after();
        self.tree.append(after.last);
        // Nobody stores the tiles.
        self.tree.drain_full_tiles();
        self.heads.insert(said.scope, after);
        Ok(leaf)
    }

    /// The time of the last act, milliseconds since 1970 UTC.
    pub(crate) fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// The head of a scope.
    pub(crate) fn head(&self, scope: Scope) -> Head {
        self.heads.get(&scope).copied().unwrap_or(Head::EMPTY)
    }

    /// The key that a device's acts are verified with.
    pub(crate) fn key_of(&self, device: DeviceId) -> Result<VerifyingKey> {
        self.desk.trust.verifying_key(device).with_context(|| format!("device {device} is not of the desk"))
    }

    /// The signed size and root of all entries so far.
    pub(crate) fn checkpoint(&self) -> Result<Vec<u8>> {
        Ok(checkpoint::sign(ORIGIN, self.tree.head(), &self.log_key)?)
    }
}

fn envelope(
    voice: &Voice,
    scope: Scope,
    counter: u64,
    said_ms: u64,
    seen: Seen,
    act: &Act,
) -> Result<Envelope> {
    Ok(Envelope {
        version: ACT_VERSION,
        desk: DESK,
        author: voice.device,
        scope,
        counter,
        said_ms,
        seen,
        bodies: Vec::new(),
        content: ByteBuf::from(cbor::encode("an act", act)?),
    })
}

fn said(bytes: &[u8], envelope: Envelope, act: Act) -> Said {
    Said {
        digest: Digest::of(bytes),
        desk: envelope.desk,
        author: envelope.author,
        scope: envelope.scope,
        counter: envelope.counter,
        said_ms: envelope.said_ms,
        seen: envelope.seen,
        bodies: envelope.bodies,
        act,
    }
}

fn entry(act: Vec<u8>, bodies: Vec<Vec<u8>>, leaf: &LeafBytes, said: &Said) -> Entry {
    Entry {
        act,
        bodies,
        leaf: leaf.bytes().to_vec(),
        author: said.author,
        said_ms: said.said_ms,
        digest: said.digest,
    }
}
