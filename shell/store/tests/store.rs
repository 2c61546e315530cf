//! What a store promises: one durable commit, nothing half done, damage named by its place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic, in its helpers too"
)]

mod world;

use chancery_desk::{act::Act, refusal::Refusal};
use chancery_log::{
    act::{Head, Seen},
    checkpoint,
    id::{Digest, PersonId, Scope},
    leaf::LeafBytes,
    proof::{ConsistencyProof, InclusionProof},
};
use chancery_store::{
    bodies::BodyError,
    damage::Place,
    folder::LockError,
    store::{Admitted, CommitError, NotAdmitted, OpenError, Store},
};
use rusqlite::Connection;
use world::{DEBRIEF, World, start_ms};

fn add_person(number: u16) -> Act {
    let mut id = [200; 16];
    id[..2].copy_from_slice(&number.to_be_bytes());
    Act::PersonAdded { person: PersonId(id), roles: [].into() }
}

/// Changes a closed log.db behind the store's back.
fn tamper(world: &World, sql: &str) {
    let connection = Connection::open(world.folder().join("log.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn damage(world: &World) -> (String, Place) {
    match Store::open(&world.folder()) {
        Err(OpenError::Damage(damage)) => (damage.to_string(), damage.place),
        other => panic!("expected damage, got {other:?}"),
    }
}

#[test]
fn a_new_folder_holds_the_founding_act_under_a_signed_checkpoint() {
    let (world, store) = World::found();
    assert_eq!(store.size(), 1);
    let trust = &store.desk().trust;
    let checked = checkpoint::verify(store.checkpoint(), "desk.example/log", trust.log_key()).unwrap();
    assert_eq!(checked.size(), 1);
    assert_eq!(trust.genesis(), Digest::of(&world.genesis()));
}

#[test]
fn a_desk_is_never_founded_over_another() {
    let (world, store) = World::found();
    drop(store);
    let again = Store::create(&world.folder(), world.genesis(), &world.keys, start_ms());
    assert!(again.unwrap_err().to_string().contains("there is a desk already"));
    assert_eq!(Store::open(&world.folder()).unwrap().size(), 1);
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let (world, mut store) = World::at_work();
    for number in 0..600 {
        world.officer.say(&mut store, Scope::Trust, &add_person(number), Vec::new());
    }
    world.duty.note(&mut store, b"a note");
    store.commit().unwrap();
    let (size, desk, note) = (store.size(), store.desk().clone(), store.checkpoint().to_vec());
    drop(store);
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.size(), size);
    assert_eq!(store.desk(), &desk);
    assert_eq!(store.checkpoint(), note);
    assert_eq!(store.body(Digest::of(b"a note")).unwrap(), b"a note");
}

#[test]
fn what_was_not_committed_is_not_there_after_opening_again() {
    let (world, mut store) = World::at_work();
    let size = store.size();
    world.duty.note(&mut store, b"a note");
    drop(store);
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.size(), size);
    assert!(matches!(store.body(Digest::of(b"a note")), Err(BodyError::Missing(_))));
}

#[test]
fn every_entry_is_proven_under_the_checkpoint_and_every_older_tree_extended() {
    let (world, mut store) = World::at_work();
    for number in 0..300 {
        world.officer.say(&mut store, Scope::Trust, &add_person(number), Vec::new());
    }
    store.commit().unwrap();
    let old =
        checkpoint::verify(store.checkpoint(), "desk.example/log", store.desk().trust.log_key()).unwrap();
    for number in 300..600 {
        world.officer.say(&mut store, Scope::Trust, &add_person(number), Vec::new());
    }
    store.commit().unwrap();
    let new =
        checkpoint::verify(store.checkpoint(), "desk.example/log", store.desk().trust.log_key()).unwrap();
    let mut proofs = store.proofs();
    for index in [0, 5, 255, 256, 300, 511, 512, store.size() - 1] {
        let leaf = LeafBytes::read(&store.entry(index).unwrap().leaf).unwrap();
        let proof = InclusionProof(proofs.inclusion(index).unwrap());
        proof.verify(leaf.hash(), index, new.head()).unwrap();
    }
    let proof = ConsistencyProof(proofs.consistency(old.size()).unwrap());
    proof.verify(old.head(), new.head()).unwrap();
}

