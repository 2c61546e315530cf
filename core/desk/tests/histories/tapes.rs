//! What is said about guests and tapes: mostly what fits.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, LineKind},
    lines::rules::LineRules,
    package::Package,
};
use chancery_log::id::{Digest, PartyId, PersonId, Scope};

use super::deal::Deal;
use crate::world::{World, keys};

impl Deal {
    /// Mostly rules that can work.
    pub(super) fn line_rules(&self) -> LineRules {
        let mut rules = LineRules { taped: !self.one_in(4), ..LineRules::default() };
        match self.below(24) {
            0 => rules.score_least = 0,
            1 => rules.loss_permille = 501,
            2 => rules.round_trip_ms = 19,
            3 => rules.jitter_ms = 1_001,
            4 => rules.quiet_db = 81,
            5 => rules.clipped_permille = 0,
            6 => rules.silent_ms = 999,
            7 => rules.unlocked_ms = 30 * 86_400_000 + 1,
            8 => rules.posture_ms = 59_999,
            9 => rules.canary_ms = 60_001,
            10 => rules.canary_ms = 60_000,
            _ => {}
        }
        rules
    }

    /// On a call that has a guest, if there is one.
    pub(super) fn about_guests(&self, world: &World) -> (Scope, Act) {
        let has_guest = |package: &&Package| {
            package.end().is_none() && package.parties().values().any(|party| party.line == LineKind::Guest)
        };
        let calls: Vec<&Package> = world.desk.packages.values().filter(has_guest).collect();
        if calls.is_empty() {
            return self.opening(world);
        }
        let package = self.pick(&calls);
        (Scope::Package(package.id()), self.guest(world, package))
    }

    pub(super) fn guest(&self, world: &World, package: &Package) -> Act {
        let guests = package.parties().iter().filter(|(_, party)| party.line == LineKind::Guest);
        let party = self.known(guests.map(|(id, _)| *id), PartyId);
        let good = package
            .guests()
            .iter()
            .filter(|(_, guest)| self.one_in(6) || !guest.link.used && guest.link.until_ms >= world.now_ms);
        let good: Vec<PartyId> = good.map(|(id, _)| *id).collect();
        if good.is_empty() || self.one_in(4) {
            let until_ms = world.now_ms + self.pick(&[0, 60_000, 3_600_000, 86_400_000, 400_000_000]);
            return Act::GuestInvited { party, secret: Digest([1; 32]), until_ms };
        }
        let number = 500 + u16::try_from(self.below(100)).unwrap();
        let number = if self.one_in(8) { self.pick(&[1, 2, 3, 1000]) } else { number };
        Act::GuestVouched { party: self.known(good, PartyId), keys: keys(number) }
    }

    pub(super) fn epoch_dealt(&self, world: &World, package: &Package) -> Act {
        let newest = package.dealings().len() as u64;
        let mut act = world.deal_epoch(self.pick(&[newest, newest, newest + 1, 1]));
        if let Act::EpochDealt { group, roster, needed, shares, commitment, .. } = &mut act {
            match self.below(16) {
                0 => *needed += 1,
                1 => shares.truncate(1),
                2 => shares.iter_mut().for_each(|share| share.generation += 1),
                3 => shares.reverse(),
                4 | 5 => *commitment = Digest([6; 32]),
                6 => *roster = Digest([7; 32]),
                7 => *group = Digest([8; 32]),
                _ => {}
            }
        }
        act
    }

    pub(super) fn about_tapes(&self, world: &World) -> (Scope, Act) {
        let trust = &world.desk.trust;
        if self.one_in(3) || trust.tape_asks().is_empty() {
            let mut custodians: BTreeSet<PersonId> = trust.custodians().people.clone();
            match self.below(8) {
                0 => custodians.retain(|person| Some(person) != trust.custodians().people.first()),
                1 => custodians.extend([self.person(world)]),
                _ => {}
            }
            let needed = self.pick(&[2, 2, 2, 3, 1, 0, 4]);
            let (package, device) = (self.package(world), self.device(world));
            return (Scope::Trust, Act::TapeAsked { package, device, needed, custodians });
        }
        let asked = self.known(trust.tape_asks().keys().copied(), |id| Digest([id[0]; 32]));
        (Scope::Trust, Act::TapeShareReleased { asked })
    }
}
