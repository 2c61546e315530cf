//! The roster of an epoch: its digest says who had which leaf.

use std::collections::BTreeMap;

use chancery_log::id::DeviceId;
use chancery_seal::tape::epoch::{ROSTER_MAX, Roster, RosterError};

use super::fixed::{leaf, roster};

#[test]
fn another_device_leaf_or_member_gives_another_digest() {
    let digest = |devices: &[(u32, u8)]| roster(devices).digest().unwrap();
    let own = digest(&[(0, 1), (1, 2)]);
    for other in [&[(0, 2), (1, 1)][..], &[(0, 1), (2, 2)], &[(0, 1)], &[(0, 1), (1, 2), (2, 3)]] {
        assert_ne!(digest(other), own, "{other:?}");
    }
    assert_eq!(digest(&[(1, 2), (0, 1)]), own);
}

#[test]
fn an_empty_roster_and_one_too_large_are_refused() {
    assert_eq!(Roster::new(BTreeMap::new()), Err(RosterError(0)));
    let many: BTreeMap<_, _> = (0..=1_024).map(|at| (leaf(at), DeviceId([1; 32]))).collect();
    assert_eq!(Roster::new(many), Err(RosterError(ROSTER_MAX + 1)));
}
