//! The demo from its first line to its last: a desk is founded, people join it, the past comes in, one call is played, the
//! log is verified, and the server stays for whoever wants to look.

use std::{collections::BTreeSet, net::SocketAddr, path::Path};

use anyhow::{Context as _, anyhow, bail};
use chancery_desk::{act::Role, levels::shipped::Shipped};
use chancery_log::id::{Digest, Scope};
use chancery_participant::{deed::Deed, view::package::package};
use chancery_seal::body::{Body, mark::Rank};
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running::{self, Running},
    },
};

use super::{cast::Cast, past, play::Play, stage::Stage, story};
use crate::{
    audit::{self, Sound},
    import::sending::usual_readers,
    time::now_ms,
    utc,
};

/// How the demo is played.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Where the server listens; any free port of this machine unless named.
    pub listen: Option<SocketAddr>,
    /// 1 is the shortened human pace, 0 as fast as the desk can.
    pub pace: f64,
}

/// The demo, played.
pub struct Played {
    /// The verified log.
    pub sound: Sound,
    /// Name and a fresh link of each person.
    pub links: Vec<(String, String)>,
    /// The desk's address.
    pub base: String,
    /// The server, running again after the log was verified.
    pub server: Running,
}

/// Plays it in an empty folder. `say` gets every line for the watcher.
pub async fn run(root: &Path, manner: Manner, say: impl Fn(&str)) -> anyhow::Result<Played> {
    let cast = Cast::load()?;
    say(&format!("{}. Everybody and every country here is invented.", cast.desk));
    say("");
    say("FOUNDING  two security officers, custodians, the offices, the log's first entries");
    let mut stage = Stage::open(cast, root, manner.listen).await?;
    say(&format!("          The desk is open at {}", stage.base));
    say("");
    say("JOINING   each by a link, a knock, six words compared, an approval");
    stage.bring_in(|line| say(&format!("          {line}"))).await?;
    bring_in_the_past(&mut stage, &say).await?;
    say("");
    say("THE CALL  each line is an act, signed by its author's device and on the server's disk");
    play(&stage, manner.pace, &say).await?;
    let alarms = stage.alarms().await?;
    if !alarms.is_empty() {
        bail!("devices raised alarms:\n{}", alarms.join("\n"));
    }
    say("");
    say("          No device raised an alarm.");
    let links = links(&stage).await?;
    end(stage, links, manner.listen, &say).await
}

/// Three counterparts, and forty calls of the last years as closed packages.
async fn bring_in_the_past(stage: &mut Stage, say: &impl Fn(&str)) -> anyhow::Result<()> {
    let duty = with_role(stage, Role::DutyOfficer)?;
    stage.meet_counterparts(&duty).await?;
    let records = with_role(stage, Role::RecordsOfficer)?;
    let device = stage.device(&records)?.clone();
    let readers = device.with(|participant, _| usual_readers(participant)).await?;
    let highest = Rank(Shipped::Neutral.scheme()?.ranks().saturating_sub(1));
    let now = i64::try_from(now_ms()).unwrap_or(i64::MAX);
    let calls = past::load()?;
    for call in &calls {
        let closed = call.closed(&stage.cast, now, highest)?;
        let record = Digest::of(format!("{}\0{}", past::SOURCE, call.id()).as_bytes());
        let level = closed.mark.level;
        let words = Body::ClosedPackage(Box::new(closed));
        device.act(Deed::import(record, level, 1, readers.clone(), words)).await?;
    }
    stage.settle().await?;
    say("");
    say(&format!(
        "THE PAST  {} brings in {} counterparts, {} brings in {} calls of the last years, sealed",
        stage.name(&duty),
        stage.counterparts.len(),
        stage.name(&records),
        calls.len(),
    ));
    Ok(())
}

fn with_role(stage: &Stage, role: Role) -> anyhow::Result<String> {
    let person = stage.cast.people.iter().find(|person| person.roles.contains(&role));
    Ok(person.ok_or_else(|| anyhow!("nobody in the cast is {role}"))?.key.clone())
}

async fn play(stage: &Stage, pace: f64, say: &impl Fn(&str)) -> anyhow::Result<()> {
    let mut play = Play::new(stage);
    for step in story::load()? {
        let played = play.step(&step, pace).await?;
        let clock = utc::clock(now_ms());
        match played.outcome {
            Ok(index) => say(&format!("{clock}  {:<14} {}  [{index}]", played.name, played.shown)),
            Err(why) => {
                say(&format!("{clock}  {:<14} {}", played.name, played.shown));
                say(&format!("          and is refused: {why}"));
            }
        }
    }
    stage.settle().await?;
    show_seal(stage, &play, say).await
}

/// One note, as the server holds it and as a reader reads it.
async fn show_seal(stage: &Stage, play: &Play<'_>, say: &impl Fn(&str)) -> anyhow::Result<()> {
    let Some((act, words)) = play.last_note().cloned() else { return Ok(()) };
    let id = play.package();
    let principal = stage.cast.principal().ok_or_else(|| anyhow!("no principal"))?.key.clone();
    let seen = stage.device(&principal)?.with(move |participant, _| {
        let entries = participant.ledger().entries(Scope::Package(id));
        let listed = entries.iter().find(|entry| entry.said.digest == act)?.said.bodies.first().copied()?;
        let read =
            package(participant, id)?.notes.iter().any(|line| line.act == act && line.note.text == words);
        Some((listed, words, read))
    });
    let (listed, words, read) =
        seen.await?.ok_or_else(|| anyhow!("the note is not on the principal's device"))?;
    if !read {
        bail!("the principal's device could not read the note");
    }
    say("");
    say("ONE NOTE  as the server holds it:");
    say(&format!(
        "          NoteTaken, and a sealed body of {} bytes, SHA-256 {}",
        listed.len, listed.sha256
    ));
    say("          as a reader's device opens it:");
    say(&format!("          \u{201c}{words}\u{201d}"));
    Ok(())
}

async fn links(stage: &Stage) -> anyhow::Result<Vec<(String, String)>> {
    let officer = stage.officer()?.clone();
    let mut links = Vec::new();
    for member in &stage.cast.people {
        let link = stage.link(&officer, stage.person(&member.key)?).await?;
        links.push((format!("{}, {}", member.name, member.title), link));
    }
    Ok(links)
}

/// The devices leave, the log is verified from its folder, the server opens again.
async fn end(
    mut stage: Stage,
    links: Vec<(String, String)>,
    listen: Option<SocketAddr>,
    say: &impl Fn(&str),
) -> anyhow::Result<Played> {
    stage.dismiss().await?;
    let (base, desk) = (stage.base.clone(), stage.desk());
    stage.close().await?;
    let folder = desk.clone();
    let sound = tokio::task::spawn_blocking(move || audit::folder::audit(&folder, |_| {})).await??.sound;
    say("");
    say("THE LOG   verified from its own files: chain, tree, checkpoint, every signature, every rule");
    say(&format!("          {} entries in {} scopes, root {}", sound.size, sound.scopes, sound.root));
    let port =
        base.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).context("the address has no port")?;
    let ip = listen.map_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), |listen| listen.ip());
    let config = Config {
        folder: desk,
        listen: SocketAddr::new(ip, port),
        host: "localhost".into(),
        line: LineProtection::Plain,
        limits: Limits::default(),
    };
    let server = running::start(config).await?;
    let distinct: BTreeSet<&String> = links.iter().map(|(_, link)| link).collect();
    if distinct.len() != links.len() {
        bail!("two people got the same link");
    }
    Ok(Played { sound, links, base, server })
}
