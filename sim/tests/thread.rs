//! The thin thread: a desk is founded, people join, one package goes from request to closed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first thing that is not as it must be"
)]

use chancery_desk::act::Role;
use chancery_sim::world::World;

#[test]
fn a_founded_desk_has_its_offices_names_and_vaults() {
    let mut world = World::found(1, &["Asta", "Bodil"]);
    for name in ["Asta", "Bodil"] {
        assert_eq!(world.device(name).alarm_names(), Vec::<&str>::new());
    }
    let people = chancery_participant::view::people::people(&world.device("Bodil").participant);
    let names: Vec<_> = people.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Asta", "Bodil"]);
    assert_eq!(chancery_participant::view::pending::pending(&world.device("Asta").participant), []);
}

#[test]
fn somebody_who_joins_reads_the_directory() {
    let mut world = World::found(2, &["Asta", "Bodil"]);
    world.join("Asta", "Peder", &[Role::Principal]);
    world.join("Asta", "Dagny", &[Role::DutyOfficer]);
    let people = chancery_participant::view::people::people(&world.device("Peder").participant);
    let names: Vec<_> = people.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Asta", "Bodil", "Dagny", "Peder"]);
    for name in ["Asta", "Bodil", "Peder", "Dagny"] {
        assert_eq!(world.device(name).alarm_names(), Vec::<&str>::new(), "{name}");
    }
}
