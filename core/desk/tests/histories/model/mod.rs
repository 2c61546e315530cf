//! A second, deliberately simple desk: it keeps what was admitted as plain lists, and answers every question by reading
//! them from the start. Who may what, and how old, it reads in docs/acts.md. It must agree with the real one.

pub(crate) mod calls;
pub(crate) mod document;
mod packages;
mod people;
mod tapes;
mod vaults;

use chancery_desk::{
    act::{Act, CallKind},
    said::{Place, Said},
};
use chancery_log::{
    act::BodyKind,
    id::{DeviceId, PackageId, PersonId, Scope, Vault},
};
use chancery_seal::vault::Reader;

use crate::world::{DIRECTORY, DUTY_DESK, SECURITY};

/// Yes, or a word for whoever debugs.
pub(crate) type Judged = Result<(), &'static str>;

/// No with a word, unless.
pub(crate) fn need(yes: bool, why: &'static str) -> Judged {
    if yes { Ok(()) } else { Err(why) }
}

pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const DAY: u64 = 24 * 60 * MINUTE;

/// What was admitted, scope by scope, in order.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) trust: Vec<(Said, Place)>,
    pub(crate) packages: Vec<(PackageId, Vec<(Said, Place)>)>,
    /// Place in `trust`, device, owner: ids are digests of long keys, so they are noted once.
    pub(crate) came: Vec<(usize, DeviceId, PersonId)>,
    /// The same for observers.
    pub(crate) observers: Vec<(usize, DeviceId)>,
    rows: std::rc::Rc<document::Rows>,
}

/// Everything said in one package.
pub(crate) type Story = [(Said, Place)];

impl Model {
    pub(crate) fn new(log: &[(Said, Place)]) -> Self {
        let rows = std::rc::Rc::new(document::Rows::read());
        let mut model =
            Self { trust: Vec::new(), packages: Vec::new(), came: Vec::new(), observers: Vec::new(), rows };
        for (said, place) in log {
            model.accept(said, place);
        }
        model
    }

