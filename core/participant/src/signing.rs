//! From a deed to a signed act with its sealed bodies. A deed that can not be signed yet (a key is missing, a vault is
//! due for a new generation, an act before it is on its way) stays in the outbox; one that the rules refuse comes back.

use chancery_desk::{
    act::{Act, Opening, ShareDealt},
    admit::admit,
    custody::shares_to,
    package::Package,
    refusal::Refusal,
    said::Said,
    trust::Trust,
    vaults::{Chain, Vaults},
};
use chancery_log::{
    act::{ACT_VERSION, BodyKind, BodyRef, Envelope, ReceivedAct},
    cbor,
    id::{Digest, GenerationNumber, PackageId, Scope, Vault},
};
use chancery_open::{
    body, chain,
    generation::GenerationSecret,
    shares::{self, CustodianKey},
    wrap::{self, ReaderKey},
};
use chancery_seal::{
    body::Body,
    sealed::{self, BodyContext},
    vault::{Reader, WrappedTo},
};
use chancery_wire::to_server::ToServer;
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::{
    deed::{Deed, Opens, Words, scope_of},
    io::Event,
    outbox::{SENT_PER_SCOPE_MAX, Signed, Ticket},
    participant::Participant,
    record::RecordKey,
};

/// How often dropped key work leads to another look at once; after that, the next message does.
const KEEP_AGAIN_MAX: usize = 4;

/// Why a deed is not signed.
#[derive(Debug)]
enum Hold {
    /// Something must come first.
    NotYet,
    /// The rules, or the deed itself.
    Refused(Box<Refusal>),
}

/// An act and its bodies, before the envelope.
struct Made {
    act: Act,
    bodies: Vec<(BodyRef, Vec<u8>)>,
}

fn broken(what: impl std::fmt::Display) -> Hold {
    Hold::Refused(Box::new(Refusal::Unreadable(what.to_string())))
}

/// Shares of a tape are sealed where the call's secrets are: here they are only named.
fn make_with_shares(act: &Act, package: PackageId, shares: &[u8]) -> Result<Made, Hold> {
    let body = sealed::reference(BodyKind::TapeShares(package), shares).map_err(broken)?;
    Ok(Made { act: act.clone(), bodies: vec![(body, shares.to_vec())] })
}

/// The public key that the log gives for a reader.
fn reader_key<'a>(trust: &'a Trust, to: WrappedTo) -> Option<ReaderKey<'a>> {
    let receives: &[u8] = match (to.reader, to.reader.vault()) {
        (Reader::Device(device), _) => &trust.device(device)?.cert.keys.receives,
        (Reader::Person(_) | Reader::Office(_), Some(vault)) => {
            &trust.vault(vault)?.generation(to.generation)?.generation.receives
        }
        (Reader::Person(_) | Reader::Office(_), None) => return None,
    };
    Some(ReaderKey { to, receives })
}

impl Participant {
    /// Signs and sends what can be signed and sent.
    pub(crate) fn flush(&mut self) {
        if !self.connection.is_in() || !self.connection.caught_up {
            return;
        }
        // Key work goes first, and waits for no words: words may be waiting for it.
        self.flush_key_work();
        let newest = self.outbox.items().map(|(ticket, _)| ticket).max();
        let now = self.now_ms();
        let unsent = self.outbox.items().filter(|(_, item)| item.sent_ms.is_none());
        let words: Vec<_> = unsent
            .filter(|(_, item)| item.deed.keeps().is_none())
            .map(|(ticket, item)| (ticket, item.deed.scope(), item.not_before_ms > now))
            .collect();
        let mut held_up: Vec<Scope> = Vec::new();
        for (ticket, scope, is_early) in words {
            if held_up.contains(&scope) {
                continue;
            }
            // Words of one package go in the order in which they were said; trust has no such order.
            if (is_early || !self.sign_and_send(ticket)) && scope != Scope::Trust {
                held_up.push(scope);
            }
        }
        // Words that could not be sealed asked for a generation: nothing else may come that would send it off.
        if self.outbox.items().map(|(ticket, _)| ticket).max() > newest {
            self.flush_key_work();
        }
    }

