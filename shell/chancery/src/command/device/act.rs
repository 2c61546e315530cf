//! `chancery device act`: one act, and what became of it.

use std::{fmt, path::PathBuf};

use chancery_desk::act::{CallEnd, LineKind, PartyRole, Post};
use chancery_device::running::Logged;
use chancery_log::id::{Digest, PackageId, Scope};
use chancery_participant::view::pending::deed_name;
use chancery_seal::body::call::NoteMark;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::deed;
use crate::{
    command::as_device::{self, ByDevice},
    outcome::Outcome,
    output::Output,
};

pub(super) const AFTER: &str = "\
A package is named by the beginning of its id or by a word of its subject; people, offices and counterparts by name. \
What is said is sealed on this device before it leaves it.

Examples:
  chancery device act take-duty duty-officer
  chancery device act add-counterpart \"Rui Valcareno\" --title \"Prime Minister\" --of Corvane
  chancery device act request Valcareno --in 20m --subject \"Fishing in the strait\" --level restricted
  chancery device act note 3f2a91c0 \"They ask for the icebreaker tonight\" --mark ask
  chancery device act close 3f2a91c0
  chancery device act raw '{\"Say\":{\"scope\":\"Trust\",\"act\":{\"DutyTaken\":{\"post\":\"NoteTaker\"}},\"words\":[]}}'

Exit code 5: the desk's rules say no, and the answer says what would be needed.";

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Act {
    /// Take a post
    TakeDuty {
        /// Which
        #[arg(value_enum)]
        post: PostName,
    },
    /// Leave a post
    LeaveDuty {
        /// Which
        #[arg(value_enum)]
        post: PostName,
    },
    /// Hand a post over, with what is pending
    HandOver {
        /// Which
        #[arg(value_enum)]
        post: PostName,
        /// To whom
        to: String,
        /// One thing that is pending
        #[arg(long)]
        pending: Vec<String>,
    },
    /// A counterpart, into the directory
    AddCounterpart {
        /// Name
        name: String,
        /// "Prime Minister"
        #[arg(long, default_value = "")]
        title: String,
        /// Country or organisation
        #[arg(long, default_value = "")]
        of: String,
    },
    /// Request a call
    Request(Request),
    /// Write the brief; the newest version counts
    Brief {
        /// The package
        package: String,
        /// A JSON file: purpose, background, talking_points, if_asked, can_promise, red_lines, last_time,
        /// open_commitments
        file: PathBuf,
    },
    /// Issue the newest brief to the principal
    Issue {
        /// The package
        package: String,
    },
    /// Say, as the principal, that the issued brief was read
    Read {
        /// The package
        package: String,
    },
    /// Ring somebody
    Ring {
        /// The package
        package: String,
        /// A person or a counterpart
        who: String,
        /// In which role
        #[arg(long, value_enum)]
        role: PartyName,
        /// By what sort of line
        #[arg(long, value_enum, default_value_t = LineName::Secure)]
        line: LineName,
    },
    /// A party is there, and waits in the lobby
    Arrive(Party),
    /// Let a party in
    Admit(Party),
    /// Set a party aside
    Hold(Party),
    /// Bring a party back from hold
    Resume(Party),
    /// A party is off the call
    Drop(Party),
    /// They talk
    Answer {
        /// The package
        package: String,
    },
    /// They talk no more, or never did
    End {
        /// The package
        package: String,
        /// How
        #[arg(long, value_enum, default_value_t = EndName::Ended)]
        end: EndName,
    },
    /// Put a card on the principal's screen
    Card {
        /// The package
        package: String,
        /// The words
        text: String,
    },
    /// Take a note
    Note {
        /// The package
        package: String,
        /// The words
        text: String,
        /// What kind of note
        #[arg(long, value_enum, default_value_t = MarkName::Remark)]
        mark: MarkName,
        /// An own earlier note that this one corrects: the beginning of its id
        #[arg(long, value_name = "NOTE")]
        instead_of: Option<String>,
    },
    /// The principal's last word on the call
    WrapUp {
        /// The package
        package: String,
        /// The words
        text: String,
    },
    /// Write the telcon: one statement a paragraph, "Speaker: words" or words alone
    Telcon {
        /// The package
        package: String,
        /// A text file
        file: PathBuf,
        /// Where they were
        #[arg(long, default_value = "")]
        place: String,
    },
    /// Approve the newest telcon
    ApproveTelcon {
        /// The package
        package: String,
    },
    /// Somebody promised something
    Commit {
        /// The package
        package: String,
        /// What
        text: String,
        /// They did; otherwise we did
        #[arg(long)]
        theirs: bool,
        /// The note it comes from: the beginning of its id
        #[arg(long)]
        note: Option<String>,
    },
    /// A promise was kept, or dropped
    Settle {
        /// The package
        package: String,
        /// The commitment: the beginning of its id, or a word of it
        commitment: String,
        /// What became of it
        text: String,
        /// It was not kept
        #[arg(long)]
        dropped: bool,
    },
    /// Task a follow-up
    Task {
        /// The package
        package: String,
        /// What is to be done
        text: String,
        /// Whose task
        #[arg(long)]
        owner: String,
        /// By when: 20m, 3h, 2d, or 2026-01-31T16:00 (UTC)
        #[arg(long)]
        due: String,
    },
    /// A follow-up is done
    Done {
        /// The package
        package: String,
        /// The due-out: the beginning of its id, or a word of it
        due_out: String,
        /// What was done
        text: String,
    },
    /// Send the readout
    Readout {
        /// The package
        package: String,
        /// The words
        text: String,
        /// A person or an office that reads the package
        #[arg(long, required = true)]
        to: Vec<String>,
    },
    /// Further readers of a package
    AddReaders {
        /// The package
        package: String,
        /// A person or an office
        #[arg(required = true)]
        readers: Vec<String>,
        /// They read what comes from here on only
        #[arg(long)]
        from_now: bool,
    },
    /// Fewer readers of a package: it gets a new key
    RemoveReaders {
        /// The package
        package: String,
        /// A person or an office
        #[arg(required = true)]
        readers: Vec<String>,
    },
    /// Close a package: what it came to is summed up and sealed
    Close {
        /// The package
        package: String,
    },
    /// Agree to a closed package: replays its acts and compares
    Agree {
        /// The package
        package: String,
    },
    /// Any deed, as JSON (docs/commands.md)
    Raw {
        /// The deed; `-` reads it from standard input
        json: String,
    },
}

