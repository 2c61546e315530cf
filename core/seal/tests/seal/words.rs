//! The words are told apart by ear and eye, and any other key gives others.

use std::collections::BTreeSet;

use chancery_log::id::{DeviceId, Digest, InvitationId};
use chancery_seal::words::{WORDS, comparison_words, words};

/// How many letters must be changed, added or left out to make one word of the other (Levenshtein).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in two.iter().enumerate() {
            let best = (row[j] + 1).min(row[j + 1] + 1).min(diagonal + usize::from(a != *b));
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[two.len()]
}

#[test]
fn words_are_short_plain_and_far_apart() {
    for (i, one) in WORDS.iter().enumerate() {
        assert!((4..=7).contains(&one.len()) && one.chars().all(|c| c.is_ascii_lowercase()), "{one}");
        for two in &WORDS[i + 1..] {
            assert!(distance(one, two) >= 3 && one[..4] != two[..4], "{one}, {two}");
        }
    }
    assert!(WORDS.is_sorted());
}

#[test]
fn each_byte_has_its_word() {
    let mut bytes = [0; 32];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from(i).unwrap();
    }
    assert_eq!(words(&Digest(bytes)).as_slice(), &WORDS[..6]);
    assert_eq!(words(&Digest([255; 32])), [WORDS[255]; 6]);
}

#[test]
fn another_genesis_invitation_inviter_or_newcomer_gives_other_words() {
    let (genesis, invitation) = (Digest([1; 32]), InvitationId([2; 16]));
    let (inviter, newcomer) = (DeviceId([3; 32]), DeviceId([4; 32]));
    let all = [
        comparison_words(&genesis, &invitation, &inviter, &newcomer),
        comparison_words(&Digest([9; 32]), &invitation, &inviter, &newcomer),
        comparison_words(&genesis, &InvitationId([9; 16]), &inviter, &newcomer),
        comparison_words(&genesis, &invitation, &DeviceId([9; 32]), &newcomer),
        comparison_words(&genesis, &invitation, &inviter, &DeviceId([9; 32])),
        comparison_words(&genesis, &invitation, &newcomer, &inviter),
    ];
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    assert_eq!(all[0], comparison_words(&genesis, &invitation, &inviter, &newcomer));
}
