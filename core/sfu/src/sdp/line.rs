//! SDP in lines: what belongs to the whole, what to each m-line.

use super::error::OfferError;
use crate::limits::{OFFER_BYTES_MAX, OFFER_LINES_MAX, SLOTS_MAX};

/// What error messages show of what an offer said.
const SHOWN_CHARACTERS: usize = 40;

/// One m-line and what follows it.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// After `m=`.
    pub(super) media: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

/// An offer in lines.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    whole: Vec<(&'a str, &'a str)>,
    /// The m-lines.
    pub(super) sections: Vec<Section<'a>>,
}

impl<'a> Lines<'a> {
    /// Cuts an offer into its lines.
    pub(super) fn read(offer: &'a str) -> Result<Self, OfferError> {
        if offer.len() > OFFER_BYTES_MAX {
            return Err(OfferError::TooLong(offer.len()));
        }
        let mut lines = Self { whole: Vec::new(), sections: Vec::new() };
        for (place, line) in offer.lines().enumerate() {
            if place >= OFFER_LINES_MAX {
                return Err(OfferError::TooManyLines);
            }
            let line = line.trim_end();
            if line.is_empty() {
                continue;
            }
            match line.split_once('=') {
                Some(("m", media)) => {
                    lines.sections.push(Section { media, attributes: Vec::new() });
                }
                Some(("a", attribute)) => {
                    let to = lines.sections.last_mut().map_or(&mut lines.whole, |last| &mut last.attributes);
                    to.push(attribute.split_once(':').unwrap_or((attribute, "")));
                }
                Some((kind, _)) if kind.len() == 1 && kind.is_ascii() => {}
                Some(_) | None => return Err(OfferError::NotSdp(place + 1)),
            }
        }
        // One more than is allowed, so that the refusal can say how many there are.
        lines.sections.truncate(2 * SLOTS_MAX + 2);
        Ok(lines)
    }

    /// All values of an attribute of the whole.
    pub(super) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'a str> + 'b {
        self.whole.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The value of an attribute that stands with the m-line or, for all of them, at the top.
    pub(super) fn either(&self, section: &Section<'a>, name: &str) -> Option<&'a str> {
        section.all(name).next().or_else(|| self.all(name).next())
    }
}

impl<'a> Section<'a> {
    /// All values of an attribute.
    pub(super) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'a str> + 'b {
        self.attributes.iter().filter(move |(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Whether it is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

/// What an error message may show of what came.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(SHOWN_CHARACTERS).collect()
}
