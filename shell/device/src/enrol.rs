//! Enrolling a device by its link: keys are made and kept, the device knocks, words are shown, somebody approves.

use std::{path::Path, time::Duration};

use chancery_participant::enrol::{Newcomer, NewcomerNews};
use chancery_seal::invitation::{DeviceLink, LinkError};
use chancery_wire::to_client::Closing;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::{
    folder::{About, Folder, FolderError, random_seed},
    socket::{self, SocketError},
};

/// A knock is repeated when the connection is lost.
const RETRY: Duration = Duration::from_secs(1);

/// Why a device was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The link can't be read.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The desk can not be reached at all.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The desk turned it away.
    #[error("the desk turned this device away: {0}")]
    TurnedAway(Closing),
    /// Keys or messages could not be made.
    #[error("the device's keys could not be made: {0}")]
    Keys(String),
}

/// Enrols a device into a new folder and returns once it is approved. `heard` is shown the words to compare. When this
/// is interrupted the folder stays, and the device works once it is approved.
pub async fn enrol(
    link: &str,
    folder: &Path,
    passphrase: Option<&str>,
    mut heard: impl FnMut([&'static str; 6]),
) -> Result<About, EnrolError> {
    let link = DeviceLink::read(link)?;
    let mut rng = ChaCha20Rng::from_seed(random_seed()?);
    let (base, certificate) = (link.base.clone(), link.certificate);
    let (desk, genesis, person) = (link.desk, link.genesis, link.person);
    let newcomer = Newcomer::new(link, &mut rng).map_err(|e| EnrolError::Keys(e.to_string()))?;
    let about = About { base, certificate, desk, genesis, person, device: newcomer.secrets().id() };
    let knock = newcomer.knock().map_err(|e| EnrolError::Keys(e.to_string()))?;
    // The keys are kept before anybody hears of them: an approval must not find them lost.
    let folder = Folder::create(folder, about.clone(), newcomer.secrets(), passphrase)?;
    let mut was_heard = false;
    loop {
        let (mut sender, mut receiver, _) = match socket::connect(&about.base, about.certificate).await {
            Ok(connection) => connection,
            Err(_) if was_heard => {
                tokio::time::sleep(RETRY).await;
                continue;
            }
            Err(error) => {
                folder.remove()?;
                return Err(error.into());
            }
        };
        if !sender.send(knock.clone()).await {
            continue;
        }
        while let Some(message) = receiver.next().await {
            match newcomer.receive(&message) {
                Some(NewcomerNews::Heard(words)) => {
                    if !was_heard {
                        heard(words);
                    }
                    was_heard = true;
                }
                Some(NewcomerNews::Approved) => {
                    sender.close().await;
                    return Ok(about);
                }
                Some(NewcomerNews::Closed(Closing::KnockRefused)) => {
                    folder.remove()?;
                    return Err(EnrolError::TurnedAway(Closing::KnockRefused));
                }
                Some(NewcomerNews::Closed(_)) => break,
                None => {}
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}
