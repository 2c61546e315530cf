//! Ghost devices: brought in by nobody, by the server, by a stolen device. And approvals that come too late.

use chancery_desk::act::{Act, Guarded};
use chancery_log::id::{InvitationId, PersonId, Scope};
use chancery_participant::participant::Identity;
use chancery_seal::{
    device::DeviceCert,
    invitation::{DeviceLink, Knock},
    wraps::Wraps,
};
use chancery_sim::{
    device::SimDevice,
    hostile::{
        forged_log::ForgedLog,
        forger::{Forger, ghost_secrets},
        liar::Liar,
    },
    story::telling::Scene,
};
use chancery_wire::to_server::ToServer;
use serde_bytes::ByteBuf;

use crate::setting::{SECRET, assert_alarm, assert_no_alarm, scene, shown};

const TRUST: Scope = Scope::Trust;

fn approval(person: PersonId, invitation: InvitationId) -> Act {
    let cert = DeviceCert { person, keys: ghost_secrets().public().clone() };
    Act::DeviceApproved { invitation, cert }
}

/// The ghost meets a server that gives it the whole log and every body: it reads nothing, and nobody wrapped to it.
fn assert_ghost_reads_nothing(scene: &mut Scene, person: PersonId, liar: Liar) {
    let nora = scene.world().device("Nora").identity();
    let identity = Identity { desk: nora.desk, genesis: nora.genesis, person, secrets: ghost_secrets() };
    let now_ms = scene.world().now_ms;
    let mut ghost = SimDevice::new("Ghost", identity, [1; 32], now_ms);
    let id = ghost.participant.device();
    for bytes in liar.bodies.values() {
        let wraps = Wraps::read(bytes).ok();
        let to_ghost = wraps.is_some_and(|wraps| {
            wraps.all().iter().any(|wrap| wrap.to.reader == chancery_seal::vault::Reader::Device(id))
        });
        assert!(!to_ghost, "somebody wrapped to the ghost");
    }
    let mut all = Liar::new(scene.world(), liar.log);
    all.bodies.extend(liar.bodies);
    all.meet(now_ms, &mut ghost);
    assert_eq!(ghost.participant.bodies().open_count(), 0, "the ghost opened something");
}