#[test]
fn the_same_act_again_is_the_same_entry() {
    let (world, mut store) = World::at_work();
    let signed = world.officer.sign(&store, Scope::Trust, &add_person(1), Vec::new());
    let first = store.admit(world.officer.offer(signed.clone()), start_ms()).unwrap();
    // Within the batch, after the commit, and after opening again.
    let again = store.admit(world.officer.offer(signed.clone()), start_ms()).unwrap();
    assert_eq!((first, again), (Admitted::New(store.size()), Admitted::Known(store.size())));
    store.commit().unwrap();
    let index = store.size() - 1;
    assert_eq!(store.admit(world.officer.offer(signed.clone()), start_ms()).unwrap(), Admitted::Known(index));
    assert!(!store.is_batch_open());
    drop(store);
    let mut store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.admit(world.officer.offer(signed), start_ms()).unwrap(), Admitted::Known(index));
}

#[test]
fn another_act_under_a_used_counter_is_refused() {
    let (world, mut store) = World::at_work();
    let seen = Seen { trust: store.places().head(Scope::Trust), scope: store.places().head(Scope::Trust) };
    let signed = world.officer.sign_as(Scope::Trust, &add_person(1), Vec::new(), 2, seen, start_ms());
    let refused = store.admit(world.officer.offer(signed), start_ms());
    assert!(matches!(refused, Err(NotAdmitted::Refused(Refusal::CounterExpected { got: 2, .. }))));
}

#[test]
fn an_author_who_saw_another_history_is_told_so() {
    let (world, mut store) = World::at_work();
    let ours = store.places().head(Scope::Trust);
    let other = Head { count: ours.count, last: Digest([1; 32]) };
    let counter = store.desk().next_counter(world.officer.device(), Scope::Trust);
    let seen = Seen { trust: other, scope: other };
    let signed = world.officer.sign_as(Scope::Trust, &add_person(1), Vec::new(), counter, seen, start_ms());
    let diverged = store.admit(world.officer.offer(signed), start_ms());
    assert!(matches!(diverged, Err(NotAdmitted::Diverged { scope: Scope::Trust, head }) if head == ours));
}

#[test]
fn a_full_disk_loses_nothing_and_the_next_commit_works_when_there_is_room() {
    let (world, mut store) = World::at_work();
    let (size, desk) = (store.size(), store.desk().clone());
    store.set_quota(store.log_bytes().unwrap() + 20_000).unwrap();
    let large = vec![1; 200_000];
    world.duty.note(&mut store, &large);
    world.officer.say(&mut store, Scope::Trust, &add_person(1), Vec::new());
    assert!(matches!(store.commit(), Err(CommitError::Full)));
    assert_eq!((store.size(), store.desk()), (size, &desk));
    assert!(!store.is_batch_open());
    // The counters are free again, and the very same acts are taken once there is room.
    store.set_quota(u64::MAX).unwrap();
    world.duty.note(&mut store, &large);
    world.officer.say(&mut store, Scope::Trust, &add_person(1), Vec::new());
    assert_eq!(store.commit().unwrap(), size..size + 2);
    drop(store);
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.size(), size + 2);
    assert_eq!(store.body(Digest::of(&large)).unwrap(), large);
}

#[test]
fn a_package_opened_in_a_batch_that_fails_is_not_there() {
    let (world, mut store) = World::at_work();
    let before = store.desk().clone();
    store.set_quota(store.log_bytes().unwrap()).unwrap();
    let package = chancery_log::id::PackageId([77; 16]);
    let act = Act::DebriefGiven {
        principal: world.principal.person,
        opening: world::opening(&store, &[world.principal.person]),
    };
    let large = vec![2; 100_000];
    let vault = chancery_log::id::Vault::Package(package);
    let words = vec![
        (chancery_log::act::BodyKind::Wraps(vault, 1), large.as_slice()),
        (chancery_log::act::BodyKind::Sealed(vault, 1), large.as_slice()),
    ];
    world.principal.say(&mut store, Scope::Package(package), &act, words);
    assert!(matches!(store.commit(), Err(CommitError::Full)));
    assert_eq!(store.desk(), &before);
    assert_eq!(store.places().head(Scope::Package(package)), Head::EMPTY);
}

