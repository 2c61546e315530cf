//! What the story's names stand for: the ids that the runner drew for people, offices, calls and promises.

use std::{collections::BTreeMap, fmt::Display};

use chancery_log::id::{
    ClearanceId, CommitmentId, CounterpartId, DirectLineId, DueOutId, OfficeId, PackageId, PartyId, PersonId,
    ReadoutId,
};

/// Names and their ids.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) people: BTreeMap<String, PersonId>,
    pub(super) counterparts: BTreeMap<String, CounterpartId>,
    pub(super) lines: BTreeMap<String, DirectLineId>,
    pub(super) offices: BTreeMap<String, OfficeId>,
    pub(super) packages: BTreeMap<String, PackageId>,
    pub(super) parties: BTreeMap<(PackageId, String), PartyId>,
    pub(super) clearances: BTreeMap<(PackageId, String), ClearanceId>,
    pub(super) commitments: BTreeMap<(PackageId, String), CommitmentId>,
    pub(super) due_outs: BTreeMap<(PackageId, String), DueOutId>,
    pub(super) readouts: BTreeMap<(PackageId, String), ReadoutId>,
    told: BTreeMap<String, String>,
}

/// Looks a name up; the error lists the names there are.
pub(super) fn find<K: Ord + Clone + Display, V: Copy>(
    what: &str,
    map: &BTreeMap<K, V>,
    name: &K,
) -> Result<V, String> {
    map.get(name).copied().ok_or_else(|| {
        let known: Vec<String> = map.keys().map(ToString::to_string).collect();
        format!("the story knows no {what} {name:?}; it knows: {}", known.join(", "), name = name.to_string())
    })
}

/// The same for what belongs to one package.
pub(super) fn find_in<V: Copy>(
    what: &str,
    map: &BTreeMap<(PackageId, String), V>,
    package: PackageId,
    name: &str,
) -> Result<V, String> {
    map.get(&(package, name.to_owned())).copied().ok_or_else(|| {
        let known: Vec<_> =
            map.keys().filter(|(of, _)| *of == package).map(|(_, name)| name.as_str()).collect();
        format!("this package knows no {what} {name:?}; it knows: {}", known.join(", "))
    })
}

impl Names {
    /// Remembers how an id is told.
    pub(super) fn tell(&mut self, id: impl Display, name: &str) {
        self.told.insert(id.to_string(), name.to_owned());
    }

    /// A sentence with names in place of the ids that the story knows.
    pub(super) fn plain(&self, text: &str) -> String {
        let mut plain = text.to_owned();
        for (id, name) in &self.told {
            plain = plain.replace(id, name);
        }
        plain
    }
}
