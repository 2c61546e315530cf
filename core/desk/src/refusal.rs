//! Every way the desk says no. The text says what was expected, what came, and what would be needed.

use std::{collections::BTreeSet, fmt};

use chancery_log::{
    act::BodyKind,
    id::{
        ClearanceId, CommitmentId, CounterpartId, DeskId, DeviceId, Digest, DirectLineId, DueOutId,
        GenerationNumber, InvitationId, OfficeId, PackageId, PartyId, PersonId, ReadoutId, Scope, Vault,
    },
};
use chancery_seal::{
    body::mark::Rank,
    vault::{Reader, WrappedTo},
};
use serde::{Deserialize, Serialize};

use crate::{
    act::{OfficePurpose, Post, Role},
    calls::Stage,
    parties::PartyState,
    roles::Power,
};

/// What there is already, so that it can not come a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each variant is the thing it names")]
pub enum Thing {
    Desk,
    Person(PersonId),
    Role(PersonId, Role),
    Invitation(InvitationId),
    Device(DeviceId),
    Office(OfficeId),
    OfficeFor(OfficePurpose),
    Member(OfficeId, PersonId),
    Reader(Reader),
    Shares(Vault, GenerationNumber),
    Share(u8),
    OnDuty(PersonId, Post),
    Counterpart(CounterpartId),
    DirectLine(DirectLineId),
    Package(PackageId),
    Clearance(ClearanceId),
    ClearanceAnswer(ClearanceId),
    BriefIssued(u32),
    BriefRead(u32),
    Party(PartyId),
    Floor(PartyId),
    Answer(PackageId),
    Commitment(CommitmentId),
    CommitmentSettled(CommitmentId),
    DueOut(DueOutId),
    DueOutEnd(DueOutId),
    DueOutLate(DueOutId),
    Readout(ReadoutId),
    ReadoutRead(ReadoutId),
    EpochDealt(u64),
    TapeShares(PersonId),
    TelconApproved(u32),
    ClosedAgreed(PersonId),
    NoteReplaced(Digest),
    LogKey,
    Observer,
}

