//! When the process is asked to end.

use std::io;

use futures_util::future::BoxFuture;

/// Resolves when the process is asked to end.
#[cfg(unix)]
pub(super) fn asked_to_end() -> io::Result<BoxFuture<'static, ()>> {
    use futures_util::future::select;
    use std::pin::pin;
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(Box::pin(async move {
        select(pin!(interrupt.recv()), pin!(terminate.recv())).await;
        tracing::info!("the process is asked to end");
    }))
}

/// Resolves when the process is asked to end.
#[cfg(not(unix))]
pub(super) fn asked_to_end() -> io::Result<BoxFuture<'static, ()>> {
    Ok(Box::pin(async {
        // One that cannot be waited for never comes.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        tracing::info!("the process is asked to end");
    }))
}
