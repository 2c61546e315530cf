//! Why an offer is not taken.

use crate::limits::{OFFER_BYTES_MAX, OFFER_LINES_MAX, SLOTS_MAX};

/// Why an offer is not taken. What the offer said is cut to a few characters; addresses are never in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Too many bytes.
    #[error("an offer has at most {OFFER_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Too many lines.
    #[error("an offer has at most {OFFER_LINES_MAX} lines")]
    TooManyLines,
    /// Not SDP.
    #[error("line {0} is not SDP")]
    NotSdp(usize),
    /// Video, or a data channel.
    #[error("expected audio in every m-line, got {0:?}")]
    NotAudio(String),
    /// Not RTP over DTLS.
    #[error("expected UDP/TLS/RTP/SAVPF, got {0:?}")]
    OtherTransport(String),
    /// Another codec, or the same in another form.
    #[error("expected Opus at 48000 Hz with 2 channels and nothing else, got {0:?}")]
    OtherCodec(String),
    /// No codec at all.
    #[error("m-line {mid:?} names no Opus")]
    NoOpus {
        /// Its mid.
        mid: String,
    },
    /// Two m-lines number Opus differently, which one transport can't carry.
    #[error("expected payload type {expected} for Opus in every m-line, got {got}")]
    OtherPayloadType {
        /// Of the first m-line.
        expected: u8,
        /// Of another one.
        got: u8,
    },
    /// Not what the contract of the call says.
    #[error("expected one sendonly m-line and 1 to {SLOTS_MAX} recvonly ones, got {sendonly} and {recvonly}")]
    Directions {
        /// How many send.
        sendonly: usize,
        /// How many receive.
        recvonly: usize,
    },
    /// Sends and receives, or neither.
    #[error("expected a=sendonly or a=recvonly in m-line {mid:?}")]
    Direction {
        /// Its mid.
        mid: String,
    },
    /// Without `a=mid`, with a strange one, or with one that another m-line has.
    #[error("expected a mid of its own for every m-line, of at most 16 letters and digits")]
    Mid,
    /// Not all m-lines in one transport.
    #[error("expected all m-lines in one BUNDLE group, {mid:?} is not in it")]
    NotBundled {
        /// Which is missing.
        mid: String,
    },
    /// RTCP on a port of its own.
    #[error("expected a=rtcp-mux in m-line {mid:?}")]
    NoRtcpMux {
        /// Its mid.
        mid: String,
    },
    /// Without credentials for the pings.
    #[error("expected a=ice-ufrag of 4 to 256 characters and a=ice-pwd of 22 to 256")]
    Ice,
    /// Neither side would ping.
    #[error("expected a device that pings, this one is ICE-lite")]
    IceLite,
    /// Without a certificate to expect.
    #[error("expected a=fingerprint:sha-256 with 32 bytes")]
    Fingerprint,
    /// It wants us to begin DTLS.
    #[error("expected a=setup:actpass or a=setup:active, got {0:?}")]
    Setup(String),
}