/// Why an act is not admitted. Nothing of the desk has changed, and no counter is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's sentence explains its fields")]
pub enum Refusal {
    // ---- The act as such ----
    #[error(
        "the content is not an act that this build knows: {0}; when a newer build wrote it, update this one"
    )]
    Unreadable(String),
    #[error("the act is for desk {got}, this is desk {expected}")]
    WrongDesk { expected: DeskId, got: DeskId },
    #[error("the act belongs in {expected}, it came in scope {got}")]
    WrongScope { expected: String, got: Scope },
    #[error(
        "expected counter {expected} of this device in this scope, got {got}; nothing may be left out or come twice"
    )]
    CounterExpected { expected: u64, got: u64 },
    #[error(
        "an act of this kind may be {limit_ms} ms old at most, this one is {age_ms} ms old; say it again"
    )]
    TooOld { limit_ms: u64, age_ms: u64 },
    #[error("the device's clock is {ahead_ms} ms ahead, {limit_ms} ms at most are taken; set the clock")]
    ClockAhead { limit_ms: u64, ahead_ms: u64 },
    #[error("expected the bodies [{}], got [{}]", bodies(.expected), bodies(.got))]
    BodiesExpected { expected: Vec<BodyKind>, got: Vec<BodyKind> },
    #[error("the founding act is not sound: {0}")]
    Genesis(String),

    // ---- Who ----
    #[error("device {0} was never approved at this desk; it needs an invitation and an approval")]
    UnknownDevice(DeviceId),
    #[error("device {0} was revoked; its owner or a security officer must approve another")]
    DeviceRevoked(DeviceId),
    #[error("{0} has left the desk")]
    PersonHasLeft(PersonId),
    #[error("{power} needs {}; the author is {}", roles(.needed), roles(.has))]
    NeedsRole { power: Power, needed: BTreeSet<Role>, has: BTreeSet<Role> },
    #[error("{person} would need to be {} for that, and is {}", roles(.needed), roles(.has))]
    OtherNeedsRole { person: PersonId, needed: BTreeSet<Role>, has: BTreeSet<Role> },
    #[error("{power} is for the one whose it is, and this is somebody else's")]
    NotYours { power: Power },
    #[error("{person} does not read {package}; add a reader first")]
    NotAReader { person: PersonId, package: PackageId },
    #[error("{reader:?} is not among the readers of {package}; add it first")]
    ReaderUnknown { reader: Reader, package: PackageId },
    #[error("{person} is not a member of office {office}; a security officer adds members")]
    NotAMember { person: PersonId, office: OfficeId },
    #[error("the server's observer may not sign this; it signs only what the server itself sees")]
    ObserverMayNot,
    #[error("only the server's observer signs this")]
    OnlyObserver,
    #[error("no security officer may do this alone: it needs one who asks and another who agrees")]
    NeedsSecondOfficer,
    #[error("this would leave {left} security officers, and the desk needs {needed}; make another one first")]
    LastSecurityOfficer { left: usize, needed: usize },
    #[error("whoever closed it can not agree to it; another reader must")]
    NeedsAnotherReader,
    #[error("{0} is a custodian; agree on other custodians first")]
    StillCustodian(PersonId),
    #[error("{0} is not a custodian")]
    NotACustodian(PersonId),

    // ---- What there is and is not ----
    #[error("there is already {0}")]
    AlreadyThere(Thing),
    #[error("no person {0} at this desk")]
    UnknownPerson(PersonId),
    #[error("no invitation {0}")]
    UnknownInvitation(InvitationId),
    #[error("no office {0}")]
    UnknownOffice(OfficeId),
    #[error("there is no office for {0} yet; a security officer makes one")]
    NoOfficeYet(OfficePurpose),
    #[error("no counterpart {0}, or it was retired")]
    UnknownCounterpart(CounterpartId),
    #[error("no direct line {0}, or it was revoked")]
    UnknownDirectLine(DirectLineId),
    #[error("no package {0}")]
    UnknownPackage(PackageId),
    #[error("no clearance {0} was asked")]
    UnknownClearance(ClearanceId),
    #[error("no party {0} on this call")]
    UnknownParty(PartyId),
    #[error("no commitment {0} in this package")]
    UnknownCommitment(CommitmentId),
    #[error("no due-out {0} in this package")]
    UnknownDueOut(DueOutId),
    #[error("no readout {0} in this package")]
    UnknownReadout(ReadoutId),
    #[error("no note with digest {0} in this package")]
    UnknownNote(Digest),
    #[error("no guarded change was asked by the act {0}, or it was agreed already")]
    UnknownAsk(Digest),
    #[error("no closing act {0}")]
    UnknownClosing(Digest),
    #[error("no tape was asked for by the act {0}")]
    UnknownTapeAsk(Digest),
    #[error("party {0} has no link that can still be used; invite the guest again")]
    NoGuestLink(PartyId),

    // ---- Order ----
    #[error("that needs the package to be {}, it is {stage}", stages(.needed))]
    WrongStage { needed: Vec<Stage>, stage: Stage },
    #[error("expected version {expected}, got {got}")]
    VersionExpected { expected: u32, got: u32 },
    #[error("the party would need to be {}, it is {state}", states(.needed))]
    WrongPartyState { needed: Vec<PartyState>, state: PartyState },
    #[error("a party of this sort can not have this role or this line: {0}")]
    WrongParty(String),
    #[error("an imported record was written elsewhere and is whole; nothing is noted on it")]
    Imported,
    #[error("the call was not planned, it has no time to move")]
    NotPlanned,
    #[error("the call may be missed from {from_ms} on, it is {logged_ms}")]
    StillRinging { from_ms: u64, logged_ms: u64 },
    #[error("it is due at {due_ms}, and it is only {logged_ms}")]
    NotLateYet { due_ms: u64, logged_ms: u64 },
    #[error(
        "expected to sum up {expected} leaves of the scope, got {got}; fold the newer ones and close again"
    )]
    CountExpected { expected: u64, got: u64 },
    #[error("{0} holds no such post")]
    NotOnDuty(PersonId),
    #[error("the invitation ended at {until_ms}; make another")]
    ExpiredInvitation { until_ms: u64 },
    #[error("the invitation was used or withdrawn; make another")]
    InvitationGone(InvitationId),
    #[error("the change was asked until {until_ms} only, or by one who may no longer ask; ask again")]
    AskVoid { until_ms: u64 },
    #[error("the tape was asked for until {until_ms} only, or by one who may no longer ask; ask again")]
    TapeAskVoid { until_ms: u64 },
    #[error("{0} is not on the call; whoever is on it deals the secrets of its tape")]
    NotOnTheCall(PersonId),
    #[error("the desk's rules say that calls are not taped; a security officer sets the rules")]
    NotTaped,
    #[error("level {} is not in the scheme, which has {ranks} levels", .level.0)]
    UnknownLevel { level: Rank, ranks: u8 },
    #[error("{what} must be from {least} to {most}, got {got}")]
    OutOfRange { what: String, least: u64, most: u64, got: u64 },
    #[error("the imported package must be named {expected} after its record, it is named {got}")]
    ImportedName { expected: PackageId, got: PackageId },

    // ---- Vaults ----
    #[error("a device of a reader must make a new generation of {vault} first")]
    RekeyFirst { vault: Vault },
    #[error("{0} has no generation yet; a device of its readers makes the first")]
    NoVaultYet(Vault),
    #[error("expected generation {expected} of {vault}, got {got}")]
    GenerationExpected { vault: Vault, expected: GenerationNumber, got: GenerationNumber },
    #[error(
        "expected {vault} to be wrapped to {expected:?}, got {got:?}; fold the newer acts and wrap again"
    )]
    ReadersExpected { vault: Vault, expected: Vec<WrappedTo>, got: Vec<WrappedTo> },
    #[error("the package must also be open to its principal and the standing readers {0:?}")]
    StandingReaders(BTreeSet<Reader>),
    #[error("{0:?} can not be a reader of that, or not be removed")]
    WrongReader(Reader),
    #[error("{device} does not hold generation {generation} of {vault}; a device that does wraps it first")]
    NotAHolder { device: DeviceId, vault: Vault, generation: GenerationNumber },
    #[error("expected a generation that is chained to the one before: {expected}")]
    ChainExpected { expected: bool },
    #[error("a receiving key has {expected} bytes there, got {got}")]
    ReceiveKey { expected: usize, got: usize },
    #[error("the device's signing key is not a sound Ed25519 key")]
    SigningKey,
    #[error(
        "custodians must be at least 2, no more than {most}, needed from 2 to all of them; got {needed} of {people}"
    )]
    Custodians { needed: u8, people: usize, most: usize },
    #[error("the shares must go to the custodians as they stand: {0}")]
    SharesExpected(String),
}

