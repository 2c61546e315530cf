//! The invented desk's people, offices and vaults, and how a call goes from request to closed.

use std::collections::BTreeSet;

use anyhow::Result;
use chancery_desk::{
    act::{
        Act, CallEnd, CallKind, Custodians, Genesis, LineKind, OfficePurpose, Opening, PartyRole, Role,
        Rules, Who,
    },
    vaults::Vaults,
};
use chancery_log::{
    act::BodyKind,
    id::{
        CommitmentId, CounterpartId, Digest, DueOutId, InvitationId, OfficeId, PackageId, PartyId, PersonId,
        Scope, Vault,
    },
};
use chancery_seal::{
    body::mark::Rank,
    device::RECEIVE_KEY_BYTES,
    vault::{Generation, Reader, WrappedTo},
};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

use crate::{
    chronicle::{Chronicle, DESK, Entry, ORIGIN},
    voice::{Voice, filled},
};

const DIRECTORY: OfficeId = OfficeId([1; 16]);
const SECURITY: OfficeId = OfficeId([2; 16]);
const DUTY_DESK: OfficeId = OfficeId([3; 16]);
const COUNTERPART: CounterpartId = CounterpartId([1; 16]);
const CUSTODIAN: PersonId = PersonId([250; 16]);

/// Seeds of the server's two keys.
pub(crate) const LOG_SEED: [u8; 32] = [200; 32];
/// The observer's.
pub(crate) const OBSERVER_SEED: [u8; 32] = [201; 32];

/// Duty officers at the desk, by shifts: all of them read every package.
const DUTY_OFFICERS: u16 = 8;

/// Note-takers on one call.
const NOTE_TAKERS_A_CALL: usize = 4;

/// Notes on one call of the long history, so that it has forty acts.
const NOTES_A_CALL: usize = 19;

/// Acts of one call of the long history.
pub(crate) const ACTS_A_CALL: usize = 21 + NOTES_A_CALL;

/// The people who speak.
pub(crate) struct Cast {
    officer: Voice,
    second_officer: Voice,
    principal: Voice,
    duty: Vec<Voice>,
    pub(crate) note_takers: Vec<Voice>,
}

/// A desk with its people, and the entries that made it.
pub(crate) struct Staffed {
    pub(crate) cast: Cast,
    pub(crate) chronicle: Chronicle,
    pub(crate) entries: Vec<Entry>,
}

/// Founds a desk and staffs it.
pub(crate) fn staffed(note_takers: usize) -> Result<Staffed> {
    let duty = (0..DUTY_OFFICERS).map(|n| Voice::new(10 + n)).collect();
    let note_takers = (100..).take(note_takers).map(Voice::new).collect();
    let cast = Cast {
        officer: Voice::new(1),
        second_officer: Voice::new(2),
        principal: Voice::new(3),
        duty,
        note_takers,
    };
    let mut observer = cast.officer.keys();
    observer.signs = SigningKey::from_bytes(&OBSERVER_SEED).verifying_key().to_bytes();
    let log_key = SigningKey::from_bytes(&LOG_SEED);
    let officers = [&cast.officer, &cast.second_officer];
    let genesis = Genesis {
        desk: DESK,
        origin: ORIGIN.into(),
        log_key: log_key.verifying_key().to_bytes(),
        observer,
        officers: officers.iter().map(|officer| officer.cert()).collect(),
        custodians: Custodians {
            needed: 2,
            people: officers.iter().map(|officer| officer.person).chain([CUSTODIAN]).collect(),
        },
    };
    let (chronicle, first) = Chronicle::found(genesis, &cast.officer, log_key)?;
    let mut desk = Staffed { cast, chronicle, entries: vec![first] };
    desk.make_offices()?;
    desk.add_people()?;
    desk.make_ready()?;
    Ok(desk)
}

