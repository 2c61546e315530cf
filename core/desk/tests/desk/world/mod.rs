//! A desk with invented people, where any device can say anything: acts without signatures, which the log checks.

mod beside;
mod dealing;

use std::{collections::BTreeSet, sync::LazyLock};

use chancery_desk::{
    act::{
        Act, CallEnd, CallKind, Custodians, Genesis, Guarded, LineKind, OfficePurpose, Opening, PartyRole,
        Post, Role, Rules, Who,
    },
    desk::Desk,
    refusal::Refusal,
    said::{Place, Said},
    vaults::{Chain, Vaults},
};
use chancery_log::{
    act::{BodyKind, BodyRef, Head, Seen},
    id::{
        CounterpartId, DeskId, DeviceId, Digest, InvitationId, OfficeId, PackageId, PartyId, PersonId, Scope,
        Vault,
    },
};
use chancery_seal::{
    body::mark::Rank,
    device::{DeviceCert, DeviceKeys, RECEIVE_KEY_BYTES},
    vault::{Generation, Reader, WrappedTo},
};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

pub(crate) const DESK: DeskId = DeskId([7; 16]);
pub(crate) const START_MS: u64 = 1_800_000_000_000;

pub(crate) const PRINCIPAL: PersonId = PersonId([1; 16]);
pub(crate) const DUTY: PersonId = PersonId([2; 16]);
pub(crate) const NOTES: PersonId = PersonId([3; 16]);
pub(crate) const INTERPRETER: PersonId = PersonId([4; 16]);
pub(crate) const ADVISER: PersonId = PersonId([5; 16]);
pub(crate) const DESK_OFFICER: PersonId = PersonId([6; 16]);
pub(crate) const RECORDS: PersonId = PersonId([7; 16]);
pub(crate) const OFFICER_A: PersonId = PersonId([8; 16]);
pub(crate) const OFFICER_B: PersonId = PersonId([9; 16]);
pub(crate) const CUSTODIAN: PersonId = PersonId([10; 16]);
/// A second duty officer, where there is one.
pub(crate) const SECOND: PersonId = PersonId([30; 16]);

pub(crate) const DIRECTORY: OfficeId = OfficeId([1; 16]);
pub(crate) const SECURITY: OfficeId = OfficeId([2; 16]);
pub(crate) const DUTY_DESK: OfficeId = OfficeId([3; 16]);
pub(crate) const RECORDS_OFFICE: OfficeId = OfficeId([4; 16]);
pub(crate) const COUNSEL: OfficeId = OfficeId([5; 16]);

pub(crate) const COUNTERPART: CounterpartId = CounterpartId([1; 16]);
pub(crate) const CALL: PackageId = PackageId([1; 16]);
pub(crate) const IN_CALL: Scope = Scope::Package(CALL);
pub(crate) const GUEST: PartyId = PartyId([99; 16]);

/// A desk, its clock, and all that was logged.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) now_ms: u64,
    pub(crate) log: Vec<(Said, Place)>,
}

/// Making keys takes long, and generated histories need them often.
static KEYS: LazyLock<Vec<(DeviceKeys, DeviceId)>> = LazyLock::new(|| (0..=1001).map(make_keys).collect());

fn make_keys(number: u16) -> (DeviceKeys, DeviceId) {
    let mut seed = [0; 32];
    seed[..2].copy_from_slice(&number.to_be_bytes());
    let mut receives = vec![0; RECEIVE_KEY_BYTES];
    receives[..2].copy_from_slice(&number.to_be_bytes());
    let signs = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    let keys = DeviceKeys { signs, receives: ByteBuf::from(receives) };
    let id = keys.id();
    (keys, id)
}

/// A device's keys by its number; real Ed25519 keys, receiving keys of the right length only.
pub(crate) fn keys(number: u16) -> DeviceKeys {
    KEYS[usize::from(number)].0.clone()
}

