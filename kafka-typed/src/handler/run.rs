//! How a run is set up and started.

use std::fmt;
use std::future::{Future, IntoFuture, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use avro_typed::topic::{DecodeKey, DecodeValue, ViewKey, ViewValue};
use futures_util::future::{BoxFuture, select_all};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::batch_handler::BatchHandler;
use super::borrowed_handler::BorrowedHandler;
use super::consumer_source::{ConsumerReader, Lending};
use super::counts::{AllCounters, RunSummary};
use super::failure_log::FailureLog;
use super::forwarding::Forwarding;
use super::handle::Handler;
use super::key_order_check::keep_order;
use super::measurement;
use super::order::Order;
use super::post::{AtOnce, Post};
use super::run_error::{RunError, RunProblem};
use super::running::Running;
use super::signals;
use super::source::Source;
use super::stop::Stop;
use super::supervisor::supervise;
use super::work::{Batches, Each, Lent, Work};
use crate::connection::ConnectionError;
use crate::consumer::TypedConsumer;
use crate::consumer::partitioned::PartitionedConsumer;
use crate::failure::FailurePolicy;

/// How many handlers run at a time by default.
const MAX_IN_FLIGHT: usize = 100;

/// How many messages a batch has at most by default.
const MAX_BATCH: usize = 500;

/// How long a run has by default to finish what is in flight and to close. Kubernetes kills a container 30 seconds
/// after it has asked it to end.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);

/// A run of a handler on the messages of a consumer, which starts when it is awaited. Made by
/// [`TypedConsumer::run`] and [`TypedConsumer::run_batches`].
///
/// ```no_run
/// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
/// # use messages::test::Alert as SensorAlert;
/// use std::time::Duration;
///
/// use kafka_typed::{FailurePolicy, KafkaTyped, Order, Retry, Topic, TypedMessage};
///
/// const ALERTS: Topic<SensorAlert, String> = Topic::new("sensor-alert").dead_letters("sensor-alert-dlt");
///
/// async fn alarm(message: TypedMessage<SensorAlert, String>) -> Result<(), std::io::Error> {
///     println!("{:?}: {:?}", message.key, message.value);
///     Ok(())
/// }
///
/// # async fn example(kafka: KafkaTyped) -> Result<(), Box<dyn std::error::Error>> {
/// let alerts = kafka.consumer(&ALERTS).group("alert-desk").build().await?;
/// let summary = alerts
///     .run(alarm)
///     .order(Order::Key)
///     .on_error(FailurePolicy::dead_letters().retry(Retry::new(3)))
///     .on_bad_message(FailurePolicy::dead_letters())
///     .stop_on_signal()
///     .await?;
/// println!("{}", summary.total);
/// # Ok(())
/// # }
/// ```
///
/// # What is done, and what comes again
///
/// A message is done when its handler returns `Ok`, or when the policy is through with it: it is skipped, or another
/// topic has acknowledged it. What is done is committed as for every [consumer](TypedConsumer): at least once, so that
/// after a crash a few messages come again.
///
/// # How it ends
///
/// A run goes on until one of [`stop_when`](Self::stop_when), [`stop_on_signal`](Self::stop_on_signal) and
/// [`ConsumerControl::stop`](crate::ConsumerControl::stop) ends it, a policy is to
/// [fail](FailurePolicy::fail), or the consumer cannot go on. Nothing new is started then. Handlers that run are
/// finished, and so are the messages before theirs in the partition that still wait, for others of their key or for
/// their turn: an offset is committed once all before it are done, and whatever is behind it comes again. What is done
/// is committed, and the group is left, all within the [`drain_timeout`](Self::drain_timeout). A message that is
/// retried, or whose handler takes longer, is given back: it comes again, here or at another member of the group, with
/// those behind it. The [`RunSummary`] counts these.
///
/// The same happens to a single partition when the group gives it to another member, within
/// [`revocation_timeout`](crate::ConsumerBuilder::revocation_timeout).
///
/// Dropping its future ends a run at once: handlers are dropped where they are, and their messages come again.
///
/// # Slow handlers
///
/// A thread of its own polls Kafka, so that a handler may take as long as it likes without its consumer losing its
/// place in the group. No more is fetched meanwhile than
/// [`lane_capacity`](crate::ConsumerBuilder::lane_capacity) allows. A handler that computes for long, or blocks its
/// thread, should do so in `tokio::task::spawn_blocking`.
///
/// # Panics
///
/// A handler that panics has failed, with an error of the [class](crate::HandlerError#class) `panic`.
#[must_use = "nothing is processed before it is awaited"]
pub struct Run<V, K, W> {
    consumer: TypedConsumer<V, K>,
    work: W,
    order: Order,
    max_in_flight: usize,
    on_error: FailurePolicy,
    on_bad_message: FailurePolicy,
    keeps_key_order: bool,
    stops: Vec<BoxFuture<'static, ()>>,
    stops_on_signal: bool,
    drain_timeout: Duration,
}

impl<V: DecodeValue + Send + 'static, K: DecodeKey + Send + 'static> TypedConsumer<V, K> {
    /// Processes each message by a [`Handler`], with what the [`Run`] is told about order and failures, until it is
    /// stopped.
    ///
    /// ```
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert;
    /// use kafka_typed::embedded::Embedded;
    /// use kafka_typed::{HandlerError, TypedMessage};
    /// use tokio::sync::mpsc;
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let alert = Alert { sensor_id: "sensor-17".into(), level: 3, message: "hot".into() };
    /// let kafka = Embedded::start().await?.kafka()?;
    /// kafka.producer::<Alert>("alerts").build().await?.send(&alert).await?;
    ///
    /// let (seen, mut all) = mpsc::unbounded_channel();
    /// let handler = move |message: TypedMessage<Alert>| {
    ///     let seen = seen.clone();
    ///     async move { Ok::<_, HandlerError>(seen.send(message.value)?) }
    /// };
    /// let alerts = kafka.consumer::<Alert>("alerts").group("desk").build().await?;
    /// let first = async move { assert_eq!(all.recv().await, Some(alert)) };
    /// let summary = alerts.run(handler).stop_when(first).await?;
    /// assert_eq!(summary.total.processed, 1);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<H: Handler<V, K>>(self, handler: H) -> Run<V, K, Each<H>> {
        Run::of_each(self, handler)
    }

    /// [`run`](Self::run), with a [`BorrowedHandler`] to which each message is lent: its value is a view, such as
    /// `SensorAlertRef<'_>`, so that nothing is allocated to read it. All else is the same: what is tried again is
    /// viewed again, and what goes to another topic is the record as it came.
    ///
    /// It is for values that have [views](ViewValue).
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert", views = true); }
    /// # use messages::test::{Alert as SensorAlert, AlertRef as SensorAlertRef};
    /// use kafka_typed::{BorrowedMessage, KafkaTyped, Order, Topic};
    ///
    /// const ALERTS: Topic<SensorAlert, String> = Topic::new("sensor-alert");
    ///
    /// async fn alarm(message: BorrowedMessage<'_, SensorAlertRef<'_>, &str>) -> Result<(), std::io::Error> {
    ///     println!("{:?}: {}", message.key, message.value.message);
    ///     Ok(())
    /// }
    ///
    /// # async fn example(kafka: KafkaTyped) -> Result<(), Box<dyn std::error::Error>> {
    /// let alerts = kafka.consumer(&ALERTS).group("alert-desk").build().await?;
    /// alerts.run_borrowed(alarm).order(Order::Key).stop_on_signal().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run_borrowed<H: BorrowedHandler<V, K>>(self, handler: H) -> Run<V, K, Lent<H>>
    where
        V: ViewValue,
        K: ViewKey,
    {
        Run::new(self, Lent { handler })
    }

    /// Processes the messages of each partition in batches, by a [`BatchHandler`], with what the [`Run`] is told about
    /// order and failures, until it is stopped.
    ///
    /// A batch has messages of one partition, up to [`max`](Run::max); with [`Order::Key`] those of a few keys.
    /// Messages that cannot be decoded are not in one.
    pub fn run_batches<H: BatchHandler<V, K>>(self, handler: H) -> Run<V, K, Batches<H>> {
        Run::of_batches(self, handler)
    }
}