fn list<T>(items: impl IntoIterator<Item = T>, word: impl Fn(T) -> String) -> String {
    let words: Vec<String> = items.into_iter().map(word).collect();
    if words.is_empty() { "nothing".into() } else { words.join(" or ") }
}

fn bodies(kinds: &[BodyKind]) -> String {
    let words: Vec<String> = kinds
        .iter()
        .map(|kind| match kind {
            BodyKind::Sealed(vault, number) => format!("words under generation {number} of {vault}"),
            BodyKind::Wraps(vault, number) => format!("wraps of generation {number} of {vault}"),
            BodyKind::Shares(vault, number) => format!("shares of generation {number} of {vault}"),
            BodyKind::TapeShares(package) => format!("shares of the tape of package {package}"),
        })
        .collect();
    words.join(", ")
}

fn roles(roles: &BTreeSet<Role>) -> String {
    list(roles, |role| role.to_string())
}

fn stages(stages: &[Stage]) -> String {
    list(stages, |stage| stage.to_string())
}

fn states(states: &[PartyState]) -> String {
    list(states, |state| state.to_string())
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Desk => f.write_str("a founding act"),
            Self::Person(id) => write!(f, "a person {id}"),
            Self::Role(id, role) => write!(f, "the role of {role} for {id}"),
            Self::Invitation(id) => write!(f, "an invitation {id}"),
            Self::Device(id) => write!(f, "a device {id}"),
            Self::Office(id) => write!(f, "an office {id}"),
            Self::OfficeFor(purpose) => write!(f, "an office for {purpose}"),
            Self::Member(office, id) => write!(f, "{id} in office {office}"),
            Self::Reader(reader) => write!(f, "{reader:?} among the readers"),
            Self::Shares(vault, number) => write!(f, "a dealing of generation {number} of {vault}"),
            Self::Share(share) => write!(f, "a release of share {share}"),
            Self::OnDuty(id, post) => write!(f, "{id} on duty as {post}"),
            Self::Counterpart(id) => write!(f, "a counterpart {id}"),
            Self::DirectLine(id) => write!(f, "a direct line {id}"),
            Self::Package(id) => write!(f, "a package {id}"),
            Self::Clearance(id) => write!(f, "a clearance {id}"),
            Self::ClearanceAnswer(id) => write!(f, "an answer to clearance {id}"),
            Self::BriefIssued(version) => write!(f, "an issue of brief version {version}"),
            Self::BriefRead(version) => write!(f, "a reading of brief version {version}"),
            Self::Party(id) => write!(f, "a party {id}"),
            Self::Floor(id) => write!(f, "such a floor for party {id}"),
            Self::Answer(id) => write!(f, "an answer in package {id}"),
            Self::Commitment(id) => write!(f, "a commitment {id}"),
            Self::CommitmentSettled(id) => write!(f, "an end to commitment {id}"),
            Self::DueOut(id) => write!(f, "a due-out {id}"),
            Self::DueOutEnd(id) => write!(f, "an end to due-out {id}"),
            Self::DueOutLate(id) => write!(f, "a late mark on due-out {id}"),
            Self::Readout(id) => write!(f, "a readout {id}"),
            Self::ReadoutRead(id) => write!(f, "a reading of readout {id} by this person"),
            Self::EpochDealt(epoch) => {
                write!(f, "this dealing of epoch {epoch}, or another by the same person")
            }
            Self::TapeShares(id) => write!(f, "a release of the shares of {id} for that tape"),
            Self::TelconApproved(version) => write!(f, "an approval of telcon version {version}"),
            Self::ClosedAgreed(id) => write!(f, "the word of {id} on the closing"),
            Self::NoteReplaced(digest) => write!(f, "another note instead of {digest}"),
            Self::LogKey => f.write_str("this key of the log"),
            Self::Observer => f.write_str("these keys of the observer"),
        }
    }
}
