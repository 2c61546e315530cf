//! Custodians who conspire with the server: shares that are not those dealt.

use chancery_desk::act::Act;
use chancery_log::{
    act::BodyKind,
    id::{Digest, Scope, Vault},
};
use chancery_seal::sealed;
use chancery_sim::{
    hostile::{
        forged_log::ForgedLog,
        forger::Forger,
        liar::{Liar, twin},
    },
    story::telling::Scene,
};

use crate::setting::assert_alarm;

const TRUST: Scope = Scope::Trust;

#[test]
fn a_share_that_is_not_the_one_dealt_alarms_the_device_that_recovers() {
    let mut scene = Scene::set(
        10,
        "At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer).
         Peder's phone is lost. Asta asks to recover Peder on Peder's new phone. Bodil agrees to what was asked.",
    );
    let (vault, now) = (Vault::Person(scene.person("Peder")), scene.world().now_ms);
    let (recovery, share) = {
        let asta = scene.person("Asta");
        let trust = scene.world().device("Asta").participant.ledger().trust().expect("trust is here");
        let dealt = trust.vault(vault).and_then(|state| state.dealt()).expect("it was dealt");
        let own = dealt.shares.iter().position(|share| share.custodian == asta).expect("Asta has a share");
        let recovery = *trust.guarded().keys().next().expect("a recovery was asked");
        (recovery, u8::try_from(own + 1).expect("few custodians"))
    };
    let garbage = vec![2; 200];
    let body = sealed::reference(BodyKind::Shares(vault, 1), &garbage).expect("a body can be named");
    let log = ForgedLog::honest(scene.world());
    let asta = Forger::holding(scene.world(), "Asta");
    let act = Act::ShareReleased { recovery, vault, generation: 1, share };
    let envelope = asta.envelope(&log, TRUST, now, &act, vec![body]);
    let mut forged = log.clone();
    forged.log(TRUST, asta.sign(&envelope), now);
    let mut peder = twin(scene.world(), "Peder's new phone");
    let mut liar = Liar::new(scene.world(), forged);
    liar.bodies.insert(Digest::of(&garbage), garbage);
    liar.meet(now, &mut peder);
    assert_alarm(&peder, "corrupt share", "released a share that is not the one dealt");
    // The honest release of the same share raises none.
    scene.tell("Asta releases a share of Peder's vault. Everybody's alarms: none.");
}
