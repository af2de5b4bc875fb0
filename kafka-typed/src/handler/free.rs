//! One partition, several messages or batches at a time, which wait for none of the others.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running, Seat};
use super::source::{Access, Reader};
use super::tasks::Tasks;
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
    let mut tasks = Tasks::new();
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    while !tasks.are_finished() {
        let has_room = tasks.len() < most;
        let event = {
            let mut read = pin!(running.work.read(&mut reader));
            poll_fn(|context| {
                if let Poll::Ready(ended) = tasks.poll_ended(context) {
                    return Poll::Ready(Event::Ended(ended));
                }
                if lost.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Lost);
                }
                if !tasks.is_reading() {
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
                tasks.start(async move { W::process(&running, &place, unit, &mut Seat::default()).await });
            }
            Event::Ended(ended) => tasks.ended(running, ended),
            Event::Read(None) | Event::Halted => tasks.stop_reading(),
            Event::Lost => break,
        }
    }
    tasks.into_result()
}
