//! What this repository adds to librdkafka: typed producers and consumers beside the raw ones of rdkafka, on the
//! embedded broker.
//!
//! `cargo bench -p benches --bench kafka` prints tables with the ratios to reach, `-- --json` a line of JSON a
//! measurement; `-- produce`, `-- consume` and `-- group` measure that table alone.
//!
//! The broker takes no part in what is timed, since it is not what is measured: producers only hand over, and what they
//! have handed over is sent between their turns; consumers read what librdkafka has fetched before.

mod consume;
mod consumer;
mod produce;
mod quiet;
mod raw_consumer;
mod run;
mod servers;

use benches::arguments::Arguments;

use servers::Servers;

/// How many times every candidate has its turn.
const ROUNDS: usize = 31;

fn main() {
    let Some(arguments) = Arguments::of_cargo_bench() else {
        return;
    };
    for (name, table) in
        [("produce", produce::table as fn(&Servers) -> _), ("consume", consume::alone), ("group", consume::in_group)]
    {
        if arguments.wants(name) {
            // Servers of its own, so that nothing is left of the table before.
            arguments.print(&table(&Servers::start()));
        }
    }
}
