//! The server's own keys: without them no checkpoint can be signed, and devices refuse any other.

use chancery_desk::trust::Trust;
use chancery_store::{folder::Folder, server_keys::ServerKeys};

use super::Check;

/// Are they the ones that the log names?
pub fn match_genesis(folder: &Folder, trust: Option<&Trust>) -> Check {
    const NAME: &str = "server keys";
    let mend = "put server.keys back from a backup of this desk; if it is lost, restore the whole backup and let two \
                security officers name new keys";
    let keys = match ServerKeys::read(&folder.server_keys()) {
        Ok(keys) => keys,
        Err(e) => return Check::wrong(NAME, e.to_string(), mend),
    };
    let Some(trust) = trust else {
        return Check::skipped(NAME, "readable; not compared, because the log can not be read");
    };
    let observer = trust.verifying_key(trust.observer());
    let signs_log = keys.log_key(trust.log_key()).is_some();
    let observes = observer.is_some_and(|key| keys.observer_key(key.as_bytes()).is_some());
    match (signs_log, observes) {
        (true, true) => Check::good(NAME, "they are the keys that the log names"),
        (false, _) => Check::wrong(NAME, "the log names another key for its checkpoints", mend),
        (true, false) => Check::wrong(NAME, "the log names another key for the server's observer", mend),
    }
}
