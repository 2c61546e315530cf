//! Words about people: profiles, offices, counterparts, the desk itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A person of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonProfile {
    /// As shown.
    pub name: String,
    /// Title or post, may be empty.
    pub title: String,
    /// E-mail address for notices without content, may be empty.
    pub notices_to: String,
}

/// An office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeProfile {
    /// As shown.
    pub name: String,
}

/// A counterpart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterpartProfile {
    /// As shown.
    pub name: String,
    /// "President of …".
    pub title: String,
    /// Country or organisation.
    pub of: String,
    /// How to say the name, may be empty.
    pub pronounced: String,
    /// IANA time zone name, may be empty.
    pub time_zone: String,
    /// Languages, in the order preferred, as BCP 47 tags.
    pub languages: Vec<String>,
    /// How the counterpart's office is called back.
    pub call_back: Vec<CallBack>,
    /// Lines of policy.
    pub policy: Vec<String>,
    /// What not to raise.
    pub avoid: Vec<String>,
}

/// One way to call a counterpart's office back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Whom to ask for.
    pub ask_for: String,
    /// Number or address.
    pub at: String,
    /// Where the number comes from ("exchange of notes of 3 May"), so that a false one is not taken.
    pub source: String,
}

/// The desk's name and its classification scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskProfile {
    /// As shown.
    pub name: String,
    /// The classification scheme file, JSON (docs/levels.md).
    pub scheme: String,
}

/// What is pending at a change of shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// One line each.
    pub pending: Vec<String>,
    /// Who was told what, one line each.
    pub told: Vec<String>,
}

/// The one-time secret of an invitation link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationSecret {
    /// 32 bytes.
    pub secret: ByteBuf,
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(…)")
    }
}
