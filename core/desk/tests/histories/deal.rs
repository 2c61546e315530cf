//! One step of a history, from a few random numbers: mostly something that somebody could really say now.

use std::cell::Cell;

use chancery_desk::{
    act::{
        Act, CallKind, Custodians, Guarded, OfficePurpose, Post, RevokedBecause, Role, ShareDealt,
        imported_package,
    },
    custody::shares_to,
    devices::InvitationState,
    duty::role_of,
    said::Said,
};
use chancery_log::{
    act::BodyKind,
    id::{
        CounterpartId, DeviceId, Digest, DirectLineId, InvitationId, OfficeId, PackageId, PersonId, Scope,
        Vault,
    },
};
use chancery_seal::{body::mark::Rank, vault::Reader};

use crate::world::{
    ADVISER, CALL, COUNTERPART, DUTY, NOTES, PRINCIPAL, World, body, cert, keys, made, observer, scope_of,
};

/// Numbers for one step.
pub(super) const STEP: usize = 12;

pub(super) struct Deal {
    numbers: [u16; STEP],
    next: Cell<usize>,
}

/// Due key work of one vault, by the first device that may do it.
pub(super) fn key_work(world: &World, vault: Vault) -> Vec<Said> {
    let scope = scope_of(vault);
    let devices: Vec<DeviceId> = world.desk.trust.devices().keys().copied().collect();
    let first = |act: Act| {
        let all = devices.iter().map(|device| world.said(*device, scope, act.clone()));
        all.into_iter().find(|said| world.admitted(said).is_ok())
    };
    if world.vaults(vault).needs_new_generation(vault) {
        return first(made(vault, world.next_generation(vault))).into_iter().collect();
    }
    let missing = world.vaults(vault).readers_missing_wraps(vault).into_iter().next();
    let act = missing.map(|(generation, readers)| Act::ReadersWrapped { vault, generation, readers });
    act.and_then(first).into_iter().collect()
}

impl Deal {
    pub(super) fn new(numbers: [u16; STEP]) -> Self {
        Self { numbers, next: Cell::new(0) }
    }

    pub(super) fn below(&self, end: usize) -> usize {
        let number = self.numbers[self.next.get() % STEP];
        self.next.set(self.next.get() + 1);
        usize::from(number) % end
    }