    fn flush_key_work(&mut self) {
        for _ in 0..KEEP_AGAIN_MAX {
            let now = self.now_ms();
            let unsent = self.outbox.items().filter(|(_, item)| item.sent_ms.is_none());
            let key_work: Vec<Ticket> = unsent
                .filter(|(_, item)| item.deed.keeps().is_some() && item.not_before_ms <= now)
                .map(|(ticket, _)| ticket)
                .collect();
            let mut is_dropped = false;
            for ticket in key_work {
                self.sign_and_send(ticket);
                is_dropped |= self.outbox.item(ticket).is_none();
            }
            if !is_dropped {
                return;
            }
            // While it was queued nothing else was looked for in that vault, and no message may come that would look.
            self.keep_vaults();
        }
    }

    /// False when the deed stays behind.
    fn sign_and_send(&mut self, ticket: Ticket) -> bool {
        let Some(item) = self.outbox.item(ticket) else { return true };
        let scope = item.deed.scope();
        if item.signed.is_none() {
            if self.broken.contains(&scope) || self.outbox.signed_in(scope) >= SENT_PER_SCOPE_MAX {
                return false;
            }
            match self.sign(ticket) {
                Ok(()) => {}
                Err(Hold::NotYet) => return false,
                Err(Hold::Refused(refusal)) => {
                    self.refuse_here(ticket, *refusal);
                    return true;
                }
            }
        }
        let now = self.now_ms();
        let Some(item) = self.outbox.item(ticket) else { return true };
        item.sent_ms = Some(now);
        let Some(signed) = item.signed.as_ref() else { return false };
        let message = ToServer::Propose {
            act: ByteBuf::from(signed.act.clone()),
            bodies: signed.bodies.iter().cloned().map(ByteBuf::from).collect(),
        };
        self.send(&message);
        true
    }

    /// A refusal found here, before anything was sent. Key work that is not due any more goes without a word.
    fn refuse_here(&mut self, ticket: Ticket, refusal: Refusal) {
        let is_keeping = self.outbox.item(ticket).is_some_and(|item| item.deed.keeps().is_some());
        if is_keeping {
            self.drop_key_work(ticket);
        } else {
            self.refuse(ticket, refusal);
        }
    }

    /// Key work that is not due any more; something else in the same vault may be.
    pub(crate) fn drop_key_work(&mut self, ticket: Ticket) {
        let Some(dropped) = self.outbox.remove(ticket) else { return };
        self.keep(&RecordKey::Deed(ticket), None);
        if let Some(Vault::Package(package)) = dropped.deed.keeps() {
            self.dirty.insert(package);
        }
        // Whoever waits until nothing is left to do must look again.
        self.event(Event::Changed(dropped.deed.scope()));
    }

    fn sign(&mut self, ticket: Ticket) -> Result<(), Hold> {
        let Some(item) = self.outbox.item(ticket) else { return Ok(()) };
        let (deed, said) = (item.deed.clone(), item.said);
        let scope = deed.scope();
        let counter = self.next_counter(scope);
        let made = self.make(ticket, &deed, counter)?;
        let (refs, bodies): (Vec<BodyRef>, Vec<Vec<u8>>) = made.bodies.into_iter().unzip();
        let envelope = Envelope {
            version: ACT_VERSION,
            desk: self.identity.desk,
            author: self.device(),
            scope,
            counter,
            said_ms: self.clock.date_ms(said),
            seen: self.ledger.seen(scope),
            bodies: refs,
            content: ByteBuf::from(cbor::encode("an act", &made.act).map_err(broken)?),
        };
        let act = self.identity.secrets.sign_act(&envelope).map_err(broken)?;
        self.check_admitted(&act, scope, ticket)?;
        let signed = Signed { digest: Digest::of(&act), act, bodies, counter };
        let Some(item) = self.outbox.item(ticket) else { return Ok(()) };
        item.signed = Some(signed);
        let record = item.record();
        self.keep(&RecordKey::Deed(ticket), Some(&record));
        Ok(())
    }

