//! What a consumer does about a message that has failed.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use super::failing::Failure;
use super::retry::{Retry, random};
use crate::connection::Timestamp;

/// What a consumer does about a message that cannot be decoded, or whose handler fails.
///
/// A policy is read from its end: [`fail`](Self::fail), [`skip`](Self::skip) or [`dead_letters`](Self::dead_letters) is
/// what happens at last, [`retry`](Self::retry) comes before it, and [`retry_topics`](Self::retry_topics) between the
/// two.
///
/// ```
/// use std::time::Duration;
///
/// use kafka_typed::{FailurePolicy, Retry};
///
/// let policy = FailurePolicy::dead_letters()
///     .retry(Retry::new(3))
///     .retry_topics([Duration::from_secs(10), Duration::from_secs(60)]);
/// assert_eq!(policy.retry_topics_of("orders"), ["orders-retry-10s", "orders-retry-1m"]);
/// ```
///
/// | | the messages behind it | the message |
/// |---|---|---|
/// | `fail` | are not processed | comes again when the consumer is started again |
/// | `skip` | go on | is lost; a line of the log has its place |
/// | `retry` | of its partition or key wait | keeps its place |
/// | `retry_topics` | go on | is processed later, out of order unless the run [keeps it](crate::Run::keep_key_order) |
/// | `dead_letters` | go on once it is acknowledged | is kept as it came, with the reason in its headers |
///
/// Errors that are [permanent](crate::HandlerError::permanent), or that [`Retry::only_if`] excludes, are not retried.
#[derive(Clone, Debug)]
#[must_use = "a policy does nothing before it is given to a consumer"]
pub struct FailurePolicy {
    retry: Retry,
    delays: Arc<[Duration]>,
    end: End,
}

#[derive(Clone, Debug)]
enum End {
    Fail,
    Skip,
    DeadLetters { topic: Option<Arc<str>> },
}

/// How often a message was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Which delivery of the message this is: 1 from its own topic, 2 from the first retry topic, and so on.
    pub delivery: u32,
    /// How many attempts of this delivery have failed.
    pub attempts: u32,
    /// Whether it was tried at an earlier delivery, so that it is not retried in place at this one.
    pub was_tried: bool,
}

impl Progress {
    /// A message of this delivery, of which so many attempts have failed. Both count from 1. It was tried at each
    /// delivery before.
    pub fn new(delivery: u32, attempts: u32) -> Self {
        Self { delivery, attempts, was_tried: delivery > 1 }
    }
}

/// What to do next with a message that has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Wait, and try it again.
    RetryIn(Duration),
    /// Send it to a retry topic.
    RetryTopic {
        /// Which one of the policy's, from 0.
        index: usize,
        /// When it is to be tried again.
        due: Timestamp,
    },
    /// Send it to the dead letter topic.
    DeadLetter,
    /// Go on with the next message.
    Skip,
    /// Stop with the error.
    Fail,
}

impl FailurePolicy {
    /// Stops the consumer with the error. The message is not done, and comes again. The default.
    pub fn fail() -> Self {
        Self::new(End::Fail)
    }

    /// Goes on with the next message; the failure is logged and counted.
    pub fn skip() -> Self {
        Self::new(End::Skip)
    }

    /// Sends the message to the dead letter topic that the [`Topic`](crate::Topic::dead_letters) names.
    pub fn dead_letters() -> Self {
        Self::new(End::DeadLetters { topic: None })
    }

    /// Sends the message to this dead letter topic.
    pub fn dead_letters_to(topic: impl Into<Arc<str>>) -> Self {
        Self::new(End::DeadLetters { topic: Some(topic.into()) })
    }

    fn new(end: End) -> Self {
        Self { retry: Retry::new(0), delays: Arc::new([]), end }
    }

    /// Retries in place first, when a message is tried for the first time. One that failed before it came to a retry
    /// topic is tried once there.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Then sends it to a topic, from which it is processed again after the delay, while those behind it go on: after
    /// the first delay at first, after the next when it has failed again, and so on. The same delay several times
    /// shares one topic. Delays are in whole milliseconds, rounded up.
    ///
    /// The topics are `<topic>-retry-<delay>`, such as `orders-retry-10s`; the brokers must have them, or create them
    /// when they are written to.
    pub fn retry_topics(self, delays: impl IntoIterator<Item = Duration>) -> Self {
        Self { delays: delays.into_iter().map(whole_millis).collect(), ..self }
    }

