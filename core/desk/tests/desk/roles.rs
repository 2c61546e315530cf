//! The table of powers: what each role is refused, and that docs/acts.md shows the same table.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, Role},
    refusal::Refusal,
    roles::{Power, ROLES, Row, TABLE},
};

use crate::world::{DUTY, NOTES, PRINCIPAL, World};

/// The table as docs/acts.md shows it.
fn drawn() -> String {
    let mark = |may: bool| if may { "×" } else { "" };
    let mut text = String::from("| power |");
    for role in ROLES {
        text.push_str(&format!(" {role} |"));
    }
    text.push_str(" own | the package's principal | observer |\n|---|");
    text.push_str(&"---|".repeat(ROLES.len() + 3));
    text.push('\n');
    for Row { power, roles, own, of_package, observer } in TABLE {
        let cells = roles.iter().chain([own, of_package, observer]).map(|may| format!(" {} |", mark(*may)));
        text.push_str(&format!("| {power} |{}\n", cells.collect::<String>()));
    }
    text
}

#[test]
fn the_document_shows_the_table_that_the_code_uses() {
    let document = include_str!("../../../../docs/acts.md");
    let table = drawn();
    assert!(document.contains(&table), "docs/acts.md must contain exactly this table:\n{table}");
}

#[test]
fn every_power_is_somebodys() {
    for Row { power, roles, own, of_package, observer } in TABLE {
        assert!(roles.contains(&true) || *own || *of_package || *observer, "{power:?}");
        assert_eq!(power.row().power, *power);
    }
    let powers: BTreeSet<Power> = TABLE.iter().map(|row| row.power).collect();
    assert_eq!(powers.len(), TABLE.len());
}

#[test]
fn a_refusal_says_which_role_it_takes_and_which_there_is() {
    let world = World::with_live_call();
    let refusal = world.call_refusal(NOTES, Act::CallCleared {});
    assert_eq!(
        refusal.to_string(),
        "clearing away a stuck call needs duty officer; the author is note-taker"
    );
    let Refusal::NeedsRole { needed, has, .. } = refusal else { panic!("another refusal") };
    assert_eq!((needed, has), (BTreeSet::from([Role::DutyOfficer]), BTreeSet::from([Role::NoteTaker])));
    assert!(matches!(world.call_refusal(DUTY, Act::WrapUpGiven {}), Refusal::NeedsRole { .. }));
    assert!(matches!(
        world.call_refusal(PRINCIPAL, Act::NoteTaken { instead_of: None }),
        Refusal::NeedsRole { .. }
    ));
}
