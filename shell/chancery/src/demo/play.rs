//! Plays the story: each step becomes a deed of somebody's headless device, and the watcher sees it once it is in the log.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use chancery_desk::{
    act::{Act, CallKind, Who},
    openings::standing_readers,
};
use chancery_device::running::{Logged, RunError};
use chancery_log::id::{
    ClearanceId, CommitmentId, CounterpartId, Digest, DueOutId, PackageId, PartyId, ReadoutId, Scope,
};
use chancery_participant::{
    deed::{Deed, Opens},
    participant::Participant,
};
use chancery_seal::{
    body::{
        Body,
        call::{Card, LineReport, Note, Remark, Request, WrapUp},
        mark::{Mark, Rank},
        record::{Commitment, DueOut, Readout, Telcon, When},
    },
    vault::Reader,
};

use tokio::time::timeout;

use super::{
    stage::Stage,
    story::{Deed as Does, Step, TelconWords},
};
use crate::{
    closing::{replay, sum_up},
    time::now_ms,
};

/// A closed package is on a reader's screen long before.
const READS: Duration = Duration::from_secs(30);

/// Packages of the demo's calls.
const CLASS: u16 = 1;

/// A device of the demo has an act within milliseconds; a minute is a fault.
const ARRIVES: Duration = Duration::from_secs(60);

const HOUR_MS: u64 = 60 * 60 * 1_000;
const MINUTE_MS: u64 = 60 * 1_000;

/// The story as far as it has been played.
pub struct Play<'a> {
    stage: &'a Stage,
    package: PackageId,
    with: String,
    subject: String,
    level: Rank,
    began_ms: u64,
    ids: BTreeMap<String, [u8; 16]>,
    notes: BTreeMap<String, Digest>,
    last_note: Option<(Digest, String)>,
    last_act: Option<(Scope, Digest)>,
}

/// One step, done.
pub struct Played {
    /// Who.
    pub name: String,
    /// What, in words.
    pub shown: String,
    /// Place in the log, or why the desk said no.
    pub outcome: Result<u64, String>,
}

fn mark(level: Rank) -> Mark {
    Mark { level, ..Mark::default() }
}

impl<'a> Play<'a> {
    /// Before the first step.
    pub fn new(stage: &'a Stage) -> Self {
        Self {
            stage,
            package: PackageId([0; 16]),
            with: String::new(),
            subject: String::new(),
            level: Rank(0),
            began_ms: now_ms(),
            ids: BTreeMap::new(),
            notes: BTreeMap::new(),
            last_note: None,
            last_act: None,
        }
    }

    /// The package of the story's call.
    pub fn package(&self) -> PackageId {
        self.package
    }

    /// A note as its writer wrote it, and its act.
    pub fn last_note(&self) -> Option<&(Digest, String)> {
        self.last_note.as_ref()
    }

    /// Does one step after its pause. A step that the story says is refused must be, and no other.
    pub async fn step(&mut self, step: &Step, pace: f64) -> anyhow::Result<Played> {
        tokio::time::sleep(Duration::from_millis(step.after_ms).mul_f64(pace)).await;
        let device = self.stage.device(&step.who)?.clone();
        // Nobody answers what has not reached them.
        if let Some((scope, act)) = self.last_act {
            let is_here = move |participant: &Participant| {
                participant.ledger().entries(scope).iter().rev().any(|entry| entry.said.digest == act)
            };
            timeout(ARRIVES, device.until(is_here)).await.context("what was done last did not arrive")??;
        }
        let deed = self.deed(step).await.with_context(|| format!("{} {}", step.who, step.shown))?;
        let scope = deed.scope();
        let outcome = match device.act(deed).await {
            Ok(Logged { act, index }) => {
                self.last_act = Some((scope, act));
                self.remember(&step.does, act);
                Ok(index)
            }
            Err(RunError::Refused(refusal)) => Err(refusal.to_string()),
            Err(other) => return Err(other.into()),
        };
        match (&outcome, step.refused) {
            (Ok(_), false) | (Err(_), true) => {}
            (Ok(_), true) => bail!("the desk should have refused: {} {}", step.who, step.shown),
            (Err(why), false) => bail!("{} {}: refused: {why}", step.who, step.shown),
        }
        Ok(Played { name: self.stage.name(&step.who), shown: step.shown.clone(), outcome })
    }

