//! How old an act of each kind may be when it is logged, so that a held-back one is worth nothing; in one table.

use crate::{
    act::{Act, CallKind},
    refusal::Refusal,
    said::Said,
    trust::Trust,
};

/// A device's clock may be ahead of the server's by this much.
pub const CLOCK_AHEAD_MS: u64 = 2 * 60 * 1_000;

/// What is about this moment: an approval, an admission, a ring.
pub const NOW_MS: u64 = 10 * 60 * 1_000;

/// What is about today: people, invitations, duty.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What is written, perhaps on a journey without a network.
pub const WEEK_MS: u64 = 7 * DAY_MS;

/// After a restore devices send again what was lost; for this long the age of what was said before it does not count.
pub const RESEND_MS: u64 = 7 * DAY_MS;

/// The greatest age in milliseconds; none for what is taken however late.
#[rustfmt::skip]
pub fn greatest_ms(act: &Act) -> Option<u64> {
    match act {
        Act::DeskFounded(_) | Act::PackageImported { .. } | Act::NoteTaken { .. } | Act::WrapUpGiven {} => {
            None
        }

        Act::GuardedAgreed { .. } | Act::TrustConfirmed {} | Act::DeviceApproved { .. }
        | Act::ShareReleased { .. } | Act::GenerationMade { .. } | Act::ReadersWrapped { .. }
        | Act::SharesDealt { .. } | Act::CallRequested { kind: CallKind::Unannounced, .. }
        | Act::TapeShareReleased { .. } | Act::GuestVouched { .. } | Act::EpochDealt { .. }
        | Act::PartyInvited { .. } | Act::PartyArrived { .. } | Act::PartyAdmitted { .. }
        | Act::PartyHeld { .. } | Act::PartyResumed { .. } | Act::PartyLeft { .. } | Act::FloorGiven { .. }
        | Act::FloorTaken { .. } | Act::LineReported { .. } | Act::CardPassed {} | Act::CallAnswered {}
        | Act::CallEnded { .. } | Act::CallCleared {} => Some(NOW_MS),

        Act::ProfileSet { .. } | Act::RulesSet(_) | Act::GuardedAsked(_) | Act::PersonAdded { .. }
        | Act::PersonDescribed { .. } | Act::RolesSet { .. } | Act::DeviceInvited { .. } | Act::OfficeMade { .. } | Act::OfficeDescribed { .. }
        | Act::OfficeMemberAdded { .. } | Act::DutyTaken { .. } | Act::DutyLeft { .. }
        | Act::DutyHandedOver { .. } | Act::CounterpartAdded { .. } | Act::CounterpartDescribed { .. }
        | Act::CounterpartRetired { .. } | Act::DirectLineIssued { .. } | Act::TapeAsked { .. } | Act::GuestInvited { .. }
        | Act::CallRequested { kind: CallKind::Planned { .. }, .. } | Act::ReadersAdded { .. }
        | Act::LevelSet { .. } | Act::CallMoved { .. } | Act::BriefIssued { .. } | Act::DueOutLate { .. }
        | Act::PackageClosed { .. } => Some(DAY_MS),

        // What takes something away comes late rather than never.
        Act::InvitationWithdrawn { .. } | Act::DeviceRevoked { .. } | Act::OfficeMemberRemoved { .. }
        | Act::PersonLeft { .. } | Act::DirectLineRevoked { .. } | Act::ReadersRemoved { .. } | Act::DebriefGiven { .. }
        | Act::BriefWritten { .. } | Act::ClearanceAsked { .. } | Act::ClearanceGiven { .. }
        | Act::BriefRead { .. } | Act::TelconWritten { .. } | Act::TelconApproved { .. }
        | Act::CommitmentMade { .. } | Act::CommitmentSettled { .. } | Act::DueOutTasked { .. }
        | Act::DueOutMoved { .. } | Act::DueOutDone { .. } | Act::DueOutDropped { .. }
        | Act::ReadoutSent { .. } | Act::ReadoutRead { .. } | Act::ClosedAgreed { .. } => Some(WEEK_MS),
    }
}

/// Refuses a clock that is ahead, and what is older than its kind may be.
pub(crate) fn check(trust: &Trust, said: &Said, logged_ms: u64) -> Result<(), Refusal> {
    let ahead_ms = said.said_ms.saturating_sub(logged_ms);
    if ahead_ms > CLOCK_AHEAD_MS {
        return Err(Refusal::ClockAhead { limit_ms: CLOCK_AHEAD_MS, ahead_ms });
    }
    let Some(limit_ms) = greatest_ms(&said.act) else { return Ok(()) };
    let age_ms = logged_ms.saturating_sub(said.said_ms);
    let resent = trust.restored.iter().any(|restored| {
        said.said_ms <= restored.logged_ms && logged_ms <= restored.logged_ms.saturating_add(RESEND_MS)
    });
    if age_ms <= limit_ms || resent { Ok(()) } else { Err(Refusal::TooOld { limit_ms, age_ms }) }
}
