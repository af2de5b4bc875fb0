//! Does one operation on the messages of one workload, so that another program can count its instructions:
//! `cargo xtask instructions` runs this below valgrind.
//!
//! `instructions --list` prints the operations, one per line; `instructions OPERATION` does it once to warm up and once
//! in [`counted_pass`], and prints how many messages that were.

use std::hint::black_box;
use std::process::ExitCode;

use avro_typed::model::Schema;
use avro_typed::model::resolution::Plan;
use avro_typed::{
    AvroType, DecodeBorrowed, DecodeOwned, Decoder, Encode, Encoder, from_slice, from_slice_resolved, to_vec,
};
use benches::bench::{Customer, v1};
use benches::messages;

/// Enough that single messages do not matter. Instructions are the same however well branches are predicted.
const MESSAGES: usize = 512;
const ARRAYS: usize = 8;

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let mut operations = operations();
    if wanted == "--list" {
        operations.iter().for_each(|operation| println!("{}", operation.name));
        return ExitCode::SUCCESS;
    }
    match operations.iter_mut().find(|operation| operation.name == wanted) {
        Some(operation) => {
            println!("{}", (operation.run)());
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("there is no operation `{wanted}`; `--list` prints them");
            ExitCode::from(2)
        }
    }
}

/// Something to count.
struct Operation {
    name: String,
    /// Returns how many messages were counted.
    run: Box<dyn Fn() -> usize>,
}

impl Operation {
    fn new(workload: &str, operation: &str, run: impl Fn() -> usize + 'static) -> Self {
        Operation { name: format!("{workload}, {operation}"), run: Box::new(run) }
    }
}

fn operations() -> Vec<Operation> {
    let mut operations = Vec::new();
    operations.extend(straight("W1 SensorAlert", || messages::sensor_alerts(MESSAGES)));
    operations.extend(straight("W2 Customer", || messages::customers(MESSAGES)));
    operations.extend(straight("W3 Telemetry", || messages::telemetry(MESSAGES)));
    operations.extend(straight("W4 longs", || messages::longs(ARRAYS)));
    operations.extend(straight("W4 timestamps", || messages::timestamps(ARRAYS)));
    operations.extend(straight("W4 doubles", || messages::doubles(ARRAYS)));
    operations.extend(straight("W4 small records", || messages::readings(ARRAYS)));
    operations.extend(evolved());
    operations
}

/// What is written and read with one schema.
fn straight<T>(workload: &str, make: fn() -> Vec<T>) -> [Operation; 4]
where
    T: AvroType + Encode + DecodeOwned + DecodeBorrowed + Clone + 'static,
{
    [
        Operation::new(workload, "encode", move || {
            let messages = make();
            let mut encoder = Encoder::new();
            count(&messages, |message| {
                black_box(encoder.encode(&[], message).expect("the message can be encoded"));
            })
        }),
        Operation::new(workload, "decode", move || {
            count(&encode_all(&make()), |bytes| {
                black_box(from_slice::<T>(bytes).expect("what was encoded can be decoded"));
            })
        }),
        Operation::new(workload, "decode_into", move || {
            let messages = make();
            let mut value = messages[0].clone();
            count(&encode_all(&messages), |bytes| {
                Decoder::new().decode_into(bytes, &mut value).expect("what was encoded can be decoded");
                black_box(&value);
            })
        }),
        Operation::new(workload, "view", move || {
            count(&encode_all(&make()), |bytes| {
                black_box(Decoder::new().view::<T>(bytes).expect("what was encoded can be viewed"));
            })
        }),
    ]
}

/// What version 1 wrote, read as version 2.
fn evolved() -> [Operation; 3] {
    const WORKLOAD: &str = "W5 Customer of version 1";
    let make = || {
        let parse = |text: &str| Schema::parse(text).expect("the schema is valid");
        let plan = Plan::new(&parse(v1::Customer::schema().json), &parse(Customer::schema().json));
        (encode_all(&messages::customers_of_version_1(MESSAGES)), plan.expect("version 2 reads version 1"))
    };
    [
        Operation::new(WORKLOAD, "decode through a plan", move || {
            let (encoded, plan) = make();
            count(&encoded, |bytes| {
                black_box(from_slice_resolved::<Customer>(bytes, &plan).expect("version 2 reads it"));
            })
        }),
        Operation::new(WORKLOAD, "decode_into through a plan", move || {
            let (encoded, plan) = make();
            let mut value: Customer = from_slice_resolved(&encoded[0], &plan).expect("version 2 reads it");
            count(&encoded, |bytes| {
                Decoder::new().decode_resolved_into(bytes, &plan, &mut value).expect("version 2 reads it");
                black_box(&value);
            })
        }),
        Operation::new(WORKLOAD, "view through a plan", move || {
            let (encoded, plan) = make();
            count(&encoded, |bytes| {
                black_box(Decoder::new().view_resolved::<Customer>(bytes, &plan).expect("version 2 reads it"));
            })
        }),
    ]
}

fn encode_all<T: Encode>(messages: &[T]) -> Vec<Vec<u8>> {
    messages.iter().map(|message| to_vec(message).expect("the message can be encoded")).collect()
}

/// Handles every message twice. The first time, buffers grow and reused values get their room.
fn count<M>(messages: &[M], mut handle: impl FnMut(&M)) -> usize {
    messages.iter().for_each(&mut handle);
    counted_pass(&mut || messages.iter().for_each(&mut handle));
    messages.len()
}

/// What is counted: valgrind is told this name.
#[inline(never)]
fn counted_pass(pass: &mut dyn FnMut()) {
    pass();
}
