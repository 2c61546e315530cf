//! The thread that moves bodies from the inbox to `bodies/`, when it is told that there is time.

use std::sync::mpsc::Receiver;

use chancery_store::mover::Mover;
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use super::log_thread::ToLog;
use crate::{limits::MOVE_AT_ONCE, switchboard::input::Input};

/// Runs until nobody nudges any more; `_ended` is dropped then.
pub(crate) fn run(
    mover: &Mover,
    nudges: &Receiver<()>,
    log: &mpsc::Sender<ToLog>,
    _ended: oneshot::Sender<()>,
) {
    for () in nudges {
        match mover.run(MOVE_AT_ONCE) {
            Ok(moved) if moved.is_empty() => {}
            Ok(moved) => {
                let told = ToLog::Input { input: Input::Moved(moved), _place: None };
                if log.blocking_send(told).is_err() {
                    return;
                }
            }
            // They stay in the inbox, where they are safe; the next nudge tries again.
            Err(error) => warn!(error = error.kind(), "bodies could not be moved yet"),
        }
    }
}
