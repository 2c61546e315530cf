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

use chancery_desk::act::{Act, Guarded, Post, Role};
use chancery_log::id::Scope;
use chancery_participant::{
    deed::Deed,
    view::{package::package, people::people},
};
use chancery_sim::{disk::copy, story::telling::Scene, world::World};

/// Goes back to what the server's folder held, as a restore from a backup does.
fn restore(world: &mut World, backup: &Path) {
    world.switchboard = None;
    let folder = world.folder();
    std::fs::remove_dir_all(&folder).unwrap();
    copy(backup, &folder);
    world.restart_server();
}

/// A backup, and its checkpoint.
struct Backup {
    folder: tempfile::TempDir,
    checkpoint: Vec<u8>,
}

impl Backup {
    fn of(world: &mut World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = world.switchboard.as_ref().unwrap().store().checkpoint().to_vec();
        let connected: Vec<String> = world
            .devices
            .iter()
            .filter(|device| device.connection.is_some())
            .map(|device| device.name.clone())
            .collect();
        world.switchboard = None;
        copy(&world.folder(), folder.path());
        world.restart_server();
        for name in connected {
            world.connect(&name);
        }
        world.run();
        Self { folder, checkpoint }
    }
}

fn desk_with_backup() -> (World, Backup) {
    let mut world = World::found(40, &["Asta", "Bodil"]);
    world.join("Asta", "Dagny", &[Role::DutyOfficer]);
    let backup = Backup::of(&mut world);
    (world, backup)
}

/// An officer's device goes back with the log that was restored at this checkpoint.
fn goes_back(world: &mut World, name: &str, checkpoint: &[u8]) -> Result<(), String> {
    let participant = &mut world.device(name).participant;
    let place = participant.restored_place(checkpoint).map_err(|e| e.to_string())?;
    participant.accept_restored_log(place).map_err(|e| e.to_string())?;
    world.run();
    world.connect(name);
    world.run();
    Ok(())
}

/// Both officers go back, the first asks, the second agrees.
fn officers_say_so(world: &mut World, checkpoint: &[u8]) {
    for name in ["Asta", "Bodil"] {
        goes_back(world, name, checkpoint).unwrap();
    }
    let asta = &mut world.device("Asta").participant;
    let place = asta.restored_place(checkpoint).unwrap();
    let (size, root, lost_size) = (place.size(), place.root(), asta.lost_size(&place));
    let statement = Guarded::Restored { size, root, lost_size };
    world.act("Asta", Deed::bare(Scope::Trust, Act::GuardedAsked(statement))).unwrap();
    let asked = world
        .device("Bodil")
        .participant
        .newest_act(Scope::Trust, |act| matches!(act, Act::GuardedAsked(_)))
        .unwrap();
    world.act("Bodil", Deed::bare(Scope::Trust, Act::GuardedAgreed { asked })).unwrap();
}

