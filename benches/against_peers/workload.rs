//! One kind of message: every codec that can encode and decode it, checked, then measured.

use std::fmt::Debug;
use std::hint::black_box;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use avro_typed::{AvroType, DecodeBorrowed, DecodeOwned, Decoder, Encode, Encoder, from_slice};
use benches::measure::{Candidate, measure};
use benches::report::Table;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_avro_fast::ser::SerializerConfig;

use crate::ROUNDS;
use crate::peers::{BINCODE, Borrowing};

const GENERATED: &str = "generated code";
const INTO: &str = "generated code, decode_into the last value";
const VIEW: &str = "generated code, view";
const SERDE_AVRO_FAST: &str = "serde_avro_fast";
const APACHE_AVRO: &str = "apache-avro, direct serde";
const RSGEN: &str = "apache-avro, rsgen-avro's types";
const PROST: &str = "prost";
const BINCODE_2: &str = "bincode 2";
const CLONE: &str = "clone(), no codec";
const MEMCPY: &str = "memcpy, no codec";

/// Messages as a generated type, and how the others get theirs: `P` for serde, `M` for Protocol Buffers, `R` of
/// rsgen-avro.
pub(crate) struct Workload<T, P, M, R> {
    pub(crate) name: &'static str,
    pub(crate) messages: Vec<T>,
    pub(crate) to_serde: fn(&T) -> P,
    pub(crate) to_proto: fn(&P) -> M,
    pub(crate) to_rsgen: fn(&Schema, &[u8]) -> R,
    /// `None` where nothing in a message can be borrowed.
    pub(crate) borrowing: Option<Borrowing>,
}

/// A value as apache-avro reads it.
pub(crate) fn by_apache_avro<R: DeserializeOwned>(schema: &Schema, mut datum: &[u8]) -> R {
    let reader = GenericDatumReader::builder(schema).build().expect("apache-avro can read the schema");
    reader.read_deser(&mut datum).expect("apache-avro decodes it")
}

impl<T, P, M, R> Workload<T, P, M, R>
where
    T: AvroType + Encode + DecodeOwned + DecodeBorrowed + Clone + PartialEq + Debug,
    P: Serialize + DeserializeOwned + bincode::Encode + bincode::Decode<()> + PartialEq + Debug,
    M: Message + Default + PartialEq,
    R: Serialize + DeserializeOwned + PartialEq + Debug,
{
    /// The tables of encoding, of decoding, and of decoding to values that borrow.
    pub(crate) fn tables(self) -> Vec<Table> {
        let schema = T::schema().json;
        let apache = Schema::parse_str(schema).expect("apache-avro reads the schema");
        let fast: serde_avro_fast::Schema = schema.parse().expect("serde_avro_fast reads the schema");
        let prepared = Prepared::new(&self, &apache, &fast);
        let table = |operation, candidates| Table {
            workload: self.name,
            operation,
            bytes_per_message: prepared.avro.iter().map(Vec::len).sum::<usize>() / prepared.avro.len(),
            measurements: measure(self.messages.len(), ROUNDS, candidates),
        };
        let mut tables = vec![
            table("encode", prepared.encoders(&self.messages)),
            table("decode to owned values", prepared.decoders(&self.messages)),
        ];
        if let Some(borrowing) = self.borrowing {
            tables.push(table("decode to borrowed values", prepared.borrowing_decoders::<T>(borrowing)));
        }
        tables
    }
}

/// Everything that is encoded or decoded, after each codec has shown that it can.
struct Prepared<'s, P, M, R> {
    apache: &'s Schema,
    fast: &'s serde_avro_fast::Schema,
    serde: Vec<P>,
    proto: Vec<M>,
    rsgen: Vec<R>,
    avro: Vec<Vec<u8>>,
    protobuf: Vec<Vec<u8>>,
    bincode: Vec<Vec<u8>>,
}