impl Staffed {
    fn make_offices(&mut self) -> Result<()> {
        let Self { cast, chronicle, entries } = self;
        for officer in [&cast.officer, &cast.second_officer] {
            make_vault(chronicle, entries, officer, Vault::Person(officer.person))?;
        }
        let purposes = [
            (DIRECTORY, OfficePurpose::Directory),
            (SECURITY, OfficePurpose::Security),
            (DUTY_DESK, OfficePurpose::DutyDesk),
        ];
        for (office, purpose) in purposes {
            entries.push(chronicle.say(
                &cast.officer,
                Scope::Trust,
                Act::OfficeMade { office, purpose },
                &[],
            )?);
        }
        for office in [DIRECTORY, SECURITY] {
            for person in [cast.officer.person, cast.second_officer.person] {
                let act = Act::OfficeMemberAdded { office, person };
                entries.push(chronicle.say(&cast.officer, Scope::Trust, act, &[])?);
            }
            make_vault(chronicle, entries, &cast.officer, Vault::Office(office))?;
        }
        Ok(())
    }

    fn add_people(&mut self) -> Result<()> {
        let Self { cast, chronicle, entries } = self;
        let staff = [(&cast.principal, Role::Principal)]
            .into_iter()
            .chain(cast.duty.iter().map(|voice| (voice, Role::DutyOfficer)))
            .chain(cast.note_takers.iter().map(|voice| (voice, Role::NoteTaker)));
        for (voice, role) in staff {
            let person = voice.person;
            let invitation = InvitationId(person.0);
            let acts = [
                (Act::PersonAdded { person, roles: BTreeSet::from([role]) }, Vec::new()),
                (
                    Act::DeviceInvited {
                        invitation,
                        person,
                        secret: Digest([6; 32]),
                        until_ms: chronicle.now_ms() + 3_600_000,
                    },
                    vec![BodyKind::Sealed(Vault::Office(SECURITY), 1)],
                ),
                (Act::DeviceApproved { invitation, cert: voice.cert() }, Vec::new()),
            ];
            for (act, bodies) in acts {
                entries.push(chronicle.say(&cast.officer, Scope::Trust, act, &bodies)?);
            }
            make_vault(chronicle, entries, voice, Vault::Person(person))?;
        }
        Ok(())
    }

    fn make_ready(&mut self) -> Result<()> {
        let Self { cast, chronicle, entries } = self;
        for voice in &cast.duty {
            for office in [DIRECTORY, DUTY_DESK] {
                let act = Act::OfficeMemberAdded { office, person: voice.person };
                entries.push(chronicle.say(&cast.officer, Scope::Trust, act, &[])?);
            }
        }
        let duty = first(&cast.duty)?;
        make_vault(chronicle, entries, duty, Vault::Office(DUTY_DESK))?;
        let directory = [BodyKind::Sealed(Vault::Office(DIRECTORY), 1)];
        let rules = Rules {
            standing_readers: BTreeSet::from([Reader::Office(DUTY_DESK)]),
            ..chancery_desk::rules::standing()
        };
        let acts = [
            (&cast.officer, Act::ProfileSet { ranks: 4 }, directory.as_slice()),
            (duty, Act::CounterpartAdded { counterpart: COUNTERPART }, &directory),
            (&cast.officer, Act::RulesSet(rules), &[]),
        ];
        for (voice, act, bodies) in acts {
            entries.push(chronicle.say(voice, Scope::Trust, act, bodies)?);
        }
        Ok(())
    }

    /// Opens one unannounced call for every four note-takers, each of them invited; `turn` tells them from those opened
    /// before. The entries that it took.
    pub(crate) fn open_calls(&mut self, turn: u16) -> Result<Vec<Entry>> {
        let Self { cast, chronicle, .. } = self;
        let mut entries = Vec::new();
        for (place, team) in cast.note_takers.chunks(NOTE_TAKERS_A_CALL).enumerate() {
            let package = call_of(turn, place * NOTE_TAKERS_A_CALL)?;
            let opener = first(&cast.duty)?;
            let act = requested(chronicle, cast, CallKind::Unannounced, readers(cast, team));
            let scope = Scope::Package(package);
            entries.push(chronicle.say(opener, scope, act, &opening_bodies(package))?);
            for voice in team {
                entries.push(chronicle.say(opener, scope, invited(voice, PartyRole::NoteTaker), &[])?);
            }
        }
        Ok(entries)
    }

