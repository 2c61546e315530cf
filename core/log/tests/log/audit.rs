//! A whole log, as it should be and as it should not.

use chancery_log::{
    act::Head,
    audit::{Audit, AuditError, Flaw},
    checkpoint,
    id::{Digest, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes},
};

use crate::world::{Log, ORIGIN, Stored, log_key, log_public, package};

const TRUST: Scope = Scope::Trust;

fn log() -> Log {
    Log::of(&[TRUST, package(1), TRUST, package(2), package(1), package(1)])
}

fn audit(entries: &[EntryBytes<'_>]) -> Result<Audit, AuditError> {
    let mut audit = Audit::new();
    for entry in entries {
        audit.feed(*entry)?;
    }
    Ok(audit)
}

/// What the audit says to this leaf after the six of `log()`.
fn flaw(change: impl FnOnce(&mut Leaf)) -> Flaw {
    let mut log = log();
    let act = b"the next act".to_vec();
    let mut leaf = log.next_leaf(package(1), &act);
    change(&mut leaf);
    log.put(leaf, act);
    match audit(&log.entries()) {
        Err(AuditError::Entry { index: 6, flaw }) => flaw,
        other => panic!("expected a flaw at 6, got {other:?}"),
    }
}

#[test]
fn a_log_without_fault_passes_at_every_checkpoint_on_the_way() {
    let mut log = Log::default();
    let mut audit = Audit::new();
    let scopes = [TRUST, package(1), TRUST, package(2), package(1)];
    for (scope, index) in scopes.iter().cycle().zip(0..700) {
        log.write(*scope);
        assert_eq!(audit.feed(log.entries()[index]).unwrap().leaf(), &log.leaf(index));
        audit.compare(&log.checkpoint()).unwrap();
    }
    assert_eq!(audit.scopes(), &log.heads);
    assert_eq!(audit.tree().head(), log.stored.tree.head());
    let mut recomputed = Stored::default();
    recomputed.tiles.extend(audit.drain_full_tiles());
    assert_eq!(recomputed.tiles, log.stored.tiles);
}

#[test]
fn a_changed_act_is_named_by_its_index() {
    let log = log();
    let mut entries = log.entries();
    let mut changed = entries[3].act.to_vec();
    changed[50] ^= 1;
    entries[3].act = &changed;
    let flaw = Flaw::ActMismatch { expected: log.leaf(3).act, got: Digest::of(&changed) };
    let error = audit(&entries).unwrap_err();
    assert_eq!(error, AuditError::Entry { index: 3, flaw });
    assert!(error.to_string().starts_with("entry 3 of the log: the leaf names act "));
}

#[test]
fn an_entry_left_out_or_swapped_is_named() {
    let log = log();
    let mut entries = log.entries();
    entries.remove(3);
    assert_eq!(audit(&entries).unwrap_err(), AuditError::Entry { index: 3, flaw: Flaw::Index(4) });
    let mut entries = log.entries();
    entries.swap(4, 5);
    assert_eq!(audit(&entries).unwrap_err(), AuditError::Entry { index: 4, flaw: Flaw::Index(5) });
    let unreadable = EntryBytes { leaf: b"x", act: b"" };
    let error = audit(&[unreadable]).unwrap_err();
    assert!(matches!(error, AuditError::Entry { index: 0, flaw: Flaw::Leaf(_) }), "{error:?}");
}

#[test]
fn every_field_of_a_leaf_is_checked() {
    let (scope, head) = (package(1), log().head(package(1)));
    assert_eq!(flaw(|leaf| leaf.index = 7), Flaw::Index(7));
    let count = flaw(|leaf| leaf.before.count = 4);
    assert_eq!(count, Flaw::ScopeIndex { scope, expected: 3, got: 4 });
    let got = Digest([1; 32]);
    let chain = flaw(|leaf| leaf.before.last = got);
    assert_eq!(chain, Flaw::ScopeChain { scope, expected: head.last, got });
    assert_eq!(flaw(|leaf| leaf.trust_count = 1), Flaw::TrustCount { expected: 2, got: 1 });
    let before = log().leaf(5).logged_ms;
    assert_eq!(flaw(|leaf| leaf.logged_ms = before - 1), Flaw::TimeWentBack { before, got: before - 1 });
    let act = flaw(|leaf| leaf.act = got);
    assert_eq!(act, Flaw::ActMismatch { expected: got, got: Digest::of(b"the next act") });
    let other = flaw(|leaf| leaf.scope = package(9));
    assert_eq!(other, Flaw::ScopeIndex { scope: package(9), expected: 0, got: 3 });
}

#[test]
fn a_log_starts_with_its_genesis() {
    let error = audit(&Log::of(&[package(1)]).entries()).unwrap_err();
    assert_eq!(error, AuditError::Entry { index: 0, flaw: Flaw::NoGenesis(package(1)) });
}

#[test]
fn a_consistently_rewritten_log_does_not_match_the_checkpoint() {
    let (ours, other) = (log(), Log::of(&[TRUST, package(1), TRUST, package(2), package(1), TRUST]));
    let audit = audit(&other.entries()).unwrap();
    let (expected, got) = (ours.stored.tree.root(), other.stored.tree.root());
    assert_eq!(audit.compare(&ours.checkpoint()), Err(AuditError::Root { size: 6, expected, got }));
}

#[test]
fn a_log_that_was_cut_or_lengthened_does_not_match_the_checkpoint() {
    let log = log();
    let short = audit(&log.entries()[..5]).unwrap();
    assert_eq!(short.compare(&log.checkpoint()), Err(AuditError::Size { expected: 6, got: 5 }));
    let of_five = checkpoint::sign(ORIGIN, short.tree().head(), &log_key()).unwrap();
    let of_five = checkpoint::verify(&of_five, ORIGIN, &log_public()).unwrap();
    let whole = audit(&log.entries()).unwrap();
    assert_eq!(whole.compare(&of_five), Err(AuditError::Size { expected: 5, got: 6 }));
}

#[test]
fn after_an_error_the_audit_stands_where_it_stood() {
    let log = log();
    let mut audit = audit(&log.entries()[..3]).unwrap();
    let before = audit.tree().head();
    let mut leaf = log.leaf(3);
    leaf.before = Head { count: 9, last: Digest::NONE };
    let leaf = LeafBytes::write(leaf).unwrap();
    audit.feed(EntryBytes { leaf: leaf.bytes(), act: &log.entries[3].1 }).unwrap_err();
    assert_eq!(audit.tree().head(), before);
    for entry in &log.entries()[3..] {
        audit.feed(*entry).unwrap();
    }
    audit.compare(&log.checkpoint()).unwrap();
}