impl<V, K, H> Run<V, K, Each<H>> {
    pub(crate) fn of_each(consumer: TypedConsumer<V, K>, handler: H) -> Self {
        Self::new(consumer, Each { handler })
    }
}

impl<V, K, H> Run<V, K, Batches<H>> {
    pub(crate) fn of_batches(consumer: TypedConsumer<V, K>, handler: H) -> Self {
        Self::new(consumer, Batches { handler, max: MAX_BATCH, wait: Duration::ZERO })
    }
}

impl<V, K, W> Run<V, K, W> {
    pub(crate) fn consumer(&self) -> &TypedConsumer<V, K> {
        &self.consumer
    }

    /// The same, with other work.
    pub(crate) fn map_work<I>(self, map: impl FnOnce(W) -> I) -> Run<V, K, I> {
        let Self { consumer, work, order, max_in_flight, on_error, on_bad_message, .. } = self;
        Run {
            consumer,
            work: map(work),
            order,
            max_in_flight,
            on_error,
            on_bad_message,
            keeps_key_order: self.keeps_key_order,
            stops: self.stops,
            stops_on_signal: self.stops_on_signal,
            drain_timeout: self.drain_timeout,
        }
    }

    fn new(consumer: TypedConsumer<V, K>, work: W) -> Self {
        Self {
            consumer,
            work,
            order: Order::default(),
            max_in_flight: MAX_IN_FLIGHT,
            on_error: FailurePolicy::default(),
            on_bad_message: FailurePolicy::default(),
            keeps_key_order: false,
            stops: Vec::new(),
            stops_on_signal: false,
            drain_timeout: DRAIN_TIMEOUT,
        }
    }

