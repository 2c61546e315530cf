//! Offices: one for each purpose that the desk needs, members by security officers only.

use chancery_desk::{
    act::{Act, OfficePurpose},
    refusal::{Refusal, Thing},
};
use chancery_log::id::{OfficeId, PersonId};

use crate::world::{COUNSEL, DIRECTORY, DUTY, NOTES, OFFICER_A, World};

const NEW: OfficeId = OfficeId([50; 16]);

#[test]
fn the_four_offices_of_a_desk_are_made_once_and_others_as_often_as_needed() {
    let mut world = World::staffed();
    let make = |office, purpose| Act::OfficeMade { office, purpose };
    let second = world.trust_refusal(OFFICER_A, make(NEW, OfficePurpose::Directory));
    assert_eq!(second, Refusal::AlreadyThere(Thing::OfficeFor(OfficePurpose::Directory)));
    let same = world.trust_refusal(OFFICER_A, make(COUNSEL, OfficePurpose::Other));
    assert_eq!(same, Refusal::AlreadyThere(Thing::Office(COUNSEL)));
    world.trust(OFFICER_A, make(NEW, OfficePurpose::Other));
    assert_eq!(world.desk.trust.office_by_purpose(OfficePurpose::Directory), Some(DIRECTORY));
    assert!(matches!(
        world.trust_refusal(DUTY, make(OfficeId([51; 16]), OfficePurpose::Other)),
        Refusal::NeedsRole { .. }
    ));
}

#[test]
fn members_come_and_go() {
    let mut world = World::staffed();
    let add = |office, person| Act::OfficeMemberAdded { office, person };
    let remove = |office, person| Act::OfficeMemberRemoved { office, person };
    world.trust(OFFICER_A, add(COUNSEL, DUTY));
    assert_eq!(
        world.trust_refusal(OFFICER_A, add(COUNSEL, DUTY)),
        Refusal::AlreadyThere(Thing::Member(COUNSEL, DUTY))
    );
    world.trust(OFFICER_A, remove(COUNSEL, DUTY));
    assert_eq!(
        world.trust_refusal(OFFICER_A, remove(COUNSEL, DUTY)),
        Refusal::NotAMember { person: DUTY, office: COUNSEL }
    );
    assert_eq!(world.trust_refusal(OFFICER_A, add(NEW, DUTY)), Refusal::UnknownOffice(NEW));
    let nobody = PersonId([90; 16]);
    assert_eq!(world.trust_refusal(OFFICER_A, add(COUNSEL, nobody)), Refusal::UnknownPerson(nobody));
}

#[test]
fn an_office_is_described_in_the_directory() {
    let mut world = World::staffed();
    let described = world.trust(OFFICER_A, Act::OfficeDescribed { office: COUNSEL });
    assert_eq!(world.desk.trust.offices()[&COUNSEL].described, Some(described));
    assert_eq!(
        world.trust_refusal(OFFICER_A, Act::OfficeDescribed { office: NEW }),
        Refusal::UnknownOffice(NEW)
    );
    assert!(matches!(
        world.trust_refusal(NOTES, Act::OfficeDescribed { office: COUNSEL }),
        Refusal::NeedsRole { .. }
    ));
}

#[test]
fn nothing_is_described_before_there_is_a_directory() {
    let world = World::founded();
    let refusal = world.trust_refusal(OFFICER_A, Act::ProfileSet { ranks: 4 });
    assert_eq!(refusal, Refusal::NoOfficeYet(OfficePurpose::Directory));
}
