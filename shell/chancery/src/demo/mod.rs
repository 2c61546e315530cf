//! The demo's invented desk: who is there, forty past calls, and the story of one call. Invented people and countries.

pub mod cast;
pub mod past;
pub mod play;
pub mod run;
pub mod stage;
pub mod story;

/// Why the demo's data can not be used: it is part of this executable, so its tests find this first.
#[derive(Debug, thiserror::Error)]
pub enum DemoData {
    /// Not of the expected shape.
    #[error("{file}: {error}")]
    Shape {
        /// Which file.
        file: &'static str,
        /// The decoder's words.
        error: serde_json::Error,
    },
    /// A name that nobody in the cast has.
    #[error("{file}: nobody in the cast is called {key:?}")]
    Unknown {
        /// Which file.
        file: &'static str,
        /// The name.
        key: String,
    },
    /// A clock time that is none.
    #[error("{file}: expected a time of day as hh:mm, got {got:?}")]
    Clock {
        /// Which file.
        file: &'static str,
        /// What came.
        got: String,
    },
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, DemoData> {
    serde_json::from_str(text).map_err(|error| DemoData::Shape { file, error })
}
