//! Who may do what, at a glance: one row for each power, one column for each role. docs/acts.md shows the same table.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    act::{Act, OfficePurpose, Post, Role},
    refusal::Refusal,
};

/// All roles, in the order of the table's columns.
pub const ROLES: [Role; 8] = [
    Role::Principal,
    Role::DutyOfficer,
    Role::NoteTaker,
    Role::Interpreter,
    Role::Adviser,
    Role::DeskOfficer,
    Role::RecordsOfficer,
    Role::SecurityOfficer,
];

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The power.
    pub power: Power,
    /// By role, in the order of [`ROLES`].
    pub roles: [bool; 8],
    /// Whoever's own it is, whatever the role: the own device, party, due-out, post, share.
    pub own: bool,
    /// The principal of this package.
    pub of_package: bool,
    /// The server's observer.
    pub observer: bool,
}

macro_rules! cell {
    (X) => {
        true
    };
    (-) => {
        false
    };
}

macro_rules! table {
    ($($power:ident $words:literal: $p:tt $d:tt $n:tt $i:tt $a:tt $k:tt $r:tt $s:tt | $own:tt $pkg:tt $obs:tt)*) => {
        /// A group of acts that the same people may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each power's words stand in the table")]
        pub enum Power { $($power),* }

        /// The table.
        pub const TABLE: &[Row] = &[$(Row {
            power: Power::$power,
            roles: [cell!($p), cell!($d), cell!($n), cell!($i), cell!($a), cell!($k), cell!($r), cell!($s)],
            own: cell!($own),
            of_package: cell!($pkg),
            observer: cell!($obs),
        }),*];

        impl Power {
            /// This power's row.
            pub fn row(self) -> Row {
                match self {
                    $(Self::$power => Row {
                        power: self,
                        roles: [cell!($p), cell!($d), cell!($n), cell!($i), cell!($a), cell!($k), cell!($r), cell!($s)],
                        own: cell!($own),
                        of_package: cell!($pkg),
                        observer: cell!($obs),
                    }),*
                }
            }

            /// In words, as the subject of a sentence.
            pub fn words(self) -> &'static str {
                match self { $(Self::$power => $words),* }
            }
        }
    };
}

// Columns: Principal, Duty officer, Note-taker, Interpreter, Adviser, desK officer, Records officer, Security officer |
// Own: whoever's own it is; Pkg: the principal of this package; Obs: the server's observer.
#[rustfmt::skip]
table! {
    //                                                                  P D N I A K R S | Own Pkg Obs
    SetRules          "setting the desk's profile and rules":           - - - - - - - X | - - -
    Guard             "asking and agreeing to guarded changes":         - - - - - - - X | - - -
    ConfirmTrust      "confirming the trust scope":                     - - - - - - - - | - - X
    KeepPeople        "adding people, giving roles, letting go":        - - - - - - - X | - - -
    DescribePeople    "describing people":                              - - - - - - - X | X - -
    KeepDevices       "inviting, approving and revoking devices":       - - - - - - - X | X - -
    KeepOffices       "making offices and their members":               - - - - - - - X | - - -
    KeepVaults        "making generations and wrapping them":           - - - - - - - - | X - -
    DealShares        "dealing shares to the custodians":               - - - - - - - - | X - -
    ReleaseShares     "releasing a share":                              - - - - - - - - | X - -
    AskTapes          "asking to open a tape":                          X - - - - - X - | - - -
    StandDuty         "taking, leaving and handing over a post":        - - - - - - - - | X - -
    KeepCounterparts  "keeping counterparts":                           - X - - X X - - | - - -
    KeepDirectLines   "issuing and revoking direct lines":              - - - - - - - X | - - -
    RequestCalls      "requesting a call":                              - X - - X X - - | X - -
    GiveDebriefs      "giving a debrief":                               - X X - X X - - | X - -
    Import            "importing records":                              - - - - - - X - | - - -
    KeepReaders       "changing a package's readers and level":         - X - - X X X - | - X -
    MoveCalls         "moving a call":                                  - X - - X X - - | - X -
    WriteBriefs       "writing a brief and asking for clearance":       - X - - X X - - | - - -
    Clear             "answering for an office that clears":            - - - - - - - - | X - -
    IssueBriefs       "issuing a brief":                                - X - - X X - - | - - -
    ReadBriefs        "reading the brief for the principal":            - - - - - - - - | - X -
    InviteParties     "inviting to a call":                             - X - - - - - - | - X -
    VouchGuests       "vouching for a guest":                           - X - - - - - - | - - -
    AdmitParties      "admitting, holding, resuming, giving the floor": - X - - - - - - | - X -
    ComeAndGo         "arriving at and leaving a call":                 - X - - - - - - | X - X
    ReportLines       "reporting on a line":                            - X - - - - - - | X - -
    DealTapes         "dealing the secrets of a call's tape":           - - - - - - - - | X - -
    PassCards         "passing a card":                                 - X - - X X - - | - - -
    AnswerCalls       "saying that they talk":                          - X - - - - - - | - X -
    EndCalls          "ending a call":                                  - X - - - - - - | - X X
    ClearCalls        "clearing away a stuck call":                     - X - - - - - - | - - -
    TakeNotes         "taking notes":                                   - X X - X - - - | - - -
    WrapUp            "wrapping up":                                    - - - - - - - - | - X -
    WriteTelcons      "writing a telcon":                               - X X - X X - - | - - -
    ApproveTelcons    "approving a telcon":                             - X - - X X - - | - X -
    KeepCommitments   "making and settling commitments":                - X X - X X - - | - X -
    KeepDueOuts       "tasking, moving and dropping due-outs":          - X X - X X - - | - X -
    FinishDueOuts     "saying that a due-out is done":                  - X - - X X - - | X X -
    MarkLate          "saying that a due-out is late":                  - - - - - - - - | - - X
    SendReadouts      "sending a readout":                              - X X - X X - - | - - -
    ReadReadouts      "reading a readout":                              - - - - - - - - | X - -
    Close             "closing a package":                              - X X - - - X - | - - -
    AgreeClosed       "agreeing to a closed package":                   - - - - - - - - | X - -
}

