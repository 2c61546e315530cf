//! The model's trust scope: every answer by reading the list from the start.

use chancery_desk::{
    act::{Act, Custodians, Guarded, OfficePurpose, Post, Role, Rules},
    said::Said,
};
use chancery_log::id::{DeviceId, Digest, InvitationId, OfficeId, PersonId, Vault};
use chancery_seal::{
    device::{DeviceCert, DeviceKeys},
    vault::Reader,
};

use super::{DAY, Judged, MINUTE, Model, need};

/// What became of an invitation.
pub(super) enum Fate {
    Open(u64),
    Gone,
}

impl Model {
    pub(super) fn note_keys(&mut self, said: &Said) {
        let at = self.trust.len();
        match &said.act {
            Act::DeskFounded(genesis) => {
                let devices = genesis.officers.iter().map(|cert| (at, cert.keys.id(), cert.person));
                self.came.extend(devices);
                self.observers.push((at, genesis.observer.id()));
            }
            Act::DeviceApproved { cert, .. } => self.came.push((at, cert.keys.id(), cert.person)),
            Act::GuardedAgreed { asked } => match self.asked(*asked) {
                Some(Guarded::Recovery(cert)) => {
                    let cert = cert.clone();
                    self.came.push((at, cert.keys.id(), cert.person));
                }
                Some(Guarded::ObserverKeys(keys)) => {
                    let id = keys.id();
                    self.observers.push((at, id));
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn acts(&self) -> impl DoubleEndedIterator<Item = &Act> {
        self.trust.iter().map(|(said, _)| &said.act)
    }

    fn genesis(&self) -> &chancery_desk::act::Genesis {
        let Act::DeskFounded(genesis) = &self.trust[0].0.act else { panic!("no genesis") };
        genesis
    }

    pub(super) fn asked(&self, digest: Digest) -> Option<&Guarded> {
        self.trust.iter().find(|(said, _)| said.digest == digest).and_then(|(said, _)| match &said.act {
            Act::GuardedAsked(change) => Some(change),
            _ => None,
        })
    }

    /// Changes that were agreed, in the order of agreeing, with when.
    fn agreed(&self) -> impl DoubleEndedIterator<Item = (usize, &Guarded, u64)> {
        self.trust.iter().enumerate().filter_map(|(at, (said, place))| match &said.act {
            Act::GuardedAgreed { asked } => self.asked(*asked).map(|change| (at, change, place.logged_ms)),
            _ => None,
        })
    }

    pub(super) fn agreed_restores(&self) -> impl Iterator<Item = u64> {
        self.agreed()
            .filter(|(_, change, _)| matches!(change, Guarded::Restored { .. }))
            .map(|(_, _, at_ms)| at_ms)
    }

    pub(super) fn custodians(&self) -> &Custodians {
        let newest = self.agreed().rev().find_map(|(_, change, _)| match change {
            Guarded::Custodians(custodians) => Some(custodians),
            _ => None,
        });
        newest.unwrap_or(&self.genesis().custodians)
    }

    pub(super) fn is_known(&self, person: PersonId) -> bool {
        let genesis = self.genesis();
        genesis.custodians.people.contains(&person)
            || genesis.officers.iter().any(|cert| cert.person == person)
            || self
                .acts()
                .any(|act| matches!(act, Act::PersonAdded { person: added, .. } if *added == person))
    }

    fn has_left(&self, person: PersonId) -> bool {
        self.acts().any(|act| matches!(act, Act::PersonLeft { person: left } if *left == person))
    }

    pub(crate) fn at_desk(&self, person: PersonId) -> bool {
        self.is_known(person) && !self.has_left(person)
    }

    pub(crate) fn roles(&self, person: PersonId) -> Vec<Role> {
        let mut roles = Vec::new();
        if self.genesis().officers.iter().any(|cert| cert.person == person) {
            roles.push(Role::SecurityOfficer);
        }
        for act in self.acts() {
            match act {
                Act::PersonAdded { person: whose, roles: set }
                | Act::RolesSet { person: whose, roles: set }
                    if *whose == person =>
                {
                    roles = set.iter().copied().collect();
                }
                Act::PersonLeft { person: whose } if *whose == person => roles.clear(),
                Act::GuardedAgreed { asked }
                    if self.asked(*asked) == Some(&Guarded::SecurityOfficer(person)) =>
                {
                    roles.push(Role::SecurityOfficer);
                }
                _ => {}
            }
        }
        roles
    }

    fn is_officer(&self, person: PersonId) -> bool {
        self.at_desk(person) && self.roles(person).contains(&Role::SecurityOfficer)
    }

    fn officers(&self) -> Vec<PersonId> {
        let mut officers: Vec<PersonId> = self.came.iter().map(|(_, _, person)| *person).collect();
        officers.extend(self.acts().filter_map(|act| match act {
            Act::PersonAdded { person, .. } => Some(*person),
            _ => None,
        }));
        officers.extend(self.genesis().custodians.people.iter());
        officers.sort();
        officers.dedup();
        officers.retain(|person| self.is_officer(*person));
        officers
    }

    pub(super) fn owner(&self, device: DeviceId) -> Option<PersonId> {
        self.came.iter().find(|(_, id, _)| *id == device).map(|(_, _, person)| *person)
    }

    pub(super) fn is_out(&self, device: DeviceId) -> bool {
        let Some((came, _, owner)) = self.came.iter().find(|(_, id, _)| *id == device) else { return true };
        let revoked =
            self.acts().any(|act| matches!(act, Act::DeviceRevoked { device: out, .. } if *out == device));
        let recovered = self.agreed().any(|(at, change, _)| {
            at > *came && matches!(change, Guarded::Recovery(cert) if cert.person == *owner)
        });
        revoked || recovered || self.has_left(*owner)
    }

    pub(super) fn devices(&self, person: PersonId) -> Vec<DeviceId> {
        let own = self.came.iter().filter(|(_, _, owner)| *owner == person).map(|(_, id, _)| *id);
        own.filter(|id| !self.is_out(*id)).collect()
    }

    /// Whether an officer with a device would be left without these devices.
    fn officer_left_without(&self, gone: &[DeviceId]) -> bool {
        self.officers()
            .into_iter()
            .any(|person| self.devices(person).iter().any(|device| !gone.contains(device)))
    }

    pub(super) fn invitation(&self, id: InvitationId) -> Option<(PersonId, Fate)> {
        let mut found = None;
        for act in self.acts() {
            match act {
                Act::DeviceInvited { invitation, person, until_ms, .. } if *invitation == id => {
                    found = Some((*person, Fate::Open(*until_ms)));
                }
                Act::DeviceApproved { invitation, .. } | Act::InvitationWithdrawn { invitation }
                    if *invitation == id =>
                {
                    found = found.map(|(person, _)| (person, Fate::Gone));
                }
                Act::PersonLeft { person: left } => {
                    found =
                        found.map(|(person, fate)| (person, if person == *left { Fate::Gone } else { fate }));
                }
                _ => {}
            }
        }
        found
    }

    pub(super) fn office_made(&self, office: OfficeId) -> Option<OfficePurpose> {
        self.acts().find_map(|act| match act {
            Act::OfficeMade { office: made, purpose } if *made == office => Some(*purpose),
            _ => None,
        })
    }

    pub(crate) fn members(&self, office: OfficeId) -> Vec<PersonId> {
        let mut members = Vec::new();
        for act in self.acts() {
            match act {
                Act::OfficeMemberAdded { office: of, person } if *of == office => members.push(*person),
                Act::OfficeMemberRemoved { office: of, person } if *of == office => {
                    members.retain(|member| member != person);
                }
                Act::PersonLeft { person } => members.retain(|member| member != person),
                _ => {}
            }
        }
        members
    }

    pub(crate) fn on_duty(&self, post: Post) -> Vec<PersonId> {
        let role = |post| match post {
            Post::DutyOfficer => Role::DutyOfficer,
            Post::NoteTaker => Role::NoteTaker,
        };
        let mut on: Vec<PersonId> = Vec::new();
        for (said, _) in &self.trust {
            let author = || self.owner(said.author);
            match &said.act {
                Act::DutyTaken { post: taken } if *taken == post => on.extend(author()),
                Act::DutyLeft { post: left } if *left == post => on.retain(|p| Some(*p) != author()),
                Act::DutyHandedOver { post: handed, to } if *handed == post => {
                    on.retain(|p| Some(*p) != author());
                    on.push(*to);
                }
                Act::PersonLeft { person } => on.retain(|p| p != person),
                Act::RolesSet { person, roles } if !roles.contains(&role(post)) => on.retain(|p| p != person),
                _ => {}
            }
        }
        on
    }

    pub(super) fn rules(&self) -> Rules {
        let newest = self.acts().rev().find_map(|act| match act {
            Act::RulesSet(rules) => Some(rules.clone()),
            _ => None,
        });
        newest.unwrap_or_else(chancery_desk::rules::standing)
    }

    pub(super) fn ranks(&self) -> u8 {
        let newest = self.acts().rev().find_map(|act| match act {
            Act::ProfileSet { ranks } => Some(*ranks),
            _ => None,
        });
        newest.unwrap_or(1)
    }

    /// There, and whether retired.
    pub(super) fn counterpart(&self, id: chancery_log::id::CounterpartId) -> Option<bool> {
        let mut found = None;
        for act in self.acts() {
            match act {
                Act::CounterpartAdded { counterpart } if *counterpart == id => found = Some(false),
                Act::CounterpartRetired { counterpart } if *counterpart == id => found = Some(true),
                _ => {}
            }
        }
        found
    }

    pub(super) fn is_nameable(&self, reader: Reader) -> bool {
        match reader {
            Reader::Device(_) => false,
            Reader::Person(person) => self.at_desk(person),
            Reader::Office(office) => self.office_made(office).is_some(),
        }
    }

    pub(super) fn is_id_free(&self, keys: &DeviceKeys) -> bool {
        let id = keys.id();
        let sound = keys.signs != [0; 32] && keys.receives.len() == 1216;
        sound && self.owner(id).is_none() && self.observers.iter().all(|(_, other)| *other != id)
    }

    fn is_possible(&self, change: &Guarded) -> bool {
        match change {
            Guarded::Custodians(Custodians { needed, people }) => {
                (2..=people.len()).contains(&usize::from(*needed))
                    && people.len() <= 32
                    && people.iter().all(|person| self.at_desk(*person))
            }
            Guarded::SecurityOfficer(person) => self.at_desk(*person) && !self.is_officer(*person),
            Guarded::LogKey(key) => {
                let newest = self.agreed().rev().find_map(|(_, change, _)| match change {
                    Guarded::LogKey(key) => Some(*key),
                    _ => None,
                });
                newest.unwrap_or(self.genesis().log_key) != *key
            }
            Guarded::ObserverKeys(keys) => self.is_id_free(keys),
            Guarded::Recovery(DeviceCert { person, keys }) => self.at_desk(*person) && self.is_id_free(keys),
            Guarded::Restored { size, lost_size, .. } => lost_size >= size,
        }
    }

    pub(super) fn in_trust(&self, said: &Said, author: Option<PersonId>, now: u64) -> Judged {
        let at_desk = |person: &PersonId| need(self.at_desk(*person), "person");
        match &said.act {
            Act::DeskFounded(_) => Err("founded"),
            Act::TrustConfirmed {} => Ok(()),
            Act::ProfileSet { ranks } => need(*ranks > 0, "ranks"),
            Act::RulesSet(rules) => self.rules_can_work(rules),
            Act::GuardedAsked(change) => need(self.is_possible(change), "possible"),
            Act::GuardedAgreed { asked } => self.agreeing(*asked, author, now),
            Act::PersonAdded { person, roles } => {
                need(!self.is_known(*person) && !roles.contains(&Role::SecurityOfficer), "added")
            }
            Act::PersonDescribed { person } => at_desk(person),
            Act::RolesSet { person, roles } => {
                at_desk(person)?;
                self.roles_change(*person, roles.contains(&Role::SecurityOfficer))
            }
            Act::PersonLeft { person } => {
                at_desk(person)?;
                need(!self.custodians().people.contains(person), "custodian")?;
                self.roles_change(*person, false)?;
                need(self.officer_left_without(&self.devices(*person)), "last device")
            }
            Act::DeviceInvited { invitation, person, until_ms, .. } => {
                at_desk(person)?;
                need(self.invitation(*invitation).is_none(), "invited twice")?;
                need(*until_ms > now && *until_ms <= now + self.rules().invitation_ms + 2 * MINUTE, "until")
            }
            Act::InvitationWithdrawn { invitation } => {
                need(matches!(self.invitation(*invitation), Some((_, Fate::Open(_)))), "withdrawn")
            }
            Act::DeviceApproved { invitation, cert } => match self.invitation(*invitation) {
                Some((person, Fate::Open(until_ms))) => {
                    at_desk(&person)?;
                    need(cert.person == person && now <= until_ms && self.is_id_free(&cert.keys), "approved")
                }
                _ => Err("no invitation"),
            },
            Act::DeviceRevoked { device, .. } => {
                need(!self.is_out(*device) && self.officer_left_without(&[*device]), "revoked")
            }
            Act::OfficeMade { office, purpose } => {
                let same =
                    self.acts().any(|act| matches!(act, Act::OfficeMade { purpose: p, .. } if p == purpose));
                need(self.office_made(*office).is_none(), "office")?;
                need(*purpose == OfficePurpose::Other || !same, "purpose")
            }
            Act::OfficeDescribed { office } => need(self.office_made(*office).is_some(), "office"),
            Act::OfficeMemberAdded { office, person } => {
                at_desk(person)?;
                need(self.office_made(*office).is_some() && !self.members(*office).contains(person), "member")
            }
            Act::OfficeMemberRemoved { office, person } => {
                need(self.members(*office).contains(person), "member")
            }
            Act::TapeAsked { .. } | Act::TapeShareReleased { .. } => {
                self.tape(said, author.ok_or("observer")?, now)
            }
            _ => self.about_the_desk(said, author),
        }
    }

    fn about_the_desk(&self, said: &Said, author: Option<PersonId>) -> Judged {
        match &said.act {
            Act::SharesDealt { .. } | Act::ShareReleased { .. } => {
                self.shares(said, author.ok_or("observer")?)
            }
            Act::DutyTaken { post } => self.takes(author.ok_or("observer")?, *post),
            Act::DutyLeft { post } => need(self.on_duty(*post).contains(&author.ok_or("observer")?), "duty"),
            Act::DutyHandedOver { post, to } => {
                need(self.on_duty(*post).contains(&author.ok_or("observer")?), "duty")?;
                self.takes(*to, *post)
            }
            Act::CounterpartAdded { counterpart } => {
                need(self.counterpart(*counterpart).is_none(), "counterpart")
            }
            Act::CounterpartDescribed { counterpart } | Act::CounterpartRetired { counterpart } => {
                need(self.counterpart(*counterpart) == Some(false), "counterpart")
            }
            Act::DirectLineIssued { line, counterpart } => {
                let there =
                    self.acts().any(|act| matches!(act, Act::DirectLineIssued { line: l, .. } if l == line));
                need(!there && self.counterpart(*counterpart) == Some(false), "line")
            }
            Act::DirectLineRevoked { line } => {
                let there =
                    self.acts().any(|act| matches!(act, Act::DirectLineIssued { line: l, .. } if l == line));
                let dead =
                    self.acts().any(|act| matches!(act, Act::DirectLineRevoked { line: l } if l == line));
                need(there && !dead, "line")
            }
            _ => Err("not of the trust scope"),
        }
    }

    fn takes(&self, person: PersonId, post: Post) -> Judged {
        let role = match post {
            Post::DutyOfficer => Role::DutyOfficer,
            Post::NoteTaker => Role::NoteTaker,
        };
        need(self.at_desk(person) && self.roles(person).contains(&role), "role for the post")?;
        need(!self.on_duty(post).contains(&person), "on duty")
    }

    fn roles_change(&self, person: PersonId, stays_officer: bool) -> Judged {
        match (self.is_officer(person), stays_officer) {
            (true, false) => {
                need(self.officers().len() > 2, "two officers")?;
                need(self.officer_left_without(&self.devices(person)), "last device")
            }
            (was, is) => need(was || !is, "second officer"),
        }
    }

    fn agreeing(&self, asked: Digest, author: Option<PersonId>, now: u64) -> Judged {
        let (said, place) = self.trust.iter().find(|(said, _)| said.digest == asked).ok_or("ask")?;
        let change = self.asked(asked).ok_or("ask")?;
        let again =
            self.acts().any(|act| matches!(act, Act::GuardedAgreed { asked: other } if *other == asked));
        need(!again && now <= place.logged_ms + DAY, "ask")?;
        let asker = self.owner(said.author).ok_or("asker")?;
        need(Some(asker) != author && self.is_officer(asker) && !self.is_out(said.author), "asker")?;
        need(self.is_possible(change), "possible")
    }

    fn rules_can_work(&self, rules: &Rules) -> Judged {
        need(rules.invited_people.iter().all(|person| self.at_desk(*person)), "invited")?;
        need(rules.standing_readers.iter().all(|reader| self.is_nameable(*reader)), "standing")?;
        need((MINUTE..=30 * DAY).contains(&rules.invitation_ms), "invitation_ms")?;
        need((5_000..=10 * MINUTE).contains(&rules.ring_ms), "ring_ms")?;
        need((10_000..=DAY).contains(&rules.trust_stale_ms), "trust_stale_ms")?;
        need(super::tapes::line_rules_can_work(&rules.lines), "lines")
    }

    fn shares(&self, said: &Said, author: PersonId) -> Judged {
        match &said.act {
            Act::SharesDealt { vault, generation, needed, shares } => {
                let is_reader = match vault {
                    Vault::Person(person) => *person == author,
                    Vault::Office(office) => self.members(*office).contains(&author),
                    Vault::Package(_) => false,
                };
                let newest = self.generations(*vault).last().map(|made| made.number);
                need(is_reader && newest == Some(*generation), "vault")?;
                need(self.opens(said.author, false).contains(&(*vault, *generation)), "holder")?;
                let custodians = self.custodians();
                let mut expected = Vec::new();
                for person in &custodians.people {
                    expected
                        .push((*person, self.ready(Reader::Person(*person)).ok_or("custodian not ready")?));
                }
                let to = |shares: &[chancery_desk::act::ShareDealt]| {
                    shares.iter().map(|share| (share.custodian, share.generation)).collect::<Vec<_>>()
                };
                need(to(shares) == expected && *needed == custodians.needed, "custodians")?;
                let newest = self.acts().rev().find_map(|act| match act {
                    Act::SharesDealt { vault: v, generation: g, needed: n, shares: s } if v == vault => {
                        Some((*g, *n, to(s)))
                    }
                    _ => None,
                });
                need(newest != Some((*generation, *needed, to(shares))), "dealt")
            }
            Act::ShareReleased { recovery, vault, generation, share } => {
                let agreed =
                    self.acts().any(|act| matches!(act, Act::GuardedAgreed { asked } if asked == recovery));
                let Some(Guarded::Recovery(cert)) = self.asked(*recovery) else { return Err("recovery") };
                need(agreed && !self.is_out(cert.keys.id()), "recovery")?;
                need(
                    match vault {
                        Vault::Person(person) => *person == cert.person,
                        Vault::Office(office) => self.members(*office).contains(&cert.person),
                        Vault::Package(_) => false,
                    },
                    "vault",
                )?;
                let dealt = self.acts().rev().find_map(|act| match act {
                    Act::SharesDealt { vault: v, generation: g, shares, .. } if v == vault => {
                        Some((*g, shares))
                    }
                    _ => None,
                });
                let (dealt, shares) = dealt.ok_or("dealt")?;
                let own = usize::from(*share).checked_sub(1).and_then(|at| shares.get(at)).ok_or("share")?;
                need(dealt == *generation && own.custodian == author, "share")?;
                need(self.acts().all(|act| *act != said.act), "released")
            }
            _ => Err("no shares"),
        }
    }
}
