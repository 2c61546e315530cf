//! The one vocabulary: everything that can happen at a desk. An act says what happened and carries no free word;
//! words travel as sealed bodies beside it (`bodies:` below gives their order). docs/acts.md is the same as CDDL.
//!
//! Acts are only ever added: a variant's meaning never changes, and a variant is never removed.

use std::collections::BTreeSet;

use chancery_log::id::{
    ClearanceId, CommitmentId, CounterpartId, DeskId, DeviceId, Digest, DirectLineId, DueOutId,
    GenerationNumber, InvitationId, OfficeId, PackageId, PartyId, PersonId, ReadoutId, Vault,
};
use chancery_log::leaf::RetentionClass;
use chancery_seal::{
    body::mark::Rank,
    device::{DeviceCert, DeviceKeys},
    vault::{Generation, Reader, WrappedTo},
};
use serde::{Deserialize, Serialize};

use crate::lines::rules::LineRules;

/// A role of a person of the staff. What each may do: `roles.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The leader whom the desk serves.
    Principal,
    /// Sets up, admits, holds, transfers, ends.
    DutyOfficer,
    /// Takes notes.
    NoteTaker,
    /// Interprets.
    Interpreter,
    /// Helps the principal.
    Adviser,
    /// Writes the brief.
    DeskOfficer,
    /// Keeps the records.
    RecordsOfficer,
    /// Approves devices, watches posture and exposure.
    SecurityOfficer,
}

/// A post that is staffed by shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Post {
    /// The duty officer's.
    DutyOfficer,
    /// A note-taker's.
    NoteTaker,
}

/// What an office is for; the first four are made at `chancery init`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OfficePurpose {
    /// Names of people and counterparts: the directory vault.
    Directory,
    /// The security officers.
    Security,
    /// The duty desk.
    DutyDesk,
    /// The records officers.
    Records,
    /// Any other, for instance one that clears briefs.
    Other,
}

/// Why a device is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevokedBecause {
    /// Lost or stolen, or its storage was cleared.
    Lost,
    /// Replaced by another.
    Replaced,
    /// Possibly read by others.
    Exposed,
}

/// The founding of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The desk's id.
    pub desk: DeskId,
    /// The log's origin (C2SP tlog-checkpoint: a schema-less URL).
    pub origin: String,
    /// Ed25519 public key that signs checkpoints.
    #[serde(with = "serde_bytes")]
    pub log_key: [u8; 32],
    /// The server's observer: it signs what the server itself saw, and may sign nothing else.
    pub observer: DeviceKeys,
    /// The founding security officers, at least two; the first signs this act.
    pub officers: Vec<DeviceCert>,
    /// The custodians.
    pub custodians: Custodians,
}

/// The custodians and how many of them it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custodians {
    /// m: how many together can recover a vault or open a tape.
    pub needed: u8,
    /// The n custodians.
    pub people: BTreeSet<PersonId>,
}

/// What no officer may do alone: it counts once a second security officer agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guarded {
    /// Another set of custodians.
    Custodians(Custodians),
    /// A person becomes a security officer.
    SecurityOfficer(PersonId),
    /// A new key signs checkpoints from the next one on.
    LogKey(#[serde(with = "serde_bytes")] [u8; 32]),
    /// New keys of the server's observer.
    ObserverKeys(DeviceKeys),
    /// Somebody who lost every device gets this one; custodians then release shares to it.
    Recovery(DeviceCert),
    /// The log was restored from a backup: everything after this checkpoint was lost.
    Restored {
        /// Size of the log that was restored.
        size: u64,
        /// Its root hash.
        root: Digest,
        /// Size of the last checkpoint known to have been published.
        lost_size: u64,
    },
}

/// A package's first generation and its readers: every package is opened with its vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Retention class of every act of this package.
    pub class: RetentionClass,
    /// The mark's level.
    pub level: Rank,
    /// Who may read: persons and offices. Each stands in `vault.readers` too.
    pub readers: BTreeSet<Reader>,
    /// Generation 1.
    pub vault: Generation,
}

/// How a call came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallKind {
    /// For a time to come, milliseconds since 1970 UTC.
    Planned {
        /// When.
        at_ms: u64,
    },
    /// Now.
    Unannounced,
}

