//! A small desk for tests: two security officers, a principal, a duty officer, their vaults, and a debrief to write in.
//! Bodies are random bytes: nothing under test opens them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use chancery_desk::{
    act::{Act, Custodians, Genesis, OfficePurpose, Opening, Role},
    vaults::Vaults,
};
use chancery_log::{
    act::{self, ACT_VERSION, BodyKind, BodyRef, Envelope, Head, Seen},
    cbor, checkpoint,
    id::{
        CounterpartId, DeskId, DeviceId, Digest, InvitationId, OfficeId, PackageId, PersonId, Scope, Vault,
    },
    leaf::{self, LeafBytes},
    tree::Tree,
};
use chancery_seal::{
    body::mark::Rank,
    device::{DeviceCert, DeviceKeys, RECEIVE_KEY_BYTES},
    vault::{Generation, Reader, WrappedTo},
};
use chancery_store::{
    offer::Offer,
    server_keys::ServerKeys,
    store::{Admitted, Store},
};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;
use tempfile::TempDir;

/// The clock starts here: now, so that a server in front of it finds nothing that is old.
pub(crate) fn start_ms() -> u64 {
    static START_MS: OnceLock<u64> = OnceLock::new();
    *START_MS
        .get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap())
}
pub(crate) const DESK: DeskId = DeskId([7; 16]);
pub(crate) const SECURITY: OfficeId = OfficeId([1; 16]);
pub(crate) const DIRECTORY: OfficeId = OfficeId([2; 16]);
pub(crate) const COUNTERPART: CounterpartId = CounterpartId([3; 16]);
pub(crate) const DEBRIEF: PackageId = PackageId([9; 16]);

/// Somebody with one device.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) person: PersonId,
    pub(crate) key: SigningKey,
    pub(crate) keys: DeviceKeys,
}

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) keys: ServerKeys,
    pub(crate) officer: Member,
    pub(crate) second: Member,
    pub(crate) principal: Member,
    pub(crate) duty: Member,
}

/// A signed act and its bodies, as they travel.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) act: Vec<u8>,
    pub(crate) bodies: Vec<Vec<u8>>,
}

pub(crate) type Words<'a> = Vec<(BodyKind, &'a [u8])>;

impl Member {
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let receives = ByteBuf::from(vec![number; RECEIVE_KEY_BYTES]);
        let keys = DeviceKeys { signs: key.verifying_key().to_bytes(), receives };
        Self { person: PersonId([number; 16]), key, keys }
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.keys.id()
    }

    pub(crate) fn cert(&self) -> DeviceCert {
        DeviceCert { person: self.person, keys: self.keys.clone() }
    }

    /// Signs what this member's device would say next, having seen all that the store has.
    pub(crate) fn sign(&self, store: &Store, scope: Scope, act: &Act, words: Words<'_>) -> Signed {
        let seen = Seen { trust: store.places().head(Scope::Trust), scope: store.places().head(scope) };
        let counter = store.desk().next_counter(self.device(), scope);
        self.sign_as(scope, act, words, counter, seen, start_ms() + 1_000)
    }

    pub(crate) fn sign_as(
        &self,
        scope: Scope,
        act: &Act,
        words: Words<'_>,
        counter: u64,
        seen: Seen,
        said_ms: u64,
    ) -> Signed {
        let reference = |(kind, bytes): &(BodyKind, &[u8])| BodyRef {
            kind: *kind,
            sha256: Digest::of(bytes),
            len: bytes.len().try_into().unwrap(),
        };
        let envelope = Envelope {
            version: ACT_VERSION,
            desk: DESK,
            author: self.device(),
            scope,
            counter,
            said_ms,
            seen,
            bodies: words.iter().map(reference).collect(),
            content: ByteBuf::from(cbor::encode("an act's content", act).unwrap()),
        };
        let act = act::sign(&envelope, &self.key).unwrap();
        Signed { act, bodies: words.into_iter().map(|(_, bytes)| bytes.to_vec()).collect() }
    }

    pub(crate) fn offer(&self, signed: Signed) -> Offer {
        Offer::check(signed.act, signed.bodies, &self.key.verifying_key()).unwrap()
    }

    /// Takes an act into the open batch.
    pub(crate) fn say(&self, store: &mut Store, scope: Scope, act: &Act, words: Words<'_>) -> u64 {
        let offer = self.offer(self.sign(store, scope, act, words));
        match store.admit(offer, start_ms() + 1_000).unwrap() {
            Admitted::New(index) | Admitted::Known(index) => index,
        }
    }

    /// A note in the debrief; `text` stands for ciphertext.
    pub(crate) fn note(&self, store: &mut Store, text: &[u8]) -> u64 {
        let kind = BodyKind::Sealed(Vault::Package(DEBRIEF), 1);
        self.say(store, Scope::Package(DEBRIEF), &Act::NoteTaken { instead_of: None }, vec![(kind, text)])
    }

    /// The vault's next generation, wrapped to whom the rules say.
    pub(crate) fn make_generation(&self, store: &mut Store, vault: Vault) {
        let next = Vaults::at(&store.desk().trust, None).next_generation(vault);
        let generation = generation(next.number, next.readers, RECEIVE_KEY_BYTES);
        let wraps = (BodyKind::Wraps(vault, next.number), b"wraps".as_slice());
        self.say(store, Scope::Trust, &Act::GenerationMade { vault, generation }, vec![wraps]);
    }
}