#[test]
fn two_servers_can_not_open_the_same_folder() {
    let (world, store) = World::found();
    assert!(matches!(Store::open(&world.folder()), Err(OpenError::Lock(LockError::Held(_)))));
    drop(store);
    assert!(Store::open(&world.folder()).is_ok());
}

#[test]
fn the_time_of_the_log_never_goes_back() {
    let (world, mut store) = World::at_work();
    let signed = world.officer.sign(&store, Scope::Trust, &add_person(1), Vec::new());
    store.admit(world.officer.offer(signed), start_ms() + 90_000).unwrap();
    let signed = world.officer.sign(&store, Scope::Trust, &add_person(2), Vec::new());
    store.admit(world.officer.offer(signed), start_ms()).unwrap();
    store.commit().unwrap();
    let last = LeafBytes::read(&store.entry(store.size() - 1).unwrap().leaf).unwrap();
    assert_eq!(last.leaf().logged_ms, start_ms() + 90_000);
}

#[test]
fn bodies_move_out_of_the_inbox_and_stay_readable_all_the_time() {
    let (world, mut store) = World::at_work();
    world.duty.note(&mut store, b"a note");
    store.commit().unwrap();
    let sha256 = Digest::of(b"a note");
    let mover = store.mover().unwrap();
    let moved = mover.run(1_000).unwrap();
    assert!(moved.len() >= store.inbox_len());
    assert_eq!(store.body(sha256).unwrap(), b"a note");
    // A crash here: the same bodies are moved again.
    assert_eq!(mover.run(1_000).unwrap(), moved);
    store.forget_moved(&moved).unwrap();
    assert_eq!(store.inbox_len(), 0);
    assert_eq!(store.body(sha256).unwrap(), b"a note");
    assert!(mover.run(1_000).unwrap().is_empty());
    drop(store);
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.body(sha256).unwrap(), b"a note");
}

#[test]
fn a_changed_or_missing_body_is_named() {
    let (world, mut store) = World::at_work();
    let moved = store.mover().unwrap().run(1_000).unwrap();
    store.forget_moved(&moved).unwrap();
    let sha256 = Digest::of(b"sealed words");
    let name = sha256.to_string();
    let path = world.folder().join("bodies").join(&name[..2]).join(&name);
    std::fs::write(&path, b"other words").unwrap();
    let damaged = store.body(sha256).unwrap_err();
    assert!(matches!(damaged, BodyError::Damaged { .. }));
    assert!(damaged.to_string().starts_with(&format!("bodies/{}/{name}: damaged", &name[..2])));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(store.body(sha256), Err(BodyError::Missing(_))));
}

#[test]
fn a_body_is_listed_in_its_own_scope_only() {
    let (world, mut store) = World::at_work();
    world.duty.note(&mut store, b"a note");
    store.commit().unwrap();
    let sha256 = Digest::of(b"a note");
    assert!(store.is_listed(Scope::Package(DEBRIEF), sha256).unwrap());
    assert!(!store.is_listed(Scope::Trust, sha256).unwrap());
    assert!(!store.is_listed(Scope::Package(DEBRIEF), Digest([1; 32])).unwrap());
}

#[test]
fn views_that_were_kept_up_to_date_equal_a_fresh_fold() {
    let (world, mut store) = World::at_work();
    for number in 0..20 {
        world.officer.say(&mut store, Scope::Trust, &add_person(number), Vec::new());
        world.duty.note(&mut store, format!("note {number}").as_bytes());
        store.commit().unwrap();
        if number % 3 == 0 {
            store.settle().unwrap();
        }
    }
    store.settle().unwrap();
    let kept = store.views().digest().unwrap();
    drop(store);
    for file in ["views.db", "views.db-wal", "views.db-shm"] {
        let path = world.folder().join(file);
        if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.views().position(), store.size());
    assert_eq!(store.views().digest().unwrap(), kept);
}

#[test]
fn views_that_are_behind_catch_up_at_start() {
    let (world, mut store) = World::at_work();
    store.settle().unwrap();
    world.duty.note(&mut store, b"a note");
    store.commit().unwrap();
    drop(store);
    let mut store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.views().position(), store.size());
    assert!(store.is_listed(Scope::Package(DEBRIEF), Digest::of(b"a note")).unwrap());
}

