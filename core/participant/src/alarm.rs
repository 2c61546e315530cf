//! What a device tells its owner when the server, or somebody, does not keep the rules. An alarm is never silent and
//! never goes away by itself.

use chancery_desk::refusal::Refusal;
use chancery_log::id::{DeviceId, Digest, GenerationNumber, PackageId, Scope, Vault};

/// One thing that must not happen.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Alarm {
    /// An act in the log is not by the device it names.
    #[error("forged act: entry {index} of {scope} is not signed by the device it names: {detail}")]
    ForgedAct {
        /// Its scope.
        scope: Scope,
        /// Index in the scope.
        index: u64,
        /// What the check said.
        detail: String,
    },
    /// The server logged an act that the desk's rules refuse: a ghost device, a ghost reader, a held-back approval.
    #[error("forbidden act: entry {index} of {scope} should have been refused: {refusal}")]
    ForbiddenAct {
        /// Its scope.
        scope: Scope,
        /// Index in the scope.
        index: u64,
        /// What the rules say.
        refusal: Box<Refusal>,
    },
    /// Leaves of a scope came with a gap, out of order, or on another history.
    #[error("broken chain: {scope}: {detail}")]
    BrokenChain {
        /// The scope.
        scope: Scope,
        /// What does not fit.
        detail: String,
    },
    /// A checkpoint that is not signed by the log's key, goes back, or does not extend the last one.
    #[error("bad checkpoint: {detail}")]
    BadCheckpoint {
        /// What does not fit.
        detail: String,
    },
    /// The first entry is not the genesis that this device's link named.
    #[error("wrong desk: the log begins with another genesis than this device was enrolled under")]
    WrongGenesis,
    /// A device saw another history than this one.
    #[error("two histories: device {author} saw another {scope} than this device holds, at {count} entries")]
    TwoHistories {
        /// Who signed what it saw.
        author: DeviceId,
        /// Of which scope.
        scope: Scope,
        /// At which count.
        count: u64,
    },
    /// The server says that its log does not hold what this device holds.
    #[error("the server holds another history of {scope}: {theirs} entries there, {ours} here")]
    Diverged {
        /// The scope.
        scope: Scope,
        /// Entries here.
        ours: u64,
        /// Entries there.
        theirs: u64,
    },
    /// An entry was judged at a trust head that the server does not deliver: a revocation may be withheld.
    #[error("trust withheld: {scope} was judged at {needed} trust entries, the server delivered {held}")]
    TrustWithheld {
        /// The waiting scope.
        scope: Scope,
        /// Trust entries that it needs.
        needed: u64,
        /// Trust entries here.
        held: u64,
    },
    /// Another device signed that it saw more of a scope than the log shows before its act: entries were left out, or
    /// put in another order.
    #[error(
        "entries withheld: device {author} saw {seen} entries of {scope}, the log shows {held} before its act"
    )]
    Withheld {
        /// Who saw it.
        author: DeviceId,
        /// Of which scope.
        scope: Scope,
        /// Entries it saw.
        seen: u64,
        /// Entries before its act.
        held: u64,
    },
    /// The newest trust entry is too old.
    #[error("trust is stale: nothing came for {age_ms} ms, at most {limit_ms} ms may pass")]
    TrustStale {
        /// Age of the newest trust entry.
        age_ms: u64,
        /// What the desk's rules allow.
        limit_ms: u64,
    },
    /// An act was sent and no receipt came.
    #[error("no receipt: act {act} was sent {waited_ms} ms ago")]
    NoReceipt {
        /// Digest of the act.
        act: Digest,
        /// How long ago.
        waited_ms: u64,
    },
    /// A receipt does not prove what it says.
    #[error("false receipt for act {act}: {detail}")]
    FalseReceipt {
        /// Digest of the act.
        act: Digest,
        /// What does not fit.
        detail: String,
    },
    /// The server sent another body than the act lists.
    #[error("swapped body: the server sent other bytes for body {sha256}")]
    SwappedBody {
        /// Digest that the act lists.
        sha256: Digest,
    },
    /// A body that the act lists does not open with the key that the act names.
    #[error("body {sha256} of entry {index} of {scope} does not open: {detail}")]
    BodyDoesNotOpen {
        /// Its scope.
        scope: Scope,
        /// Index of its act in the scope.
        index: u64,
        /// Digest that the act lists.
        sha256: Digest,
        /// What the check said.
        detail: String,
    },
    /// Somebody wrapped another key than the one they committed to.
    #[error("wrong key: generation {generation} of {vault} was wrapped as another key than was committed to")]
    WrongGenerationKey {
        /// The vault.
        vault: Vault,
        /// The generation.
        generation: GenerationNumber,
    },
    /// A custodian released something else than the share that was dealt.
    #[error("corrupt share: custodian {custodian} released a share that is not the one dealt: {detail}")]
    CorruptShare {
        /// The custodian.
        custodian: chancery_log::id::PersonId,
        /// What the check said.
        detail: String,
    },
    /// This device's clock and the server's are far apart.
    #[error("clocks differ: the server's is {by_ms} ms from this device's")]
    ClocksDiffer {
        /// Server minus device.
        by_ms: i64,
    },
    /// What the device kept of its own is damaged.
    #[error("this device's own records are damaged: {detail}")]
    RecordsDamaged {
        /// What does not fit.
        detail: String,
    },
    /// A call's group went where this device can not follow, or its messages do not fit.
    #[error("call {package}: this device lost the call's group and joins anew: {detail}")]
    CallBroken {
        /// The call.
        package: PackageId,
        /// What does not fit.
        detail: String,
    },
    /// The call's group holds somebody whom the log does not have on the call.
    #[error("ghost on the call: the group of call {package} holds a device that the log does not have on it")]
    GhostInCall {
        /// The call.
        package: PackageId,
    },
    /// Somebody who waits was not let in.
    #[error("call {package}: device {device} was not let in: {detail}")]
    NotLetIn {
        /// The call.
        package: PackageId,
        /// Who waits.
        device: DeviceId,
        /// Why.
        detail: String,
    },
    /// Two members are in different states of what should be one group.
    #[error("split call: device {device} is in another group of call {package} than this device")]
    GroupSplit {
        /// The call.
        package: PackageId,
        /// Whose group is another.
        device: DeviceId,
    },
    /// Somebody on the call was shown another log.
    #[error("two histories: device {device}, on call {package}, was shown another log than this device")]
    OtherHistoryInCall {
        /// The call.
        package: PackageId,
        /// Who said what it holds.
        device: DeviceId,
    },
    /// The server proposed what it may not propose.
    #[error("call {package}: the server proposed something to the group that it may not: {detail}")]
    BadProposal {
        /// The call.
        package: PackageId,
        /// What does not fit.
        detail: String,
    },
    /// A message inside a call's group that does not open.
    #[error("call {package}: a message inside the group does not open: {detail}")]
    BadMessage {
        /// The call.
        package: PackageId,
        /// What does not fit.
        detail: String,
    },
    /// A message from the server that can't be read.
    #[error("a message from the server could not be read: {detail}")]
    Unreadable {
        /// The decoder's words.
        detail: String,
    },
}

