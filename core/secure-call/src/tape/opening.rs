//! Opening a tape: chunk by chunk, with the bases that the custodians gave back.

use std::collections::{BTreeMap, VecDeque, btree_map::Entry};

use chancery_log::{
    cbor::CborError,
    id::{DeskId, DeviceId, PackageId},
};
use chancery_seal::{
    frame_header::{KeyId, LeafIndex, SealedFrame, epoch_bits},
    tape::{
        chain::{TapeChain, TapeEnd},
        chunk::Chunk,
        epoch::{EpochName, EpochPlace, EpochStated},
        record::{Said, TapedFrame},
    },
};
use sframe::{error::SframeError, key::DecryptionKey};
use zeroize::Zeroizing;

use crate::{
    frames::{
        base::FrameBase,
        opener::{EARLIER_MAX, open_with},
    },
    tape::statement::{FrameFault, FramePlace, Gap, OpenedTape, SpokenFrame, Voice},
};

/// Frames that may wait for the tape to say in which epoch the group is: a second of everybody.
const WAITING_MAX: usize = 4_096;

/// An epoch's base, put together from the custodians' shares.
pub struct EpochSecret {
    /// The epoch, as its dealing names it.
    pub name: EpochName,
    /// The base.
    pub base: FrameBase,
}

/// Why secrets are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// Of another call or desk.
    #[error("epoch {} is of another call than the tape", .0.place.epoch)]
    OtherCall(EpochName),
    /// Two for one epoch.
    #[error("epoch {} has two secrets", .0.epoch)]
    Twice(EpochPlace),
}

/// An epoch that the tape names, newest last.
struct Named {
    stated: EpochStated,
    /// Whether its roster is the one that the dealing names; none without a dealing.
    vouched: Option<bool>,
}

/// A frame with where and when it was taped.
struct Came {
    chunk: u32,
    at_ms: u64,
    leaf: LeafIndex,
    sealed: Vec<u8>,
}

/// Frames of an epoch that has no secret.
struct Sealed {
    from_ms: u64,
    to_ms: u64,
    frames: u64,
}

/// Opens one tape. Nothing stops it: what cannot be opened becomes part of the statement.
pub struct TapeOpening {
    chain: TapeChain,
    secrets: BTreeMap<EpochPlace, EpochSecret>,
    keys: BTreeMap<(EpochPlace, KeyId), DecryptionKey>,
    named: VecDeque<Named>,
    waiting: Vec<Came>,
    unopened: BTreeMap<EpochPlace, Sealed>,
    opened: OpenedTape,
}

impl TapeOpening {
    /// For the tape of this call, with a secret for each epoch that shall open.
    pub fn new(desk: DeskId, package: PackageId, secrets: Vec<EpochSecret>) -> Result<Self, SecretsError> {
        let mut by_place = BTreeMap::new();
        for secret in secrets {
            let name = secret.name;
            if (name.desk, name.package) != (desk, package) {
                return Err(SecretsError::OtherCall(name));
            }
            if by_place.insert(name.place, secret).is_some() {
                return Err(SecretsError::Twice(name.place));
            }
        }
        Ok(Self {
            chain: TapeChain::new(desk, package),
            secrets: by_place,
            keys: BTreeMap::new(),
            named: VecDeque::new(),
            waiting: Vec::new(),
            unopened: BTreeMap::new(),
            opened: OpenedTape { voices: BTreeMap::new(), gaps: Vec::new() },
        })
    }

    /// Takes the next chunk that is there. `number`: as it was kept, for one that cannot be read.
    pub fn chunk(&mut self, number: u32, bytes: &[u8]) -> Result<(), CborError> {
        let followed = match Chunk::read(bytes) {
            Err(why) => self.chain.unreadable(number, why).map(|()| None),
            Ok(chunk) => self.chain.follow(&chunk).map(|()| Some(chunk)),
        };
        let chunk = match followed {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(()),
            Err(why) => {
                self.opened.gaps.push(Gap::LeftOut(why));
                return Ok(());
            }
        };
        let number = chunk.header.place.number;
        for record in chunk.records {
            let at_ms = chunk.header.first_ms.saturating_add(record.after_ms.into());
            match record.said {
                Said::Epoch(stated) => self.epoch(stated)?,
                Said::Frame(TapedFrame { leaf, sealed }) => {
                    self.frame(Came { chunk: number, at_ms, leaf, sealed: sealed.to_vec() }, true);
                }
                // The reader keeps the end apart.
                Said::End { .. } => {}
            }
        }
        Ok(())
    }

    /// Ends it, with the end that the log states, when it states one.
    pub fn finish(mut self, end: Option<TapeEnd>) -> OpenedTape {
        for came in std::mem::take(&mut self.waiting) {
            self.frame(came, false);
        }
        let mut gaps: Vec<Gap> = self.chain.finish(end).into_iter().map(Gap::Tape).collect();
        gaps.append(&mut self.opened.gaps);
        for (place, Sealed { from_ms, to_ms, frames }) in self.unopened {
            gaps.push(Gap::NoSecret { place, from_ms, to_ms, frames });
        }
        for (voice, frames) in &self.opened.voices {
            missing(voice, frames, &mut gaps);
        }
        OpenedTape { voices: self.opened.voices, gaps }
    }

