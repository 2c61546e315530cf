//! Certificates: names, dates, who signed.

use chancery::doctor::{
    Verdict,
    tls::{Certificate, covers, judge, read},
};

const DAY_MS: i64 = 86_400_000;
/// 22 November 2026, 12:00 UTC.
const NOW_MS: i64 = 1_795_348_800_000;

fn certificate(names: &[&str]) -> Certificate {
    Certificate {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        from_ms: NOW_MS - DAY_MS,
        until_ms: NOW_MS + 90 * DAY_MS,
        self_signed: false,
    }
}

#[test]
fn a_name_covers_itself_and_a_star_covers_one_label() {
    let names = ["desk.example.org".to_owned(), "*.ops.example.org".to_owned()];
    for good in ["desk.example.org", "DESK.example.org", "a.ops.example.org"] {
        assert!(covers(&names, good), "{good}");
    }
    for bad in
        ["example.org", "ops.example.org", "a.b.ops.example.org", "desk.example.org.evil", ".ops.example.org"]
    {
        assert!(!covers(&names, bad), "{bad}");
    }
}

#[test]
fn a_certificate_for_another_host_is_wrong() {
    let check = judge(&certificate(&["other.example.org"]), "desk.example.org", true, NOW_MS);
    assert_eq!(check.verdict, Verdict::Wrong);
    assert!(check.what.contains("other.example.org") && check.mend.contains("--cert"), "{check:?}");
}

#[test]
fn a_certificate_is_watched_in_its_last_month_and_wrong_after_it() {
    let mut found = certificate(&["desk.example.org"]);
    assert_eq!(judge(&found, "desk.example.org", true, NOW_MS).verdict, Verdict::Good);
    found.until_ms = NOW_MS + 12 * DAY_MS;
    let soon = judge(&found, "desk.example.org", true, NOW_MS);
    assert_eq!((soon.verdict, soon.what.contains("12 more days")), (Verdict::Watch, true));
    found.until_ms = NOW_MS - 3 * DAY_MS;
    let over = judge(&found, "desk.example.org", true, NOW_MS);
    assert_eq!((over.verdict, over.what.contains("3 days ago")), (Verdict::Wrong, true));
}

#[test]
fn a_certificate_of_tomorrow_points_at_the_clock() {
    let mut found = certificate(&["desk.example.org"]);
    found.from_ms = NOW_MS + DAY_MS;
    let check = judge(&found, "desk.example.org", true, NOW_MS);
    assert!(check.verdict == Verdict::Wrong && check.mend.contains("clock"), "{check:?}");
}

#[test]
fn a_self_signed_certificate_serves_localhost_only() {
    let mut found = certificate(&["localhost", "desk.example.org"]);
    found.self_signed = true;
    assert_eq!(judge(&found, "localhost", false, NOW_MS).verdict, Verdict::Good);
    assert_eq!(judge(&found, "desk.example.org", false, NOW_MS).verdict, Verdict::Wrong);
    assert_eq!(judge(&found, "desk.example.org", true, NOW_MS).verdict, Verdict::Wrong);
}

#[test]
fn a_pem_file_is_read_and_rubbish_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cert.pem");
    let made = rcgen::generate_simple_self_signed(vec!["desk.example.org".to_owned()]).unwrap();
    std::fs::write(&path, made.cert.pem()).unwrap();
    let found = read(&path).unwrap();
    assert_eq!(found.names, ["desk.example.org"]);
    assert!(found.self_signed && found.from_ms < NOW_MS && found.until_ms > NOW_MS);
    std::fs::write(&path, "rubbish").unwrap();
    assert!(read(&path).unwrap_err().contains("cert.pem: not a PEM certificate"));
    assert!(read(&folder.path().join("none.pem")).unwrap_err().contains("none.pem"));
}
