//! How a command ended, as its exit code. docs/commands.md lists them.

use std::process::ExitCode;

use chancery_device::running::RunError;

use crate::command::as_device::Unreachable;

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for is done; what was checked is sound.
    Done,
    /// Something that was checked is damaged, forged or set up wrongly.
    Unsound,
    /// Part of it could not be done; the report says which.
    Partly,
    /// The desk's rules say no.
    Refused,
    /// The server could not be reached.
    Unreachable,
}

/// A command that could not do its work; 2 is a wrong command line.
pub const FAILED: u8 = 1;

/// The number that a process ends with when it failed.
pub fn code_of(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<RunError>() {
        Some(RunError::Refused(_)) => return Outcome::Refused.code(),
        Some(RunError::Stopped | RunError::Folder(_)) | None => {}
    }
    let is_unreachable = error.downcast_ref::<Unreachable>().is_some();
    if is_unreachable { Outcome::Unreachable.code() } else { FAILED }
}

impl Outcome {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unsound => 3,
            Self::Partly => 4,
            Self::Refused => 5,
            Self::Unreachable => 6,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}
