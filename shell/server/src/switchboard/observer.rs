//! What the server itself sees and signs with its observer key: calls that nobody answered, due-outs whose date passed,
//! and that the trust scope is still the newest. The rules let it sign nothing else.

use std::collections::{BTreeSet, HashMap};

use chancery_desk::{
    act::{Act, CallEnd},
    calls::Stage,
    desk::Desk,
    due_outs::DueOutState,
    package::{Nature, Package},
    refusal::Refusal,
    said::Said,
};
use chancery_log::{
    act::{self, ACT_VERSION, Envelope, Seen},
    cbor,
    id::{Digest, PackageId, Scope},
};
use chancery_store::{offer::Offer, store::NotAdmitted};
use serde_bytes::ByteBuf;
use tracing::{info, warn};

use super::Switchboard;

/// The trust scope is confirmed when it has been silent for this part of the time after which clients alarm: one
/// confirmation may fail, and the next still comes in time.
const CONFIRM_PARTS: u64 = 3;

/// When each package is to be looked at next, earliest first.
#[derive(Debug, Default)]
pub(super) struct Observer {
    order: BTreeSet<(u64, PackageId)>,
    due: HashMap<PackageId, u64>,
}

impl Observer {
    pub(super) fn new(desk: &Desk) -> Self {
        let mut observer = Self::default();
        for package in desk.packages.keys() {
            observer.watch(desk, *package);
        }
        observer
    }

    /// Works out again when this package is to be looked at.
    pub(super) fn watch(&mut self, desk: &Desk, id: PackageId) {
        if let Some(before) = self.due.remove(&id) {
            self.order.remove(&(before, id));
        }
        let next = desk.packages.get(&id).and_then(|package| next_ms(desk, package));
        if let Some(at_ms) = next {
            self.due.insert(id, at_ms);
            self.order.insert((at_ms, id));
        }
    }

    fn pop(&mut self, now_ms: u64) -> Option<PackageId> {
        let (at_ms, id) = *self.order.first()?;
        if at_ms > now_ms {
            return None;
        }
        self.order.remove(&(at_ms, id));
        self.due.remove(&id);
        Some(id)
    }
}

/// When something of this package is to be observed, if nothing happens before.
fn next_ms(desk: &Desk, package: &Package) -> Option<u64> {
    let due = package.due_outs().values().filter(|due_out| due_out.state == DueOutState::Open);
    let due = due.map(|due_out| due_out.due_ms.saturating_add(1)).min();
    rings_until(desk, package).into_iter().chain(due).min()
}

/// Until when the call rings; none when it does not. The rules themselves are asked, so that there is one answer.
fn rings_until(desk: &Desk, package: &Package) -> Option<u64> {
    let is_call = matches!(package.nature(), Nature::Call { .. });
    if !is_call || package.answered_ms().is_some() || package.stage() > Stage::Live {
        return None;
    }
    let missed = said(desk, Scope::Package(package.id()), Act::CallEnded { end: CallEnd::Missed }, 0, None);
    match desk.admit(&missed, 0) {
        Err(Refusal::StillRinging { from_ms, .. }) if from_ms < u64::MAX => Some(from_ms),
        Ok(()) | Err(_) => None,
    }
}

/// What the observer would say, unsigned. `seen`: none where only the rules are asked, which do not look at it.
fn said(desk: &Desk, scope: Scope, act: Act, said_ms: u64, seen: Option<Seen>) -> Said {
    let author = desk.trust.observer();
    let nothing = chancery_log::act::Head::EMPTY;
    Said {
        digest: Digest::NONE,
        desk: desk.trust.desk(),
        author,
        scope,
        counter: desk.next_counter(author, scope),
        said_ms,
        seen: seen.unwrap_or(Seen { trust: nothing, scope: nothing }),
        bodies: Vec::new(),
        act,
    }
}

impl Switchboard {
    /// Looks at what is due, and takes what the server saw into the open batch.
    pub(super) fn observe(&mut self) {
        while let Some(id) = self.observer.pop(self.now_ms) {
            for act in self.seen_of(id) {
                self.say(Scope::Package(id), act);
            }
        }
        let trust = &self.store.desk().trust;
        let silent_ms = trust.rules().trust_stale_ms / CONFIRM_PARTS;
        if self.now_ms >= trust.confirmed_ms().saturating_add(silent_ms) {
            self.say(Scope::Trust, Act::TrustConfirmed {});
        }
    }

    fn seen_of(&self, id: PackageId) -> Vec<Act> {
        let desk = self.store.desk();
        let Some(package) = desk.packages.get(&id) else { return Vec::new() };
        let missed = rings_until(desk, package).filter(|until_ms| *until_ms <= self.now_ms);
        let missed = missed.map(|_| Act::CallEnded { end: CallEnd::Missed });
        let late = package.due_outs().iter().filter_map(|(due_out, known)| {
            let late = known.state == DueOutState::Open && known.due_ms < self.now_ms;
            late.then_some(Act::DueOutLate { due_out: *due_out })
        });
        missed.into_iter().chain(late).collect()
    }

    /// Signs one observation and takes it into the open batch.
    fn say(&mut self, scope: Scope, act: Act) {
        let Some(offer) = self.signed(scope, act) else {
            warn!(
                "server.keys holds no key that the desk knows as its observer's: the server observes nothing"
            );
            return;
        };
        match self.admit(offer) {
            Ok(_) => info!("the server observed something"),
            // The next change of the package brings it up again.
            Err(NotAdmitted::Refused(_) | NotAdmitted::Diverged { .. }) => {
                warn!("what the server observed was not admitted");
            }
            Err(NotAdmitted::Leaf(error)) => self.broken(error.to_string()),
            Err(NotAdmitted::Damage(damage)) => self.broken(damage.to_string()),
        }
    }

    fn signed(&self, scope: Scope, act: Act) -> Option<Offer> {
        let (desk, places) = (self.store.desk(), self.store.places());
        let seen = Seen { trust: places.head(Scope::Trust), scope: places.head(scope) };
        let said = said(desk, scope, act, self.now_ms, Some(seen));
        let public = desk.trust.verifying_key(said.author)?;
        let key = self.store.keys().observer_key(public.as_bytes())?;
        let envelope = Envelope {
            version: ACT_VERSION,
            desk: said.desk,
            author: said.author,
            scope,
            counter: said.counter,
            said_ms: said.said_ms,
            seen,
            bodies: Vec::new(),
            content: ByteBuf::from(cbor::encode("an act's content", &said.act).ok()?),
        };
        Offer::check(act::sign(&envelope, key).ok()?, Vec::new(), &public).ok()
    }
}
