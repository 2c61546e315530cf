//! The desk that is lied to, and how a device's alarms are asserted.

use chancery_log::id::Scope;
use chancery_sim::{
    device::SimDevice,
    hostile::{
        forged_log::ForgedLog,
        liar::{Liar, alarms, fresh, twin},
    },
    story::telling::Scene,
};

/// What nobody but the call's readers may ever read.
pub(crate) const SECRET: &str = "The cod quota is a bluff";

/// A live call with one note, and no alarm so far.
pub(crate) fn scene() -> Scene {
    let mut scene = Scene::set(
        9,
        "At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
           Nils and Nora (note-takers).
         Dagny adds the counterpart President Ilmari of Sundra.
         Peder asks for President Ilmari now: \"Fish quotas\". Dagny says that they talk.
         Nils notes a remark: \"The cod quota is a bluff\". Everybody's alarms: none.",
    );
    assert!(scene.can_read("Nora", SECRET));
    scene
}

/// The scope of the scene's call.
pub(crate) fn call(scene: &Scene) -> Scope {
    Scope::Package(scene.package())
}

/// A copy of a device, shown a log; it has met the liar and said what it had to say.
pub(crate) fn shown(scene: &mut Scene, device: &str, log: ForgedLog) -> (SimDevice, Liar) {
    let world = scene.world();
    let now_ms = world.now_ms;
    let mut liar = Liar::new(world, log);
    let mut twin = twin(world, device);
    liar.meet(now_ms, &mut twin);
    (twin, liar)
}

/// The same with a device that was never connected before.
pub(crate) fn shown_afresh(scene: &mut Scene, device: &str, log: ForgedLog) -> (SimDevice, Liar) {
    let world = scene.world();
    let now_ms = world.now_ms;
    let mut liar = Liar::new(world, log);
    let mut fresh = fresh(world, device);
    liar.meet(now_ms, &mut fresh);
    (fresh, liar)
}

/// The device has this alarm, with these words in it, and no other.
#[track_caller]
pub(crate) fn assert_alarm(device: &SimDevice, name: &str, words: &str) {
    let alarms = alarms(device);
    match alarms.as_slice() {
        [(got, text)] if *got == name && text.contains(words) => {}
        other => panic!("expected the alarm {name:?} with {words:?}, got {other:#?}"),
    }
}

#[track_caller]
pub(crate) fn assert_no_alarm(device: &SimDevice) {
    assert_eq!(alarms(device), Vec::new());
}

/// The device has a bad checkpoint's alarm with these words, and says that the server holds another history.
#[track_caller]
pub(crate) fn assert_other_history(device: &SimDevice, words: &str) {
    let alarms = alarms(device);
    match alarms.as_slice() {
        [("bad checkpoint", text), ("diverged", _)] if text.contains(words) => {}
        other => panic!("expected a bad checkpoint with {words:?} and another history, got {other:#?}"),
    }
}
