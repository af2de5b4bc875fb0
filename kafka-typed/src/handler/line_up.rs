//! Before a partition is read whose keys are kept in order: what waits in its retry topics is counted.

use std::time::Duration;

use tokio::time::timeout;

use super::outlet::Outlet;
use super::running::{Halted, Place, Running};
use super::source::{Access, Reader};

/// After which time it is said that a partition waits.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long the pause is before what waits is counted again, when that has failed.
const PAUSE: Duration = Duration::from_secs(1);

impl<W: Sync, O: Outlet> Running<W, O> {
    /// Waits until what is in the retry topics of a partition is known, and counts its part of that first where it is
    /// of one of these. `access` tells whether it is still the consumer's.
    pub(super) async fn line_up<R: Reader>(&self, place: &Place<R>, access: R::Access) -> Result<(), Halted> {
        let Some(line) = &place.line else {
            return Ok(());
        };
        if let Some(delay) = place.retry_delay {
            let mut has_warned = false;
            loop {
                line.forget(delay);
                let counting = self.outlet.each_waiting(&place.topic, place.partition, |key, arrival| {
                    if arrival.is_ours {
                        line.count(key, delay, arrival);
                    }
                });
                let Err(error) = self.unless_halted(place, counting).await? else { break };
                if !std::mem::replace(&mut has_warned, true) {
                    tracing::warn!(
                        topic = &*place.topic,
                        partition = place.partition,
                        %error,
                        "the messages that wait in a retry topic could not be counted, which its topic waits for: tried again"
                    );
                }
                self.pause(place, PAUSE).await?;
            }
            line.counted(delay, move || !access.is_revoking());
        }
        let waiting = async {
            if timeout(PATIENCE, line.all_counted()).await.is_err() {
                tracing::warn!(
                    topic = &*place.topic,
                    partition = place.partition,
                    "a partition waits until the group gives this consumer the partitions of the same number of its \
                     topic's retry topics, so that the order of keys is kept: all members of the group have to read the \
                     same topics, with the assignor `range`"
                );
                line.all_counted().await;
            }
        };
        self.unless_halted(place, waiting).await
    }
}
