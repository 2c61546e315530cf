//! The model's guests and tapes.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, LineKind, Role, Who},
    lines::rules::LineRules,
    said::Said,
};
use chancery_log::id::{DeviceId, Digest, PackageId, PersonId};
use chancery_seal::vault::Reader;

use super::{DAY, Judged, MINUTE, Model, Story, calls, need, packages};

/// Of which package, on which device, who holds shares, and when it was asked by whom.
type Asked<'a> = (PackageId, DeviceId, &'a BTreeSet<PersonId>, u64, DeviceId);

pub(super) fn line_rules_can_work(rules: &LineRules) -> bool {
    (1..=93).contains(&rules.score_least)
        && (1..=500).contains(&rules.loss_permille)
        && (20..=2_000).contains(&rules.round_trip_ms)
        && (5..=1_000).contains(&rules.jitter_ms)
        && (10..=80).contains(&rules.quiet_db)
        && (1..=500).contains(&rules.clipped_permille)
        && (1_000..=60 * MINUTE).contains(&rules.silent_ms)
        && (MINUTE..=30 * DAY).contains(&rules.unlocked_ms)
        && (MINUTE..=90 * DAY).contains(&rules.posture_ms)
        && (2_000..=MINUTE).contains(&rules.canary_ms)
}

impl Model {
    pub(super) fn guest(&self, act: &Act, story: &Story, now: u64) -> Judged {
        let (Act::GuestInvited { party: id, .. } | Act::GuestVouched { party: id, .. }) = act else {
            return Err("no guest");
        };
        let (who, _, line) = calls::invited(story, *id).ok_or("party")?;
        let is_guest = matches!(who, Who::Counterpart(_)) && line == LineKind::Guest;
        need(calls::is_open(story) && is_guest, "guest")?;
        match act {
            Act::GuestInvited { until_ms, .. } => {
                need(*until_ms > now && *until_ms <= now + self.rules().invitation_ms + 2 * MINUTE, "until")
            }
            Act::GuestVouched { keys, .. } => {
                // The newest word on the guest must be a link, not a key that came by it.
                let newest = packages::acts(story).rev().find_map(|act| match act {
                    Act::GuestInvited { party, until_ms, .. } if party == id => Some(Some(*until_ms)),
                    Act::GuestVouched { party, .. } if party == id => Some(None),
                    _ => None,
                });
                let until_ms = newest.flatten().ok_or("link")?;
                let again = packages::acts(story).any(
                    |act| matches!(act, Act::GuestVouched { keys: other, .. } if other.id() == keys.id()),
                );
                need(now <= until_ms && self.is_id_free(keys) && !again, "vouched")
            }
            _ => Err("no guest"),
        }
    }

    pub(super) fn epoch_dealt(&self, act: &Act, story: &Story, author: PersonId) -> Judged {
        let Act::EpochDealt { group, epoch, needed, shares, .. } = act else { return Err("no dealing") };
        let mut parties = packages::acts(story).filter_map(|act| match act {
            Act::PartyInvited { party, who, .. } if *who == Who::Person(author) => Some(*party),
            _ => None,
        });
        // Nothing more is said of parties once the call is over: where it was then, it stays.
        need(parties.any(|party| calls::whereabouts(story, party) == "on"), "on the call")?;
        need(self.rules().lines.taped, "taped")?;
        let custodians = self.custodians();
        let all = custodians.people.iter();
        let ready: Vec<_> =
            all.filter_map(|person| Some((*person, self.ready(Reader::Person(*person))?))).collect();
        need(ready.len() >= usize::from(custodians.needed), "ready custodians")?;
        let to: Vec<_> = shares.iter().map(|share| (share.custodian, share.generation)).collect();
        need(to == ready && *needed == custodians.needed, "custodians")?;
        let again = story.iter().any(|(said, _)| match &said.act {
            Act::EpochDealt { group: g, epoch: e, .. } => {
                (g, e) == (group, epoch) && (said.act == *act || self.owner(said.author) == Some(author))
            }
            _ => false,
        });
        need(!again, "dealt")
    }

    pub(super) fn tape_asked(&self, digest: Digest) -> Option<Asked<'_>> {
        let (said, place) = self.trust.iter().find(|(said, _)| said.digest == digest)?;
        match &said.act {
            Act::TapeAsked { package, device, custodians, .. } => {
                Some((*package, *device, custodians, place.logged_ms, said.author))
            }
            _ => None,
        }
    }

    pub(super) fn tape(&self, said: &Said, author: PersonId, now: u64) -> Judged {
        match &said.act {
            Act::TapeAsked { device, needed, custodians, .. } => {
                need(!self.is_out(*device) && self.owner(*device) == Some(author), "device")?;
                need((2..=custodians.len()).contains(&usize::from(*needed)), "needed")?;
                need(custodians.len() <= 32, "custodians")?;
                need(custodians.iter().all(|person| self.is_known(*person)), "known")
            }
            Act::TapeShareReleased { asked } => {
                let (_, device, custodians, asked_ms, asker) = self.tape_asked(*asked).ok_or("ask")?;
                need(!self.is_out(device) && !self.is_out(asker), "devices")?;
                let roles = self.owner(asker).map(|person| self.roles(person)).unwrap_or_default();
                need(
                    roles.contains(&Role::Principal) || roles.contains(&Role::RecordsOfficer),
                    "may still ask",
                )?;
                need(now <= asked_ms + 7 * DAY, "in time")?;
                let again = self
                    .trust
                    .iter()
                    .any(|(other, _)| other.act == said.act && self.owner(other.author) == Some(author));
                need(custodians.contains(&author) && !again, "release")
            }
            _ => Err("no tape"),
        }
    }
}
