//! A short life of a desk with something of every kind: people, devices, offices, a call from request to closed, an
//! import, a reader who leaves, a device that is lost.

use std::collections::{BTreeMap, BTreeSet};

use chancery::import::record_digest;
use chancery_desk::act::{
    Act, CallEnd, CallKind, Guarded, LineKind, OfficePurpose, PartyRole, Post, RevokedBecause, Role, Who,
};
use chancery_log::id::{
    ClearanceId, CommitmentId, CounterpartId, DeviceId, Digest, DueOutId, OfficeId, PackageId, PartyId,
    PersonId, ReadoutId, Scope, Vault,
};
use chancery_participant::deed::{Deed, Opens, Words};
use chancery_seal::{
    body::{
        Body,
        call::{Brief, Card, LineReport, Note, NoteMark, Remark, Request, TalkingPoint, WrapUp},
        mark::{Mark, Rank},
        people::{CounterpartProfile, HandOver},
        record::{
            ClosedCommitment, ClosedPackage, Commitment, DueOut, Origin, Readout, Side, Statement, Telcon,
            When,
        },
    },
    vault::Reader,
};
use chancery_sim::world::{START_MS, World};

/// The words by which the tests know that a body was opened.
pub(crate) const SUBJECT: &str = "Lighthouse of Skarhavn";

const PACKAGE: PackageId = PackageId([7; 16]);
const COUNTERPART: CounterpartId = CounterpartId([8; 16]);
const HOUR_MS: u64 = 3_600_000;

fn mark(level: u8) -> Mark {
    Mark { level: Rank(level), ..Mark::default() }
}

fn text(text: &str) -> String {
    text.to_owned()
}

/// Does it, or says who was refused what.
fn act(world: &mut World, who: &str, deed: Deed) {
    world.now_ms += 1_000;
    let what = format!("{deed:?}");
    if let Err(refusal) = world.act(who, deed) {
        panic!("{who}: {refusal}: {what}");
    }
}

fn say(world: &mut World, who: &str, said: Act, body: Body) {
    act(world, who, Deed::in_package(PACKAGE, said, body));
}

fn bare(world: &mut World, who: &str, said: Act) {
    act(world, who, Deed::bare_in_package(PACKAGE, said));
}

fn trust(world: &mut World, who: &str, said: Act) {
    act(world, who, Deed::bare(Scope::Trust, said));
}

/// The newest act of the package that is of this kind, as this device knows it.
fn newest(world: &mut World, who: &str, which: impl Fn(&Act) -> bool) -> Digest {
    world.device(who).participant.newest_act(Scope::Package(PACKAGE), which).unwrap()
}

/// Plays it all.
pub(crate) fn play() -> World {
    let mut world = World::found_with(11, &["Asta", "Bodil"], &["Asta", "Carl", "Dorte"], 2);
    staff(&mut world);
    let [duty, note, adviser, principal] = ["Jonas", "Mirel", "Sanna", "Edda"].map(|name| world.person(name));
    prepare(&mut world, principal, adviser);
    talk(&mut world, [duty, note, adviser, principal]);
    write_up(&mut world, duty);
    close(&mut world);
    afterwards(&mut world, adviser);
    world
}

fn staff(world: &mut World) {
    for (at, name) in [(1, "Carl"), (2, "Dorte")] {
        let person = world.custodians[at];
        world.enrol("Asta", person, name);
    }
    for (name, role) in [
        ("Edda", Role::Principal),
        ("Jonas", Role::DutyOfficer),
        ("Mirel", Role::NoteTaker),
        ("Sanna", Role::Adviser),
        ("Tomas", Role::DeskOfficer),
        ("Greta", Role::RecordsOfficer),
    ] {
        world.join("Asta", name, &[role]);
    }
    trust(world, "Jonas", Act::DutyTaken { post: Post::DutyOfficer });
    trust(world, "Mirel", Act::DutyTaken { post: Post::NoteTaker });
    let directory = world.office("Jonas", OfficePurpose::Directory).unwrap();
    let profile = CounterpartProfile {
        name: text("Oskan Derevi"),
        title: text("Chancellor of the Saal Union"),
        of: text("Saal Union"),
        pronounced: String::new(),
        time_zone: text("Asia/Almaty"),
        languages: vec![text("tr"), text("en")],
        call_back: Vec::new(),
        policy: Vec::new(),
        avoid: Vec::new(),
    };
    let words = vec![Words { vault: Vault::Office(directory), body: Body::Counterpart(profile) }];
    let said = Act::CounterpartAdded { counterpart: COUNTERPART };
    act(world, "Jonas", Deed::Say { scope: Scope::Trust, act: said, words });
    let counsel = OfficeId([9; 16]);
    trust(world, "Asta", Act::OfficeMade { office: counsel, purpose: OfficePurpose::Other });
    let person = world.person("Sanna");
    trust(world, "Asta", Act::OfficeMemberAdded { office: counsel, person });
}

