//! The machine that the figures are of.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

/// Writes that are timed.
const SYNCS: usize = 200;

/// Prints cores and how long the disk takes to make 4 KiB durable. Every durable figure hangs on the latter.
pub(crate) fn print(folder: &Path) -> Result<()> {
    let cores = thread::available_parallelism()?;
    let mut file = tempfile::tempfile_in(folder)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        times.push(sync(&mut file)?);
    }
    times.sort();
    let at = |part: usize| times.get(SYNCS * part / 100).copied().unwrap_or_default();
    println!("{cores} cores; 4 KiB made durable in {:?}, one time in ten {:?} or more\n", at(50), at(90));
    Ok(())
}

fn sync(file: &mut File) -> Result<Duration> {
    let start = Instant::now();
    file.write_all(&[1; 4096])?;
    file.sync_data()?;
    Ok(start.elapsed())
}