/// Who is on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// A person of the staff.
    Person(PersonId),
    /// A counterpart, or somebody of the counterpart's staff.
    Counterpart(CounterpartId),
}

/// A party's role on the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PartyRole {
    /// Speaks.
    Principal,
    /// Speaks.
    Counterpart,
    /// Speaks.
    Interpreter,
    /// Listens, visibly.
    NoteTaker,
    /// Listens, visibly; speaks when given the floor.
    Adviser,
    /// Sets up; speaks when needed.
    DutyOfficer,
}

/// What sort of line a party is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LineKind {
    /// An approved device of the desk.
    Secure,
    /// A guest's own key, vouched for.
    Guest,
    /// Somebody outside could hear it.
    Open,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CallEnd {
    /// They talked, and then ended.
    Ended,
    /// The far side or the principal said no; the reason, if any, is the body.
    Declined,
    /// Nobody answered.
    Missed,
    /// Called off before it began.
    Cancelled,
    /// It could not be set up or broke.
    Failed,
}

/// The desk's standing rules: data, ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Posts whose holders are invited to every new call.
    pub invited_posts: BTreeSet<Post>,
    /// Persons who are invited to every new call.
    pub invited_people: BTreeSet<PersonId>,
    /// Offices and persons that read every new package.
    pub standing_readers: BTreeSet<Reader>,
    /// How long an invitation for a device lives.
    pub invitation_ms: u64,
    /// How long an unanswered ring lasts before the server may log the call as missed.
    pub ring_ms: u64,
    /// A trust head older than this raises an alarm on clients.
    pub trust_stale_ms: u64,
    /// Lines and the tape. Rules that were set before there were any mean those of a desk that sets none.
    #[serde(default)]
    pub lines: LineRules,
}

/// One thing that happened. `bodies:` names the sealed bodies in order; none unless said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each variant's line explains its fields; ids and times say the rest")]
pub enum Act {
    // ---- Trust scope: the desk ----
    /// The first act of a log.
    DeskFounded(Genesis),
    /// bodies: the desk's profile (directory). `ranks`: how many levels the scheme has.
    ProfileSet { ranks: u8 },
    /// The standing rules, whole.
    RulesSet(Rules),
    /// Asked by one security officer.
    GuardedAsked(Guarded),
    /// Agreed by another; from here the change counts. `asked`: digest of the asking act.
    GuardedAgreed { asked: Digest },
    /// The server's observer: this is still the newest of the trust scope, so that silence shows.
    TrustConfirmed {},

    // ---- Trust scope: people and devices ----
    /// A person joins the staff.
    PersonAdded { person: PersonId, roles: BTreeSet<Role> },
    /// bodies: the person's profile (directory).
    PersonDescribed { person: PersonId },
    /// The person's roles, whole. Becoming a security officer is [`Guarded`].
    RolesSet { person: PersonId, roles: BTreeSet<Role> },
    /// Leaves the staff: no device, role, office or post remains.
    PersonLeft { person: PersonId },
    /// A link for a new device. `secret`: SHA-256 of the one-time secret. bodies: the secret, sealed to the person's
    /// own vault when its owner invites, to the security office when an officer does.
    DeviceInvited { invitation: InvitationId, person: PersonId, secret: Digest, until_ms: u64 },
    /// The link is void.
    InvitationWithdrawn { invitation: InvitationId },
    /// The approver saw the proof of the secret and compared the words.
    DeviceApproved { invitation: InvitationId, cert: DeviceCert },
    /// The device is out, of everything, from here on.
    DeviceRevoked { device: DeviceId, because: RevokedBecause },