fn prepare(world: &mut World, principal: PersonId, adviser: PersonId) {
    let desk_officer = world.person("Tomas");
    let readers: BTreeSet<Reader> = [OfficePurpose::DutyDesk, OfficePurpose::Records]
        .into_iter()
        .map(|purpose| Reader::Office(world.office("Jonas", purpose).unwrap()))
        .chain([principal, adviser, desk_officer].map(Reader::Person))
        .chain([Reader::Office(OfficeId([9; 16]))])
        .collect();
    let request = Request {
        subject: text(SUBJECT),
        purpose: text("Agree on who keeps the lamp"),
        language: text("en"),
        mark: mark(2),
    };
    let kind = CallKind::Planned { at_ms: world.now_ms + HOUR_MS };
    let opens = Opens::Call { principal, counterpart: COUNTERPART, kind };
    let (level, words) = (Rank(2), Body::Request(request));
    act(world, "Jonas", Deed::Open { package: PACKAGE, opens, class: 3, level, readers, words });
    let brief = Brief {
        purpose: text("Agree on who keeps the lamp"),
        background: text("The keeper retires in spring."),
        talking_points: vec![TalkingPoint { text: text("We pay for the lamp."), mark: mark(1) }],
        if_asked: Vec::new(),
        can_promise: vec![text("The lamp.")],
        red_lines: vec![text("Not the rock it stands on.")],
        last_time: text("None."),
        open_commitments: Vec::new(),
        mark: mark(2),
    };
    say(world, "Tomas", Act::BriefWritten { version: 1 }, Body::Brief(brief));
    let (clearance, office) = (ClearanceId([1; 16]), OfficeId([9; 16]));
    let remark = |words: &str| Body::Remark(Remark { text: text(words) });
    say(world, "Tomas", Act::ClearanceAsked { clearance, office, version: 1 }, remark("May we pay?"));
    say(world, "Sanna", Act::ClearanceGiven { clearance, granted: true }, remark("We may."));
    bare(world, "Tomas", Act::BriefIssued { version: 1 });
    bare(world, "Edda", Act::BriefRead { version: 1 });
}

fn talk(world: &mut World, [duty, note, adviser, principal]: [PersonId; 4]) {
    let parties = [
        (PartyId([1; 16]), Who::Person(principal), PartyRole::Principal, LineKind::Secure),
        (PartyId([2; 16]), Who::Counterpart(COUNTERPART), PartyRole::Counterpart, LineKind::Guest),
        (PartyId([3; 16]), Who::Person(note), PartyRole::NoteTaker, LineKind::Secure),
        (PartyId([4; 16]), Who::Person(adviser), PartyRole::Adviser, LineKind::Secure),
        (PartyId([5; 16]), Who::Person(duty), PartyRole::DutyOfficer, LineKind::Secure),
    ];
    for (party, who, role, line) in parties {
        bare(world, "Jonas", Act::PartyInvited { party, who, role, line });
        bare(world, "Jonas", Act::PartyArrived { party });
        bare(world, "Jonas", Act::PartyAdmitted { party });
    }
    let report =
        LineReport { facts: BTreeMap::from([(text("path"), text("relayed, 96 ms"))]), verdict: text("good") };
    let said = Act::LineReported { party: PartyId([2; 16]), ceiling: Rank(2) };
    say(world, "Jonas", said, Body::LineReport(report));
    bare(world, "Jonas", Act::CallAnswered {});
    bare(world, "Jonas", Act::FloorGiven { party: PartyId([4; 16]) });
    let note = |mark: NoteMark, words: &str| Body::Note(Note { at_ms: START_MS, mark, text: text(words) });
    let first = Act::NoteTaken { instead_of: None };
    say(world, "Mirel", first, note(NoteMark::CommitmentTheirs, "They paint it red."));
    let earlier = newest(world, "Mirel", |act| matches!(act, Act::NoteTaken { .. }));
    let corrected = Act::NoteTaken { instead_of: Some(earlier) };
    say(world, "Mirel", corrected, note(NoteMark::CommitmentTheirs, "They paint it white."));
    say(world, "Sanna", Act::CardPassed {}, Body::Card(Card { text: text("Not the rock."), mark: mark(2) }));
    bare(world, "Jonas", Act::PartyHeld { party: PartyId([2; 16]) });
    bare(world, "Jonas", Act::PartyResumed { party: PartyId([2; 16]) });
    bare(world, "Jonas", Act::CallEnded { end: CallEnd::Ended });
    let wrap_up = WrapUp { text: text("It went well."), voice: serde_bytes::ByteBuf::new() };
    say(world, "Edda", Act::WrapUpGiven {}, Body::WrapUp(wrap_up));
}