    fn remember(&mut self, does: &Does, act: Digest) {
        if let Does::NoteTaken { note, text, .. } = does {
            self.notes.insert(note.clone(), act);
            self.last_note = Some((act, text.clone()));
        }
    }

    /// The id behind a name of the story, drawn when it is first used.
    async fn id(&mut self, who: &str, name: &str) -> anyhow::Result<[u8; 16]> {
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        let id = self.stage.device(who)?.with(|participant, _| participant.draw_id()).await?;
        self.ids.insert(name.to_owned(), id);
        Ok(id)
    }

    fn readers(&self, keys: &[String]) -> anyhow::Result<BTreeSet<Reader>> {
        let reader = |key: &String| match self.stage.offices.get(key) {
            Some(office) => Ok(Reader::Office(*office)),
            None => self.stage.person(key).map(Reader::Person),
        };
        keys.iter().map(reader).collect()
    }

    fn counterpart(&self, key: &str) -> anyhow::Result<CounterpartId> {
        self.stage.counterparts.get(key).copied().ok_or_else(|| anyhow!("no counterpart {key:?}"))
    }

    fn bare(&self, act: Act) -> Deed {
        Deed::bare_in_package(self.package, act)
    }

    fn with_body(&self, act: Act, body: Body) -> Deed {
        Deed::in_package(self.package, act, body)
    }

    async fn deed(&mut self, step: &Step) -> anyhow::Result<Deed> {
        match &step.does {
            Does::DutyTaken { .. }
            | Does::CallRequested { .. }
            | Does::CallAnswered {}
            | Does::CallEnded { .. } => self.call(step).await,
            Does::BriefWritten { .. }
            | Does::ClearanceAsked { .. }
            | Does::ClearanceGiven { .. }
            | Does::BriefIssued { .. }
            | Does::BriefRead { .. } => self.brief(step).await,
            Does::PartyInvited { .. }
            | Does::PartyArrived { .. }
            | Does::PartyAdmitted { .. }
            | Does::LineReported { .. } => self.party(step).await,
            Does::CardPassed { .. }
            | Does::NoteTaken { .. }
            | Does::WrapUpGiven { .. }
            | Does::CommitmentMade { .. }
            | Does::CommitmentSettled { .. }
            | Does::DueOutTasked { .. }
            | Does::DueOutDone { .. } => self.words(step).await,
            Does::TelconWritten { .. }
            | Does::TelconApproved { .. }
            | Does::ReadoutSent { .. }
            | Does::ReadoutRead { .. }
            | Does::PackageClosed {}
            | Does::ClosedAgreed {} => self.record(step).await,
        }
    }

    async fn call(&mut self, step: &Step) -> anyhow::Result<Deed> {
        #[allow(clippy::wildcard_enum_match_arm, reason = "`deed` sends the others elsewhere")]
        match &step.does {
            Does::DutyTaken { post } => Ok(Deed::bare(Scope::Trust, Act::DutyTaken { post: *post })),
            Does::CallRequested { with, in_minutes, subject, purpose, language, rank, readers } => {
                self.package = PackageId(self.id(&step.who, "the call").await?);
                (self.with, self.subject, self.level) = (with.clone(), subject.clone(), Rank(*rank));
                let principal =
                    self.stage.cast.principal().ok_or_else(|| anyhow!("no principal"))?.key.clone();
                let principal = self.stage.person(&principal)?;
                let standing = self.stage.device(&step.who)?.with(move |participant, _| {
                    participant.ledger().trust().map(|trust| standing_readers(trust, Some(principal)))
                });
                let mut all = self.readers(readers)?;
                all.extend(standing.await?.unwrap_or_default());
                let kind = CallKind::Planned { at_ms: now_ms() + in_minutes * MINUTE_MS };
                let request = Request {
                    subject: subject.clone(),
                    purpose: purpose.clone(),
                    language: language.clone(),
                    mark: mark(self.level),
                };
                Ok(Deed::Open {
                    package: self.package,
                    opens: Opens::Call { principal, counterpart: self.counterpart(with)?, kind },
                    class: CLASS,
                    level: self.level,
                    readers: all,
                    words: Body::Request(request),
                })
            }
            Does::CallAnswered {} => {
                self.began_ms = now_ms();
                Ok(self.bare(Act::CallAnswered {}))
            }
            Does::CallEnded { end } => Ok(self.bare(Act::CallEnded { end: *end })),
            other => bail!("{other:?} is not about the call itself"),
        }
    }

