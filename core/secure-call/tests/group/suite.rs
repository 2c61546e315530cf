//! One suite and one version: everything else is refused by name, whoever offers it.

use chancery_call_tree::{
    handshake::HandshakeError,
    key_package::KeyPackageError,
    message::{Kind, MessageError},
    suite::{SUITE, SUITE_NUMBER},
    tree::{CallTree, GroupInfoError, check_key_package},
};
use chancery_secure_call::group::{commit::Plan, crypto::SeededCrypto, join::WelcomeRefusal};
use openmls_traits::{
    crypto::OpenMlsCrypto,
    types::{Ciphersuite, CryptoError, HashType, HpkeAeadType, HpkeConfig, HpkeKdfType, HpkeKemType},
};

use crate::{
    call::{Call, join, offered},
    rogue::both_refuse,
    world::{NOW_MS, World},
};

/// Each with a suite of OpenMLS that is weaker.
const OTHER: u16 = 0x0001;

fn with(bytes: &[u8], at: usize, number: u16) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at..at + 2].copy_from_slice(&number.to_be_bytes());
    changed
}

#[test]
fn the_suite_has_the_number_that_the_draft_gives_it() {
    assert_eq!(u16::from(SUITE), SUITE_NUMBER);
}

#[test]
fn another_suite_is_refused_in_every_message_that_says_one() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 1);
    let guest = world.person();
    let joining = join(&mut world, &guest);
    for number in [OTHER, 0x004d, 0xf042, 0xffff] {
        let package = with(joining.key_package(), 6, number);
        let refused = check_key_package(&package, &world.place, &world.admitted, NOW_MS).unwrap_err();
        let suite = MessageError::Suite { kind: Kind::KeyPackage, got: number };
        assert_eq!(refused, KeyPackageError::Message(suite));
    }
    let info = with(&call.members[0].group_info().unwrap(), 6, OTHER);
    let refused = CallTree::open(&info, world.place, &world.admitted, NOW_MS).unwrap_err();
    assert_eq!(refused, GroupInfoError::Message(MessageError::Suite { kind: Kind::GroupInfo, got: OTHER }));
    let add = vec![offered(&world, &joining)];
    let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
    let welcome = with(&made.welcome.unwrap(), 4, OTHER);
    let refused = joining.follow(&welcome).err().unwrap();
    assert_eq!(refused.why, WelcomeRefusal::Message(MessageError::Suite { kind: Kind::Welcome, got: OTHER }));
    assert!(refused.still.is_some());
}

#[test]
fn another_version_is_refused() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].drop_commit();
    for number in [0, 2, 0xffff] {
        let commit = with(&made.commit, 0, number);
        let (at_server, at_member) = both_refuse(&world, &mut call, &people[0], &commit, None);
        let version = MessageError::Version { kind: Kind::Commit, got: number };
        assert_eq!(at_server, HandshakeError::Message(version));
        assert_eq!(at_server, at_member);
    }
}

#[test]
fn the_cryptography_of_other_suites_is_not_there() {
    let crypto = SeededCrypto::draw(&mut World::new().rng);
    assert_eq!(crypto.supported_ciphersuites(), [SUITE]);
    let weaker = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
    assert_eq!(crypto.supports(weaker), Err(CryptoError::UnsupportedCiphersuite));
    assert!(crypto.hash(HashType::Sha2_256, b"").is_err());
    assert!(crypto.hmac(HashType::Sha2_512, b"", b"").is_err());
    let classic = HpkeConfig(HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha384, HpkeAeadType::AesGcm256);
    assert!(crypto.derive_hpke_keypair(classic, &[0; 48]).is_err());
}
