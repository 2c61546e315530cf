//! Ghost readers: generations and wraps for who has no authority. And old or false keys.

use std::collections::BTreeSet;

use chancery_desk::act::Act;
use chancery_log::{
    act::{BodyKind, BodyRef},
    id::{Digest, Scope, Vault},
};
use chancery_open::{
    body,
    generation::GenerationSecret,
    wrap::{self, ReaderKey},
};
use chancery_seal::{
    body::{
        Body,
        call::{Note, NoteMark},
    },
    sealed::{self, BodyContext},
    vault::{GenerationName, Reader, WrappedTo},
};
use chancery_sim::{
    device::SimDevice,
    hostile::{forged_log::ForgedLog, forger::Forger, liar::Liar},
    story::telling::Scene,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::setting::{SECRET, assert_alarm, assert_no_alarm, call, scene, shown};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([3; 32])
}

fn name(scene: &mut Scene) -> GenerationName {
    let desk = scene.world().device("Nora").identity().desk;
    GenerationName { desk, vault: Vault::Package(scene.package()), number: 2 }
}

/// Wraps of a secret to somebody's person vault as the log shows it.
fn wraps_to(scene: &mut Scene, of: &GenerationName, secret: &GenerationSecret, to: &[WrappedTo]) -> Vec<u8> {
    let trust = scene.world().device("Nora").participant.ledger().trust().expect("trust is here").clone();
    let key = |to: &WrappedTo| {
        let vault = to.reader.vault().expect("a person or an office");
        let made = trust.vault(vault).and_then(|state| state.generation(to.generation)).expect("made");
        made.generation.receives.clone()
    };
    let receives: Vec<_> = to.iter().map(key).collect();
    let readers: Vec<ReaderKey<'_>> =
        to.iter().zip(&receives).map(|(to, receives)| ReaderKey { to: *to, receives }).collect();
    let wraps = wrap::wrap(secret, of, &readers, &mut rng()).expect("it can be wrapped");
    wraps.encode().expect("wraps can be written")
}

fn everybody(scene: &mut Scene) -> Vec<WrappedTo> {
    let package = scene.package();
    let ledger = scene.world().device("Nora").participant.ledger();
    let state = ledger.package(package).expect("Nora holds the call").vault();
    let made = state.current().expect("the vault was made");
    made.wrapped
        .iter()
        .map(|(reader, wrapped)| WrappedTo { reader: *reader, generation: wrapped.generation })
        .collect()
}

fn wraps_ref(of: &GenerationName, bytes: &[u8]) -> BodyRef {
    sealed::reference(BodyKind::Wraps(of.vault, of.number), bytes).expect("a body can be named")
}

#[test]
fn a_reader_whom_the_observer_added_is_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let readers = BTreeSet::from([Reader::Person(scene.person("Asta"))]);
    let added = Act::ReadersAdded { readers, from_now: false };
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let mut log = honest.clone();
    log.log(scope, dagny.bare(&honest, scope, now, &added), now);
    assert_no_alarm(&shown(&mut scene, "Nora", log).0);
    let observer = Forger::observer(scene.world());
    let mut log = honest.clone();
    log.log(scope, observer.bare(&honest, scope, now, &added), now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "observer");
    assert!(liar.got.is_empty(), "Nora's device did key work for a reader whom nobody added");
    assert!(!scene.can_read("Asta", SECRET));
}

