//! The model's packages: opening, readers, and what is written.

use chancery_desk::{
    act::{Act, CallEnd, CallKind, Opening, Role, imported_package},
    said::Said,
};
use chancery_log::id::{CommitmentId, Digest, DueOutId, PersonId, Vault};
use chancery_seal::vault::Reader;

use super::{Judged, Model, Story, calls, need, principal};

pub(super) fn acts(story: &Story) -> impl DoubleEndedIterator<Item = &Act> {
    story.iter().map(|(said, _)| &said.act)
}

pub(super) fn readers(story: &Story) -> Vec<Reader> {
    let mut readers: Vec<Reader> = Vec::new();
    for act in acts(story) {
        match act {
            Act::ReadersAdded { readers: added, .. } => readers.extend(added),
            Act::ReadersRemoved { readers: removed } => readers.retain(|reader| !removed.contains(reader)),
            act => readers.extend(act.opening().iter().flat_map(|opening| &opening.readers)),
        }
    }
    readers
}

pub(super) fn owner_of(story: &Story, id: DueOutId) -> Option<PersonId> {
    acts(story).rev().find_map(|act| match act {
        Act::DueOutTasked { due_out, owner, .. } | Act::DueOutMoved { due_out, owner, .. }
            if *due_out == id =>
        {
            Some(*owner)
        }
        _ => None,
    })
}

fn is_imported(story: &Story) -> bool {
    matches!(acts(story).next(), Some(Act::PackageImported { .. }))
}

/// One act of a kind that counts from 1.
fn versions(story: &Story, is: fn(&Act) -> bool) -> u32 {
    u32::try_from(acts(story).filter(|act| is(act)).count()).unwrap()
}

fn has(story: &Story, act: &Act) -> bool {
    acts(story).any(|other| other == act)
}

impl Model {
    pub(super) fn is_among(&self, readers: impl IntoIterator<Item = Reader>, person: PersonId) -> bool {
        readers.into_iter().any(|reader| match reader {
            Reader::Device(_) => false,
            Reader::Person(named) => named == person,
            Reader::Office(office) => self.members(office).contains(&person),
        })
    }

    pub(crate) fn reads(&self, story: &Story, person: PersonId) -> bool {
        self.at_desk(person) && (principal(story) == Some(person) || self.is_among(readers(story), person))
    }

    pub(super) fn opening(&self, said: &Said, author: PersonId) -> Judged {
        let id = said.package().ok_or("scope")?;
        let (whose, opening): (Option<PersonId>, &Opening) = match &said.act {
            Act::CallRequested { principal, counterpart, opening, .. } => {
                let known = self.counterpart(*counterpart).ok_or("counterpart")?;
                need(!known || author == *principal, "retired")?;
                (Some(*principal), opening)
            }
            Act::DebriefGiven { principal, opening } => (Some(*principal), opening),
            Act::PackageImported { record, opening } => {
                need(imported_package(record) == id, "imported id")?;
                (None, opening)
            }
            _ => return Err("opens nothing"),
        };
        if let Some(principal) = whose {
            let is = self.at_desk(principal) && self.roles(principal).contains(&Role::Principal);
            need(is && opening.readers.contains(&Reader::Person(principal)), "principal")?;
        }
        need(opening.level.0 < self.ranks(), "level")?;
        need(opening.readers.iter().all(|reader| self.is_nameable(*reader)), "nameable")?;
        for standing in self.rules().standing_readers {
            let gone = matches!(standing, Reader::Person(person) if !self.at_desk(person));
            need(gone || opening.readers.contains(&standing), "standing")?;
        }
        need(self.is_among(opening.readers.iter().copied(), author), "opener reads")?;
        need(opening.vault.number == 1 && !opening.vault.chained, "first")?;
        let named: Vec<Reader> = opening.readers.iter().copied().collect();
        self.form(said.author, author, Vault::Package(id), &opening.vault, &named)
    }

