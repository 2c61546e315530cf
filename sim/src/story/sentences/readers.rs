//! Who reads a package, and its level.

use std::collections::BTreeSet;

use chancery_desk::act::Act;
use chancery_seal::vault::Reader;

use super::{
    Says,
    calls::{bare, each_holder},
};
use crate::story::{
    pattern::Caught,
    telling::Telling,
    words::{level, level_name, list},
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> lets <names> read from now on", |telling, caught| {
        let readers = readers(telling, caught.get("names"))?;
        bare(telling, caught, Act::ReadersAdded { readers, from_now: true })
    }),
    Says("<who> lets <names> read", |telling, caught| {
        let readers = readers(telling, caught.get("names"))?;
        bare(telling, caught, Act::ReadersAdded { readers, from_now: false })
    }),
    Says("<who> takes <names> off the readers", |telling, caught| {
        let readers = readers(telling, caught.get("names"))?;
        bare(telling, caught, Act::ReadersRemoved { readers })
    }),
    Says("<who> sets the level to <level>", |telling, caught| {
        let level = level(caught.get("level"))?;
        bare(telling, caught, Act::LevelSet { level })
    }),
    Says("The level is <level>", |telling: &mut Telling, caught: &Caught<'_>| {
        let expected = level(caught.get("level"))?;
        each_holder(telling, |package, _| {
            if package.level() == expected { Ok(()) } else { Err(level_name(package.level())) }
        })
    }),
];

/// People by name, offices as "the office Records".
pub(super) fn readers(telling: &Telling, names: &str) -> Result<BTreeSet<Reader>, String> {
    let names = list(names);
    let readers = names.iter().map(|name| match name.strip_prefix("the office ") {
        Some(office) => Ok(Reader::Office(telling.office(office)?)),
        None => Ok(Reader::Person(telling.person(name)?)),
    });
    readers.collect()
}