    /// One planned call from request to closed, [`ACTS_A_CALL`] acts.
    pub(crate) fn whole_call(&mut self, number: u32) -> Result<()> {
        let package = package(number);
        let mut call = WholeCall { staffed: self, scope: Scope::Package(package), package };
        call.before()?;
        let note = call.during()?;
        call.after(note)
    }
}

/// The call of this writer, by its place among the note-takers, in this turn.
pub(crate) fn call_of(turn: u16, writer: usize) -> Result<PackageId> {
    let team = u16::try_from(writer / NOTE_TAKERS_A_CALL)?;
    Ok(package((u32::from(turn) << 16) + u32::from(team)))
}

/// A person's own party on a call: its id is the person's.
pub(crate) fn party(voice: &Voice) -> PartyId {
    PartyId(voice.person.0)
}

/// What a note carries.
pub(crate) fn note_body(package: PackageId) -> [BodyKind; 1] {
    [BodyKind::Sealed(Vault::Package(package), 1)]
}

struct WholeCall<'a> {
    staffed: &'a mut Staffed,
    scope: Scope,
    package: PackageId,
}

impl WholeCall<'_> {
    fn by(&mut self, who: impl Fn(&Cast) -> Result<&Voice>, act: Act) -> Result<Digest> {
        self.with(who, act, &[])
    }

    fn in_words(&mut self, who: impl Fn(&Cast) -> Result<&Voice>, act: Act) -> Result<Digest> {
        self.with(who, act, &note_body(self.package))
    }

    fn with(
        &mut self,
        who: impl Fn(&Cast) -> Result<&Voice>,
        act: Act,
        kinds: &[BodyKind],
    ) -> Result<Digest> {
        let Staffed { cast, chronicle, entries } = &mut *self.staffed;
        let entry = chronicle.say(who(cast)?, self.scope, act, kinds)?;
        let digest = entry.digest;
        entries.push(entry);
        Ok(digest)
    }

    fn before(&mut self) -> Result<()> {
        let Staffed { cast, chronicle, .. } = &*self.staffed;
        let at_ms = chronicle.now_ms() + 3_600_000;
        let readers = readers(cast, &cast.note_takers);
        let act = requested(chronicle, cast, CallKind::Planned { at_ms }, readers);
        self.with(duty, act, &opening_bodies(self.package))?;
        self.in_words(duty, Act::BriefWritten { version: 1 })?;
        self.by(duty, Act::BriefIssued { version: 1 })?;
        self.by(principal, Act::BriefRead { version: 1 })?;
        Ok(())
    }

    fn during(&mut self) -> Result<Digest> {
        let guest = PartyId([251; 16]);
        let Staffed { cast, .. } = &*self.staffed;
        let (of_principal, of_note_taker) = (&cast.principal, note_taker(cast)?);
        let comings = [
            (party(of_principal), invited(of_principal, PartyRole::Principal)),
            (party(of_note_taker), invited(of_note_taker, PartyRole::NoteTaker)),
            (
                guest,
                Act::PartyInvited {
                    party: guest,
                    who: Who::Counterpart(COUNTERPART),
                    role: PartyRole::Counterpart,
                    line: LineKind::Guest,
                },
            ),
        ];
        for (party, invited) in comings {
            for act in [invited, Act::PartyArrived { party }, Act::PartyAdmitted { party }] {
                self.by(duty, act)?;
            }
        }
        self.by(duty, Act::CallAnswered {})?;
        let mut note = Digest::NONE;
        for _ in 0..NOTES_A_CALL {
            note = self.in_words(note_taker, Act::NoteTaken { instead_of: None })?;
        }
        self.by(duty, Act::CallEnded { end: CallEnd::Ended })?;
        Ok(note)
    }

    fn after(&mut self, note: Digest) -> Result<()> {
        let commitment = CommitmentId([1; 16]);
        let owner = duty(&self.staffed.cast)?.person;
        let due_ms = self.staffed.chronicle.now_ms() + 86_400_000;
        self.in_words(note_taker, Act::CommitmentMade { commitment, note: Some(note) })?;
        let tasked =
            Act::DueOutTasked { due_out: DueOutId([1; 16]), commitment: Some(commitment), owner, due_ms };
        self.in_words(note_taker, tasked)?;
        self.in_words(note_taker, Act::TelconWritten { version: 1 })?;
        self.by(duty, Act::TelconApproved { version: 1 })?;
        let count = self.staffed.chronicle.head(self.scope).count;
        let closed = self.in_words(note_taker, Act::PackageClosed { count })?;
        self.by(duty, Act::ClosedAgreed { closed })?;
        Ok(())
    }
}

