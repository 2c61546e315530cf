//! All legs of one sfu, each at a place of its own.

use crate::leg::{Leg, LegAt};

/// Places, and the legs at them.
#[derive(Default)]
pub(crate) struct Legs {
    places: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    counted: u64,
}

impl Legs {
    /// Where the next leg goes. [`Self::put`] it there before asking again.
    pub(crate) fn next_at(&mut self) -> LegAt {
        self.counted += 1;
        let place = self.free.last().copied().unwrap_or(self.places.len());
        LegAt { place, number: self.counted }
    }

    /// Puts a leg to its place.
    pub(crate) fn put(&mut self, leg: Leg) {
        let place = leg.at.place;
        self.free.retain(|free| *free != place);
        if place >= self.places.len() {
            self.places.resize_with(place + 1, || None);
        }
        if let Some(at) = self.places.get_mut(place) {
            *at = Some(Box::new(leg));
        }
    }

    /// Takes a leg away.
    pub(crate) fn take(&mut self, place: usize) -> Option<Box<Leg>> {
        let leg = self.places.get_mut(place)?.take()?;
        self.free.push(place);
        Some(leg)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Leg> {
        self.places.get(place)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Leg> {
        self.places.get_mut(place)?.as_deref_mut()
    }

    /// Two different legs, the second one to read, if it is still the one at its place.
    pub(crate) fn two(&mut self, one: usize, other: LegAt) -> Option<(&mut Leg, Option<&Leg>)> {
        let [one, second] = self.places.get_disjoint_mut([one, other.place]).ok()?;
        let second = second.as_deref().filter(|leg| leg.at == other);
        one.as_deref_mut().map(|one| (one, second))
    }
}
