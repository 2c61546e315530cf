//! A link comes back as it was made, however it was pasted; a damaged one is refused with what to do.

use chancery_log::id::{DeskId, Digest, InvitationId, PersonId};
use chancery_seal::invitation::{DeviceLink, LinkError, LinkSecret};

fn link(certificate: Option<Digest>) -> DeviceLink {
    DeviceLink {
        base: "https://desk.example:8443".into(),
        genesis: Digest([1; 32]),
        desk: DeskId([2; 16]),
        invitation: InvitationId([3; 16]),
        person: PersonId([4; 16]),
        secret: LinkSecret::new([5; 32]),
        certificate,
    }
}

fn assert_same(read: &DeviceLink, made: &DeviceLink) {
    assert_eq!(*read.text(), *made.text());
    assert_eq!(read.secret.expose(), made.secret.expose());
    assert_eq!(
        (&read.base, read.genesis, read.desk, read.invitation, read.person, read.certificate),
        (&made.base, made.genesis, made.desk, made.invitation, made.person, made.certificate)
    );
}

#[test]
fn a_link_read_is_the_link_made() {
    for certificate in [None, Some(Digest([6; 32]))] {
        let made = link(certificate);
        assert_same(&DeviceLink::read(&made.text()).unwrap(), &made);
    }
}

#[test]
fn line_breaks_and_spaces_of_a_mail_program_do_not_matter() {
    let made = link(None);
    let text = made.text();
    let (start, end) = text.split_at(70);
    assert_same(&DeviceLink::read(&format!("  {start}\r\n   {end}\n")).unwrap(), &made);
}

#[test]
fn a_link_cut_off_anywhere_says_that_it_is_cut_off() {
    for made in [link(None), link(Some(Digest([6; 32])))] {
        let text = made.text();
        let hash = text.find('#').unwrap();
        for length in 0..hash {
            let refused = DeviceLink::read(&text[..length]).unwrap_err();
            assert_eq!(refused, LinkError::NoFragment, "{}", &text[..length]);
        }
        for length in hash + 1..text.len() {
            let refused = DeviceLink::read(&text[..length]).unwrap_err();
            assert!(matches!(refused, LinkError::CutOff { .. }), "{refused}");
            assert!(refused.to_string().contains("copy it whole"));
        }
    }
}

#[test]
fn every_changed_character_is_noticed() {
    let text = link(None).text();
    let hash = text.find('#').unwrap();
    for at in hash + 1..text.len() {
        for other in ["A", "z", "9", "-", "_"] {
            if &text[at..=at] != other {
                let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                assert!(DeviceLink::read(&changed).is_err(), "character {at}");
            }
        }
    }
}

#[test]
fn a_link_pasted_twice_or_with_more_behind_it_is_refused() {
    let text = link(None).text();
    assert!(matches!(DeviceLink::read(&format!("{}abc", *text)), Err(LinkError::GoesOn(3))));
    assert!(DeviceLink::read(&format!("{}{}", *text, *text)).is_err());
    assert!(matches!(DeviceLink::read(&format!("{}.", *text)), Err(LinkError::Character(_))));
}

#[test]
fn what_stands_before_the_hash_must_be_a_desks_address() {
    let text = link(None).text();
    let fragment = text.split_once('#').unwrap().1;
    for base in [
        "",
        "desk.example/",
        "ftp://desk.example/",
        "https:///",
        "https://a@desk.example/",
        "https://desk.example/other/",
        "https://desk.example/?x=1",
        "javascript:alert(1)//",
    ] {
        let refused = DeviceLink::read(&format!("{base}#{fragment}")).unwrap_err();
        assert!(matches!(refused, LinkError::Base(_)), "{base}: {refused}");
    }
    for base in ["http://localhost:8080/", "http://localhost:8080", "https://[::1]:8443/"] {
        let read = DeviceLink::read(&format!("{base}#{fragment}")).unwrap();
        assert_eq!(read.base, base.trim_end_matches('/'));
    }
}

#[test]
fn a_newer_link_asks_for_a_newer_build() {
    let text = link(None).text();
    let (base, fragment) = text.split_once('#').unwrap();
    let refused = DeviceLink::read(&format!("{base}#Ag{}", &fragment[2..])).unwrap_err();
    assert_eq!(refused, LinkError::Version(2));
}

#[test]
fn a_links_secret_is_not_printed_and_its_digest_is_plain_sha_256() {
    let made = link(None);
    let printed = format!("{made:?}");
    assert!(printed.contains("LinkSecret(…)") && !printed.contains("5, 5, 5"), "{printed}");
    assert_eq!(made.secret.digest(), Digest::of(&[5; 32]));
}
