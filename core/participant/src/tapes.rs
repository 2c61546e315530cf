//! Shares of tapes: bodies that only some devices need, and that are many. Those that are here, and which are fetched.

use chancery_desk::{act::Act, parties::Party, said::Said};
use chancery_log::id::{Digest, PackageId, Scope};

use crate::{bodies::BodyPlace, ledger::Entry, participant::Participant};

impl Participant {
    /// The shares beside an act about a tape, as they were sealed: dealt, asked for or released. None while they are not
    /// here; [`Self::want_tape`] fetches those of a whole call.
    pub fn tape_shares(&self, act: Digest) -> Option<&[u8]> {
        self.custody.tape.get(&act).map(Vec::as_slice)
    }

    /// Fetches the dealings of a call that are not here: whoever asks for a tape passes them on.
    pub fn want_tape(&mut self, package: PackageId) {
        let scope = Scope::Package(package);
        let dealt = |entry: &&Entry| {
            matches!(entry.said.act, Act::EpochDealt { .. })
                && !self.custody.tape.contains_key(&entry.said.digest)
        };
        let missing: Vec<Entry> = self.ledger.entries(scope).iter().filter(dealt).cloned().collect();
        for Entry { said, place } in missing {
            for (body, named) in (0..).zip(said.bodies) {
                let (author, counter, act, index) =
                    (said.author, said.counter, said.digest, place.scope_count);
                self.bodies.want(BodyPlace { scope, index, act, author, counter, body, named });
            }
        }
        self.fetch_bodies();
    }

    /// Whether this device fetches the shares beside an act by itself: of a call that it is on, to compare them; of a tape
    /// that this custodian is asked for; released to this device.
    pub(crate) fn needs_tape_shares(&self, said: &Said) -> bool {
        let Some(trust) = self.ledger.trust() else { return false };
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "no other act carries shares of a tape; the rules see to that"
        )]
        match &said.act {
            Act::EpochDealt { .. } => {
                let package = said.package().and_then(|package| self.ledger.package(package));
                let mine = |party: &Party| party.who == chancery_desk::act::Who::Person(self.identity.person);
                package.is_some_and(|package| package.end().is_none() && package.parties().values().any(mine))
            }
            Act::TapeAsked { custodians, .. } => custodians.contains(&self.identity.person),
            Act::TapeShareReleased { asked } => {
                trust.tape_asks().get(asked).is_some_and(|ask| ask.device == self.identity.secrets.id())
            }
            _ => false,
        }
    }

    pub(crate) fn take_tape_shares(&mut self, place: &BodyPlace, bytes: Vec<u8>) {
        self.custody.tape.insert(place.act, bytes);
    }
}