/// A call to be.
#[derive(Debug, Clone, Args)]
pub struct Request {
    /// The counterpart
    pub with: String,
    /// One line
    #[arg(long)]
    pub subject: String,
    /// Why
    #[arg(long, default_value = "")]
    pub purpose: String,
    /// When: 20m, 3h, 2d, or 2026-01-31T16:00 (UTC) [default: now, unannounced]
    #[arg(long = "in", visible_alias = "at", value_name = "TIME")]
    pub at: Option<String>,
    /// Level of the package, by its id in the desk's scheme [default: the lowest]
    #[arg(long)]
    pub level: Option<String>,
    /// Whose call [default: the desk's only principal]
    #[arg(long)]
    pub principal: Option<String>,
    /// A further reader: a person or an office; the principal, the standing readers and the requester read anyway
    #[arg(long = "reader")]
    pub readers: Vec<String>,
    /// Retention class
    #[arg(long, default_value_t = 1)]
    pub class: u16,
}

/// One party of a call.
#[derive(Debug, Clone, Args)]
pub struct Party {
    /// The package
    pub package: String,
    /// Who: a name, or the beginning of the party's id
    pub who: String,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident for $of:ty { $($(#[$value_doc:meta])* $value:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        #[allow(missing_docs, reason = "each is the value that it names")]
        pub enum $name { $($(#[$value_doc])* $value),* }

        impl From<$name> for $of {
            fn from(name: $name) -> Self {
                match name { $($name::$value => Self::$value),* }
            }
        }
    };
}

named! {
    /// A post, as it is typed.
    PostName for Post { DutyOfficer, NoteTaker }
}
named! {
    /// A party's role, as it is typed.
    PartyName for PartyRole { Principal, Counterpart, Interpreter, NoteTaker, Adviser, DutyOfficer }
}
named! {
    /// A sort of line, as it is typed.
    LineName for LineKind { Secure, Guest, Open }
}
named! {
    /// How a call ended, as it is typed.
    EndName for CallEnd { Ended, Declined, Missed, Cancelled, Failed }
}
named! {
    /// A kind of note, as it is typed.
    MarkName for NoteMark { Remark, Ask, CommitmentOurs, CommitmentTheirs, Quote, Decision }
}

/// What became of it.
#[derive(Serialize)]
struct Done {
    /// The act's name.
    act: String,
    /// Index in the log.
    index: u64,
    /// Digest of the act.
    digest: Digest,
    /// The package, when it is of one.
    package: Option<PackageId>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is in the log at {}", self.act, self.index)?;
        match self.package {
            Some(package) => write!(f, ", in package {package}."),
            None => write!(f, "."),
        }
    }
}

/// Does it.
pub(super) fn act(command: &Act, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let said = deed::Said::read(command)?;
    let done = by.run(async |device| {
        let deed = device
            .with(move |participant, _| {
                let desk_ms = participant.desk_ms();
                said.deed(participant, desk_ms)
            })
            .await??;
        let (name, scope) = (deed_name(&deed), deed.scope());
        let Logged { act, index } = as_device::act(device, deed).await?;
        let package = match scope {
            Scope::Trust => None,
            Scope::Package(package) => Some(package),
        };
        Ok(Done { act: name, index, digest: act, package })
    })?;
    output.answer(&done)?;
    Ok(Outcome::Done)
}