/// In which scope the acts of a power belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// In the trust scope.
    InTrust,
    /// First in the scope of a package of its own.
    Opens,
    /// In the scope of a package that was opened.
    InPackage,
    /// Where the vault belongs.
    Either,
}

/// How the author of an act stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    pub(crate) roles: &'a BTreeSet<Role>,
    pub(crate) own: bool,
    pub(crate) of_package: bool,
}

impl Power {
    /// The roles that have this power.
    pub fn roles(self) -> BTreeSet<Role> {
        ROLES.into_iter().zip(self.row().roles).filter(|(_, may)| *may).map(|(role, _)| role).collect()
    }

    /// In which scope its acts belong.
    #[rustfmt::skip]
    pub fn belongs(self) -> Belongs {
        match self {
            Self::SetRules | Self::Guard | Self::ConfirmTrust | Self::KeepPeople | Self::DescribePeople
            | Self::KeepDevices | Self::KeepOffices | Self::DealShares | Self::ReleaseShares | Self::AskTapes
            | Self::StandDuty | Self::KeepCounterparts | Self::KeepDirectLines => Belongs::InTrust,
            Self::KeepVaults => Belongs::Either,
            Self::RequestCalls | Self::GiveDebriefs | Self::Import => Belongs::Opens,
            Self::KeepReaders | Self::MoveCalls | Self::WriteBriefs | Self::Clear | Self::IssueBriefs
            | Self::ReadBriefs | Self::InviteParties | Self::VouchGuests | Self::AdmitParties | Self::ComeAndGo
            | Self::ReportLines | Self::DealTapes | Self::PassCards | Self::AnswerCalls | Self::EndCalls | Self::ClearCalls | Self::TakeNotes
            | Self::WrapUp | Self::WriteTelcons | Self::ApproveTelcons | Self::KeepCommitments
            | Self::KeepDueOuts | Self::FinishDueOuts | Self::MarkLate | Self::SendReadouts
            | Self::ReadReadouts | Self::Close | Self::AgreeClosed => Belongs::InPackage,
        }
    }

    /// Whether somebody of the staff has this power.
    pub(crate) fn check(self, standing: Standing<'_>) -> Result<(), Refusal> {
        let (row, needed) = (self.row(), self.roles());
        if (row.own && standing.own)
            || (row.of_package && standing.of_package)
            || needed.intersection(standing.roles).next().is_some()
        {
            return Ok(());
        }
        match (needed.is_empty(), row.own, row.of_package) {
            (true, true, _) => Err(Refusal::NotYours { power: self }),
            (true, false, true) => Err(Refusal::NeedsRole {
                power: self,
                needed: BTreeSet::from([Role::Principal]),
                has: standing.roles.clone(),
            }),
            (true, false, false) => Err(Refusal::OnlyObserver),
            (false, _, _) => Err(Refusal::NeedsRole { power: self, needed, has: standing.roles.clone() }),
        }
    }

