//! Devices: links, knocks, approvals, and what becomes of a device that is lost.

use chancery_desk::act::Act;
use chancery_log::id::{InvitationId, Scope};
use chancery_participant::{deed::Deed, enrol::NewcomerNews, io::Event};

use super::Says;
use crate::{
    story::{pattern::Caught, telling::Telling, words::because},
    world::BASE,
};

pub(super) const SAYS: &[Says] = &[
    Says("<who> hands <name> a link for a new device", invite),
    Says("<device> knocks with the link of <name>", knock),
    Says("<device> is told: \"<words>\"", told),
    Says("<who> approves <device>", approve),
    Says("<who> adds a <device> of his own", add_own),
    Says("<who> adds a <device> of her own", add_own),
    Says("<who> withdraws the link of <name>", |telling, caught| {
        let invitation = link_of(telling, caught.get("name"))?;
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::InvitationWithdrawn { invitation }))
    }),
    Says("<who> revokes <device> because it is <why>", |telling, caught| {
        let (device, because) = (caught.get("device"), because(caught.get("why"))?);
        let device = telling.participant(device)?.device();
        telling.does(caught.get("who"), Deed::bare(Scope::Trust, Act::DeviceRevoked { device, because }))
    }),
];

fn link_of(telling: &Telling, name: &str) -> Result<InvitationId, String> {
    let link = telling.links.get(name).ok_or_else(|| format!("nobody handed {name} a link"))?;
    Ok(link.invitation)
}

fn invite(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, name) = (telling.device(caught.get("who"))?, caught.get("name"));
    let person = telling.person(name)?;
    let world = telling.world()?;
    let now = world.now_ms;
    let device = world.device(&who);
    match device.participant.invite(device.own_ms(now), person, BASE, None) {
        Ok((ticket, link)) => {
            telling.done.push((who, ticket));
            telling.links.insert(name.to_owned(), link);
        }
        Err(early) => telling.refused = Some(early.to_string()),
    }
    Ok(())
}

fn knock(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (device, name) = (caught.get("device"), caught.get("name"));
    let link = telling.links.get(name).ok_or_else(|| format!("nobody handed {name} a link"))?.clone();
    let world = telling.world()?;
    let newcomer = world.newcomer(link);
    let news = world.knock_as(&newcomer);
    telling.names.tell(newcomer.secrets().id(), device);
    telling.newcomers.insert(device.to_owned(), (newcomer, news));
    Ok(())
}

fn told(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let device = caught.get("device");
    let heard = match telling.newcomers.get(device) {
        Some((_, news)) => match news {
            Some(NewcomerNews::Heard(_)) => "wait".to_owned(),
            Some(NewcomerNews::Approved) => "approved".to_owned(),
            Some(NewcomerNews::Closed(because)) => because.to_string(),
            None => "nothing".to_owned(),
        },
        None => {
            let device = telling.device(device)?;
            let events = telling.world()?.device(&device).events.iter().rev();
            let closings = events.into_iter().find_map(|event| {
                if let Event::Closing(because) = event { Some(because.to_string()) } else { None }
            });
            closings.unwrap_or_else(|| "nothing".to_owned())
        }
    };
    if heard.contains(caught.get("words")) { Ok(()) } else { Err(format!("it was told: {heard}")) }
}

/// The approver compares the words on both screens, then approves; the newcomer comes in.
fn approve(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, name) = (telling.device(caught.get("who"))?, caught.get("device"));
    let (newcomer, news) = telling.newcomers.get(name).ok_or_else(|| format!("{name} did not knock"))?;
    let (id, news) = (newcomer.secrets().id(), news.clone());
    let world = telling.world()?;
    let now = world.now_ms;
    let device = world.device(&who);
    let shown = device.participant.waiting_devices().into_iter().find(|waiting| waiting.device == id);
    if let Some(shown) = &shown
        && news != Some(NewcomerNews::Heard(shown.words))
    {
        return Err(format!("the words differ: {:?} there, {news:?} here", shown.words));
    }
    match device.participant.approve(device.own_ms(now), id) {
        Ok(ticket) => telling.done.push((who.clone(), ticket)),
        Err(early) => {
            telling.refused = Some(early.to_string());
            return Ok(());
        }
    }
    let world = telling.world()?;
    world.run();
    let is_in =
        world.device(&who).participant.ledger().trust().is_some_and(|trust| trust.device(id).is_some());
    if is_in && let Some((newcomer, _)) = telling.newcomers.remove(name) {
        let bare = name.strip_suffix("'s phone").unwrap_or(name);
        let world = telling.world()?;
        world.add_device(bare, newcomer.into_identity());
        world.connect(bare);
    }
    Ok(())
}

fn add_own(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (who, sort) = (telling.device(caught.get("who"))?, caught.get("device"));
    let name = format!("{who}'s {sort}");
    let world = telling.world()?;
    let person = world.person(&who);
    world.enrol(&who, person, &name);
    let id = world.device(&name).participant.device();
    telling.names.tell(id, &name);
    Ok(())
}
