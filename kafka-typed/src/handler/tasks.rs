//! The tasks of a partition.

use std::future::Future;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinSet};

use super::attempts::Ended;
use super::outlet::Outlet;
use super::run_error::RunProblem;
use super::running::Running;

/// What is on its way in a partition, and whether more is to be read.
pub(super) struct Tasks {
    set: JoinSet<Ended>,
    is_reading: bool,
    problem: Option<RunProblem>,
}

impl Tasks {
    pub(super) fn new() -> Self {
        Self { set: JoinSet::new(), is_reading: true, problem: None }
    }

    /// Whether more is to be read.
    pub(super) fn is_reading(&self) -> bool {
        self.is_reading
    }

    pub(super) fn stop_reading(&mut self) {
        self.is_reading = false;
    }

    /// Whether nothing is left to do.
    pub(super) fn are_finished(&self) -> bool {
        !self.is_reading && self.set.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.set.len()
    }

    pub(super) fn start(&mut self, work: impl Future<Output = Ended> + Send + 'static) {
        self.set.spawn(work);
    }

    /// The end of one of them.
    pub(super) fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        match self.set.poll_join_next(context) {
            Poll::Ready(Some(ended)) => Poll::Ready(of_task(ended)),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Notes how one of them has ended.
    pub(super) fn ended<W, O: Outlet>(&mut self, running: &Running<W, O>, ended: Ended) {
        match ended {
            Ended::Done => {}
            Ended::GivenBack => self.is_reading = false,
            Ended::Failed(found) => {
                // The whole run stops with it: what else is in flight has until the deadline.
                running.stop.set();
                self.problem.get_or_insert(found);
                self.is_reading = false;
            }
        }
    }

    pub(super) fn into_result(self) -> Result<(), RunProblem> {
        self.problem.map_or(Ok(()), Err)
    }
}

/// A handler's panic is caught where it runs. What is left is a panic while a value is dropped, or an error of this
/// floor.
fn of_task(ended: Result<Ended, JoinError>) -> Ended {
    match ended.map_err(JoinError::try_into_panic) {
        Ok(ended) => ended,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Nobody aborts a single task.
        Err(Err(_)) => Ended::GivenBack,
    }
}
