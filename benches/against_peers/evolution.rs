//! What version 1 of a schema wrote, read as version 2: through a plan, beside the same values as version 2 writes
//! them.

use std::hint::black_box;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use avro_typed::model;
use avro_typed::model::resolution::Plan;
use avro_typed::{AvroType, DecodeError, Decoder, Encoder, Limits, Reader, avro, from_slice, from_slice_resolved};
use benches::bench::{Address, Customer, Tier, v1};
use benches::measure::{Candidate, measure};
use benches::report::Table;

use crate::{ROUNDS, peers};

const WORKLOAD: &str = "W5 Customer of version 1";
const STRAIGHT: &str = "straight path, written by version 2";
const PLAN: &str = "through a plan";
const PLAN_INTO: &str = "through a plan, decode_resolved_into the last value";
const STRAIGHT_VIEW: &str = "straight path, view";
const PLAN_VIEW: &str = "through a plan, view";
const BY_HAND: &str = "by hand, for these two versions only";
const APACHE_AVRO: &str = "apache-avro, through its Value";

/// The table of the plan beside the straight path; and that of both crates' resolution on what apache-avro can resolve.
pub(crate) fn tables(messages: &[v1::Customer]) -> [Table; 2] {
    [against_the_straight_path(messages), against_apache_avro(messages)]
}

fn against_the_straight_path(messages: &[v1::Customer]) -> Table {
    let old = encode_all(messages);
    let plan = plan(v1::Customer::schema().json);
    let values: Vec<Customer> = old.iter().map(|bytes| read(bytes, &plan)).collect();
    let new = encode_all(&values);
    for ((old, new), value) in old.iter().zip(&new).zip(&values) {
        assert_eq!(from_slice::<Customer>(new).expect("what was encoded can be decoded"), *value);
        assert_eq!(read_by_hand(old).expect("version 1 can be read"), *value);
        let view = Decoder::new().view_resolved::<Customer>(old, &plan).expect("version 1 can be viewed");
        assert_eq!(view.into_owned(), *value);
    }
    let decoder = Decoder::new();
    let mut last = values.first().cloned().expect("there are messages");
    let candidates = vec![
        Candidate::new(STRAIGHT, || {
            for bytes in &new {
                black_box(from_slice::<Customer>(bytes).expect("it was decoded before"));
            }
        }),
        Candidate::new(PLAN, || {
            for bytes in &old {
                black_box(from_slice_resolved::<Customer>(bytes, &plan).expect("it was decoded before"));
            }
        }),
        Candidate::new(PLAN_INTO, || {
            for bytes in &old {
                decoder.decode_resolved_into(bytes, &plan, &mut last).expect("it was decoded before");
                black_box(&last);
            }
        }),
        Candidate::new(STRAIGHT_VIEW, || {
            for bytes in &new {
                black_box(decoder.view::<Customer>(bytes).expect("it was decoded before"));
            }
        }),
        Candidate::new(PLAN_VIEW, || {
            for bytes in &old {
                black_box(decoder.view_resolved::<Customer>(bytes, &plan).expect("it was decoded before"));
            }
        }),
        Candidate::new(BY_HAND, || {
            for bytes in &old {
                black_box(read_by_hand(bytes).expect("it was decoded before"));
            }
        }),
    ];
    table("decode as version 2", &old, candidates)
}

/// Without the alias: apache-avro does not resolve those of fields.
fn against_apache_avro(messages: &[v1::Customer]) -> Table {
    let writer = v1::Customer::schema().json.replace("fullName", "name");
    let old = encode_all(messages);
    let plan = plan(&writer);
    let apache_writer = Schema::parse_str(&writer).expect("apache-avro reads the schema");
    let apache_reader = Schema::parse_str(Customer::schema().json).expect("apache-avro reads the schema");
    let builder = GenericDatumReader::builder(&apache_writer).reader_schema(&apache_reader);
    let apache = builder.build().expect("apache-avro resolves the schemas");
    let read_by_apache = |bytes: &[u8]| -> peers::Customer {
        let mut rest = bytes;
        let value = apache.read_value(&mut rest).expect("apache-avro decodes it");
        apache_avro::from_value(&value).expect("apache-avro makes a struct of it")
    };
    let decoder = Decoder::new();
    for bytes in &old {
        assert_eq!(read_by_apache(bytes), peers::Customer::from_generated(&read(bytes, &plan)));
    }
    let candidates = vec![
        Candidate::new(PLAN, || {
            for bytes in &old {
                black_box(from_slice_resolved::<Customer>(bytes, &plan).expect("it was decoded before"));
            }
        }),
        Candidate::new(APACHE_AVRO, || {
            for bytes in &old {
                black_box(read_by_apache(bytes));
            }
        }),
        Candidate::new(PLAN_VIEW, || {
            for bytes in &old {
                black_box(decoder.view_resolved::<Customer>(bytes, &plan).expect("it was decoded before"));
            }
        }),
    ];
    table("decode as version 2, without the alias", &old, candidates)
}

fn table(operation: &'static str, encoded: &[Vec<u8>], candidates: Vec<Candidate<'_>>) -> Table {
    let bytes_per_message = encoded.iter().map(Vec::len).sum::<usize>() / encoded.len();
    Table { workload: WORKLOAD, operation, bytes_per_message, measurements: measure(encoded.len(), ROUNDS, candidates) }
}

fn plan(writer: &str) -> Plan {
    let parse = |text: &str| model::Schema::parse(text).expect("the schema is valid");
    Plan::new(&parse(writer), &parse(Customer::schema().json)).expect("version 2 reads version 1")
}

fn read(bytes: &[u8], plan: &Plan) -> Customer {
    from_slice_resolved(bytes, plan).expect("version 2 reads it")
}

/// What somebody would write who knows both versions, and never needs another.
fn read_by_hand(bytes: &[u8]) -> Result<Customer, DecodeError> {
    let mut reader = Reader::new(bytes, Limits::default());
    let name = reader.owned_string()?;
    let id = i64::from(reader.int()?);
    reader.bytes()?; // segment
    let email = reader.owned_string()?;
    let created_at = reader.long()?;
    skip_strings(&mut reader)?; // notes
    reader.double()?; // score
    let tier = match reader.enum_index(4, "bench.v1.Tier")? {
        0 => Tier::Bronze,
        1 => Tier::Silver,
        2 => Tier::Gold,
        _ => Tier::Legacy,
    };
    let tags = reader.field::<avro::Array<avro::Str>, _>("tags")?;
    let attributes = reader.field::<avro::Map<avro::Str>, _>("attributes")?;
    let address = reader.field::<Address, _>("address")?;
    let balance = reader.field::<avro::Bytes, _>("balance")?;
    reader.finish()?;
    Ok(Customer { id, name, email, phone: None, address, tags, created_at, attributes, tier, balance })
}

/// All blocks of these arrays are written without their size.
fn skip_strings(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    loop {
        match reader.long()? {
            0 => return Ok(()),
            count => (0..count).try_for_each(|_| reader.bytes().map(drop))?,
        }
    }
}

fn encode_all<T: avro_typed::Encode>(values: &[T]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new();
    values.iter().map(|value| encoder.encode(&[], value).expect("it can be encoded").to_vec()).collect()
}
