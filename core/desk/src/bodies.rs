//! The sealed bodies that each act must carry: which, in which order, and under which generation of which vault.

use chancery_log::{
    act::BodyKind,
    id::{PersonId, Vault},
};

use crate::{
    act::{Act, CallEnd, OfficePurpose},
    case::Case,
    offices,
    refusal::Refusal,
    tapes,
};

pub(crate) fn check(case: &Case<'_>) -> Result<(), Refusal> {
    let got: Vec<BodyKind> = case.said.bodies.iter().map(|body| body.kind).collect();
    let expected = needed(case, got.is_empty())?;
    if got == expected { Ok(()) } else { Err(Refusal::BodiesExpected { expected, got }) }
}

/// Words, under the newest generation of a vault that is fit to be sealed under and that the author reads.
fn words(case: &Case<'_>, vault: Vault) -> Result<BodyKind, Refusal> {
    let vaults = case.vaults();
    let person = case.person()?;
    if !vaults.may_read(vault, person) {
        return Err(match vault {
            Vault::Office(office) => Refusal::NotAMember { person, office },
            Vault::Package(package) => Refusal::NotAReader { person, package },
            Vault::Person(_) => Refusal::NoVaultYet(vault),
        });
    }
    let state = vaults.state(vault).ok_or(Refusal::NoVaultYet(vault))?;
    if state.unchained_due || vaults.stale(vault) {
        return Err(Refusal::RekeyFirst { vault });
    }
    Ok(BodyKind::Sealed(vault, state.number()))
}

fn office(case: &Case<'_>, purpose: OfficePurpose) -> Result<Vec<BodyKind>, Refusal> {
    let office = offices::needs_office_for(case.trust, purpose)?;
    Ok(vec![words(case, Vault::Office(office))?])
}

fn package(case: &Case<'_>) -> Result<Vec<BodyKind>, Refusal> {
    Ok(vec![words(case, case.package_vault()?)?])
}

fn opening(case: &Case<'_>) -> Result<Vec<BodyKind>, Refusal> {
    let vault = case.package_vault()?;
    Ok(vec![BodyKind::Wraps(vault, 1), BodyKind::Sealed(vault, 1)])
}

/// An owner's own invitation is kept in the owner's vault, an officer's in the security office.
fn invitation(case: &Case<'_>, person: PersonId) -> Result<Vec<BodyKind>, Refusal> {
    if case.is(person) {
        Ok(vec![words(case, Vault::Person(person))?])
    } else {
        office(case, OfficePurpose::Security)
    }
}

#[rustfmt::skip]
fn needed(case: &Case<'_>, none_came: bool) -> Result<Vec<BodyKind>, Refusal> {
    let none = Ok(Vec::new());
    match &case.said.act {
        Act::ProfileSet { .. } | Act::PersonDescribed { .. } | Act::OfficeDescribed { .. }
        | Act::CounterpartAdded { .. }
        | Act::CounterpartDescribed { .. } => office(case, OfficePurpose::Directory),
        Act::DeviceInvited { person, .. } => invitation(case, *person),
        Act::DutyHandedOver { .. } => office(case, OfficePurpose::DutyDesk),

        Act::GenerationMade { vault, generation } => {
            let wraps = BodyKind::Wraps(*vault, generation.number);
            let before = generation.chained.then_some(BodyKind::Sealed(*vault, generation.number));
            Ok([wraps].into_iter().chain(before).collect())
        }
        Act::ReadersWrapped { vault, generation, .. } => {
            Ok(vec![BodyKind::Wraps(*vault, *generation)])
        }
        Act::SharesDealt { vault, generation, .. } | Act::ShareReleased { vault, generation, .. } => {
            Ok(vec![BodyKind::Shares(*vault, *generation)])
        }

        Act::EpochDealt { .. } => Ok(vec![BodyKind::TapeShares(case.package_id()?)]),
        Act::TapeAsked { package, .. } => Ok(vec![BodyKind::TapeShares(*package)]),
        Act::TapeShareReleased { asked } => {
            Ok(vec![BodyKind::TapeShares(tapes::needs_ask(case.trust, *asked)?.package)])
        }

        Act::CallRequested { .. } | Act::DebriefGiven { .. } | Act::PackageImported { .. } => opening(case),
        Act::BriefWritten { .. } | Act::ClearanceAsked { .. } | Act::ClearanceGiven { .. }
        | Act::GuestInvited { .. } | Act::LineReported { .. } | Act::CardPassed {} | Act::NoteTaken { .. } | Act::WrapUpGiven {}
        | Act::TelconWritten { .. } | Act::CommitmentMade { .. } | Act::CommitmentSettled { .. }
        | Act::DueOutTasked { .. } | Act::DueOutDone { .. } | Act::DueOutDropped { .. }
        | Act::ReadoutSent { .. } | Act::PackageClosed { .. } => package(case),
        // The reason may be left out.
        Act::CallEnded { end: CallEnd::Declined } if none_came => none,
        Act::CallEnded { end: CallEnd::Declined } => package(case),

        Act::CallEnded { end: CallEnd::Ended | CallEnd::Missed | CallEnd::Cancelled | CallEnd::Failed }
        | Act::DeskFounded(_) | Act::RulesSet(_) | Act::GuardedAsked(_) | Act::GuardedAgreed { .. }
        | Act::TrustConfirmed {} | Act::PersonAdded { .. } | Act::RolesSet { .. } | Act::PersonLeft { .. }
        | Act::InvitationWithdrawn { .. } | Act::DeviceApproved { .. } | Act::DeviceRevoked { .. }
        | Act::OfficeMade { .. } | Act::OfficeMemberAdded { .. } | Act::OfficeMemberRemoved { .. }
        | Act::DutyTaken { .. } | Act::DutyLeft { .. } | Act::CounterpartRetired { .. }
        | Act::DirectLineIssued { .. } | Act::DirectLineRevoked { .. } | Act::ReadersAdded { .. }
        | Act::ReadersRemoved { .. } | Act::LevelSet { .. } | Act::CallMoved { .. }
        | Act::BriefIssued { .. } | Act::BriefRead { .. } | Act::PartyInvited { .. } | Act::GuestVouched { .. }
        | Act::PartyArrived { .. } | Act::PartyAdmitted { .. } | Act::PartyHeld { .. }
        | Act::PartyResumed { .. } | Act::PartyLeft { .. } | Act::FloorGiven { .. } | Act::FloorTaken { .. }
        | Act::CallAnswered {} | Act::CallCleared {} | Act::TelconApproved { .. } | Act::DueOutMoved { .. }
        | Act::DueOutLate { .. } | Act::ReadoutRead { .. } | Act::ClosedAgreed { .. } => none,
    }
}