    async fn brief(&mut self, step: &Step) -> anyhow::Result<Deed> {
        let remark = |text: &String| Body::Remark(Remark { text: text.clone() });
        #[allow(clippy::wildcard_enum_match_arm, reason = "`deed` sends the others elsewhere")]
        Ok(match &step.does {
            Does::BriefWritten { version, brief } => {
                let words = Body::Brief(brief.brief(self.level));
                self.with_body(Act::BriefWritten { version: *version }, words)
            }
            Does::ClearanceAsked { clearance, office, version, text } => {
                let clearance = ClearanceId(self.id(&step.who, clearance).await?);
                let office = self.stage.office(office)?;
                self.with_body(Act::ClearanceAsked { clearance, office, version: *version }, remark(text))
            }
            Does::ClearanceGiven { clearance, granted, text } => {
                let clearance = ClearanceId(self.id(&step.who, clearance).await?);
                self.with_body(Act::ClearanceGiven { clearance, granted: *granted }, remark(text))
            }
            Does::BriefIssued { version } => self.bare(Act::BriefIssued { version: *version }),
            Does::BriefRead { version } => self.bare(Act::BriefRead { version: *version }),
            other => bail!("{other:?} is not about the brief"),
        })
    }

    async fn party(&mut self, step: &Step) -> anyhow::Result<Deed> {
        #[allow(clippy::wildcard_enum_match_arm, reason = "`deed` sends the others elsewhere")]
        Ok(match &step.does {
            Does::PartyInvited { party, role, line } => {
                let who = match self.stage.people.get(party) {
                    Some(person) => Who::Person(*person),
                    None => Who::Counterpart(self.counterpart(party)?),
                };
                let party = self.party_id(&step.who, party).await?;
                self.bare(Act::PartyInvited { party, who, role: *role, line: *line })
            }
            Does::PartyArrived { party } => {
                let party = self.party_id(&step.who, party).await?;
                self.bare(Act::PartyArrived { party })
            }
            Does::PartyAdmitted { party } => {
                let party = self.party_id(&step.who, party).await?;
                self.bare(Act::PartyAdmitted { party })
            }
            Does::LineReported { party, rank, verdict, facts } => {
                let party = self.party_id(&step.who, party).await?;
                let report = LineReport { facts: facts.clone(), verdict: verdict.clone() };
                self.with_body(Act::LineReported { party, ceiling: Rank(*rank) }, Body::LineReport(report))
            }
            other => bail!("{other:?} is not about a party"),
        })
    }

    async fn party_id(&mut self, who: &str, party: &str) -> anyhow::Result<PartyId> {
        Ok(PartyId(self.id(who, &format!("party {party}")).await?))
    }

