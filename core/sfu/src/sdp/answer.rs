//! Writes the answer to an offer: ICE-lite with host candidates, Opus at a constant rate, no header extensions.

use core::net::SocketAddr;
use std::fmt::{self, Write};

use super::offer::{Asks, Echo, Offer, Way};
use crate::{
    certificate::Fingerprint,
    io::{Address, Transport},
    leg::{down::Slot, ice::Credentials},
    rtcp::write::CNAME,
};

/// What Opus is asked for. All frames equally long, so that length does not show who speaks; a copy of the frame before in
/// each, so that one lost frame is none.
const OPUS: &str =
    "minptime=20;useinbandfec=1;cbr=1;usedtx=0;maxaveragebitrate=32000;stereo=0;sprop-stereo=0";

/// What an answer is made of.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) offer: &'a Offer,
    pub(crate) credentials: &'a Credentials,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) addresses: &'a [Address],
    /// One for each m-line that receives, in their order.
    pub(crate) slots: &'a [Slot],
    /// Of this answer.
    pub(crate) number: u32,
}

impl Answer<'_> {
    /// The answer as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(8 * 1024);
        match self.write(&mut text) {
            // A string takes all that is written to it.
            Ok(()) | Err(fmt::Error) => text,
        }
    }

    fn write(&self, to: &mut String) -> fmt::Result {
        write!(to, "v=0\r\no=- {} 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE", self.number)?;
        for line in &self.offer.lines {
            write!(to, " {}", line.mid)?;
        }
        write!(to, "\r\na=ice-lite\r\n")?;
        let mut slots = self.slots.iter();
        for (place, line) in self.offer.lines.iter().enumerate() {
            write!(to, "m=audio 9 UDP/TLS/RTP/SAVPF {}\r\n", self.offer.opus)?;
            write!(to, "c=IN IP4 0.0.0.0\r\na=mid:{}\r\n", line.mid)?;
            self.write_transport(to)?;
            if place == 0 {
                self.write_candidates(to)?;
            }
            self.write_codecs(to)?;
            match line.way {
                Way::Sends => write!(to, "a=recvonly\r\n")?,
                Way::Receives => {
                    write!(to, "a=sendonly\r\n")?;
                    if let Some(slot) = slots.next() {
                        write_slot(to, place, slot)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn write_transport(&self, to: &mut String) -> fmt::Result {
        let Credentials { fragment, password } = self.credentials;
        write!(to, "a=ice-ufrag:{fragment}\r\na=ice-pwd:{}\r\n", password.as_str())?;
        write!(to, "a=fingerprint:sha-256 {}\r\na=setup:passive\r\n", self.fingerprint)?;
        write!(to, "a=rtcp-mux\r\na=rtcp-rsize\r\n")?;
        match self.offer.echo {
            Echo::Yes => write!(to, "a=rtcp-xr:rcvr-rtt=all\r\n"),
            Echo::No => Ok(()),
        }
    }

    /// Host candidates, UDP before TCP (RFC 8445 §5.1.2, RFC 6544 §4.2).
    fn write_candidates(&self, to: &mut String) -> fmt::Result {
        const UDP_HOST: u32 = 126 << 24;
        const TCP_PASSIVE_HOST: u32 = 90 << 24;
        for (place, address) in (0_u16..).zip(self.addresses) {
            let preference = u32::from(u16::MAX - place) << 8 | 255;
            let number = place + 1;
            let at: SocketAddr = address.at;
            let (ip, port) = (at.ip(), at.port());
            match address.over {
                Transport::Udp => {
                    let priority = UDP_HOST | preference;
                    write!(to, "a=candidate:{number} 1 udp {priority} {ip} {port} typ host\r\n")?;
                }
                Transport::Tcp => {
                    let priority = TCP_PASSIVE_HOST | preference;
                    write!(
                        to,
                        "a=candidate:{number} 1 tcp {priority} {ip} {port} typ host tcptype passive\r\n"
                    )?;
                }
            }
        }
        write!(to, "a=end-of-candidates\r\n")
    }

    fn write_codecs(&self, to: &mut String) -> fmt::Result {
        let opus = self.offer.opus;
        write!(
            to,
            "a=rtpmap:{opus} opus/48000/2\r\na=fmtp:{opus} {OPUS}\r\na=ptime:20\r\na=maxptime:20\r\n"
        )?;
        match self.offer.asks {
            Asks::Yes => write!(to, "a=rtcp-fb:{opus} nack\r\n"),
            Asks::No => Ok(()),
        }
    }
}

/// The stream of a slot, by which the device knows what belongs to this m-line.
fn write_slot(to: &mut String, place: usize, slot: &Slot) -> fmt::Result {
    write!(to, "a=msid:slot-{place} slot-{place}\r\na=ssrc:{} cname:{CNAME}\r\n", slot.ssrc())
}
