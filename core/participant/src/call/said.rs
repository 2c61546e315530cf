//! What the server says about a call, taken in order. Nothing of it is believed that the log or the group does not bear out.

use chancery_call_tree::handshake::HandshakeError;
use chancery_log::id::PackageId;
use chancery_secure_call::group::{
    join::{NotJoined, NotTaken, Welcomed},
    message::HearError,
    receive::{CommitReceived, Merged, Unverifiable},
};
use chancery_wire::call::{CallDown, CallRefusal, LineSeen};

use super::{CallOut, In, Membership, committing::STAND_IN_MS, inside::Inside};
use crate::{alarm::Alarm, io::Event, participant::Participant};

/// What rests on entries of the log that have not come waits for so long: the server logged them before it said so.
const BLOCKED_MS: u64 = 10_000;

/// Messages of one call that may wait: those of some seconds.
const INBOX_MAX: usize = 1_024;

/// Whether the next message can be taken.
enum Next {
    Take,
    /// Entries of the log are missing.
    Wait,
}

impl Participant {
    /// The server says something about a call.
    pub(crate) fn call_down(&mut self, package: PackageId, say: CallDown) {
        let Some(call) = self.calls.get_mut(&package) else { return };
        if call.inbox.len() >= INBOX_MAX {
            self.alarm(Alarm::CallBroken { package, detail: "the server says more than can wait".into() });
            return self.join_anew(package);
        }
        call.inbox.push_back(say);
    }

    /// Takes what has come, as far as the log goes.
    pub(crate) fn take_call_inbox(&mut self, package: PackageId) {
        while let Some(say) = self.calls.get_mut(&package).and_then(|call| call.inbox.pop_front()) {
            let kept = say.clone();
            match self.take_said(package, say) {
                Next::Take => {
                    if let Some(call) = self.calls.get_mut(&package) {
                        call.blocked_since_ms = None;
                    }
                }
                Next::Wait => return self.wait_for_log(package, kept),
            }
        }
    }

