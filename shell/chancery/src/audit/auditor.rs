//! Fed every entry of a log in order: re-runs everything that the server should have done, trusting nothing but the bytes.

use chancery_desk::{
    act::Act,
    desk::Desk,
    refusal::Refusal,
    said::{Place, Said},
};
use chancery_log::{
    act::{ReceivedAct, VerifiedAct},
    audit::Audit,
    cbor, checkpoint,
    id::Digest,
    leaf::{EntryBytes, Leaf},
    place,
    tiles::TileId,
};

use super::{
    Audited, Sound,
    finding::{ActFlaw, Flaw},
};

/// A log as far as it was read and found sound.
#[derive(Debug, Default)]
pub struct Auditor {
    audit: Audit,
    desk: Option<Desk>,
    genesis: Option<Digest>,
    /// Keys that signed checkpoints, oldest first.
    log_keys: Vec<[u8; 32]>,
    first_ms: u64,
    last_ms: u64,
}

impl Auditor {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of entries read.
    pub fn size(&self) -> u64 {
        self.audit.tree().size()
    }

    /// The tiles that became full since the last call.
    pub fn drain_full_tiles(&mut self) -> Vec<(TileId, Vec<u8>)> {
        self.audit.drain_full_tiles()
    }

    /// The log so far, to be compared with tiles that are not full.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Takes the next entry.
    pub fn feed(&mut self, entry: EntryBytes<'_>) -> Result<(), Flaw> {
        let index = self.size();
        let leaf = self.audit.feed(entry)?;
        self.judge(leaf.leaf(), entry.act).map_err(|wrong| Flaw::Act { index, wrong })
    }

    fn judge(&mut self, leaf: &Leaf, act: &[u8]) -> Result<(), ActFlaw> {
        let received = ReceivedAct::read(act.to_vec())?;
        let Some(desk) = &mut self.desk else {
            let verified = founding(received)?;
            let said = Said::read(&verified)?;
            place::check(leaf, &verified)?;
            check_class(leaf, said.class_of(None))?;
            let desk = Desk::found(&said)?;
            self.log_keys.push(*desk.trust.log_key());
            self.genesis = Some(said.digest);
            self.first_ms = leaf.logged_ms;
            self.last_ms = leaf.logged_ms;
            self.desk = Some(desk);
            return Ok(());
        };
        let author = received.claimed_author();
        let key = desk.trust.verifying_key(author).ok_or(ActFlaw::UnknownDevice(author))?;
        let verified = received.verify(&key)?;
        place::check(leaf, &verified)?;
        let said = Said::read(&verified)?;
        desk.admit(&said, leaf.logged_ms)?;
        check_class(leaf, said.class_of(desk.package_of(&said)))?;
        desk.apply(&said, &Place::of(leaf));
        let key = desk.trust.log_key();
        if self.log_keys.last() != Some(key) {
            self.log_keys.push(*key);
        }
        self.last_ms = leaf.logged_ms;
        Ok(())
    }

    /// Compares the whole with the signed checkpoint beside it.
    pub fn finish(self, note: &[u8]) -> Result<Audited, Flaw> {
        let (Some(desk), Some(genesis)) = (self.desk, self.genesis) else { return Err(Flaw::Empty) };
        let origin = desk.trust.origin();
        // The newest key first. The batch that brings a new key is itself under a checkpoint by the one before.
        let mut refused = None;
        let mut keys = self.log_keys.iter().rev();
        let (verified, key) = loop {
            let Some(key) = keys.next() else { return Err(refused.unwrap_or(Flaw::Empty)) };
            match checkpoint::verify(note, origin, key) {
                Ok(verified) => break (verified, *key),
                Err(e) => refused = refused.or(Some(Flaw::Checkpoint(e))),
            }
        };
        self.audit.compare(&verified)?;
        let sound = Sound {
            desk: desk.trust.desk(),
            genesis,
            origin: origin.to_owned(),
            vkey: checkpoint::vkey(origin, &key)?,
            size: verified.size(),
            root: verified.root(),
            scopes: self.audit.scopes().len() as u64,
            first_ms: self.first_ms,
            last_ms: self.last_ms,
        };
        Ok(Audited { sound, desk, log_key: key, checkpoint: note.to_vec() })
    }
}

/// The founding act carries the keys that it is checked with; which founding it is, its digest says.
fn founding(received: ReceivedAct) -> Result<VerifiedAct, ActFlaw> {
    let wrong = |why: &str| ActFlaw::Forbidden(Refusal::Genesis(why.to_owned()));
    let content: Act =
        cbor::decode("the founding act", received.claimed_content()).map_err(|e| wrong(&e.to_string()))?;
    let Act::DeskFounded(genesis) = content else {
        return Err(wrong("the first act of a log must found the desk"));
    };
    let first = genesis.officers.first().ok_or_else(|| wrong("it names no security officer"))?;
    let key = first.keys.verifying_key().map_err(|e| wrong(&e.to_string()))?;
    Ok(received.verify(&key)?)
}

fn check_class(leaf: &Leaf, expected: u16) -> Result<(), ActFlaw> {
    if leaf.class == expected { Ok(()) } else { Err(ActFlaw::Class { expected, got: leaf.class }) }
}
