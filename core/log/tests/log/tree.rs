//! The tree against RFC 6962 as it is written.

use std::convert::Infallible;

use chancery_log::{
    id::Digest,
    proof::{ConsistencyError, ConsistencyProof, InclusionError, InclusionProof, PROOF_HASHES_MAX, TreeHead},
    tiles::{TILE_WIDTH, TileError, TileId, TilePath, decode_hashes},
    tree::{Tree, TreeError},
};
use proptest::prelude::*;

use crate::world::{self, NotStored, Stored, leaf, leaves};

#[test]
fn every_small_tree_has_the_root_of_rfc_6962() {
    let all = leaves(600);
    let mut tree = Tree::new();
    assert_eq!(tree.head(), TreeHead::EMPTY);
    for (size, leaf) in all.iter().enumerate() {
        assert_eq!(tree.root(), world::root(&all[..size]), "{size} leaves");
        tree.append(*leaf);
    }
    assert_eq!(tree.size(), 600);
}

#[test]
fn every_proof_in_small_trees_is_the_one_of_rfc_6962_and_verifies() {
    let all = leaves(70);
    let stored = Stored::of(&all);
    let mut prover = stored.tree.prover(stored.read());
    for size in 1..=70_u64 {
        let part = &all[..size as usize];
        let new = prover.head_at(size).unwrap();
        assert_eq!(new.root, world::root(part));
        for index in 0..size {
            let proof = prover.inclusion(index, size).unwrap();
            assert_eq!(proof.0, world::path(index as usize, part));
            assert_eq!(proof.verify(leaf(index), index, new), Ok(()));
        }
        for old in 1..=size {
            let proof = prover.consistency(old, size).unwrap();
            assert_eq!(proof.0, world::consistency(old as usize, part));
            let old = TreeHead { size: old, root: world::root(&all[..old as usize]) };
            assert_eq!(proof.verify(old, new), Ok(()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..world::told() })]

    #[test]
    fn proofs_over_stored_tiles_are_those_of_rfc_6962(
        total in 1_u64..70_000, size in 1_u64..70_000, index in 0_u64..70_000, old in 1_u64..70_000,
    ) {
        let size = 1 + size % total;
        let (index, old) = (index % size, 1 + old % size);
        let all = leaves(total);
        let stored = Stored::of(&all);
        let part = &all[..size as usize];
        let mut prover = stored.tree.prover(stored.read());
        let new = prover.head_at(size).unwrap();
        prop_assert_eq!(new.root, world::root(part));

        let inclusion = prover.inclusion(index, size).unwrap();
        prop_assert_eq!(&inclusion.0, &world::path(index as usize, part));
        prop_assert_eq!(inclusion.verify(leaf(index), index, new), Ok(()));

        let consistency = prover.consistency(old, size).unwrap();
        prop_assert_eq!(&consistency.0, &world::consistency(old as usize, part));
        let old = TreeHead { size: old, root: world::root(&all[..old as usize]) };
        prop_assert_eq!(consistency.verify(old, new), Ok(()));
    }

    #[test]
    fn a_resumed_tree_goes_on_as_if_it_had_never_stopped(total in 0_u64..70_000, more in 0_u64..700) {
        let all = leaves(total + more);
        let mut whole = Stored::of(&all[..total as usize]);
        let trailing = &all[(total - total % u64::from(TILE_WIDTH)) as usize..total as usize];
        let tree = Tree::resume(total, trailing, whole.read()).unwrap();
        prop_assert_eq!(tree.head(), whole.tree.head());
        let mut resumed = Stored { tree, tiles: whole.tiles.clone() };
        for leaf in &all[total as usize..] {
            resumed.tree.append(*leaf);
            whole.tree.append(*leaf);
        }
        resumed.keep();
        whole.keep();
        prop_assert_eq!(resumed.tree.head(), whole.tree.head());
        prop_assert_eq!(resumed.tree.partial_tiles(), whole.tree.partial_tiles());
        prop_assert_eq!(resumed.tiles, whole.tiles);
    }

    #[test]
    fn a_proof_with_one_changed_bit_does_not_verify(
        total in 2_u64..2_000, index in 0_u64..2_000, hash in any::<prop::sample::Index>(), bit in 0_usize..256,
    ) {
        let index = index % total;
        let all = leaves(total);
        let stored = Stored::of(&all);
        let head = stored.tree.head();
        let mut proof = stored.tree.prover(stored.read()).inclusion(index, total).unwrap();
        let place = hash.index(proof.0.len());
        proof.0[place].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(
            proof.verify(leaf(index), index, head),
            Err(InclusionError::Broken { index, size: total })
        );
    }
}

#[test]
fn full_tiles_hold_what_their_level_says() {
    let all = leaves(256 * 256 + 300);
    let stored = Stored::of(&all);
    let tile = |level, index| decode_hashes(&stored.tiles[&TileId { level, index }], TILE_WIDTH).unwrap();
    assert_eq!(stored.tiles.len(), 257 + 1);
    assert_eq!(tile(0, 7), all[7 * 256..8 * 256]);
    assert_eq!(tile(1, 0)[3], world::root(&all[3 * 256..4 * 256]));
    let partial: Vec<_> = stored.tree.partial_tiles().into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        partial,
        [
            TilePath::Hashes(TileId { level: 0, index: 257 }, 44),
            TilePath::Hashes(TileId { level: 1, index: 1 }, 1),
            TilePath::Hashes(TileId { level: 2, index: 0 }, 1),
        ]
    );
}

