//! Closing a package: one device sums up what it shows, another reader's device agrees.

use chancery_desk::act::Act;
use chancery_participant::view::package::{self, PackageView};
use chancery_seal::body::{
    Body,
    mark::Mark,
    record::{ClosedCommitment, ClosedPackage, When},
};

use super::{
    Says,
    calls::{bare, mark_of, say, scope},
};
use crate::story::{pattern::Caught, telling::Telling};

pub(super) const SAYS: &[Says] = &[
    Says("<who> closes the package", close),
    Says("<who> agrees to the closing", |telling, caught| {
        let scope = scope(telling)?;
        let participant = telling.participant(caught.get("who"))?;
        let closed = participant.newest_act(scope, |act| matches!(act, Act::PackageClosed { .. }));
        let closed = closed.ok_or("this device knows of no closing")?;
        bare(telling, caught, Act::ClosedAgreed { closed })
    }),
];

fn close(telling: &mut Telling, caught: &Caught<'_>) -> Result<(), String> {
    let (topic, scope) = (telling.topic()?, scope(telling)?);
    let participant = telling.participant(caught.get("who"))?;
    let count = participant.ledger().head(scope).count;
    let mark = mark_of(participant, topic);
    let view = package::package(participant, topic).ok_or("this device does not hold the package")?;
    let body = Body::ClosedPackage(Box::new(sum_up(view, mark)));
    say(telling, caught, Act::PackageClosed { count }, body)
}

fn sum_up(view: PackageView, mark: Mark) -> ClosedPackage {
    let commitments = view.commitments.into_iter().filter_map(|line| {
        let state = match line.kept {
            None => "open",
            Some(true) => "kept",
            Some(false) => "dropped",
        };
        Some(ClosedCommitment { commitment: line.words?, state: state.to_owned() })
    });
    ClosedPackage {
        with: String::new(),
        when: When::Unknown,
        request: view.request,
        brief: view.brief,
        notes: view
            .notes
            .into_iter()
            .filter(|line| !line.replaced)
            .map(|line| (line.by, line.note))
            .collect(),
        telcon: view.telcon,
        commitments: commitments.collect(),
        readouts: view.readouts,
        roster: Vec::new(),
        line_reports: Vec::new(),
        mark,
        origin: None,
    }
}
