//! The one question: may this act be logged? Pure, and the same on the server and on every client that folds it.

use chancery_log::id::{Scope, Vault};

use crate::{
    act::{Act, Who},
    ages, bodies, briefs, calls,
    case::{Author, Case, needs_new},
    closing, commitments, counterparts, custody, devices, due_outs, duty, generations, guarded, guests,
    notes, offices, openings,
    package::Package,
    parties, people, readers, readouts,
    refusal::{Refusal, Thing},
    roles::{Belongs, Power, Standing},
    rules,
    said::Said,
    tapes, telcons,
    trust::Trust,
};

/// Says yes, or names the refusal. `package`: the package of the act's scope as it stands, if it was opened.
/// `logged_ms`: the time by which age and expiry are judged, the leaf's or the server's, milliseconds since 1970 UTC.
pub fn admit(trust: &Trust, package: Option<&Package>, said: &Said, logged_ms: u64) -> Result<(), Refusal> {
    if said.desk != trust.desk {
        return Err(Refusal::WrongDesk { expected: trust.desk, got: said.desk });
    }
    let power = Power::of(&said.act).ok_or(Refusal::AlreadyThere(Thing::Desk))?;
    let belongs = power.belongs();
    needs_scope(said, belongs)?;
    let author = author(trust, said)?;
    ages::check(trust, said, logged_ms)?;
    let package = package.filter(|package| Some(package.id) == said.package());
    let case = Case { trust, package, said, logged_ms, author };
    needs_package(&case, belongs)?;
    needs_counter(&case)?;
    needs_power(&case, power)?;
    needs_reading(&case)?;
    by_noun(&case)?;
    bodies::check(&case)
}

fn needs_scope(said: &Said, belongs: Belongs) -> Result<(), Refusal> {
    let wrong = |expected: String| Err(Refusal::WrongScope { expected, got: said.scope });
    if let Act::GenerationMade { vault, .. } | Act::ReadersWrapped { vault, .. } = &said.act {
        return match (vault, said.scope) {
            (Vault::Person(_) | Vault::Office(_), Scope::Trust) => Ok(()),
            (Vault::Package(package), Scope::Package(scope)) if *package == scope => Ok(()),
            (Vault::Person(_) | Vault::Office(_), Scope::Package(_)) => wrong("the trust scope".into()),
            (Vault::Package(package), Scope::Trust | Scope::Package(_)) => {
                wrong(format!("the scope of package {package}"))
            }
        };
    }
    match (belongs, said.scope) {
        (Belongs::Either, _)
        | (Belongs::InTrust, Scope::Trust)
        | (Belongs::Opens | Belongs::InPackage, Scope::Package(_)) => Ok(()),
        (Belongs::InTrust, Scope::Package(_)) => wrong("the trust scope".into()),
        (Belongs::Opens | Belongs::InPackage, Scope::Trust) => wrong("the scope of a package".into()),
    }
}

/// An approved device, not revoked, of somebody still at the desk; or the observer of today.
fn author(trust: &Trust, said: &Said) -> Result<Author, Refusal> {
    if said.author == trust.observer {
        return Ok(Author::Observer);
    }
    let device = trust.devices.get(&said.author).ok_or(Refusal::UnknownDevice(said.author))?;
    let person = device.cert.person;
    if trust.people.get(&person).is_none_or(|person| person.left) {
        return Err(Refusal::PersonHasLeft(person));
    }
    match device.revoked {
        None => Ok(Author::Person(person)),
        Some(_) => Err(Refusal::DeviceRevoked(said.author)),
    }
}

fn needs_package(case: &Case<'_>, belongs: Belongs) -> Result<(), Refusal> {
    let Some(id) = case.said.package() else { return Ok(()) };
    match (belongs, case.package) {
        (Belongs::Opens, there) => needs_new(there.is_some(), Thing::Package(id)),
        (Belongs::InPackage | Belongs::Either, None) => Err(Refusal::UnknownPackage(id)),
        (Belongs::InPackage | Belongs::Either, Some(_)) | (Belongs::InTrust, _) => Ok(()),
    }
}

fn needs_counter(case: &Case<'_>) -> Result<(), Refusal> {
    let expected = match (case.said.scope, case.package) {
        (Scope::Trust, _) => case.trust.next_counter(case.device()),
        (Scope::Package(_), Some(package)) => package.next_counter(case.device()),
        (Scope::Package(_), None) => 1,
    };
    let got = case.said.counter;
    if got == expected { Ok(()) } else { Err(Refusal::CounterExpected { expected, got }) }
}

fn needs_power(case: &Case<'_>, power: Power) -> Result<(), Refusal> {
    match case.author {
        Author::Observer if power.row().observer => Ok(()),
        Author::Observer => Err(Refusal::ObserverMayNot),
        Author::Person(person) => {
            let roles = people::roles_of(case.trust, person);
            let of_package = case.package.and_then(Package::principal) == Some(person);
            power.check(Standing { roles: &roles, own: is_own(case), of_package })
        }
    }
}

