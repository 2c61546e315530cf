//! Sentences about readouts: sent to readers, and read by them.

use chancery_desk::act::Act;
use chancery_log::id::ReadoutId;
use chancery_seal::body::{Body, record::Readout};

use super::{
    Says,
    calls::{bare, mark_of, say},
    readers::readers,
};
use crate::story::{names::find_in, pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> sends the readout \"<text>\" to <names>", send),
    Says("<who> reads the readout \"<text>\"", |telling, caught| {
        let topic = telling.topic()?;
        let readout = find_in("readout", &telling.names.readouts, topic, caught.get("text"))?;
        bare(telling, caught, Act::ReadoutRead { readout })
    }),
];

fn send(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, topic, text) = (caught.get("who"), telling.topic()?, caught.get("text").to_owned());
    let readout = ReadoutId(telling.draw(who)?);
    let to = readers(telling, caught.get("names"))?;
    let mark = mark_of(telling.participant(who)?, topic);
    telling.names.tell(readout, &format!("{text:?}"));
    telling.names.readouts.insert((topic, text.clone()), readout);
    say(telling, caught, Act::ReadoutSent { readout, to }, Body::Readout(Readout { text, mark }))
}
