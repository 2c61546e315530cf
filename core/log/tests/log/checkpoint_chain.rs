//! A client's checkpoint only moves forward.

use chancery_log::{
    checkpoint::{self, CheckpointError},
    checkpoint_chain::{AdvanceError, CheckpointChain},
    id::Scope,
    proof::ConsistencyProof,
};
use ed25519_dalek::SigningKey;

use crate::world::{Log, ORIGIN, log_public, package};

/// A log of 3 leaves that was seen, and the same log with 5.
fn grown() -> (CheckpointChain, Log) {
    let mut log = Log::of(&[Scope::Trust, Scope::Trust, package(1)]);
    let held = CheckpointChain::start(log.checkpoint());
    log.write(package(1));
    log.write(Scope::Trust);
    (held, log)
}

#[test]
fn a_grown_log_is_followed_and_the_same_checkpoint_again_is_fine() {
    let (mut held, log) = grown();
    held.advance(&log.note(), &log_public(), &log.consistency(3)).unwrap();
    assert_eq!(held.newest().head(), log.stored.tree.head());
    held.advance(&log.note(), &log_public(), &ConsistencyProof(Vec::new())).unwrap();
    assert_eq!(held.newest(), &log.checkpoint());
}

#[test]
fn an_older_checkpoint_is_a_rollback() {
    let (mut held, log) = grown();
    let old = held.newest().note().to_vec();
    held.advance(&log.note(), &log_public(), &log.consistency(3)).unwrap();
    let before = held.clone();
    let refused = held.advance(&old, &log_public(), &ConsistencyProof(Vec::new())).unwrap_err();
    assert_eq!(refused, AdvanceError::Rollback { held: 5, got: 3 });
    assert_eq!(held, before);
}

#[test]
fn another_history_is_a_fork_whatever_proof_comes_with_it() {
    let (mut held, log) = grown();
    let other = Log::of(&[Scope::Trust, package(2), package(2), Scope::Trust, Scope::Trust]);
    let before = held.clone();
    let fork = AdvanceError::Fork { held: before.newest().head(), got: other.stored.tree.head() };
    for proof in [other.consistency(3), log.consistency(3), ConsistencyProof(Vec::new())] {
        assert_eq!(held.advance(&other.note(), &log_public(), &proof).unwrap_err(), fork);
    }
    assert_eq!(held, before);
    assert!(fork.to_string().starts_with("two histories"));
}

#[test]
fn two_roots_of_one_size_are_a_fork() {
    let (_, log) = grown();
    let mut held = CheckpointChain::start(log.checkpoint());
    let other = Log::of(&[Scope::Trust, Scope::Trust, Scope::Trust, Scope::Trust, Scope::Trust]);
    let refused = held.advance(&other.note(), &log_public(), &ConsistencyProof(Vec::new()));
    assert!(matches!(refused, Err(AdvanceError::Fork { .. })), "{refused:?}");
}

#[test]
fn another_keys_checkpoint_does_not_move_it() {
    let (mut held, log) = grown();
    let note = checkpoint::sign(ORIGIN, log.stored.tree.head(), &SigningKey::from_bytes(&[8; 32])).unwrap();
    let refused = held.advance(&note, &log_public(), &log.consistency(3)).unwrap_err();
    assert_eq!(refused, AdvanceError::Checkpoint(CheckpointError::Unsigned(ORIGIN.into())));
    assert_eq!(held.newest().size(), 3);
}