/// The first device of a person has the number of the person's id.
pub(crate) fn first_device(person: PersonId) -> DeviceId {
    KEYS[usize::from(person.0[0])].1
}

pub(crate) fn observer() -> DeviceId {
    keys(1000).id()
}

pub(crate) fn cert(person: PersonId, number: u16) -> DeviceCert {
    DeviceCert { person, keys: keys(number) }
}

pub(crate) fn genesis() -> Genesis {
    Genesis {
        desk: DESK,
        origin: "desk.example/log".into(),
        log_key: [9; 32],
        observer: keys(1000),
        officers: vec![cert(OFFICER_A, 8), cert(OFFICER_B, 9)],
        custodians: Custodians { needed: 2, people: BTreeSet::from([OFFICER_A, OFFICER_B, CUSTODIAN]) },
    }
}

pub(crate) fn body(kind: BodyKind) -> BodyRef {
    BodyRef { kind, sha256: Digest([5; 32]), len: 100 }
}

pub(crate) fn founding(genesis: Genesis) -> Said {
    Said {
        digest: Digest::of(b"founding"),
        desk: DESK,
        author: keys(8).id(),
        scope: Scope::Trust,
        counter: 1,
        said_ms: START_MS,
        seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
        bodies: Vec::new(),
        act: Act::DeskFounded(genesis),
    }
}

impl World {
    /// Just founded.
    pub(crate) fn founded() -> Self {
        let said = founding(genesis());
        let place = Place { index: 0, logged_ms: START_MS, trust_count: 0, scope_count: 0 };
        Self { desk: Desk::found(&said).unwrap(), now_ms: START_MS, log: vec![(said, place)] }
    }

    /// Everybody with one device, every office with its members and its vault, one counterpart, four levels.
    pub(crate) fn staffed() -> Self {
        let mut world = Self::founded();
        for officer in [OFFICER_A, OFFICER_B] {
            world.make_generation(first_device(officer), Vault::Person(officer));
        }
        for (office, purpose, members) in offices() {
            world.trust(OFFICER_A, Act::OfficeMade { office, purpose });
            for person in members.iter().filter(|person| [OFFICER_A, OFFICER_B].contains(person)) {
                world.trust(OFFICER_A, Act::OfficeMemberAdded { office, person: *person });
            }
        }
        for office in [DIRECTORY, SECURITY] {
            world.make_generation(first_device(OFFICER_A), Vault::Office(office));
        }
        world.trust(OFFICER_A, Act::ProfileSet { ranks: 4 });
        for (person, role) in staff() {
            world.trust(OFFICER_A, Act::PersonAdded { person, roles: role.into_iter().collect() });
            world.enrol(person, u16::from(person.0[0]));
        }
        world.enrol(CUSTODIAN, 10);
        for (office, _, members) in offices() {
            for person in members.iter().filter(|person| ![OFFICER_A, OFFICER_B].contains(person)) {
                world.trust(OFFICER_A, Act::OfficeMemberAdded { office, person: *person });
            }
        }
        world.keep_vaults();
        world.trust(DUTY, Act::CounterpartAdded { counterpart: COUNTERPART });
        world.trust(OFFICER_A, Act::RulesSet(world.rules()));
        world
    }

    /// Busy: two duty officers, one of them on duty; a guest with a link; vaults dealt to the custodians, and a recovery
    /// agreed.
    pub(crate) fn busy() -> Self {
        let mut world = Self::with_live_call();
        world.trust(OFFICER_A, Act::PersonAdded { person: SECOND, roles: [Role::DutyOfficer].into() });
        world.enrol(SECOND, 30);
        world.trust(OFFICER_A, Act::OfficeMemberAdded { office: DUTY_DESK, person: SECOND });
        world.keep_vaults();
        world.trust(DUTY, Act::DutyTaken { post: Post::DutyOfficer });
        let until_ms = world.now_ms + 86_400_000;
        world.call(DUTY, Act::GuestInvited { party: GUEST, secret: Digest([6; 32]), until_ms });
        for (by, vault) in [(DUTY, Vault::Person(DUTY)), (NOTES, Vault::Person(NOTES))] {
            world.trust(by, world.deal(vault));
        }
        let recovery = Guarded::Recovery(cert(NOTES, 390));
        let asked = world.trust(OFFICER_A, Act::GuardedAsked(recovery));
        world.trust(OFFICER_B, Act::GuardedAgreed { asked });
        world
    }

