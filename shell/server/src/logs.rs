//! Structured logs without a name, a number or an address: a connection is a short-lived number, nothing else is named.
//! Levels by who must act: `error` the operator now, `warn` the operator today, `info` nobody, `debug` who develops.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Only our own crates speak: what libraries log may hold addresses.
const OURS: &str = "off,chancery=info,chancery_server=info,chancery_store=info";

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A subscriber that writes to `to`.
pub fn subscriber<W>(format: Format, to: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(OURS)).with_writer(to);
    match format {
        Format::Text => Box::new(lines.with_ansi(std::io::stderr().is_terminal()).finish()),
        Format::Json => Box::new(lines.json().finish()),
    }
}
