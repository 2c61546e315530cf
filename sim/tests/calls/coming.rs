//! Coming to a call, again and again, whatever breaks.

use crate::setting::Setting;

#[test]
fn whoever_comes_holds_the_keys_and_nobody_else() {
    let mut call = Setting::new();
    call.come("Peder");
    call.assert_together(&["Peder"]);
    call.come("Dagny");
    call.assert_together(&["Peder", "Dagny"]);
    call.come("Nils");
    call.come("Nora");
    call.assert_together(&["Peder", "Dagny", "Nils", "Nora"]);
    assert!(call.holders("Asta").is_empty());
}

#[test]
fn who_comes_late_has_other_keys_than_before() {
    let mut call = Setting::new();
    call.come("Peder");
    call.come("Dagny");
    let before = call.keys("Peder").unwrap();
    call.come("Nils");
    let after = call.keys("Nils").unwrap();
    assert_ne!(before, after);
    assert_eq!(call.keys("Peder").unwrap(), after);
}

#[test]
fn all_who_come_at_once_get_in() {
    let mut call = Setting::new();
    let package = call.package;
    for name in ["Nora", "Nils", "Dagny", "Peder"] {
        let party = call.party_of(name).unwrap();
        let now_ms = call.world().now_ms;
        call.world().device(name).participant.enter_call(now_ms, package, party);
    }
    call.soon();
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nils", "Nora"]);
}

#[test]
fn a_broken_socket_costs_no_membership() {
    let mut call = Setting::new();
    for name in ["Peder", "Dagny", "Nils"] {
        call.come(name);
    }
    call.world().disconnect("Nils");
    // While it is away the group moves on.
    call.come("Nora");
    let epoch = call.keys("Peder").unwrap().0;
    assert!(call.keys("Nils").unwrap().0 < epoch);
    call.world().connect("Nils");
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nils", "Nora"]);
}

#[test]
fn a_device_that_starts_again_comes_back_with_fresh_keys() {
    let mut call = Setting::new();
    for name in ["Peder", "Dagny", "Nils"] {
        call.come(name);
    }
    let before = call.keys("Peder").unwrap();
    call.world().restart_device("Nils");
    call.world().device("Nils").calls.clear();
    call.world().connect("Nils");
    call.soon();
    call.come("Nils");
    call.assert_together(&["Peder", "Dagny", "Nils"]);
    assert_ne!(call.keys("Nils").unwrap(), before);
}

#[test]
fn after_a_restart_of_the_server_the_group_goes_on() {
    let mut call = Setting::new();
    for name in ["Peder", "Dagny", "Nils"] {
        call.come(name);
    }
    call.world().restart_server();
    for name in ["Nils", "Dagny", "Peder", "Nora"] {
        call.world().connect(name);
    }
    call.soon();
    call.assert_together(&["Peder", "Dagny", "Nils"]);
    call.come("Nora");
    call.assert_together(&["Peder", "Dagny", "Nils", "Nora"]);
}

#[test]
fn when_all_were_gone_there_is_a_new_group() {
    let mut call = Setting::new();
    call.come("Peder");
    call.come("Dagny");
    let before = call.keys("Peder").unwrap();
    for name in ["Peder", "Dagny"] {
        call.world().restart_device(name);
        call.world().device(name).calls.clear();
        call.world().connect(name);
    }
    call.soon();
    call.come("Peder");
    call.come("Dagny");
    call.assert_together(&["Peder", "Dagny"]);
    assert_ne!(call.keys("Peder").unwrap(), before);
}

#[test]
fn keys_are_renewed_while_nobody_comes_or_goes() {
    let mut call = Setting::new();
    call.come("Peder");
    call.come("Dagny");
    let before = call.keys("Peder").unwrap();
    for _ in 0..60 {
        call.world().advance(5_000);
    }
    call.soon();
    call.assert_together(&["Peder", "Dagny"]);
    assert!(call.keys("Peder").unwrap().0 > before.0);
}
