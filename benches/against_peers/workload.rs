//! One kind of message: every codec that can encode and decode it, checked, then measured.

use std::fmt::Debug;
use std::hint::black_box;

use apache_avro::Schema;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;
use avro_typed::{AvroType, DecodeBorrowed, DecodeOwned, Decoder, Encode, Encoder, from_slice};
use benches::measure::{Candidate, measure};
use benches::report::Table;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_avro_fast::ser::SerializerConfig;

use crate::ROUNDS;

const GENERATED: &str = "generated code";
const INTO: &str = "generated code, decode_into the last value";
const VIEW: &str = "generated code, view";
const SERDE_AVRO_FAST: &str = "serde_avro_fast";
const APACHE_AVRO: &str = "apache-avro, direct serde";
const CLONE: &str = "clone(), no codec";
const MEMCPY: &str = "memcpy, no codec";

/// Decodes a message with serde_avro_fast to a type that borrows from it.
pub(crate) type DecodeBorrowedPeer = fn(&[u8], &serde_avro_fast::Schema);

/// The tables of encoding and of decoding. `to_peer` makes the same message for serde.
pub(crate) fn tables<T, P>(
    workload: &'static str,
    messages: &[T],
    to_peer: impl Fn(&T) -> P,
    decode_borrowed: DecodeBorrowedPeer,
) -> [Table; 3]
where
    T: AvroType + Encode + DecodeOwned + DecodeBorrowed + Clone + PartialEq + Debug,
    P: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let peers: Vec<P> = messages.iter().map(to_peer).collect();
    let codecs = Codecs::new(T::schema().json);
    let encoded = codecs.check(messages, &peers);
    let bytes_per_message = encoded.iter().map(Vec::len).sum::<usize>() / encoded.len();
    let table = |operation, candidates| Table {
        workload,
        operation,
        bytes_per_message,
        measurements: measure(messages.len(), ROUNDS, candidates),
    };
    [
        table("encode", codecs.encoders(messages, &peers, &encoded)),
        table("decode to owned values", codecs.decoders::<T, P>(messages, &encoded)),
        table("decode to borrowed values", codecs.borrowing_decoders::<T>(&encoded, decode_borrowed)),
    ]
}

/// The other crates' codecs for one schema, prepared as far as they can be.
struct Codecs {
    apache: Schema,
    serde_avro_fast: serde_avro_fast::Schema,
}

impl Codecs {
    fn new(schema: &str) -> Self {
        Codecs {
            apache: Schema::parse_str(schema).expect("apache-avro reads the schema"),
            serde_avro_fast: schema.parse().expect("serde_avro_fast reads the schema"),
        }
    }

