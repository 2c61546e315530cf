//! From records to packages: each is sealed and signed by the importing officer's device, many under way at a time.

use std::{collections::BTreeSet, io::BufRead};

use chancery_desk::{
    act::OfficePurpose,
    openings::standing_readers,
    refusal::{Refusal, Thing},
};
use chancery_device::running::{Device, Logged, RunError};
use chancery_log::leaf::RetentionClass;
use chancery_participant::{deed::Deed, participant::Participant};
use chancery_seal::{body::Body, vault::Reader as VaultReader};
use tokio::task::JoinSet;

use super::{
    Record,
    reader::Reader,
    report::{Report, Trouble},
};

/// Acts under way at a time: the device's outbox and the server both take more, and each waits for a commit.
pub const UNDER_WAY_MAX: usize = 32;

/// Records between two words of progress.
const PROGRESS_EVERY: u64 = 250;

/// How the packages are opened.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Who reads them.
    pub readers: BTreeSet<VaultReader>,
    /// Retention class of every act of them.
    pub class: RetentionClass,
}

/// Who reads imported packages when nobody else is named: the standing readers and the records officers.
pub fn usual_readers(participant: &Participant) -> BTreeSet<VaultReader> {
    let Some(trust) = participant.ledger().trust() else { return BTreeSet::new() };
    let records = trust.office_by_purpose(OfficePurpose::Records).map(VaultReader::Office);
    standing_readers(trust, None).into_iter().chain(records).collect()
}

/// What became of one record.
enum Sent {
    InLog,
    Known,
    Refused(String),
}

type Answer = (Record, Result<Sent, RunError>);

/// Reads and sends the rest of a file. It may be dropped at any moment: what the device has taken on it sends by itself
/// the next time that it runs, and the next import finds it there.
pub async fn send<R: BufRead>(
    device: &Device,
    records: Reader<R>,
    opening: &Opening,
    report: &mut Report,
    progress: impl Fn(&Report),
) -> Result<(), RunError> {
    let mut under_way: JoinSet<Answer> = JoinSet::new();
    for line in records {
        let Some(record) = report.take(line) else { continue };
        if report.lines.is_multiple_of(PROGRESS_EVERY) {
            progress(report);
        }
        let package = record.package();
        if device.with(move |participant, _| participant.ledger().package(package).is_some()).await? {
            report.known += 1;
            continue;
        }
        while under_way.len() >= UNDER_WAY_MAX {
            take_answer(&mut under_way, report).await?;
        }
        let (device, opening) = (device.clone(), opening.clone());
        under_way.spawn(async move {
            let sent = send_one(&device, &record, opening).await;
            (record, sent)
        });
    }
    while !under_way.is_empty() {
        take_answer(&mut under_way, report).await?;
    }
    report.troubles.sort_by_key(|trouble| trouble.line);
    Ok(())
}

async fn send_one(device: &Device, record: &Record, opening: Opening) -> Result<Sent, RunError> {
    let closed = &record.closed;
    let words = Body::ClosedPackage(Box::new(closed.clone()));
    let deed = Deed::import(record.digest(), closed.mark.level, opening.class, opening.readers, words);
    match device.act(deed).await {
        Ok(Logged { .. }) => Ok(Sent::InLog),
        Err(RunError::Refused(Refusal::AlreadyThere(Thing::Package(_)))) => Ok(Sent::Known),
        Err(RunError::Refused(refusal)) => Ok(Sent::Refused(refusal.to_string())),
        Err(failed @ (RunError::Stopped | RunError::Folder(_))) => Err(failed),
    }
}

async fn take_answer(under_way: &mut JoinSet<Answer>, report: &mut Report) -> Result<(), RunError> {
    match under_way.join_next().await {
        None => Ok(()),
        Some(Err(_)) => Err(RunError::Stopped),
        Some(Ok((record, sent))) => {
            match sent? {
                Sent::InLog => report.sent += 1,
                Sent::Known => report.known += 1,
                Sent::Refused(what) => {
                    report.refused += 1;
                    report.troubles.push(Trouble { line: record.line, id: record.id, imported: false, what });
                }
            }
            Ok(())
        }
    }
}