/// Whether the act is about the author's own. Where only the noun can tell, yes: it looks closer.
fn is_own(case: &Case<'_>) -> bool {
    #[allow(clippy::wildcard_enum_match_arm, reason = "what is nobody's own is for the roles: the safe side")]
    match &case.said.act {
        Act::PersonDescribed { person } | Act::DeviceInvited { person, .. } => case.is(*person),
        Act::InvitationWithdrawn { invitation } => {
            case.trust.invitations.get(invitation).is_some_and(|invitation| case.is(invitation.person))
        }
        Act::DeviceApproved { cert, .. } => case.is(cert.person),
        Act::DeviceRevoked { device, .. } => {
            case.trust.person_of(*device).is_some_and(|person| case.is(person))
        }
        Act::CallRequested { principal, .. } | Act::DebriefGiven { principal, .. } => case.is(*principal),
        Act::PartyArrived { party } | Act::PartyLeft { party } | Act::LineReported { party, .. } => {
            let party = case.package.and_then(|package| package.parties.get(party));
            party.is_some_and(|party| match party.who {
                Who::Person(person) => case.is(person),
                Who::Counterpart(_) => false,
            })
        }
        Act::DueOutDone { due_out } => {
            let due_out = case.package.and_then(|package| package.due_outs.get(due_out));
            due_out.is_some_and(|due_out| case.is(due_out.owner))
        }
        Act::GenerationMade { .. }
        | Act::ReadersWrapped { .. }
        | Act::SharesDealt { .. }
        | Act::ShareReleased { .. }
        | Act::TapeShareReleased { .. }
        | Act::EpochDealt { .. }
        | Act::DutyTaken { .. }
        | Act::DutyLeft { .. }
        | Act::DutyHandedOver { .. }
        | Act::ClearanceGiven { .. }
        | Act::ReadoutRead { .. }
        | Act::ClosedAgreed { .. } => true,
        _ => false,
    }
}

/// In a package that is open only its readers act, and the observer.
fn needs_reading(case: &Case<'_>) -> Result<(), Refusal> {
    match (case.package, case.author) {
        (Some(package), Author::Person(person)) => case.needs_reader(package, person),
        (Some(_), Author::Observer) | (None, _) => Ok(()),
    }
}