    /// With a planned call requested by the duty officer, open to everybody who works on it.
    pub(crate) fn with_call() -> Self {
        let mut world = Self::staffed();
        world.request(DUTY, CallKind::Planned { at_ms: START_MS + 3_600_000 });
        world
    }

    /// With that call live: principal, guest and note-taker on.
    pub(crate) fn with_live_call() -> Self {
        let mut world = Self::with_call();
        world.on_call(PRINCIPAL, PartyRole::Principal);
        world.on_call(NOTES, PartyRole::NoteTaker);
        world.invite_guest();
        for act in
            [Act::PartyArrived { party: GUEST }, Act::PartyAdmitted { party: GUEST }, Act::CallAnswered {}]
        {
            world.call(DUTY, act);
        }
        world
    }

    /// With that call ended after they talked.
    pub(crate) fn with_ended_call() -> Self {
        let mut world = Self::with_live_call();
        world.call(DUTY, Act::CallEnded { end: CallEnd::Ended });
        world
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules {
            standing_readers: BTreeSet::from([Reader::Office(DUTY_DESK)]),
            ..chancery_desk::rules::standing()
        }
    }

    /// The readers of the ordinary call.
    pub(crate) fn readers() -> BTreeSet<Reader> {
        let offices = [DUTY_DESK, RECORDS_OFFICE, COUNSEL].map(Reader::Office);
        let people = [PRINCIPAL, NOTES, ADVISER, DESK_OFFICER].map(Reader::Person);
        offices.into_iter().chain(people).collect()
    }

    pub(crate) fn opening(&self, readers: BTreeSet<Reader>) -> Opening {
        let vaults = Vaults::at(&self.desk.trust, None);
        let vault = Generation {
            number: 1,
            commitment: Digest([1; 32]),
            receives: ByteBuf::new(),
            readers: vaults.wrapped_to(readers.iter().copied()),
            chained: false,
        };
        Opening { class: 3, level: Rank(2), readers, vault }
    }

    pub(crate) fn requested(&self, kind: CallKind) -> Act {
        let opening = self.opening(Self::readers());
        Act::CallRequested { principal: PRINCIPAL, counterpart: COUNTERPART, kind, opening }
    }

    pub(crate) fn request(&mut self, by: PersonId, kind: CallKind) {
        let act = self.requested(kind);
        self.call(by, act);
    }

    /// A person's own party: its id is the person's.
    pub(crate) fn party(person: PersonId) -> PartyId {
        PartyId(person.0)
    }

    pub(crate) fn invite(&mut self, person: PersonId, role: PartyRole) {
        let who = Who::Person(person);
        self.call(DUTY, Act::PartyInvited { party: Self::party(person), who, role, line: LineKind::Secure });
    }

    pub(crate) fn invite_guest(&mut self) {
        let (who, role, line) = (Who::Counterpart(COUNTERPART), PartyRole::Counterpart, LineKind::Guest);
        self.call(DUTY, Act::PartyInvited { party: GUEST, who, role, line });
    }

    pub(crate) fn on_call(&mut self, person: PersonId, role: PartyRole) {
        self.invite(person, role);
        self.call(person, Act::PartyArrived { party: Self::party(person) });
        self.call(DUTY, Act::PartyAdmitted { party: Self::party(person) });
    }