    /// The power that an act takes; none for the founding, which is admitted by nobody.
    pub fn of(act: &Act) -> Option<Self> {
        Some(match act {
            Act::DeskFounded(_) => return None,
            Act::ProfileSet { .. } | Act::RulesSet(_) => Self::SetRules,
            Act::GuardedAsked(_) | Act::GuardedAgreed { .. } => Self::Guard,
            Act::TrustConfirmed {} => Self::ConfirmTrust,
            Act::PersonAdded { .. } | Act::RolesSet { .. } | Act::PersonLeft { .. } => Self::KeepPeople,
            Act::PersonDescribed { .. } => Self::DescribePeople,
            Act::DeviceInvited { .. }
            | Act::InvitationWithdrawn { .. }
            | Act::DeviceApproved { .. }
            | Act::DeviceRevoked { .. } => Self::KeepDevices,
            Act::OfficeMade { .. }
            | Act::OfficeDescribed { .. }
            | Act::OfficeMemberAdded { .. }
            | Act::OfficeMemberRemoved { .. } => Self::KeepOffices,
            Act::GenerationMade { .. } | Act::ReadersWrapped { .. } => Self::KeepVaults,
            Act::SharesDealt { .. } => Self::DealShares,
            Act::ShareReleased { .. } | Act::TapeShareReleased { .. } => Self::ReleaseShares,
            Act::TapeAsked { .. } => Self::AskTapes,
            Act::DutyTaken { .. } | Act::DutyLeft { .. } | Act::DutyHandedOver { .. } => Self::StandDuty,
            Act::CounterpartAdded { .. }
            | Act::CounterpartDescribed { .. }
            | Act::CounterpartRetired { .. } => Self::KeepCounterparts,
            Act::DirectLineIssued { .. } | Act::DirectLineRevoked { .. } => Self::KeepDirectLines,
            Act::CallRequested { .. } => Self::RequestCalls,
            Act::DebriefGiven { .. } => Self::GiveDebriefs,
            Act::PackageImported { .. } => Self::Import,
            Act::ReadersAdded { .. } | Act::ReadersRemoved { .. } | Act::LevelSet { .. } => Self::KeepReaders,
            Act::CallMoved { .. } => Self::MoveCalls,
            Act::BriefWritten { .. } | Act::ClearanceAsked { .. } => Self::WriteBriefs,
            Act::ClearanceGiven { .. } => Self::Clear,
            Act::BriefIssued { .. } => Self::IssueBriefs,
            Act::BriefRead { .. } => Self::ReadBriefs,
            Act::PartyInvited { .. } | Act::GuestInvited { .. } => Self::InviteParties,
            Act::GuestVouched { .. } => Self::VouchGuests,
            Act::PartyAdmitted { .. }
            | Act::PartyHeld { .. }
            | Act::PartyResumed { .. }
            | Act::FloorGiven { .. }
            | Act::FloorTaken { .. } => Self::AdmitParties,
            Act::PartyArrived { .. } | Act::PartyLeft { .. } => Self::ComeAndGo,
            Act::LineReported { .. } => Self::ReportLines,
            Act::EpochDealt { .. } => Self::DealTapes,
            Act::CardPassed {} => Self::PassCards,
            Act::CallAnswered {} => Self::AnswerCalls,
            Act::CallEnded { .. } => Self::EndCalls,
            Act::CallCleared {} => Self::ClearCalls,
            Act::NoteTaken { .. } => Self::TakeNotes,
            Act::WrapUpGiven {} => Self::WrapUp,
            Act::TelconWritten { .. } => Self::WriteTelcons,
            Act::TelconApproved { .. } => Self::ApproveTelcons,
            Act::CommitmentMade { .. } | Act::CommitmentSettled { .. } => Self::KeepCommitments,
            Act::DueOutTasked { .. } | Act::DueOutMoved { .. } | Act::DueOutDropped { .. } => {
                Self::KeepDueOuts
            }
            Act::DueOutDone { .. } => Self::FinishDueOuts,
            Act::DueOutLate { .. } => Self::MarkLate,
            Act::ReadoutSent { .. } => Self::SendReadouts,
            Act::ReadoutRead { .. } => Self::ReadReadouts,
            Act::PackageClosed { .. } => Self::Close,
            Act::ClosedAgreed { .. } => Self::AgreeClosed,
        })
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Principal => "principal",
            Self::DutyOfficer => "duty officer",
            Self::NoteTaker => "note-taker",
            Self::Interpreter => "interpreter",
            Self::Adviser => "adviser",
            Self::DeskOfficer => "desk officer",
            Self::RecordsOfficer => "records officer",
            Self::SecurityOfficer => "security officer",
        })
    }
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DutyOfficer => "duty officer",
            Self::NoteTaker => "note-taker",
        })
    }
}

impl fmt::Display for OfficePurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "the directory",
            Self::Security => "the security officers",
            Self::DutyDesk => "the duty desk",
            Self::Records => "the records officers",
            Self::Other => "another purpose",
        })
    }
}
