//! From what was typed to a deed: names become ids of this desk, files become words.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, anyhow, bail};
use chancery_desk::{
    act::{Act, CallKind, OfficePurpose, Role, Who},
    levels::scheme::Scheme,
    openings::standing_readers,
    package::Package,
    trust::Trust,
};
use chancery_log::id::{
    CommitmentId, CounterpartId, Digest, DueOutId, PackageId, PartyId, PersonId, ReadoutId, Scope, Vault,
};
use chancery_participant::{
    deed::{Deed, Opens, Words},
    participant::Participant,
    view::names::Names,
};
use chancery_seal::{
    body::{
        Body,
        call::{Card, Note, Remark, WrapUp},
        mark::{Mark, Rank},
        people::{CounterpartProfile, HandOver},
        record::{Commitment, DueOut, Readout, Side, Statement, Telcon, When},
    },
    vault::Reader,
};

use super::act::{self, Request};
use crate::{closing, demo::story::BriefWords, lookup, utc};

/// What was typed, with the file that it names.
pub(super) struct Said {
    act: act::Act,
    file: String,
}

impl Said {
    /// Reads the file that the act names, before a device is started.
    pub(super) fn read(act: &act::Act) -> anyhow::Result<Self> {
        let text = |path: &Path| fs::read_to_string(path).with_context(|| path.display().to_string());
        #[allow(clippy::wildcard_enum_match_arm, reason = "all others name no file")]
        let file = match act {
            act::Act::Brief { file, .. } | act::Act::Telcon { file, .. } => text(file)?,
            act::Act::Raw { json } if json == "-" => std::io::read_to_string(std::io::stdin())?,
            act::Act::Raw { json } => json.clone(),
            _ => String::new(),
        };
        Ok(Self { act: act.clone(), file })
    }

    /// The deed, by what this device knows of its desk.
    pub(super) fn deed(&self, participant: &mut Participant, now_ms: u64) -> anyhow::Result<Deed> {
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "the rest is of a package: `package_text` meets every one"
        )]
        match &self.act {
            act::Act::TakeDuty { post } => Ok(trust_deed(Act::DutyTaken { post: (*post).into() })),
            act::Act::LeaveDuty { post } => Ok(trust_deed(Act::DutyLeft { post: (*post).into() })),
            act::Act::HandOver { post, to, pending } => {
                let to = lookup::person(participant, to)?;
                let words = HandOver { pending: pending.clone(), told: Vec::new() };
                let act = Act::DutyHandedOver { post: (*post).into(), to };
                to_office(participant, OfficePurpose::DutyDesk, act, Body::HandOver(words))
            }
            act::Act::AddCounterpart { name, title, of } => {
                let act = Act::CounterpartAdded { counterpart: CounterpartId(participant.draw_id()) };
                let profile = CounterpartProfile {
                    name: name.clone(),
                    title: title.clone(),
                    of: of.clone(),
                    pronounced: String::new(),
                    time_zone: String::new(),
                    languages: Vec::new(),
                    call_back: Vec::new(),
                    policy: Vec::new(),
                    avoid: Vec::new(),
                };
                to_office(participant, OfficePurpose::Directory, act, Body::Counterpart(profile))
            }
            act::Act::Request(request) => request_deed(request, participant, now_ms),
            act::Act::Raw { .. } => serde_json::from_str(&self.file)
                .context("expected a deed as JSON, such as {\"Say\":{\"scope\":…,\"act\":…,\"words\":[]}}"),
            of_package => self.package_deed(of_package, participant, now_ms),
        }
    }

    fn package_deed(
        &self,
        typed: &act::Act,
        participant: &mut Participant,
        now_ms: u64,
    ) -> anyhow::Result<Deed> {
        let id = lookup::package(participant, package_text(typed))?;
        let fresh = participant.draw_id();
        let package = participant.ledger().package(id).ok_or(lookup::LookupError::NoTrust)?;
        let at = At { participant, package, id, now_ms };
        match at.before_and_during(typed, &self.file, fresh)? {
            Some(deed) => Ok(deed),
            None => at.after(typed, &self.file, fresh),
        }
    }
}

fn trust_deed(act: Act) -> Deed {
    Deed::bare(Scope::Trust, act)
}

fn trust_of(participant: &Participant) -> Result<&Trust, lookup::LookupError> {
    participant.ledger().trust().ok_or(lookup::LookupError::NoTrust)
}

/// An act of the trust scope with words sealed to an office.
fn to_office(
    participant: &Participant,
    purpose: OfficePurpose,
    act: Act,
    body: Body,
) -> anyhow::Result<Deed> {
    let office = trust_of(participant)?.office_by_purpose(purpose);
    let office = office.ok_or_else(|| anyhow!("this desk has no office for {purpose}"))?;
    let words = vec![Words { vault: Vault::Office(office), body }];
    Ok(Deed::Say { scope: Scope::Trust, act, words })
}

