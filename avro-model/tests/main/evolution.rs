//! Random schemas, what people make of them in their next version, and random data of the one read as the other.
//!
//! apache-avro must agree on what it resolves right; `deviations` lists what it does not. What Java decides is recorded
//! in `tests/data/*.jsonl`, for schemas and changes of the same kinds, and run by `cargo xtask conformance`.

mod apache;
mod change;
mod datum;
mod deviations;
mod entropy;
mod version;

use avro_model::Schema;
use avro_model::compatibility::check_readable;
use avro_model::resolution::Plan;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::resolution::transcode::transcode;
use change::{Changes, change};
use entropy::Entropy;
use version::Version;

/// Two versions and a datum of the first, as everybody reads them.
#[derive(Debug)]
struct Case {
    writer: String,
    reader: String,
    datum: Vec<u8>,
}

/// The bytes that make a case: for a schema, for its changes, and for a datum; and whether the newer version is the
/// writer.
fn bytes() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>, bool)> {
    let bytes = |most: usize| prop::collection::vec(any::<u8>(), 0..most);
    (bytes(120), bytes(120), bytes(60), any::<bool>())
}

impl Case {
    fn new(changes: Changes, (schema, changed, datum, is_back): &(Vec<u8>, Vec<u8>, Vec<u8>, bool)) -> Option<Case> {
        let old = Version::random(changes, &mut Entropy::new(schema));
        let new = change(&old, changes, &mut Entropy::new(changed));
        let (old, new) = (old.json(), new.json());
        // Backwards, numbers get narrower, and apache-avro reads those that fit.
        let (writer, reader) = if *is_back && changes == Changes::All { (new, old) } else { (old, new) };
        let datum = datum::random_datum(&parse(&writer), &mut Entropy::new(datum))?;
        Some(Case { writer, reader, datum })
    }

    fn resolve(&self) -> Result<Vec<u8>, String> {
        let (writer, reader) = (parse(&self.writer), parse(&self.reader));
        let plan = Plan::new(&writer, &reader).map_err(|error| error.to_string())?;
        transcode(&plan, &reader, &self.datum)
    }
}

fn parse(text: &str) -> Schema {
    Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn apache_avro_agrees() {
    // The same cases every time: what somebody else's code makes of a new one should not fail a build by chance.
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&bytes(), |bytes| {
        let Some(case) = Case::new(Changes::KnownToApacheAvro, &bytes) else { return Ok(()) };
        let (found, theirs) = (case.resolve(), apache::resolve(&case.writer, &case.reader, &case.datum));
        prop_assert_eq!(found.as_ref().ok(), theirs.as_ref().ok(), "{:02x?}: {:02x?}, {:02x?}", case, found, theirs);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

proptest! {
    #[test]
    fn what_the_check_calls_readable_is_read(bytes in bytes()) {
        let Some(mut case) = Case::new(Changes::All, &bytes) else { return Ok(()) };
        let (writer, reader) = (parse(&case.writer), parse(&case.reader));
        if check_readable(&reader, &writer).is_empty() && case.resolve().is_err() {
            // Units are none of the check's business, and the only reason why data that it calls readable is not read.
            case.reader = case.reader.replace("timestamp-micros", "timestamp-millis");
            case.writer = case.writer.replace("timestamp-micros", "timestamp-millis");
        }
        let found = case.resolve();
        if check_readable(&reader, &writer).is_empty() {
            prop_assert!(found.is_ok(), "{}\n{}\n{:02x?}: {:?}", case.writer, case.reader, case.datum, found);
        }
        // Whatever was read is a datum of the reader's schema.
        if let Ok(read) = found {
            let straight = Plan::new(&reader, &reader).unwrap();
            prop_assert!(straight.is_same_encoding());
            prop_assert_eq!(transcode(&straight, &reader, &read), Ok(read));
        }
    }
}
