//! What a device keeps, and how it comes back from it: records are sealed going out, opened and checked again coming in.

use std::collections::BTreeMap;

use chancery_log::{
    chain::ScopeChain,
    checkpoint,
    checkpoint_chain::CheckpointChain,
    id::{Digest, Scope},
    leaf::LeafBytes,
};
use chancery_open::record;

use crate::{
    alarm::Alarm,
    clock::SaidAt,
    folding::WaitingEntry,
    io::Output,
    outbox::{Item, Signed},
    participant::Participant,
    record::{Record, RecordKey},
};

type Entries = BTreeMap<Scope, BTreeMap<u64, (Vec<u8>, Vec<u8>)>>;

impl Participant {
    pub(crate) fn keep(&mut self, key: &RecordKey, record: Option<&Record>) {
        let sealed = key.bytes().map_err(|e| e.to_string()).and_then(|key| {
            let value = record
                .map(|record| {
                    let bytes = record.bytes().map_err(|e| e.to_string())?;
                    record::seal(&self.identity.secrets, &key, &bytes, &mut self.rng)
                        .map_err(|e| e.to_string())
                })
                .transpose()?;
            Ok(Output::Keep { key, value })
        });
        match sealed {
            Ok(output) => self.output(output),
            Err(detail) => self.alarm(Alarm::RecordsDamaged { detail }),
        }
    }

    /// Takes everything back that was kept: each entry is chained and judged again.
    pub(crate) fn restore(&mut self, kept: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) {
        let mut entries = Entries::new();
        let mut bodies = Vec::new();
        let mut note = None;
        for (key, value) in kept {
            let record = RecordKey::read(&key).map_err(|e| e.to_string()).and_then(|read| {
                let opened = record::open(&self.identity.secrets, &key, &value).map_err(|e| e.to_string())?;
                Ok((read, Record::read(&opened).map_err(|e| e.to_string())?))
            });
            match record {
                Ok((RecordKey::Entry(scope, index), Record::Entry { leaf, act })) => {
                    entries.entry(scope).or_default().insert(index, (leaf.into_vec(), act.into_vec()));
                }
                Ok((RecordKey::Body(_), Record::Body { bytes })) => bodies.push(bytes.into_vec()),
                Ok((RecordKey::Deed(ticket), Record::Deed { deed, said_ms, desk_ms, again, signed })) => {
                    let signed = signed.and_then(|(act, bodies)| signed_again(act.into_vec(), bodies));
                    let said = SaidAt { own_ms: said_ms, desk_ms };
                    let item = Item { again, signed, ..Item::new(deed, said) };
                    self.outbox.insert(ticket, item);
                }
                Ok((RecordKey::Checkpoint, Record::Checkpoint { note: kept })) => note = Some(kept),
                Ok(_) => self.alarm(Alarm::RecordsDamaged { detail: "a record under another's key".into() }),
                Err(detail) => self.alarm(Alarm::RecordsDamaged { detail }),
            }
        }
        self.bodies.add_own(bodies);
        self.restore_entries(entries);
        self.fold_waiting();
        if let (Some(note), Some(trust)) = (note, self.ledger.trust()) {
            let origin = trust.origin().to_owned();
            let keys = self.log_keys_ever();
            match keys.iter().find_map(|key| checkpoint::verify(&note, &origin, key).ok()) {
                Some(newest) => self.checkpoints = Some(CheckpointChain::start(newest)),
                None => self.alarm(Alarm::RecordsDamaged {
                    detail: "the kept checkpoint is not by the log's key".into(),
                }),
            }
        }
    }

    fn restore_entries(&mut self, entries: Entries) {
        for (scope, entries) in entries {
            // A gap can only stand at the end of what a crash left: what follows it comes from the server again.
            let whole = entries.into_iter().zip(0..).take_while(|((index, _), at)| index == at);
            let (leaves, acts): (Vec<_>, Vec<_>) = whole.map(|((_, entry), _)| entry).unzip();
            let chain = match ScopeChain::reload(scope, &leaves) {
                Ok(chain) => chain,
                Err(error) => {
                    self.alarm(Alarm::RecordsDamaged { detail: error.to_string() });
                    continue;
                }
            };
            match scope {
                Scope::Trust => self.ledger.trust.chain = chain,
                Scope::Package(package) => self.ledger.packages.held(package).chain = chain,
            }
            let since_ms = self.now_ms();
            let read = leaves.iter().zip(acts).filter_map(|(leaf, act)| {
                LeafBytes::read(leaf).ok().map(|leaf| WaitingEntry { leaf, act, since_ms })
            });
            self.waiting.entry(scope).or_default().extend(read);
        }
    }
}

fn signed_again(act: Vec<u8>, bodies: Vec<serde_bytes::ByteBuf>) -> Option<Signed> {
    let read = chancery_log::act::ReceivedAct::read(act.clone()).ok()?;
    let counter = read.claimed_counter();
    let bodies = bodies.into_iter().map(serde_bytes::ByteBuf::into_vec).collect();
    Some(Signed { digest: Digest::of(&act), act, bodies, counter })
}
