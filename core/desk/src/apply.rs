//! Taking in admitted acts, one line each. Nothing is refused here: what does not fit its scope changes nothing.

use chancery_log::id::Vault;

use crate::{
    act::Act,
    due_outs::DueOutState,
    package::Package,
    parties::PartyState,
    said::{Place, Said},
    trust::Trust,
};

impl Trust {
    /// Takes in an admitted act of the trust scope.
    pub fn apply(&mut self, said: &Said, place: &Place) {
        self.counters.insert(said.author, said.counter);
        self.count += 1;
        self.confirmed_ms = self.confirmed_ms.max(place.logged_ms);
        self.apply_act(said, place);
    }

    #[rustfmt::skip]
    fn apply_act(&mut self, said: &Said, place: &Place) {
        match &said.act {
            Act::DeskFounded(_) | Act::TrustConfirmed {} => {}
            Act::ProfileSet { ranks } => self.apply_profile(said, *ranks),
            Act::RulesSet(rules) => self.apply_rules(rules),
            Act::GuardedAsked(change) => self.apply_asked(said, place, change),
            Act::GuardedAgreed { asked } => self.apply_agreed(said, place, *asked),
            Act::PersonAdded { person, roles } => self.apply_person_added(*person, roles),
            Act::PersonDescribed { person } => self.apply_person_described(said, *person),
            Act::RolesSet { person, roles } => self.apply_roles(*person, roles),
            Act::PersonLeft { person } => self.apply_person_left(said, place, *person),
            Act::DeviceInvited { invitation, person, secret, until_ms } => self.apply_invited(said, *invitation, *person, *secret, *until_ms),
            Act::InvitationWithdrawn { invitation } => self.apply_withdrawn(said, *invitation),
            Act::DeviceApproved { invitation, cert } => self.apply_approved(said, place, *invitation, cert),
            Act::DeviceRevoked { device, because } => self.apply_revoked(said, place, *device, *because),
            Act::OfficeMade { office, purpose } => self.apply_office_made(place, *office, *purpose),
            Act::OfficeDescribed { office } => self.apply_office_described(said, *office),
            Act::OfficeMemberAdded { office, person } => self.apply_member_added(*office, *person),
            Act::OfficeMemberRemoved { office, person } => self.apply_member_removed(*office, *person),
            Act::GenerationMade { vault: Vault::Package(_), .. } | Act::ReadersWrapped { vault: Vault::Package(_), .. } => {}
            Act::GenerationMade { vault, generation } => self.vaults.entry(*vault).or_default().apply_made(said, generation),
            Act::ReadersWrapped { vault, generation, readers } => self.vaults.entry(*vault).or_default().apply_wrapped(said, *generation, readers),
            Act::SharesDealt { vault, generation, needed, shares } => self.apply_dealt(said, *vault, *generation, *needed, shares),
            Act::ShareReleased { recovery, vault, generation, share } => self.apply_released(said, *recovery, *vault, *generation, *share),
            Act::TapeAsked { .. } => self.apply_tape_asked(said, place),
            Act::TapeShareReleased { asked } => self.apply_tape_released(said, *asked),
            Act::DutyTaken { post } => self.apply_duty_taken(said, place, *post),
            Act::DutyLeft { post } => self.apply_duty_left(said, *post),
            Act::DutyHandedOver { post, to } => self.apply_handed_over(said, place, *post, *to),
            Act::CounterpartAdded { counterpart } | Act::CounterpartDescribed { counterpart } => self.apply_counterpart(said, *counterpart),
            Act::CounterpartRetired { counterpart } => self.apply_counterpart_retired(*counterpart),
            Act::DirectLineIssued { line, counterpart } => self.apply_line_issued(*line, *counterpart),
            Act::DirectLineRevoked { line } => self.apply_line_revoked(*line),
            Act::CallRequested { .. } | Act::DebriefGiven { .. } | Act::PackageImported { .. }
            | Act::ReadersAdded { .. } | Act::ReadersRemoved { .. } | Act::LevelSet { .. } | Act::CallMoved { .. }
            | Act::BriefWritten { .. } | Act::ClearanceAsked { .. } | Act::ClearanceGiven { .. }
            | Act::BriefIssued { .. } | Act::BriefRead { .. } | Act::PartyInvited { .. } | Act::GuestInvited { .. }
            | Act::GuestVouched { .. } | Act::EpochDealt { .. } | Act::PartyArrived { .. }
            | Act::PartyAdmitted { .. } | Act::PartyHeld { .. } | Act::PartyResumed { .. } | Act::PartyLeft { .. }
            | Act::FloorGiven { .. } | Act::FloorTaken { .. } | Act::LineReported { .. } | Act::CardPassed {}
            | Act::CallAnswered {} | Act::CallEnded { .. } | Act::CallCleared {} | Act::NoteTaken { .. }
            | Act::WrapUpGiven {} | Act::TelconWritten { .. } | Act::TelconApproved { .. }
            | Act::CommitmentMade { .. } | Act::CommitmentSettled { .. } | Act::DueOutTasked { .. }
            | Act::DueOutMoved { .. } | Act::DueOutDone { .. } | Act::DueOutDropped { .. } | Act::DueOutLate { .. }
            | Act::ReadoutSent { .. } | Act::ReadoutRead { .. } | Act::PackageClosed { .. } | Act::ClosedAgreed { .. } => {}
        }
    }
}

