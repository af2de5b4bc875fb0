//! Whether anything is lost, skipped, disordered or taken for something else when members come and go, handlers fail or
//! stop, processes are killed and messages are broken. Against the servers that the environment names, else against
//! embedded ones.
//!
//! The tests are of a size that every run can bear. With `RELIABILITY=full` they are of the size at which their counts
//! mean something; `tests/real/README.md` has the command.

pub(crate) mod child;
mod churn;
mod killed;
mod poison;
mod random;
mod stuck;
mod transactions;

pub(crate) use self::poison::framed;

use std::time::Duration;

/// How much the tests do.
struct Size {
    churn_messages: u64,
    /// How long these take to be sent.
    churn_time: Duration,
    kills: u64,
    killed_messages: u64,
    poison_messages: u64,
    stuck_time: Duration,
    stuck_messages: u64,
    transactional_messages: u64,
    transactional_kills: u64,
    broker_kills: u64,
    /// How long a test may take as a whole.
    patience: Duration,
}

/// For every run.
const SMALL: Size = Size {
    churn_messages: 20_000,
    churn_time: Duration::from_secs(6),
    kills: 2,
    killed_messages: 4_000,
    poison_messages: 10_000,
    stuck_time: Duration::from_secs(8),
    stuck_messages: 20_000,
    transactional_messages: 20_000,
    transactional_kills: 4,
    broker_kills: 1,
    patience: Duration::from_secs(120),
};

const FULL: Size = Size {
    churn_messages: 200_000,
    churn_time: Duration::from_secs(60),
    kills: 20,
    killed_messages: 40_000,
    poison_messages: 100_000,
    stuck_time: Duration::from_secs(60),
    stuck_messages: 300_000,
    transactional_messages: 200_000,
    transactional_kills: 50,
    broker_kills: 5,
    patience: Duration::from_secs(600),
};

fn size() -> &'static Size {
    match std::env::var("RELIABILITY").as_deref() {
        Ok("full") => &FULL,
        Ok(other) => panic!("RELIABILITY is `{other}`: set it to `full`, or not at all"),
        Err(_) => &SMALL,
    }
}

/// Prints a row of the table of counts.
fn report(test: &str, counts: &[(&str, u64)]) {
    let counts: String = counts.iter().map(|(what, count)| format!(" {count} {what} |")).collect();
    println!("\n| {test} |{counts}");
}

/// Waits until there is an answer, or fails with `what` did not come.
pub(crate) async fn until<A>(what: &str, mut answer: impl AsyncFnMut() -> Option<A>) -> A {
    let polling = async {
        loop {
            if let Some(answer) = answer().await {
                return answer;
            }
            // Polls: bounded by the patience of the test.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(size().patience, polling).await.unwrap_or_else(|_| panic!("{what} did not come in time"))
}

/// What a handler does that takes so long.
pub(crate) async fn work(time: Duration) {
    let _elapsed = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