    /// Asks the rules here first. With acts on the way the answer is not final: theirs may make it right.
    fn check_admitted(&self, act: &[u8], scope: Scope, ticket: Ticket) -> Result<(), Hold> {
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let key = self.identity.secrets.public().verifying_key().map_err(broken)?;
        let verified = ReceivedAct::read(act.to_vec()).and_then(|act| act.verify(&key)).map_err(broken)?;
        let said = Said::read(&verified).map_err(|refusal| Hold::Refused(Box::new(refusal)))?;
        let package = self.package_of(scope);
        match admit(trust, package, &said, self.desk_ms()) {
            Ok(()) => Ok(()),
            Err(Refusal::CounterExpected { .. }) => Ok(()),
            Err(_) if self.is_unsettled(scope) || self.is_after_waiting(scope, ticket) => Err(Hold::NotYet),
            Err(refusal) => Err(Hold::Refused(Box::new(refusal))),
        }
    }

    /// Whether an earlier deed that may make this one right waits to be sent again.
    fn is_after_waiting(&self, scope: Scope, ticket: Ticket) -> bool {
        let now = self.now_ms();
        let earlier = self.outbox.items().take_while(|(other, _)| *other < ticket);
        earlier
            .filter(|(_, item)| [Scope::Trust, scope].contains(&item.deed.scope()))
            .any(|(_, item)| item.not_before_ms > now)
    }

    /// Whether acts of this device, or entries from the server, are still on the way here.
    fn is_unsettled(&self, scope: Scope) -> bool {
        let settled_counter = |scope: Scope| self.folded_counter(scope);
        [Scope::Trust, scope].into_iter().any(|scope| {
            self.outbox.signed_in(scope) > 0
                || self.logged_counter.get(&scope).is_some_and(|logged| *logged > settled_counter(scope))
                || self.connection.behind.contains_key(&scope)
        })
    }

    fn package_of(&self, scope: Scope) -> Option<&Package> {
        match scope {
            Scope::Trust => None,
            Scope::Package(package) => self.ledger.package(package),
        }
    }

    /// The counter of this device's newest folded act in a scope.
    fn folded_counter(&self, scope: Scope) -> u64 {
        let device = self.identity.secrets.id();
        let next = match scope {
            Scope::Trust => self.ledger.trust().map(|trust| trust.next_counter(device)),
            Scope::Package(package) => {
                self.ledger.package(package).map(|package| package.next_counter(device))
            }
        };
        next.unwrap_or(1).saturating_sub(1)
    }

    fn next_counter(&self, scope: Scope) -> u64 {
        let signed = self
            .outbox
            .items()
            .filter(|(_, item)| item.deed.scope() == scope)
            .filter_map(|(_, item)| item.signed.as_ref().map(|signed| signed.counter))
            .max();
        let logged = self.logged_counter.get(&scope).copied();
        [Some(self.folded_counter(scope)), signed, logged].into_iter().flatten().max().unwrap_or(0) + 1
    }

    fn make(&mut self, ticket: Ticket, deed: &Deed, counter: u64) -> Result<Made, Hold> {
        match deed {
            Deed::Say { act, words, .. } => self.make_words(deed.scope(), act, words, counter),
            Deed::SayTape { act, package, shares, .. } => make_with_shares(act, *package, shares),
            Deed::Open { .. } => self.make_package(ticket, deed, counter),
            Deed::MakeGeneration { vault } => self.make_generation(ticket, *vault, counter),
            Deed::WrapReaders { vault } => self.make_wraps(*vault),
            Deed::DealShares { vault } => self.make_dealing(*vault),
            Deed::ReleaseShare { recovery, vault, generation } => {
                self.make_release(*recovery, *vault, *generation)
            }
        }
    }

    fn make_words(&mut self, scope: Scope, act: &Act, words: &[Words], counter: u64) -> Result<Made, Hold> {
        let mut bodies = Vec::with_capacity(words.len());
        for (index, word) in words.iter().enumerate() {
            let Some(number) = self.sealing_generation(word.vault) else {
                self.needs_reach(scope, word.vault)?;
                self.want_generation(word.vault);
                return Err(Hold::NotYet);
            };
            let index = u16::try_from(index).map_err(broken)?;
            bodies.push(self.seal_words(scope, counter, index, word.vault, number, &word.body)?);
        }
        Ok(Made { act: act.clone(), bodies })
    }

