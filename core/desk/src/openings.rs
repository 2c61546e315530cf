//! Opening a package: a call, a debrief or an imported record, always with its vault and its readers.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::{CounterpartId, Digest, PackageId, PersonId};
use chancery_seal::{body::mark::Rank, vault::Reader};

use crate::{
    act::{Act, CallEnd, CallKind, Opening, Role, imported_package},
    calls::Stage,
    case::Case,
    closing::Closed,
    counterparts, generations,
    package::{Nature, Package},
    people,
    refusal::Refusal,
    said::{Place, Said},
    trust::Trust,
    vaults::VaultState,
};

pub(crate) fn admit_call(
    case: &Case<'_>,
    principal: PersonId,
    counterpart: CounterpartId,
    opening: &Opening,
) -> Result<(), Refusal> {
    people::needs_role(case.trust, principal, &[Role::Principal])?;
    // Promise 4: the principal is not refused because a list says that somebody is not offered any more.
    match case.is(principal) && case.trust.counterparts.contains_key(&counterpart) {
        true => {}
        false => counterparts::needs_current(case.trust, counterpart)?,
    }
    admit_opening(case, Some(principal), opening)
}

pub(crate) fn admit_debrief(case: &Case<'_>, principal: PersonId, opening: &Opening) -> Result<(), Refusal> {
    people::needs_role(case.trust, principal, &[Role::Principal])?;
    admit_opening(case, Some(principal), opening)
}

pub(crate) fn admit_import(case: &Case<'_>, record: &Digest, opening: &Opening) -> Result<(), Refusal> {
    let expected = imported_package(record);
    match case.said.package() {
        Some(got) if got != expected => Err(Refusal::ImportedName { expected, got }),
        Some(_) | None => admit_opening(case, None, opening),
    }
}

/// Who must be able to read: the principal and, by the rules, the standing readers who still are at the desk.
pub fn standing_readers(trust: &Trust, principal: Option<PersonId>) -> BTreeSet<Reader> {
    let standing = trust.rules().standing_readers.iter().copied().filter(|reader| match reader {
        Reader::Person(person) => trust.at_desk(*person),
        Reader::Office(_) => true,
        Reader::Device(_) => false,
    });
    standing.chain(principal.map(Reader::Person)).collect()
}

fn admit_opening(case: &Case<'_>, principal: Option<PersonId>, opening: &Opening) -> Result<(), Refusal> {
    needs_level(case.trust, opening.level)?;
    for reader in &opening.readers {
        case.needs_nameable(*reader)?;
    }
    let standing = standing_readers(case.trust, principal);
    if !standing.is_subset(&opening.readers) {
        return Err(Refusal::StandingReaders(standing));
    }
    let (person, vault) = (case.person()?, case.package_vault()?);
    if !Package::is_among(case.trust, &opening.readers, person) {
        let package = case.package_id()?;
        return Err(Refusal::NotAReader { person, package });
    }
    generations::admit_first(case, vault, &opening.readers, &opening.vault)
}

/// A level that the scheme has.
pub(crate) fn needs_level(trust: &Trust, level: Rank) -> Result<(), Refusal> {
    let ranks = trust.ranks;
    if level.0 < ranks { Ok(()) } else { Err(Refusal::UnknownLevel { level, ranks }) }
}

impl Package {
    /// The package that an admitted opening act opens; none for any other act.
    pub fn open(said: &Said, place: &Place) -> Option<Self> {
        let id = said.package()?;
        let opening = said.act.opening()?;
        #[allow(clippy::wildcard_enum_match_arm, reason = "`Act::opening` already chose the acts that open")]
        let (nature, stage) = match &said.act {
            Act::CallRequested { principal, counterpart, kind, .. } => {
                let stage = match kind {
                    CallKind::Planned { .. } => Stage::Requested,
                    CallKind::Unannounced => Stage::Live,
                };
                (Nature::Call { principal: *principal, counterpart: *counterpart, kind: *kind }, stage)
            }
            Act::DebriefGiven { principal, .. } => (Nature::Debrief { principal: *principal }, Stage::Ended),
            Act::PackageImported { record, .. } => (Nature::Imported { record: *record }, Stage::Closed),
            _ => return None,
        };
        let mut package = empty(id, nature, stage, said, place);
        package.class = opening.class;
        package.level = opening.level;
        package.readers.clone_from(&opening.readers);
        package.vault.apply_made(said, &opening.vault);
        Some(package)
    }
}

fn empty(id: PackageId, nature: Nature, stage: Stage, said: &Said, place: &Place) -> Package {
    let over = !matches!(nature, Nature::Call { .. });
    let closed = Closed { count: 0, by: said.author, act: said.digest, agreed: BTreeMap::new() };
    Package {
        id,
        nature,
        opened: *place,
        opened_by: said.author,
        opening: said.digest,
        class: 0,
        level: Rank(0),
        readers: BTreeSet::new(),
        vault: VaultState::default(),
        stage,
        answered_ms: None,
        end: over.then_some(CallEnd::Ended),
        ended_ms: over.then_some(place.logged_ms),
        cleared: false,
        briefs: Vec::new(),
        clearances: BTreeMap::new(),
        parties: BTreeMap::new(),
        guests: BTreeMap::new(),
        rung_ms: (stage == Stage::Live).then_some(place.logged_ms),
        dealings: Vec::new(),
        cards: Vec::new(),
        notes: Vec::new(),
        wrap_ups: Vec::new(),
        telcons: Vec::new(),
        commitments: BTreeMap::new(),
        due_outs: BTreeMap::new(),
        readouts: BTreeMap::new(),
        closed: matches!(nature, Nature::Imported { .. }).then_some(closed),
        counters: BTreeMap::from([(said.author, said.counter)]),
        count: 1,
    }
}
