//! Offers of devices and our answers to them (RFC 8866, RFC 8829): one sendonly line and some recvonly ones, all Opus.

pub mod error;
pub(crate) mod line;
pub(crate) mod offer;

pub(crate) mod answer;