    /// Invites and approves a device, and lets the person's vault follow.
    pub(crate) fn enrol(&mut self, person: PersonId, number: u16) {
        let invitation = InvitationId([number.to_be_bytes()[1]; 16]);
        let until_ms = self.now_ms + 3_600_000;
        let secret = Digest([6; 32]);
        self.trust(OFFICER_A, Act::DeviceInvited { invitation, person, secret, until_ms });
        self.trust(OFFICER_A, Act::DeviceApproved { invitation, cert: cert(person, number) });
        if self.desk.trust.vault(Vault::Person(person)).is_none() {
            self.make_generation(keys(number).id(), Vault::Person(person));
        } else {
            self.keep_vaults();
        }
    }

    /// Does all key work that is due, as the devices do by themselves.
    pub(crate) fn keep_vaults(&mut self) {
        let people = self.desk.trust.people().keys().map(|person| Vault::Person(*person));
        let offices = self.desk.trust.offices().keys().map(|office| Vault::Office(*office));
        let packages = self.desk.packages.keys().map(|package| Vault::Package(*package));
        let vaults: Vec<Vault> = people.chain(offices).chain(packages).collect();
        for vault in vaults {
            self.keep_vault(vault);
        }
    }

    pub(crate) fn keep_vault(&mut self, vault: Vault) {
        if self.vaults(vault).needs_new_generation(vault) {
            let next = self.next_generation(vault);
            let makers: Vec<DeviceId> = self.desk.trust.devices().keys().copied().collect();
            let maker = makers.into_iter().find(|maker| {
                self.admitted(&self.said(*maker, scope_of(vault), made(vault, next.clone()))).is_ok()
            });
            if let Some(maker) = maker {
                self.say(maker, scope_of(vault), made(vault, next));
            }
        }
        for (generation, readers) in self.vaults(vault).readers_missing_wraps(vault) {
            let holders: Vec<DeviceId> = self.desk.trust.devices().keys().copied().collect();
            let act = Act::ReadersWrapped { vault, generation, readers };
            let holder = holders
                .into_iter()
                .find(|holder| self.admitted(&self.said(*holder, scope_of(vault), act.clone())).is_ok());
            if let Some(holder) = holder {
                self.say(holder, scope_of(vault), act);
            }
        }
    }

