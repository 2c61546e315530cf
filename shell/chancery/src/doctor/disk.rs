//! Room on the disk: a full one refuses new acts and loses nothing, but nobody can write.

use std::path::Path;

use super::Check;

const MIB: u64 = 1024 * 1024;
/// Below this a busy day can fill it.
const WATCH_BYTES: u64 = 2048 * MIB;
/// Below this the next body may not fit.
const WRONG_BYTES: u64 = 64 * MIB;

/// Is there room?
pub fn space(folder: &Path) -> Check {
    const NAME: &str = "disk space";
    let Some(free) = free_bytes(folder) else {
        return Check::skipped(NAME, "this system does not say how much is free");
    };
    let what = format!("{} MiB free on the disk of {}", free / MIB, folder.display());
    let mend = "make room, or move the folder to a larger disk while no server has it open; acts are refused while \
                the disk is full, and go on by themselves when there is room";
    match free {
        0..WRONG_BYTES => Check::wrong(NAME, what, mend),
        WRONG_BYTES..WATCH_BYTES => Check::watch(NAME, what, mend),
        WATCH_BYTES.. => Check::good(NAME, what),
    }
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    // A folder that is to be made lies on the disk of the nearest one that is there.
    let there = folder.ancestors().find(|place| place.exists()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