impl<'s, P, M, R> Prepared<'s, P, M, R>
where
    P: Serialize + DeserializeOwned + bincode::Encode + bincode::Decode<()> + PartialEq + Debug,
    M: Message + Default + PartialEq,
    R: Serialize + DeserializeOwned + PartialEq + Debug,
{
    /// All Avro codecs must write the same bytes, and all codecs must read what they wrote.
    fn new<T>(workload: &Workload<T, P, M, R>, apache: &'s Schema, fast: &'s serde_avro_fast::Schema) -> Self
    where
        T: Encode + DecodeOwned + DecodeBorrowed + PartialEq + Debug,
    {
        // One kind after the other: were they made message by message, those of one kind would be far from each other
        // in memory, and what is fast would wait for it.
        let mut encoder = Encoder::new();
        let mut encode = |message| encoder.encode(&[], message).expect("the message can be encoded").to_vec();
        let avro: Vec<Vec<u8>> = workload.messages.iter().map(&mut encode).collect();
        let serde: Vec<P> = workload.messages.iter().map(workload.to_serde).collect();
        let proto: Vec<M> = serde.iter().map(workload.to_proto).collect();
        let protobuf = proto.iter().map(Message::encode_to_vec).collect();
        let by_bincode = |peer| bincode::encode_to_vec(peer, BINCODE).expect("bincode encodes it");
        let bincode = serde.iter().map(by_bincode).collect();
        let rsgen = avro.iter().map(|bytes| (workload.to_rsgen)(apache, bytes)).collect();
        let prepared = Prepared { apache, fast, serde, proto, rsgen, avro, protobuf, bincode };
        prepared.check(&workload.messages);
        prepared
    }

    fn check<T>(&self, messages: &[T])
    where
        T: DecodeOwned + DecodeBorrowed + PartialEq + Debug,
    {
        let mut config = SerializerConfig::new(self.fast);
        for ((message, peer), bytes) in messages.iter().zip(&self.serde).zip(&self.avro) {
            assert_eq!(from_slice::<T>(bytes).expect("what was encoded can be decoded"), *message);
            let view = Decoder::new().view::<T>(bytes).expect("what was encoded can be viewed");
            assert_eq!(T::from_view(view), *message);

            assert_eq!(serde_avro_fast::to_datum_vec(peer, &mut config).expect("serde_avro_fast encodes it"), *bytes);
            let read: P = serde_avro_fast::from_datum_slice(bytes, self.fast).expect("serde_avro_fast decodes it");
            assert_eq!(read, *peer);

            assert_eq!(written_by_apache_avro(self.apache, peer), *bytes);
            assert_eq!(by_apache_avro::<P>(self.apache, bytes), *peer);
        }
        for rsgen in &self.rsgen {
            // Maps are in another order then, so that only the value is the same.
            assert_eq!(by_apache_avro::<R>(self.apache, &written_by_apache_avro(self.apache, rsgen)), *rsgen);
        }
        for (proto, bytes) in self.proto.iter().zip(&self.protobuf) {
            assert!(M::decode(bytes.as_slice()).expect("prost decodes it") == *proto);
        }
        for (peer, bytes) in self.serde.iter().zip(&self.bincode) {
            let (read, _): (P, usize) = bincode::decode_from_slice(bytes, BINCODE).expect("bincode decodes it");
            assert_eq!(read, *peer);
        }
    }

    /// All of them write into a buffer that they keep.
    fn encoders<'c, T: Encode>(&'c self, messages: &'c [T]) -> Vec<Candidate<'c>> {
        let mut encoder = Encoder::new();
        let mut config = SerializerConfig::new(self.fast);
        let (mut fast_buffer, mut protobuf, mut copy) = (Vec::new(), Vec::new(), Vec::new());
        let longest = self.bincode.iter().map(Vec::len).max().unwrap_or_default();
        let mut bincode_buffer = vec![0; longest];
        vec![
            Candidate::new(GENERATED, move || {
                for message in messages {
                    black_box(encoder.encode(&[], message).expect("it was encoded before"));
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for peer in &self.serde {
                    fast_buffer.clear();
                    let buffer = std::mem::take(&mut fast_buffer);
                    fast_buffer = serde_avro_fast::to_datum(peer, buffer, &mut config).expect("it was encoded before");
                    black_box(fast_buffer.as_slice());
                }
            }),
            Candidate::new(APACHE_AVRO, self.apache_encoder(&self.serde)),
            Candidate::new(RSGEN, self.apache_encoder(&self.rsgen)),
            Candidate::new(PROST, move || {
                for message in &self.proto {
                    protobuf.clear();
                    message.encode(&mut protobuf).expect("a vector grows");
                    black_box(protobuf.as_slice());
                }
            }),
            Candidate::new(BINCODE_2, move || {
                for peer in &self.serde {
                    let length = bincode::encode_into_slice(peer, &mut bincode_buffer, BINCODE);
                    black_box(&bincode_buffer[..length.expect("the longest one fits")]);
                }
            }),
            Candidate::new(MEMCPY, move || {
                for bytes in &self.avro {
                    copy.clear();
                    copy.extend_from_slice(bytes);
                    black_box(copy.as_slice());
                }
            }),
        ]
    }

    fn apache_encoder<'c, V: Serialize>(&'c self, values: &'c [V]) -> impl FnMut() + 'c {
        let writer = GenericDatumWriter::builder(self.apache).build().expect("apache-avro can write the schema");
        let mut buffer = Vec::new();
        move || {
            for value in values {
                buffer.clear();
                writer.write_ser(&mut buffer, value).expect("it was encoded before");
                black_box(buffer.as_slice());
            }
        }
    }

    fn decoders<'c, T: DecodeOwned + Clone>(&'c self, messages: &'c [T]) -> Vec<Candidate<'c>> {
        let decoder = Decoder::new();
        let mut old = messages.first().cloned().expect("there are messages");
        vec![
            Candidate::new(GENERATED, move || {
                for bytes in &self.avro {
                    black_box(from_slice::<T>(bytes).expect("it was decoded before"));
                }
            }),
            Candidate::new(INTO, move || {
                for bytes in &self.avro {
                    decoder.decode_into(bytes, &mut old).expect("it was decoded before");
                    black_box(&old);
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for bytes in &self.avro {
                    let read = serde_avro_fast::from_datum_slice::<P>(bytes, self.fast);
                    black_box(read.expect("it was decoded before"));
                }
            }),
            Candidate::new(APACHE_AVRO, self.apache_decoder::<P>()),
            Candidate::new(RSGEN, self.apache_decoder::<R>()),
            Candidate::new(PROST, move || {
                for bytes in &self.protobuf {
                    black_box(M::decode(bytes.as_slice()).expect("it was decoded before"));
                }
            }),
            Candidate::new(BINCODE_2, move || {
                for bytes in &self.bincode {
                    let read = bincode::decode_from_slice::<P, _>(bytes, BINCODE);
                    black_box(read.expect("it was decoded before"));
                }
            }),
            Candidate::new(CLONE, move || {
                for message in messages {
                    black_box(message.clone());
                }
            }),
            Candidate::new(MEMCPY, move || {
                for bytes in &self.avro {
                    black_box(bytes.clone());
                }
            }),
        ]
    }

    fn apache_decoder<'c, V: DeserializeOwned>(&'c self) -> impl FnMut() + 'c {
        let reader = GenericDatumReader::builder(self.apache).build().expect("apache-avro can read the schema");
        move || {
            for bytes in &self.avro {
                black_box(reader.read_deser::<V>(&mut bytes.as_slice()).expect("it was decoded before"));
            }
        }
    }

    fn borrowing_decoders<'c, T: DecodeBorrowed>(&'c self, borrowing: Borrowing) -> Vec<Candidate<'c>> {
        let decoder = Decoder::new();
        vec![
            Candidate::new(VIEW, move || {
                for bytes in &self.avro {
                    black_box(decoder.view::<T>(bytes).expect("it was decoded before"));
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for bytes in &self.avro {
                    (borrowing.serde_avro_fast)(bytes, self.fast);
                }
            }),
            Candidate::new(BINCODE_2, move || {
                for bytes in &self.bincode {
                    (borrowing.bincode)(bytes);
                }
            }),
        ]
    }
}

fn written_by_apache_avro(schema: &Schema, value: &impl Serialize) -> Vec<u8> {
    let writer = GenericDatumWriter::builder(schema).build().expect("apache-avro can write the schema");
    let mut written = Vec::new();
    writer.write_ser(&mut written, value).expect("apache-avro encodes it");
    written
}
