//! A desk restored from a backup: every device alarms, none goes back by itself, and what was lost is done again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::path::Path;

use chancery_desk::act::{Act, Post, Role};
use chancery_log::id::Scope;
use chancery_participant::{deed::Deed, view::people::people};
use chancery_sim::world::World;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Goes back to what the server's folder held, as a restore from a backup does.
fn restore(world: &mut World, backup: &Path) {
    world.switchboard = None;
    let folder = world.folder();
    std::fs::remove_dir_all(&folder).unwrap();
    copy(backup, &folder);
    world.restart_server();
}

fn desk_with_backup() -> (World, tempfile::TempDir) {
    let mut world = World::found(40, &["Asta", "Bodil"]);
    world.join("Asta", "Dagny", &[Role::DutyOfficer]);
    let backup = tempfile::tempdir().unwrap();
    world.switchboard = None;
    copy(&world.folder(), backup.path());
    world.restart_server();
    for name in ["Asta", "Bodil", "Dagny"] {
        world.connect(name);
    }
    world.run();
    (world, backup)
}

#[test]
fn after_a_restore_no_device_goes_back_by_itself() {
    let (mut world, backup) = desk_with_backup();
    world.act("Dagny", Deed::bare(Scope::Trust, Act::DutyTaken { post: Post::DutyOfficer })).unwrap();
    let before = world.device("Dagny").participant.ledger().head(Scope::Trust);
    restore(&mut world, backup.path());
    world.connect("Dagny");
    world.run();
    let dagny = world.device("Dagny");
    assert!(dagny.alarm_names().contains(&"bad checkpoint"), "{:?}", dagny.alarm_names());
    assert!(dagny.alarm_names().contains(&"diverged"), "{:?}", dagny.alarm_names());
    assert_eq!(dagny.participant.ledger().head(Scope::Trust), before);
}

#[test]
fn when_two_officers_sign_the_restore_devices_go_back_and_do_again_what_was_lost() {
    let (mut world, backup) = desk_with_backup();
    world.act("Dagny", Deed::bare(Scope::Trust, Act::DutyTaken { post: Post::DutyOfficer })).unwrap();
    restore(&mut world, backup.path());
    for name in ["Asta", "Bodil"] {
        world.device(name).participant.accept_restored_log();
        world.connect(name);
        world.run();
    }
    let statement = world.device("Asta").participant.restored_statement().unwrap();
    world.act("Asta", Deed::bare(Scope::Trust, Act::GuardedAsked(statement))).unwrap();
    let asked = world
        .device("Bodil")
        .participant
        .newest_act(Scope::Trust, |act| matches!(act, Act::GuardedAsked(_)))
        .unwrap();
    world.act("Bodil", Deed::bare(Scope::Trust, Act::GuardedAgreed { asked })).unwrap();

    world.connect("Dagny");
    world.run();
    let dagny = world.device("Dagny");
    assert!(dagny.alarm_names().contains(&"bad checkpoint"), "the alarm comes all the same");
    assert!(!dagny.alarm_names().contains(&"diverged"), "{:?}", dagny.alarm_names());
    for name in ["Asta", "Dagny"] {
        let lines = people(&world.device(name).participant);
        let on_duty = lines.iter().find(|line| line.name == "Dagny").unwrap();
        assert_eq!(on_duty.on_duty, [Post::DutyOfficer], "as {name} sees it");
    }
}
