//! Which device a command runs as.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use chancery_device::{
    folder::{Folder, FolderError},
    running::Device,
};
use clap::Args;
use tokio::task::JoinHandle;

/// The device's folder, and how to unlock it.
#[derive(Debug, Args)]
pub struct DeviceFolder {
    /// The device's folder, made by `chancery device enrol`
    #[arg(long, value_name = "DIR")]
    pub device: PathBuf,
    /// A file with the device's passphrase on its first line, when it has one
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl DeviceFolder {
    /// Starts the device; it connects by itself, and again when the connection is lost.
    pub fn start(&self) -> anyhow::Result<(Device, JoinHandle<Result<(), FolderError>>)> {
        let passphrase = match &self.passphrase_file {
            Some(path) => Some(fs::read_to_string(path).with_context(|| path.display().to_string())?),
            None => None,
        };
        let first_line = passphrase.as_deref().map(|text| text.lines().next().unwrap_or_default());
        let (folder, identity) = Folder::open(&self.device, first_line)?;
        Ok(Device::start(folder, identity)?)
    }
}
