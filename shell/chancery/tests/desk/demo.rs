//! The demo, played by the executable.

use super::{chancery, json};
use tempfile::TempDir;

#[test]
fn the_demo_plays_a_call_to_its_end_and_its_log_is_verified() {
    let folder = TempDir::new().unwrap();
    let played = chancery(folder.path(), &["demo", "--once", "--fast", "--folder", "demo"]);
    assert!(played.status.success(), "{played:?}");
    let answer = json(&played.stdout);
    assert_eq!(answer["links"].as_array().unwrap().len(), 12, "one for each person: {answer}");
    let verified = chancery(folder.path(), &["log", "verify", "demo/desk"]);
    assert!(verified.status.success(), "{verified:?}");
    assert_eq!(json(&verified.stdout)["root"], answer["root"], "verified again, it is the same log");
}