    // ---- Trust scope: offices and vaults ----
    /// An office, without members yet.
    OfficeMade { office: OfficeId, purpose: OfficePurpose },
    /// bodies: the office's profile (directory).
    OfficeDescribed { office: OfficeId },
    /// From here on a member: whoever holds the office's key wraps it to them.
    OfficeMemberAdded { office: OfficeId, person: PersonId },
    /// From here on the office's vault is due for a new generation.
    OfficeMemberRemoved { office: OfficeId, person: PersonId },
    /// A new generation. In the trust scope for persons and offices, in its own for a package.
    /// bodies: the wraps; then, when chained, the previous generation's secret (this vault, this generation).
    GenerationMade { vault: Vault, generation: Generation },
    /// More readers of the newest generation, or of an earlier one that starts a chain. bodies: the wraps.
    ReadersWrapped { vault: Vault, generation: GenerationNumber, readers: Vec<WrappedTo> },
    /// A generation's secret, dealt to the custodians. bodies: the shares.
    SharesDealt { vault: Vault, generation: GenerationNumber, needed: u8, shares: Vec<ShareDealt> },
    /// A custodian releases one share for an agreed recovery. bodies: the share, wrapped to the recovering device
    /// (kind `Shares`). `recovery`: digest of the asking act.
    ShareReleased { recovery: Digest, vault: Vault, generation: GenerationNumber, share: u8 },

    // ---- Trust scope: tapes ----
    /// The author wants a call's tape opened on this device of theirs. `custodians`: who hold shares of it; `needed`: how
    /// many of them it takes. bodies: those shares as they were dealt (kind `TapeShares`).
    TapeAsked { package: PackageId, device: DeviceId, needed: u8, custodians: BTreeSet<PersonId> },
    /// A custodian releases the own shares of it. `asked`: digest of the asking act. bodies: the shares, sealed to the
    /// device that asked (kind `TapeShares`).
    TapeShareReleased { asked: Digest },

    // ---- Trust scope: duty ----
    /// The author takes a post.
    DutyTaken { post: Post },
    /// The author leaves a post.
    DutyLeft { post: Post },
    /// The author hands the post over. bodies: the hand-over (duty desk).
    DutyHandedOver { post: Post, to: PersonId },

    // ---- Trust scope: counterparts ----
    /// bodies: the profile (directory).
    CounterpartAdded { counterpart: CounterpartId },
    /// bodies: the profile (directory), whole.
    CounterpartDescribed { counterpart: CounterpartId },
    /// Not offered any more; old packages keep it.
    CounterpartRetired { counterpart: CounterpartId },
    /// An alias handed to one counterpart.
    DirectLineIssued { line: DirectLineId, counterpart: CounterpartId },
    /// The alias is dead.
    DirectLineRevoked { line: DirectLineId },

    // ---- A package: opening and readers ----
    /// bodies: the wraps, the request.
    CallRequested { principal: PersonId, counterpart: CounterpartId, kind: CallKind, opening: Opening },
    /// An off-channel contact. bodies: the wraps, the debrief.
    DebriefGiven { principal: PersonId, opening: Opening },
    /// A record from elsewhere, closed as it comes. `record`: SHA-256 of "source NUL id", so that it comes once.
    /// bodies: the wraps, the closed package.
    PackageImported { record: Digest, opening: Opening },
    /// More readers; whoever holds the key wraps it to them. `from_now`: not what came before, so the vault is due
    /// for a generation that is not chained.
    ReadersAdded { readers: BTreeSet<Reader>, from_now: bool },
    /// Fewer readers: the vault is due for a new generation.
    ReadersRemoved { readers: BTreeSet<Reader> },
    /// The package's level.
    LevelSet { level: Rank },

    // ---- A package: before the call ----
    /// Another time.
    CallMoved { at_ms: u64 },
    /// bodies: the brief. Versions count from 1.
    BriefWritten { version: u32 },
    /// bodies: the question.
    ClearanceAsked { clearance: ClearanceId, office: OfficeId, version: u32 },
    /// bodies: the answer.
    ClearanceGiven { clearance: ClearanceId, granted: bool },
    /// The principal can have it.
    BriefIssued { version: u32 },
    /// The principal has read it.
    BriefRead { version: u32 },

