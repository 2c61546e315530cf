//! Custodians: shares go to all of them as they stand, and come back one by one for an agreed recovery.

use chancery_desk::{
    act::{Act, Guarded},
    custody::shares_to,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{Digest, PackageId, Scope, Vault};

use crate::world::{CUSTODIAN, DUTY, DUTY_DESK, NOTES, OFFICER_A, OFFICER_B, World, cert, keys, made};

#[test]
fn a_holder_deals_to_exactly_the_custodians() {
    let mut world = World::staffed();
    let vault = Vault::Person(DUTY);
    let others = world.trust_refusal(NOTES, world.deal(vault));
    assert!(matches!(others, Refusal::NotAHolder { .. }));
    let Act::SharesDealt { shares, .. } = world.deal(vault) else { panic!("another act") };
    let act = |generation, needed, shares| Act::SharesDealt { vault, generation, needed, shares };
    let wrong = [
        act(2, 2, shares.clone()),
        act(1, 3, shares.clone()),
        act(1, 2, shares[1..].to_vec()),
        act(1, 2, shares.iter().rev().cloned().collect()),
    ];
    for act in wrong {
        assert!(matches!(
            world.trust_refusal(DUTY, act),
            Refusal::SharesExpected(_) | Refusal::GenerationExpected { .. }
        ));
    }
    world.trust(DUTY, world.deal(vault));
    let again = world.trust_refusal(DUTY, world.deal(vault));
    assert_eq!(again, Refusal::AlreadyThere(Thing::Shares(vault, 1)));
    let package = Vault::Package(PackageId([1; 16]));
    assert_eq!(world.trust_refusal(DUTY, world.deal(package)), Refusal::NoVaultYet(package));
    world.trust(DUTY, world.deal(Vault::Office(DUTY_DESK)));
}

fn recovering() -> (World, Digest) {
    let mut world = World::staffed();
    world.trust(DUTY, world.deal(Vault::Person(DUTY)));
    world.trust(DUTY, world.deal(Vault::Office(DUTY_DESK)));
    let recovery = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::Recovery(cert(DUTY, 220))));
    (world, recovery)
}

fn release(recovery: Digest, vault: Vault, share: u8) -> Act {
    Act::ShareReleased { recovery, vault, generation: 1, share }
}

#[test]
fn no_share_is_released_before_two_officers_agree() {
    let (world, recovery) = recovering();
    let refusal = world.trust_refusal(OFFICER_A, release(recovery, Vault::Person(DUTY), 1));
    assert_eq!(refusal, Refusal::UnknownAsk(recovery));
}

#[test]
fn each_custodian_releases_the_own_share_once_for_that_persons_vaults() {
    let (mut world, recovery) = recovering();
    world.trust(OFFICER_B, Act::GuardedAgreed { asked: recovery });
    let vault = Vault::Person(DUTY);
    let share_of = |person| {
        1 + shares_to(&world.desk.trust)
            .unwrap()
            .iter()
            .position(|(custodian, _)| *custodian == person)
            .unwrap() as u8
    };
    let (own, others) = (share_of(CUSTODIAN), share_of(OFFICER_A));
    let refused = world.trust_refusal(CUSTODIAN, release(recovery, vault, others));
    assert_eq!(refused, Refusal::NotACustodian(CUSTODIAN));
    assert_eq!(world.trust_refusal(NOTES, release(recovery, vault, own)), Refusal::NotACustodian(NOTES));
    for none in [0, 200] {
        assert_eq!(
            world.trust_refusal(CUSTODIAN, release(recovery, vault, none)),
            Refusal::NotACustodian(CUSTODIAN)
        );
    }
    let elsewhere = world.trust_refusal(CUSTODIAN, release(recovery, Vault::Person(NOTES), own));
    assert!(matches!(elsewhere, Refusal::SharesExpected(_)));
    world.trust(CUSTODIAN, release(recovery, vault, own));
    let again = world.trust_refusal(CUSTODIAN, release(recovery, vault, own));
    assert_eq!(again, Refusal::AlreadyThere(Thing::Share(own)));
    world.trust(CUSTODIAN, release(recovery, Vault::Office(DUTY_DESK), own));
    world.trust(OFFICER_A, release(recovery, vault, others));
    assert_eq!(world.desk.trust.guarded()[&recovery].released.len(), 3);
}

#[test]
fn the_recovered_device_makes_a_new_generation_and_reads_on() {
    let (mut world, recovery) = recovering();
    world.trust(OFFICER_B, Act::GuardedAgreed { asked: recovery });
    let (device, vault) = (keys(220).id(), Vault::Person(DUTY));
    let mut generation = world.next_generation(vault);
    assert!(!generation.chained, "it may also begin anew");
    generation.chained = true;
    world.say(device, Scope::Trust, made(vault, generation));
    world.keep_vaults();
    assert!(!world.desk.trust.stale(Vault::Office(DUTY_DESK)));
    assert!(world.vaults(vault).holds(device, Vault::Person(DUTY), 1), "chained: the earlier ones open too");
}
