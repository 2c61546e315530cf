//! Logs written by older builds open in this one: each format version has a small desk in `golden-logs/`, committed once
//! and never changed.

#![cfg(test)]

mod opening;
mod story;
mod writing;

use std::path::{Path, PathBuf};

/// Where the golden logs lie.
fn golden(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden-logs").join(version)
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