    /// What to do about a message that has failed now.
    ///
    /// ```
    /// use kafka_typed::failure::{Failure, NextStep, Progress};
    /// use kafka_typed::{FailurePolicy, HandlerError, Retry, Timestamp};
    ///
    /// let policy = FailurePolicy::dead_letters().retry(Retry::new(1));
    /// let now = Timestamp::from(std::time::SystemTime::now());
    ///
    /// let busy = HandlerError::from("the database is busy");
    /// assert!(matches!(policy.next_step(&busy, Progress::new(1, 1), now), NextStep::RetryIn(_)));
    /// assert_eq!(policy.next_step(&busy, Progress::new(1, 2), now), NextStep::DeadLetter);
    ///
    /// let invalid = HandlerError::permanent("the amount is negative");
    /// assert_eq!(policy.next_step(&invalid, Progress::new(1, 1), now), NextStep::DeadLetter);
    /// ```
    pub fn next_step<'e>(&self, failure: impl Into<Failure<'e>>, progress: Progress, now: Timestamp) -> NextStep {
        self.decide(&failure.into(), progress, now, random)
    }

    fn decide(
        &self,
        failure: &Failure<'_>,
        progress: Progress,
        now: Timestamp,
        random: impl FnOnce() -> u32,
    ) -> NextStep {
        if failure.is_permanent() || !self.retry.allows(failure.error()) {
            return self.last_step();
        }
        let Progress { delivery, attempts, was_tried } = progress;
        if !was_tried && let Some(pause) = self.retry.pause(attempts.max(1), random()) {
            return NextStep::RetryIn(pause);
        }
        let index = usize::try_from(delivery.saturating_sub(1)).unwrap_or(usize::MAX);
        match self.delays.get(index) {
            Some(delay) => NextStep::RetryTopic { index, due: after(now, *delay) },
            None => self.last_step(),
        }
    }

    fn last_step(&self) -> NextStep {
        match self.end {
            End::Fail => NextStep::Fail,
            End::Skip => NextStep::Skip,
            End::DeadLetters { .. } => NextStep::DeadLetter,
        }
    }

    /// The delay of each retry topic.
    pub fn delays(&self) -> &[Duration] {
        &self.delays
    }

    /// The retry topics of a topic, each once.
    pub fn retry_topics_of(&self, topic: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for delay in &*self.delays {
            let name = retry_topic(topic, *delay);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether messages may end in a dead letter topic.
    pub fn has_dead_letters(&self) -> bool {
        matches!(self.end, End::DeadLetters { .. })
    }

    /// The dead letter topic that the policy itself names.
    pub fn dead_letter_topic(&self) -> Option<&Arc<str>> {
        match &self.end {
            End::DeadLetters { topic } => topic.as_ref(),
            End::Fail | End::Skip => None,
        }
    }
}

impl Default for FailurePolicy {
    fn default() -> Self {
        Self::fail()
    }
}

/// What is between the name of a topic and the delay.
const INFIX: &str = "-retry-";

/// The units of delays in names, the largest first.
const UNITS: [(&str, u128); 5] =
    [("d", 24 * 60 * 60 * 1000), ("h", 60 * 60 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1)];

/// The retry topic of this delay: `orders-retry-10s`.
pub(super) fn retry_topic(topic: &str, delay: Duration) -> String {
    let millis = delay.as_millis();
    let unit = UNITS.iter().find(|(_, unit)| millis >= *unit && millis.is_multiple_of(*unit));
    let (name, unit) = unit.copied().unwrap_or(("s", 1000));
    let mut topic = format!("{topic}{INFIX}");
    let _ = write!(topic, "{}{name}", millis / unit);
    topic
}

/// The topic that a retry topic belongs to, and its delay, by its name.
pub(crate) fn parts_of_retry_topic(retry_topic: &str) -> Option<(&str, Duration)> {
    let (topic, delay) = retry_topic.rsplit_once(INFIX)?;
    let digits = delay.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let (_, unit) = UNITS.iter().find(|(unit, _)| is_number && *unit == &delay[digits.len()..])?;
    let millis = digits.parse::<u128>().ok()?.checked_mul(*unit)?;
    let delay = Duration::from_millis(u64::try_from(millis).ok()?);
    (!topic.is_empty()).then_some((topic, delay))
}

fn whole_millis(delay: Duration) -> Duration {
    let millis = delay.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

fn after(now: Timestamp, delay: Duration) -> Timestamp {
    let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from(now.as_millis().saturating_add(delay))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::HandlerError;
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    /// Follows a message that fails each time, to its end.
    fn steps(policy: &FailurePolicy, error: &HandlerError) -> Vec<NextStep> {
        let mut progress = Progress::new(1, 1);
        let mut steps = Vec::new();
        loop {
            let step = policy.next_step(error, progress, NOW.into());
            steps.push(step);
            progress = match step {
                NextStep::RetryIn(_) => Progress::new(progress.delivery, progress.attempts + 1),
                NextStep::RetryTopic { .. } => Progress::new(progress.delivery + 1, 1),
                NextStep::DeadLetter | NextStep::Skip | NextStep::Fail => return steps,
            };
        }
    }

    fn ends() -> impl Strategy<Value = (FailurePolicy, NextStep)> {
        prop_oneof![
            Just((FailurePolicy::fail(), NextStep::Fail)),
            Just((FailurePolicy::skip(), NextStep::Skip)),
            Just((FailurePolicy::dead_letters(), NextStep::DeadLetter)),
            Just((FailurePolicy::dead_letters_to("orders-dlt"), NextStep::DeadLetter)),
        ]
    }

    proptest! {
        #[test]
        fn a_message_that_fails_each_time_is_retried_as_often_as_said_and_then_ends(
            (policy, end) in ends(),
            retries in 0_u32..20,
            delays in proptest::collection::vec(0_i64..10_000_000, 0..8),
        ) {
            let durations: Vec<_> = delays.iter().map(|millis| Duration::from_millis(millis.unsigned_abs())).collect();
            let policy = policy.retry(Retry::new(retries)).retry_topics(durations.clone());
            let steps = steps(&policy, &HandlerError::from("no"));
            let in_place = steps.iter().take_while(|step| matches!(step, NextStep::RetryIn(_))).count();
            prop_assert_eq!(in_place, retries as usize);
            let due = |(index, millis): (usize, &i64)| NextStep::RetryTopic { index, due: (NOW + millis).into() };
            let expected: Vec<_> = delays.iter().enumerate().map(due).chain([end]).collect();
            prop_assert_eq!(&steps[in_place..], expected);
        }

        #[test]
        fn what_is_permanent_or_excluded_ends_at_once((policy, end) in ends(), delivery: u32, attempts: u32) {
            let policy = policy.retry(Retry::new(9)).retry_topics([Duration::from_secs(1)]);
            let progress = Progress::new(delivery, attempts);
            let permanent = HandlerError::permanent("no");
            prop_assert_eq!(policy.next_step(&permanent, progress, NOW.into()), end);
            let excluding = policy.retry(Retry::new(9).only_if(|error| error.to_string() != "no"));
            prop_assert_eq!(excluding.next_step(&HandlerError::from("no"), progress, NOW.into()), end);
        }

        #[test]
        fn the_name_of_a_retry_topic_leads_back(millis: u64, topic in "[a-z][a-z0-9.-]{0,20}") {
            let name = retry_topic(&topic, Duration::from_millis(millis));
            prop_assert_eq!(parts_of_retry_topic(&name), Some((topic.as_str(), Duration::from_millis(millis))));
        }

        #[test]
        fn any_progress_has_a_next_step(delivery: u32, attempts: u32, now: i64, delay: u64) {
            let policy = FailurePolicy::skip().retry(Retry::new(u32::MAX)).retry_topics([Duration::from_secs(delay)]);
            let step = policy.next_step(&HandlerError::from("no"), Progress::new(delivery, attempts), now.into());
            match step {
                NextStep::RetryIn(_) => prop_assert!(delivery <= 1),
                NextStep::RetryTopic { due, .. } => prop_assert!(due.as_millis() >= now),
                step => prop_assert_eq!(step, NextStep::Skip),
            }
        }
    }

    #[test]
    fn other_topics_are_not_taken_for_retry_topics() {
        let others = ["orders", "orders-retry-", "orders-retry-s", "orders-retry-10", "orders-retry-10x", "-retry-1s"];
        for topic in others.into_iter().chain(["orders-retry-1é"]) {
            assert_eq!(parts_of_retry_topic(topic), None, "{topic}");
        }
        let ten_seconds = Duration::from_secs(10);
        assert_eq!(parts_of_retry_topic("a-retry-1s-retry-10s"), Some(("a-retry-1s", ten_seconds)));
    }

    #[test]
    fn retry_topics_are_named_after_their_delay() {
        let check = |delay: Duration, name: &str| {
            let policy = FailurePolicy::fail().retry_topics([delay, delay]);
            assert_eq!(policy.retry_topics_of("orders"), [format!("orders-retry-{name}")]);
        };
        check(Duration::from_secs(10), "10s");
        check(Duration::from_secs(60), "1m");
        check(Duration::from_secs(90), "90s");
        check(Duration::from_secs(2 * 60 * 60), "2h");
        check(Duration::from_secs(7 * 24 * 60 * 60), "7d");
        check(Duration::from_millis(1500), "1500ms");
        check(Duration::from_micros(1), "1ms");
        check(Duration::ZERO, "0s");
    }
}