fn request_deed(request: &Request, participant: &mut Participant, now_ms: u64) -> anyhow::Result<Deed> {
    let package = PackageId(participant.draw_id());
    let trust = trust_of(participant)?;
    let counterpart = lookup::counterpart(participant, &request.with)?;
    let principal = match &request.principal {
        Some(text) => lookup::person(participant, text)?,
        None => only_principal(trust)?,
    };
    let kind = match &request.at {
        Some(at) => CallKind::Planned { at_ms: utc::read(at, now_ms)? },
        None => CallKind::Unannounced,
    };
    let level = level(participant, request.level.as_deref())?;
    let mut readers = standing_readers(trust, Some(principal));
    for text in &request.readers {
        readers.insert(lookup::reader(participant, text)?);
    }
    let me = participant.person();
    let reads_by_office = |reader: &Reader| match reader {
        Reader::Office(office) => trust.members(*office).contains(&me),
        Reader::Person(_) | Reader::Device(_) => false,
    };
    if !readers.iter().any(reads_by_office) {
        readers.insert(Reader::Person(me));
    }
    let words = chancery_seal::body::call::Request {
        subject: request.subject.clone(),
        purpose: request.purpose.clone(),
        language: String::new(),
        mark: marked(level),
    };
    let opens = Opens::Call { principal, counterpart, kind };
    Ok(Deed::Open { package, opens, class: request.class, level, readers, words: Body::Request(words) })
}

fn only_principal(trust: &Trust) -> anyhow::Result<PersonId> {
    let mut principals =
        trust.people().iter().filter(|(_, person)| !person.left && person.roles.contains(&Role::Principal));
    match (principals.next(), principals.next()) {
        (Some((only, _)), None) => Ok(*only),
        (None, _) => bail!("this desk has no principal: a security officer adds one (`chancery people add`)"),
        (Some(_), Some(_)) => bail!("this desk has several principals: say whose call, with --principal"),
    }
}

fn marked(level: Rank) -> Mark {
    Mark { level, ..Mark::default() }
}

/// A level by its id in the desk's scheme; the lowest when none is named.
fn level(participant: &Participant, id: Option<&str>) -> anyhow::Result<Rank> {
    let Some(id) = id else { return Ok(Rank(0)) };
    let profile = trust_of(participant)?.profile();
    #[allow(clippy::wildcard_enum_match_arm, reason = "the act that sets the profile has one kind of body")]
    let scheme = match profile.and_then(|act| participant.bodies().get(act, 0)) {
        Some(Body::DeskProfile(profile)) => Scheme::read(&profile.scheme)?,
        _ => bail!("this device can not open the desk's profile, so it knows no levels by name"),
    };
    scheme.rank(id).ok_or_else(|| {
        let known: Vec<&str> = scheme.levels().iter().map(|level| level.id.as_str()).collect();
        anyhow!("the desk's scheme has no level {id:?}; it has {}", known.join(", "))
    })
}

/// Which package was named.
fn package_text(typed: &act::Act) -> &str {
    use act::Act as Typed;
    match typed {
        Typed::Arrive(party)
        | Typed::Admit(party)
        | Typed::Hold(party)
        | Typed::Resume(party)
        | Typed::Drop(party) => &party.package,
        Typed::Brief { package, .. }
        | Typed::Issue { package }
        | Typed::Read { package }
        | Typed::Ring { package, .. }
        | Typed::Answer { package }
        | Typed::End { package, .. }
        | Typed::Card { package, .. }
        | Typed::Note { package, .. }
        | Typed::WrapUp { package, .. }
        | Typed::Telcon { package, .. }
        | Typed::ApproveTelcon { package }
        | Typed::Commit { package, .. }
        | Typed::Settle { package, .. }
        | Typed::Task { package, .. }
        | Typed::Done { package, .. }
        | Typed::Readout { package, .. }
        | Typed::AddReaders { package, .. }
        | Typed::RemoveReaders { package, .. }
        | Typed::Close { package }
        | Typed::Agree { package } => package,
        Typed::TakeDuty { .. }
        | Typed::LeaveDuty { .. }
        | Typed::HandOver { .. }
        | Typed::AddCounterpart { .. }
        | Typed::Request(_)
        | Typed::Raw { .. } => "",
    }
}

/// A package as it stands on this device.
struct At<'a> {
    participant: &'a Participant,
    package: &'a Package,
    id: PackageId,
    now_ms: u64,
}

