//! `cargo xtask tidy`: rules about the source that a machine can check. One file per group of rules; each rule tells
//! why it stands, and has a test that shows it catching what it forbids.

use anyhow::{Result, bail};

use tree::Tree;

mod arrows;
mod documents;
mod leaks;
mod licences;
mod purity;
mod sizes;
mod tree;
mod words;

/// For `cargo xtask tidy --help`.
pub(crate) const HELP: &str = "\
cargo xtask tidy

Checks, over every file that is committed or about to be:
  arrows      which crate may use which; nothing of the server's reaches private keys; what core/ takes from outside
  licences    of everything we depend on
  purity      core/ is told time, bytes and randomness, and is the same on every target
  sizes       files and functions short enough to read; a first line that says what a file is for
  words       names that say nothing, words that docs/words.md rules out, re-exports, unexplained exceptions
  documents   every path and link named in a document or in code leads somewhere
  leaks       no path of one machine, no registry's address, no real records
Each complaint names the place, what is wrong and why the rule stands. The same rules run in `cargo test`.
";

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// File, with a line where there is one, or package.
    place: String,
    /// What is wrong there.
    what: String,
    /// Why there is such a rule.
    why: &'static str,
}

/// Runs the command.
pub(crate) fn run(_: &[String]) -> Result<()> {
    let tree = Tree::load()?;
    let complaints = complaints(&tree);
    for Complaint { place, what, why } in &complaints {
        println!("{place}: {what}\n    because {why}");
    }
    println!("{} files, {} complaints", tree.files.len(), complaints.len());
    if complaints.is_empty() { Ok(()) } else { bail!("{} complaints", complaints.len()) }
}

/// All rules.
fn complaints(tree: &Tree) -> Vec<Complaint> {
    let rules: [fn(&Tree) -> Vec<Complaint>; 7] = [
        arrows::complaints,
        licences::complaints,
        purity::complaints,
        sizes::complaints,
        words::complaints,
        documents::complaints,
        leaks::complaints,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let complaints = complaints(&Tree::load().unwrap());
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}
