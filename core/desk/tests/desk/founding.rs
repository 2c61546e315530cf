//! The founding act: two officers, one signature, no nonsense.

use chancery_desk::{
    act::{Act, Role},
    refusal::{Refusal, Thing},
    trust::Trust,
};
use chancery_log::id::{DeskId, PackageId, Scope};

use crate::world::{CUSTODIAN, OFFICER_A, OFFICER_B, World, body, cert, founding, genesis, keys};

#[test]
fn the_founding_act_makes_officers_devices_and_custodians() {
    let world = World::founded();
    let trust = &world.desk.trust;
    for officer in [OFFICER_A, OFFICER_B] {
        assert!(trust.people()[&officer].roles.contains(&Role::SecurityOfficer));
        assert_eq!(trust.devices_of(officer).count(), 1);
    }
    assert!(trust.at_desk(CUSTODIAN), "a custodian is of the desk from the start");
    assert!(trust.people()[&CUSTODIAN].roles.is_empty());
    assert_eq!(trust.origin(), "desk.example/log");
    assert_eq!(trust.count(), 1);
    assert!(trust.verifying_key(trust.observer()).is_some());
}

#[test]
fn a_desk_is_founded_once() {
    let world = World::founded();
    let again = world.trust_refusal(OFFICER_A, Act::DeskFounded(genesis()));
    assert_eq!(again, Refusal::AlreadyThere(Thing::Desk));
}

#[test]
fn one_officer_alone_founds_no_desk() {
    let mut alone = genesis();
    alone.officers.pop();
    assert!(
        matches!(Trust::found(&founding(alone)), Err(Refusal::Genesis(why)) if why.contains("2 security officers"))
    );
    let mut twice = genesis();
    twice.officers[1] = cert(OFFICER_A, 50);
    assert!(matches!(Trust::found(&founding(twice)), Err(Refusal::Genesis(_))));
}

#[test]
fn an_unsound_founding_act_is_refused() {
    let refused = |genesis, expected: &str| {
        let refusal = Trust::found(&founding(genesis)).unwrap_err().to_string();
        assert!(refusal.contains(expected), "{refusal}");
    };
    let mut other = genesis();
    other.desk = DeskId([8; 16]);
    refused(other, "is for desk");
    let mut observed = genesis();
    observed.observer = keys(8);
    refused(observed, "named twice");
    let mut second = genesis();
    second.officers.swap(0, 1);
    refused(second, "first officer's device must sign");
    let mut weak = genesis();
    weak.officers[1].keys.signs = [0; 32];
    refused(weak, "sound Ed25519");
    let mut short = genesis();
    short.officers[1].keys.receives.truncate(1215);
    refused(short, "1216 bytes");
    let mut few = genesis();
    few.custodians.needed = 1;
    refused(few, "custodians must be at least 2");
}

#[test]
fn a_founding_act_stands_first_in_the_trust_scope_and_bare() {
    let mut elsewhere = founding(genesis());
    elsewhere.scope = Scope::Package(PackageId([1; 16]));
    assert!(matches!(Trust::found(&elsewhere), Err(Refusal::WrongScope { .. })));
    let mut later = founding(genesis());
    later.counter = 2;
    assert!(matches!(Trust::found(&later), Err(Refusal::CounterExpected { expected: 1, got: 2 })));
    let mut laden = founding(genesis());
    let vault = chancery_log::id::Vault::Person(OFFICER_A);
    laden.bodies.push(body(chancery_log::act::BodyKind::Sealed(vault, 1)));
    assert!(matches!(Trust::found(&laden), Err(Refusal::BodiesExpected { .. })));
    let mut other = founding(genesis());
    other.act = Act::TrustConfirmed {};
    assert!(matches!(Trust::found(&other), Err(Refusal::Genesis(_))));
}
