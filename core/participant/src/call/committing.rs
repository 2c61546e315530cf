//! Committing: one device of the desk brings in who waits and puts out whom the log puts out; the next one does it when the
//! first does not.

use chancery_call_tree::{leaf::Seat, tree::check_key_package};
use chancery_log::id::PackageId;
use chancery_seal::{frame_header::LeafIndex, leaf_cert::Admitted};
use chancery_secure_call::group::{UPDATE_EVERY_MS, commit::Plan};
use chancery_wire::call::CallUp;
use serde_bytes::ByteBuf;

use super::CallOut;
use crate::{alarm::Alarm, participant::Participant};

/// The next device commits when the one before it has not for this long.
pub(super) const STAND_IN_MS: u64 = 300;

/// A sender that has not seen the commit of a removal within this time stops.
const CEASE_MS: u64 = 1_000;

/// Certificates are renewed when less than this is left of them.
const RENEW_CERT_MS: u64 = 60 * 60 * 1_000;

/// Who came by a welcome renews its keys after so long, one leaf after the other, when nothing else renewed the tree.
const FIRST_UPDATE_MS: u64 = 500;

impl Participant {
    /// Those whom the log has on the call.
    pub(crate) fn admitted_to(&self, package: PackageId) -> Vec<Admitted> {
        let (Some(trust), Some(known)) = (self.ledger.trust(), self.package_of_call(package)) else {
            return Vec::new();
        };
        known.admitted(trust)
    }

    /// Members that the log does not have on the call, or not by that device.
    fn to_remove(&self, package: PackageId, admitted: &[Admitted]) -> Vec<LeafIndex> {
        let Some(call) = self.calls.get(&package) else { return Vec::new() };
        let again = |seat: &&Seat| call.waiting.iter().any(|waits| waits.device == seat.device);
        // A party is on by one device: by the one that waits now.
        let moved = |seat: &&Seat| {
            call.waiting.iter().any(|waits| waits.party == seat.party && waits.device != seat.device)
        };
        let out = |seat: &&Seat| !is_admitted(admitted, seat);
        let gone = call.seats().iter().filter(|seat| out(seat) || again(seat) || moved(seat));
        gone.map(|seat| seat.leaf).collect()
    }

    /// How many devices of the desk commit before this one; none when it does not commit.
    fn rank(&self, package: PackageId, removed: &[LeafIndex]) -> Option<u64> {
        let known = self.package_of_call(package)?;
        let call = self.calls.get(&package)?;
        let desk = |seat: &&Seat| {
            known.parties().get(&seat.party).is_some_and(chancery_desk::parties::Party::is_of_the_desk)
        };
        let able = call.seats().iter().filter(|seat| !removed.contains(&seat.leaf)).filter(desk);
        let place = able.map(|seat| seat.device).position(|device| device == self.device())?;
        u64::try_from(place).ok()
    }

    /// Commits when it is this device's turn.
    pub(crate) fn commit_if_due(&mut self, package: PackageId) {
        let admitted = self.admitted_to(package);
        let remove = self.to_remove(package, &admitted);
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        let adds = !call.waiting.is_empty();
        let put_out = call.seats().iter().any(|seat| !is_admitted(&admitted, seat));
        if !adds && remove.is_empty() {
            call.due_since_ms = None;
            return self.update_if_due(package, &admitted);
        }
        let since_ms = *call.due_since_ms.get_or_insert(now_ms);
        let not_before_ms = call.not_before_ms;
        let Some(member) = call.member_mut() else { return };
        let pending = member.handed_in.is_some() || now_ms < not_before_ms;
        if put_out && !member.ceased && now_ms >= since_ms.saturating_add(CEASE_MS) {
            member.ceased = true;
            self.call_out(package, CallOut::Cease);
        }
        let Some(rank) = self.rank(package, &remove) else { return };
        let turn_ms = since_ms.saturating_add(rank.saturating_mul(STAND_IN_MS));
        if pending || !self.connection.is_in() || now_ms < turn_ms {
            return;
        }
        self.commit(package, remove, &admitted);
    }

    /// Renews the own keys from time to time.
    fn update_if_due(&mut self, package: PackageId, admitted: &[Admitted]) {
        let now_ms = self.now_ms();
        let Some(member) = self.calls.get(&package).and_then(super::OnCall::member) else { return };
        let own = member.group.own();
        let place = u64::from(own.leaf.number());
        let wait_ms = if member.is_new && member.group.seats().len() > 2 {
            FIRST_UPDATE_MS.saturating_add(place.saturating_mul(STAND_IN_MS))
        } else {
            UPDATE_EVERY_MS.saturating_sub(60_000).saturating_add(place.saturating_mul(STAND_IN_MS))
        };
        let is_due = now_ms >= member.since_ms.saturating_add(wait_ms);
        if is_due && member.handed_in.is_none() && self.connection.is_in() {
            self.commit(package, Vec::new(), admitted);
        }
    }

    fn commit(&mut self, package: PackageId, remove: Vec<LeafIndex>, admitted: &[Admitted]) {
        let now_ms = self.desk_ms();
        let Some(place) = self.call_place(package) else { return };
        let Some(call) = self.calls.get_mut(&package) else { return };
        let mut add = Vec::new();
        let mut refused = Vec::new();
        for waits in &call.waiting {
            match check_key_package(&waits.key_package, &place, admitted, now_ms) {
                Ok(checked)
                    if checked.cert().device == waits.device && checked.cert().party == waits.party =>
                {
                    add.push(checked);
                }
                Ok(_) => refused.push((waits.device, "its certificate names another".to_owned())),
                Err(error) => refused.push((waits.device, error.to_string())),
            }
        }
        let secrets = &self.identity.secrets;
        let Some(member) = call.member_mut() else { return };
        let is_ending = member.group.own().not_after_ms < now_ms.saturating_add(RENEW_CERT_MS);
        let renewed = member.group.renewed_cert(now_ms);
        let certificate = if is_ending { secrets.certify_leaf(renewed).ok() } else { None };
        let made = member.group.commit(Plan { add, remove, certificate }, admitted, now_ms);
        match made {
            Ok(made) => {
                member.handed_in = Some(made.epoch);
                let (commit, welcome) = (ByteBuf::from(made.commit), made.welcome.map(ByteBuf::from));
                self.call_up(package, CallUp::Commit { commit, welcome });
            }
            Err(error) => refused.push((self.device(), error.to_string())),
        }
        for (device, detail) in refused {
            self.alarm(Alarm::NotLetIn { package, device, detail });
        }
    }
}

fn is_admitted(admitted: &[Admitted], seat: &Seat) -> bool {
    admitted.iter().any(|one| one.party() == seat.party && one.device() == seat.device)
}