fn generation(number: u32, readers: Vec<WrappedTo>, receives: usize) -> Generation {
    let receives = ByteBuf::from(vec![5; receives]);
    Generation { number, commitment: Digest([4; 32]), receives, readers, chained: false }
}

pub(crate) fn opening(store: &Store, readers: &[PersonId]) -> Opening {
    let readers: BTreeSet<Reader> = readers.iter().map(|person| Reader::Person(*person)).collect();
    let vaults = Vaults::at(&store.desk().trust, None);
    let wrapped = readers.iter().map(|reader| {
        let generation = vaults.ready(*reader).unwrap();
        WrappedTo { reader: *reader, generation }
    });
    let vault = generation(1, wrapped.collect(), 0);
    Opening { class: 3, level: Rank(0), readers, vault }
}

pub(crate) fn opening_words(package: PackageId) -> Words<'static> {
    let vault = Vault::Package(package);
    vec![(BodyKind::Wraps(vault, 1), b"wraps"), (BodyKind::Sealed(vault, 1), b"sealed words")]
}

impl World {
    /// A folder with nothing but the founding act.
    pub(crate) fn found() -> (Self, Store) {
        let world = Self {
            dir: TempDir::new().unwrap(),
            keys: ServerKeys::from_seeds(&[101; 32], &[102; 32]),
            officer: Member::new(11),
            second: Member::new(12),
            principal: Member::new(13),
            duty: Member::new(14),
        };
        let store = Store::create(&world.folder(), world.genesis(), &world.keys, start_ms()).unwrap();
        (world, store)
    }

    pub(crate) fn genesis(&self) -> Vec<u8> {
        let observer = Member::new(102);
        let people = BTreeSet::from([self.officer.person, self.second.person]);
        let genesis = Act::DeskFounded(Genesis {
            desk: DESK,
            origin: "desk.example/log".into(),
            log_key: SigningKey::from_bytes(&[101; 32]).verifying_key().to_bytes(),
            observer: observer.keys,
            officers: vec![self.officer.cert(), self.second.cert()],
            custodians: Custodians { needed: 2, people },
        });
        let seen = Seen { trust: Head::EMPTY, scope: Head::EMPTY };
        self.officer.sign_as(Scope::Trust, &genesis, Vec::new(), 1, seen, start_ms()).act
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().join("desk")
    }

