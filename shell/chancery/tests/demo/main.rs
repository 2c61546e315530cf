//! The demo's data hang together: everybody who is named is in the cast, and the story is one that the desk admits.

#![cfg(test)]

use std::collections::BTreeSet;

use chancery::demo::{
    cast::Cast,
    past,
    story::{self, Deed},
};
use chancery_desk::act::{OfficePurpose, Role};
use chancery_seal::body::{mark::Rank, record::When};

/// 22 November 2026, 12:00 UTC.
const NOW_MS: i64 = 1_795_348_800_000;

#[test]
fn the_cast_has_everybody_whom_a_desk_needs() {
    let cast = Cast::load().unwrap();
    let with = |role: Role| cast.people.iter().filter(|person| person.roles.contains(&role)).count();
    assert_eq!(with(Role::Principal), 1);
    assert_eq!((with(Role::DutyOfficer), with(Role::NoteTaker), with(Role::Adviser)), (1, 2, 1));
    assert_eq!((with(Role::DeskOfficer), with(Role::RecordsOfficer), with(Role::SecurityOfficer)), (1, 1, 2));
    assert!(usize::from(cast.custodians_needed) < cast.custodians().count());
    assert_eq!(cast.counterparts.len(), 3);
    let keys =
        cast.people.iter().map(|person| &person.key).chain(cast.counterparts.iter().map(|far| &far.key));
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), cast.people.len() + cast.counterparts.len());
    for purpose in
        [OfficePurpose::Directory, OfficePurpose::Security, OfficePurpose::DutyDesk, OfficePurpose::Records]
    {
        assert_eq!(cast.offices.iter().filter(|office| office.purpose == purpose).count(), 1, "{purpose:?}");
    }
    for office in &cast.offices {
        assert!(office.members.iter().all(|member| cast.person(member).is_some()), "{office:?}");
    }
}

#[test]
fn forty_past_calls_lie_in_three_years_and_say_something() {
    let (cast, calls) = (Cast::load().unwrap(), past::load().unwrap());
    assert_eq!(calls.len(), 40);
    let ids: BTreeSet<String> = calls.iter().map(past::PastCall::id).collect();
    assert_eq!(ids.len(), 40);
    let mut before = 0;
    for call in &calls {
        let began_ms = call.began_ms(NOW_MS).unwrap();
        assert!(before < began_ms && began_ms < NOW_MS, "{} is out of order", call.subject);
        assert!(NOW_MS - began_ms < 3 * 366 * 24 * 3_600_000);
        before = began_ms;
        let closed = call.closed(&cast, NOW_MS, Rank(1)).unwrap();
        assert!(closed.mark.level <= Rank(1));
        assert_eq!(closed.when, When::At(began_ms));
        let telcon = closed.telcon.unwrap();
        assert!((3..=6).contains(&telcon.statements.len()), "{}", call.subject);
        assert_eq!(closed.commitments.len(), call.ours.len() + call.theirs.len());
    }
    assert!(calls.iter().any(|call| call.ours.is_empty()) && calls.iter().any(|call| call.theirs.is_empty()));
}

#[test]
fn the_story_names_only_who_and_what_is_known_by_then() {
    let cast = Cast::load().unwrap();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let reader = |key: &String| cast.person(key).is_some() || cast.office(key).is_some();
    for step in story::load().unwrap() {
        assert!(cast.person(&step.who).is_some(), "{step:?}");
        let (needs, gives) = names(&step.does);
        for need in needs {
            assert!(known.contains(&need), "{need} is not known yet: {step:?}");
        }
        known.extend(gives);
        if let Deed::CallRequested { with, readers, .. } = &step.does {
            assert!(cast.counterpart(with).is_some() && readers.iter().all(reader), "{step:?}");
        }
        if let Deed::PartyInvited { party, .. } = &step.does {
            assert!(cast.person(party).is_some() || cast.counterpart(party).is_some(), "{step:?}");
        }
    }
}

/// What a deed needs from earlier steps, and what it gives to later ones.
fn names(deed: &Deed) -> (Vec<String>, Vec<String>) {
    let key = |kind: &str, key: &str| format!("{kind} {key}");
    let some = |kind: &str, name: &Option<String>| name.iter().map(|name| key(kind, name)).collect();
    let brief = |version: &u32| vec![key("brief", &version.to_string())];
    match deed {
        Deed::BriefWritten { version, .. } => (vec![], brief(version)),
        Deed::ClearanceAsked { clearance, version, .. } => {
            (brief(version), vec![key("clearance", clearance)])
        }
        Deed::ClearanceGiven { clearance, .. } => (vec![key("clearance", clearance)], vec![]),
        Deed::BriefIssued { version } | Deed::BriefRead { version } => (brief(version), vec![]),
        Deed::PartyInvited { party, .. } => (vec![], vec![key("party", party)]),
        Deed::PartyArrived { party } | Deed::PartyAdmitted { party } | Deed::LineReported { party, .. } => {
            (vec![key("party", party)], vec![])
        }
        Deed::NoteTaken { note, instead_of, .. } => (some("note", instead_of), vec![key("note", note)]),
        Deed::CommitmentMade { commitment, note, .. } => {
            (some("note", note), vec![key("commitment", commitment)])
        }
        Deed::CommitmentSettled { commitment, .. } => (vec![key("commitment", commitment)], vec![]),
        Deed::DueOutTasked { due_out, commitment, .. } => {
            (some("commitment", commitment), vec![key("due-out", due_out)])
        }
        Deed::DueOutDone { due_out, .. } => (vec![key("due-out", due_out)], vec![]),
        Deed::TelconWritten { version, .. } => (vec![], vec![key("telcon", &version.to_string())]),
        Deed::TelconApproved { version } => (vec![key("telcon", &version.to_string())], vec![]),
        Deed::ReadoutSent { readout, .. } => (vec![], vec![key("readout", readout)]),
        Deed::ReadoutRead { readout } => (vec![key("readout", readout)], vec![]),
        Deed::DutyTaken { .. }
        | Deed::CallRequested { .. }
        | Deed::CardPassed { .. }
        | Deed::CallAnswered {}
        | Deed::CallEnded { .. }
        | Deed::WrapUpGiven { .. }
        | Deed::PackageClosed {}
        | Deed::ClosedAgreed {} => (vec![], vec![]),
    }
}

#[test]
fn a_brief_and_a_telcon_come_out_whole() {
    let cast = Cast::load().unwrap();
    for step in story::load().unwrap() {
        if let Deed::BriefWritten { brief, .. } = &step.does {
            let brief = brief.brief(Rank(2));
            assert!(!brief.talking_points.is_empty() && !brief.if_asked.is_empty());
            assert!(!brief.can_promise.is_empty() && !brief.red_lines.is_empty());
        }
        if let Deed::TelconWritten { telcon, .. } = &step.does {
            let statements = telcon.statements(&cast, "derevi");
            assert!(statements.iter().any(|said| said.by == "Edda Rosvall"));
            assert!(statements.iter().any(|said| said.by == "Oskan Derevi"));
        }
    }
}
