//! Handlers that a consumer runs.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use benches::bench::SensorAlert;
use benches::measure::{Cost, Stopwatch};
use kafka_typed::{ConsumerBuilder, Handler, HandlerError, Order, TypedMessage};
use tokio::sync::{Notify, Semaphore};

use crate::consumer::{TIMED, WARM_UP};
use crate::quiet;
use crate::servers::Servers;

const DRAIN: Duration = Duration::from_secs(5);

/// A handler that counts.
#[derive(Clone, Default)]
struct Counter(Arc<State>);

struct State {
    /// Closed once all was fetched.
    gate: Semaphore,
    arrived: Notify,
    handled: AtomicUsize,
    stopwatch: OnceLock<Stopwatch>,
    cost: OnceLock<Cost>,
    finished: Notify,
}

impl Default for State {
    fn default() -> Self {
        Self {
            gate: Semaphore::new(0),
            arrived: Notify::new(),
            handled: AtomicUsize::new(0),
            stopwatch: OnceLock::new(),
            cost: OnceLock::new(),
            finished: Notify::new(),
        }
    }
}

impl Handler<SensorAlert, String> for Counter {
    async fn handle(&self, message: TypedMessage<SensorAlert, String>) -> Result<(), HandlerError> {
        let State { gate, arrived, handled, stopwatch, cost, finished } = &*self.0;
        if !gate.is_closed() {
            arrived.notify_one();
            // It has no permits: this waits until it is closed.
            let _ = gate.acquire().await;
        }
        black_box(message);
        match handled.fetch_add(1, Ordering::Relaxed) + 1 {
            WARM_UP => drop(stopwatch.set(Stopwatch::start())),
            LAST => {
                let taken = stopwatch.get().expect("it was started before").look();
                cost.set(taken).expect("there is one last message");
                finished.notify_one();
            }
            _ => {}
        }
        Ok(())
    }
}

const LAST: usize = WARM_UP + TIMED;

/// Runs a handler on all messages, in this order.
pub(crate) fn run(servers: &Servers, builder: ConsumerBuilder<SensorAlert, String>, order: Order) -> Cost {
    servers.runtime.block_on(async {
        let (counter, state) = {
            let counter = Counter::default();
            (counter.clone(), counter.0)
        };
        let finished = Arc::clone(&state);
        let consumer = builder.build().await.expect("the consumer starts");
        let run = consumer.run(counter).order(order).drain_timeout(DRAIN);
        let run = run.stop_when(async move { finished.finished.notified().await });
        let run = servers.runtime.spawn(run.into_future());
        state.arrived.notified().await;
        quiet::wait();
        state.gate.close();
        run.await.expect("no handler panics").expect("no handler fails");
        *state.cost.get().expect("the last message was handled")
    })
}