fn write_up(world: &mut World, duty: PersonId) {
    let note = newest(world, "Mirel", |act| matches!(act, Act::NoteTaken { .. }));
    let commitment = CommitmentId([1; 16]);
    let said = Act::CommitmentMade { commitment, note: Some(note) };
    let promised = Commitment { side: Side::Theirs, text: text("They paint it white.") };
    say(world, "Mirel", said, Body::Commitment(promised));
    let (due_out, due_ms) = (DueOutId([1; 16]), world.now_ms + HOUR_MS);
    let said = Act::DueOutTasked { due_out, commitment: Some(commitment), owner: duty, due_ms };
    say(world, "Mirel", said, Body::DueOut(DueOut { text: text("Send the paint.") }));
    say(world, "Mirel", Act::TelconWritten { version: 1 }, Body::Telcon(telcon()));
    bare(world, "Sanna", Act::TelconApproved { version: 1 });
    let remark = Body::Remark(Remark { text: text("Sent.") });
    say(world, "Jonas", Act::DueOutDone { due_out }, remark);
    let to = BTreeSet::from([Reader::Office(world.office("Jonas", OfficePurpose::DutyDesk).unwrap())]);
    let readout = Readout { text: text("A lamp, and who keeps it."), mark: mark(1) };
    say(world, "Jonas", Act::ReadoutSent { readout: ReadoutId([1; 16]), to }, Body::Readout(readout));
    bare(world, "Mirel", Act::ReadoutRead { readout: ReadoutId([1; 16]) });
}

fn telcon() -> Telcon {
    Telcon {
        subject: text(SUBJECT),
        participants: vec![text("Edda"), text("Oskan Derevi")],
        when: When::At(1_767_268_800_000),
        place: text("Skarhavn"),
        mark: mark(2),
        statements: vec![Statement {
            at: When::Unknown,
            by: text("Edda"),
            text: text("We pay for the lamp."),
        }],
    }
}

fn closed(origin: Option<Origin>) -> Body {
    let promised = Commitment { side: Side::Theirs, text: text("They paint it white.") };
    Body::ClosedPackage(Box::new(ClosedPackage {
        with: text("Oskan Derevi"),
        when: When::Date(text("2026-01-01")),
        request: None,
        brief: None,
        notes: Vec::new(),
        telcon: Some(telcon()),
        commitments: vec![ClosedCommitment { commitment: promised, state: text("open") }],
        readouts: Vec::new(),
        roster: vec![text("Edda"), text("Oskan Derevi")],
        line_reports: Vec::new(),
        mark: mark(2),
        origin,
    }))
}

fn close(world: &mut World) {
    let count = world.device("Jonas").participant.ledger().package(PACKAGE).unwrap().count();
    say(world, "Jonas", Act::PackageClosed { count }, closed(None));
    let closing = newest(world, "Greta", |act| matches!(act, Act::PackageClosed { .. }));
    bare(world, "Greta", Act::ClosedAgreed { closed: closing });
    let records: BTreeSet<Reader> = [OfficePurpose::Records, OfficePurpose::DutyDesk]
        .into_iter()
        .map(|purpose| Reader::Office(world.office("Greta", purpose).unwrap()))
        .collect();
    let origin = Origin {
        source: text("telcons"),
        id: text("frus-invented/d1"),
        marking: text("Secret"),
        remarks: vec![text("invented")],
    };
    let record = record_digest("telcons", "frus-invented/d1");
    act(world, "Greta", Deed::import(record, Rank(3), 1, records, closed(Some(origin))));
}

/// What makes new generations: a reader who leaves, a lost device; what two officers do together; a hand-over.
fn afterwards(world: &mut World, adviser: PersonId) {
    let readers = BTreeSet::from([Reader::Person(adviser)]);
    bare(world, "Jonas", Act::ReadersRemoved { readers });
    bare(world, "Greta", Act::LevelSet { level: Rank(1) });
    let lost: DeviceId = world.device("Tomas").participant.device();
    trust(world, "Asta", Act::DeviceRevoked { device: lost, because: RevokedBecause::Lost });
    let tomas = world.person("Tomas");
    world.enrol("Asta", tomas, "Tomas again");
    let person = world.person("Greta");
    trust(world, "Asta", Act::GuardedAsked(Guarded::SecurityOfficer(person)));
    let asked =
        world.device("Bodil").participant.newest_act(Scope::Trust, |act| matches!(act, Act::GuardedAsked(_)));
    trust(world, "Bodil", Act::GuardedAgreed { asked: asked.unwrap() });
    let duty_desk = world.office("Jonas", OfficePurpose::DutyDesk).unwrap();
    world.join("Bodil", "Piet", &[Role::DutyOfficer]);
    let to = world.person("Piet");
    let words = HandOver { pending: vec![text("The paint.")], told: Vec::new() };
    let words = vec![Words { vault: Vault::Office(duty_desk), body: Body::HandOver(words) }];
    let said = Act::DutyHandedOver { post: Post::DutyOfficer, to };
    act(world, "Jonas", Deed::Say { scope: Scope::Trust, act: said, words });
    world.advance(2 * HOUR_MS);
}