#[test]
fn a_device_that_nobody_approved_is_forbidden_and_reads_nothing() {
    let mut scene = scene();
    let (person, now) = (scene.person("Nora"), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let (ghost, _) = Forger::ghost(scene.world());
    let mut log = honest.clone();
    log.log(TRUST, ghost.bare(&honest, TRUST, now, &approval(person, InvitationId([1; 16]))), now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "was never approved at this desk");
    assert_ghost_reads_nothing(&mut scene, person, liar);
}

#[test]
fn a_device_that_the_servers_observer_approved_is_forbidden_and_reads_nothing() {
    let mut scene = scene();
    let (person, now) = (scene.person("Nora"), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let observer = Forger::observer(scene.world());
    let mut log = honest.clone();
    log.log(TRUST, observer.bare(&honest, TRUST, now, &approval(person, InvitationId([1; 16]))), now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "observer");
    assert_ghost_reads_nothing(&mut scene, person, liar);
}

#[test]
fn a_device_that_a_revoked_device_approved_is_forbidden_and_reads_nothing() {
    let mut scene = scene();
    scene.tell("Nora adds a tablet of her own. Asta hands Nora a link for a new device.");
    let invitation = scene.link("Nora").invitation;
    let (person, now) = (scene.person("Nora"), scene.world().now_ms);
    let thief = Forger::holding(scene.world(), "Nora's tablet");

    let before = ForgedLog::honest(scene.world());
    let mut log = before.clone();
    log.log(TRUST, thief.bare(&before, TRUST, now, &approval(person, invitation)), now);
    assert_no_alarm(&shown(&mut scene, "Nils", log).0);

    scene.tell("Nora revokes Nora's tablet because it is exposed.");
    let after = ForgedLog::honest(scene.world());
    let mut log = after.clone();
    log.log(TRUST, thief.bare(&after, TRUST, now, &approval(person, invitation)), now);
    let (nils, liar) = shown(&mut scene, "Nils", log);
    assert_alarm(&nils, "forbidden act", "was revoked");
    assert_ghost_reads_nothing(&mut scene, person, liar);
}

#[test]
fn a_device_that_a_colleagues_device_approved_is_forbidden() {
    let mut scene = scene();
    scene.tell("Asta hands Nora a link for a new device.");
    let invitation = scene.link("Nora").invitation;
    let (person, now) = (scene.person("Nora"), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let nils = Forger::holding(scene.world(), "Nils");
    let mut log = honest.clone();
    log.log(TRUST, nils.bare(&honest, TRUST, now, &approval(person, invitation)), now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "needs security officer");
    assert_ghost_reads_nothing(&mut scene, person, liar);
}

#[test]
fn a_recovery_to_a_ghost_that_one_officer_asked_and_the_observer_agreed_to_is_forbidden() {
    let mut scene = scene();
    let (person, now) = (scene.person("Peder"), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let cert = DeviceCert { person, keys: ghost_secrets().public().clone() };
    let asta = Forger::holding(scene.world(), "Asta");
    let asked = asta.bare(&honest, TRUST, now, &Act::GuardedAsked(Guarded::Recovery(cert)));
    let digest = chancery_log::id::Digest::of(&asked);
    let mut log = honest;
    log.log(TRUST, asked, now);
    assert_no_alarm(&shown(&mut scene, "Nora", log.clone()).0);
    let observer = Forger::observer(scene.world());
    let agreed = observer.bare(&log, TRUST, now, &Act::GuardedAgreed { asked: digest });
    log.log(TRUST, agreed, now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "observer");
    assert_ghost_reads_nothing(&mut scene, person, liar);
}

#[test]
fn an_approval_that_was_held_back_is_forbidden_on_every_device_and_refused_by_an_honest_server() {
    let mut scene = scene();
    scene.tell("Asta hands Nora a link for a new device.");
    let invitation = scene.link("Nora").invitation;
    let (person, now) = (scene.person("Nora"), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let asta = Forger::holding(scene.world(), "Asta");
    let act = asta.bare(&honest, TRUST, now, &approval(person, invitation));
    for (wait_ms, late) in [(60_000, false), (11 * 60_000, true)] {
        let mut log = honest.clone();
        log.log(TRUST, act.clone(), now + wait_ms);
        let (nils, liar) = shown(&mut scene, "Nils", log);
        if late {
            assert_alarm(&nils, "forbidden act", "may be 600000 ms old at most");
            assert_ghost_reads_nothing(&mut scene, person, liar);
        } else {
            assert_no_alarm(&nils);
        }
    }
    // What the honest server says to it: the same rules.
    scene.tell(
        "Nora's second phone knocks with the link of Nora. Asta's phone is offline.
         Asta approves Nora's second phone. 11 minutes pass. Asta's phone comes back.
         Asta's phone is told that it was refused: \"may be 600000 ms old at most\".",
    );
}

/// The server puts other keys into a newcomer's knock.
fn with_other_keys(link: &DeviceLink, knock: &[u8]) -> Vec<u8> {
    let Ok(ToServer::Knock { knock }) = ToServer::read(knock) else { panic!("this is no knock") };
    let mut knock = Knock::read(&knock).expect("a knock can be read");
    assert_eq!(knock.invitation, link.invitation);
    knock.cert.keys = ghost_secrets().public().clone();
    let knock = ByteBuf::from(knock.encode().expect("a knock can be written"));
    ToServer::Knock { knock }.write().expect("a message can be written")
}

#[test]
fn a_knock_with_swapped_keys_is_not_proved_and_can_not_be_approved() {
    let mut scene = scene();
    scene.tell("Asta hands Nora a link for a new device.");
    let link = scene.link("Nora");
    let now = scene.world().now_ms;
    let newcomer = scene.world().newcomer(link.clone());
    let knock = newcomer.knock().expect("a knock can be written");
    scene.world().knock_with(&newcomer, &with_other_keys(&link, &knock));

    let asta = &mut scene.world().device("Asta").participant;
    let waiting = asta.waiting_devices();
    assert_eq!(waiting.len(), 1);
    assert!(!waiting[0].proved, "keys that the server put in are not proved");
    assert_eq!(waiting[0].device, ghost_secrets().id());
    assert!(asta.approve(now, ghost_secrets().id()).is_err());

    // The newcomer's own words differ from those on the approver's screen, too.
    let shown_there = waiting[0].words;
    let heard = scene.world().knock_with(&newcomer, &knock);
    let asta = &mut scene.world().device("Asta").participant;
    let own = asta.waiting_devices().into_iter().find(|waiting| waiting.device == newcomer.secrets().id());
    let own = own.expect("the honest knock is shown");
    assert!(own.proved);
    assert_eq!(heard, Some(chancery_participant::enrol::NewcomerNews::Heard(own.words)));
    assert_ne!(own.words, shown_there);
    assert!(scene.can_read("Nora", SECRET));
}
