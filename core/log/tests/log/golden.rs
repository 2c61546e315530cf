//! Bytes that must never change: what was written once is read for ever, and is written the same today.

use chancery_log::{
    act::{self, BodyKind, BodyRef, Envelope, Head, ReceivedAct, Seen},
    cbor, checkpoint,
    id::{DeviceId, Digest, PackageId, PersonId, Scope, Vault},
    leaf::{Leaf, LeafBytes},
    proof::{InclusionProof, TreeHead},
    receipt::{Expected, Receipt},
};
use serde_bytes::ByteBuf;

use crate::world::{ORIGIN, device_key, envelope, leaf, log_key, log_public, package};

const ACT: &str = include_str!("../golden/act.hex");
const LEAF: &str = include_str!("../golden/leaf.hex");
const TRUST_LEAF: &str = include_str!("../golden/trust-leaf.hex");
const CHECKPOINT: &str = include_str!("../golden/checkpoint.txt");
const RECEIPT: &str = include_str!("../golden/receipt.hex");

fn the_envelope() -> Envelope {
    let seen = Seen {
        trust: Head { count: 2, last: Digest([0x22; 32]) },
        scope: Head { count: 1, last: Digest([0x33; 32]) },
    };
    let body = |kind, n: u8| BodyRef { kind, sha256: Digest([n; 32]), len: 1000 * u32::from(n) };
    Envelope {
        bodies: vec![
            body(BodyKind::Wraps(Vault::Package(PackageId([4; 16])), 2), 0x44),
            body(BodyKind::Sealed(Vault::Package(PackageId([4; 16])), 2), 0x45),
            body(BodyKind::Shares(Vault::Person(PersonId([5; 16])), 1), 0x46),
        ],
        author: DeviceId([0xde; 32]),
        ..envelope(package(4), 3, seen)
    }
}

fn the_leaf(act: &[u8]) -> Leaf {
    Leaf {
        index: 3,
        logged_ms: 1_800_000_000_500,
        scope: package(4),
        before: Head { count: 1, last: Digest([0x33; 32]) },
        trust_count: 2,
        act: Digest::of(act),
        class: 3,
    }
}

fn bytes(golden: &str) -> Vec<u8> {
    hex::decode(golden.trim_end()).unwrap()
}

fn assert_golden(written: &[u8], golden: &str) {
    assert_eq!(hex::encode(written), golden.trim_end());
}

#[test]
fn an_act_is_written_and_read_as_ever() {
    assert_golden(&act::sign(&the_envelope(), &device_key()).unwrap(), ACT);
    let received = ReceivedAct::read(bytes(ACT)).unwrap();
    let verified = received.verify(&device_key().verifying_key()).unwrap();
    assert_eq!(*verified.envelope(), the_envelope());
}

#[test]
fn a_leaf_is_written_and_read_as_ever() {
    let in_package = the_leaf(&bytes(ACT));
    let in_trust =
        Leaf { scope: Scope::Trust, index: 0, before: Head::EMPTY, trust_count: 0, ..in_package.clone() };
    for (leaf, golden) in [(in_package, LEAF), (in_trust, TRUST_LEAF)] {
        assert_golden(LeafBytes::write(leaf.clone()).unwrap().bytes(), golden);
        assert_eq!(*LeafBytes::read(&bytes(golden)).unwrap().leaf(), leaf);
    }
}

/// The leaf's tree: leaves 0 to 2 are made up, it is the fourth.
fn the_tree() -> (TreeHead, InclusionProof) {
    let mut stored = crate::world::Stored::of(&[leaf(0), leaf(1), leaf(2)]);
    stored.tree.append(LeafBytes::read(&bytes(LEAF)).unwrap().hash());
    let inclusion = stored.tree.prover(stored.read()).inclusion(3, 4).unwrap();
    (stored.tree.head(), inclusion)
}

#[test]
fn a_checkpoint_is_written_and_read_as_ever() {
    let (head, _) = the_tree();
    assert_eq!(String::from_utf8(checkpoint::sign(ORIGIN, head, &log_key()).unwrap()).unwrap(), CHECKPOINT);
    let read = checkpoint::verify(CHECKPOINT.as_bytes(), ORIGIN, &log_public()).unwrap();
    assert_eq!(read.head(), head);
}

#[test]
fn a_receipt_is_written_and_read_as_ever() {
    let (_, inclusion) = the_tree();
    let receipt =
        Receipt { leaf: ByteBuf::from(bytes(LEAF)), inclusion, checkpoint: ByteBuf::from(CHECKPOINT) };
    assert_golden(&cbor::encode("a receipt", &receipt).unwrap(), RECEIPT);
    let read: Receipt = cbor::decode("a receipt", &bytes(RECEIPT)).unwrap();
    let act = Digest::of(&bytes(ACT));
    let expected = Expected { act, scope: package(4), origin: ORIGIN, log_key: &log_public() };
    assert_eq!(*read.verify(expected).unwrap().leaf().leaf(), the_leaf(&bytes(ACT)));
}