    /// Words for a vault that this person does not read would wait for ever: once everything is here, they are refused.
    fn needs_reach(&self, scope: Scope, vault: Vault) -> Result<(), Hold> {
        let Some(trust) = self.ledger.trust() else { return Ok(()) };
        if !self.connection.caught_up || self.is_unsettled(scope) {
            return Ok(());
        }
        let (person, refused) = (self.identity.person, |refusal| Err(Hold::Refused(Box::new(refusal))));
        match vault {
            Vault::Package(package) => match self.ledger.package(package) {
                None if self.may_come(package) => Ok(()),
                None => refused(Refusal::UnknownPackage(package)),
                Some(state) if state.may_read(trust, person) => Ok(()),
                Some(_) => refused(Refusal::NotAReader { person, package }),
            },
            Vault::Office(office) if !trust.members(office).contains(&person) => {
                refused(Refusal::NotAMember { person, office })
            }
            Vault::Office(_) | Vault::Person(_) => Ok(()),
        }
    }

    /// Whether the first entry of a package is on its way here, or the deed that opens it.
    fn may_come(&self, package: PackageId) -> bool {
        let scope = Scope::Package(package);
        self.connection.following.contains(&scope)
            || self.logged_counter.contains_key(&scope)
            || self
                .outbox
                .items()
                .any(|(_, item)| matches!(&item.deed, Deed::Open { package: opens, .. } if *opens == package))
    }

    fn seal_words(
        &mut self,
        scope: Scope,
        counter: u64,
        index: u16,
        vault: Vault,
        number: GenerationNumber,
        words: &Body,
    ) -> Result<(BodyRef, Vec<u8>), Hold> {
        let context = self.context(scope, counter, index, vault, number);
        let secret = self.keyring.get(vault, number).ok_or(Hold::NotYet)?;
        let sealed = body::seal(secret, &context, words, &mut self.rng).map_err(broken)?;
        Ok((sealed.reference(&context.under).map_err(broken)?, sealed.into_bytes()))
    }

    fn context(
        &self,
        scope: Scope,
        counter: u64,
        index: u16,
        vault: Vault,
        number: GenerationNumber,
    ) -> BodyContext {
        BodyContext { under: self.keyring.name(vault, number), author: self.device(), scope, counter, index }
    }

    /// The secret that was drawn for this deed, the same each time it is signed.
    fn secret_of(&mut self, ticket: Ticket) -> GenerationSecret {
        let kept = self.outbox.item(ticket).and_then(|item| item.secret.as_ref()).map(|kept| **kept);
        if let Some(kept) = kept.map(Zeroizing::new) {
            return GenerationSecret::from_bytes(&kept);
        }
        let secret = GenerationSecret::draw(&mut self.rng);
        if let Some(item) = self.outbox.item(ticket) {
            item.secret = Some(Zeroizing::new(*secret.expose()));
        }
        secret
    }

    fn wrap_to(
        &mut self,
        secret: &GenerationSecret,
        vault: Vault,
        number: GenerationNumber,
        readers: &[WrappedTo],
    ) -> Result<(BodyRef, Vec<u8>), Hold> {
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let keys: Vec<_> = readers.iter().filter_map(|to| reader_key(trust, *to)).collect();
        let name = self.keyring.name(vault, number);
        let wraps = wrap::wrap(secret, &name, &keys, &mut self.rng).map_err(broken)?;
        let bytes = wraps.encode().map_err(broken)?;
        Ok((sealed::reference(BodyKind::Wraps(vault, number), &bytes).map_err(broken)?, bytes))
    }

    fn make_package(&mut self, ticket: Ticket, deed: &Deed, counter: u64) -> Result<Made, Hold> {
        let Deed::Open { package, opens, class, level, readers, words } = deed else {
            return Err(Hold::NotYet);
        };
        let vault = Vault::Package(*package);
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let wrapped_to = Vaults::at(trust, None).wrapped_to(readers.iter().copied());
        let secret = self.secret_of(ticket);
        let name = self.keyring.name(vault, 1);
        let generation = secret.generation(&name, wrapped_to, false).map_err(broken)?;
        let wraps = self.wrap_to(&secret, vault, 1, &generation.readers)?;
        let context = self.context(deed.scope(), counter, 1, vault, 1);
        let sealed = body::seal(&secret, &context, words, &mut self.rng).map_err(broken)?;
        let words = (sealed.reference(&context.under).map_err(broken)?, sealed.into_bytes());
        let opening = Opening { class: *class, level: *level, readers: readers.clone(), vault: generation };
        let act = match *opens {
            Opens::Call { principal, counterpart, kind } => {
                Act::CallRequested { principal, counterpart, kind, opening }
            }
            Opens::Debrief { principal } => Act::DebriefGiven { principal, opening },
            Opens::Import { record } => Act::PackageImported { record, opening },
        };
        Ok(Made { act, bodies: vec![wraps, words] })
    }