    fn apache_writer(&self) -> GenericDatumWriter<'_> {
        GenericDatumWriter::builder(&self.apache).build().expect("apache-avro can write the schema")
    }

    fn apache_reader(&self) -> GenericDatumReader<'_> {
        GenericDatumReader::builder(&self.apache).build().expect("apache-avro can read the schema")
    }

    /// Every message in Avro binary, after each codec has shown that it writes exactly that, and reads it back.
    fn check<T, P>(&self, messages: &[T], peers: &[P]) -> Vec<Vec<u8>>
    where
        T: Encode + DecodeOwned + DecodeBorrowed + PartialEq + Debug,
        P: Serialize + DeserializeOwned + PartialEq + Debug,
    {
        let mut config = SerializerConfig::new(&self.serde_avro_fast);
        let (writer, reader) = (self.apache_writer(), self.apache_reader());
        let mut encoder = Encoder::new();
        let check_one = |(message, peer): (&T, &P)| {
            let bytes = encoder.encode(&[], message).expect("the message can be encoded").to_vec();
            assert_eq!(from_slice::<T>(&bytes).expect("what was encoded can be decoded"), *message);
            let view = Decoder::new().view::<T>(&bytes).expect("what was encoded can be viewed");
            assert_eq!(T::from_view(view), *message);

            assert_eq!(serde_avro_fast::to_datum_vec(peer, &mut config).expect("serde_avro_fast encodes it"), bytes);
            let read: P =
                serde_avro_fast::from_datum_slice(&bytes, &self.serde_avro_fast).expect("serde_avro_fast decodes it");
            assert_eq!(read, *peer);

            let mut written = Vec::new();
            writer.write_ser(&mut written, peer).expect("apache-avro encodes it");
            assert_eq!(written, bytes);
            let read: P = reader.read_deser(&mut bytes.as_slice()).expect("apache-avro decodes it");
            assert_eq!(read, *peer);
            bytes
        };
        messages.iter().zip(peers).map(check_one).collect()
    }

    /// All of them write into a buffer that they keep.
    fn encoders<'c, T: Encode, P: Serialize>(
        &'c self,
        messages: &'c [T],
        peers: &'c [P],
        encoded: &'c [Vec<u8>],
    ) -> Vec<Candidate<'c>> {
        let mut encoder = Encoder::new();
        let mut config = SerializerConfig::new(&self.serde_avro_fast);
        let mut fast_buffer = Vec::new();
        let writer = self.apache_writer();
        let mut apache_buffer = Vec::new();
        let mut copy = Vec::new();
        vec![
            Candidate::new(GENERATED, move || {
                for message in messages {
                    black_box(encoder.encode(&[], message).expect("it was encoded before"));
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for peer in peers {
                    fast_buffer.clear();
                    let buffer = std::mem::take(&mut fast_buffer);
                    fast_buffer = serde_avro_fast::to_datum(peer, buffer, &mut config).expect("it was encoded before");
                    black_box(fast_buffer.as_slice());
                }
            }),
            Candidate::new(APACHE_AVRO, move || {
                for peer in peers {
                    apache_buffer.clear();
                    writer.write_ser(&mut apache_buffer, peer).expect("it was encoded before");
                    black_box(apache_buffer.as_slice());
                }
            }),
            Candidate::new(MEMCPY, move || {
                for bytes in encoded {
                    copy.clear();
                    copy.extend_from_slice(bytes);
                    black_box(copy.as_slice());
                }
            }),
        ]
    }

    fn borrowing_decoders<'c, T: DecodeBorrowed>(
        &'c self,
        encoded: &'c [Vec<u8>],
        decode_borrowed: DecodeBorrowedPeer,
    ) -> Vec<Candidate<'c>> {
        let decoder = Decoder::new();
        vec![
            Candidate::new(VIEW, move || {
                for bytes in encoded {
                    black_box(decoder.view::<T>(bytes).expect("it was decoded before"));
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for bytes in encoded {
                    decode_borrowed(bytes, &self.serde_avro_fast);
                }
            }),
        ]
    }

    fn decoders<'c, T, P>(&'c self, messages: &'c [T], encoded: &'c [Vec<u8>]) -> Vec<Candidate<'c>>
    where
        T: DecodeOwned + Clone,
        P: DeserializeOwned,
    {
        let reader = self.apache_reader();
        let decoder = Decoder::new();
        let mut old = messages.first().cloned().expect("there are messages");
        vec![
            Candidate::new(GENERATED, move || {
                for bytes in encoded {
                    black_box(from_slice::<T>(bytes).expect("it was decoded before"));
                }
            }),
            Candidate::new(INTO, move || {
                for bytes in encoded {
                    decoder.decode_into(bytes, &mut old).expect("it was decoded before");
                    black_box(&old);
                }
            }),
            Candidate::new(SERDE_AVRO_FAST, move || {
                for bytes in encoded {
                    let read = serde_avro_fast::from_datum_slice::<P>(bytes, &self.serde_avro_fast);
                    black_box(read.expect("it was decoded before"));
                }
            }),
            Candidate::new(APACHE_AVRO, move || {
                for bytes in encoded {
                    black_box(reader.read_deser::<P>(&mut bytes.as_slice()).expect("it was decoded before"));
                }
            }),
            Candidate::new(CLONE, move || {
                for message in messages {
                    black_box(message.clone());
                }
            }),
        ]
    }
}
