//! Reads an offer into what the sfu needs of it. Strict: what is not agreed is refused by name, not ignored.

use core::net::SocketAddr;

use super::{
    error::OfferError,
    line::{Lines, Section, shown},
};
use crate::{
    certificate::Fingerprint,
    io::Kind,
    limits::{CANDIDATES_MAX, SLOTS_MAX},
};

/// What an offer says.
#[derive(Debug)]
pub(crate) struct Offer {
    /// The device's name in pings.
    pub(crate) fragment: String,
    /// Of the certificate that its DTLS must prove.
    pub(crate) fingerprint: Fingerprint,
    /// Payload type of Opus.
    pub(crate) opus: u8,
    /// Whether frames that are missing can be asked for.
    pub(crate) asks: Asks,
    /// Whether the device answers our time, so that the round trip shows though it hears nobody.
    pub(crate) echo: Echo,
    /// All m-lines in their order.
    pub(crate) lines: Vec<MediaLine>,
    /// Where the device says it can be reached. Only to name the kind of its path.
    pub(crate) candidates: Vec<(SocketAddr, Kind)>,
}

/// One m-line.
#[derive(Debug)]
pub(crate) struct MediaLine {
    pub(crate) mid: String,
    pub(crate) way: Way,
}

/// Which way frames go in an m-line, seen from the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Sends,
    Receives,
}

/// `a=rtcp-fb nack`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Yes,
    No,
}

/// `a=rtcp-xr:rcvr-rtt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    Yes,
    No,
}

/// Reads an offer.
pub(crate) fn read(text: &str) -> Result<Offer, OfferError> {
    let lines = Lines::read(text)?;
    if lines.all("ice-lite").next().is_some() {
        return Err(OfferError::IceLite);
    }
    let media = media_lines(&lines)?;
    bundled(&lines, &media)?;
    let opus = opus(&lines.sections, &media)?;
    // All m-lines share one transport; the first one's is taken (RFC 9143 §7.2).
    let first = lines.sections.first().ok_or(OfferError::Directions { sendonly: 0, recvonly: 0 })?;
    Ok(Offer {
        fragment: fragment(&lines, first)?,
        fingerprint: fingerprint(&lines, first)?,
        opus,
        asks: if asks(&lines.sections, opus) { Asks::Yes } else { Asks::No },
        echo: if first.all("rtcp-xr").any(|value| value.contains("rcvr-rtt")) { Echo::Yes } else { Echo::No },
        lines: media,
        candidates: candidates(&lines.sections),
    })
}

fn media_lines(lines: &Lines<'_>) -> Result<Vec<MediaLine>, OfferError> {
    let mut media: Vec<MediaLine> = Vec::new();
    for section in &lines.sections {
        let mut words = section.media.split(' ');
        let kind = words.next().unwrap_or("");
        if kind != "audio" {
            return Err(OfferError::NotAudio(shown(kind)));
        }
        let transport = words.nth(1).unwrap_or("");
        if !["UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF"].contains(&transport) {
            return Err(OfferError::OtherTransport(shown(transport)));
        }
        let mid = section.all("mid").next().unwrap_or("");
        let is_token = mid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if mid.is_empty() || mid.len() > 16 || !is_token || media.iter().any(|other| other.mid == mid) {
            return Err(OfferError::Mid);
        }
        let mid = mid.to_owned();
        let way = match (section.has("sendonly"), section.has("recvonly")) {
            (true, false) => Way::Sends,
            (false, true) => Way::Receives,
            (true, true) | (false, false) => return Err(OfferError::Direction { mid }),
        };
        // A line that is in the group or not at all leaves to the first one what they share (RFC 9143 §7.2.2).
        if !section.has("rtcp-mux") && (media.is_empty() || !section.has("bundle-only")) {
            return Err(OfferError::NoRtcpMux { mid });
        }
        media.push(MediaLine { mid, way });
    }
    let sendonly = media.iter().filter(|line| line.way == Way::Sends).count();
    let recvonly = media.len() - sendonly;
    if sendonly != 1 || recvonly == 0 || recvonly > SLOTS_MAX {
        return Err(OfferError::Directions { sendonly, recvonly });
    }
    Ok(media)
}

fn bundled(lines: &Lines<'_>, media: &[MediaLine]) -> Result<(), OfferError> {
    let group = lines.all("group").find_map(|group| group.strip_prefix("BUNDLE")).unwrap_or("");
    match media.iter().find(|line| !group.split(' ').any(|mid| mid == line.mid)) {
        Some(line) => Err(OfferError::NotBundled { mid: line.mid.clone() }),
        None => Ok(()),
    }
}