    pub(super) fn in_package(
        &self,
        said: &Said,
        story: &Story,
        author: Option<PersonId>,
        now: u64,
    ) -> Judged {
        let readers_now = readers(story);
        match &said.act {
            Act::ReadersAdded { readers, .. } => {
                let fine = |reader: &Reader| self.is_nameable(*reader) && !readers_now.contains(reader);
                need(!readers.is_empty() && readers.iter().all(fine), "added")
            }
            Act::ReadersRemoved { readers } => {
                let principal = principal(story).map(Reader::Person);
                let fine = |reader: &Reader| readers_now.contains(reader) && Some(*reader) != principal;
                need(!readers.is_empty() && readers.iter().all(fine), "removed")?;
                need(readers.len() < readers_now.len(), "last reader")
            }
            Act::LevelSet { level } => need(level.0 < self.ranks(), "level"),
            Act::BriefWritten { .. }
            | Act::ClearanceAsked { .. }
            | Act::ClearanceGiven { .. }
            | Act::BriefIssued { .. }
            | Act::BriefRead { .. } => self.brief(&said.act, story, author.ok_or("observer")?),
            Act::NoteTaken { .. }
            | Act::WrapUpGiven {}
            | Act::CommitmentMade { .. }
            | Act::CommitmentSettled { .. } => self.note(&said.act, story, author.ok_or("observer")?),
            Act::DueOutTasked { .. }
            | Act::DueOutMoved { .. }
            | Act::DueOutDone { .. }
            | Act::DueOutDropped { .. }
            | Act::DueOutLate { .. } => self.due_out(&said.act, story, now),
            Act::TelconWritten { .. }
            | Act::TelconApproved { .. }
            | Act::ReadoutSent { .. }
            | Act::ReadoutRead { .. }
            | Act::PackageClosed { .. }
            | Act::ClosedAgreed { .. } => self.record(&said.act, story, author.ok_or("observer")?),
            Act::GuestInvited { .. } | Act::GuestVouched { .. } => self.guest(&said.act, story, now),
            Act::EpochDealt { .. } => self.epoch_dealt(&said.act, story, author.ok_or("observer")?),
            act => self.call(act, story, author, now),
        }
    }

    fn brief(&self, act: &Act, story: &Story, author: PersonId) -> Judged {
        let written = versions(story, |act| matches!(act, Act::BriefWritten { .. }));
        let open = calls::is_open(story);
        match act {
            Act::BriefWritten { version } => need(open && *version == written + 1, "version"),
            Act::ClearanceAsked { clearance, office, version } => {
                let there = acts(story)
                    .any(|act| matches!(act, Act::ClearanceAsked { clearance: c, .. } if c == clearance));
                let reads = readers(story).contains(&Reader::Office(*office));
                need(open && !there && reads && (1..=written).contains(version), "asked")
            }
            Act::ClearanceGiven { clearance, .. } => {
                let asked = acts(story).find_map(|act| match act {
                    Act::ClearanceAsked { clearance: c, office, .. } if c == clearance => Some(*office),
                    _ => None,
                });
                let given = acts(story)
                    .any(|act| matches!(act, Act::ClearanceGiven { clearance: c, .. } if c == clearance));
                let office = asked.ok_or("clearance")?;
                need(open && !given && self.members(office).contains(&author), "given")
            }
            Act::BriefIssued { version } => {
                need(open && (1..=written).contains(version) && !has(story, act), "issued")
            }
            Act::BriefRead { version } => {
                need(has(story, &Act::BriefIssued { version: *version }) && !has(story, act), "read")
            }
            _ => Err("no brief"),
        }
    }

    fn note(&self, act: &Act, story: &Story, author: PersonId) -> Judged {
        let noted = |digest: &Digest| {
            story.iter().find(|(said, _)| said.digest == *digest && matches!(said.act, Act::NoteTaken { .. }))
        };
        let begun = calls::has_begun(story);
        match act {
            Act::NoteTaken { instead_of: None } | Act::WrapUpGiven {} => {
                need(begun && !is_imported(story), "begun")
            }
            Act::NoteTaken { instead_of: Some(earlier) } => {
                need(begun && !is_imported(story), "begun")?;
                let (earlier, _) = noted(earlier).ok_or("note")?;
                need(self.owner(earlier.author) == Some(author), "own note")?;
                need(!has(story, act), "replaced")
            }
            Act::CommitmentMade { commitment, note } => {
                need(begun && note.as_ref().is_none_or(|note| noted(note).is_some()), "note")?;
                need(!is_made(story, *commitment), "made")
            }
            Act::CommitmentSettled { commitment, .. } => {
                let settled = acts(story).any(
                    |act| matches!(act, Act::CommitmentSettled { commitment: c, .. } if c == commitment),
                );
                need(is_made(story, *commitment) && !settled, "settled")
            }
            _ => Err("no note"),
        }
    }