    fn wait_for_log(&mut self, package: PackageId, say: CallDown) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        call.inbox.push_front(say);
        let since_ms = *call.blocked_since_ms.get_or_insert(now_ms);
        if now_ms >= since_ms.saturating_add(BLOCKED_MS) {
            self.alarm(Alarm::GhostInCall { package });
            self.join_anew(package);
        }
    }

    fn take_said(&mut self, package: PackageId, say: CallDown) -> Next {
        match say {
            CallDown::Begin {} => self.found_group(package),
            CallDown::Tell {} => self.give_group(package),
            CallDown::Anew {} => self.join_anew(package),
            CallDown::Waiting { waiting } => {
                if let Some(call) = self.calls.get_mut(&package) {
                    call.waiting = waiting;
                }
            }
            CallDown::Committed { commit, .. } => return self.take_commit(package, &commit),
            CallDown::Welcome { welcome } => return self.take_welcome(package, &welcome),
            CallDown::Late { .. } => self.too_late(package),
            CallDown::Proposed { proposal } => self.take_proposal(package, &proposal),
            CallDown::Said { message, .. } => self.take_message(package, &message),
            CallDown::Answer { sdp } => self.call_out(package, CallOut::Answer(sdp)),
            CallDown::Lines { lines } => {
                self.take_lines(package, lines);
            }
            CallDown::Dropped { device, because, frames } => {
                if let Some(call) = self.calls.get_mut(&package) {
                    call.dropped.insert((device, because), frames);
                    self.event(Event::Call(package));
                }
            }
            CallDown::Refused { because } => self.refused_in_call(package, because),
            CallDown::Over {} => {
                // Whether it is really over the log says; if not, the device comes again.
                self.join_anew(package);
            }
        }
        Next::Take
    }

    fn take_lines(&mut self, package: PackageId, lines: Vec<LineSeen>) {
        let Some(call) = self.calls.get_mut(&package) else { return };
        call.lines = lines;
        let is_back = call.resumed_ms.take().is_some();
        self.event(Event::Call(package));
        if is_back {
            // What the others said of this epoch went past the broken socket.
            self.say_inside(package, &Inside::Asks {});
        }
    }

    /// Another commit won, and comes, or came. Only when it stays out is there anything to do again.
    fn too_late(&mut self, package: PackageId) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        call.not_before_ms = now_ms.saturating_add(STAND_IN_MS);
        if let Some(member) = call.member_mut() {
            member.handed_in = None;
            member.group.drop_commit();
        }
    }

    fn refused_in_call(&mut self, package: PackageId, because: CallRefusal) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        call.refused = Some(because.clone());
        // What was refused is not tried again at once.
        call.not_before_ms = now_ms.saturating_add(STAND_IN_MS);
        let is_lost =
            call.resumed_ms.is_some() && matches!(because, CallRefusal::NotIn | CallRefusal::NoCall);
        if let Some(member) = call.member_mut() {
            member.handed_in = None;
            member.group.drop_commit();
        }
        self.call_out(package, CallOut::Refused(because));
        self.event(Event::Call(package));
        if is_lost {
            self.join_anew(package);
        }
    }

    fn take_commit(&mut self, package: PackageId, commit: &[u8]) -> Next {
        let (admitted, now_ms) = (self.admitted_to(package), self.desk_ms());
        let Some(call) = self.calls.get_mut(&package) else { return Next::Take };
        let Some(member) = call.member_mut() else { return Next::Take };
        let received = member.group.receive_commit(commit);
        let unverified = match received {
            Ok(CommitReceived::Own) => {
                match member.group.confirm() {
                    Ok(moved) => self.moved(package, &moved),
                    Err(error) => self.group_lost(package, error.to_string()),
                }
                return Next::Take;
            }
            Ok(CommitReceived::Other(unverified)) => unverified,
            // What was missed while the socket was away may come twice.
            Err(HandshakeError::Epoch { expected, got }) if got < expected => return Next::Take,
            Err(error) => {
                self.group_lost(package, error.to_string());
                return Next::Take;
            }
        };
        let verified = match member.group.verify(unverified, &admitted, now_ms) {
            Ok(verified) => verified,
            // The acts that admit it were logged before; they are on their way.
            Err(Unverifiable { .. }) => return Next::Wait,
        };
        let Membership::In(member) = std::mem::replace(&mut call.membership, Membership::Out) else {
            return Next::Take;
        };
        let In { group, starts, since_ms, is_new, ceased, agreed, .. } = *member;
        match group.merge(verified) {
            Merged::In { group, moved } => {
                call.membership = Membership::In(Box::new(In {
                    group,
                    starts,
                    since_ms,
                    handed_in: None,
                    is_new,
                    ceased,
                    agreed,
                }));
                self.moved(package, &moved);
            }
            Merged::Out { .. } => self.join_anew(package),
            Merged::Stale { group } => {
                call.membership = Membership::In(Box::new(In {
                    group,
                    starts,
                    since_ms,
                    handed_in: None,
                    is_new,
                    ceased,
                    agreed,
                }));
            }
            Merged::Lost { detail } => self.group_lost(package, detail),
        }
        Next::Take
    }

    fn group_lost(&mut self, package: PackageId, detail: String) {
        self.alarm(Alarm::CallBroken { package, detail });
        self.join_anew(package);
    }

    fn take_welcome(&mut self, package: PackageId, welcome: &[u8]) -> Next {
        let Some(call) = self.calls.get_mut(&package) else { return Next::Take };
        let welcomed = match std::mem::replace(&mut call.membership, Membership::Out) {
            Membership::Joining(joining) => match joining.follow(welcome) {
                Ok(welcomed) => Box::new(welcomed),
                Err(NotJoined { why, still }) => {
                    if let Some(still) = still {
                        call.membership = Membership::Joining(still);
                    }
                    self.alarm(Alarm::CallBroken { package, detail: why.to_string() });
                    return Next::Take;
                }
            },
            Membership::Welcomed(welcomed) => welcomed,
            other @ (Membership::Out | Membership::In(_)) => {
                call.membership = other;
                return Next::Take;
            }
        };
        self.enter_welcomed(package, *welcomed)
    }

    fn enter_welcomed(&mut self, package: PackageId, welcomed: Welcomed) -> Next {
        match welcomed.enter(&self.admitted_to(package), self.desk_ms()) {
            Ok(group) => {
                self.enter_group(package, Box::new(group), true);
                Next::Take
            }
            Err(NotTaken { group, .. }) => {
                if let Some(call) = self.calls.get_mut(&package) {
                    call.membership = Membership::Welcomed(group);
                }
                Next::Wait
            }
        }
    }

    /// The server would have somebody removed; whom the log has on the call stays.
    fn take_proposal(&mut self, package: PackageId, proposal: &[u8]) {
        let Some(member) = self.calls.get_mut(&package).and_then(super::OnCall::member_mut) else { return };
        // What is due is seen by comparing the group with the log; the proposal only says that it is time to look.
        if let Err(error) = member.group.receive_proposal(proposal)
            && !matches!(error, HandshakeError::Epoch { .. } | HandshakeError::NoMember(_))
        {
            self.alarm(Alarm::BadProposal { package, detail: error.to_string() });
        }
    }

    fn take_message(&mut self, package: PackageId, message: &[u8]) {
        let Some(member) = self.calls.get_mut(&package).and_then(super::OnCall::member_mut) else { return };
        match member.group.hear(message) {
            Ok(heard) => self.heard_inside(package, &heard),
            // Its author says it again in this epoch.
            Err(HearError::Past { .. } | HearError::Own | HearError::Ahead { .. }) => {}
            Err(error) => self.alarm(Alarm::BadMessage { package, detail: error.to_string() }),
        }
    }
}
