//! Receipts, and receipts for something else.

use chancery_log::{
    cbor,
    checkpoint::{self, CheckpointError},
    id::{Digest, Scope},
    leaf::LeafBytes,
    proof::{InclusionError, InclusionProof},
    receipt::{Expected, Receipt, ReceiptError},
};
use serde_bytes::ByteBuf;

use crate::world::{self, Log, ORIGIN, log_key, package};

const SCOPES: [Scope; 2] = [Scope::Trust, Scope::Trust];

fn log() -> Log {
    Log::of(&[SCOPES[0], package(1), package(2), SCOPES[1], package(1)])
}

fn receipt(log: &Log, index: usize) -> Receipt {
    Receipt {
        leaf: ByteBuf::from(log.entries[index].0.clone()),
        inclusion: log.inclusion(index as u64),
        checkpoint: ByteBuf::from(log.note()),
    }
}

fn verify(receipt: &Receipt, log: &Log, index: usize) -> Result<LeafBytes, ReceiptError> {
    let act = Digest::of(&log.entries[index].1);
    let log_key = &world::log_public();
    let expected = Expected { act, scope: log.leaf(index).scope, origin: ORIGIN, log_key };
    receipt.verify(expected).map(|verified| {
        assert_eq!(verified.checkpoint().size(), log.entries.len() as u64);
        verified.leaf().clone()
    })
}

#[test]
fn every_act_of_a_log_has_a_receipt_that_travels_as_cbor() {
    let log = log();
    for index in 0..log.entries.len() {
        let bytes = cbor::encode("a receipt", &receipt(&log, index)).unwrap();
        let receipt: Receipt = cbor::decode("a receipt", &bytes).unwrap();
        assert_eq!(verify(&receipt, &log, index).unwrap().leaf(), &log.leaf(index));
    }
}

#[test]
fn a_receipt_is_for_one_act() {
    let log = log();
    let refused = verify(&receipt(&log, 4), &log, 1).unwrap_err();
    let (expected, got) = (log.leaf(1).act, log.leaf(4).act);
    assert_eq!(refused, ReceiptError::ActMismatch { expected, got });
}

#[test]
fn an_act_put_into_another_scope_is_noticed() {
    let mut log = log();
    let act = log.entries[1].1.clone();
    log.put(log.next_leaf(package(2), &act), act.clone());
    let expected =
        Expected { act: Digest::of(&act), scope: package(1), origin: ORIGIN, log_key: &world::log_public() };
    let refused = receipt(&log, 5).verify(expected).unwrap_err();
    assert_eq!(refused, ReceiptError::WrongScope { expected: package(1), got: package(2) });
}

#[test]
fn a_leaf_that_is_not_in_the_tree_has_no_receipt() {
    let log = log();
    let mut forged = receipt(&log, 4);
    let mut leaf = log.leaf(4);
    leaf.logged_ms += 1;
    forged.leaf = ByteBuf::from(LeafBytes::write(leaf).unwrap().bytes());
    let broken = ReceiptError::NotIncluded(InclusionError::Broken { index: 4, size: 5 });
    assert_eq!(verify(&forged, &log, 4), Err(broken.clone()));
    let mut swapped = receipt(&log, 4);
    swapped.inclusion = log.inclusion(3);
    assert_eq!(verify(&swapped, &log, 4), Err(broken));
    swapped.inclusion = InclusionProof(Vec::new());
    assert!(verify(&swapped, &log, 4).is_err());
}

#[test]
fn an_older_checkpoint_does_not_cover_a_newer_act() {
    let mut log = log();
    let old = log.note();
    log.write(package(1));
    let replayed = Receipt { checkpoint: ByteBuf::from(old), ..receipt(&log, 5) };
    let beyond = ReceiptError::NotIncluded(InclusionError::BeyondTree { index: 5, size: 5 });
    assert_eq!(verify(&replayed, &log, 5), Err(beyond));
}

#[test]
fn another_desks_checkpoint_is_refused() {
    let log = log();
    let other = checkpoint::sign("other.example/log", log.stored.tree.head(), &log_key()).unwrap();
    let replaced = Receipt { checkpoint: ByteBuf::from(other), ..receipt(&log, 1) };
    let refused = verify(&replaced, &log, 1).unwrap_err();
    assert!(matches!(refused, ReceiptError::Checkpoint(CheckpointError::Origin { .. })), "{refused:?}");
}

#[test]
fn every_changed_byte_of_a_receipt_is_refused() {
    let log = log();
    let bytes = cbor::encode("a receipt", &receipt(&log, 1)).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        if let Ok(receipt) = cbor::decode::<Receipt>("a receipt", &changed) {
            assert!(verify(&receipt, &log, 1).is_err(), "byte {place}");
        }
    }
}
