//! Arrows between crates: which of ours may use which, what core/ takes from outside, and what the server never reaches.

use std::collections::BTreeSet;

use super::{
    Complaint,
    tree::{Package, Tree},
};

/// What each of our crates may be built with, of ours. A crate that is missing here may use none.
/// `*`: it stands at the top and may use all.
const ARROWS: &[(&str, &[&str])] = &[
    ("chancery-log", &[]),
    ("chancery-seal", &["chancery-log"]),
    ("chancery-open", &["chancery-log", "chancery-seal"]),
    ("chancery-desk", &["chancery-log", "chancery-seal"]),
    ("chancery-wire", &["chancery-log", "chancery-desk"]),
    ("chancery-call-tree", &["chancery-log", "chancery-seal"]),
    ("chancery-secure-call", &["chancery-log", "chancery-seal", "chancery-open", "chancery-call-tree"]),
    ("chancery-sfu", &["chancery-log", "chancery-seal"]),
    (
        "chancery-participant",
        &[
            "chancery-log",
            "chancery-seal",
            "chancery-open",
            "chancery-desk",
            "chancery-wire",
            "chancery-call-tree",
            "chancery-secure-call",
        ],
    ),
    ("chancery-store", &["chancery-log", "chancery-seal", "chancery-desk"]),
    (
        "chancery-server",
        &[
            "chancery-log",
            "chancery-seal",
            "chancery-desk",
            "chancery-wire",
            "chancery-store",
            "chancery-call-tree",
            "chancery-sfu",
        ],
    ),
    (
        "chancery-device",
        &[
            "chancery-log",
            "chancery-seal",
            "chancery-open",
            "chancery-desk",
            "chancery-wire",
            "chancery-participant",
            "chancery-sound",
        ],
    ),
    (
        "chancery-web",
        &[
            "chancery-log",
            "chancery-seal",
            "chancery-open",
            "chancery-desk",
            "chancery-wire",
            "chancery-participant",
        ],
    ),
    ("chancery-frame-worker", &["chancery-seal", "chancery-secure-call"]),
    (
        "chancery-decoders",
        &["chancery-log", "chancery-seal", "chancery-desk", "chancery-wire", "chancery-call-tree"],
    ),
    ("chancery", &["*"]),
    ("chancery-sim", &["*"]),
    ("chancery-bench", &["*"]),
];

/// What the server is made of; the executable links the server beside a device, so it is not in this list.
const SERVER: [&str; 2] = ["chancery-server", "chancery-store"];

/// What holds private keys or the secrets of a call.
const SECRET: [&str; 2] = ["chancery-open", "chancery-secure-call"];

/// What core/ may take from outside: encodings, cryptography, errors. No clock, no randomness, no sockets.
const CORE_TAKES: &[&str] = &[
    "serde",
    "serde_bytes",
    "serde_json",
    "ciborium",
    "coset",
    "base64",
    "hex",
    "thiserror",
    "ed25519-dalek",
    "hpke",
    "x-wing",
    "ml-kem",
    "blahaj",
    "aes-gcm",
    "argon2",
    "hkdf",
    "hmac",
    "sha2",
    "subtle",
    "zeroize",
    "rand_core",
    "rand_chacha",
    "chacha20",
    "tlog_tiles",
    "signed_note",
    "openmls",
    "openmls_traits",
    "tls_codec",
    "sframe",
    // What the sfu speaks on the network: pings, DTLS, SRTP. Sans-IO, as core is.
    "str0m",
    "dimpl",
];

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for package in tree.packages.iter().filter(|package| package.folder.is_some()) {
        found.extend(upward(tree, package));
        if is_core(package) {
            found.extend(from_outside(tree, package));
        }
        if SERVER.contains(&package.name.as_str()) {
            found.extend(secrets(tree, package));
        }
    }
    found
}

fn is_core(package: &Package) -> bool {
    package.folder.as_deref().is_some_and(|folder| folder.starts_with("core/"))
}

fn used<'a>(tree: &'a Tree, ids: &'a BTreeSet<String>) -> impl Iterator<Item = &'a Package> {
    ids.iter().filter_map(|id| tree.package(id))
}

