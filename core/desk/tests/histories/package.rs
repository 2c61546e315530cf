//! What is said in a package: mostly what fits its stage.

use chancery_desk::{
    act::{Act, CallEnd, LineKind, PartyRole, Who},
    calls::Stage,
    package::Package,
    parties::{Party, PartyState, role_on_call},
};
use chancery_log::id::{ClearanceId, CommitmentId, CounterpartId, DueOutId, PartyId, ReadoutId};
use chancery_seal::{body::mark::Rank, vault::Reader};

use super::deal::Deal;
use crate::world::{COUNSEL, COUNTERPART, GUEST, PRINCIPAL, World};

impl Deal {
    pub(super) fn in_package(&self, world: &World, package: &Package) -> Act {
        let group = match package.stage() {
            Stage::Requested | Stage::Briefed => [0, 0, 1, 1, 4],
            Stage::Live => [0, 1, 1, 2, 2],
            Stage::Ended | Stage::WrittenUp | Stage::Closed => [2, 3, 3, 3, 4],
        };
        let group = match self.pick(&group) {
            4 => self.below(4),
            group => group,
        };
        match group {
            0 => self.before_the_call(world, package),
            1 => self.on_the_call(world, package),
            2 => self.notes(world, package),
            _ => self.afterwards(world, package),
        }
    }

    /// Mostly the next one.
    fn next_of(&self, had: usize) -> u32 {
        let next = u32::try_from(had).unwrap() + 1;
        self.pick(&[next, next, next, next, next + 1, next - 1])
    }

    /// Mostly the newest one.
    fn newest_of(&self, had: usize) -> u32 {
        let newest = u32::try_from(had).unwrap();
        self.pick(&[newest, newest, newest, 1, newest + 1])
    }

    fn a_reader(&self, world: &World, package: &Package) -> Reader {
        let readers: Vec<Reader> = package.readers().iter().copied().collect();
        if self.one_in(5) { self.reader(world) } else { self.pick(&readers) }
    }

    fn before_the_call(&self, world: &World, package: &Package) -> Act {
        let briefs = package.briefs().len();
        let asked = package.clearances().keys().copied();
        match self.below(13) {
            0 => Act::ReadersAdded { readers: [self.reader(world)].into(), from_now: self.one_in(3) },
            1 => Act::ReadersRemoved { readers: [self.a_reader(world, package)].into() },
            2 => Act::LevelSet { level: Rank(self.pick(&[0, 3, 4])) },
            3 => Act::CallMoved { at_ms: world.now_ms },
            4 | 5 => Act::BriefWritten { version: self.next_of(briefs) },
            6 | 7 => Act::ClearanceAsked {
                clearance: ClearanceId(self.small()),
                office: if self.one_in(3) { self.office(world) } else { COUNSEL },
                version: self.newest_of(briefs),
            },
            8 | 9 => Act::ClearanceGiven { clearance: self.known(asked, ClearanceId), granted: true },
            10 | 11 => Act::BriefIssued { version: self.newest_of(briefs) },
            _ => Act::BriefRead { version: self.newest_of(briefs) },
        }
    }

    fn invite(&self, world: &World) -> Act {
        let roles = [
            PartyRole::Principal,
            PartyRole::Counterpart,
            PartyRole::Interpreter,
            PartyRole::NoteTaker,
            PartyRole::Adviser,
            PartyRole::DutyOfficer,
        ];
        if self.one_in(3) {
            let counterpart = if self.one_in(3) { CounterpartId(self.small()) } else { COUNTERPART };
            let party = if self.one_in(2) { GUEST } else { PartyId(self.small()) };
            let role = if self.one_in(3) { self.pick(&roles) } else { PartyRole::Counterpart };
            let line = self.pick(&[LineKind::Guest, LineKind::Guest, LineKind::Open, LineKind::Secure]);
            return Act::PartyInvited { party, who: Who::Counterpart(counterpart), role, line };
        }
        let person = if self.one_in(4) { PRINCIPAL } else { self.person(world) };
        let usual = role_on_call(&world.desk.trust, person).filter(|_| !self.one_in(6));
        let role = usual.unwrap_or_else(|| self.pick(&roles));
        let line = self.pick(&[LineKind::Secure, LineKind::Secure, LineKind::Open, LineKind::Guest]);
        Act::PartyInvited { party: World::party(person), who: Who::Person(person), role, line }
    }

