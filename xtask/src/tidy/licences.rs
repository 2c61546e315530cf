//! Licences of everything we depend on: each package offers at least one that fits ours.

use super::{Complaint, tree::Tree};

/// Permissive ones, and MPL-2.0, whose terms stop at its own files.
const FITTING: &[&str] = &[
    "Apache-2.0",
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "Zlib",
    "Unicode-3.0",
    "Apache-2.0 WITH LLVM-exception",
];

const WHY: &str = "what we hand out under Apache-2.0 may not contain what cannot be; the list is in \
                   xtask/src/tidy/licences.rs";

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for package in &tree.packages {
        let what = match &package.licence {
            None => "states no licence".to_owned(),
            Some(expression) if fits(expression) => continue,
            Some(expression) => format!("offers no licence that fits: {expression}"),
        };
        found.push(Complaint { place: package.name.clone(), what, why: WHY });
    }
    found
}

/// Whether an SPDX expression leaves a choice that fits. A bare `/` is the old way to write OR.
fn fits(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let fits = any(&mut rest);
    fits && rest.is_empty()
}

/// One or more groups with OR between them.
fn any(rest: &mut &[&str]) -> bool {
    let mut fits = all(rest);
    while let Some((&"OR", after)) = rest.split_first() {
        *rest = after;
        fits |= all(rest);
    }
    fits
}

/// One or more licences with AND between them, which binds closer than OR.
fn all(rest: &mut &[&str]) -> bool {
    let mut fits = one(rest);
    while let Some((&"AND", after)) = rest.split_first() {
        *rest = after;
        fits &= one(rest);
    }
    fits
}

/// One licence, with its exception, or a group in parentheses.
fn one(rest: &mut &[&str]) -> bool {
    match *rest {
        ["(", after @ ..] => {
            *rest = after;
            let fits = any(rest);
            match rest.split_first() {
                Some((&")", after)) => {
                    *rest = after;
                    fits
                }
                _ => false,
            }
        }
        [licence, "WITH", exception, after @ ..] => {
            *rest = after;
            FITTING.contains(&format!("{licence} WITH {exception}").as_str())
        }
        [licence, after @ ..] => {
            *rest = after;
            FITTING.contains(licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_fits_is_enough_but_every_part_of_an_and_must_fit() {
        for fitting in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR GPL-2.0-only) AND ISC",
            "MIT AND (Apache-2.0 OR GPL-2.0-only)",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
        ] {
            assert!(fits(fitting), "{fitting}");
        }
        for unfitting in
            ["GPL-3.0-only", "MIT AND GPL-2.0-only", "(MIT", "MIT)", "", "Apache-2.0 WITH Odd-exception"]
        {
            assert!(!fits(unfitting), "{unfitting}");
        }
    }

    #[test]
    fn a_package_without_a_fitting_licence_is_caught() {
        let mut tree = Tree::of_packages(&[("viral", None, "GPL-3.0-only", &[]), ("silent", None, "", &[])]);
        tree.packages[1].licence = None;
        let found = complaints(&tree);
        assert_eq!(found[0].what, "offers no licence that fits: GPL-3.0-only");
        assert_eq!(found[1].what, "states no licence");
    }
}
