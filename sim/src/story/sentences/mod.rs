//! Every sentence that a story can say, one file for each noun. A sentence is a pattern and what it does.

mod briefs;
mod calls;
mod closing;
mod counterparts;
mod custody;
mod desk;
mod devices;
mod duty;
mod guests;
mod network;
mod notes;
mod offices;
mod parties;
mod people;
mod promises;
mod readers;
mod readouts;
mod shows;
mod tapes;
mod telcons;

use super::{pattern::Caught, telling::Telling};

/// Carries a sentence out.
pub(super) type Does = fn(&mut Telling, &Caught<'_>) -> Result<(), String>;

/// A pattern, and what it does.
pub(super) struct Says(pub(super) &'static str, pub(super) Does);

/// All sentences. Where two patterns fit, the earlier one counts.
pub(super) fn all() -> impl Iterator<Item = &'static Says> {
    [
        desk::SAYS,
        people::SAYS,
        offices::SAYS,
        telcons::SAYS,
        devices::SAYS,
        custody::SAYS,
        duty::SAYS,
        counterparts::SAYS,
        readers::SAYS,
        briefs::SAYS,
        guests::SAYS,
        tapes::SAYS,
        parties::SAYS,
        notes::SAYS,
        promises::SAYS,
        readouts::SAYS,
        closing::SAYS,
        calls::SAYS,
        network::SAYS,
        shows::SAYS,
    ]
    .into_iter()
    .flatten()
}
