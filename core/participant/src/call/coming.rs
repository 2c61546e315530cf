//! Coming to a call, and going: arrival and admission as acts, then the group.

use chancery_call_tree::suite::CallPlace;
use chancery_desk::{
    act::{Act, LineKind, Role, Who},
    package::Package,
    parties::PartyState,
};
use chancery_log::id::{PackageId, PartyId};
use chancery_secure_call::group::{CallGroup, export::ExportError, join::Joining};
use chancery_wire::call::CallUp;
use serde_bytes::ByteBuf;

use super::{CallOut, Membership};
use crate::{alarm::Alarm, deed::Deed, participant::Participant};

/// A resumption that nothing answered is said again after this long: the server may have asked somebody who went away.
const RESUME_AGAIN_MS: u64 = 3_000;

impl Participant {
    /// What is to be done on every call that this device is on.
    pub(crate) fn work_calls(&mut self) {
        let all: Vec<PackageId> = self.calls.keys().copied().collect();
        for package in all {
            self.take_call_inbox(package);
            if self.is_off(package) {
                self.calls.remove(&package);
                self.call_out(package, CallOut::Over);
                continue;
            }
            self.arrive(package);
            self.admit_others(package);
            self.ask_to_join(package);
            self.resume_again(package);
            self.commit_if_due(package);
        }
    }

    /// Whether the log has the own party off the call.
    fn is_off(&self, package: PackageId) -> bool {
        let (Some(call), Some(known)) = (self.calls.get(&package), self.ledger.packages.state(package))
        else {
            return false;
        };
        let is_over = known.end().is_some();
        let state = known.parties().get(&call.party).map(|party| party.state);
        let was_there = call.member().is_some() || call.arrived;
        is_over || (state == Some(PartyState::Left) && was_there && !self.is_unsettled_in(package))
    }

    fn is_unsettled_in(&self, package: PackageId) -> bool {
        let scope = chancery_log::id::Scope::Package(package);
        self.outbox.items().any(|(_, item)| item.deed.scope() == scope)
    }

    /// Says that the own party is there.
    fn arrive(&mut self, package: PackageId) {
        let Some(known) = self.ledger.packages.state(package) else { return };
        let Some(call) = self.calls.get(&package) else { return };
        let party = call.party;
        let Some(own) = known.parties().get(&party) else { return };
        let is_mine = own.who == Who::Person(self.identity.person);
        let away = matches!(own.state, PartyState::Invited | PartyState::Left);
        if call.arrived || !is_mine || !away {
            return;
        }
        self.say_in(package, Act::PartyArrived { party });
        if let Some(call) = self.calls.get_mut(&package) {
            call.arrived = true;
        }
    }

    /// Lets in whoever was invited, belongs to the desk and comes on a secure line. Guests and open lines wait for a hand.
    fn admit_others(&mut self, package: PackageId) {
        if !self.connection.is_in() || !self.may_admit(package) {
            return;
        }
        let Some(known) = self.ledger.packages.state(package) else { return };
        let Some(call) = self.calls.get(&package) else { return };
        let waits: Vec<PartyId> = known
            .parties()
            .iter()
            .filter(|(id, party)| {
                party.state == PartyState::Waiting
                    && party.line == LineKind::Secure
                    && !call.admitted.contains(id)
            })
            .map(|(id, _)| *id)
            .collect();
        for party in waits {
            self.say_in(package, Act::PartyAdmitted { party });
            if let Some(call) = self.calls.get_mut(&package) {
                call.admitted.insert(party);
            }
        }
    }

    /// Of all devices on the call that have the power, the first one does it: others would only be refused.
    fn may_admit(&self, package: PackageId) -> bool {
        let (Some(trust), Some(known)) = (self.ledger.trust(), self.ledger.packages.state(package)) else {
            return false;
        };
        let Some(call) = self.calls.get(&package) else { return false };
        let has_power = |person| {
            known.principal() == Some(person)
                || trust.person(person).is_some_and(|known| known.roles.contains(&Role::DutyOfficer))
        };
        if !has_power(self.identity.person) {
            return false;
        }
        let first = call.seats().iter().find(|seat| trust.person_of(seat.device).is_some_and(has_power));
        first.is_none_or(|seat| seat.device == self.device())
    }

    fn say_in(&mut self, package: PackageId, act: Act) {
        self.queue(Deed::bare_in_package(package, act));
    }

