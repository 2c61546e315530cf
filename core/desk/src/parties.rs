//! Parties on a call: invited, in the lobby, on, on hold, gone; and what is measured and shown on the way.

use std::fmt;

use chancery_log::id::{DeviceId, Digest, PartyId, PersonId};
use chancery_seal::body::mark::Rank;
use serde::{Deserialize, Serialize};

use crate::{
    act::{LineKind, PartyRole, Role, Who},
    calls::{LIVE, OPEN},
    case::{Author, Case, needs_new},
    counterparts, openings,
    package::Package,
    people,
    refusal::{Refusal, Thing},
    roles::Power,
    said::{Place, Said},
    trust::Trust,
};

/// Where a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PartyState {
    /// Rung, not there yet.
    Invited,
    /// In the lobby: hears and sees nothing of the call.
    Waiting,
    /// On the call.
    On,
    /// Set aside.
    Held,
    /// Off the call; may arrive again while it lasts.
    Left,
}

/// One party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub who: Who,
    /// In which role.
    pub role: PartyRole,
    /// By what sort of line.
    pub line: LineKind,
    /// Where.
    pub state: PartyState,
    /// May speak though the role only listens.
    pub floor: bool,
    /// Was on the call when it ended.
    pub stayed: bool,
    /// The level that the line allows, by the newest line report; none before the first.
    pub ceiling: Option<Rank>,
    /// Digest of the newest line report.
    pub report: Option<Digest>,
}

/// One card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// The device that passed it.
    pub by: DeviceId,
    /// Digest of the act beside which it is.
    pub act: Digest,
    /// When it was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
}

impl fmt::Display for PartyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invited => "invited",
            Self::Waiting => "in the lobby",
            Self::On => "on the call",
            Self::Held => "on hold",
            Self::Left => "off the call",
        })
    }
}

impl PartyRole {
    /// Speaks without being given the floor.
    pub fn speaks(self) -> bool {
        match self {
            Self::Principal | Self::Counterpart | Self::Interpreter | Self::DutyOfficer => true,
            Self::NoteTaker | Self::Adviser => false,
        }
    }

    /// The roles of the staff that can take this role on a call; none for who is not of the staff.
    pub fn taken_by(self) -> &'static [Role] {
        match self {
            Self::Principal => &[Role::Principal],
            Self::Counterpart => &[],
            Self::Interpreter => &[Role::Interpreter],
            Self::NoteTaker => &[Role::NoteTaker],
            Self::Adviser => &[Role::Adviser, Role::DeskOfficer],
            Self::DutyOfficer => &[Role::DutyOfficer],
        }
    }
}

/// The role in which a person of the staff comes to a call when nobody says which; none for who has no place there.
pub fn role_on_call(trust: &Trust, person: PersonId) -> Option<PartyRole> {
    let roles = people::roles_of(trust, person);
    let order = [
        PartyRole::Principal,
        PartyRole::DutyOfficer,
        PartyRole::NoteTaker,
        PartyRole::Interpreter,
        PartyRole::Adviser,
    ];
    order.into_iter().find(|role| role.taken_by().iter().any(|taken| roles.contains(taken)))
}

/// What one act asks of one party.
pub(crate) fn needs_party<'a>(
    package: &'a Package,
    party: PartyId,
    needed: &[PartyState],
) -> Result<&'a Party, Refusal> {
    package.needs_stage(OPEN)?;
    let known = package.parties.get(&party).ok_or(Refusal::UnknownParty(party))?;
    if needed.contains(&known.state) {
        Ok(known)
    } else {
        Err(Refusal::WrongPartyState { needed: needed.to_vec(), state: known.state })
    }
}

pub(crate) fn admit_invited(
    case: &Case<'_>,
    package: &Package,
    party: PartyId,
    who: Who,
    role: PartyRole,
    line: LineKind,
) -> Result<(), Refusal> {
    package.needs_stage(OPEN)?;
    needs_new(package.parties.contains_key(&party), Thing::Party(party))?;
    match who {
        Who::Person(person) => {
            if role == PartyRole::Counterpart || line == LineKind::Guest {
                return Err(Refusal::WrongParty("the staff is neither counterpart nor guest".into()));
            }
            people::needs_role(case.trust, person, role.taken_by())?;
            case.needs_reader(package, person)
        }
        Who::Counterpart(counterpart) => {
            let staff = matches!(role, PartyRole::Principal | PartyRole::DutyOfficer);
            if staff || line == LineKind::Secure {
                let why = "a counterpart comes by a guest or an open line, and not as staff";
                return Err(Refusal::WrongParty(why.into()));
            }
            if package.counterpart() == Some(counterpart) {
                Ok(())
            } else {
                counterparts::needs_current(case.trust, counterpart)
            }
        }
    }
}

