//! What a row is: data.

use std::time::Duration;

/// A fault, and what must hold while it lasts and afterwards.
pub(super) struct Row {
    /// For `--only`.
    pub(super) name: &'static str,
    /// For the table, where [`TIME`] becomes how long the fault lasts.
    pub(super) fault: &'static str,
    pub(super) clients: Clients,
    pub(super) load: Sized<Load>,
    /// What happens before there are clients.
    pub(super) before: Vec<Step>,
    /// What happens while messages flow.
    pub(super) steps: Vec<Step>,
    pub(super) permitted: Permitted,
}

/// Stands for a time in the text of a row.
const TIME: &str = "{time}";

impl Row {
    /// The text of the row, with its time at this size.
    pub(super) fn fault(&self, is_full: bool) -> String {
        let times = self.steps.iter().filter_map(|step| match step {
            Step::For(millis) | Step::Sample(millis) => Some(millis.of(is_full)),
            _ => None,
        });
        // A row is sampled for nearly all of its time.
        let millis = times.max().unwrap_or_default();
        self.fault.replace(TIME, &format!("{} s", millis.div_ceil(1_000)))
    }
}

/// Which clients send and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clients {
    /// A producer and a consumer in this process.
    Here,
    /// The same; of the brokers that they are told, the first has a name that nobody knows.
    HereWithUnknownBroker,
    /// The same; one of a hundred messages cannot be decoded.
    HereWithPoison,
    /// The consumer is a process of its own.
    ConsumerElsewhere,
    /// The producer is a process of its own.
    ProducerElsewhere,
}

/// What is sent while a row lasts, at least until its last step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) messages: u64,
    /// Per second; 0 for as many as get through.
    pub(super) rate: u64,
}

/// For every change, or at full size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sized<A> {
    pub(super) quick: A,
    pub(super) full: A,
}

impl<A: Copy> Sized<A> {
    pub(super) fn of(self, is_full: bool) -> A {
        if is_full { self.full } else { self.quick }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// What is requested of the servers and the proxies.
    Request(&'static str),
    /// Kills one broker after the other with -9, and starts it again.
    RestartBroker,
    /// Until so many percent of the messages are acknowledged beyond those that are.
    Further(u64),
    /// For so many milliseconds.
    For(Sized<u64>),
    /// From now on, what is sent has a schema that the consumer has not met yet.
    NewSchema,
    /// Another member joins the group, and the oldest one leaves.
    OtherMember,
    /// The consumer that is a process is killed with -9, and another one starts.
    KillConsumer,
    /// The producer that is a process is killed with -9, and another one sends what was not acknowledged.
    KillProducer,
    /// Memory, descriptors and threads of this process are noted for so many milliseconds.
    Sample(Sized<u64>),
    /// Some steps, so many times.
    Times(Sized<u32>, Vec<Step>),
}

/// What may happen. What is acknowledged is never lost, and of each partition never out of order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permitted {
    /// Messages that are read again, or written again by a process that does not know that they were.
    pub(super) doubled: bool,
    /// Seconds without any new message.
    pub(super) stall: Sized<u64>,
    /// Lines of the log, in both variants: they are about changes of state, and not about attempts.
    pub(super) log_lines: usize,
}

/// What a row has shown.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) load: String,
    pub(super) acknowledged: u64,
    pub(super) lost: u64,
    pub(super) doubled: u64,
    pub(super) disordered: u64,
    pub(super) longest_stall: Duration,
    pub(super) log: Vec<String>,
    /// What else was measured.
    pub(super) notes: Vec<String>,
    /// What is not permitted.
    pub(super) broken: Vec<String>,
}

impl Outcome {
    /// Adds what the counts have that is not permitted.
    pub(super) fn check(&mut self, permitted: &Permitted, is_full: bool) {
        let most = permitted.stall.of(is_full);
        let complaints = [
            (self.acknowledged == 0, "nothing was acknowledged".to_owned()),
            (self.lost > 0, format!("{} are lost", self.lost)),
            (self.disordered > 0, format!("{} are out of order", self.disordered)),
            (self.doubled > 0 && !permitted.doubled, format!("{} are doubled", self.doubled)),
            (self.longest_stall > Duration::from_secs(most), format!("nothing came for more than {most} s")),
            (
                self.log.len() > permitted.log_lines,
                format!("{} lines of the log are more than {}", self.log.len(), permitted.log_lines),
            ),
        ];
        self.broken.extend(complaints.into_iter().filter(|(is_broken, _)| *is_broken).map(|(_, complaint)| complaint));
    }
}

#[test]
fn each_count_breaks_what_does_not_permit_it() {
    let permitted = Permitted { doubled: false, stall: Sized { quick: 1, full: 5 }, log_lines: 1 };
    let check = |change: fn(&mut Outcome), is_full, expected: &[&str]| {
        let mut outcome = Outcome { acknowledged: 10, longest_stall: Duration::from_millis(900), ..Outcome::default() };
        change(&mut outcome);
        outcome.check(&permitted, is_full);
        assert_eq!(outcome.broken, expected);
    };
    check(|_| {}, false, &[]);
    check(|outcome| outcome.acknowledged = 0, false, &["nothing was acknowledged"]);
    check(|outcome| outcome.lost = 1, false, &["1 are lost"]);
    check(|outcome| outcome.doubled = 2, false, &["2 are doubled"]);
    check(|outcome| outcome.disordered = 3, false, &["3 are out of order"]);
    check(|outcome| outcome.longest_stall *= 2, false, &["nothing came for more than 1 s"]);
    check(|outcome| outcome.longest_stall *= 2, true, &[]);
    check(|outcome| outcome.log = vec![String::new(); 2], false, &["2 lines of the log are more than 1"]);
}
