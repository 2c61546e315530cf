//! docs/acts.md names every act that there is.

/// The names of the variants, read from the source: what is added there must be written there.
fn variants() -> Vec<String> {
    let source = include_str!("../../src/act.rs");
    let body = source.split("pub enum Act {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let line = |line: &str| {
        let name: String =
            line.strip_prefix("    ")?.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
    };
    body.lines().filter_map(line).collect()
}

#[test]
fn every_act_stands_in_the_document() {
    let document = include_str!("../../../../docs/acts.md");
    let names = variants();
    assert!(names.len() > 60, "{names:?}");
    for name in &names {
        let cddl = format!("\"{name}\"");
        assert!(document.contains(&cddl), "docs/acts.md must give the CDDL of {cddl}");
        let row = format!("| {name} |");
        assert!(document.contains(&row), "docs/acts.md must give bodies, powers and age of {name} in a row");
    }
}
