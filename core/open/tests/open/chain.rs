//! Who holds the newest generation walks down to the first; a link of another vault or a false secret ends the walk.

use crate::fixed::{context, name, package, remark, rng, secret, stated};
use chancery_log::{act::BodyRef, id::PackageId};
use chancery_open::{
    body::{self, OpenError},
    chain::{ChainError, Link, open_previous, seal_previous, walk},
    generation::{CommitmentError, GenerationSecret},
};
use chancery_seal::{
    sealed::{BodyContext, SealedBody},
    vault::Generation,
};

struct Made {
    context: BodyContext,
    body: SealedBody,
    named: BodyRef,
    previous: Generation,
}

impl Made {
    fn link(&self) -> Link<'_> {
        Link { context: self.context, body: &self.body, named: &self.named, previous: &self.previous }
    }
}

/// The link in the act of generation `number`, holding `held`, next to what the log states about the one before.
fn link(
    number: u32,
    newer: &GenerationSecret,
    held: &GenerationSecret,
    stated_as: &GenerationSecret,
) -> Made {
    let context = BodyContext { counter: u64::from(number), ..context(package(number)) };
    let body = seal_previous(newer, &context, held, &mut rng(3)).unwrap();
    let named = body.reference(&context.under).unwrap();
    Made { context, body, named, previous: stated(stated_as, &package(number - 1), number > 2) }
}

#[test]
fn the_newest_generation_gives_all_earlier_ones() {
    let secrets: Vec<GenerationSecret> = (1..=4).map(secret).collect();
    let made: Vec<Made> = (2..=4_u32)
        .rev()
        .map(|n| {
            let (newer, older) = (&secrets[n as usize - 1], &secrets[n as usize - 2]);
            link(n, newer, older, older)
        })
        .collect();
    let links: Vec<Link<'_>> = made.iter().map(Made::link).collect();
    let found = walk(&package(4), &secrets[3], &links).unwrap();
    assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3, 2, 1]);
    for (number, secret) in &found {
        assert_eq!(secret.expose(), secrets[*number as usize - 1].expose());
    }
}

#[test]
fn a_left_out_link_is_noticed() {
    let made = link(2, &secret(2), &secret(1), &secret(1));
    let refused = walk(&package(3), &secret(3), &[made.link()]);
    assert_eq!(refused.err(), Some(ChainError::Place { expected: package(3), got: package(2) }));
}

#[test]
fn a_link_of_another_vault_is_noticed() {
    let mut made = link(2, &secret(2), &secret(1), &secret(1));
    made.context.under = name(chancery_log::id::Vault::Package(PackageId([5; 16])), 2);
    let refused = walk(&package(2), &secret(2), &[made.link()]);
    assert!(matches!(refused, Err(ChainError::Place { .. })));
}

#[test]
fn a_false_secret_in_the_chain_is_named_and_nothing_below_it_is_believed() {
    let top = link(3, &secret(3), &secret(66), &secret(2));
    let below = link(2, &secret(66), &secret(1), &secret(1));
    let refused = walk(&package(3), &secret(3), &[top.link(), below.link()]);
    assert_eq!(refused.err(), Some(ChainError::Commitment(CommitmentError::Commitment(package(2)))));
}

#[test]
fn the_first_generation_has_none_before_it() {
    let body = body::seal(&secret(1), &context(package(1)), &remark("x"), &mut rng(3)).unwrap();
    let named = body.reference(&package(1)).unwrap();
    let previous = stated(&secret(9), &package(1), false);
    let link = Link { context: context(package(1)), body: &body, named: &named, previous: &previous };
    assert_eq!(open_previous(&secret(1), &link).err(), Some(ChainError::First));
}

#[test]
fn words_in_the_place_of_a_secret_are_refused_and_a_secret_in_the_place_of_words_is() {
    let mut made = link(2, &secret(2), &secret(1), &secret(1));
    let words = body::open(&secret(2), &made.context, &made.body, &made.named);
    assert_eq!(words, Err(OpenError::NotWords));
    made.body = body::seal(&secret(2), &made.context, &remark("x"), &mut rng(3)).unwrap();
    made.named = made.body.reference(&made.context.under).unwrap();
    assert_eq!(open_previous(&secret(2), &made.link()).err(), Some(ChainError::NotASecret));
}
