//! The line test: what is known about a line adds up to a verdict in words and to the level that the line allows
//! (docs/line-test.md). Pure; each device on the call judges every line by itself.

pub mod ceiling;
pub mod facts;
pub mod findings;
pub mod report;
pub mod rules;
pub mod score;
pub mod test;