#[test]
fn proofs_over_full_tiles_that_nobody_took_yet_need_no_store() {
    let all = leaves(1000);
    let mut tree = Tree::new();
    all.iter().for_each(|leaf| tree.append(*leaf));
    let mut prover = tree.prover(|_| Err(NotStored));
    assert_eq!(prover.inclusion(3, 1000).unwrap().0, world::path(3, &all));
}

#[test]
fn the_newest_leaves_are_proven_without_reading_more_than_the_way_to_them() {
    let all = leaves(256 * 300 + 17);
    let stored = Stored::of(&all);
    let mut prover = stored.tree.prover(|_| Err(NotStored));
    let size = stored.tree.size();
    for index in size - 17..size {
        assert_eq!(prover.inclusion(index, size).unwrap().0, world::path(index as usize, &all));
    }
}

#[test]
fn a_missing_or_damaged_tile_is_named() {
    let mut stored = Stored::of(&leaves(600));
    let tile = TileId { level: 0, index: 1 };
    stored.tiles.get_mut(&tile).unwrap().pop();
    let short = TileError::Length { width: 256, expected: 8192, got: 8191 };
    let damaged = TreeError::Damaged { tile, source: short };
    assert_eq!(stored.tree.prover(stored.read()).inclusion(300, 600).unwrap_err(), damaged);
    assert_eq!(Tree::resume(600, &leaves(88), stored.read()).unwrap_err(), damaged);
    assert_eq!(
        damaged.to_string(),
        "tile/0/001 is damaged: a tile of 256 hashes has 8192 bytes, this one has 8191"
    );
    stored.tiles.remove(&tile);
    let missing = TreeError::Read { tile, source: NotStored };
    assert_eq!(stored.tree.prover(stored.read()).inclusion(300, 600).unwrap_err(), missing);
}

#[test]
fn a_damaged_tile_shows_in_the_resumed_root() {
    let all = leaves(600);
    let mut stored = Stored::of(&all);
    stored.tiles.get_mut(&TileId { level: 0, index: 0 }).unwrap()[77] ^= 1;
    let resumed = Tree::resume(600, &all[512..], stored.read()).unwrap();
    assert_ne!(resumed.root(), stored.tree.root());
}

