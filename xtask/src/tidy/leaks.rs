//! Leaks: paths of one machine, addresses of registries, real records.

use super::{Complaint, tree::Tree};

/// This file names what it looks for.
const SELF: &str = "xtask/src/tidy/leaks.rs";

/// Where one machine's people and checkouts live.
const MACHINE: [&str; 4] = ["/work/", "/root/", "/home/", "/Users/"];

/// Where packages come from: the toolchain's own configuration says so, not ours.
const REGISTRIES: [&str; 6] = [
    "index.crates.io",
    "static.crates.io",
    "registry.npmjs.org",
    "pypi.org/simple",
    "proxy.golang.org",
    "deb.debian.org",
];

/// The only source that Cargo.lock may name: Cargo's canonical name of crates.io, whatever mirror was used.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Names of the real records that tests and demos may read where they lie.
const RECORDS: [&str; 4] =
    ["telcons.jsonl", "memcons.jsonl", "call-log-1971-1973.jsonl", "rfc9605-vectors.json"];

/// What every one of those records contains.
const MARKS_OF_RECORDS: [&str; 2] = ["history.state.gov/historicaldocuments", "\"nixon-tapes/"];

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for file in &tree.files {
        if RECORDS.iter().any(|name| file.path.ends_with(name)) {
            found.push(record(&file.path));
        }
    }
    for (path, text) in tree.texts().filter(|(path, _)| *path != SELF) {
        if MARKS_OF_RECORDS.iter().any(|mark| text.contains(mark)) {
            found.push(record(path));
        }
        for (index, line) in text.lines().enumerate() {
            found.extend(in_line(path, index + 1, line));
        }
    }
    found
}

fn record(path: &str) -> Complaint {
    Complaint {
        place: path.to_owned(),
        what: "real records".into(),
        why: "real records are read where they lie; the project invents its own people and calls",
    }
}

fn in_line(path: &str, line: usize, text: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    let mut complain =
        |what: String, why| found.push(Complaint { place: format!("{path}:{line}"), what, why });
    for machine in MACHINE {
        for (at, _) in text.match_indices(machine) {
            let within_a_path = text.split_at(at).0.chars().next_back().is_some_and(|letter| {
                letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | '~')
            });
            if !within_a_path {
                complain(
                    format!("a path of one machine: {machine}…"),
                    "it says where somebody works, and leads nowhere for anybody else",
                );
            }
        }
    }
    if let Some(registry) = REGISTRIES.iter().find(|registry| text.contains(**registry)) {
        complain(
            format!("names {registry}"),
            "where packages come from is for each machine's own configuration",
        );
    }
    if path.ends_with("Cargo.lock") && text.starts_with("source = ") && text != CRATES {
        complain(
            format!("a package from elsewhere: {text}"),
            "every package comes from crates.io, where all can see it",
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        complaints(&Tree::of_files(&[(path, text)])).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn a_path_of_one_machine_is_caught_and_a_relative_one_is_not() {
        assert_eq!(whats("a.md", "see /root/x"), ["a path of one machine: /root/…"]);
        assert_eq!(whats("a.md", "see core/root/x and ../work/y"), [""; 0]);
    }

    #[test]
    fn an_address_of_a_registry_is_caught() {
        assert_eq!(
            whats(".cargo/config.toml", "index = \"https://index.crates.io/\""),
            ["names index.crates.io"]
        );
        assert_eq!(whats("Cargo.lock", "source = \"git+https://example.org/x\"").len(), 1);
        assert_eq!(whats("Cargo.lock", CRATES), [""; 0]);
    }

    #[test]
    fn real_records_are_caught_by_name_and_by_content() {
        assert_eq!(whats("sim/tests/data/telcons.jsonl", "{}"), ["real records"]);
        assert_eq!(whats("a.json", "{\"id\": \"nixon-tapes/001\"}"), ["real records"]);
    }
}
