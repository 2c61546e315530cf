//! Offices and their members.

use chancery_desk::act::{Act, OfficePurpose};
use chancery_log::id::{OfficeId, Scope, Vault};
use chancery_participant::deed::{Deed, Words};
use chancery_seal::body::{Body, people::OfficeProfile};

use super::Says;
use crate::story::{pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> makes the office \"<office>\"", make),
    Says("<who> renames the office \"<office>\" to \"<name>\"", rename),
    Says("<who> puts <name> into the office \"<office>\"", |telling, caught| {
        let (office, person) = (telling.office(caught.get("office"))?, telling.person(caught.get("name"))?);
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::OfficeMemberAdded { office, person }))
    }),
    Says("<who> takes <name> out of the office \"<office>\"", |telling, caught| {
        let (office, person) = (telling.office(caught.get("office"))?, telling.person(caught.get("name"))?);
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::OfficeMemberRemoved { office, person }))
    }),
];

fn described(telling: &mut Telling, who: &str, office: OfficeId, name: &str) -> Result<(), String> {
    telling.names.offices.insert(name.to_owned(), office);
    telling.names.tell(office, name);
    let vault = Vault::Office(telling.directory(who)?);
    let words = vec![Words { vault, body: Body::Office(OfficeProfile { name: name.to_owned() }) }];
    telling.does(who, Deed::Say { scope: Scope::Trust, act: Act::OfficeDescribed { office }, words })
}

fn make(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let who = caught.get("who");
    let office = OfficeId(telling.draw(who)?);
    telling.does(who, Deed::bare(Scope::Trust, Act::OfficeMade { office, purpose: OfficePurpose::Other }))?;
    described(telling, who, office, caught.get("office"))
}

fn rename(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let office = telling.office(caught.get("office"))?;
    described(telling, caught.get("who"), office, caught.get("name"))
}
