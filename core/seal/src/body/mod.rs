//! What people write and read, as plaintext before sealing and after opening. The server links these types for
//! nothing but the import of their names; it never holds a value of them.
//!
//! Bodies are versioned by variant: a new shape is a new variant, and old ones are read for ever.

pub mod call;
pub mod mark;
pub mod people;
pub mod record;

use serde::{Deserialize, Serialize};

/// The plaintext of one sealed body. Times are milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// A person of the staff; sealed to the directory.
    Person(people::PersonProfile),
    /// An office; sealed to the directory.
    Office(people::OfficeProfile),
    /// A counterpart; sealed to the directory.
    Counterpart(people::CounterpartProfile),
    /// The desk's name and its classification scheme; sealed to the directory.
    DeskProfile(people::DeskProfile),
    /// What is pending at a change of shift; sealed to the duty desk.
    HandOver(people::HandOver),
    /// The secret of an invitation, for whoever may approve; sealed to the inviter's person vault or the security office.
    InvitationSecret(people::InvitationSecret),
    /// What a call is about.
    Request(call::Request),
    /// The brief.
    Brief(call::Brief),
    /// A question put to an office, or its answer.
    Remark(call::Remark),
    /// One card.
    Card(call::Card),
    /// A line report.
    LineReport(call::LineReport),
    /// One note.
    Note(call::Note),
    /// The principal's wrap-up.
    WrapUp(call::WrapUp),
    /// The telcon.
    Telcon(record::Telcon),
    /// A commitment.
    Commitment(record::Commitment),
    /// A due-out.
    DueOut(record::DueOut),
    /// The readout.
    Readout(record::Readout),
    /// A debrief of an off-channel contact.
    Debrief(record::Debrief),
    /// A closed package, whole.
    ClosedPackage(Box<record::ClosedPackage>),
    /// The secret of a vault's previous generation, sealed under the next. Only the vault's own code reads it.
    PreviousGeneration(#[serde(with = "serde_bytes")] [u8; 32]),
}
