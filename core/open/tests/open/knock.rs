//! A knock proves the link's secret over the keys that knock, and nothing else passes.

use chancery_log::id::{DeskId, Digest, InvitationId};
use chancery_open::knock::{KnockRefused, knock, verify};
use chancery_seal::{
    device::DeviceKeysError,
    invitation::{DeviceLink, Knock, LinkSecret},
};

use crate::fixed::{ALICE, BRUNO, DESK, device};

const INVITATION: InvitationId = InvitationId([0x11; 16]);

pub(crate) fn link() -> DeviceLink {
    DeviceLink {
        base: "https://desk.example:8443".into(),
        genesis: Digest([0x6e; 32]),
        desk: DESK,
        invitation: INVITATION,
        person: ALICE,
        secret: LinkSecret::new([0x5e; 32]),
        certificate: None,
    }
}

#[test]
fn whoever_holds_the_link_may_knock() {
    let knock = knock(&link(), device(1).public()).unwrap();
    let read = Knock::read(&knock.encode().unwrap()).unwrap();
    assert_eq!(verify(&read, &link().secret), Ok(()));
    assert_eq!(read.cert.person, ALICE);
}

#[test]
fn whoever_does_not_hold_the_link_is_refused() {
    let mut guessed = link();
    guessed.secret = LinkSecret::new([0x5f; 32]);
    let knock = knock(&guessed, device(1).public()).unwrap();
    assert_eq!(verify(&knock, &link().secret), Err(KnockRefused::Mac(INVITATION)));
}

#[test]
fn a_server_that_swaps_keys_person_invitation_or_desk_is_refused() {
    let good = knock(&link(), device(1).public()).unwrap();
    let mut keys = good.clone();
    keys.cert.keys = device(2).public().clone();
    let mut signs = good.clone();
    signs.cert.keys.signs = device(2).public().signs;
    let mut person = good.clone();
    person.cert.person = BRUNO;
    let invitation = Knock { invitation: InvitationId([0x12; 16]), ..good.clone() };
    let desk = Knock { desk: DeskId([0xd1; 16]), ..good.clone() };
    let mut mac = good.clone();
    mac.mac[31] ^= 1;
    for changed in [keys, signs, person, invitation, desk, mac] {
        assert!(matches!(verify(&changed, &link().secret), Err(KnockRefused::Mac(_))), "{changed:?}");
    }
}

#[test]
fn keys_that_are_none_are_refused_before_the_mac_is_looked_at() {
    let mut keys = device(1).public().clone();
    keys.signs = [0; 32];
    let knock = knock(&link(), &keys).unwrap();
    assert!(matches!(verify(&knock, &link().secret), Err(KnockRefused::Keys(DeviceKeysError::Signs(_)))));
}
