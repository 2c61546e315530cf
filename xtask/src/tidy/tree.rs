//! What the rules look at: the files that git knows or would add, and the graph of packages.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};

use crate::{
    cargo_json::{DepKind, Metadata, metadata},
    programs::{output_of, program, root},
};

/// The targets that we build for: what other targets would pull in is not looked at.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

/// The project.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Every file.
    pub(crate) files: Vec<SourceFile>,
    /// Every package that any of ours leads to, ours included.
    pub(crate) packages: Vec<Package>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// From the root, with `/`.
    pub(crate) path: String,
    /// Size on disk.
    pub(crate) bytes: usize,
    /// None when it is not UTF-8.
    pub(crate) text: Option<String>,
}

/// One package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    /// Cargo's name for name, version and source together.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its folder from the root, for ours only.
    pub(crate) folder: Option<String>,
    /// The SPDX expression, if it has one.
    pub(crate) licence: Option<String>,
    /// Ids of the packages that it is built with.
    pub(crate) uses: BTreeSet<String>,
    /// Ids of the packages that its tests use beside those.
    pub(crate) tests_use: BTreeSet<String>,
}

impl Tree {
    /// Reads the project from disk.
    pub(crate) fn load() -> Result<Self> {
        let listed =
            output_of(program("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        let mut files = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // Listed but gone: deleted and not yet committed.
            let Ok(bytes) = fs::read(root().join(path)) else { continue };
            let size = bytes.len();
            files.push(SourceFile {
                path: path.to_owned(),
                bytes: size,
                text: String::from_utf8(bytes).ok(),
            });
        }
        let filters = TARGETS.map(|target| ["--filter-platform", target]).concat();
        Ok(Self { files, packages: packages(metadata(&filters)?)? })
    }

    /// The Rust files with their text.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The files that are text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
    }

    /// Whether there is such a file, or a folder with files.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The package with this id.
    pub(crate) fn package(&self, id: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.id == id)
    }

    /// A project of these files and no packages, for the tests of the rules.
    #[cfg(test)]
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| SourceFile {
            path: (*path).to_owned(),
            bytes: text.len(),
            text: Some((*text).to_owned()),
        });
        Self { files: files.collect(), packages: Vec::new() }
    }

    /// A project of these packages and no files: name, folder if ours, licence, what it uses by name.
    #[cfg(test)]
    pub(crate) fn of_packages(packages: &[(&str, Option<&str>, &str, &[&str])]) -> Self {
        let packages = packages.iter().map(|(name, folder, licence, uses)| Package {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            folder: folder.map(String::from),
            licence: Some((*licence).to_owned()),
            uses: uses.iter().map(|name| (*name).to_owned()).collect(),
            tests_use: BTreeSet::new(),
        });
        Self { files: Vec::new(), packages: packages.collect() }
    }
}

/// Reads the packages out of `cargo metadata`.
fn packages(metadata: Metadata) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for node in metadata.resolve.context("cargo metadata without a graph")?.nodes {
        let listed = metadata.packages.iter().find(|package| package.id == node.id);
        let listed = listed.with_context(|| format!("cargo metadata without the package {}", node.id))?;
        let folder = listed
            .manifest_path
            .strip_prefix(&metadata.workspace_root)
            .map(|rest| rest.trim_start_matches('/').trim_end_matches("/Cargo.toml"));
        let mut read = Package {
            id: node.id,
            name: listed.name.clone(),
            folder: folder.filter(|_| listed.source.is_none()).map(String::from),
            licence: listed.license.clone(),
            ..Package::default()
        };
        for used in node.deps {
            for DepKind { kind } in used.dep_kinds {
                let tests_only = kind.as_deref() == Some("dev");
                let set = if tests_only { &mut read.tests_use } else { &mut read.uses };
                set.insert(used.pkg.clone());
            }
        }
        packages.push(read);
    }
    Ok(packages)
}