pub(crate) fn admit_arrived(case: &Case<'_>, package: &Package, party: PartyId) -> Result<(), Refusal> {
    match case.author {
        Author::Observer => Err(Refusal::ObserverMayNot),
        Author::Person(_) => {
            needs_party(package, party, &[PartyState::Invited, PartyState::Left]).map(|_| ())
        }
    }
}

pub(crate) fn admit_admitted(case: &Case<'_>, package: &Package, party: PartyId) -> Result<(), Refusal> {
    let known = needs_party(package, party, &[PartyState::Waiting])?;
    match known.line {
        LineKind::Secure => Ok(()),
        // Promise 4: a stranger waits for a duty officer, and never reaches the principal by the principal's own tap.
        LineKind::Guest | LineKind::Open => {
            let person = case.person()?;
            let has = people::roles_of(case.trust, person);
            if has.contains(&Role::DutyOfficer) {
                Ok(())
            } else {
                Err(Refusal::NeedsRole {
                    power: Power::AdmitParties,
                    needed: [Role::DutyOfficer].into(),
                    has,
                })
            }
        }
    }
}

pub(crate) fn admit_held(package: &Package, party: PartyId) -> Result<(), Refusal> {
    needs_party(package, party, &[PartyState::On]).map(|_| ())
}

pub(crate) fn admit_resumed(package: &Package, party: PartyId) -> Result<(), Refusal> {
    needs_party(package, party, &[PartyState::Held]).map(|_| ())
}

const THERE: &[PartyState] = &[PartyState::Invited, PartyState::Waiting, PartyState::On, PartyState::Held];

pub(crate) fn admit_left(package: &Package, party: PartyId) -> Result<(), Refusal> {
    needs_party(package, party, THERE).map(|_| ())
}

pub(crate) fn admit_floor(package: &Package, party: PartyId, given: bool) -> Result<(), Refusal> {
    let known = needs_party(package, party, &[PartyState::On])?;
    if known.role.speaks() {
        return Err(Refusal::WrongParty("this role speaks without being given the floor".into()));
    }
    needs_new(known.floor == given, Thing::Floor(party))
}

pub(crate) fn admit_reported(
    case: &Case<'_>,
    package: &Package,
    party: PartyId,
    ceiling: Rank,
) -> Result<(), Refusal> {
    needs_party(package, party, THERE)?;
    openings::needs_level(case.trust, ceiling)
}

pub(crate) fn admit_card(package: &Package) -> Result<(), Refusal> {
    package.needs_stage(LIVE)
}

impl Package {
    pub(crate) fn apply_invited(
        &mut self,
        place: &Place,
        party: PartyId,
        who: Who,
        role: PartyRole,
        line: LineKind,
    ) {
        self.rung_ms = Some(place.logged_ms);
        let state = PartyState::Invited;
        self.parties.insert(
            party,
            Party { who, role, line, state, floor: false, stayed: false, ceiling: None, report: None },
        );
    }

    pub(crate) fn apply_party(&mut self, party: PartyId, state: PartyState) {
        if let Some(party) = self.parties.get_mut(&party) {
            party.state = state;
            party.floor &= state != PartyState::Left;
        }
    }

    pub(crate) fn apply_floor(&mut self, party: PartyId, given: bool) {
        if let Some(party) = self.parties.get_mut(&party) {
            party.floor = given;
        }
    }

    pub(crate) fn apply_reported(&mut self, said: &Said, party: PartyId, ceiling: Rank) {
        if let Some(party) = self.parties.get_mut(&party) {
            party.ceiling = Some(ceiling);
            party.report = Some(said.digest);
        }
    }

    pub(crate) fn apply_card(&mut self, said: &Said, place: &Place) {
        self.cards.push(Card { by: said.author, act: said.digest, logged_ms: place.logged_ms });
    }

    /// The lowest level over the lines of who is on the call or on hold; a line without a report counts as the lowest
    /// there is. None when nobody is on.
    pub fn ceiling(&self) -> Option<Rank> {
        let on = |party: &&Party| matches!(party.state, PartyState::On | PartyState::Held);
        self.parties.values().filter(on).map(|party| party.ceiling.unwrap_or(Rank(0))).min()
    }
}
