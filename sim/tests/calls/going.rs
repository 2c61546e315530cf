//! Going from a call: by oneself, by a duty officer's hand, by a revocation, by its end.

use chancery_desk::act::{Act, CallEnd, RevokedBecause};
use chancery_log::id::Scope;
use chancery_participant::{call::CallOut, deed::Deed};
use chancery_wire::{call::CallDown, to_client::ToClient};

use crate::setting::Setting;

fn together() -> Setting {
    let mut call = Setting::new();
    for name in ["Peder", "Dagny", "Nils", "Nora"] {
        call.come(name);
    }
    call
}

#[test]
fn who_is_dropped_has_no_keys_of_what_comes_after() {
    let mut call = together();
    let before = call.keys("Nils").unwrap();
    let party = call.party_of("Nils").unwrap();
    call.act("Dagny", Act::PartyLeft { party });
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nora"]);
    assert_eq!(call.keys("Nils"), None, "told that it is over");
    assert!(call.keys("Peder").unwrap().0 > before.0);
    assert!(call.holders("Nils").is_empty());
}

#[test]
fn who_leaves_is_out_of_the_group() {
    let mut call = together();
    let (package, party) = (call.package, call.party_of("Nora").unwrap());
    let now_ms = call.world().now_ms;
    call.world().device("Nora").participant.leave_call(now_ms, package);
    call.act("Nora", Act::PartyLeft { party });
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nils"]);
}

#[test]
fn a_revoked_device_is_out_of_the_call_at_once() {
    let mut call = together();
    let device = call.device_of("Nils");
    let revoked = Act::DeviceRevoked { device, because: RevokedBecause::Lost };
    call.world().act("Asta", Deed::bare(Scope::Trust, revoked)).unwrap();
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nora"]);
}

#[test]
fn senders_cease_when_a_removal_does_not_come() {
    let mut call = together();
    let party = call.party_of("Nora").unwrap();
    // The server withholds every commit from now on.
    call.world().tamper = Some(Box::new(|_, message| {
        let is_commit = matches!(message, ToClient::Call { say: CallDown::Committed { .. }, .. });
        if is_commit { Vec::new() } else { vec![message] }
    }));
    call.act("Dagny", Act::PartyLeft { party });
    call.soon();
    for name in ["Peder", "Dagny", "Nils"] {
        let outs = &call.world().device(name).calls;
        assert!(outs.iter().any(|(_, say)| matches!(say, CallOut::Cease)), "{name} goes on: {outs:?}");
    }
}

#[test]
fn the_end_of_a_call_ends_it_for_all() {
    let mut call = together();
    call.act("Dagny", Act::CallEnded { end: CallEnd::Ended });
    call.soon();
    for name in ["Peder", "Dagny", "Nils", "Nora"] {
        assert!(call.holders(name).is_empty(), "{name}");
        assert_eq!(call.keys(name), None, "{name}");
    }
}

#[test]
fn when_the_first_committer_is_away_the_next_one_commits() {
    let mut call = together();
    let first = {
        let package = call.package;
        let seats = call.world().device("Peder").participant.call(package).unwrap().seats().to_vec();
        seats[0].device
    };
    let names = ["Peder", "Dagny", "Nils", "Nora"];
    let away = names.into_iter().find(|name| call.device_of(name) == first).unwrap();
    call.world().disconnect(away);
    let dropped = names.into_iter().rev().find(|name| *name != away && *name != "Dagny").unwrap();
    let party = call.party_of(dropped).unwrap();
    let officer = if away == "Dagny" { "Peder" } else { "Dagny" };
    call.act(officer, Act::PartyLeft { party });
    call.soon();
    let rest: Vec<&str> = names.into_iter().filter(|name| ![away, dropped].contains(name)).collect();
    let gone = call.device_of(dropped);
    for name in rest {
        assert!(!call.holders(name).contains(&gone), "{name} still has it");
    }
}
