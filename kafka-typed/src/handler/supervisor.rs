//! A run, from the first partition to the consumer's end.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::counts::RunSummary;
use super::free::process_freely;
use super::in_order::process_in_order;
use super::lanes::process_in_lanes;
use super::order::Order;
use super::outlet::{Outlet, TopicRole};
use super::run_error::{RunError, RunProblem};
use super::running::{Place, Running};
use super::source::{Reader, Source};
use super::started::Started;
use super::work::Work;
use crate::consumer::ConsumeError;
use crate::failure::parts_of_retry_topic;

/// How often the log sums up.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// What is kept of the time to drain for committing and leaving the group: a quarter, and no more than this.
const LONGEST_CLOSING: Duration = Duration::from_secs(5);

type Worker = Result<(), RunProblem>;

enum Event<R> {
    Asked,
    Ended(Result<Worker, JoinError>),
    Partition(Option<Result<R, ConsumeError>>),
    Tick,
}

/// Runs until `asked` resolves, the consumer ends or something fails. Then finishes what is in flight, and closes.
pub(super) async fn supervise<S: Source, W: Work<S::Reader>, O: Outlet>(
    mut source: S,
    running: Arc<Running<W, O>>,
    order: Order,
    drain_timeout: Duration,
    asked: impl Future<Output = ()>,
) -> Result<RunSummary, RunError> {
    let mut workers = JoinSet::new();
    let ended = run(&mut source, &running, order, &mut workers, asked).await;
    running.stop.set();

    let deadline = Instant::now() + drain_timeout;
    let closing = (drain_timeout / 4).min(LONGEST_CLOSING);
    let drained = drain(&mut workers, deadline - closing).await;
    let left = deadline.saturating_duration_since(Instant::now());
    let closed = source.close_within(left).await.map_err(RunProblem::from);

    running.log.end();
    running.counters.measure();
    let summary = running.counters.summary();
    for partition in summary.partitions.iter().filter(|partition| partition.counts.given_back > 0) {
        tracing::warn!(
            topic = &*partition.topic,
            partition = partition.partition,
            given_back = partition.counts.given_back,
            "messages that were started were not finished in time: they are not done, and come again with a group"
        );
    }
    tracing::info!("a run has ended: {}", summary.total);
    match ended.and(drained).and(closed) {
        Ok(()) => Ok(summary),
        Err(problem) => Err(RunError { problem, summary: Box::new(summary) }),
    }
}

async fn run<S: Source, W: Work<S::Reader>, O: Outlet>(
    source: &mut S,
    running: &Arc<Running<W, O>>,
    order: Order,
    workers: &mut JoinSet<Worker>,
    asked: impl Future<Output = ()>,
) -> Result<(), RunProblem> {
    let mut ticks = interval(LOG_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut asked, mut stopped) = (pin!(asked), pin!(running.stop.stopped()));
    loop {
        let event = {
            let mut partition = pin!(source.next_partition());
            poll_fn(|context| {
                if asked.as_mut().poll(context).is_ready() || stopped.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Asked);
                }
                if let Poll::Ready(Some(ended)) = workers.poll_join_next(context) {
                    return Poll::Ready(Event::Ended(ended));
                }
                if ticks.poll_tick(context).is_ready() {
                    return Poll::Ready(Event::Tick);
                }
                partition.as_mut().poll(context).map(Event::Partition)
            })
            .await
        };
        match event {
            Event::Asked | Event::Partition(None) => return Ok(()),
            Event::Ended(ended) => ended.unwrap_or_else(go_on_panicking)?,
            Event::Partition(Some(Ok(reader))) => {
                workers.spawn(process_partition(Arc::clone(running), reader, order));
            }
            Event::Partition(Some(Err(error))) if goes_on_by_itself(&error) => {
                tracing::warn!(topic = error.topic(), "{error}");
            }
            Event::Partition(Some(Err(error))) => return Err(error.into()),
            Event::Tick => {
                running.log.sum_up();
                running.counters.measure();
            }
        }
    }
}

fn goes_on_by_itself(error: &ConsumeError) -> bool {
    matches!(error, ConsumeError::Receive(error) if error.is_transient())
}

async fn process_partition<R: Reader, W: Work<R>, O: Outlet>(
    running: Arc<Running<W, O>>,
    reader: R,
    order: Order,
) -> Worker {
    let (topic, partition) = (Arc::clone(reader.topic()), reader.partition());
    let role = running.outlet.role(&topic);
    if role == TopicRole::DeadLetters {
        tracing::warn!(
            topic = &*topic,
            partition,
            "not read: the pattern of the run's topics matches its own dead letter topic, whose messages would come \
             back for ever; choose a pattern or a name so that it does not"
        );
        return Ok(());
    }
    let origin = parts_of_retry_topic(&topic).filter(|_| role == TopicRole::Retries);
    let own_topic = origin.map_or(&*topic, |(own_topic, _)| own_topic);
    let place = Place {
        access: reader.access(),
        counters: running.counters.of(&topic, partition),
        retry_delay: origin.map(|(_, delay)| delay),
        line: running.kept_order.as_ref().map(|kept| kept.line(own_topic, partition)),
        topic: Arc::clone(&topic),
        partition,
        started: Started::new(),
    };
    if running.line_up(&place, reader.access()).await.is_err() {
        return Ok(());
    }
    match order {
        Order::Partition => process_in_order(&running, &place, reader).await,
        Order::Key => process_in_lanes(&running, &Arc::new(place), reader).await,
        Order::None => process_freely(&running, &Arc::new(place), reader).await,
    }
}

/// Waits for what is in flight. What is not finished by then is given up.
async fn drain(workers: &mut JoinSet<Worker>, deadline: Instant) -> Worker {
    let mut outcome = Ok(());
    while let Ok(Some(ended)) = timeout_at(deadline, workers.join_next()).await {
        let ended = ended.unwrap_or_else(go_on_panicking);
        outcome = outcome.and(ended);
    }
    // One that blocks its thread cannot be waited for.
    workers.abort_all();
    outcome
}

/// A handler's panic is caught where it runs. What is left is a panic while a value is dropped, or an error of this
/// floor.
fn go_on_panicking(error: JoinError) -> Worker {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Ok(()),
    }
}