    // ---- A package: the call ----
    /// Somebody is rung.
    PartyInvited { party: PartyId, who: Who, role: PartyRole, line: LineKind },
    /// A link for a guest, in place of any before. `secret`: SHA-256 of the one-time secret. bodies: the secret.
    GuestInvited { party: PartyId, secret: Digest, until_ms: u64 },
    /// The duty officer called back, saw the proof of the secret and compared the words: this key is that guest.
    GuestVouched { party: PartyId, keys: DeviceKeys },
    /// Waits in the lobby.
    PartyArrived { party: PartyId },
    /// Let in.
    PartyAdmitted { party: PartyId },
    /// Set aside.
    PartyHeld { party: PartyId },
    /// Back from hold.
    PartyResumed { party: PartyId },
    /// Off the call: by itself, dropped by a duty officer, or seen to be gone by the observer.
    PartyLeft { party: PartyId },
    /// May speak.
    FloorGiven { party: PartyId },
    /// May no longer.
    FloorTaken { party: PartyId },
    /// A line report; `ceiling`: the level this line allows. bodies: the report.
    LineReported { party: PartyId, ceiling: Rank },
    /// The secret of one epoch of the call's group, dealt to the custodians. `group`: SHA-256 of the MLS group id;
    /// `roster`: digest of who had which leaf; `commitment`: binds to the secret (docs/tape.md). bodies: the shares
    /// (kind `TapeShares`).
    EpochDealt {
        group: Digest,
        epoch: u64,
        roster: Digest,
        needed: u8,
        shares: Vec<ShareDealt>,
        commitment: Digest,
    },
    /// bodies: the card.
    CardPassed {},
    /// They talk: the planned call is live.
    CallAnswered {},
    /// bodies: when declined with a reason, the reason.
    CallEnded { end: CallEnd },
    /// A stuck call, cleared away by a duty officer.
    CallCleared {},

    // ---- A package: notes and what follows ----
    /// bodies: the note. `instead_of`: digest of the author's own earlier note.
    NoteTaken { instead_of: Option<Digest> },
    /// bodies: the wrap-up.
    WrapUpGiven {},
    /// bodies: the telcon. Versions count from 1.
    TelconWritten { version: u32 },
    /// Written up.
    TelconApproved { version: u32 },
    /// bodies: the commitment. `note`: digest of the note it came from.
    CommitmentMade { commitment: CommitmentId, note: Option<Digest> },
    /// Kept or dropped. bodies: the remark.
    CommitmentSettled { commitment: CommitmentId, kept: bool },
    /// A follow-up task. bodies: the due-out.
    DueOutTasked { due_out: DueOutId, commitment: Option<CommitmentId>, owner: PersonId, due_ms: u64 },
    /// Another owner or date.
    DueOutMoved { due_out: DueOutId, owner: PersonId, due_ms: u64 },
    /// bodies: what was done.
    DueOutDone { due_out: DueOutId },
    /// Not to be done after all. bodies: why.
    DueOutDropped { due_out: DueOutId },
    /// The observer saw the date pass.
    DueOutLate { due_out: DueOutId },
    /// bodies: the readout. `to` are readers of the package.
    ReadoutSent { readout: ReadoutId, to: BTreeSet<Reader> },
    /// The author has read it.
    ReadoutRead { readout: ReadoutId },
    /// bodies: the closed package. `count`: leaves of this scope that it sums up, all before this act.
    PackageClosed { count: u64 },
    /// Another reader's device replayed the acts and agrees. `closed`: digest of the closing act.
    ClosedAgreed { closed: Digest },
}

/// One share of a dealing, as the log states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareDealt {
    /// The custodian.
    pub custodian: PersonId,
    /// Generation of the custodian's person vault that it was wrapped to.
    pub generation: GenerationNumber,
    /// Binds the dealer to this share (docs/seal.md, "Shares").
    pub commitment: Digest,
}

impl Act {
    /// The opening, for the acts that open a package.
    pub fn opening(&self) -> Option<&Opening> {
        #[allow(clippy::wildcard_enum_match_arm, reason = "every other act opens nothing, whatever is added")]
        match self {
            Self::CallRequested { opening, .. }
            | Self::DebriefGiven { opening, .. }
            | Self::PackageImported { opening, .. } => Some(opening),
            _ => None,
        }
    }
}

/// The package id of an imported record: the first 16 bytes of its record digest, so that it comes in once.
pub fn imported_package(record: &Digest) -> PackageId {
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(record.0) {
        *to = from;
    }
    PackageId(id)
}
