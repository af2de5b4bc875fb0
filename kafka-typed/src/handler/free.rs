//! One partition, several messages or batches at a time, which wait for none of the others.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::task::JoinSet;

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running};
use super::source::{Access, Reader};
use super::tasks::of_task;
use super::work::Work;

/// What happens to a partition.
enum Event<U> {
    Read(Option<U>),
    Ended(Ended),
    Halted,
    Lost,
}

/// Processes a partition until it is revoked or the run ends.
pub(super) async fn process_freely<R: Reader, W: Work<R>, O: Outlet>(
    running: &Arc<Running<W, O>>,
    place: &Arc<Place<R>>,
    mut reader: R,
) -> Result<(), RunProblem> {
    let most = running.work.most_units(running.max_in_flight);
    let mut tasks = JoinSet::new();
    let mut problem = None;
    let mut is_reading = true;
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    loop {
        if !is_reading && tasks.is_empty() {
            return problem.map_or(Ok(()), Err);
        }
        let has_room = tasks.len() < most;
        let event = {
            let mut read = pin!(running.work.read(&mut reader));
            poll_fn(|context| {
                if let Poll::Ready(Some(ended)) = tasks.poll_join_next(context) {
                    return Poll::Ready(Event::Ended(of_task(ended)));
                }
                if lost.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Lost);
                }
                if !is_reading {
                    return Poll::Pending;
                }
                if halted.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Halted);
                }
                match has_room {
                    true => read.as_mut().poll(context).map(Event::Read),
                    false => Poll::Pending,
                }
            })
            .await
        };
        match event {
            Event::Read(Some(unit)) => {
                let (running, place) = (Arc::clone(running), Arc::clone(place));
                tasks.spawn(async move { W::process(&running, &place, unit).await });
            }
            Event::Ended(Ended::Done) => {}
            Event::Ended(Ended::Failed(found)) => {
                // The whole run stops with it: what else is in flight has until the deadline.
                running.stop.set();
                problem.get_or_insert(found);
                is_reading = false;
            }
            Event::Read(None) | Event::Halted | Event::Ended(Ended::GivenBack) => is_reading = false,
            Event::Lost => return problem.map_or(Ok(()), Err),
        }
    }
}