#[test]
fn after_a_restore_no_device_goes_back_by_itself() {
    let (mut world, backup) = desk_with_backup();
    world.act("Dagny", Deed::bare(Scope::Trust, Act::DutyTaken { post: Post::DutyOfficer })).unwrap();
    let before = world.device("Dagny").participant.ledger().head(Scope::Trust);
    restore(&mut world, backup.folder.path());
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
    restore(&mut world, backup.folder.path());
    officers_say_so(&mut world, &backup.checkpoint);

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

/// A live call, and everybody at it connected.
fn call_with_backup() -> (Scene, Backup) {
    let mut scene = Scene::set(
        41,
        "At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
           Nils and Nora (note-takers).
         Dagny adds the counterpart President Ilmari of Sundra.
         Peder asks for President Ilmari now: \"Fish quotas\". Dagny says that they talk.
         Nils notes a remark: \"Before the backup\".",
    );
    let backup = Backup::of(scene.world());
    (scene, backup)
}

fn notes(scene: &mut Scene, device: &str) -> Vec<String> {
    let call = scene.package();
    let view = package(&scene.world().device(device).participant, call).unwrap();
    view.notes.into_iter().map(|line| line.note.text).collect()
}

#[track_caller]
fn assert_follows(scene: &mut Scene, device: &str) {
    let names = scene.world().device(device).alarm_names();
    assert!(!names.contains(&"diverged") && !names.contains(&"broken chain"), "{device}: {names:?}");
}

#[test]
fn notes_that_were_lost_come_back_once_although_others_wrote_before_the_officers_signed() {
    let (mut scene, backup) = call_with_backup();
    scene.tell("Nora's phone is offline. Nils notes an ask: \"Lost with the server\".");
    restore(scene.world(), backup.folder.path());
    scene.tell("Nora's phone comes back. Nora notes a remark: \"On the restored log\".");
    assert_eq!(notes(&mut scene, "Nora"), ["Before the backup", "On the restored log"]);
    officers_say_so(scene.world(), &backup.checkpoint);
    for name in ["Nils", "Dagny", "Peder"] {
        scene.world().connect(name);
        scene.world().run();
    }
    for name in ["Nils", "Nora", "Dagny"] {
        let all = ["Before the backup", "On the restored log", "Lost with the server"];
        assert_eq!(notes(&mut scene, name), all, "as {name} sees it");
        assert_follows(&mut scene, name);
    }
}

#[test]
fn officers_who_saw_nothing_of_what_was_lost_can_sign_all_the_same() {
    let (mut scene, backup) = call_with_backup();
    scene.tell(
        "Asta's phone is offline. Bodil's phone is offline. Nils notes an ask: \"Lost with the server\".",
    );
    restore(scene.world(), backup.folder.path());
    officers_say_so(scene.world(), &backup.checkpoint);
    scene.tell("Nils's phone comes back.");
    assert_eq!(notes(&mut scene, "Nils"), ["Before the backup", "Lost with the server"]);
    assert_follows(&mut scene, "Nils");
}

#[test]
fn whoever_missed_two_restores_goes_back_to_the_first() {
    let (mut scene, first) = call_with_backup();
    scene.tell(
        "Nora's phone is offline. Nils notes an ask: \"Lost with the server\". Nils's phone is offline.",
    );
    restore(scene.world(), first.folder.path());
    officers_say_so(scene.world(), &first.checkpoint);
    scene.tell("Nora's phone comes back. Nora notes a remark: \"Between the restores\".");
    let second = Backup::of(scene.world());
    restore(scene.world(), second.folder.path());
    officers_say_so(scene.world(), &second.checkpoint);
    scene.tell("Nils's phone comes back. Nora's phone comes back.");
    for name in ["Nils", "Nora"] {
        let all = ["Before the backup", "Between the restores", "Lost with the server"];
        assert_eq!(notes(&mut scene, name), all, "as {name} sees it");
        assert_follows(&mut scene, name);
    }
}

#[test]
fn an_officer_does_not_go_back_to_a_backup_that_was_not_restored() {
    let (mut world, restored) = desk_with_backup();
    world.act("Dagny", Deed::bare(Scope::Trust, Act::DutyTaken { post: Post::DutyOfficer })).unwrap();
    let other = Backup::of(&mut world);
    let before = world.device("Asta").participant.ledger().head(Scope::Trust);
    restore(&mut world, restored.folder.path());
    goes_back(&mut world, "Asta", &other.checkpoint).unwrap();
    let asta = &world.device("Asta").participant;
    let refused = asta.refused_log().unwrap_or_default();
    assert!(refused.contains("does not extend the backup"), "{refused}");
    assert_eq!(asta.ledger().head(Scope::Trust), before);
}

#[test]
fn only_a_security_officer_goes_back_alone_and_only_to_a_checkpoint_of_this_log() {
    let (mut world, backup) = desk_with_backup();
    let refused = goes_back(&mut world, "Dagny", &backup.checkpoint).unwrap_err();
    assert!(refused.contains("guarded changes needs security officer"), "{refused}");
    let mut other = World::found(42, &["Asta", "Bodil"]);
    let refused = goes_back(&mut other, "Asta", &backup.checkpoint).unwrap_err();
    assert!(refused.contains("key of"), "{refused}");
    let refused = goes_back(&mut world, "Asta", b"181 entries").unwrap_err();
    assert!(refused.contains("signed note"), "{refused}");
}

#[test]
fn the_checkpoint_of_an_older_backup_does_nothing_twice() {
    let (mut scene, older) = call_with_backup();
    scene.tell("Dagny takes the post of duty officer. Nils notes a remark: \"Between the backups\".");
    let restored = Backup::of(scene.world());
    scene.tell("Nils notes an ask: \"Lost with the server\".");
    restore(scene.world(), restored.folder.path());
    officers_say_so(scene.world(), &older.checkpoint);
    for name in ["Nils", "Dagny"] {
        scene.world().connect(name);
        scene.world().run();
    }
    for name in ["Nils", "Dagny"] {
        let all = ["Before the backup", "Between the backups", "Lost with the server"];
        assert_eq!(notes(&mut scene, name), all, "as {name} sees it");
        assert_follows(&mut scene, name);
        let dones = scene.world().device(name).participant.outbox();
        assert_eq!(
            (dones.items().count(), dones.refused().count()),
            (0, 0),
            "nothing of {name}'s is left over"
        );
    }
}
