//! Summing a call up: the closed package, made from the acts of its scope and the words beside them. A second reader makes
//! it again from the same acts and compares.

use chancery_desk::package::Package;
use chancery_log::id::{Digest, PackageId, Scope};
use chancery_participant::{participant::Participant, view::names::Names};
use chancery_seal::body::{
    Body,
    mark::Mark,
    record::{ClosedCommitment, ClosedPackage, When},
};

/// Why a closed package can not be agreed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// Not closed, or closed elsewhere.
    #[error("the package was not closed at this desk: there is nothing to agree to")]
    NotClosed,
    /// Its words are not open here.
    #[error("this device can not open the closed package: it must read it before it agrees")]
    Sealed,
    /// The acts say something else.
    #[error("the closed package differs from what its acts say in: {0}; it was not agreed to")]
    Differs(String),
}

/// The closed package of what this device holds now, and how many entries it sums up.
pub fn sum_up(participant: &Participant, id: PackageId) -> Option<(ClosedPackage, u64)> {
    let package = participant.ledger().package(id)?;
    Some((closed(participant, package), package.count()))
}

/// Replays the acts that the closing sums up and compares. The digest of the closing act, to agree to.
pub fn replay(participant: &Participant, id: PackageId) -> Result<Digest, Disagreement> {
    let package = participant.ledger().package(id).ok_or(Disagreement::NotClosed)?;
    let known = package.closed().filter(|known| known.count > 0).ok_or(Disagreement::NotClosed)?;
    #[allow(clippy::wildcard_enum_match_arm, reason = "the act that closes has one kind of body")]
    let stated = match participant.bodies().get(known.act, 0) {
        Some(Body::ClosedPackage(stated)) => stated,
        _ => return Err(Disagreement::Sealed),
    };
    let mut entries =
        participant.ledger().entries(Scope::Package(id)).iter().zip(0..known.count).map(|(entry, _)| entry);
    let first = entries.next().ok_or(Disagreement::NotClosed)?;
    let mut replayed = Package::open(&first.said, &first.place).ok_or(Disagreement::NotClosed)?;
    for entry in entries {
        replayed.apply(&entry.said, &entry.place);
    }
    match differences(stated, &closed(participant, &replayed)) {
        differ if differ.is_empty() => Ok(known.act),
        differ => Err(Disagreement::Differs(differ.join(", "))),
    }
}

fn differences(stated: &ClosedPackage, replayed: &ClosedPackage) -> Vec<&'static str> {
    let parts = [
        ("with whom", stated.with == replayed.with),
        ("when", stated.when == replayed.when),
        ("request", stated.request == replayed.request),
        ("brief", stated.brief == replayed.brief),
        ("notes", stated.notes == replayed.notes),
        ("telcon", stated.telcon == replayed.telcon),
        ("commitments", stated.commitments == replayed.commitments),
        ("readouts", stated.readouts == replayed.readouts),
        ("roster", stated.roster == replayed.roster),
        ("line reports", stated.line_reports == replayed.line_reports),
        ("mark", stated.mark == replayed.mark),
        ("origin", stated.origin == replayed.origin),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(part, _)| part).collect()
}

#[allow(clippy::wildcard_enum_match_arm, reason = "each act has one kind of body; another one is left out")]
fn closed(participant: &Participant, package: &Package) -> ClosedPackage {
    let names = Names::of(participant);
    let body = |act: Digest, place: u16| participant.bodies().get(act, place);
    let request = match body(package.opening(), 1) {
        Some(Body::Request(request)) => Some(request.clone()),
        _ => None,
    };
    let brief = package.issued_brief().and_then(|brief| match body(brief.act, 0) {
        Some(Body::Brief(words)) => Some(words.clone()),
        _ => None,
    });
    let notes =
        package.notes().iter().filter(|note| !note.replaced).filter_map(|note| match body(note.act, 0) {
            Some(Body::Note(words)) => Some((names.author(note.by).to_owned(), words.clone())),
            _ => None,
        });
    let telcon = package.approved_telcon().and_then(|telcon| match body(telcon.act, 0) {
        Some(Body::Telcon(words)) => Some(words.clone()),
        _ => None,
    });
    let commitments = package.commitments().values().filter_map(|made| match body(made.act, 0) {
        Some(Body::Commitment(words)) => {
            let state = match made.settled {
                None => "open",
                Some((true, _)) => "kept",
                Some((false, _)) => "dropped",
            };
            Some(ClosedCommitment { commitment: words.clone(), state: state.to_owned() })
        }
        _ => None,
    });
    let readouts = package.readouts().values().filter_map(|readout| match body(readout.act, 0) {
        Some(Body::Readout(words)) => Some(words.clone()),
        _ => None,
    });
    let reports = package.parties().values().filter_map(|party| match body(party.report?, 0) {
        Some(Body::LineReport(words)) => Some(words.clone()),
        _ => None,
    });
    let began_ms = package.answered_ms().unwrap_or(package.opened().logged_ms);
    let request_mark = request.as_ref().map(|request| request.mark.clone()).unwrap_or_default();
    ClosedPackage {
        with: package.counterpart().map_or_else(String::new, |far| with(&names, far)),
        when: i64::try_from(began_ms).map_or(When::Unknown, When::At),
        brief,
        notes: notes.collect(),
        telcon,
        commitments: commitments.collect(),
        readouts: readouts.collect(),
        roster: roster(&names, package),
        line_reports: reports.collect(),
        mark: Mark { level: package.level(), ..request_mark },
        request,
        origin: None,
    }
}

/// Name and country or organisation.
fn with(names: &Names, counterpart: chancery_log::id::CounterpartId) -> String {
    match names.counterpart_profile(counterpart) {
        Some(profile) => format!("{}, {}", profile.name, profile.of),
        None => names.counterpart(counterpart).to_owned(),
    }
}

fn roster(names: &Names, package: &Package) -> Vec<String> {
    use chancery_desk::act::{LineKind, PartyRole, Who};
    let line = |party: &chancery_desk::parties::Party| {
        let who = match party.who {
            Who::Person(person) => names.person(person),
            Who::Counterpart(counterpart) => names.counterpart(counterpart),
        };
        let role = match party.role {
            PartyRole::Principal => "principal",
            PartyRole::Counterpart => "counterpart",
            PartyRole::Interpreter => "interpreter",
            PartyRole::NoteTaker => "note-taker",
            PartyRole::Adviser => "adviser",
            PartyRole::DutyOfficer => "duty officer",
        };
        let by = match party.line {
            LineKind::Secure => "secure line",
            LineKind::Guest => "guest line",
            LineKind::Open => "open line",
        };
        format!("{who}, {role}, {by}")
    };
    package.parties().values().map(line).collect()
}
