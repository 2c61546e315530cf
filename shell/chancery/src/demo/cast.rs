//! Who is at the invented desk, and its three counterparts.

use std::collections::BTreeSet;

use chancery_desk::act::{OfficePurpose, Role};
use chancery_seal::body::people::CounterpartProfile;
use serde::Deserialize;

use super::{DemoData, read};

const FILE: &str = "cast.json";

/// The whole cast. Keys are short names by which the other files speak of people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The desk's name.
    pub desk: String,
    /// The staff and the custodians; the first two security officers found the desk.
    pub people: Vec<Member>,
    /// m: how many custodians it takes.
    pub custodians_needed: u8,
    /// The offices; the first four purposes are made with the desk.
    pub offices: Vec<Office>,
    /// The far side.
    pub counterparts: Vec<Counterpart>,
}

/// One person of the cast.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Short name.
    pub key: String,
    /// As shown.
    pub name: String,
    /// Title or post.
    pub title: String,
    /// Roles; none for a custodian who is nothing else.
    pub roles: BTreeSet<Role>,
    /// Holds shares.
    #[serde(default)]
    pub custodian: bool,
}

/// One office of the cast.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Short name.
    pub key: String,
    /// As shown.
    pub name: String,
    /// What it is for.
    pub purpose: OfficePurpose,
    /// Short names of its members.
    pub members: Vec<String>,
}

/// One counterpart of the cast.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Counterpart {
    /// Short name.
    pub key: String,
    /// What the directory says.
    #[serde(flatten)]
    pub profile: CounterpartProfile,
}

impl Cast {
    /// The cast as it stands in this executable.
    pub fn load() -> Result<Self, DemoData> {
        read(FILE, include_str!("cast.json"))
    }

    /// A person by short name.
    pub fn person(&self, key: &str) -> Option<&Member> {
        self.people.iter().find(|person| person.key == key)
    }

    /// An office by short name.
    pub fn office(&self, key: &str) -> Option<&Office> {
        self.offices.iter().find(|office| office.key == key)
    }

    /// A counterpart by short name.
    pub fn counterpart(&self, key: &str) -> Option<&Counterpart> {
        self.counterparts.iter().find(|counterpart| counterpart.key == key)
    }

    /// The principal.
    pub fn principal(&self) -> Option<&Member> {
        self.people.iter().find(|person| person.roles.contains(&Role::Principal))
    }

    /// The custodians.
    pub fn custodians(&self) -> impl Iterator<Item = &Member> {
        self.people.iter().filter(|person| person.custodian)
    }
}