impl At<'_> {
    fn mark(&self) -> Mark {
        marked(self.package.level())
    }

    fn words(&self, act: Act, body: Body) -> Deed {
        Deed::in_package(self.id, act, body)
    }

    fn bare(&self, act: Act) -> Deed {
        Deed::bare_in_package(self.id, act)
    }

    /// What is done up to the end of the call; none for what comes after.
    fn before_and_during(
        &self,
        typed: &act::Act,
        file: &str,
        fresh: [u8; 16],
    ) -> anyhow::Result<Option<Deed>> {
        use act::Act as Typed;
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "the rest is for `after`, which meets every variant"
        )]
        let deed = match typed {
            Typed::Brief { .. } => {
                let words: BriefWords = serde_json::from_str(file).context("the brief's file")?;
                let version = next(self.package.briefs().len());
                self.words(Act::BriefWritten { version }, Body::Brief(words.brief(self.package.level())))
            }
            Typed::Issue { .. } => {
                let newest =
                    self.package.briefs().last().context("there is no brief yet: write one first")?;
                self.bare(Act::BriefIssued { version: newest.version })
            }
            Typed::Read { .. } => {
                let issued = self.package.issued_brief().context("no brief was issued yet")?;
                self.bare(Act::BriefRead { version: issued.version })
            }
            Typed::Ring { who, role, line, .. } => {
                let who = match lookup::person(self.participant, who) {
                    Ok(person) => Who::Person(person),
                    Err(not_staff) => {
                        let far = lookup::counterpart(self.participant, who).map_err(|_| not_staff)?;
                        Who::Counterpart(far)
                    }
                };
                let (party, role, line) = (PartyId(fresh), (*role).into(), (*line).into());
                self.bare(Act::PartyInvited { party, who, role, line })
            }
            Typed::Arrive(party) => self.bare(Act::PartyArrived { party: self.party(&party.who)? }),
            Typed::Admit(party) => self.bare(Act::PartyAdmitted { party: self.party(&party.who)? }),
            Typed::Hold(party) => self.bare(Act::PartyHeld { party: self.party(&party.who)? }),
            Typed::Resume(party) => self.bare(Act::PartyResumed { party: self.party(&party.who)? }),
            Typed::Drop(party) => self.bare(Act::PartyLeft { party: self.party(&party.who)? }),
            Typed::Answer { .. } => self.bare(Act::CallAnswered {}),
            Typed::End { end, .. } => self.bare(Act::CallEnded { end: (*end).into() }),
            Typed::Card { text, .. } => {
                self.words(Act::CardPassed {}, Body::Card(Card { text: text.clone(), mark: self.mark() }))
            }
            Typed::Note { text, mark, instead_of, .. } => {
                let instead_of = instead_of.as_deref().map(|text| self.note(text)).transpose()?;
                let note = Note { at_ms: self.now_ms, mark: (*mark).into(), text: text.clone() };
                self.words(Act::NoteTaken { instead_of }, Body::Note(note))
            }
            Typed::WrapUp { text, .. } => {
                let words = WrapUp { text: text.clone(), voice: serde_bytes::ByteBuf::new() };
                self.words(Act::WrapUpGiven {}, Body::WrapUp(words))
            }
            _ => return Ok(None),
        };
        Ok(Some(deed))
    }

    /// What follows from a call.
    fn after(&self, typed: &act::Act, file: &str, fresh: [u8; 16]) -> anyhow::Result<Deed> {
        use act::Act as Typed;
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "the rest was for `before_and_during` or is of no package"
        )]
        Ok(match typed {
            Typed::Telcon { place, .. } => {
                let version = next(self.package.telcons().len());
                self.words(Act::TelconWritten { version }, Body::Telcon(self.telcon(file, place)))
            }
            Typed::ApproveTelcon { .. } => {
                let newest =
                    self.package.telcons().last().context("there is no telcon yet: write one first")?;
                self.bare(Act::TelconApproved { version: newest.version })
            }
            Typed::Commit { text, theirs, note, .. } => {
                let note = note.as_deref().map(|text| self.note(text)).transpose()?;
                let act = Act::CommitmentMade { commitment: CommitmentId(fresh), note };
                let side = if *theirs { Side::Theirs } else { Side::Ours };
                self.words(act, Body::Commitment(Commitment { side, text: text.clone() }))
            }
            Typed::Settle { commitment, text, dropped, .. } => {
                let act = Act::CommitmentSettled { commitment: self.commitment(commitment)?, kept: !dropped };
                self.words(act, Body::Remark(Remark { text: text.clone() }))
            }
            Typed::Task { text, owner, due, .. } => {
                let owner = lookup::person(self.participant, owner)?;
                let due_ms = utc::read(due, self.now_ms)?;
                let act = Act::DueOutTasked { due_out: DueOutId(fresh), commitment: None, owner, due_ms };
                self.words(act, Body::DueOut(DueOut { text: text.clone() }))
            }
            Typed::Done { due_out, text, .. } => {
                let act = Act::DueOutDone { due_out: self.due_out(due_out)? };
                self.words(act, Body::Remark(Remark { text: text.clone() }))
            }
            Typed::Readout { text, to, .. } => {
                let act = Act::ReadoutSent { readout: ReadoutId(fresh), to: self.readers(to)? };
                self.words(act, Body::Readout(Readout { text: text.clone(), mark: self.mark() }))
            }
            Typed::AddReaders { readers, from_now, .. } => {
                self.bare(Act::ReadersAdded { readers: self.readers(readers)?, from_now: *from_now })
            }
            Typed::RemoveReaders { readers, .. } => {
                self.bare(Act::ReadersRemoved { readers: self.readers(readers)? })
            }
            Typed::Close { .. } => {
                let (closed, count) =
                    closing::sum_up(self.participant, self.id).ok_or(lookup::LookupError::NoTrust)?;
                self.words(Act::PackageClosed { count }, Body::ClosedPackage(Box::new(closed)))
            }
            Typed::Agree { .. } => {
                let closed = closing::replay(self.participant, self.id)?;
                self.bare(Act::ClosedAgreed { closed })
            }
            other => bail!("{other:?} is of no package"),
        })
    }

    fn readers(&self, texts: &[String]) -> Result<BTreeSet<Reader>, lookup::LookupError> {
        texts.iter().map(|text| lookup::reader(self.participant, text)).collect()
    }

    fn party(&self, text: &str) -> Result<PartyId, lookup::LookupError> {
        let names = Names::of(self.participant);
        let name = |who: &Who| match who {
            Who::Person(person) => names.person(*person).to_owned(),
            Who::Counterpart(counterpart) => names.counterpart(*counterpart).to_owned(),
        };
        let known: Vec<_> = self
            .package
            .parties()
            .iter()
            .map(|(id, party)| (*id, name(&party.who), id.to_string()))
            .collect();
        lookup::pick("party", text, &known)
    }

    fn note(&self, text: &str) -> Result<Digest, lookup::LookupError> {
        let body = |act: Digest| match self.participant.bodies().get(act, 0) {
            Some(Body::Note(note)) => note.text.clone(),
            Some(_) | None => "(sealed)".to_owned(),
        };
        let notes = self.package.notes().iter();
        let known: Vec<_> = notes.map(|note| (note.act, body(note.act), note.act.to_string())).collect();
        lookup::pick("note", text, &known)
    }

    fn commitment(&self, text: &str) -> Result<CommitmentId, lookup::LookupError> {
        let body = |act: Digest| match self.participant.bodies().get(act, 0) {
            Some(Body::Commitment(words)) => words.text.clone(),
            Some(_) | None => "(sealed)".to_owned(),
        };
        let all = self.package.commitments().iter();
        let known: Vec<_> = all.map(|(id, made)| (*id, body(made.act), id.to_string())).collect();
        lookup::pick("commitment", text, &known)
    }

    fn due_out(&self, text: &str) -> Result<DueOutId, lookup::LookupError> {
        let body = |act: Digest| match self.participant.bodies().get(act, 0) {
            Some(Body::DueOut(words)) => words.text.clone(),
            Some(_) | None => "(sealed)".to_owned(),
        };
        let all = self.package.due_outs().iter();
        let known: Vec<_> = all.map(|(id, tasked)| (*id, body(tasked.act), id.to_string())).collect();
        lookup::pick("due-out", text, &known)
    }

    /// One statement a paragraph; what stands before the first colon is who spoke, when it is short enough for a name.
    fn telcon(&self, file: &str, place: &str) -> Telcon {
        const NAME_CHARS_MAX: usize = 60;
        let statement = |paragraph: &str| {
            let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            let (by, text) = match text.split_once(": ") {
                Some((by, said)) if by.chars().count() <= NAME_CHARS_MAX => (by.to_owned(), said.to_owned()),
                Some(_) | None => (String::new(), text),
            };
            Statement { at: When::Unknown, by, text }
        };
        let request = match self.participant.bodies().get(self.package.opening(), 1) {
            Some(Body::Request(request)) => request.subject.clone(),
            Some(_) | None => String::new(),
        };
        let summed = closing::sum_up(self.participant, self.id);
        let began = self.package.answered_ms().and_then(|ms| i64::try_from(ms).ok());
        Telcon {
            subject: request,
            participants: summed.map_or_else(Vec::new, |(closed, _)| closed.roster),
            when: began.map_or(When::Unknown, When::At),
            place: place.to_owned(),
            mark: self.mark(),
            statements: file.split("\n\n").filter(|text| !text.trim().is_empty()).map(statement).collect(),
        }
    }
}

/// The next version of something that counts from 1.
fn next(had: usize) -> u32 {
    u32::try_from(had).unwrap_or(u32::MAX).saturating_add(1)
}
