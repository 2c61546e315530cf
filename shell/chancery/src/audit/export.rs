//! An exported log: C2SP static files, read bundle by bundle, each tile compared with what the entries give.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery_log::{
    export::{bundle_paths, hash_paths},
    leaf::EntryBytes,
    tiles::{self, CHECKPOINT_PATH, TilePath},
};

use super::{
    Audited,
    auditor::Auditor,
    finding::{Finding, Flaw},
};

/// Whether a folder holds an exported log.
pub fn is_export(folder: &Path) -> bool {
    folder.join(CHECKPOINT_PATH).is_file()
}

/// Audits an exported log. `progress` is told how many entries were read.
pub fn audit(folder: &Path, mut progress: impl FnMut(u64)) -> Result<Audited, Finding> {
    let files = Files { folder: folder.to_owned() };
    let note = files.read(CHECKPOINT_PATH)?;
    let size = claimed_size(&note).map_err(|flaw| flaw.of(CHECKPOINT_PATH))?;
    let mut auditor = Auditor::new();
    for (leaves, acts) in bundle_paths(size) {
        files.feed(&mut auditor, leaves, acts)?;
        for (id, computed) in auditor.drain_full_tiles() {
            files.compare(&TilePath::Hashes(id, tiles::TILE_WIDTH), &computed)?;
        }
        progress(auditor.size());
    }
    for (path, computed) in auditor.audit().tree().partial_tiles() {
        files.compare(&path, &computed)?;
    }
    for path in hash_paths(size) {
        files.exists(&path)?;
    }
    auditor.finish(&note).map_err(|flaw| flaw.of(CHECKPOINT_PATH))
}

/// The second line of a checkpoint says how many entries to expect; the signature is checked when they have been read,
/// because the key stands in the first of them.
fn claimed_size(note: &[u8]) -> Result<u64, Flaw> {
    let text = String::from_utf8_lossy(note);
    let size = text.lines().nth(1).and_then(|line| line.parse().ok());
    size.ok_or(Flaw::Checkpoint(chancery_log::checkpoint::CheckpointError::Text))
}

struct Files {
    folder: PathBuf,
}

impl Files {
    fn read(&self, name: &str) -> Result<Vec<u8>, Finding> {
        fs::read(self.folder.join(name)).map_err(|e| Flaw::Io(e).of(name))
    }

    fn feed(&self, auditor: &mut Auditor, leaves: TilePath, acts: TilePath) -> Result<(), Finding> {
        let (leaves_name, acts_name) = (leaves.to_string(), acts.to_string());
        let (leaves_bytes, acts_bytes) = (self.read(&leaves_name)?, self.read(&acts_name)?);
        let width = match leaves {
            TilePath::Hashes(_, width) | TilePath::Leaves(_, width) | TilePath::Acts(_, width) => width,
        };
        let leaves =
            tiles::decode_leaves(&leaves_bytes, width).map_err(|e| Flaw::Tile(e).of(leaves_name.as_str()))?;
        let acts =
            tiles::decode_acts(&acts_bytes, width).map_err(|e| Flaw::Tile(e).of(acts_name.as_str()))?;
        for (leaf, act) in leaves.into_iter().zip(acts) {
            auditor.feed(EntryBytes { leaf, act }).map_err(|flaw| flaw.of(leaves_name.as_str()))?;
        }
        Ok(())
    }

    fn compare(&self, path: &TilePath, computed: &[u8]) -> Result<(), Finding> {
        let name = path.to_string();
        let stored = self.read(&name)?;
        if stored == computed {
            return Ok(());
        }
        let differs = stored.iter().zip(computed).take_while(|(stored, computed)| stored == computed).count();
        Err(Flaw::OtherHashes { at: differs / 32 }.of(name))
    }

    fn exists(&self, path: &TilePath) -> Result<(), Finding> {
        let name = path.to_string();
        fs::metadata(self.folder.join(&name)).map(|_| ()).map_err(|e| Flaw::Io(e).of(name))
    }
}
