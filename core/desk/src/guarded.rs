//! What no officer may do alone: asked by one security officer, agreed by another within a day.

use std::collections::BTreeSet;

use chancery_log::id::{DeviceId, Digest};

use crate::{
    act::{Custodians, Guarded},
    case::{Case, needs_new},
    devices, people,
    refusal::{Refusal, Thing},
    said::{Place, Said},
    trust::Trust,
};

/// An ask that nobody agrees to within this time is void.
pub const ASK_MS: u64 = 24 * 60 * 60 * 1_000;

/// More custodians than this is no ceremony any more; shares are numbered in one byte.
pub const CUSTODIANS_MOST: usize = 32;

/// The desk asks for at least so many together: one alone would be a key, not a custodian.
pub const CUSTODIANS_NEEDED_LEAST: u8 = 2;

/// A guarded change that was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The change.
    pub change: Guarded,
    /// The device that asked.
    pub by: DeviceId,
    /// When that was logged, milliseconds since 1970 UTC.
    pub asked_ms: u64,
    /// Digest of the agreeing act.
    pub agreed: Option<Digest>,
    /// Shares that custodians released for it, when it is a recovery.
    pub released: BTreeSet<crate::custody::Released>,
}

/// A restore from a backup that two officers stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// When it was agreed, milliseconds since 1970 UTC.
    pub logged_ms: u64,
    /// Size of the log that was restored.
    pub size: u64,
    /// Its root hash.
    pub root: Digest,
    /// Size of the last checkpoint known to have been published.
    pub lost_size: u64,
}

impl Ask {
    /// Until when it can be agreed, milliseconds since 1970 UTC.
    pub fn until_ms(&self) -> u64 {
        self.asked_ms.saturating_add(ASK_MS)
    }
}

pub(crate) fn needs_custodians(custodians: &Custodians) -> Result<(), Refusal> {
    let people = custodians.people.len();
    let enough = usize::from(custodians.needed) <= people && custodians.needed >= CUSTODIANS_NEEDED_LEAST;
    if enough && people <= CUSTODIANS_MOST {
        Ok(())
    } else {
        Err(Refusal::Custodians { needed: custodians.needed, people, most: CUSTODIANS_MOST })
    }
}

fn needs_possible(trust: &Trust, change: &Guarded) -> Result<(), Refusal> {
    match change {
        Guarded::Custodians(custodians) => {
            needs_custodians(custodians)?;
            custodians.people.iter().try_for_each(|person| people::needs_at_desk(trust, *person))
        }
        Guarded::SecurityOfficer(person) => {
            people::needs_at_desk(trust, *person)?;
            needs_new(
                people::is_security_officer(trust, *person),
                Thing::Role(*person, crate::act::Role::SecurityOfficer),
            )
        }
        Guarded::LogKey(key) => needs_new(*key == trust.log_key, Thing::LogKey),
        Guarded::ObserverKeys(keys) => {
            let id = keys.id();
            needs_new(trust.devices.contains_key(&id) || trust.observers.contains_key(&id), Thing::Observer)?;
            devices::needs_sound(keys)
        }
        Guarded::Recovery(cert) => {
            people::needs_at_desk(trust, cert.person)?;
            devices::needs_unknown(trust, cert.keys.id())?;
            devices::needs_sound(&cert.keys)
        }
        Guarded::Restored { size, lost_size, .. } if lost_size < size => Err(Refusal::OutOfRange {
            what: "the size of the lost log".into(),
            least: *size,
            most: u64::MAX,
            got: *lost_size,
        }),
        Guarded::Restored { .. } => Ok(()),
    }
}

pub(crate) fn admit_asked(case: &Case<'_>, change: &Guarded) -> Result<(), Refusal> {
    needs_possible(case.trust, change)
}

pub(crate) fn admit_agreed(case: &Case<'_>, asked: Digest) -> Result<(), Refusal> {
    let ask = case.trust.asks.get(&asked).filter(|ask| ask.agreed.is_none());
    let ask = ask.ok_or(Refusal::UnknownAsk(asked))?;
    let asker = case.trust.device(ask.by).filter(|device| device.revoked.is_none());
    let asker = asker.map(|device| device.cert.person);
    let until_ms = ask.until_ms();
    match asker {
        Some(asker) if case.is(asker) => return Err(Refusal::NeedsSecondOfficer),
        Some(asker) if people::is_security_officer(case.trust, asker) && case.logged_ms <= until_ms => {}
        Some(_) | None => return Err(Refusal::AskVoid { until_ms }),
    }
    needs_possible(case.trust, &ask.change)
}

impl Trust {
    pub(crate) fn apply_asked(&mut self, said: &Said, place: &Place, change: &Guarded) {
        let ask = Ask {
            change: change.clone(),
            by: said.author,
            asked_ms: place.logged_ms,
            agreed: None,
            released: BTreeSet::new(),
        };
        self.asks.insert(said.digest, ask);
    }

    pub(crate) fn apply_agreed(&mut self, said: &Said, place: &Place, asked: Digest) {
        let Some(ask) = self.asks.get_mut(&asked) else { return };
        ask.agreed = Some(said.digest);
        match ask.change.clone() {
            Guarded::Custodians(custodians) => self.custodians = custodians,
            Guarded::SecurityOfficer(person) => self.apply_security_officer(person),
            Guarded::LogKey(key) => self.log_key = key,
            Guarded::ObserverKeys(keys) => {
                self.observer = keys.id();
                self.observers.insert(keys.id(), keys);
            }
            Guarded::Recovery(cert) => self.apply_recovery(said, place, &cert),
            Guarded::Restored { size, root, lost_size } => {
                self.restored.push(Restored { logged_ms: place.logged_ms, size, root, lost_size });
            }
        }
    }
}
