//! Writers and a log thread, as the server has them: every writer is a task that prepares what it says, hands it over
//! a bounded channel and waits until it is told that it is durable; the thread drains the channel into one commit.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow};
use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
};

/// Acts in one commit, as in the server.
const BATCH_ACTS_MAX: usize = 512;

/// What waits between the writers and the log thread.
const WAITING_MAX: usize = 1024;

/// What the log thread writes to.
pub(crate) trait Journal: Send {
    /// What a writer hands over.
    type Item: Send + 'static;

    /// Takes one into the open batch.
    fn take(&mut self, item: Self::Item) -> Result<()>;

    /// Makes the open batch durable.
    fn commit(&mut self) -> Result<()>;

    /// After each commit, once the writers have their answers.
    fn after(&mut self) -> Result<()>;

    /// Catches up with all that was put off; inside the measured time.
    fn finish(&mut self) -> Result<()>;
}

type Handed<I> = (I, oneshot::Sender<()>);

/// Lets each writer say all of its own, one after the other; the time that it took until all of it was durable.
pub(crate) fn run<J: Journal, T: Send + 'static>(
    runtime: &Runtime,
    journal: &mut J,
    says: Vec<Vec<T>>,
    prepare: impl Fn(T) -> Result<J::Item> + Send + Sync + 'static,
) -> Result<Duration> {
    let (to_log, handed) = mpsc::channel(WAITING_MAX);
    let prepare = Arc::new(prepare);
    thread::scope(|scope| {
        let log = scope.spawn(|| keep(journal, handed));
        let start = Instant::now();
        let writers: Vec<_> = says
            .into_iter()
            .map(|says| runtime.spawn(write(says, to_log.clone(), Arc::clone(&prepare))))
            .collect();
        drop(to_log);
        let ended = writers.into_iter().try_for_each(|writer| runtime.block_on(writer)?);
        log.join().map_err(|_| anyhow!("the log thread panicked"))??;
        ended?;
        Ok(start.elapsed())
    })
}

async fn write<T, I>(
    says: Vec<T>,
    to_log: mpsc::Sender<Handed<I>>,
    prepare: Arc<impl Fn(T) -> Result<I>>,
) -> Result<()> {
    for one in says {
        let (told, durable) = oneshot::channel();
        let item = prepare(one)?;
        to_log.send((item, told)).await.map_err(|_| anyhow!("the log thread ended"))?;
        durable.await.context("the log thread ended")?;
    }
    Ok(())
}

fn keep<J: Journal>(journal: &mut J, mut handed: mpsc::Receiver<Handed<J::Item>>) -> Result<()> {
    let mut answers = Vec::new();
    while let Some((item, told)) = handed.blocking_recv() {
        journal.take(item)?;
        answers.push(told);
        while answers.len() < BATCH_ACTS_MAX
            && let Ok((item, told)) = handed.try_recv()
        {
            journal.take(item)?;
            answers.push(told);
        }
        journal.commit()?;
        for told in answers.drain(..) {
            told.send(()).map_err(|()| anyhow!("a writer went away"))?;
        }
        journal.after()?;
    }
    journal.finish()
}
