//! The model's calls: whether it has begun, is open, is over; and where each party is.

use chancery_desk::{
    act::{Act, CallEnd, LineKind, PartyRole, Role, Who},
    calls::Stage,
};
use chancery_log::id::{PartyId, PersonId};

use super::{Judged, Model, Story, need, packages};

fn has(story: &Story, is: fn(&Act) -> bool) -> bool {
    packages::acts(story).any(is)
}

pub(super) fn is_over(story: &Story) -> bool {
    packages::is_planned(story).is_none()
        || has(story, |act| matches!(act, Act::CallEnded { .. } | Act::CallCleared {}))
}

pub(super) fn is_open(story: &Story) -> bool {
    !is_over(story)
}

fn is_answered(story: &Story) -> bool {
    has(story, |act| matches!(act, Act::CallAnswered {}))
}

fn is_live(story: &Story) -> bool {
    is_open(story) && (is_answered(story) || packages::is_planned(story) == Some(false))
}

pub(super) fn has_begun(story: &Story) -> bool {
    is_over(story) || is_live(story)
}

pub(super) fn is_closed(story: &Story) -> bool {
    has(story, |act| matches!(act, Act::PackageClosed { .. } | Act::PackageImported { .. }))
}

pub(crate) fn stage(story: &Story) -> Stage {
    if is_closed(story) {
        Stage::Closed
    } else if has(story, |act| matches!(act, Act::TelconApproved { .. })) {
        Stage::WrittenUp
    } else if is_over(story) {
        Stage::Ended
    } else if is_live(story) {
        Stage::Live
    } else if has(story, |act| matches!(act, Act::BriefIssued { .. })) {
        Stage::Briefed
    } else {
        Stage::Requested
    }
}

pub(super) type Invited = (Who, PartyRole, LineKind);

pub(super) fn invited(story: &Story, id: PartyId) -> Option<Invited> {
    packages::acts(story).find_map(|act| match act {
        Act::PartyInvited { party, who, role, line } if *party == id => Some((*who, *role, *line)),
        _ => None,
    })
}

pub(super) fn is_persons_party(story: &Story, party: PartyId, person: PersonId) -> bool {
    invited(story, party).is_some_and(|(who, _, _)| who == Who::Person(person))
}

/// Where a party is: "invited", "lobby", "on", "held", "left".
pub(super) fn whereabouts(story: &Story, id: PartyId) -> &'static str {
    let newest = packages::acts(story).rev().find_map(|act| match act {
        Act::PartyInvited { party, .. } if *party == id => Some("invited"),
        Act::PartyArrived { party } if *party == id => Some("lobby"),
        Act::PartyAdmitted { party } | Act::PartyResumed { party } if *party == id => Some("on"),
        Act::PartyHeld { party } if *party == id => Some("held"),
        Act::PartyLeft { party } if *party == id => Some("left"),
        _ => None,
    });
    newest.unwrap_or("nowhere")
}

fn has_floor(story: &Story, id: PartyId) -> bool {
    let newest = packages::acts(story).rev().find_map(|act| match act {
        Act::FloorGiven { party } if *party == id => Some(true),
        Act::FloorTaken { party } | Act::PartyLeft { party } if *party == id => Some(false),
        _ => None,
    });
    newest.unwrap_or(false)
}

impl Model {
    pub(super) fn call(&self, act: &Act, story: &Story, author: Option<PersonId>, now: u64) -> Judged {
        let open = is_open(story);
        match act {
            Act::CallMoved { .. } => {
                need(open && !is_live(story) && packages::is_planned(story) == Some(true), "moved")
            }
            Act::CallAnswered {} => need(open && !is_answered(story), "answered"),
            Act::CallCleared {} => need(open, "cleared"),
            Act::CallEnded { end } => self.end(*end, story, author, now),
            Act::CardPassed {} => need(is_live(story), "card"),
            Act::PartyInvited { party, who, role, line } => {
                need(open && invited(story, *party).is_none(), "invited")?;
                self.party(story, (*who, *role, *line))
            }
            Act::PartyArrived { party } => {
                let at = whereabouts(story, *party);
                need(open && author.is_some() && (at == "invited" || at == "left"), "arrived")
            }
            Act::PartyAdmitted { party } => {
                need(open && whereabouts(story, *party) == "lobby", "admitted")?;
                let (_, _, line) = invited(story, *party).ok_or("party")?;
                let duty = author.is_some_and(|author| self.roles(author).contains(&Role::DutyOfficer));
                need(line == LineKind::Secure || duty, "stranger")
            }
            Act::PartyHeld { party } => need(open && whereabouts(story, *party) == "on", "held"),
            Act::PartyResumed { party } => need(open && whereabouts(story, *party) == "held", "resumed"),
            Act::PartyLeft { party } => {
                need(open && !["left", "nowhere"].contains(&whereabouts(story, *party)), "left")
            }
            Act::FloorGiven { party } | Act::FloorTaken { party } => {
                need(open && whereabouts(story, *party) == "on", "floor")?;
                let (_, role, _) = invited(story, *party).ok_or("party")?;
                let listens = matches!(role, PartyRole::NoteTaker | PartyRole::Adviser);
                let given = matches!(act, Act::FloorGiven { .. });
                need(listens && has_floor(story, *party) != given, "floor")
            }
            Act::LineReported { party, ceiling } => {
                let there = !["left", "nowhere"].contains(&whereabouts(story, *party));
                need(open && there && ceiling.0 < self.ranks(), "report")
            }
            _ => Err("not of a package"),
        }
    }

    fn end(&self, end: CallEnd, story: &Story, author: Option<PersonId>, now: u64) -> Judged {
        let (open, live, answered) = (is_open(story), is_live(story), is_answered(story));
        need(
            match end {
                CallEnd::Ended => live,
                CallEnd::Declined | CallEnd::Missed => open && !answered,
                CallEnd::Cancelled => open && !live,
                CallEnd::Failed => open,
            },
            "end",
        )?;
        if author.is_some() {
            return Ok(());
        }
        let rang = story.iter().rev().find(|(said, _)| {
            matches!(said.act, Act::PartyInvited { .. })
                || said.act.opening().is_some() && packages::is_planned(story) == Some(false)
        });
        let rang_out = rang.is_some_and(|(_, place)| now >= place.logged_ms + self.rules().ring_ms);
        need(end == CallEnd::Missed && rang_out, "observer's missed")
    }

    fn party(&self, story: &Story, (who, role, line): Invited) -> Judged {
        match who {
            Who::Person(person) => {
                let roles = self.roles(person);
                let can = match role {
                    PartyRole::Principal => roles.contains(&Role::Principal),
                    PartyRole::Counterpart => false,
                    PartyRole::Interpreter => roles.contains(&Role::Interpreter),
                    PartyRole::NoteTaker => roles.contains(&Role::NoteTaker),
                    PartyRole::Adviser => {
                        roles.contains(&Role::Adviser) || roles.contains(&Role::DeskOfficer)
                    }
                    PartyRole::DutyOfficer => roles.contains(&Role::DutyOfficer),
                };
                need(can && line != LineKind::Guest && self.reads(story, person), "staff")
            }
            Who::Counterpart(counterpart) => {
                let ours = packages::acts(story).next().is_some_and(
                    |act| matches!(act, Act::CallRequested { counterpart: own, .. } if *own == counterpart),
                );
                let staff = matches!(role, PartyRole::Principal | PartyRole::DutyOfficer);
                let known = ours || self.counterpart(counterpart) == Some(false);
                need(!staff && line != LineKind::Secure && known, "far side")
            }
        }
    }
}