impl Package {
    /// Takes in an admitted act of this package, after the one that opened it ([`Package::open`]).
    pub fn apply(&mut self, said: &Said, place: &Place) {
        self.counters.insert(said.author, said.counter);
        self.count += 1;
        self.apply_act(said, place);
    }

    #[rustfmt::skip]
    fn apply_act(&mut self, said: &Said, place: &Place) {
        match &said.act {
            Act::CallRequested { .. } | Act::DebriefGiven { .. } | Act::PackageImported { .. } => {}
            Act::GenerationMade { vault: Vault::Person(_) | Vault::Office(_), .. }
            | Act::ReadersWrapped { vault: Vault::Person(_) | Vault::Office(_), .. } => {}
            Act::GenerationMade { vault: Vault::Package(_), generation } => self.vault.apply_made(said, generation),
            Act::ReadersWrapped { vault: Vault::Package(_), generation, readers } => self.vault.apply_wrapped(said, *generation, readers),
            Act::ReadersAdded { readers, from_now } => self.apply_readers_added(readers, *from_now),
            Act::ReadersRemoved { readers } => self.apply_readers_removed(readers),
            Act::LevelSet { level } => self.level = *level,
            Act::CallMoved { at_ms } => self.apply_moved(*at_ms),
            Act::BriefWritten { version } => self.apply_brief(said, *version),
            Act::ClearanceAsked { clearance, office, version } => self.apply_clearance(said, *clearance, *office, *version),
            Act::ClearanceGiven { clearance, granted } => self.apply_clearance_given(said, *clearance, *granted),
            Act::BriefIssued { version } => self.apply_issued(*version),
            Act::BriefRead { version } => self.apply_read(*version),
            Act::PartyInvited { party, who, role, line } => self.apply_invited(place, *party, *who, *role, *line),
            Act::GuestInvited { party, secret, until_ms } => self.apply_guest_invited(said, *party, *secret, *until_ms),
            Act::GuestVouched { party, keys } => self.apply_vouched(said, *party, keys),
            Act::PartyArrived { party } => self.apply_party(*party, PartyState::Waiting),
            Act::PartyAdmitted { party } | Act::PartyResumed { party } => self.apply_party(*party, PartyState::On),
            Act::PartyHeld { party } => self.apply_party(*party, PartyState::Held),
            Act::PartyLeft { party } => self.apply_party(*party, PartyState::Left),
            Act::FloorGiven { party } => self.apply_floor(*party, true),
            Act::FloorTaken { party } => self.apply_floor(*party, false),
            Act::LineReported { party, ceiling } => self.apply_reported(said, *party, *ceiling),
            Act::EpochDealt { .. } => self.apply_epoch_dealt(said),
            Act::CardPassed {} => self.apply_card(said, place),
            Act::CallAnswered {} => self.apply_answered(place),
            Act::CallEnded { end } => self.apply_ended(place, *end),
            Act::CallCleared {} => self.apply_cleared(place),
            Act::NoteTaken { instead_of } => self.apply_note(said, *instead_of),
            Act::WrapUpGiven {} => self.apply_wrap_up(said, place),
            Act::TelconWritten { version } => self.apply_telcon(said, *version),
            Act::TelconApproved { version } => self.apply_telcon_approved(said, *version),
            Act::CommitmentMade { commitment, note } => self.apply_commitment(said, *commitment, *note),
            Act::CommitmentSettled { commitment, kept } => self.apply_settled(said, *commitment, *kept),
            Act::DueOutTasked { due_out, commitment, owner, due_ms } => self.apply_tasked(said, *due_out, *commitment, *owner, *due_ms),
            Act::DueOutMoved { due_out, owner, due_ms } => self.apply_due_out_moved(*due_out, *owner, *due_ms),
            Act::DueOutDone { due_out } => self.apply_due_out(*due_out, DueOutState::Done(said.digest)),
            Act::DueOutDropped { due_out } => self.apply_due_out(*due_out, DueOutState::Dropped(said.digest)),
            Act::DueOutLate { due_out } => self.apply_due_out(*due_out, DueOutState::Late),
            Act::ReadoutSent { readout, to } => self.apply_sent(said, *readout, to),
            Act::ReadoutRead { readout } => self.apply_readout_read(said, *readout),
            Act::PackageClosed { count } => self.apply_closed(said, *count),
            Act::ClosedAgreed { .. } => self.apply_closed_agreed(said),
            Act::DeskFounded(_) | Act::ProfileSet { .. } | Act::RulesSet(_) | Act::GuardedAsked(_)
            | Act::GuardedAgreed { .. } | Act::TrustConfirmed {} | Act::PersonAdded { .. }
            | Act::PersonDescribed { .. } | Act::RolesSet { .. } | Act::PersonLeft { .. } | Act::DeviceInvited { .. }
            | Act::InvitationWithdrawn { .. } | Act::DeviceApproved { .. } | Act::DeviceRevoked { .. }
            | Act::OfficeMade { .. } | Act::OfficeDescribed { .. } | Act::OfficeMemberAdded { .. }
            | Act::OfficeMemberRemoved { .. } | Act::SharesDealt { .. } | Act::ShareReleased { .. }
            | Act::TapeAsked { .. } | Act::TapeShareReleased { .. } | Act::DutyTaken { .. } | Act::DutyLeft { .. } | Act::DutyHandedOver { .. } | Act::CounterpartAdded { .. }
            | Act::CounterpartDescribed { .. } | Act::CounterpartRetired { .. } | Act::DirectLineIssued { .. }
            | Act::DirectLineRevoked { .. } => {}
        }
    }
}
