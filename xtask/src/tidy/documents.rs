//! Documents: every path and link that a document or a comment names leads somewhere.

use super::{Complaint, tree::Tree};

/// Documents whose paths in backticks are the map of the project.
const MAPS: [&str; 3] = ["ARCHITECTURE.md", "README.md", "docs/design.md"];

/// A word with one of these endings is the name of a file even without a folder.
const FILE_ENDINGS: &[&str] = &[".rs", ".md", ".toml", ".cddl"];

/// Where our documents are.
const FOLDER: &str = "docs/";

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for map in MAPS {
        if let Some((_, text)) = tree.texts().find(|(path, _)| *path == map) {
            found.extend(map_paths(tree, map, text));
        }
    }
    for (path, text) in tree.texts() {
        if path.ends_with(".rs") || path.ends_with(".toml") || path.ends_with(".md") {
            found.extend(docs_paths(tree, path, text));
        }
        if path.ends_with(".md") {
            found.extend(links(tree, path, text));
        }
    }
    found
}

fn in_paths(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '/' | '-')
}

fn nowhere(path: &str, line: usize, named: &str) -> Complaint {
    Complaint {
        place: format!("{path}:{line}"),
        what: format!("{named} does not exist"),
        why: "a map with a wrong road in it is not trusted on the right ones either",
    }
}

fn map_paths(tree: &Tree, path: &str, text: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        // Between the first and second backtick, the third and fourth, and so on.
        for quoted in line.split('`').skip(1).step_by(2) {
            // Paths of documents are looked at in every file.
            let looks_like_a_path = !quoted.starts_with(FOLDER)
                && quoted.chars().all(in_paths)
                && (quoted.contains('/') || FILE_ENDINGS.iter().any(|ending| quoted.ends_with(ending)));
            if looks_like_a_path && !tree.has(quoted) {
                found.push(nowhere(path, index + 1, quoted));
            }
        }
    }
    found
}

fn docs_paths(tree: &Tree, path: &str, text: &str) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices(FOLDER) {
            let (before, from) = line.split_at(at);
            // `https://elsewhere/docs/x` is somebody else's.
            if before.chars().next_back().is_some_and(in_paths) {
                continue;
            }
            let end = from.find(|letter| !in_paths(letter)).unwrap_or(from.len());
            let named = from.split_at(end).0.trim_end_matches(['.', '/']);
            if named != "docs" && !tree.has(named) {
                found.push(nowhere(path, index + 1, named));
            }
        }
    }
    found
}

fn links(tree: &Tree, path: &str, text: &str) -> Vec<Complaint> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains(':') {
                continue;
            }
            if !tree.has(&joined(folder, target)) {
                found.push(nowhere(path, index + 1, target));
            }
        }
    }
    found
}

/// `docs` and `../README.md` make `README.md`.
fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        complaints(&Tree::of_files(files)).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn a_path_on_the_map_that_leads_nowhere_is_caught() {
        let map = "`core/log/src/leaf.rs`, `core/log/`, `gone/away.rs`, `gone.md`, `cargo xtask test`, `Act`\n\
                   ```\n`in/a/sketch`\n```\n";
        let files = [("ARCHITECTURE.md", map), ("core/log/src/leaf.rs", "")];
        assert_eq!(whats(&files), ["gone/away.rs does not exist", "gone.md does not exist"]);
    }

    #[test]
    fn a_document_that_code_names_must_exist() {
        let gone = concat!("docs", "/gone.md");
        let text = format!("//! See {gone}, not https://elsewhere.example/{gone}.");
        assert_eq!(whats(&[("core/log/src/a.rs", &text)]), [format!("{gone} does not exist")]);
    }

    #[test]
    fn a_broken_link_is_caught() {
        let text = "[a](words.md) [b](../README.md#top) [c](https://example.org) [d](#here) [e](gone.md)";
        let files = [(concat!("docs", "/a.md"), text), (concat!("docs", "/words.md"), ""), ("README.md", "")];
        assert_eq!(whats(&files), ["gone.md does not exist"]);
    }
}