#[test]
fn broken_or_newer_views_are_folded_again() {
    let (world, mut store) = World::at_work();
    store.settle().unwrap();
    let kept = store.views().digest().unwrap();
    drop(store);
    std::fs::write(world.folder().join("views.db"), b"not a database").unwrap();
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.views().digest().unwrap(), kept);
    drop(store);
    let connection = Connection::open(world.folder().join("views.db")).unwrap();
    connection.execute_batch("UPDATE position SET size = 100000").unwrap();
    drop(connection);
    let store = Store::open(&world.folder()).unwrap();
    assert_eq!(store.views().digest().unwrap(), kept);
}

#[test]
fn a_changed_act_is_named_and_the_store_does_not_open() {
    let (world, store) = World::at_work();
    drop(store);
    tamper(&world, "UPDATE entry SET act = CAST(act || x'00' AS BLOB) WHERE idx = 5");
    let (text, place) = damage(&world);
    assert_eq!(place, Place::Entry(5));
    assert!(text.starts_with("log.db: entry 5: the act has digest"), "{text}");
    let refused = Store::open(&world.folder()).unwrap_err().to_string();
    assert!(refused.contains("chancery doctor"), "{refused}");
}

#[test]
fn a_missing_entry_is_named() {
    let (world, store) = World::at_work();
    drop(store);
    tamper(&world, "DELETE FROM entry WHERE idx = 7");
    let (text, place) = damage(&world);
    assert_eq!(place, Place::Entry(7));
    assert!(text.contains("missing"), "{text}");
}

#[test]
fn a_changed_leaf_is_named() {
    let (world, store) = World::at_work();
    drop(store);
    tamper(&world, "UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE idx = 3) WHERE idx = 4");
    assert_eq!(damage(&world).1, Place::Entry(4));
}

#[test]
fn entries_cut_off_at_the_end_are_found_by_the_checkpoint() {
    let (world, store) = World::at_work();
    let size = store.size();
    drop(store);
    tamper(&world, &format!("DELETE FROM entry WHERE idx = {}", size - 1));
    let (text, place) = damage(&world);
    assert_eq!(place, Place::Checkpoint);
    assert!(text.contains(&format!("covers {size} entries, the log has {}", size - 1)), "{text}");
}

#[test]
fn a_changed_tile_is_named() {
    let (world, mut store) = World::at_work();
    for number in 0..300 {
        world.officer.say(&mut store, Scope::Trust, &add_person(number), Vec::new());
    }
    store.commit().unwrap();
    drop(store);
    tamper(&world, "UPDATE tile SET data = zeroblob(8192) WHERE level = 0 AND idx = 0");
    assert_eq!(damage(&world).1, Place::Tile(0, 0));
    tamper(&world, "DELETE FROM tile");
    assert!(damage(&world).0.contains("tile 0/0: missing"));
}

#[test]
fn a_checkpoint_by_another_key_is_named() {
    let (world, store) = World::at_work();
    let head = checkpoint::verify(store.checkpoint(), "desk.example/log", store.desk().trust.log_key())
        .unwrap()
        .head();
    drop(store);
    let other = ed25519_dalek::SigningKey::from_bytes(&[66; 32]);
    let note = checkpoint::sign("desk.example/log", head, &other).unwrap();
    let connection = Connection::open(world.folder().join("log.db")).unwrap();
    connection.execute("UPDATE checkpoint SET note = ?1", [note]).unwrap();
    drop(connection);
    assert_eq!(damage(&world).1, Place::Checkpoint);
}

#[test]
fn a_file_that_is_no_log_of_ours_is_refused() {
    let (world, store) = World::found();
    drop(store);
    tamper(&world, "PRAGMA application_id = 1");
    let refused = Store::open(&world.folder()).unwrap_err().to_string();
    assert!(refused.contains("not a desk's log"), "{refused}");
    tamper(&world, "PRAGMA application_id = 1130914158; PRAGMA user_version = 2");
    let refused = Store::open(&world.folder()).unwrap_err().to_string();
    assert!(refused.contains("newer build"), "{refused}");
}

#[test]
fn bytes_beyond_the_end_of_the_file_are_noticed() {
    let (world, store) = World::at_work();
    drop(store);
    let path = world.folder().join("log.db");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(Store::open(&world.folder()), Err(OpenError::Damage(_) | OpenError::Log(_))));
}