    fn make_generation(&mut self, ticket: Ticket, vault: Vault, counter: u64) -> Result<Made, Hold> {
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let next = Vaults::at(trust, self.package_of(scope_of(vault))).next_generation(vault);
        let previous = next.number.checked_sub(1).and_then(|before| self.keyring.get(vault, before)).cloned();
        let previous = match next.chain {
            Chain::Must => Some(previous.ok_or(Hold::NotYet)?),
            Chain::MustNot => None,
            Chain::Either => previous,
        };
        let secret = self.secret_of(ticket);
        let name = self.keyring.name(vault, next.number);
        let generation = secret.generation(&name, next.readers, previous.is_some()).map_err(broken)?;
        let mut bodies = vec![self.wrap_to(&secret, vault, next.number, &generation.readers)?];
        if let Some(previous) = previous {
            let context = self.context(scope_of(vault), counter, 1, vault, next.number);
            let sealed = chain::seal_previous(&secret, &context, &previous, &mut self.rng).map_err(broken)?;
            bodies.push((sealed.reference(&context.under).map_err(broken)?, sealed.into_bytes()));
        }
        Ok(Made { act: Act::GenerationMade { vault, generation }, bodies })
    }

    fn make_wraps(&mut self, vault: Vault) -> Result<Made, Hold> {
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let missing = Vaults::at(trust, self.package_of(scope_of(vault))).readers_missing_wraps(vault);
        let held = missing.into_iter().find(|(number, _)| self.keyring.get(vault, *number).is_some());
        let (generation, readers) = held.ok_or_else(|| broken("nobody is missing a wrap"))?;
        let secret = self.keyring.get(vault, generation).cloned().ok_or(Hold::NotYet)?;
        let wraps = self.wrap_to(&secret, vault, generation, &readers)?;
        Ok(Made { act: Act::ReadersWrapped { vault, generation, readers }, bodies: vec![wraps] })
    }

    fn make_dealing(&mut self, vault: Vault) -> Result<Made, Hold> {
        let generation = self.sealing_generation(vault).ok_or_else(|| broken("the vault is not held"))?;
        let secret = self.keyring.get(vault, generation).cloned().ok_or(Hold::NotYet)?;
        let name = self.keyring.name(vault, generation);
        let trust = self.ledger.trust().ok_or(Hold::NotYet)?;
        let to = shares_to(trust).map_err(|refusal| Hold::Refused(Box::new(refusal)))?;
        let needed = trust.custodians().needed;
        let keys: Vec<CustodianKey<'_>> = to
            .iter()
            .filter_map(|(custodian, generation)| {
                let reader = WrappedTo { reader: Reader::Person(*custodian), generation: *generation };
                let receives = reader_key(trust, reader)?.receives;
                Some(CustodianKey { custodian: *custodian, generation: *generation, receives })
            })
            .collect();
        let dealing = shares::deal(&secret, &name, needed, &keys, &mut self.rng).map_err(broken)?;
        let shares = to
            .into_iter()
            .zip(dealing.commitments)
            .map(|((custodian, generation), commitment)| ShareDealt { custodian, generation, commitment })
            .collect();
        let bytes = dealing.shares.encode().map_err(broken)?;
        let body = sealed::reference(BodyKind::Shares(vault, generation), &bytes).map_err(broken)?;
        Ok(Made { act: Act::SharesDealt { vault, generation, needed, shares }, bodies: vec![(body, bytes)] })
    }

    fn make_release(
        &mut self,
        recovery: Digest,
        vault: Vault,
        generation: GenerationNumber,
    ) -> Result<Made, Hold> {
        let (share, bundle) = self.release_share(recovery, vault, generation).map_err(broken)?;
        let bytes = bundle.encode().map_err(broken)?;
        let body = sealed::reference(BodyKind::Shares(vault, generation), &bytes).map_err(broken)?;
        Ok(Made {
            act: Act::ShareReleased { recovery, vault, generation, share },
            bodies: vec![(body, bytes)],
        })
    }
}
