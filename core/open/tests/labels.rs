//! The documents list every label: a construction that nobody wrote down is one that nobody can check.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{collections::BTreeSet, fs, path::Path};

fn labels_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            labels_in(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (at, start) in text.match_indices("chancery/") {
            let label: String = text[at..]
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-'))
                .collect();
            if label.len() > start.len() && label.ends_with("/1") {
                found.insert(label);
            }
        }
    }
}

#[test]
fn every_label_of_the_code_stands_in_the_table() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    labels_in(&core.join("open/src"), &mut found);
    labels_in(&core.join("seal/src"), &mut found);
    labels_in(&core.join("secure-call/src"), &mut found);
    assert!(found.len() > 20, "{found:?}");
    let docs = core.parent().unwrap().join("docs");
    let tables =
        ["seal.md", "tape.md", "group.md"].map(|name| fs::read_to_string(docs.join(name)).unwrap()).concat();
    for label in found {
        let listed = tables.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{label}`")));
        assert!(listed, "{label} is not in the table of docs/seal.md, docs/tape.md or docs/group.md");
    }
}
