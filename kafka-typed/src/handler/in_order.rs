//! One partition, one message or batch after the other.

use std::pin::pin;

use futures_util::future::{Either, select};

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::{Place, Running, Seat};
use super::source::{Access, Reader};
use super::work::Work;

/// Processes a partition until it is revoked or the run ends.
pub(super) async fn process_in_order<R: Reader, W: Work<R>, O: Outlet>(
    running: &Running<W, O>,
    place: &Place<R>,
    mut reader: R,
) -> Result<(), RunProblem> {
    let mut halted = pin!(running.halted(place));
    let mut lost = pin!(place.access.lost());
    let mut seat = Seat::default();
    loop {
        // A handler that never waits would otherwise keep its thread from other tasks.
        tokio::task::coop::consume_budget().await;
        if running.is_halted(place) {
            return Ok(());
        }
        let unit = match select(pin!(seat.leave_while_waiting(running.work.read(&mut reader))), &mut halted).await {
            Either::Left((Some(unit), _)) => unit,
            Either::Left((None, _)) | Either::Right(_) => return Ok(()),
        };
        match select(pin!(W::process(running, place, unit, &mut seat)), &mut lost).await {
            Either::Left((Ended::Done, _)) => {}
            Either::Left((Ended::Failed(problem), _)) => return Err(problem),
            Either::Left((Ended::GivenBack, _)) | Either::Right(_) => return Ok(()),
        }
    }
}