    /// Once the own party is on the call: a key package for whoever commits next.
    fn ask_to_join(&mut self, package: PackageId) {
        if !self.connection.is_in() || !self.connection.caught_up {
            return;
        }
        let Some(call) = self.calls.get(&package) else { return };
        if !matches!(call.membership, Membership::Out) {
            return;
        }
        let party = call.party;
        let is_on = self.ledger.packages.state(package).and_then(|known| known.on_call(party)).is_some();
        let Some(place) = self.call_place(package).filter(|_| is_on) else { return };
        let now_ms = self.desk_ms();
        match Joining::draw(place, party, &self.identity.secrets, now_ms, &mut self.rng) {
            Ok(joining) => {
                let key_package = ByteBuf::from(joining.key_package());
                if let Some(call) = self.calls.get_mut(&package) {
                    call.membership = Membership::Joining(Box::new(joining));
                }
                self.call_up(package, CallUp::Join { party, key_package });
            }
            Err(error) => self.alarm(Alarm::CallBroken { package, detail: error.to_string() }),
        }
    }

    /// The socket is new: members say where they are, who waits asks anew.
    pub(crate) fn resume_calls(&mut self) {
        let all: Vec<PackageId> = self.calls.keys().copied().collect();
        for package in all {
            let now_ms = self.now_ms();
            let Some(call) = self.calls.get_mut(&package) else { continue };
            call.inbox.clear();
            call.blocked_since_ms = None;
            match &mut call.membership {
                Membership::In(member) => {
                    // Whether the server took it is not known; its answer is among what was missed.
                    member.handed_in = None;
                    let epoch = member.group.epoch();
                    call.resumed_ms = Some(now_ms);
                    self.call_up(package, CallUp::Resume { epoch });
                }
                membership @ (Membership::Out | Membership::Joining(_) | Membership::Welcomed(_)) => {
                    *membership = Membership::Out;
                }
            }
        }
    }

    fn resume_again(&mut self, package: PackageId) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        let is_late = call.resumed_ms.is_some_and(|said| now_ms >= said.saturating_add(RESUME_AGAIN_MS));
        let Some(epoch) = call.epoch().filter(|_| is_late && self.connection.is_in()) else { return };
        call.resumed_ms = Some(now_ms);
        self.call_up(package, CallUp::Resume { epoch });
    }

    /// Nobody is in a group: makes one.
    pub(crate) fn found_group(&mut self, package: PackageId) {
        let Some(party) = self.calls.get(&package).map(|call| call.party) else { return };
        let Some(place) = self.call_place(package) else { return };
        let now_ms = self.desk_ms();
        match CallGroup::found(place, party, &self.identity.secrets, now_ms, &mut self.rng) {
            Ok(group) => {
                // First the group, then what is said in it.
                self.give(package, &group);
                self.enter_group(package, Box::new(group), false);
            }
            Err(error) => self.alarm(Alarm::CallBroken { package, detail: error.to_string() }),
        }
    }

    /// Gives the server the public side of the group that this device is in.
    pub(crate) fn give_group(&mut self, package: PackageId) {
        let info =
            self.calls.get(&package).and_then(super::OnCall::member).map(|member| member.group.group_info());
        if let Some(info) = info {
            self.give_info(package, info);
        }
    }

    fn give(&mut self, package: PackageId, group: &CallGroup) {
        self.give_info(package, group.group_info());
    }

    fn give_info(&mut self, package: PackageId, info: Result<Vec<u8>, ExportError>) {
        match info {
            Ok(info) => self.call_up(package, CallUp::Group { group_info: ByteBuf::from(info) }),
            Err(error) => self.alarm(Alarm::CallBroken { package, detail: error.to_string() }),
        }
    }

    /// The group is lost to this device: it joins anew.
    pub(crate) fn join_anew(&mut self, package: PackageId) {
        if let Some(call) = self.calls.get_mut(&package) {
            call.membership = Membership::Out;
            call.inbox.clear();
            call.blocked_since_ms = None;
            call.resumed_ms = None;
            self.call_out(package, CallOut::Cease);
        }
    }

    pub(crate) fn call_place(&self, package: PackageId) -> Option<CallPlace> {
        let trust = self.ledger.trust()?;
        let observer = trust.verifying_key(trust.observer())?.to_bytes();
        Some(CallPlace { desk: trust.desk(), package, observer })
    }

    pub(crate) fn package_of_call(&self, package: PackageId) -> Option<&Package> {
        self.ledger.packages.state(package)
    }
}