    pub(super) fn one_in(&self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(super) fn pick<T: Clone>(&self, from: &[T]) -> T {
        let at = self.below(from.len());
        from[at].clone()
    }

    /// Mostly moments, at times so long that something expires.
    pub(super) fn pause_ms(&self) -> u64 {
        self.pick(&[0, 0, 1, 900, 4_000, 4_000, 61_000, 61_000, 11 * 60_000, 3_600_000, 25 * 3_600_000])
    }

    pub(super) fn keeps_vaults(&self) -> bool {
        self.one_in(3)
    }

    pub(super) fn small(&self) -> [u8; 16] {
        [u8::try_from(self.below(4)).unwrap() + 100; 16]
    }

    /// Mostly one that there is.
    pub(super) fn known<T: Copy>(&self, there: impl IntoIterator<Item = T>, new: fn([u8; 16]) -> T) -> T {
        let there: Vec<T> = there.into_iter().collect();
        if there.is_empty() || self.one_in(4) { new(self.small()) } else { self.pick(&there) }
    }

    pub(super) fn person(&self, world: &World) -> PersonId {
        let known: Vec<PersonId> = world.desk.trust.people().keys().copied().collect();
        if self.one_in(40) { PersonId(self.small()) } else { self.pick(&known) }
    }

    pub(super) fn office(&self, world: &World) -> OfficeId {
        let known: Vec<OfficeId> = world.desk.trust.offices().keys().copied().collect();
        if self.one_in(40) { OfficeId(self.small()) } else { self.pick(&known) }
    }

    pub(super) fn reader(&self, world: &World) -> Reader {
        match self.below(9) {
            0..=3 => Reader::Office(self.office(world)),
            4..=7 => Reader::Person(self.person(world)),
            _ => Reader::Device(keys(3).id()),
        }
    }

    pub(super) fn device(&self, world: &World) -> DeviceId {
        let known: Vec<DeviceId> = world.desk.trust.devices().keys().copied().collect();
        if self.one_in(40) { keys(999).id() } else { self.pick(&known) }
    }

    fn vault(&self, world: &World) -> Vault {
        match self.below(5) {
            0 => Vault::Person(self.person(world)),
            1 => Vault::Office(self.office(world)),
            _ => Vault::Package(self.package(world)),
        }
    }

    pub(super) fn package(&self, world: &World) -> PackageId {
        let known: Vec<PackageId> = world.desk.packages.keys().copied().collect();
        if known.is_empty() { CALL } else { self.pick(&known) }
    }

    pub(super) fn act_of(&self, world: &World, is: fn(&Act) -> bool) -> Digest {
        let known: Vec<Digest> =
            world.log.iter().filter(|(said, _)| is(&said.act)).map(|(said, _)| said.digest).collect();
        if known.is_empty() || self.one_in(20) { Digest([self.small()[0]; 32]) } else { self.pick(&known) }
    }

    fn roles(&self) -> std::collections::BTreeSet<Role> {
        let count = self.below(3);
        (0..count).map(|_| self.pick(&chancery_desk::roles::ROLES)).collect()
    }

    /// Something said, mostly by a device that may, at times bent out of shape.
    pub(super) fn said(&self, world: &World) -> Said {
        let (scope, act) = match self.below(18) {
            0..=2 => (Scope::Trust, self.about_people(world)),
            3 => (Scope::Trust, self.about_the_desk(world)),
            4 => self.about_keys(world),
            5 => self.opening(world),
            6 => self.about_tapes(world),
            7 => self.about_guests(world),
            _ => {
                let id = self.package(world);
                match world.desk.packages.get(&id) {
                    Some(package) => (Scope::Package(id), self.in_package(world, package)),
                    None => self.opening(world),
                }
            }
        };
        let mut authors: Vec<DeviceId> = world.desk.trust.devices().keys().copied().collect();
        authors.extend([observer(), keys(998).id()]);
        let at = self.below(authors.len());
        authors.rotate_left(at);
        let patient = !self.one_in(4);
        let tries = if patient { authors.len() } else { 1 };
        let mut tried = authors.into_iter().take(tries).map(|author| world.said(author, scope, act.clone()));
        let first = tried.next().unwrap();
        let fits = |said: &Said| world.admitted(said).is_ok();
        let mut said = if fits(&first) { first } else { tried.find(fits).unwrap_or(first) };
        if self.one_in(8) {
            self.bend(world, &mut said);
        }
        said
    }

    fn bend(&self, world: &World, said: &mut Said) {
        let vault = self.vault(world);
        match self.below(9) {
            0 => said.counter += 1,
            1 => said.counter -= 1,
            2 => said.said_ms += self.pick(&[60_000, 120_000, 120_001, 900_000]),
            3 | 4 => {
                said.said_ms -=
                    self.pick(&[600_000, 600_001, 86_400_000, 86_400_001, 604_800_000, 604_800_001])
            }
            5 => said.bodies.clear(),
            6 => said.bodies.push(body(BodyKind::Sealed(vault, 1))),
            7 => said.bodies.iter_mut().for_each(|body| match &mut body.kind {
                BodyKind::Sealed(_, number) | BodyKind::Wraps(_, number) | BodyKind::Shares(_, number) => {
                    *number += 1
                }
                BodyKind::TapeShares(package) => package.0[0] += 1,
            }),
            _ => {
                said.scope =
                    self.pick(&[Scope::Trust, Scope::Package(CALL), Scope::Package(PackageId([88; 16]))])
            }
        }
    }

    fn about_people(&self, world: &World) -> Act {
        let (person, office, device) = (self.person(world), self.office(world), self.device(world));
        let open =
            world.desk.trust.invitations().iter().filter(|(_, known)| known.state == InvitationState::Open);
        let invitation = self.known(open.map(|(id, _)| *id), InvitationId);
        let number = 300 + u16::try_from(self.below(40)).unwrap();
        match self.below(17) {
            0 => Act::PersonAdded { person: PersonId(self.small()), roles: self.roles() },
            1 => Act::PersonDescribed { person },
            2 => {
                let mut roles = self.roles();
                if !self.one_in(4) {
                    roles.extend(world.desk.trust.person(person).iter().flat_map(|person| &person.roles));
                }
                Act::RolesSet { person, roles }
            }
            3 if self.one_in(6) => Act::PersonLeft { person },
            3 | 4 => Act::DeviceInvited {
                invitation: InvitationId(self.small()),
                person,
                secret: Digest([1; 32]),
                until_ms: world.now_ms
                    + self.pick(&[0, 60_000, 3_600_000, 86_400_000, 250_000_000, 400_000_000]),
            },
            5 if self.one_in(3) => Act::InvitationWithdrawn { invitation },
            5..=8 => {
                let invited = world.desk.trust.invitations().get(&invitation).map(|known| known.person);
                let owner = invited.filter(|_| !self.one_in(10)).unwrap_or(person);
                Act::DeviceApproved { invitation, cert: cert(owner, number) }
            }
            9 if self.one_in(3) => Act::DeviceRevoked { device, because: RevokedBecause::Lost },
            9 | 10 => Act::OfficeMade {
                office: OfficeId(self.small()),
                purpose: self.pick(&[OfficePurpose::Other, OfficePurpose::Other, OfficePurpose::Records]),
            },
            11 => Act::OfficeDescribed { office },
            12 | 13 => Act::OfficeMemberAdded { office, person },
            14 => Act::OfficeMemberRemoved { office, person },
            15 if self.one_in(2) => Act::DutyTaken { post: self.pick(&[Post::DutyOfficer, Post::NoteTaker]) },
            _ => match self.one_in(3) {
                true => Act::DutyLeft { post: self.pick(&[Post::DutyOfficer, Post::NoteTaker]) },
                false => {
                    let post = self.pick(&[Post::DutyOfficer, Post::DutyOfficer, Post::NoteTaker]);
                    let can = world.desk.trust.with_role(role_of(post));
                    let off = can.filter(|person| !world.desk.trust.is_on_duty(*person, post));
                    Act::DutyHandedOver { post, to: self.known(off, PersonId) }
                }
            },
        }
    }

    fn about_the_desk(&self, world: &World) -> Act {
        let (person, line) = (self.person(world), DirectLineId(self.small()));
        let counterpart = self.pick(&[COUNTERPART, CounterpartId(self.small())]);
        match self.below(17) {
            0 => Act::ProfileSet { ranks: self.pick(&[0, 3, 4, 5]) },
            1 => {
                let mut rules = world.rules();
                rules.invited_people.extend([person]);
                let reader = self.reader(world);
                rules.standing_readers = if self.one_in(2) { [reader].into() } else { [].into() };
                rules.ring_ms = self.pick(&[1, 5_000, 60_000]);
                rules.lines = self.line_rules();
                Act::RulesSet(rules)
            }
            2..=4 => Act::GuardedAsked(self.guarded(world)),
            5..=7 => {
                let pending = world.desk.trust.guarded_pending(world.now_ms).map(|(id, _)| id);
                Act::GuardedAgreed { asked: self.known(pending, |id| Digest([id[0]; 32])) }
            }
            8 => Act::TrustConfirmed {},
            9 => Act::CounterpartAdded { counterpart },
            10 => Act::CounterpartDescribed { counterpart },
            11 if self.one_in(3) => Act::CounterpartRetired { counterpart },
            11 => Act::CounterpartAdded { counterpart },
            12..=14 => Act::DirectLineIssued { line, counterpart },
            _ => {
                let lines = world.desk.trust.direct_lines().keys().copied();
                Act::DirectLineRevoked { line: self.known(lines, DirectLineId) }
            }
        }
    }

    fn guarded(&self, world: &World) -> Guarded {
        let person = self.person(world);
        match self.below(7) {
            0 => {
                let people = [person, self.person(world), self.person(world)].into();
                Guarded::Custodians(Custodians { needed: self.pick(&[1, 2, 3]), people })
            }
            1 => Guarded::SecurityOfficer(person),
            2 => Guarded::LogKey([self.pick(&[9, 10]); 32]),
            3 => Guarded::ObserverKeys(keys(self.pick(&[1000, 1001, 2]))),
            4 | 5 => Guarded::Recovery(cert(person, 350 + u16::try_from(self.below(30)).unwrap())),
            _ => Guarded::Restored { size: 10, root: Digest([1; 32]), lost_size: self.pick(&[9, 10, 20]) },
        }
    }

    fn about_keys(&self, world: &World) -> (Scope, Act) {
        let vault = self.vault(world);
        let scope = scope_of(vault);
        match self.below(10) {
            0..=2 => {
                let mut generation = world.next_generation(vault);
                match self.below(8) {
                    0 => generation.chained = !generation.chained,
                    1 => generation.readers.truncate(1),
                    2 => generation.number += 1,
                    3 => generation.receives.push(0),
                    4 => generation.readers.iter_mut().take(1).for_each(|to| to.generation += 1),
                    _ => {}
                }
                (scope, made(vault, generation))
            }
            3..=5 => {
                let missing = world.vaults(vault).readers_missing_wraps(vault);
                let (generation, readers) = match missing.is_empty() || self.one_in(4) {
                    true => (1, world.vaults(vault).wrapped_to([self.reader(world)])),
                    false => self.pick(&missing),
                };
                (scope, Act::ReadersWrapped { vault, generation, readers })
            }
            6 => {
                let share = |(custodian, generation)| ShareDealt {
                    custodian,
                    generation,
                    commitment: Digest([1; 32]),
                };
                let shares = shares_to(&world.desk.trust).map(|to| to.into_iter().map(share).collect());
                let needed = world.desk.trust.custodians().needed;
                let generation = world.vaults(vault).state(vault).map_or(1, |state| state.number());
                let shares = shares.unwrap_or_default();
                (Scope::Trust, Act::SharesDealt { vault, generation, needed, shares })
            }
            _ => {
                let agreed = world.desk.trust.guarded().iter().filter(|(_, ask)| {
                    matches!(ask.change, Guarded::Recovery(_)) && (ask.agreed.is_some() || self.one_in(4))
                });
                let recovery = self.known(agreed.map(|(id, _)| *id), |id| Digest([id[0]; 32]));
                let whose = match world.desk.trust.guarded().get(&recovery).map(|ask| &ask.change) {
                    Some(Guarded::Recovery(cert)) => cert.person,
                    _ => PRINCIPAL,
                };
                let vault = if self.one_in(4) { vault } else { Vault::Person(whose) };
                let dealt = world.vaults(vault).state(vault).and_then(|state| state.dealt());
                let generation = dealt.map_or(1, |dealt| dealt.generation);
                let share = self.pick(&[0, 1, 2, 3]);
                (Scope::Trust, Act::ShareReleased { recovery, vault, generation, share })
            }
        }
    }

    pub(super) fn opening(&self, world: &World) -> (Scope, Act) {
        let mut readers: std::collections::BTreeSet<Reader> =
            chancery_desk::openings::standing_readers(&world.desk.trust, Some(PRINCIPAL));
        readers.extend((0..2).map(|_| self.reader(world)));
        readers.extend([DUTY, NOTES, ADVISER].map(Reader::Person).into_iter().filter(|_| !self.one_in(8)));
        let author = self.device(world);
        readers.extend(world.desk.trust.person_of(author).map(Reader::Person));
        let mut opening = world.opening(readers);
        match self.below(10) {
            0 => opening.vault.readers.truncate(1),
            1 => opening.level = Rank(7),
            2 => opening.vault.chained = true,
            _ => {}
        }
        let id = PackageId(self.small());
        let counterpart = self.known(world.desk.trust.counterparts().keys().copied(), CounterpartId);
        let principal = if self.one_in(8) { self.person(world) } else { PRINCIPAL };
        match self.below(6) {
            0 => (Scope::Package(id), Act::DebriefGiven { principal, opening }),
            1 => {
                let record = Digest([self.small()[0]; 32]);
                let id = if self.one_in(6) { id } else { imported_package(&record) };
                (Scope::Package(id), Act::PackageImported { record, opening })
            }
            2 | 3 => {
                let kind = CallKind::Planned { at_ms: world.now_ms + 3_600_000 };
                (Scope::Package(id), Act::CallRequested { principal, counterpart, kind, opening })
            }
            _ => {
                let kind = CallKind::Unannounced;
                (Scope::Package(id), Act::CallRequested { principal, counterpart, kind, opening })
            }
        }
    }
}
