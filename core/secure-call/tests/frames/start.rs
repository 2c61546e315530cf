//! No two starts are alike: another context each, another base in each epoch, and none once there is nothing left.

use std::collections::BTreeSet;

use chancery_secure_call::frames::{
    sealer::FrameSealer,
    start::{STARTS_MAX, SealerStart, SealerStarts, StartBytesError, StartError},
};

use crate::fixed::{base, leaf, seal, words};

fn starts() -> SealerStarts {
    let mut starts = SealerStarts::new(leaf(5));
    starts.enter(7, base(7)).unwrap();
    starts
}

#[test]
fn a_worker_that_starts_again_in_one_epoch_seals_under_another_key_id() {
    let mut starts = starts();
    let mut first = FrameSealer::new(starts.start().unwrap()).unwrap();
    let mut second = FrameSealer::new(starts.start().unwrap()).unwrap();
    assert_ne!(first.key_id(), second.key_id());
    assert_eq!((first.key_id().leaf, second.key_id().leaf), (leaf(5), leaf(5)));
    // The same counter and the same words: with one key they would be the same bytes.
    let (one, other) = (seal(&mut first, &words(1)), seal(&mut second, &words(1)));
    assert_ne!(one[4..], other[4..]);
}

#[test]
fn every_start_of_an_epoch_has_a_context_of_its_own_and_then_there_is_none() {
    let mut starts = starts();
    let contexts: BTreeSet<u8> = (0..STARTS_MAX)
        .map(|_| FrameSealer::new(starts.start().unwrap()).unwrap().key_id().context.get())
        .collect();
    assert_eq!(contexts.len(), usize::from(STARTS_MAX));
    assert!(!contexts.contains(&0));
    assert_eq!(starts.start().err(), Some(StartError::Exhausted(7)));
    starts.enter(8, base(8)).unwrap();
    assert!(starts.start().is_ok());
}

#[test]
fn an_epoch_is_entered_once_and_only_forward() {
    let mut starts = starts();
    for got in [7, 6, 0] {
        let refused = starts.enter(got, base(got));
        assert_eq!(refused, Err(StartError::Backwards { entered: 7, got }));
    }
    starts.leave();
    assert_eq!(starts.enter(7, base(7)), Err(StartError::Backwards { entered: 7, got: 7 }));
}

#[test]
fn before_the_first_epoch_and_after_leaving_nothing_starts() {
    assert_eq!(SealerStarts::new(leaf(5)).start().err(), Some(StartError::NoEpoch));
    let mut starts = starts();
    starts.leave();
    assert_eq!(starts.start().err(), Some(StartError::NoEpoch));
}

#[test]
fn a_start_reaches_the_worker_as_it_was() {
    let mut starts = starts();
    starts.start().unwrap();
    let exported = starts.start().unwrap().export();
    let mut sealer = FrameSealer::new(SealerStart::import(exported.as_slice()).unwrap()).unwrap();
    let mut expected = crate::fixed::restarted(5, 7, 2);
    assert_eq!((sealer.key_id(), sealer.epoch()), (expected.key_id(), 7));
    assert_eq!(seal(&mut sealer, &words(1)), seal(&mut expected, &words(1)));
}

#[test]
fn bytes_that_are_no_start_are_refused() {
    let exported = starts().start().unwrap().export();
    for end in 0..exported.len() {
        assert_eq!(SealerStart::import(&exported[..end]).err(), Some(StartBytesError::Length(end)));
    }
    let longer = [exported.as_slice(), &[0]].concat();
    assert_eq!(SealerStart::import(&longer).err(), Some(StartBytesError::Length(46)));
    let mut no_context = *exported;
    no_context[44] = 0;
    assert_eq!(SealerStart::import(&no_context).err(), Some(StartBytesError::Names));
    let mut no_leaf = *exported;
    no_leaf[40] = 1;
    assert_eq!(SealerStart::import(&no_leaf).err(), Some(StartBytesError::Names));
}

#[test]
fn a_base_is_not_printed() {
    assert_eq!(format!("{:?}", base(7)), "FrameBase");
}