fn upward(tree: &Tree, package: &Package) -> Vec<Complaint> {
    let allowed =
        ARROWS.iter().find(|(name, _)| *name == package.name).map_or(&[][..], |(_, allowed)| *allowed);
    let complaint = |other: &Package, how: &str| Complaint {
        place: package.name.clone(),
        what: format!("{how} {}", other.name),
        why: "arrows run downwards only, or a change anywhere can reach everywhere; the table is in \
              xtask/src/tidy/arrows.rs",
    };
    let ours = |other: &&Package| other.folder.is_some();
    let built = used(tree, &package.uses)
        .filter(ours)
        .filter(|other| !allowed.contains(&"*") && !allowed.contains(&other.name.as_str()))
        .map(|other| complaint(other, "uses"));
    let tested = used(tree, &package.tests_use)
        .filter(ours)
        .filter(|other| is_core(package) && !is_core(other))
        .map(|other| complaint(other, "has tests that use"));
    built.chain(tested).collect()
}

fn from_outside(tree: &Tree, package: &Package) -> Vec<Complaint> {
    used(tree, &package.uses)
        .filter(|other| other.folder.is_none() && !CORE_TAKES.contains(&other.name.as_str()))
        .map(|other| Complaint {
            place: package.name.clone(),
            what: format!("takes {} from outside", other.name),
            why: "core is told time, bytes and randomness and runs in a browser; what it may take is listed in \
                  xtask/src/tidy/arrows.rs",
        })
        .collect()
}

fn secrets(tree: &Tree, package: &Package) -> Vec<Complaint> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut queue = vec![package];
    let mut found = Vec::new();
    while let Some(next) = queue.pop() {
        for other in used(tree, &next.uses) {
            if !seen.insert(&other.id) {
                continue;
            }
            if SECRET.contains(&other.name.as_str()) {
                found.push(Complaint {
                    place: package.name.clone(),
                    what: format!("reaches {} through {}", other.name, next.name),
                    why: "the server cannot read a word: code that opens is not even linked into it",
                });
            }
            queue.push(other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(tree: &Tree) -> Vec<String> {
        complaints(tree)
            .into_iter()
            .map(|complaint| format!("{} {}", complaint.place, complaint.what))
            .collect()
    }

    #[test]
    fn an_arrow_upwards_is_caught() {
        let tree = Tree::of_packages(&[
            ("chancery-log", Some("core/log"), "Apache-2.0", &["chancery-desk"]),
            ("chancery-desk", Some("core/desk"), "Apache-2.0", &["chancery-log"]),
        ]);
        assert_eq!(whats(&tree), ["chancery-log uses chancery-desk"]);
    }

    #[test]
    fn a_new_crate_without_a_row_may_use_none_of_ours() {
        let tree = Tree::of_packages(&[
            ("chancery-log", Some("core/log"), "Apache-2.0", &[]),
            ("chancery-new", Some("shell/new"), "Apache-2.0", &["chancery-log"]),
        ]);
        assert_eq!(whats(&tree), ["chancery-new uses chancery-log"]);
    }

    #[test]
    fn a_test_of_core_that_uses_the_shell_is_caught() {
        let mut tree = Tree::of_packages(&[
            ("chancery-log", Some("core/log"), "Apache-2.0", &[]),
            ("chancery-store", Some("shell/store"), "Apache-2.0", &["chancery-log"]),
        ]);
        tree.packages[0].tests_use.insert("chancery-store".into());
        assert_eq!(whats(&tree), ["chancery-log has tests that use chancery-store"]);
    }

    #[test]
    fn an_outside_crate_in_core_is_caught_unless_listed() {
        let tree = Tree::of_packages(&[
            ("chancery-log", Some("core/log"), "Apache-2.0", &["tokio", "serde"]),
            ("tokio", None, "MIT", &[]),
            ("serde", None, "MIT", &[]),
        ]);
        assert_eq!(whats(&tree), ["chancery-log takes tokio from outside"]);
    }

    #[test]
    fn private_keys_within_the_servers_reach_are_caught_however_far_away() {
        let tree = Tree::of_packages(&[
            ("chancery-server", Some("shell/server"), "Apache-2.0", &["outside"]),
            ("outside", None, "MIT", &["further"]),
            ("further", None, "MIT", &["chancery-open"]),
            ("chancery-open", Some("core/open"), "Apache-2.0", &[]),
        ]);
        assert_eq!(whats(&tree), ["chancery-server reaches chancery-open through further"]);
    }
}