    pub(crate) fn vaults(&self, vault: Vault) -> Vaults<'_> {
        let package = match vault {
            Vault::Package(package) => self.desk.packages.get(&package),
            Vault::Person(_) | Vault::Office(_) => None,
        };
        Vaults::at(&self.desk.trust, package)
    }

    /// The next generation, as a correct device makes it.
    pub(crate) fn next_generation(&self, vault: Vault) -> Generation {
        let next = self.vaults(vault).next_generation(vault);
        let receives = match vault {
            Vault::Package(_) => Vec::new(),
            Vault::Person(_) | Vault::Office(_) => vec![1; RECEIVE_KEY_BYTES],
        };
        Generation {
            number: next.number,
            commitment: Digest([1; 32]),
            receives: ByteBuf::from(receives),
            readers: next.readers,
            chained: next.chain == Chain::Must,
        }
    }

    pub(crate) fn make_generation(&mut self, device: DeviceId, vault: Vault) {
        let act = made(vault, self.next_generation(vault));
        self.say(device, scope_of(vault), act);
    }

    /// An act as a correct device would say it at this moment: counter, time, bodies.
    pub(crate) fn said(&self, author: DeviceId, scope: Scope, act: Act) -> Said {
        let bodies = self.bodies(author, scope, &act).into_iter().map(body).collect();
        let name = format!("{scope} {author} {}", self.log.len());
        Said {
            digest: Digest::of(name.as_bytes()),
            desk: DESK,
            author,
            scope,
            counter: self.desk.next_counter(author, scope),
            said_ms: self.now_ms,
            seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
            bodies,
            act,
        }
    }

    pub(crate) fn admitted(&self, said: &Said) -> Result<(), Refusal> {
        self.desk.admit(said, self.now_ms)
    }

    /// Logs what was admitted.
    pub(crate) fn log(&mut self, said: Said) -> Digest {
        let scope_count = match said.scope {
            Scope::Trust => self.desk.trust.count(),
            Scope::Package(package) => self.desk.packages.get(&package).map_or(0, |package| package.count()),
        };
        let place = Place {
            index: self.log.len() as u64,
            logged_ms: self.now_ms,
            trust_count: self.desk.trust.count(),
            scope_count,
        };
        self.desk.apply(&said, &place);
        let digest = said.digest;
        self.log.push((said, place));
        digest
    }

    /// Must be admitted.
    #[track_caller]
    pub(crate) fn say(&mut self, author: DeviceId, scope: Scope, act: Act) -> Digest {
        let said = self.said(author, scope, act);
        if let Err(refusal) = self.admitted(&said) {
            panic!("{:?} in {scope}: {refusal}", said.act);
        }
        self.log(said)
    }

    /// In the trust scope, by a person's first device.
    #[track_caller]
    pub(crate) fn trust(&mut self, by: PersonId, act: Act) -> Digest {
        self.say(first_device(by), Scope::Trust, act)
    }

    /// In the call's scope, by a person's first device.
    #[track_caller]
    pub(crate) fn call(&mut self, by: PersonId, act: Act) -> Digest {
        self.say(first_device(by), IN_CALL, act)
    }

    /// Must be refused.
    #[track_caller]
    pub(crate) fn refusal(&self, author: DeviceId, scope: Scope, act: Act) -> Refusal {
        let said = self.said(author, scope, act);
        match self.admitted(&said) {
            Ok(()) => panic!("{:?} in {scope} was admitted", said.act),
            Err(refusal) => refusal,
        }
    }

    /// Must be refused in the trust scope.
    #[track_caller]
    pub(crate) fn trust_refusal(&self, by: PersonId, act: Act) -> Refusal {
        self.refusal(first_device(by), Scope::Trust, act)
    }

    /// Must be refused in the call's scope.
    #[track_caller]
    pub(crate) fn call_refusal(&self, by: PersonId, act: Act) -> Refusal {
        self.refusal(first_device(by), IN_CALL, act)
    }
}

pub(crate) fn scope_of(vault: Vault) -> Scope {
    match vault {
        Vault::Person(_) | Vault::Office(_) => Scope::Trust,
        Vault::Package(package) => Scope::Package(package),
    }
}

pub(crate) fn made(vault: Vault, generation: Generation) -> Act {
    Act::GenerationMade { vault, generation }
}

pub(crate) fn wrapped_to(reader: Reader, generation: u32) -> WrappedTo {
    WrappedTo { reader, generation }
}

fn staff() -> [(PersonId, Option<Role>); 7] {
    [
        (PRINCIPAL, Some(Role::Principal)),
        (DUTY, Some(Role::DutyOfficer)),
        (NOTES, Some(Role::NoteTaker)),
        (INTERPRETER, Some(Role::Interpreter)),
        (ADVISER, Some(Role::Adviser)),
        (DESK_OFFICER, Some(Role::DeskOfficer)),
        (RECORDS, Some(Role::RecordsOfficer)),
    ]
}

fn offices() -> [(OfficeId, OfficePurpose, Vec<PersonId>); 5] {
    let everybody =
        vec![PRINCIPAL, DUTY, NOTES, INTERPRETER, ADVISER, DESK_OFFICER, RECORDS, OFFICER_A, OFFICER_B];
    [
        (DIRECTORY, OfficePurpose::Directory, everybody),
        (SECURITY, OfficePurpose::Security, vec![OFFICER_A, OFFICER_B]),
        (DUTY_DESK, OfficePurpose::DutyDesk, vec![DUTY]),
        (RECORDS_OFFICE, OfficePurpose::Records, vec![RECORDS]),
        (COUNSEL, OfficePurpose::Other, vec![ADVISER]),
    ]
}

/// The post that [`DUTY`] and [`NOTES`] can take.
pub(crate) fn post_of(person: PersonId) -> Post {
    if person == DUTY { Post::DutyOfficer } else { Post::NoteTaker }
}
