//! Duty: who staffs which post, and whom the standing rules invite to a new call.

use chancery_log::id::{Digest, PersonId};

use crate::{
    act::{PartyRole, Post, Role, Who},
    case::{Case, needs_new},
    package::Package,
    parties::{self, PartyState},
    people,
    refusal::{Refusal, Thing},
    said::{Place, Said},
    trust::Trust,
};

/// One person's time on a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Since when, milliseconds since 1970 UTC.
    pub since_ms: u64,
    /// Digest of the hand-over by which it was taken, beside which what is pending is; none when taken by itself.
    pub handed_over: Option<Digest>,
}

/// The role that a post takes.
pub fn role_of(post: Post) -> Role {
    match post {
        Post::DutyOfficer => Role::DutyOfficer,
        Post::NoteTaker => Role::NoteTaker,
    }
}

pub(crate) fn admit_taken(case: &Case<'_>, post: Post) -> Result<(), Refusal> {
    let person = case.person()?;
    people::needs_role(case.trust, person, &[role_of(post)])?;
    needs_new(case.trust.is_on_duty(person, post), Thing::OnDuty(person, post))
}

pub(crate) fn admit_left(case: &Case<'_>, post: Post) -> Result<(), Refusal> {
    let person = case.person()?;
    if case.trust.is_on_duty(person, post) { Ok(()) } else { Err(Refusal::NotOnDuty(person)) }
}

pub(crate) fn admit_handed_over(case: &Case<'_>, post: Post, to: PersonId) -> Result<(), Refusal> {
    admit_left(case, post)?;
    people::needs_role(case.trust, to, &[role_of(post)])?;
    needs_new(case.trust.is_on_duty(to, post), Thing::OnDuty(to, post))
}

impl Trust {
    pub(crate) fn apply_duty_taken(&mut self, said: &Said, place: &Place, post: Post) {
        if let Some(person) = self.person_of(said.author) {
            let watch = Watch { since_ms: place.logged_ms, handed_over: None };
            self.watches.insert((post, person), watch);
        }
    }

    pub(crate) fn apply_duty_left(&mut self, said: &Said, post: Post) {
        if let Some(person) = self.person_of(said.author) {
            self.watches.remove(&(post, person));
        }
    }

    pub(crate) fn apply_handed_over(&mut self, said: &Said, place: &Place, post: Post, to: PersonId) {
        self.apply_duty_left(said, post);
        let watch = Watch { since_ms: place.logged_ms, handed_over: Some(said.digest) };
        self.watches.insert((post, to), watch);
    }
}

/// Whom the standing rules invite to this call: who is on duty in the invited posts, and the invited people; each
/// once, as far as they read the package and are not invited yet. For a client of the requester to act on.
pub fn invited(trust: &Trust, package: &Package) -> Vec<(PersonId, PartyRole)> {
    let rules = trust.rules();
    let posts = rules.invited_posts.iter().flat_map(|post| {
        let role = match post {
            Post::DutyOfficer => PartyRole::DutyOfficer,
            Post::NoteTaker => PartyRole::NoteTaker,
        };
        trust.on_duty(*post).map(move |person| (person, role))
    });
    let people = rules
        .invited_people
        .iter()
        .filter_map(|person| parties::role_on_call(trust, *person).map(|role| (*person, role)));
    let mut invited: Vec<(PersonId, PartyRole)> = Vec::new();
    for (person, role) in posts.chain(people) {
        let there = package
            .parties
            .values()
            .any(|party| party.who == Who::Person(person) && party.state != PartyState::Left);
        let twice = invited.iter().any(|(other, _)| *other == person);
        if !there && !twice && package.may_read(trust, person) {
            invited.push((person, role));
        }
    }
    invited
}