    /// Sets which messages wait for which. Default: [`Order::Partition`].
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Sets how many handlers run at a time, in all partitions together; at least one does. Default: 100.
    pub fn max_in_flight(mut self, handlers: usize) -> Self {
        self.max_in_flight = handlers.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets what is done about a message whose handler fails. Default: [`FailurePolicy::fail`].
    pub fn on_error(mut self, policy: FailurePolicy) -> Self {
        self.on_error = policy;
        self
    }

    /// Sets what is done about a message that cannot be decoded. Default: [`FailurePolicy::fail`].
    ///
    /// A registry that does not answer never makes a message a bad one: its partition waits.
    pub fn on_bad_message(mut self, policy: FailurePolicy) -> Self {
        self.on_bad_message = policy;
        self
    }

    /// Keeps messages with the same key in their order although some of them are in
    /// [retry topics](FailurePolicy::retry_topics): as long as one is there, those that come after it go there as well,
    /// untried, and are processed behind it. Other keys go on. By default a message in a retry topic is processed
    /// later, out of order.
    ///
    /// A message that waited behind others is retried in place where it is tried first, and has the retry topics that
    /// are left from there on. Messages without a key are in no order.
    ///
    /// - The order is [`Order::Key`] or [`Order::Partition`], and the topics are known by name.
    /// - A topic and its retry topics have the same number of partitions, in which a message keeps its place, and the
    ///   group gives a member the same partitions of all of them: its assignor is `range`, the default of librdkafka.
    ///   All members read the same retry topics; while a new version of a service replaces one without them, partitions
    ///   may wait, which is logged.
    /// - When partitions are assigned, the keys that wait in their retry topics are read first, by a client of its own.
    /// - What comes again after a crash, or is read again after a [seek](crate::ConsumerControl::seek), is processed
    ///   again, behind what its key has in retry topics.
    ///
    /// Keys share 32,768 counters in each partition and retry topic, so that a key may rarely wait for another one.
    ///
    /// ```no_run
    /// # mod messages { avro_derive::include_schemas!("tests/schemas/alert"); }
    /// # use messages::test::Alert as SensorAlert;
    /// # use kafka_typed::{FailurePolicy, HandlerError, KafkaTyped, Order, TypedMessage};
    /// # async fn alarm(message: TypedMessage<SensorAlert>) -> Result<(), HandlerError> { Ok(()) }
    /// # async fn example(kafka: KafkaTyped) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let alerts = kafka.consumer::<SensorAlert>("sensor-alert").group("alert-desk").build().await?;
    /// let policy = FailurePolicy::dead_letters_to("sensor-alert-dlt").retry_topics([Duration::from_secs(10)]);
    /// alerts.run(alarm).order(Order::Key).on_error(policy).keep_key_order().stop_on_signal().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_key_order(mut self) -> Self {
        self.keeps_key_order = true;
        self
    }

    /// Ends the run when this resolves. May be called several times: the first one that resolves ends it.
    pub fn stop_when<F: Future + Send + 'static>(mut self, stop: F) -> Self {
        self.stops.push(Box::pin(async move {
            stop.await;
        }));
        self
    }

    /// Ends the run when the process is asked to end: on Unix by SIGINT (Ctrl-C) or SIGTERM, elsewhere by Ctrl-C. The
    /// runtime has to be built with `enable_all`, as `#[tokio::main]` does.
    pub fn stop_on_signal(mut self) -> Self {
        self.stops_on_signal = true;
        self
    }

    /// Sets how long the run has, once it is to end, to finish what is in flight, commit and leave the group. Default:
    /// 25 seconds, of which five are for the latter.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }
}

