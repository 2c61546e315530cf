//! What members say to each other: to all of this epoch and to nobody else, once, and under their own name.

use std::collections::BTreeSet;

use chancery_secure_call::group::{
    commit::Plan,
    message::{HearError, SayError, WORDS_BYTES_MAX},
};

use crate::{
    call::Call,
    world::{NOW_MS, World},
};

#[test]
fn all_members_hear_what_one_says_and_who_says_it() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let said = call.members[1].say(b"the line is good").unwrap();
    for listener in [0, 2] {
        let heard = call.members[listener].hear(&said).unwrap();
        assert_eq!(
            (heard.from.device, heard.words.as_slice()),
            (people[1].id(), b"the line is good".as_slice())
        );
    }
    assert!(matches!(call.members[1].hear(&said), Err(HearError::Own)));
}

#[test]
fn a_message_is_opened_once() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let said = call.members[0].say(b"one").unwrap();
    call.members[1].hear(&said).unwrap();
    assert!(matches!(call.members[1].hear(&said), Err(HearError::Replayed)));
}

#[test]
fn messages_that_the_server_lost_or_turned_around_do_not_stop_the_others() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let said: Vec<_> = (0..5).map(|number| call.members[0].say(&[number]).unwrap()).collect();
    for number in [3, 1, 4] {
        assert_eq!(
            call.members[1].hear(&said[number]).unwrap().words.as_slice(),
            [u8::try_from(number).unwrap()]
        );
    }
}

#[test]
fn an_epoch_that_is_over_or_not_there_yet_is_named() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let early = call.members[0].say(b"before").unwrap();
    let mut other = Call::of(&mut world, 2).0;
    call.update(&world, 0);
    assert!(matches!(call.members[1].hear(&early), Err(HearError::Past { expected: 2, got: 1 })));
    let foreign = other.members[0].say(b"elsewhere").unwrap();
    assert!(matches!(call.members[1].hear(&foreign), Err(HearError::Group)));
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let author = call.members[0].own().device;
    call.server.take(&made.commit, None, author, &world.admitted, &BTreeSet::new(), NOW_MS).unwrap();
    call.members[0].confirm().unwrap();
    let ahead = call.members[0].say(b"after").unwrap();
    assert!(matches!(call.members[1].hear(&ahead), Err(HearError::Ahead { expected: 2, got: 3 })));
}

#[test]
fn a_changed_message_is_not_opened_and_does_not_use_up_the_true_one() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let said = call.members[0].say(b"the true words").unwrap();
    // From the sender data on, to the last byte of the tag.
    for at in [said.len() - 1, said.len() - 20, said.len() - 200] {
        let mut changed = said.clone();
        changed[at] ^= 1;
        assert!(call.members[1].hear(&changed).is_err(), "byte {at}");
    }
    let mut tag = said.clone();
    *tag.last_mut().unwrap() ^= 1;
    assert!(matches!(call.members[1].hear(&tag), Err(HearError::Unreadable(1))));
    assert_eq!(call.members[1].hear(&said).unwrap().words.as_slice(), b"the true words");
}

#[test]
fn lengths_say_little_and_are_bounded() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    assert_eq!(call.members[0].say(b"").unwrap().len(), call.members[0].say(&[1; 64]).unwrap().len());
    let longest = call.members[0].say(&vec![1; WORDS_BYTES_MAX]).unwrap();
    assert_eq!(call.members[1].hear(&longest).unwrap().words.len(), WORDS_BYTES_MAX);
    let refused = call.members[0].say(&vec![1; WORDS_BYTES_MAX + 1]);
    assert_eq!(refused, Err(SayError::TooLong(WORDS_BYTES_MAX + 1)));
}