    /// The names of all acts that the document knows.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.names()
    }

    pub(crate) fn accept(&mut self, said: &Said, place: &Place) {
        match said.scope {
            Scope::Trust => {
                self.note_keys(said);
                self.trust.push((said.clone(), *place));
            }
            Scope::Package(id) => match self.packages.iter_mut().find(|(known, _)| *known == id) {
                Some((_, story)) => story.push((said.clone(), *place)),
                None => self.packages.push((id, vec![(said.clone(), *place)])),
            },
        }
    }

    pub(crate) fn story(&self, id: PackageId) -> Option<&Story> {
        self.packages.iter().find(|(known, _)| *known == id).map(|(_, story)| story.as_slice())
    }

    pub(crate) fn judge(&self, said: &Said, now: u64) -> Judged {
        let act = &said.act;
        need(said.desk == crate::world::DESK, "desk")?;
        let row = self.rows.of(act);
        need(self.is_scope(said), "scope")?;
        let observed = self.observers.last().map(|(_, id)| *id) == Some(said.author);
        let author = self.owner(said.author);
        need(observed || author.is_some_and(|p| self.at_desk(p)) && !self.is_out(said.author), "author")?;
        need(said.said_ms <= now + 2 * MINUTE, "ahead")?;
        let age = match act {
            Act::CallRequested { kind: CallKind::Planned { .. }, .. } => Some(DAY),
            Act::CallRequested { kind: CallKind::Unannounced, .. } => Some(10 * MINUTE),
            _ => row.age,
        };
        let resent = self.agreed_restores().any(|at| said.said_ms <= at && now <= at + 7 * DAY);
        need(resent || age.is_none_or(|age| now.saturating_sub(said.said_ms) <= age), "age")?;
        let story = said.package().and_then(|id| self.story(id));
        need(said.scope == Scope::Trust || story.is_some() != act.opening().is_some(), "package")?;
        let before = match (said.scope, story) {
            (Scope::Trust, _) => self.trust.as_slice(),
            (Scope::Package(_), story) => story.unwrap_or(&[]),
        };
        let said_before = before.iter().filter(|(other, _)| other.author == said.author).count();
        need(said.counter == said_before as u64 + 1, "counter")?;
        if observed {
            need(row.observer, "observer")?;
            self.noun(said, story, None, now)?;
            return need(said.bodies.is_empty(), "observer's bodies");
        }
        let author = author.ok_or("author")?;
        let by_role = self.roles(author).iter().any(|role| row.roles.contains(role));
        let of_package = row.of_package && story.is_some_and(|story| principal(story) == Some(author));
        need(by_role || of_package || row.own && self.is_own(said, story, author), "power")?;
        if let Some(story) = story {
            need(self.reads(story, author), "reader")?;
        }
        self.noun(said, story, Some(author), now)?;
        let got: Vec<BodyKind> = said.bodies.iter().map(|body| body.kind).collect();
        need(got == self.bodies(said, story, author)?, "bodies")
    }

    fn is_scope(&self, said: &Said) -> bool {
        match (&said.act, said.scope) {
            (Act::GenerationMade { vault, .. } | Act::ReadersWrapped { vault, .. }, scope) => match vault {
                Vault::Package(id) => scope == Scope::Package(*id),
                Vault::Person(_) | Vault::Office(_) => scope == Scope::Trust,
            },
            (act, Scope::Trust) => self.rows.is_of_trust(act),
            (act, Scope::Package(_)) => !self.rows.is_of_trust(act),
        }
    }

    /// What the table's "own" means for each act.
    fn is_own(&self, said: &Said, story: Option<&Story>, author: PersonId) -> bool {
        match &said.act {
            Act::PersonDescribed { person } | Act::DeviceInvited { person, .. } => *person == author,
            Act::InvitationWithdrawn { invitation } => {
                self.invitation(*invitation).is_some_and(|(person, _)| person == author)
            }
            Act::DeviceApproved { cert, .. } => cert.person == author,
            Act::DeviceRevoked { device, .. } => self.owner(*device) == Some(author),
            Act::CallRequested { principal, .. } | Act::DebriefGiven { principal, .. } => {
                *principal == author
            }
            Act::PartyArrived { party } | Act::PartyLeft { party } | Act::LineReported { party, .. } => {
                story.is_some_and(|story| calls::is_persons_party(story, *party, author))
            }
            Act::DueOutDone { due_out } => {
                story.is_some_and(|story| packages::owner_of(story, *due_out) == Some(author))
            }
            // The noun asks whose it is.
            _ => true,
        }
    }

    fn noun(&self, said: &Said, story: Option<&Story>, author: Option<PersonId>, now: u64) -> Judged {
        match (&said.act, story) {
            (Act::GenerationMade { .. } | Act::ReadersWrapped { .. }, _) => {
                self.keys(said, author.ok_or("observer")?)
            }
            (act, None) if act.opening().is_some() => self.opening(said, author.ok_or("observer")?),
            (_, Some(story)) => self.in_package(said, story, author, now),
            (_, None) => self.in_trust(said, author, now),
        }
    }

    fn words(&self, vault: Vault, author: PersonId) -> Result<Vec<BodyKind>, &'static str> {
        let made = self.generations(vault);
        let newest = made.last().ok_or("no vault for words")?;
        let reads = match vault {
            Vault::Person(person) => person == author,
            Vault::Office(office) => self.members(office).contains(&author),
            Vault::Package(id) => self.story(id).is_some_and(|story| self.reads(story, author)),
        };
        need(reads, "not a reader of the words")?;
        need(!self.is_stale(vault) && !self.is_unchained_due(vault), "stale words")?;
        Ok(vec![BodyKind::Sealed(vault, newest.number)])
    }

    fn bodies(
        &self,
        said: &Said,
        story: Option<&Story>,
        author: PersonId,
    ) -> Result<Vec<BodyKind>, &'static str> {
        let place = self.rows.of(&said.act).bodies;
        match &said.act {
            Act::GenerationMade { vault, generation } => {
                let mut bodies = vec![BodyKind::Wraps(*vault, generation.number)];
                if generation.chained {
                    bodies.push(BodyKind::Sealed(*vault, generation.number));
                }
                Ok(bodies)
            }
            Act::ReadersWrapped { vault, generation, .. } => Ok(vec![BodyKind::Wraps(*vault, *generation)]),
            Act::SharesDealt { vault, generation, .. } | Act::ShareReleased { vault, generation, .. } => {
                Ok(vec![BodyKind::Shares(*vault, *generation)])
            }
            Act::EpochDealt { .. } => Ok(vec![BodyKind::TapeShares(said.package().ok_or("scope")?)]),
            Act::TapeAsked { package, .. } => Ok(vec![BodyKind::TapeShares(*package)]),
            Act::TapeShareReleased { asked } => {
                let (package, ..) = self.tape_asked(*asked).ok_or("ask")?;
                Ok(vec![BodyKind::TapeShares(package)])
            }
            Act::DeviceInvited { person, .. } if *person == author => {
                self.words(Vault::Person(author), author)
            }
            Act::DeviceInvited { .. } => self.words(Vault::Office(SECURITY), author),
            Act::CallEnded { end } => match end {
                chancery_desk::act::CallEnd::Declined if !said.bodies.is_empty() => {
                    self.words(Vault::Package(said.package().ok_or("scope")?), author)
                }
                _ => Ok(Vec::new()),
            },
            _ if place.ends_with("(directory)") => self.words(Vault::Office(DIRECTORY), author),
            _ if place.ends_with("(duty desk)") => self.words(Vault::Office(DUTY_DESK), author),
            _ if place == "—" => Ok(Vec::new()),
            _ => {
                let vault = Vault::Package(said.package().ok_or("scope")?);
                match story {
                    None => Ok(vec![BodyKind::Wraps(vault, 1), BodyKind::Sealed(vault, 1)]),
                    Some(_) => self.words(vault, author),
                }
            }
        }
    }
}

/// Whose package it is.
pub(crate) fn principal(story: &Story) -> Option<PersonId> {
    match &story.first()?.0.act {
        Act::CallRequested { principal, .. } | Act::DebriefGiven { principal, .. } => Some(*principal),
        _ => None,
    }
}

/// A person or an office by whose own vault a reader reads.
pub(crate) fn own_vault(reader: Reader) -> Option<Vault> {
    match reader {
        Reader::Device(_) => None,
        Reader::Person(person) => Some(Vault::Person(person)),
        Reader::Office(office) => Some(Vault::Office(office)),
    }
}