    fn on_the_call(&self, world: &World, package: &Package) -> Act {
        let at = |states: &[PartyState]| {
            let there = package.parties().iter().filter(|(_, party)| states.contains(&party.state));
            self.known(there.map(|(id, _)| *id), PartyId)
        };
        use PartyState::{Held, Invited, Left, On, Waiting};
        let party = at(&[On, On, Held]);
        let ends = [CallEnd::Ended, CallEnd::Declined, CallEnd::Missed, CallEnd::Cancelled, CallEnd::Failed];
        match self.below(27) {
            0..=3 => self.invite(world),
            4..=6 => Act::PartyArrived { party: at(&[Invited, Left]) },
            7..=9 => Act::PartyAdmitted { party: at(&[Waiting]) },
            10 => Act::PartyHeld { party: at(&[On]) },
            11 => Act::PartyResumed { party: at(&[Held]) },
            12 => Act::PartyLeft { party: at(&[Invited, Waiting, On, Held]) },
            13 | 21 => {
                let listens = |party: &&Party| party.state == On && !party.role.speaks() && !party.floor;
                let silent = package.parties().iter().filter(|(_, party)| listens(party));
                Act::FloorGiven { party: self.known(silent.map(|(id, _)| *id), PartyId) }
            }
            15 => Act::LineReported { party, ceiling: Rank(self.pick(&[0, 3, 4])) },
            14 | 20 => {
                let given = package.parties().iter().filter(|(_, party)| party.floor);
                Act::FloorTaken { party: self.known(given.map(|(id, _)| *id), PartyId) }
            }
            16 => Act::CardPassed {},
            22 => self.guest(world, package),
            23..=25 => self.epoch_dealt(world, package),
            17 if self.one_in(6) => Act::CallCleared {},
            17 | 18 => Act::CallEnded { end: self.pick(&ends) },
            _ => Act::CallAnswered {},
        }
    }

    fn notes(&self, world: &World, package: &Package) -> Act {
        let note = || self.act_of(world, |act| matches!(act, Act::NoteTaken { .. }));
        let made = package.commitments().keys().copied();
        match self.below(8) {
            0..=2 => Act::NoteTaken { instead_of: None },
            3 => Act::NoteTaken { instead_of: Some(note()) },
            4 => Act::WrapUpGiven {},
            5 | 6 => {
                let note = self.one_in(2).then(note);
                Act::CommitmentMade { commitment: CommitmentId(self.small()), note }
            }
            _ => Act::CommitmentSettled { commitment: self.known(made, CommitmentId), kept: true },
        }
    }

    fn afterwards(&self, world: &World, package: &Package) -> Act {
        let due_out = self.known(package.due_outs().keys().copied(), DueOutId);
        let readout = self.known(package.readouts().keys().copied(), ReadoutId);
        let telcons = package.telcons().len();
        let (owner, due_ms) = (self.person(world), world.now_ms + self.pick(&[0, 1, 5_000, 100_000]));
        let made = package.commitments().keys().copied();
        match self.below(18) {
            17 => self.epoch_dealt(world, package),
            0 | 1 => {
                let commitment = self.one_in(3).then(|| self.known(made, CommitmentId));
                Act::DueOutTasked { due_out: DueOutId(self.small()), commitment, owner, due_ms }
            }
            2 | 3 => Act::DueOutMoved { due_out, owner, due_ms },
            4 => Act::DueOutDone { due_out },
            5 => Act::DueOutDropped { due_out },
            6 | 7 => Act::DueOutLate { due_out },
            8 => Act::TelconWritten { version: self.next_of(telcons) },
            9 | 10 => Act::TelconApproved { version: self.newest_of(telcons) },
            11 => Act::ReadoutSent {
                readout: ReadoutId(self.small()),
                to: [self.a_reader(world, package)].into(),
            },
            12 => Act::ReadoutRead { readout },
            13 | 14 => Act::PackageClosed { count: package.count() - u64::from(self.one_in(6)) },
            _ => {
                let closed = package.closed().filter(|_| !self.one_in(6)).map(|closed| closed.act);
                let other = || self.act_of(world, |act| matches!(act, Act::PackageClosed { .. }));
                Act::ClosedAgreed { closed: closed.unwrap_or_else(other) }
            }
        }
    }
}