#[test]
fn a_generation_that_the_observer_made_is_forbidden_and_nothing_is_sealed_under_it() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let of = name(&mut scene);
    let secret = GenerationSecret::draw(&mut rng());
    let mut to = everybody(&mut scene);
    let made = secret.generation(&of, to.clone(), false).expect("a generation can be stated");
    let bytes = wraps_to(&mut scene, &of, &secret, &to);
    let act = Act::GenerationMade { vault: of.vault, generation: made };
    let honest = ForgedLog::honest(scene.world());
    let observer = Forger::observer(scene.world());
    let envelope = observer.envelope(&honest, scope, now, &act, vec![wraps_ref(&of, &bytes)]);
    let mut log = honest.clone();
    log.log(scope, observer.sign(&envelope), now);
    let (nora, _) = shown(&mut scene, "Nora", log);
    assert_alarm(&nora, "forbidden act", "observer");

    // A reader of the call who conspires with the server can not bring a ghost in either.
    to.push(WrappedTo { reader: Reader::Person(scene.person("Asta")), generation: 1 });
    to.sort();
    let made = secret.generation(&of, to.clone(), false).expect("a generation can be stated");
    let bytes = wraps_to(&mut scene, &of, &secret, &to);
    let act = Act::GenerationMade { vault: of.vault, generation: made };
    let nils = Forger::holding(scene.world(), "Nils");
    let envelope = nils.envelope(&honest, scope, now, &act, vec![wraps_ref(&of, &bytes)]);
    let mut log = honest;
    log.log(scope, nils.sign(&envelope), now);
    let (nora, liar) = shown(&mut scene, "Nora", log);
    assert_eq!(nora.alarm_names(), ["forbidden act"]);
    assert_nothing_under(&nora, liar, &of);
}

/// Nora writes a note while she is lied to: nothing of it is sealed under the false generation.
fn assert_nothing_under(nora: &SimDevice, liar: Liar, of: &GenerationName) {
    let state = nora.participant.ledger().packages.all().find(|(id, ..)| Vault::Package(*id) == of.vault);
    let (_, package, _) = state.expect("Nora holds the call");
    assert!(package.vault().generation(of.number).is_none(), "the false generation was folded");
    for (act, _) in liar.got {
        let bodies = chancery_sim::hostile::liar::envelope_of(&act).bodies;
        assert!(bodies.iter().all(|body| body.kind != BodyKind::Sealed(of.vault, of.number)));
    }
}

#[test]
fn a_wrap_to_a_reader_without_authority_is_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let of = GenerationName { number: 1, ..name(&mut scene) };
    // Nils reads the call and has its key; what he wraps here is not even the right one.
    let secret = GenerationSecret::draw(&mut rng());
    let to = [WrappedTo { reader: Reader::Person(scene.person("Asta")), generation: 1 }];
    let bytes = wraps_to(&mut scene, &of, &secret, &to);
    let act = Act::ReadersWrapped { vault: of.vault, generation: 1, readers: to.to_vec() };
    let honest = ForgedLog::honest(scene.world());
    let nils = Forger::holding(scene.world(), "Nils");
    let envelope = nils.envelope(&honest, scope, now, &act, vec![wraps_ref(&of, &bytes)]);
    let mut log = honest;
    log.log(scope, nils.sign(&envelope), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "can not be a reader of that");
}

#[test]
fn a_key_that_is_not_the_one_committed_to_alarms_those_who_unwrap_it() {
    let mut scene = scene();
    scene.tell(
        "Asta adds Ivo (interpreter). Asta hands Ivo a link for a new device.
        Ivo's phone knocks with the link of Ivo. Asta approves Ivo's phone.",
    );
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let readers = BTreeSet::from([Reader::Person(scene.person("Ivo"))]);
    let of = GenerationName { number: 1, ..name(&mut scene) };
    let to = [WrappedTo { reader: Reader::Person(scene.person("Ivo")), generation: 1 }];
    let false_key = GenerationSecret::draw(&mut rng());
    let bytes = wraps_to(&mut scene, &of, &false_key, &to);
    let mut log = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let added = dagny.bare(&log, scope, now, &Act::ReadersAdded { readers, from_now: false });
    log.log(scope, added, now);
    let nils = Forger::holding(scene.world(), "Nils");
    let act = Act::ReadersWrapped { vault: of.vault, generation: 1, readers: to.to_vec() };
    let envelope = nils.envelope(&log, scope, now, &act, vec![wraps_ref(&of, &bytes)]);
    log.log(scope, nils.sign(&envelope), now);
    let mut liar = Liar::new(scene.world(), log);
    liar.bodies.insert(Digest::of(&bytes), bytes);
    let mut ivo = chancery_sim::hostile::liar::twin(scene.world(), "Ivo");
    liar.meet(now, &mut ivo);
    assert_alarm(&ivo, "wrong key", "was wrapped as another key than was committed to");
}

