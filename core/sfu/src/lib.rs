//! The sfu: datagrams in, datagrams out. It forwards the sealed frames of a call between its legs and can open none.
//! Told time and bytes; touches no socket. What it does and does not see stands in docs/forwarding.md.

pub mod certificate;
mod clock;
pub mod event;
pub mod io;
mod leg;
pub mod limits;
mod rate;
pub mod refusal;
mod rtcp;
mod rtp;
pub mod sdp;
pub mod sfu;
mod srtp;