    fn due_out(&self, act: &Act, story: &Story, now: u64) -> Judged {
        if let Act::DueOutTasked { due_out, commitment, owner, .. } = act {
            need(owner_of(story, *due_out).is_none() && self.reads(story, *owner), "tasked")?;
            return need(commitment.is_none_or(|commitment| is_made(story, commitment)), "commitment");
        }
        let (Act::DueOutMoved { due_out: id, .. }
        | Act::DueOutDone { due_out: id }
        | Act::DueOutDropped { due_out: id }
        | Act::DueOutLate { due_out: id }) = act
        else {
            return Err("no due-out");
        };
        let (done, dropped) = (Act::DueOutDone { due_out: *id }, Act::DueOutDropped { due_out: *id });
        need(owner_of(story, *id).is_some() && !has(story, &done) && !has(story, &dropped), "open")?;
        match act {
            Act::DueOutMoved { owner, .. } => need(self.reads(story, *owner), "owner"),
            Act::DueOutLate { .. } => {
                // The newest word on it that is not somebody's: its date, or that it is late.
                let due = acts(story).rev().find_map(|other| match other {
                    Act::DueOutTasked { due_out, due_ms, .. } | Act::DueOutMoved { due_out, due_ms, .. }
                        if due_out == id =>
                    {
                        Some(Some(*due_ms))
                    }
                    Act::DueOutLate { due_out } if due_out == id => Some(None),
                    _ => None,
                });
                need(due.flatten().is_some_and(|due_ms| now > due_ms), "late")
            }
            _ => Ok(()),
        }
    }

    fn record(&self, act: &Act, story: &Story, author: PersonId) -> Judged {
        let written = versions(story, |act| matches!(act, Act::TelconWritten { .. }));
        let (over, closed) = (calls::is_over(story), calls::is_closed(story));
        match act {
            Act::TelconWritten { version } => need(over && !closed && *version == written + 1, "version"),
            Act::TelconApproved { version } => {
                need(over && !closed && *version > 0 && *version == written && !has(story, act), "approved")
            }
            Act::ReadoutSent { readout, to } => {
                let there = readout_to(story, *readout).is_some();
                let known = readers(story);
                need(over && !there && !to.is_empty(), "sent")?;
                need(to.iter().all(|reader| known.contains(reader)), "to")
            }
            Act::ReadoutRead { readout } => {
                let to = readout_to(story, *readout).ok_or("readout")?;
                let again =
                    story.iter().any(|(said, _)| said.act == *act && self.owner(said.author) == Some(author));
                need(self.is_among(to, author) && !again, "read")
            }
            Act::PackageClosed { count } => {
                let never = matches!(acts(story).next(), Some(Act::CallRequested { .. }))
                    && !has(story, &Act::CallEnded { end: CallEnd::Ended })
                    && !has(story, &Act::CallAnswered {});
                let approved = acts(story).any(|act| matches!(act, Act::TelconApproved { .. }));
                need(over && !closed && (never || approved) && *count == story.len() as u64, "close")
            }
            Act::ClosedAgreed { closed } => {
                let closing = story.iter().find(|(said, _)| {
                    let closes = matches!(said.act, Act::PackageClosed { .. } | Act::PackageImported { .. });
                    said.digest == *closed && closes
                });
                let (closing, _) = closing.ok_or("closing")?;
                let again =
                    story.iter().any(|(said, _)| said.act == *act && self.owner(said.author) == Some(author));
                need(self.owner(closing.author) != Some(author) && !again, "agreed")
            }
            _ => Err("no record"),
        }
    }
}

fn readout_to(story: &Story, id: chancery_log::id::ReadoutId) -> Option<Vec<Reader>> {
    acts(story).find_map(|act| match act {
        Act::ReadoutSent { readout, to } if *readout == id => Some(to.iter().copied().collect()),
        _ => None,
    })
}

fn is_made(story: &Story, id: CommitmentId) -> bool {
    acts(story).any(|act| matches!(act, Act::CommitmentMade { commitment, .. } if *commitment == id))
}

/// Whether the call was planned, none for what is no call.
pub(super) fn is_planned(story: &Story) -> Option<bool> {
    match acts(story).next()? {
        Act::CallRequested { kind, .. } => Some(matches!(kind, CallKind::Planned { .. })),
        _ => None,
    }
}
