//! How tasks of a partition end.

use tokio::task::JoinError;

use super::attempts::Ended;

/// A handler's panic is caught where it runs. What is left is a panic while a value is dropped, or an error of this
/// floor.
pub(super) fn of_task(ended: Result<Ended, JoinError>) -> Ended {
    match ended.map_err(JoinError::try_into_panic) {
        Ok(ended) => ended,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Nobody aborts a single task.
        Err(Err(_)) => Ended::GivenBack,
    }
}
