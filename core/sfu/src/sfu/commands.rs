//! What the server wants.

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;
use rand_core::Rng as _;

use super::{Call, Sfu, Tape};
use crate::{
    event::{End, Event},
    io::Command,
    leg::{
        Floor, Hold, Joining, Leg,
        down::{Down, Slot, Start},
        dtls::Dtls,
        ice::{Credentials, Ice},
        up::Up,
    },
    limits::{CALLS_MAX, LEGS_PER_CALL_MAX, SPEAKERS_MAX},
    refusal::Refusal,
    sdp::{
        answer::Answer,
        offer::{self, Offer, Way},
    },
};

impl Sfu {
    pub(super) fn command(&mut self, command: Command) {
        let (call, leg) = about(&command);
        if let Err(because) = self.carry_out(command) {
            self.event(Event::Refused { call, leg, because });
        }
    }

    fn carry_out(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::OpenCall { call } => self.open_call(call),
            Command::CloseCall { call } => self.close_call(call),
            Command::AddLeg { call, leg, leaf, offer } => self.add_leg(call, leg, leaf, &offer),
            Command::SetLeaf { call, leg, leaf } => self.leg(call, leg).map(|leg| leg.leaf = leaf),
            Command::RemoveLeg { call, leg } => {
                let place = self.known(call, leg)?;
                self.cut(place, End::Removed);
                Ok(())
            }
            Command::LetSpeak { call, leg } => self.let_speak(call, leg),
            Command::Silence { call, leg } => self.silence(call, leg),
            Command::Hold { call, leg } => self.hold(call, leg),
            Command::Resume { call, leg } => self.leg(call, leg).map(|leg| leg.hold = Hold::Off),
            Command::StartTape { call } => self.call(call).map(|call| call.tape = Tape::On),
            Command::StopTape { call } => self.call(call).map(|call| call.tape = Tape::Off),
        }
    }

    fn call(&mut self, call: PackageId) -> Result<&mut Call, Refusal> {
        self.calls.get_mut(&call).ok_or(Refusal::UnknownCall)
    }

    fn known(&self, call: PackageId, device: DeviceId) -> Result<usize, Refusal> {
        if !self.calls.contains_key(&call) {
            return Err(Refusal::UnknownCall);
        }
        self.place(call, device).ok_or(Refusal::UnknownLeg)
    }

    fn leg(&mut self, call: PackageId, device: DeviceId) -> Result<&mut Leg, Refusal> {
        let place = self.known(call, device)?;
        self.legs.get_mut(place).ok_or(Refusal::UnknownLeg)
    }

    fn open_call(&mut self, call: PackageId) -> Result<(), Refusal> {
        if self.calls.contains_key(&call) {
            return Err(Refusal::OpenAlready);
        }
        if self.calls.len() >= CALLS_MAX {
            return Err(Refusal::TooManyCalls);
        }
        self.calls.insert(call, Call::default());
        Ok(())
    }

    fn close_call(&mut self, call: PackageId) -> Result<(), Refusal> {
        for place in self.call(call)?.legs.clone() {
            self.cut(place, End::CallClosed);
        }
        self.calls.remove(&call);
        Ok(())
    }

    fn let_speak(&mut self, call: PackageId, device: DeviceId) -> Result<(), Refusal> {
        let place = self.known(call, device)?;
        let others = self.others(call, place);
        let speaks = |place: &&usize| self.legs.get(**place).is_some_and(|leg| leg.floor == Floor::Speaks);
        if others.iter().filter(speaks).count() >= SPEAKERS_MAX {
            return Err(Refusal::TooManySpeakers);
        }
        let Some(leg) = self.legs.get_mut(place) else { return Err(Refusal::UnknownLeg) };
        leg.floor = Floor::Speaks;
        let speaker = leg.at;
        self.for_each(&others, |other| other.down.let_speak(speaker));
        Ok(())
    }

    fn silence(&mut self, call: PackageId, device: DeviceId) -> Result<(), Refusal> {
        let leg = self.leg(call, device)?;
        leg.floor = Floor::Listens;
        let speaker = leg.at;
        let others = self.others(call, speaker.place);
        self.for_each(&others, |other| other.down.spare(speaker));
        Ok(())
    }

    fn hold(&mut self, call: PackageId, device: DeviceId) -> Result<(), Refusal> {
        let leg = self.leg(call, device)?;
        leg.hold = Hold::On;
        leg.down.pause();
        let speaker = leg.at;
        let others = self.others(call, speaker.place);
        self.for_each(&others, |other| other.down.interrupt(speaker));
        Ok(())
    }

    fn others(&self, call: PackageId, place: usize) -> Vec<usize> {
        let legs = self.calls.get(&call).map_or(&[][..], |call| &call.legs);
        legs.iter().copied().filter(|other| *other != place).collect()
    }

    fn for_each(&mut self, places: &[usize], tell: impl Fn(&mut Leg)) {
        for place in places {
            if let Some(leg) = self.legs.get_mut(*place) {
                tell(leg);
            }
        }
    }

    fn add_leg(
        &mut self,
        call: PackageId,
        device: DeviceId,
        leaf: Option<LeafIndex>,
        text: &str,
    ) -> Result<(), Refusal> {
        let offer = offer::read(text)?;
        let before = self.place(call, device);
        if self.call(call)?.legs.len() - usize::from(before.is_some()) >= LEGS_PER_CALL_MAX {
            return Err(Refusal::TooManyLegs);
        }
        if !self.joins.take(self.now_us) {
            return Err(Refusal::TooManyJoins { retry_us: self.joins.wait_us() });
        }
        if let Some(before) = before {
            self.cut(before, End::Replaced);
        }
        let (leg, sdp) = self.joining(call, device, leaf, offer);
        let (place, due_us) = (leg.at.place, leg.due_us);
        self.by_fragment.insert(leg.ice.credentials.fragment.clone(), place);
        self.legs.put(leg);
        self.timers.insert((due_us, place));
        self.call(call)?.legs.push(place);
        self.schedule(place);
        self.event(Event::Answer { call, leg: device, sdp });
        Ok(())
    }

    fn joining(
        &mut self,
        call: PackageId,
        device: DeviceId,
        leaf: Option<LeafIndex>,
        mut offer: Offer,
    ) -> (Leg, String) {
        let mut credentials = Credentials::draw(&mut self.random);
        while self.by_fragment.contains_key(&credentials.fragment) {
            credentials = Credentials::draw(&mut self.random);
        }
        let count = offer.lines.iter().filter(|line| line.way == Way::Receives).count();
        let slots: Vec<Slot> =
            self.starts(count).into_iter().map(|start| Slot::new(offer.opus, start)).collect();
        let sdp = Answer {
            offer: &offer,
            credentials: &credentials,
            fingerprint: self.certificate.fingerprint(),
            addresses: &self.addresses,
            slots: &slots,
            number: self.random.next_u32(),
        }
        .text();
        let candidates = std::mem::take(&mut offer.candidates);
        let joining = Joining {
            at: self.legs.next_at(),
            call,
            device,
            leaf,
            ice: Ice::new(credentials, offer.fragment, candidates),
            dtls: Dtls::new(&self.certificate, offer.fingerprint, self.clock, self.now_us),
            up: Up::new(offer.opus),
            down: Down::new(slots),
            asks: offer.asks,
            echo: offer.echo,
        };
        (Leg::new(joining, self.now_us), sdp)
    }

    /// Beginnings of slots, each with an SSRC of its own. Zero is none.
    fn starts(&mut self, count: usize) -> Vec<Start> {
        let mut starts: Vec<Start> = Vec::new();
        while starts.len() < count {
            let [ssrc, first, timestamp] = [(); 3].map(|()| self.random.next_u32());
            if ssrc != 0 && starts.iter().all(|other| other.ssrc != ssrc) {
                starts.push(Start { ssrc, first: first as u16, timestamp });
            }
        }
        starts
    }
}

/// Which call and device a command is about.
fn about(command: &Command) -> (PackageId, Option<DeviceId>) {
    match command {
        Command::OpenCall { call }
        | Command::CloseCall { call }
        | Command::StartTape { call }
        | Command::StopTape { call } => (*call, None),
        Command::AddLeg { call, leg, .. }
        | Command::SetLeaf { call, leg, .. }
        | Command::RemoveLeg { call, leg }
        | Command::LetSpeak { call, leg }
        | Command::Silence { call, leg }
        | Command::Hold { call, leg }
        | Command::Resume { call, leg } => (*call, Some(*leg)),
    }
}
