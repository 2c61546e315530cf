//! The parts that we read of what cargo prints as JSON.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::programs::{cargo, output_of};

/// `cargo metadata`.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) workspace_root: String,
    pub(crate) packages: Vec<MetadataPackage>,
    /// None with `--no-deps`.
    pub(crate) resolve: Option<Resolve>,
}

/// One package, as its manifest says.
#[derive(Deserialize)]
pub(crate) struct MetadataPackage {
    pub(crate) id: String,
    pub(crate) name: String,
    /// None for ours.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: String,
    pub(crate) license: Option<String>,
}

/// The graph.
#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// One package in the graph.
#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<NodeDep>,
}

/// One arrow of the graph.
#[derive(Deserialize)]
pub(crate) struct NodeDep {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<DepKind>,
}

/// What an arrow is for.
#[derive(Deserialize)]
pub(crate) struct DepKind {
    /// None for an ordinary dependency, `dev`, `build`.
    pub(crate) kind: Option<String>,
}

/// A message of `cargo build --message-format=json`; other kinds of messages lack most of it.
#[derive(Deserialize)]
pub(crate) struct Message {
    #[serde(default)]
    pub(crate) manifest_path: String,
    pub(crate) target: Option<Target>,
    pub(crate) profile: Option<Profile>,
    pub(crate) executable: Option<String>,
}

/// What was built.
#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
}

/// How it was built.
#[derive(Deserialize)]
pub(crate) struct Profile {
    pub(crate) test: bool,
}

/// Asks `cargo metadata`.
pub(crate) fn metadata(args: &[&str]) -> Result<Metadata> {
    let printed = output_of(cargo().args(["metadata", "--format-version", "1"]).args(args))?;
    serde_json::from_str(&printed).context("cargo metadata printed something else than expected")
}
