//! Guests: a link, a call-back, a key.

use chancery_desk::act::Act;
use chancery_log::id::Digest;
use chancery_open::device::DeviceSecrets;
use chancery_seal::body::{Body, people::InvitationSecret};
use serde_bytes::ByteBuf;

use super::{
    Says,
    calls::{bare, each_holder, say},
    parties::party,
};
use crate::story::{pattern::Caught, telling::Telling, words::time_ms};

pub(super) const SAYS: &[Says] = &[
    Says("<who> sends <name> a guest's link for <time>", send),
    Says("<who> vouches for <name>", |telling, caught| {
        let party = party(telling, caught.get("name"))?;
        let secrets = DeviceSecrets::draw(&mut telling.world()?.rng).map_err(|e| e.to_string())?;
        telling.names.tell(secrets.id(), &format!("{}'s phone", caught.get("name")));
        bare(telling, caught, Act::GuestVouched { party, keys: secrets.public().clone() })
    }),
    Says("The guest <name> has a key", |telling, caught| has_key(telling, caught, true)),
    Says("The guest <name> has no key", |telling, caught| has_key(telling, caught, false)),
];

fn send(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let party = party(telling, caught.get("name"))?;
    let until_ms = telling.world()?.now_ms + time_ms(caught.get("time"))?;
    let secret = telling.draw(caught.get("who"))?;
    let body = Body::InvitationSecret(InvitationSecret { secret: ByteBuf::from(secret.to_vec()) });
    say(telling, caught, Act::GuestInvited { party, secret: Digest::of(&secret), until_ms }, body)
}

/// A key that is good now, found by its own name as a call's group looks for it.
fn has_key(telling: &mut Telling, caught: &Caught<'_>, expected: bool) -> Result<(), String> {
    let party = party(telling, caught.get("name"))?;
    each_holder(telling, |package, _| {
        let vouched = package.guests().get(&party).and_then(|guest| guest.vouched.as_ref());
        let found = vouched.and_then(|vouched| package.guest(vouched.keys.id())).map(|(party, _)| party);
        if found.is_some() == expected && found.is_none_or(|found| found == party) {
            Ok(())
        } else {
            Err(format!("a key of {found:?}"))
        }
    })
}