#[test]
fn the_wrong_number_of_trailing_leaves_is_refused() {
    let read = |_| -> Result<Vec<u8>, Infallible> { unreachable!() };
    let refused = Tree::resume(10, &leaves(9), read).unwrap_err();
    assert_eq!(refused, TreeError::Trailing { size: 10, expected: 10, got: 9 });
}

#[test]
fn nothing_is_proven_about_what_is_not_there() {
    let stored = Stored::of(&leaves(10));
    let mut prover = stored.tree.prover(stored.read());
    let beyond = |asked, size| TreeError::Beyond { asked, size };
    assert_eq!(prover.inclusion(0, 11).unwrap_err(), beyond(11, 10));
    assert_eq!(prover.inclusion(5, 5).unwrap_err(), beyond(5, 5));
    assert_eq!(prover.consistency(6, 5).unwrap_err(), beyond(6, 5));
    assert_eq!(prover.consistency(0, u64::MAX).unwrap_err(), beyond(u64::MAX, 10));
    assert_eq!(prover.head_at(11).unwrap_err(), beyond(11, 10));
}

#[test]
fn a_proof_is_for_one_leaf_at_one_place_in_one_tree() {
    let all = leaves(100);
    let stored = Stored::of(&all);
    let head = stored.tree.head();
    let proof = stored.tree.prover(stored.read()).inclusion(40, 100).unwrap();
    let broken = |index| Err(InclusionError::Broken { index, size: 100 });
    assert_eq!(proof.verify(leaf(41), 40, head), broken(40));
    assert_eq!(proof.verify(leaf(40), 41, head), broken(41));
    assert_eq!(proof.verify(leaf(40), 40, TreeHead { root: leaf(1), ..head }), broken(40));
    let beyond = InclusionError::BeyondTree { index: 40, size: 40 };
    assert_eq!(proof.verify(leaf(40), 40, TreeHead { size: 40, ..head }), Err(beyond));
    let huge = TreeHead { size: u64::MAX, ..head };
    assert!(proof.verify(leaf(40), u64::MAX - 1, huge).is_err());
    let mut cut = proof.clone();
    cut.0.pop();
    assert_eq!(cut.verify(leaf(40), 40, head), broken(40));
    let mut long = proof.clone();
    long.0.push(leaf(9));
    assert_eq!(long.verify(leaf(40), 40, head), broken(40));
    let endless = InclusionProof(vec![leaf(9); PROOF_HASHES_MAX + 1]);
    assert_eq!(endless.verify(leaf(40), 40, head), broken(40));
}

#[test]
fn consistency_is_not_shown_to_a_rewritten_tree() {
    let mut all = leaves(100);
    let old = TreeHead { size: 60, root: world::root(&all[..60]) };
    all[10] = leaf(9999);
    let stored = Stored::of(&all);
    let proof = stored.tree.prover(stored.read()).consistency(60, 100).unwrap();
    let broken = ConsistencyError::Broken { old: 60, new: 100 };
    assert_eq!(proof.verify(old, stored.tree.head()), Err(broken));
    let backwards = ConsistencyError::Smaller { old: 100, new: 60 };
    assert_eq!(proof.verify(stored.tree.head(), old), Err(backwards));
}

#[test]
fn every_tree_extends_the_empty_one_and_itself() {
    let stored = Stored::of(&leaves(100));
    let head = stored.tree.head();
    let nothing = ConsistencyProof(Vec::new());
    assert_eq!(nothing.verify(TreeHead::EMPTY, head), Ok(()));
    assert_eq!(nothing.verify(TreeHead::EMPTY, TreeHead::EMPTY), Ok(()));
    assert_eq!(nothing.verify(head, head), Ok(()));
    let other = TreeHead { root: leaf(1), ..head };
    assert!(nothing.verify(head, other).is_err());
    let no_empty_tree = TreeHead { size: 0, root: leaf(1) };
    assert!(nothing.verify(no_empty_tree, head).is_err());
    let padded = ConsistencyProof(vec![Digest::NONE]);
    assert!(padded.verify(TreeHead::EMPTY, head).is_err());
}
