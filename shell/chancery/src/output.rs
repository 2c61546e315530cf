//! What a command says: words for people, one JSON object for scripts; progress on standard error.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use serde::Serialize;

/// Where and how to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Words,
    /// For scripts.
    Json,
}

#[derive(Serialize)]
struct Failure {
    error: String,
}

impl Output {
    /// The answer, on standard output. A reader that went away is no error.
    pub fn answer<T: Serialize + Display>(self, answer: &T) -> anyhow::Result<()> {
        let text = match self {
            Self::Words => answer.to_string(),
            Self::Json => serde_json::to_string(answer)?,
        };
        match writeln!(io::stdout().lock(), "{text}") {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    /// How far it is, on standard error. Scripts see the answer only.
    pub fn progress(self, line: &str) {
        match self {
            Self::Words => eprintln!("{line}"),
            Self::Json => {}
        }
    }

    /// Why it failed: words on standard error, or an object with `error` on standard output.
    pub fn failure(self, error: &anyhow::Error) {
        let sentence = format!("{error:#}");
        let told = match self {
            Self::Words => writeln!(io::stderr().lock(), "chancery: {sentence}"),
            Self::Json => match serde_json::to_string(&Failure { error: sentence }) {
                Ok(text) => writeln!(io::stdout().lock(), "{text}"),
                Err(e) => writeln!(io::stderr().lock(), "chancery: {e}"),
            },
        };
        // Nobody is left to tell.
        drop(told);
    }
}