/// A note by Nils's device under any generation, with its body.
fn note_under(
    scene: &mut Scene,
    log: &ForgedLog,
    number: u32,
    secret: &GenerationSecret,
) -> (Vec<u8>, Vec<u8>) {
    let (scope, now) = (call(scene), scene.world().now_ms);
    let under = GenerationName { number, ..name(scene) };
    let nils = Forger::holding(scene.world(), "Nils");
    let counter = nils.counter(scope);
    let context = BodyContext { under, author: nils.author(), scope, counter, index: 0 };
    let note = Body::Note(Note { at_ms: now, mark: NoteMark::Remark, text: "under an old key".into() });
    let sealed = body::seal(secret, &context, &note, &mut rng()).expect("it can be sealed");
    let reference = sealed.reference(&under).expect("a body can be named");
    let envelope = nils.envelope(log, scope, now, &Act::NoteTaken { instead_of: None }, vec![reference]);
    (nils.sign(&envelope), sealed.into_bytes())
}

#[test]
fn words_under_an_older_generation_than_the_newest_are_forbidden() {
    let mut scene = scene();
    let secret = GenerationSecret::draw(&mut rng());
    scene.tell(
        "Asta adds Ivo (interpreter). Asta hands Ivo a link for a new device.
         Ivo's phone knocks with the link of Ivo. Asta approves Ivo's phone.
         Dagny lets Ivo read. Dagny takes Ivo off the readers.",
    );
    // Ivo still has the key: as long as nobody re-keyed, nothing may be sealed under it.
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let stale = ForgedLog::honest(scene.world());
    let (act, _) = note_under(&mut scene, &stale, 1, &secret);
    let mut log = stale.clone();
    log.log(scope, act, now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "must make a new generation");

    // And afterwards the old generation is not the newest, however it is shown.
    scene.tell("Nils notes a remark: \"After Ivo\". Everybody's alarms: none.");
    let rekeyed = ForgedLog::honest(scene.world());
    let (act, _) = note_under(&mut scene, &rekeyed, 1, &secret);
    let mut log = rekeyed;
    log.log(scope, act, now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "expected the bodies");
}

#[test]
fn a_device_from_which_a_new_generation_is_withheld_writes_nothing_that_others_take() {
    let mut scene = scene();
    scene.tell(
        "Asta adds Ivo (interpreter). Asta hands Ivo a link for a new device.
         Ivo's phone knocks with the link of Ivo. Asta approves Ivo's phone. Dagny lets Ivo read.",
    );
    let scope = call(&scene);
    let before = ForgedLog::honest(scene.world());
    // Nora's device is shown the call as it was; Ivo is taken off the readers and the call re-keyed meanwhile.
    let (mut nora, mut liar) = shown(&mut scene, "Nora", before);
    assert_no_alarm(&nora);
    scene.tell("Dagny takes Ivo off the readers. Nils notes a remark: \"After Ivo\".");
    let now = scene.world().now_ms;
    let note = Body::Note(Note { at_ms: now, mark: NoteMark::Remark, text: "Nora knows nothing".into() });
    let package = scene.package();
    let deed =
        chancery_participant::deed::Deed::in_package(package, Act::NoteTaken { instead_of: None }, note);
    nora.participant.act(now, deed);
    liar.talk(now, &mut nora);
    let (act, _) = liar.got.last().expect("Nora's device wrote the note").clone();
    let mut log = ForgedLog::honest(scene.world());
    log.log(scope, act, now);
    assert_alarm(&shown(&mut scene, "Nils", log).0, "forbidden act", "expected the bodies");
    let Scope::Package(_) = scope else { panic!("the call is a package") };
}