    async fn words(&mut self, step: &Step) -> anyhow::Result<Deed> {
        let who = &step.who;
        let remark = |text: &String| Body::Remark(Remark { text: text.clone() });
        #[allow(clippy::wildcard_enum_match_arm, reason = "`deed` sends the others elsewhere")]
        Ok(match &step.does {
            Does::CardPassed { text, rank } => {
                let card = Card { text: text.clone(), mark: mark(Rank(*rank)) };
                self.with_body(Act::CardPassed {}, Body::Card(card))
            }
            Does::NoteTaken { mark, text, instead_of, .. } => {
                let note = Note { at_ms: now_ms(), mark: *mark, text: text.clone() };
                let instead_of = instead_of.as_ref().map(|name| self.note(name)).transpose()?;
                self.with_body(Act::NoteTaken { instead_of }, Body::Note(note))
            }
            Does::WrapUpGiven { text } => {
                let words = WrapUp { text: text.clone(), voice: serde_bytes::ByteBuf::new() };
                self.with_body(Act::WrapUpGiven {}, Body::WrapUp(words))
            }
            Does::CommitmentMade { commitment, side, text, note } => {
                let commitment = CommitmentId(self.id(who, commitment).await?);
                let note = note.as_ref().map(|name| self.note(name)).transpose()?;
                let words = Commitment { side: *side, text: text.clone() };
                self.with_body(Act::CommitmentMade { commitment, note }, Body::Commitment(words))
            }
            Does::CommitmentSettled { commitment, kept, text } => {
                let commitment = CommitmentId(self.id(who, commitment).await?);
                self.with_body(Act::CommitmentSettled { commitment, kept: *kept }, remark(text))
            }
            Does::DueOutTasked { due_out, text, commitment, owner, due_in_hours } => {
                let due_out = DueOutId(self.id(who, due_out).await?);
                let commitment = match commitment {
                    Some(name) => Some(CommitmentId(self.id(who, name).await?)),
                    None => None,
                };
                let (owner, due_ms) = (self.stage.person(owner)?, now_ms() + due_in_hours * HOUR_MS);
                let words = Body::DueOut(DueOut { text: text.clone() });
                self.with_body(Act::DueOutTasked { due_out, commitment, owner, due_ms }, words)
            }
            Does::DueOutDone { due_out, text } => {
                let due_out = DueOutId(self.id(who, due_out).await?);
                self.with_body(Act::DueOutDone { due_out }, remark(text))
            }
            other => bail!("{other:?} has no words"),
        })
    }

    fn note(&self, name: &str) -> anyhow::Result<Digest> {
        self.notes.get(name).copied().ok_or_else(|| anyhow!("no note {name:?} was taken"))
    }

    async fn record(&mut self, step: &Step) -> anyhow::Result<Deed> {
        let (package, device) = (self.package, self.stage.device(&step.who)?.clone());
        #[allow(clippy::wildcard_enum_match_arm, reason = "`deed` sends the others elsewhere")]
        Ok(match &step.does {
            Does::TelconWritten { version, telcon } => {
                let words = Body::Telcon(self.telcon(telcon));
                self.with_body(Act::TelconWritten { version: *version }, words)
            }
            Does::TelconApproved { version } => self.bare(Act::TelconApproved { version: *version }),
            Does::ReadoutSent { readout, text, rank, to } => {
                let readout = ReadoutId(self.id(&step.who, readout).await?);
                let words = Readout { text: text.clone(), mark: mark(Rank(*rank)) };
                self.with_body(Act::ReadoutSent { readout, to: self.readers(to)? }, Body::Readout(words))
            }
            Does::ReadoutRead { readout } => {
                let readout = ReadoutId(self.id(&step.who, readout).await?);
                self.bare(Act::ReadoutRead { readout })
            }
            Does::PackageClosed {} => {
                self.stage.settle().await?;
                let summed = device.with(move |participant, _| sum_up(participant, package)).await?;
                let (closed, count) = summed.ok_or_else(|| anyhow!("the package is not here"))?;
                self.with_body(Act::PackageClosed { count }, Body::ClosedPackage(Box::new(closed)))
            }
            Does::ClosedAgreed {} => {
                self.stage.settle().await?;
                // Settled is whose deeds are in; the closed package may still be on its way here. What it says is judged below.
                let reads = device.until(move |participant| replay(participant, package).is_ok());
                if timeout(READS, reads).await.is_err() {
                    tracing::warn!("the closed package does not open, or does not agree");
                }
                let closed = device.with(move |participant, _| replay(participant, package)).await??;
                self.bare(Act::ClosedAgreed { closed })
            }
            other => bail!("{other:?} is not about the record"),
        })
    }

    fn telcon(&self, words: &TelconWords) -> Telcon {
        let participants = [
            self.stage.cast.principal().map(|member| member.name.clone()),
            Some(self.stage.name(&self.with)),
        ];
        Telcon {
            subject: words.subject.clone(),
            participants: participants.into_iter().flatten().collect(),
            when: When::At(i64::try_from(self.began_ms).unwrap_or(i64::MAX)),
            place: words.place.clone(),
            mark: mark(self.level),
            statements: words.statements(&self.stage.cast, &self.with),
        }
    }
}
