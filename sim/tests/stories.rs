//! Every page in sim/stories is a test of its own name; together they cover every act and many refusals.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{collections::BTreeSet, fs, path::PathBuf, sync::OnceLock};

use chancery_sim::story::telling::{Told, patterns, tell};

macro_rules! stories {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(#[test] fn $name() {
            told(stringify!($name));
        })*

        /// Each story is told once for all tests.
        fn told(name: &str) -> &'static Told {
            static TOLD: [OnceLock<Result<Told, String>>; NAMES.len()] = [const { OnceLock::new() }; NAMES.len()];
            let place = NAMES.iter().position(|known| *known == name);
            let cell = TOLD.get(place.expect("the story is in the list")).expect("and has its place");
            let told = cell.get_or_init(|| {
                let file = format!("sim/stories/{name}.story");
                let text = fs::read_to_string(folder().join(format!("{name}.story"))).expect("the page is there");
                tell(&file, &text).map_err(|broken| broken.to_string())
            });
            told.as_ref().unwrap_or_else(|broken| panic!("\n{broken}\n"))
        }
    };
}

stories! {
    a_guest_is_called_back
    a_tape_is_dealt_and_opened
    a_brief_is_cleared
    a_call_from_request_to_closed
    a_phone_with_a_wrong_clock
    a_second_device_and_a_stolen_one
    a_shift_is_handed_over
    an_off_channel_contact
    an_unannounced_call
    calls_that_do_not_come_to_be
    counterparts_and_direct_lines
    everything_is_lost_and_recovered
    links_and_knocks
    notes_taken_offline
    people_come_and_go
    promises_are_kept
    readers_come_and_go
    two_principals
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("stories")
}

#[test]
fn every_page_is_a_test() {
    let pages = fs::read_dir(folder()).expect("the folder is there").filter_map(|entry| {
        let name = entry.expect("it can be listed").file_name().into_string().expect("a plain name");
        name.strip_suffix(".story").map(str::to_owned)
    });
    let pages: BTreeSet<String> = pages.collect();
    let tests: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(pages, tests);
}

#[test]
fn all_stories_together_cover_every_act() {
    let acts = include_str!("../../core/desk/src/act.rs");
    let (_, acts) = acts.split_once("pub enum Act {").expect("the act's file has its enum");
    let (acts, _) = acts.split_once("\n}").expect("the enum ends");
    let variants = acts.lines().filter_map(|line| {
        let line = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))?;
        Some(line.split([' ', '(', '{', ',']).next().unwrap_or_default().to_owned())
    });
    let variants: BTreeSet<String> = variants.collect();
    assert!(variants.len() > 60, "{variants:?}");
    let told: BTreeSet<String> = NAMES.iter().flat_map(|name| told(name).acts.clone()).collect();
    let missing: Vec<_> = variants.difference(&told).collect();
    assert!(missing.is_empty(), "in no story: {missing:?}");
}

#[test]
fn all_stories_together_are_refused_for_many_reasons() {
    let refusals: BTreeSet<String> = NAMES.iter().flat_map(|name| told(name).refusals.clone()).collect();
    assert!(refusals.len() >= 25, "{} only: {refusals:?}", refusals.len());
}

#[test]
fn the_list_of_sentences_is_complete() {
    let readme = include_str!("../stories/README.md");
    for pattern in patterns() {
        assert!(
            readme.contains(&format!("- {pattern}.\n")),
            "sim/stories/README.md does not list: {pattern}"
        );
    }
}