impl Alarm {
    /// The alarm's name, for tests, scripts and screens that group alarms.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ForgedAct { .. } => "forged act",
            Self::ForbiddenAct { .. } => "forbidden act",
            Self::BrokenChain { .. } => "broken chain",
            Self::BadCheckpoint { .. } => "bad checkpoint",
            Self::WrongGenesis => "wrong desk",
            Self::TwoHistories { .. } => "two histories",
            Self::Diverged { .. } => "diverged",
            Self::TrustWithheld { .. } => "trust withheld",
            Self::Withheld { .. } => "entries withheld",
            Self::TrustStale { .. } => "trust stale",
            Self::NoReceipt { .. } => "no receipt",
            Self::FalseReceipt { .. } => "false receipt",
            Self::SwappedBody { .. } => "swapped body",
            Self::BodyDoesNotOpen { .. } => "body does not open",
            Self::WrongGenerationKey { .. } => "wrong key",
            Self::CorruptShare { .. } => "corrupt share",
            Self::ClocksDiffer { .. } => "clocks differ",
            Self::RecordsDamaged { .. } => "records damaged",
            Self::CallBroken { .. } => "call broken",
            Self::GhostInCall { .. } => "ghost on the call",
            Self::NotLetIn { .. } => "not let in",
            Self::GroupSplit { .. } => "split call",
            Self::OtherHistoryInCall { .. } => "other history on the call",
            Self::BadProposal { .. } => "bad proposal",
            Self::BadMessage { .. } => "bad message in the call",
            Self::Unreadable { .. } => "unreadable message",
        }
    }
}
