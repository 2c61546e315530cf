//! docs/acts.md, read: each act's bodies, power and age, and each power's roles.

use std::{collections::HashMap, fmt::Write as _};

use chancery_desk::{
    act::{Act, Role},
    roles::ROLES,
};

use super::{DAY, MINUTE};

/// What the document says about one act.
pub(super) struct Row {
    pub(super) bodies: &'static str,
    pub(super) age: Option<u64>,
    pub(super) roles: Vec<Role>,
    pub(super) own: bool,
    pub(super) of_package: bool,
    pub(super) observer: bool,
}

pub(super) struct Rows {
    rows: HashMap<&'static str, Row>,
    of_trust: Vec<&'static str>,
}

/// The variant's name and nothing more: the rest may be long.
struct Name(String);

impl std::fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for c in text.chars() {
            if !c.is_ascii_alphanumeric() {
                return Err(std::fmt::Error);
            }
            self.0.push(c);
        }
        Ok(())
    }
}

pub(crate) fn name(act: &Act) -> String {
    let mut name = Name(String::new());
    // The error is how the writer says that the name is over; a name alone ends without one.
    match write!(name, "{act:?}") {
        Ok(()) | Err(std::fmt::Error) => name.0,
    }
}

fn cells(line: &'static str) -> Vec<&'static str> {
    line.trim_matches('|').split('|').map(str::trim).collect()
}

impl Rows {
    pub(super) fn read() -> Self {
        let document = include_str!("../../../../../docs/acts.md");
        let section = |title: &str| document.split(title).nth(1).unwrap().split("\n## ").next().unwrap();
        let powers: Vec<Vec<&str>> = section("## Who may").lines().map(cells).collect();
        let mut rows = HashMap::new();
        for line in section("## Act by act").lines().filter(|line| line.starts_with("| ")).skip(1) {
            let [name, bodies, power, age] = cells(line)[..] else { panic!("{line}") };
            let power = power.split(';').next().unwrap().trim();
            let crosses = powers.iter().find(|cells| cells[0] == power);
            let cross = |at: usize| crosses.is_some_and(|cells| cells[at] == "×");
            let roles = ROLES.into_iter().enumerate().filter(|(at, _)| cross(at + 1)).map(|(_, role)| role);
            let age = match age {
                "now" => Some(10 * MINUTE),
                "day" => Some(DAY),
                "week" => Some(7 * DAY),
                _ => None,
            };
            let row = Row {
                bodies,
                age,
                roles: roles.collect(),
                own: cross(9),
                of_package: cross(10),
                observer: cross(11),
            };
            rows.insert(name, row);
        }
        let names: Vec<&str> = section("## Act by act")
            .lines()
            .filter(|line| line.starts_with("| "))
            .map(|line| cells(line)[0])
            .collect();
        let first_of_package = names.iter().position(|name| *name == "CallRequested").unwrap();
        Self { rows, of_trust: names[..first_of_package].to_vec() }
    }

    /// The names of all acts.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.keys().copied()
    }

    pub(super) fn of(&self, act: &Act) -> &Row {
        &self.rows[name(act).as_str()]
    }

    pub(super) fn is_of_trust(&self, act: &Act) -> bool {
        self.of_trust.contains(&name(act).as_str())
    }
}
