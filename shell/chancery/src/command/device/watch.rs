//! `chancery device watch`: what happens, a line each, as it comes to this device.

use std::{collections::BTreeMap, fmt, time::Duration};

use chancery_device::running::Device;
use chancery_log::id::Scope;
use chancery_participant::{
    io::Event,
    participant::Participant,
    view::{names::Names, pending::act_name},
};
use clap::Args;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use crate::{command::as_device::ByDevice, lookup, outcome::Outcome, output::Output, utc};

/// How long to watch.
#[derive(Debug, Args)]
pub(super) struct Watch {
    /// Stop after so many seconds [default: when told, by Ctrl-C]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

/// One thing that happened.
#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub(super) enum Line {
    /// An act is in the log.
    Act { index: u64, logged_ms: u64, scope: Scope, by: String, act: String },
    /// Something about this device's connection, or its own deeds.
    News { text: String },
    /// What must not happen.
    Alarm { name: &'static str, text: String },
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act { index, logged_ms, scope, by, act } => {
                let scope = match scope {
                    Scope::Trust => "trust".to_owned(),
                    Scope::Package(package) => lookup::short(package),
                };
                write!(f, "{}  {index:>6}  {scope:<8}  {by}: {act}", utc::clock(*logged_ms))
            }
            Self::News { text } => write!(f, "{text}"),
            Self::Alarm { name, text } => write!(f, "ALARM, {name}: {text}"),
        }
    }
}

/// Watches.
pub(super) fn watch(command: &Watch, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    by.run(async |device| {
        let watching = follow(device, output);
        let until = async {
            match command.seconds {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ended = watching => ended,
            () = until => Ok(()),
            stopped = tokio::signal::ctrl_c() => Ok(stopped?),
        }
    })?;
    Ok(Outcome::Done)
}

async fn follow(device: &Device, output: Output) -> anyhow::Result<()> {
    let mut events = device.events();
    let mut seen = device.with(|participant, _| counts(participant)).await?;
    output.progress("Watching. Ctrl-C stops.");
    loop {
        let news = match events.recv().await {
            Ok(event) => news(event),
            Err(RecvError::Lagged(missed)) => {
                Some(Line::News { text: format!("{missed} events were too fast for this screen") })
            }
            Err(RecvError::Closed) => return Ok(()),
        };
        let before = seen.clone();
        let (lines, now) =
            device.with(move |participant, _| (fresh(participant, &before), counts(participant))).await?;
        seen = now;
        for line in lines.into_iter().chain(news) {
            output.answer(&line)?;
        }
    }
}

fn counts(participant: &Participant) -> BTreeMap<Scope, usize> {
    let ledger = participant.ledger();
    let packages = ledger.packages.all().map(|(id, _, entries)| (Scope::Package(id), entries.len()));
    packages.chain([(Scope::Trust, ledger.trust.entries().len())]).collect()
}

/// Entries that came since, in the order of the log.
pub(super) fn fresh(participant: &Participant, seen: &BTreeMap<Scope, usize>) -> Vec<Line> {
    let (ledger, names) = (participant.ledger(), Names::of(participant));
    let scopes = ledger.packages.ids().map(Scope::Package).chain([Scope::Trust]);
    let mut fresh: Vec<_> = scopes
        .flat_map(|scope| {
            let from = seen.get(&scope).copied().unwrap_or(0);
            ledger.entries(scope).iter().skip(from).map(move |entry| (scope, entry))
        })
        .collect();
    fresh.sort_by_key(|(_, entry)| entry.place.index);
    fresh
        .into_iter()
        .map(|(scope, entry)| Line::Act {
            index: entry.place.index,
            logged_ms: entry.place.logged_ms,
            scope,
            by: names.author(entry.said.author).to_owned(),
            act: act_name(&entry.said.act),
        })
        .collect()
}

fn news(event: Event) -> Option<Line> {
    let text = match event {
        Event::Changed(_) | Event::Call(_) | Event::CaughtUp | Event::Logged { .. } => return None,
        Event::Alarm(alarm) => return Some(Line::Alarm { name: alarm.name(), text: alarm.to_string() }),
        Event::Welcome => "connected".to_owned(),
        Event::Refused { refusal, .. } => format!("refused: {refusal}"),
        Event::Rewound { size, done_again } => {
            format!(
                "the log was restored at {size} entries; {done_again} of this device's deeds are done again"
            )
        }
        Event::Waits { because, .. } => format!("waits: {because}"),
        Event::Knocks => "the list of devices that wait for approval has changed".to_owned(),
        Event::Closing(because) => format!("the server closed the connection: {because}"),
    };
    Some(Line::News { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_time_place_author_and_act() {
        let line = Line::Act {
            index: 7,
            logged_ms: 1_767_268_807_000,
            scope: Scope::Trust,
            by: "Asta".into(),
            act: "RulesSet".into(),
        };
        assert_eq!(line.to_string(), "12:00:07       7  trust     Asta: RulesSet");
        assert!(serde_json::to_string(&line).unwrap().starts_with("{\"kind\":\"act\",\"index\":7"));
    }
}