/// Each act to its noun's own rules.
#[rustfmt::skip]
fn by_noun(case: &Case<'_>) -> Result<(), Refusal> {
    match &case.said.act {
        Act::ProfileSet { ranks } => rules::admit_profile(*ranks),
        Act::RulesSet(rules) => rules::admit_rules(case, rules),
        Act::GuardedAsked(change) => guarded::admit_asked(case, change),
        Act::GuardedAgreed { asked } => guarded::admit_agreed(case, *asked),
        Act::DeskFounded(_) | Act::TrustConfirmed {} => Ok(()), // The first has no power, so it does not come so far.
        Act::PersonAdded { person, roles } => people::admit_added(case, *person, roles),
        Act::PersonDescribed { person } => people::needs_at_desk(case.trust, *person),
        Act::RolesSet { person, roles } => people::admit_roles(case, *person, roles),
        Act::PersonLeft { person } => people::admit_left(case, *person),
        Act::DeviceInvited { invitation, person, until_ms, .. } => devices::admit_invited(case, *invitation, *person, *until_ms),
        Act::InvitationWithdrawn { invitation } => devices::admit_withdrawn(case, *invitation),
        Act::DeviceApproved { invitation, cert } => devices::admit_approved(case, *invitation, cert),
        Act::DeviceRevoked { device, .. } => devices::admit_revoked(case, *device),
        Act::OfficeMade { office, purpose } => offices::admit_made(case, *office, *purpose),
        Act::OfficeDescribed { office } => offices::admit_described(case, *office),
        Act::OfficeMemberAdded { office, person } => offices::admit_member_added(case, *office, *person),
        Act::OfficeMemberRemoved { office, person } => offices::admit_member_removed(case, *office, *person),
        Act::GenerationMade { vault, generation } => generations::admit_made(case, *vault, generation),
        Act::ReadersWrapped { vault, generation, readers } => generations::admit_wrapped(case, *vault, *generation, readers),
        Act::SharesDealt { vault, generation, needed, shares } => custody::admit_dealt(case, *vault, *generation, *needed, shares),
        Act::ShareReleased { recovery, vault, generation, share } => custody::admit_released(case, *recovery, *vault, *generation, *share),
        Act::TapeAsked { device, needed, custodians, .. } => tapes::admit_asked(case, *device, *needed, custodians),
        Act::TapeShareReleased { asked } => tapes::admit_released(case, *asked),
        Act::DutyTaken { post } => duty::admit_taken(case, *post), Act::DutyLeft { post } => duty::admit_left(case, *post),
        Act::DutyHandedOver { post, to } => duty::admit_handed_over(case, *post, *to),
        Act::CounterpartAdded { counterpart } => counterparts::admit_added(case, *counterpart),
        Act::CounterpartDescribed { counterpart } | Act::CounterpartRetired { counterpart } => counterparts::needs_current(case.trust, *counterpart),
        Act::DirectLineIssued { line, counterpart } => counterparts::admit_line_issued(case, *line, *counterpart),
        Act::DirectLineRevoked { line } => counterparts::admit_line_revoked(case, *line),
        Act::CallRequested { principal, counterpart, opening, .. } => openings::admit_call(case, *principal, *counterpart, opening),
        Act::DebriefGiven { principal, opening } => openings::admit_debrief(case, *principal, opening),
        Act::PackageImported { record, opening } => openings::admit_import(case, record, opening),
        Act::ReadersAdded { readers, .. } => readers::admit_added(case, case.package()?, readers),
        Act::ReadersRemoved { readers } => readers::admit_removed(case.package()?, readers),
        Act::LevelSet { level } => openings::needs_level(case.trust, *level),
        Act::CallMoved { .. } => calls::admit_moved(case.package()?),
        Act::BriefWritten { version } => briefs::admit_written(case.package()?, *version),
        Act::ClearanceAsked { clearance, office, version } => briefs::admit_asked(case, case.package()?, *clearance, *office, *version),
        Act::ClearanceGiven { clearance, .. } => briefs::admit_given(case, case.package()?, *clearance),
        Act::BriefIssued { version } => briefs::admit_issued(case.package()?, *version), Act::BriefRead { version } => briefs::admit_read(case.package()?, *version),
        Act::PartyInvited { party, who, role, line } => parties::admit_invited(case, case.package()?, *party, *who, *role, *line),
        Act::GuestInvited { party, until_ms, .. } => guests::admit_invited(case, case.package()?, *party, *until_ms),
        Act::GuestVouched { party, keys } => guests::admit_vouched(case, case.package()?, *party, keys),
        Act::PartyArrived { party } => parties::admit_arrived(case, case.package()?, *party),
        Act::PartyAdmitted { party } => parties::admit_admitted(case, case.package()?, *party),
        Act::PartyHeld { party } => parties::admit_held(case.package()?, *party), Act::PartyResumed { party } => parties::admit_resumed(case.package()?, *party),
        Act::PartyLeft { party } => parties::admit_left(case.package()?, *party),
        Act::FloorGiven { party } | Act::FloorTaken { party } => parties::admit_floor(case.package()?, *party, matches!(case.said.act, Act::FloorGiven { .. })),
        Act::LineReported { party, ceiling } => parties::admit_reported(case, case.package()?, *party, *ceiling),
        Act::EpochDealt { .. } => tapes::admit_dealt(case, case.package()?),
        Act::CardPassed {} => parties::admit_card(case.package()?), Act::CallAnswered {} => calls::admit_answered(case.package()?),
        Act::CallEnded { end } => calls::admit_ended(case, case.package()?, *end),
        Act::CallCleared {} => calls::admit_cleared(case.package()?),
        Act::NoteTaken { instead_of } => notes::admit_taken(case, case.package()?, *instead_of),
        Act::WrapUpGiven {} => notes::admit_wrap_up(case.package()?),
        Act::TelconWritten { version } => telcons::admit_written(case.package()?, *version), Act::TelconApproved { version } => telcons::admit_approved(case.package()?, *version),
        Act::CommitmentMade { commitment, note } => commitments::admit_made(case.package()?, *commitment, *note),
        Act::CommitmentSettled { commitment, .. } => commitments::admit_settled(case.package()?, *commitment),
        Act::DueOutTasked { due_out, commitment, owner, .. } => due_outs::admit_tasked(case, case.package()?, *due_out, *commitment, *owner),
        Act::DueOutMoved { due_out, owner, .. } => due_outs::admit_moved(case, case.package()?, *due_out, *owner),
        Act::DueOutDone { due_out } | Act::DueOutDropped { due_out } => due_outs::admit_ended(case.package()?, *due_out),
        Act::DueOutLate { due_out } => due_outs::admit_late(case, case.package()?, *due_out),
        Act::ReadoutSent { readout, to } => readouts::admit_sent(case.package()?, *readout, to),
        Act::ReadoutRead { readout } => readouts::admit_read(case, case.package()?, *readout),
        Act::PackageClosed { count } => closing::admit_closed(case.package()?, *count),
        Act::ClosedAgreed { closed } => closing::admit_agreed(case, case.package()?, *closed),
    }
}