/// The payload type, which is the same in all m-lines.
fn opus(sections: &[Section<'_>], media: &[MediaLine]) -> Result<u8, OfferError> {
    let mut agreed = None;
    for (section, line) in sections.iter().zip(media) {
        let got = opus_of(section, &line.mid)?;
        let expected = *agreed.get_or_insert(got);
        if got != expected {
            return Err(OfferError::OtherPayloadType { expected, got });
        }
    }
    agreed.ok_or(OfferError::Directions { sendonly: 0, recvonly: 0 })
}

fn opus_of(section: &Section<'_>, mid: &str) -> Result<u8, OfferError> {
    let other = |name: &str| OfferError::OtherCodec(shown(name));
    let mut opus = None;
    for named in section.media.split(' ').skip(3) {
        let number: u8 = named.parse().ok().filter(|number| *number < 128).ok_or_else(|| other(named))?;
        let codec = section
            .all("rtpmap")
            .find_map(|line| line.split_once(' ').filter(|(of, _)| *of == named).map(|(_, codec)| codec));
        // A number without a name is one of the old fixed ones.
        let codec = codec.ok_or_else(|| other(named))?;
        if !codec.eq_ignore_ascii_case("opus/48000/2") {
            return Err(other(codec));
        }
        if opus.replace(number).is_some() {
            return Err(other("opus twice"));
        }
    }
    opus.ok_or_else(|| OfferError::NoOpus { mid: mid.to_owned() })
}

/// Whether every m-line knows `nack` for Opus: who sends answers it, who receives says it.
fn asks(sections: &[Section<'_>], opus: u8) -> bool {
    let mut words = [opus.to_string(), "*".to_owned()];
    words.iter_mut().for_each(|word| word.push_str(" nack"));
    sections.iter().all(|section| section.all("rtcp-fb").any(|value| words.iter().any(|word| word == value)))
}

fn fragment(lines: &Lines<'_>, first: &Section<'_>) -> Result<String, OfferError> {
    let fragment = lines.either(first, "ice-ufrag").unwrap_or("");
    let password = lines.either(first, "ice-pwd").unwrap_or("");
    let is_ice = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    let fits = (4..=256).contains(&fragment.len()) && (22..=256).contains(&password.len());
    if fits && is_ice(fragment) && is_ice(password) { Ok(fragment.to_owned()) } else { Err(OfferError::Ice) }
}

fn fingerprint(lines: &Lines<'_>, first: &Section<'_>) -> Result<Fingerprint, OfferError> {
    let setup = lines.either(first, "setup").unwrap_or("");
    if !["actpass", "active"].contains(&setup) {
        return Err(OfferError::Setup(shown(setup)));
    }
    let hexadecimal = first
        .all("fingerprint")
        .chain(lines.all("fingerprint"))
        .filter_map(|value| value.split_once(' '))
        .find(|(function, _)| function.eq_ignore_ascii_case("sha-256"))
        .map(|(_, hexadecimal)| hexadecimal)
        .ok_or(OfferError::Fingerprint)?;
    let mut bytes = [0; 32];
    let mut pairs = hexadecimal.split(':');
    for byte in &mut bytes {
        let pair = pairs.next().filter(|pair| pair.len() == 2).ok_or(OfferError::Fingerprint)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| OfferError::Fingerprint)?;
    }
    if pairs.next().is_some() { Err(OfferError::Fingerprint) } else { Ok(Fingerprint(bytes)) }
}

/// Those with an address of their own; names that only the device's own network knows are left out.
fn candidates(sections: &[Section<'_>]) -> Vec<(SocketAddr, Kind)> {
    let all = sections.iter().flat_map(|section| section.all("candidate"));
    all.filter_map(candidate).take(CANDIDATES_MAX).collect()
}

/// `foundation component transport priority address port typ kind …` (RFC 8839 §5.1).
fn candidate(value: &str) -> Option<(SocketAddr, Kind)> {
    let mut words = value.split(' ').skip(4);
    let address = words.next()?.parse().ok()?;
    let port = words.next()?.parse().ok()?;
    let kind = match words.nth(1)? {
        "host" => Kind::Host,
        "srflx" => Kind::ServerReflexive,
        "relay" => Kind::Relayed,
        _ => return None,
    };
    Some((SocketAddr::new(address, port), kind))
}