impl<V, K, H> Run<V, K, Batches<H>> {
    /// Sets how many messages a batch has at most; it has at least one. Default: 500.
    pub fn max(mut self, messages: usize) -> Self {
        self.work.max = messages.max(1);
        self
    }

    /// Sets how long a batch that is not full waits for more messages after its first one. Default: not at all, so that
    /// a batch has what is there.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.work.wait = wait;
        self
    }
}

/// Runs in a task of its own, so that any executor may wait for it.
async fn start<V, K, W>(run: Run<V, K, W>) -> Result<RunSummary, RunError>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    W: Work<ConsumerReader<V, K>>,
{
    run.supervised(AtOnce, std::convert::identity).await
}

impl<V, K, W> Run<V, K, W>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    W: Send + 'static,
{
    /// Runs on what `source` makes of the consumer, with letters that leave by `post`.
    pub(crate) async fn supervised<S, P>(
        self,
        post: P,
        source: impl FnOnce(PartitionedConsumer<V, K>) -> S + Send + 'static,
    ) -> Result<RunSummary, RunError>
    where
        S: Source + 'static,
        P: Post,
        W: Work<S::Reader>,
    {
        let runtime = Handle::try_current().map_err(|_| ConnectionError::NoRuntime)?;
        measurement::describe();
        let mut tasks = JoinSet::new();
        tasks.spawn_on(supervise_run(self, post, source), &runtime);
        match tasks.join_next().await {
            Some(Ok(ended)) => ended,
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime has ended.
                Err(_) => Err(ConnectionError::NoRuntime.into()),
            },
            None => Err(ConnectionError::NoRuntime.into()),
        }
    }
}

async fn supervise_run<V, K, W, S, P>(
    run: Run<V, K, W>,
    post: P,
    source: impl FnOnce(PartitionedConsumer<V, K>) -> S,
) -> Result<RunSummary, RunError>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    W: Work<S::Reader>,
    S: Source,
    P: Post,
{
    let Run { consumer, work, order, max_in_flight, on_error, on_bad_message, keeps_key_order, mut stops, .. } = run;
    if run.stops_on_signal {
        stops.push(signals::asked_to_end().map_err(RunProblem::Signal)?);
    }
    stops.push(Box::pin(pending()));
    let consumer = consumer.into_partitions();
    let group = consumer.group().map(Arc::from);
    let kept_order = match keeps_key_order {
        true => keep_order(&consumer, order, [&on_error, &on_bad_message]).await?,
        false => None,
    };
    let outlet = Forwarding::start(&consumer, &on_error, &on_bad_message, kept_order.is_some(), post).await?;
    let running = Running {
        work,
        outlet,
        on_error,
        on_bad_message,
        permits: Semaphore::new(max_in_flight),
        max_in_flight,
        stop: Stop::default(),
        log: FailureLog::default(),
        counters: AllCounters::default(),
        group,
        kept_order,
    };
    let stop = async move {
        select_all(stops).await;
    };
    supervise(source(consumer), Arc::new(running), order, run.drain_timeout, stop).await
}

impl<V, K, H> IntoFuture for Run<V, K, Each<H>>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    H: Handler<V, K>,
{
    type Output = Result<RunSummary, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(start(self))
    }
}

impl<V, K, H> IntoFuture for Run<V, K, Lent<H>>
where
    V: DecodeValue + ViewValue + Send + 'static,
    K: DecodeKey + ViewKey + Send + 'static,
    H: BorrowedHandler<V, K>,
{
    type Output = Result<RunSummary, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.supervised(AtOnce, Lending))
    }
}

impl<V, K, H> IntoFuture for Run<V, K, Batches<H>>
where
    V: DecodeValue + Send + 'static,
    K: DecodeKey + Send + 'static,
    H: BatchHandler<V, K>,
{
    type Output = Result<RunSummary, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(start(self))
    }
}

impl<V, K, W> fmt::Debug for Run<V, K, W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Run")
            .field("consumer", &self.consumer)
            .field("order", &self.order)
            .field("max_in_flight", &self.max_in_flight)
            .field("on_error", &self.on_error)
            .field("on_bad_message", &self.on_bad_message)
            .field("keeps_key_order", &self.keeps_key_order)
            .field("drain_timeout", &self.drain_timeout)
            .finish_non_exhaustive()
    }
}
