//! Connections, crashes and the passing of time.

use chancery_participant::view::pending::{DeedState, pending};

use super::Says;
use crate::story::{pattern::Caught, telling::Telling, words::time_ms};

pub(super) const SAYS: &[Says] = &[
    Says("The server crashes and comes back", crash),
    Says("<device> is offline", |telling, caught| {
        let device = telling.device(caught.get("device"))?;
        telling.world()?.disconnect(&device);
        Ok(())
    }),
    Says("<device> is lost", |telling, caught| {
        let device = telling.device(caught.get("device"))?;
        telling.world()?.disconnect(&device);
        Ok(())
    }),
    Says("<device> comes back", |telling, caught| {
        let device = telling.device(caught.get("device"))?;
        telling.world()?.connect(&device);
        Ok(())
    }),
    Says("<device> starts anew from its disk", |telling, caught| {
        let device = telling.device(caught.get("device"))?;
        let world = telling.world()?;
        world.restart_device(&device);
        world.connect(&device);
        Ok(())
    }),
    Says("<device>'s clock is <time> ahead", |telling, caught| {
        let off_ms = time_ms(caught.get("time"))?.cast_signed();
        set_clock(telling, caught, off_ms)
    }),
    Says("<device>'s clock is <time> behind", |telling, caught| {
        let off_ms = time_ms(caught.get("time"))?.cast_signed();
        set_clock(telling, caught, -off_ms)
    }),
    Says("<device>'s clock is right", |telling, caught| set_clock(telling, caught, 0)),
    Says("<time> pass", pass),
    Says("<time> passes", pass),
    Says("<count> deeds wait on <device>", waiting),
    Says("<count> deed waits on <device>", waiting),
    Says("Nothing waits anywhere", nothing_waits),
];

/// Somebody sets a device's clock, while it runs.
fn set_clock(telling: &mut Telling, caught: &Caught<'_>, off_ms: i64) -> Result<(), String> {
    let device = telling.device(caught.get("device"))?;
    telling.world()?.device(&device).clock_off_ms = off_ms;
    Ok(())
}

/// Everybody who was connected connects again.
fn crash(telling: &mut Telling, _: &Caught<'_>) -> Result<(), String> {
    let world = telling.world()?;
    let connected = world.devices.iter().filter(|device| device.connection.is_some());
    let connected: Vec<String> = connected.map(|device| device.name.clone()).collect();
    world.restart_server();
    for device in connected {
        world.connect(&device);
    }
    Ok(())
}

fn pass(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let ms = time_ms(caught.get("time"))?;
    telling.world()?.advance(ms);
    Ok(())
}

fn waiting(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let participant = telling.participant(caught.get("device"))?;
    let lines: Vec<String> = pending(participant)
        .into_iter()
        .filter(|line| line.state == DeedState::Pending)
        .map(|line| line.what)
        .collect();
    if lines.len().to_string() == caught.get("count") {
        Ok(())
    } else {
        Err(format!("{} wait: {}", lines.len(), lines.join(", ")))
    }
}

fn nothing_waits(telling: &mut Telling, _: &Caught<'_>) -> Result<(), String> {
    for device in telling.devices()? {
        let participant = telling.participant(&device)?;
        let waits = participant.outbox().items().map(|(_, item)| item.deed.clone()).next();
        if let Some(deed) = waits {
            return Err(format!(
                "{device} still has {}",
                chancery_participant::view::pending::deed_name(&deed)
            ));
        }
    }
    Ok(())
}
