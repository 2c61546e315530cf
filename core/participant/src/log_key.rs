//! Whose signature a checkpoint must carry. Two security officers can name another key; the checkpoint that shows it may
//! be signed by the new key already, so the acts that come with it are asked.

use std::collections::BTreeMap;

use chancery_desk::act::{Act, Guarded};
use chancery_log::{
    act::ReceivedAct,
    cbor,
    checkpoint::VerifiedCheckpoint,
    id::{Digest, Scope},
};
use chancery_wire::to_client::{Advance, Entry};

use crate::participant::Participant;

/// Keys that these entries say were asked and agreed.
pub(crate) fn agreed_keys(entries: &[Entry]) -> Vec<[u8; 32]> {
    agreed(BTreeMap::new(), entries)
}

fn agreed(mut asked: BTreeMap<Digest, [u8; 32]>, entries: &[Entry]) -> Vec<[u8; 32]> {
    let mut keys = Vec::new();
    for entry in entries {
        let Ok(received) = ReceivedAct::read(entry.act.to_vec()) else { continue };
        #[allow(clippy::wildcard_enum_match_arm, reason = "only these two acts name a key of the log")]
        match cbor::decode::<Act>("an act's content", received.claimed_content()) {
            Ok(Act::GuardedAsked(Guarded::LogKey(key))) => {
                asked.insert(Digest::of(&entry.act), key);
            }
            Ok(Act::GuardedAgreed { asked: digest }) => keys.extend(asked.get(&digest)),
            _ => {}
        }
    }
    keys
}

impl Participant {
    /// The key of the log now, then keys that these entries say were agreed. The entries are judged right after: a false
    /// claim is an alarm there, and nothing that came with it is folded.
    fn key_candidates(&self, entries: &[Entry]) -> Vec<[u8; 32]> {
        let Some(trust) = self.ledger.trust() else { return Vec::new() };
        let mut keys = vec![*trust.log_key()];
        let mut asked: BTreeMap<Digest, [u8; 32]> = BTreeMap::new();
        for (digest, ask) in trust.guarded() {
            if let Guarded::LogKey(key) = &ask.change {
                asked.insert(*digest, *key);
            }
        }
        keys.extend(agreed(asked, entries));
        keys
    }

    /// Takes the checkpoint that came with trust entries, after the one of the welcome if that had to wait.
    pub(crate) fn advance_with(
        &mut self,
        entries: &[Entry],
        checkpoint: &Advance,
    ) -> Option<VerifiedCheckpoint> {
        let origin = self.ledger.trust()?.origin().to_owned();
        let keys = self.key_candidates(entries);
        if let Some(first) = self.first_note.take() {
            self.advance_under_one_of(&first, &origin, &keys)?;
        }
        self.advance_under_one_of(checkpoint, &origin, &keys)
    }

    /// The welcome's checkpoint. One that is not by the known key waits for trust entries that may name its key.
    pub(crate) fn advance_at_welcome(&mut self, checkpoint: Advance, trust_count: u64) -> bool {
        let Some(trust) = self.ledger.trust() else {
            self.first_note = Some(checkpoint);
            return true;
        };
        let (origin, key) = (trust.origin().to_owned(), *trust.log_key());
        let is_by_known_key = chancery_log::checkpoint::verify(&checkpoint.note, &origin, &key).is_ok();
        if !is_by_known_key && trust_count > self.ledger.head(Scope::Trust).count {
            self.first_note = Some(checkpoint);
            return true;
        }
        self.advance_under_one_of(&checkpoint, &origin, &[key]).is_some()
    }

    /// Every key that the log ever had, newest first.
    pub(crate) fn log_keys_ever(&mut self) -> Vec<[u8; 32]> {
        let Some(trust) = self.ledger.trust() else { return Vec::new() };
        let mut keys = vec![*trust.log_key()];
        for ask in trust.guarded().values().filter(|ask| ask.agreed.is_some()) {
            if let Guarded::LogKey(key) = &ask.change {
                keys.push(*key);
            }
        }
        keys.extend(self.ledger.trust.at(1).map(|first| *first.log_key()));
        keys
    }
}