    /// A desk at work: everybody has a device and a vault, and there is a debrief that principal and duty officer read.
    pub(crate) fn at_work() -> (Self, Store) {
        let (world, mut store) = Self::found();
        let (officer, second) = (&world.officer, &world.second);
        officer.make_generation(&mut store, Vault::Person(officer.person));
        second.make_generation(&mut store, Vault::Person(second.person));
        for (office, purpose) in [(SECURITY, OfficePurpose::Security), (DIRECTORY, OfficePurpose::Directory)]
        {
            officer.say(&mut store, Scope::Trust, &Act::OfficeMade { office, purpose }, Vec::new());
            for person in [officer.person, second.person] {
                officer.say(&mut store, Scope::Trust, &Act::OfficeMemberAdded { office, person }, Vec::new());
            }
            officer.make_generation(&mut store, Vault::Office(office));
        }
        let roles = BTreeSet::from([Role::Principal]);
        world.enrol(&mut store, &world.principal, roles);
        let roles = BTreeSet::from([Role::DutyOfficer, Role::NoteTaker, Role::DeskOfficer]);
        world.enrol(&mut store, &world.duty, roles);
        let readers = [world.principal.person, world.duty.person];
        let act = Act::DebriefGiven { principal: world.principal.person, opening: opening(&store, &readers) };
        world.principal.say(&mut store, Scope::Package(DEBRIEF), &act, opening_words(DEBRIEF));
        store.commit().unwrap();
        (world, store)
    }

    /// A person with a device, invited and approved by the first officer, and the person's vault.
    pub(crate) fn enrol(&self, store: &mut Store, member: &Member, roles: BTreeSet<Role>) {
        let person = member.person;
        self.officer.say(store, Scope::Trust, &Act::PersonAdded { person, roles }, Vec::new());
        let invitation = self.invite(store, member);
        let act = Act::DeviceApproved { invitation, cert: member.cert() };
        self.officer.say(store, Scope::Trust, &act, Vec::new());
        member.make_generation(store, Vault::Person(person));
    }

    pub(crate) fn invite(&self, store: &mut Store, member: &Member) -> InvitationId {
        let (person, invitation) = (member.person, InvitationId(member.person.0));
        let until_ms = start_ms() + 3_600_000;
        let secret = Digest([8; 32]);
        let act = Act::DeviceInvited { invitation, person, secret, until_ms };
        let kind = BodyKind::Sealed(Vault::Office(SECURITY), 1);
        self.officer.say(store, Scope::Trust, &act, vec![(kind, b"the secret, sealed")]);
        invitation
    }
}

/// Puts other bytes in the place of an act, the last of the log, and makes leaf, tree and checkpoint fit.
pub(crate) fn relog(world: &World, index: u64, act: &[u8]) {
    let connection = rusqlite::Connection::open(world.folder().join("log.db")).unwrap();
    let read = |index: u64| -> Vec<u8> {
        let sql = "SELECT leaf FROM entry WHERE idx = ?1";
        connection.query_row(sql, [i64::try_from(index).unwrap()], |row| row.get(0)).unwrap()
    };
    let mut leaf = LeafBytes::read(&read(index)).unwrap().leaf().clone();
    leaf.act = Digest::of(act);
    let leaf = LeafBytes::write(leaf).unwrap();
    let mut tree = Tree::new();
    (0..index).for_each(|before| tree.append(leaf::hash(&read(before))));
    tree.append(leaf.hash());
    let key = SigningKey::from_bytes(&[101; 32]);
    let note = checkpoint::sign("desk.example/log", tree.head(), &key).unwrap();
    let row = (leaf.bytes(), act, i64::try_from(index).unwrap());
    connection.execute("UPDATE entry SET leaf = ?1, act = ?2 WHERE idx = ?3", row).unwrap();
    connection.execute("UPDATE checkpoint SET note = ?1", [note]).unwrap();
}