fn duty(cast: &Cast) -> Result<&Voice> {
    first(&cast.duty)
}

fn note_taker(cast: &Cast) -> Result<&Voice> {
    first(&cast.note_takers)
}

#[allow(clippy::unnecessary_wraps, reason = "of the same shape as the two before it")]
fn principal(cast: &Cast) -> Result<&Voice> {
    Ok(&cast.principal)
}

fn first(voices: &[Voice]) -> Result<&Voice> {
    voices.first().ok_or_else(|| anyhow::anyhow!("the cast lacks somebody"))
}

fn package(number: u32) -> PackageId {
    let mut id = filled(0, 0);
    for (to, from) in id.iter_mut().zip(number.to_be_bytes()) {
        *to = from;
    }
    PackageId(id)
}

fn readers(cast: &Cast, team: &[Voice]) -> BTreeSet<Reader> {
    let people = team.iter().chain([&cast.principal]).map(|voice| Reader::Person(voice.person));
    people.chain([Reader::Office(DUTY_DESK)]).collect()
}

fn invited(voice: &Voice, role: PartyRole) -> Act {
    let who = Who::Person(voice.person);
    Act::PartyInvited { party: party(voice), who, role, line: LineKind::Secure }
}

fn opening_bodies(package: PackageId) -> [BodyKind; 2] {
    let vault = Vault::Package(package);
    [BodyKind::Wraps(vault, 1), BodyKind::Sealed(vault, 1)]
}

fn requested(chronicle: &Chronicle, cast: &Cast, kind: CallKind, readers: BTreeSet<Reader>) -> Act {
    let wrapped = Vaults::at(&chronicle.desk.trust, None).wrapped_to(readers.iter().copied());
    let opening = Opening { class: 3, level: Rank(2), readers, vault: generation(wrapped, ByteBuf::new()) };
    Act::CallRequested { principal: cast.principal.person, counterpart: COUNTERPART, kind, opening }
}

fn generation(readers: Vec<WrappedTo>, receives: ByteBuf) -> Generation {
    Generation { number: 1, commitment: Digest([1; 32]), receives, readers, chained: false }
}

fn make_vault(chronicle: &mut Chronicle, entries: &mut Vec<Entry>, by: &Voice, vault: Vault) -> Result<()> {
    let readers = Vaults::at(&chronicle.desk.trust, None).next_generation(vault).readers;
    let generation = generation(readers, ByteBuf::from(vec![1; RECEIVE_KEY_BYTES]));
    let act = Act::GenerationMade { vault, generation };
    entries.push(chronicle.say(by, Scope::Trust, act, &[BodyKind::Wraps(vault, 1)])?);
    Ok(())
}
