//! Datagrams: which leg each belongs to, and pings and DTLS of the legs.

use str0m::ice::StunMessage;

use super::Sfu;
use crate::{
    event::{End, Event},
    io::Datagram,
    leg::{
        Connection,
        dtls::{DtlsError, Step},
        ice::PathAddress,
    },
    limits::{DATAGRAM_BYTES_MAX, MEDIA_BYTES_MIN, PATH_KEPT_US},
    srtp::Srtp,
};

impl Sfu {
    /// What a datagram is shows in its first byte (RFC 7983 §7).
    pub(super) fn datagram(&mut self, datagram: &Datagram<'_>) {
        let path = PathAddress { over: datagram.over, local: datagram.to, remote: datagram.from };
        let bytes = datagram.bytes;
        let place = self.by_path.get(&path).copied();
        match (bytes.first(), place) {
            (_, _) if bytes.len() > DATAGRAM_BYTES_MAX => self.strangers += 1,
            (Some(0..=3), _) => self.ping(path, bytes),
            (Some(20..=63), Some(place)) => self.dtls(place, path, bytes),
            (Some(128..=191), Some(place)) if bytes.len() >= MEDIA_BYTES_MIN => self.media(place, bytes),
            (Some(_) | None, _) => self.strangers += 1,
        }
    }

    /// A ping is answered when it proves the leg's password; only then is its path the leg's.
    fn ping(&mut self, path: PathAddress, bytes: &[u8]) {
        let Some((place, ping)) = self.pinged(bytes) else {
            self.strangers += 1;
            return;
        };
        if self.is_anothers(path, place) {
            self.strangers += 1;
            return;
        }
        let crypto = self.certificate.crypto();
        let Some(leg) = self.legs.get_mut(place) else { return };
        leg.statistics.datagrams_up += 1;
        leg.statistics.bytes_up += bytes.len() as u64;
        if !leg.is_within_rate(self.now_us) {
            return;
        }
        leg.heard(self.now_us, &mut self.outputs);
        let Some(pong) = leg.ice.take(&ping, path, crypto) else { return };
        leg.send_on(path, pong.bytes, &mut self.outputs);
        if let Some(forgotten) = pong.forgotten {
            self.by_path.remove(&forgotten);
        }
        self.by_path.insert(path, place);
    }

    /// The leg whose ping this is, proved by its password.
    fn pinged<'a>(&self, bytes: &'a [u8]) -> Option<(usize, StunMessage<'a>)> {
        let ping = StunMessage::parse(bytes).ok().filter(StunMessage::is_binding_request)?;
        let (fragment, _) = ping.split_username()?;
        let place = *self.by_fragment.get(fragment)?;
        let leg = self.legs.get(place)?;
        leg.ice.is_proved(&ping, self.certificate.crypto()).then_some((place, ping))
    }

    /// Whether a path belongs to another leg that is still heard.
    fn is_anothers(&self, path: PathAddress, place: usize) -> bool {
        let other = self.by_path.get(&path).filter(|other| **other != place);
        other
            .and_then(|other| self.legs.get(*other))
            .is_some_and(|leg| self.now_us < leg.heard_us + PATH_KEPT_US)
    }

    fn dtls(&mut self, place: usize, path: PathAddress, bytes: &[u8]) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        leg.statistics.datagrams_up += 1;
        leg.statistics.bytes_up += bytes.len() as u64;
        if !leg.handshake_rate.take(self.now_us) {
            leg.statistics.over_rate += 1;
            return;
        }
        let step = leg.dtls.take(bytes, &self.certificate, self.now_us);
        self.stepped(place, path, step);
    }

    /// What came of a step of a leg's DTLS.
    pub(super) fn stepped(&mut self, place: usize, path: PathAddress, step: Result<Step, DtlsError>) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        let step = match step {
            Ok(step) => step,
            Err(error) => {
                self.cut(place, End::Failed { why: error.to_string() });
                return;
            }
        };
        for packet in step.send {
            leg.send_on(path, packet, &mut self.outputs);
        }
        if let Some((exported, profile)) = step.keys {
            match Srtp::new(&exported, profile, self.certificate.crypto()) {
                Ok(srtp) => {
                    leg.connection = Connection::Connected(Box::new(srtp));
                    let took_us = self.now_us - leg.joined_us;
                    let (call, leg) = (leg.call, leg.device);
                    self.event(Event::Connected { call, leg, took_us });
                }
                Err(error) => {
                    self.cut(place, End::Failed { why: error.to_string() });
                    return;
                }
            }
        }
        if step.is_closed {
            self.cut(place, End::Closed);
        } else {
            self.schedule(place);
        }
    }
}
