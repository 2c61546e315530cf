//! One scope at a client, against a server that leaves out, swaps, changes and forks.

use chancery_log::{
    act::Head,
    chain::{ChainError, ScopeChain, SeenError},
    id::{Digest, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes},
    proof::{InclusionError, InclusionProof},
};

use crate::world::{Log, package};

const TRUST: Scope = Scope::Trust;

/// Trust at 0, 2, 5; package 1 at 1, 3, 4, 6.
fn log() -> Log {
    let call = package(1);
    Log::of(&[TRUST, call, TRUST, call, call, TRUST, call])
}

fn extend(
    chain: &mut ScopeChain,
    log: &Log,
    entries: &[EntryBytes<'_>],
) -> Result<Vec<LeafBytes>, ChainError> {
    let newest = LeafBytes::read(entries.last().unwrap().leaf).unwrap().leaf().index;
    let inclusion = log.inclusion(newest.min(log.stored.tree.size() - 1));
    chain.extend(entries, &inclusion, &log.checkpoint())
}

/// The error, after checking that nothing was taken.
fn refused(chain: &ScopeChain, log: &Log, entries: &[EntryBytes<'_>]) -> ChainError {
    let mut tried = chain.clone();
    let error = extend(&mut tried, log, entries).unwrap_err();
    assert_eq!(tried, *chain, "something was taken in spite of: {error}");
    error
}

/// The error when the log's last entry is this leaf.
fn refused_leaf(change: impl FnOnce(&mut Leaf)) -> ChainError {
    let mut log = log();
    let act = b"the next act".to_vec();
    let mut leaf = log.next_leaf(package(1), &act);
    change(&mut leaf);
    log.put(leaf, act);
    let mut chain = ScopeChain::new(package(1));
    let good = log.entries_of(package(1));
    extend(&mut chain, &log, &good[..4]).unwrap();
    let last = log.entries();
    refused(&chain, &log, &last[7..])
}

#[test]
fn a_scope_is_taken_in_pieces_of_any_size() {
    let log = log();
    let entries = log.entries_of(package(1));
    for first in 0..=4 {
        let mut chain = ScopeChain::new(package(1));
        let inclusion =
            if first == 0 { InclusionProof(Vec::new()) } else { log.inclusion([1, 3, 4, 6][first - 1]) };
        let leaves = chain.extend(&entries[..first], &inclusion, &log.checkpoint()).unwrap();
        assert_eq!(leaves.len(), first);
        assert_eq!(chain.count(), first as u64);
        if first < 4 {
            extend(&mut chain, &log, &entries[first..]).unwrap();
        }
        assert_eq!(chain.head(), log.head(package(1)));
        assert_eq!(chain.head_at(0), Some(Digest::NONE));
        assert_eq!(chain.head_at(3), Some(log.leaf(6).before.last));
        assert_eq!(chain.head_at(4), Some(log.head(package(1)).last));
        assert_eq!(chain.head_at(5), None);
    }
}

#[test]
fn a_stored_scope_reloads_and_a_damaged_one_does_not() {
    let log = log();
    let mut leaves: Vec<_> = log.entries_of(TRUST).iter().map(|entry| entry.leaf.to_vec()).collect();
    let mut chain = ScopeChain::new(TRUST);
    extend(&mut chain, &log, &log.entries_of(TRUST)).unwrap();
    assert_eq!(ScopeChain::reload(TRUST, &leaves).unwrap(), chain);
    leaves.remove(1);
    let gap = ChainError::Gap { scope: TRUST, expected: 1, got: 2 };
    assert_eq!(ScopeChain::reload(TRUST, &leaves), Err(gap));
}

#[test]
fn a_withheld_entry_is_a_gap() {
    let log = log();
    let entries = log.entries_of(package(1));
    let chain = ScopeChain::new(package(1));
    let gap = |expected, got| ChainError::Gap { scope: package(1), expected, got };
    assert_eq!(refused(&chain, &log, &entries[1..]), gap(0, 1));
    assert_eq!(refused(&chain, &log, &[entries[0], entries[2], entries[3]]), gap(1, 2));
}

#[test]
fn swapped_and_repeated_entries_are_out_of_order() {
    let log = log();
    let e = log.entries_of(package(1));
    let mut chain = ScopeChain::new(package(1));
    let reordered = |expected, got| ChainError::Reordered { scope: package(1), expected, got };
    assert_eq!(refused(&chain, &log, &[e[1], e[0]]), reordered(0, 1));
    assert_eq!(refused(&chain, &log, &[e[0], e[1], e[1]]), reordered(2, 1));
    extend(&mut chain, &log, &e[..2]).unwrap();
    assert_eq!(refused(&chain, &log, &e[1..]), reordered(2, 1));
    assert_eq!(refused(&chain, &log, &[e[3], e[2]]), reordered(2, 3));
}

#[test]
fn another_scopes_entry_is_refused() {
    let log = log();
    let chain = ScopeChain::new(TRUST);
    let error = refused(&chain, &log, &log.entries_of(package(1))[..1]);
    assert_eq!(error, ChainError::WrongScope { expected: TRUST, got: package(1) });
}

#[test]
fn a_second_history_is_a_fork() {
    let (ours, mut theirs) = (log(), Log::of(&[TRUST, TRUST, package(1), package(1)]));
    theirs.write(package(1));
    let mut chain = ScopeChain::new(package(1));
    extend(&mut chain, &ours, &ours.entries_of(package(1))[..2]).unwrap();
    let before = theirs.leaf(4).before;
    let fork =
        ChainError::Fork { scope: package(1), place: 2, expected: chain.head().last, got: before.last };
    assert_eq!(refused(&chain, &theirs, &theirs.entries_of(package(1))[2..]), fork);
}

#[test]
fn an_act_that_the_leaf_does_not_name_is_refused() {
    let log = log();
    let entries = log.entries_of(package(1));
    let mut changed = entries[1].act.to_vec();
    changed[40] ^= 1;
    let given = [entries[0], EntryBytes { act: &changed, ..entries[1] }, entries[2]];
    let error = refused(&ScopeChain::new(package(1)), &log, &given);
    let (expected, got) = (log.leaf(3).act, Digest::of(&changed));
    assert_eq!(error, ChainError::ActMismatch { scope: package(1), place: 1, expected, got });
}

#[test]
fn a_changed_leaf_breaks_the_chain_or_the_proof() {
    let log = log();
    let entries = log.entries_of(package(1));
    let chain = ScopeChain::new(package(1));
    let changed = |index: usize| {
        let mut leaf = log.leaf(index);
        leaf.class += 1;
        LeafBytes::write(leaf).unwrap().bytes().to_vec()
    };
    let middle = changed(3);
    let error = refused(&chain, &log, &[entries[0], EntryBytes { leaf: &middle, ..entries[1] }, entries[2]]);
    assert!(matches!(error, ChainError::Fork { place: 2, .. }), "{error:?}");
    let last = changed(4);
    let error = refused(&chain, &log, &[entries[0], entries[1], EntryBytes { leaf: &last, ..entries[2] }]);
    let source = InclusionError::Broken { index: 4, size: 7 };
    assert_eq!(error, ChainError::NotIncluded { scope: package(1), place: 2, source });
    let unreadable = EntryBytes { leaf: &entries[1].leaf[1..], ..entries[1] };
    let given = [entries[0], unreadable, entries[2]];
    let error = chain.clone().extend(&given, &log.inclusion(4), &log.checkpoint()).unwrap_err();
    assert!(matches!(error, ChainError::Leaf { place: 1, .. }), "{error:?}");
}

#[test]
fn an_entry_beyond_the_checkpoint_waits_for_a_newer_one() {
    let mut log = log();
    let old = log.checkpoint();
    log.write(package(1));
    let mut chain = ScopeChain::new(package(1));
    let error = chain.extend(&log.entries_of(package(1)), &log.inclusion(7), &old).unwrap_err();
    let beyond = ChainError::BeyondCheckpoint { scope: package(1), place: 4, index: 7, size: 7 };
    assert_eq!(error, beyond);
    assert_eq!(chain.count(), 0);
}

#[test]
fn time_index_and_trust_never_go_back() {
    let (scope, place) = (package(1), 4);
    let last = log().leaf(6);
    let (before, got) = (last.logged_ms, last.logged_ms - 1);
    let time = refused_leaf(|leaf| leaf.logged_ms = got);
    assert_eq!(time, ChainError::TimeWentBack { scope, place, before, got });
    let index = refused_leaf(|leaf| leaf.index = 6);
    assert_eq!(index, ChainError::IndexNotIncreasing { scope, place, least: 7, got: 6 });
    let trust = refused_leaf(|leaf| leaf.trust_count = 2);
    assert_eq!(trust, ChainError::TrustCountDecreasing { scope, place, before: 3, got: 2 });
    let impossible = refused_leaf(|leaf| leaf.trust_count = 4);
    assert_eq!(impossible, ChainError::TrustCountImpossible { scope, place, index: 7, got: 4 });
    let overflow = refused_leaf(|leaf| leaf.trust_count = u64::MAX);
    assert_eq!(overflow, ChainError::TrustCountImpossible { scope, place, index: 7, got: u64::MAX });
}

#[test]
fn a_trust_entry_is_judged_at_its_own_place() {
    let mut log = log();
    let act = b"the next act".to_vec();
    let leaf = Leaf { trust_count: 4, ..log.next_leaf(TRUST, &act) };
    log.put(leaf, act);
    let error = refused(&ScopeChain::new(TRUST), &log, &log.entries_of(TRUST));
    assert_eq!(error, ChainError::TrustCountImpossible { scope: TRUST, place: 3, index: 7, got: 4 });
}

#[test]
fn a_head_that_others_saw_shows_what_is_withheld_and_what_is_forked() {
    let log = log();
    let mut chain = ScopeChain::new(TRUST);
    extend(&mut chain, &log, &log.entries_of(TRUST)[..2]).unwrap();
    assert_eq!(chain.compare(Head::EMPTY), Ok(()));
    assert_eq!(chain.compare(chain.head()), Ok(()));
    assert_eq!(chain.compare(log.leaf(2).before), Ok(()));
    let behind = SeenError::Behind { scope: TRUST, ours: 2, theirs: 3 };
    assert_eq!(chain.compare(log.head(TRUST)), Err(behind));
    let ours = chain.head().last;
    let theirs = Digest([1; 32]);
    let fork = SeenError::Fork { scope: TRUST, count: 2, ours, theirs };
    assert_eq!(chain.compare(Head { count: 2, last: theirs }), Err(fork));
}