    fn epoch(&mut self, stated: EpochStated) -> Result<(), CborError> {
        // Each chunk begins by naming the epoch once more.
        if self.named.back().is_some_and(|named| named.stated == stated) {
            return Ok(());
        }
        let place = stated.place;
        let vouched = match self.secrets.get(&place) {
            Some(secret) => Some(stated.roster.digest()? == secret.name.roster),
            None => None,
        };
        if vouched == Some(false) {
            self.opened.gaps.push(Gap::Roster(place));
        }
        if self.named.len() > EARLIER_MAX {
            self.named.pop_front();
        }
        self.named.push_back(Named { stated, vouched });
        for came in std::mem::take(&mut self.waiting) {
            self.frame(came, false);
        }
        Ok(())
    }

    /// `may_wait`: a frame can be taped a moment before the epoch that it is sealed in.
    fn frame(&mut self, came: Came, may_wait: bool) {
        let at_ms = came.at_ms;
        match self.hear(&came) {
            Ok((voice, place, opus)) => {
                let frames = self.opened.voices.entry(voice).or_default();
                let spoken = SpokenFrame { received_ms: at_ms, opus };
                match frames.entry(place) {
                    Entry::Vacant(free) => {
                        free.insert(spoken);
                    }
                    Entry::Occupied(_) => self.fault(&came, FrameFault::Repeated),
                }
            }
            Err(NotHeard::Fault(FrameFault::UnknownEpoch))
                if may_wait && self.waiting.len() < WAITING_MAX =>
            {
                self.waiting.push(came);
            }
            Err(NotHeard::Fault(fault)) => self.fault(&came, fault),
            Err(NotHeard::NoSecret(place)) => {
                let sealed =
                    self.unopened.entry(place).or_insert(Sealed { from_ms: at_ms, to_ms: at_ms, frames: 0 });
                sealed.from_ms = sealed.from_ms.min(at_ms);
                sealed.to_ms = sealed.to_ms.max(at_ms);
                sealed.frames += 1;
            }
        }
    }

    fn fault(&mut self, came: &Came, fault: FrameFault) {
        let Came { chunk, leaf, at_ms, .. } = *came;
        self.opened.gaps.push(Gap::Frame { chunk, leaf, at_ms, fault });
    }

    fn hear(&mut self, came: &Came) -> Result<(Voice, FramePlace, Zeroizing<Vec<u8>>), NotHeard> {
        let frame =
            SealedFrame::read(&came.sealed).map_err(|why| NotHeard::Fault(FrameFault::Malformed(why)))?;
        let KeyId { context, leaf, epoch_bits: bits } = frame.key_id;
        if leaf != came.leaf {
            return Err(NotHeard::Fault(FrameFault::OtherLeaf(leaf)));
        }
        let named = self.named.iter().rev().find(|named| epoch_bits(named.stated.place.epoch) == bits);
        let named = named.ok_or(NotHeard::Fault(FrameFault::UnknownEpoch))?;
        let place = named.stated.place;
        let secret = self.secrets.get(&place).ok_or(NotHeard::NoSecret(place))?;
        let device = named.device(leaf)?;
        let tampered = |_: SframeError| NotHeard::Fault(FrameFault::Tampered);
        let mut opus = Zeroizing::new(Vec::with_capacity(frame.bytes.len()));
        if let Some(key) = self.keys.get(&(place, frame.key_id)) {
            open_with(key, frame.bytes, &mut opus).map_err(tampered)?;
        } else {
            let key = secret.base.opening_key(frame.key_id).map_err(tampered)?;
            open_with(&key, frame.bytes, &mut opus).map_err(tampered)?;
            // Kept once it has opened something: made-up key ids take no memory.
            self.keys.insert((place, frame.key_id), key);
        }
        let at = FramePlace { epoch: place.epoch, context: context.get(), counter: frame.counter };
        Ok((Voice { group: place.group, leaf, device }, at, opus))
    }
}

#[derive(Clone, Copy)]
enum NotHeard {
    Fault(FrameFault),
    NoSecret(EpochPlace),
}

impl Named {
    /// Whose leaf it is, as far as the tape's roster counts.
    fn device(&self, leaf: LeafIndex) -> Result<Option<DeviceId>, NotHeard> {
        match (self.vouched, self.stated.roster.device(leaf)) {
            (Some(true), None) => Err(NotHeard::Fault(FrameFault::NotMember)),
            (Some(true), device) => Ok(device),
            (Some(false) | None, _) => Ok(None),
        }
    }
}

/// Counters that are missing in each epoch and start of a voice, from 0 on.
fn missing(voice: &Voice, frames: &BTreeMap<FramePlace, SpokenFrame>, gaps: &mut Vec<Gap>) {
    let mut start = None;
    let mut next = 0;
    for (place, frame) in frames {
        let FramePlace { epoch, context, counter } = *place;
        if start != Some((epoch, context)) {
            (start, next) = (Some((epoch, context)), 0);
        }
        if counter > next {
            let (from, to, until_ms) = (next, counter - 1, frame.received_ms);
            gaps.push(Gap::Counters { voice: *voice, epoch, context, from, to, until_ms });
        }
        next = counter.saturating_add(1);
    }
}
