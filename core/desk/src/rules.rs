//! The desk's profile and standing rules: data that a security officer sets whole.

use std::collections::BTreeSet;

use crate::{
    act::{Post, Rules},
    case::Case,
    lines::rules::LineRules,
    people,
    refusal::Refusal,
    said::Said,
    trust::Trust,
};

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// A link that lives longer than a month is a standing key, not an invitation.
const INVITATION_MS: (u64, u64) = (MINUTE_MS, 30 * DAY_MS);
/// Shorter, and nobody reaches the phone; longer, and it is not ringing any more.
const RING_MS: (u64, u64) = (5 * SECOND_MS, 10 * MINUTE_MS);
/// Shorter than the observer confirms would alarm for nothing; longer than a day would hide a revocation.
const TRUST_STALE_MS: (u64, u64) = (10 * SECOND_MS, DAY_MS);

/// The rules of a desk that has set none: who is on duty is invited, nobody reads by standing.
pub fn standing() -> Rules {
    Rules {
        invited_posts: BTreeSet::from([Post::DutyOfficer, Post::NoteTaker]),
        invited_people: BTreeSet::new(),
        standing_readers: BTreeSet::new(),
        invitation_ms: 3 * DAY_MS,
        ring_ms: MINUTE_MS,
        trust_stale_ms: HOUR_MS,
        lines: LineRules::default(),
    }
}

pub(crate) fn admit_profile(ranks: u8) -> Result<(), Refusal> {
    needs_within("the number of levels", (1, u64::from(u8::MAX)), u64::from(ranks))
}

pub(crate) fn admit_rules(case: &Case<'_>, rules: &Rules) -> Result<(), Refusal> {
    for person in &rules.invited_people {
        people::needs_at_desk(case.trust, *person)?;
    }
    for reader in &rules.standing_readers {
        case.needs_nameable(*reader)?;
    }
    needs_within("the life of an invitation in ms", INVITATION_MS, rules.invitation_ms)?;
    needs_within("the time a call rings in ms", RING_MS, rules.ring_ms)?;
    needs_within("the age of a trust head in ms", TRUST_STALE_MS, rules.trust_stale_ms)?;
    rules.lines.limits().into_iter().try_for_each(|(what, range, got)| needs_within(what, range, got))
}

fn needs_within(what: &str, (least, most): (u64, u64), got: u64) -> Result<(), Refusal> {
    if (least..=most).contains(&got) {
        Ok(())
    } else {
        Err(Refusal::OutOfRange { what: what.into(), least, most, got })
    }
}

impl Trust {
    pub(crate) fn apply_profile(&mut self, said: &Said, ranks: u8) {
        self.profile = Some(said.digest);
        self.ranks = ranks;
    }

    pub(crate) fn apply_rules(&mut self, rules: &Rules) {
        self.rules = rules.clone();
    }
}
