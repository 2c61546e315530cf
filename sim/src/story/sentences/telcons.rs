//! The telcon.

use chancery_desk::act::Act;
use chancery_seal::body::{Body, record::When};

use super::{
    Says,
    calls::{bare, say, telcon},
};
use crate::story::{pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> writes the telcon: \"<text>\"", |telling, caught| {
        let version = newest(telling, caught)? + 1;
        let body = Body::Telcon(telcon("", caught.get("who"), caught.get("text"), When::Unknown));
        say(telling, caught, Act::TelconWritten { version }, body)
    }),
    Says("<who> approves version <version> of the telcon", |telling, caught| {
        let version = caught.get("version").parse().map_err(|_| "a version is a number")?;
        bare(telling, caught, Act::TelconApproved { version })
    }),
    Says("<who> approves the telcon", |telling, caught| {
        let version = newest(telling, caught)?;
        bare(telling, caught, Act::TelconApproved { version })
    }),
];

fn newest(telling: &mut Telling, caught: &Caught<'_>) -> Result<u32, String> {
    let topic = telling.topic()?;
    let package = telling.participant(caught.get("who"))?.ledger().package(topic);
    Ok(package.and_then(|package| package.telcons().last()).map_or(0, |telcon| telcon.version))
}
