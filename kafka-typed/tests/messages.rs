//! Types of the tests' messages, written as the generator writes them.

use kafka_typed::avro_typed::{AvroType, Decode, DecodeError, Encode, EncodeError, Reader, Resolving, Writer, avro};

/// A record with the traits that generated code implements. Each field: its index, its Rust name, its Avro name, its types.
macro_rules! record {
    ($rust:ident = $schema:literal { $($index:literal $field:ident $name:literal: $ty:ty as $avro:ty,)* }) => {
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $rust {
            $(pub(crate) $field: $ty,)*
        }

        impl AvroType for $rust {
            const FULLNAME: &'static str = "test.Alert";
            const SCHEMA: &'static str = $schema;
            const SCHEMA_SOURCE: &'static str = $schema;
            const FINGERPRINT_CRC64: u64 = 0;
            const FINGERPRINT_SHA256: [u8; 32] = [0; 32];
        }

        impl Encode for $rust {
            const NAME: &'static str = "Alert";

            fn encode(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
                $(writer.field::<$avro, _>($name, &self.$field)?;)*
                Ok(())
            }
        }

        impl<'a> Decode<'a> for $rust {
            const NAME: &'static str = "Alert";
            const MIN_SIZE: usize = 0;

            fn decode(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
                Ok(Self { $($field: reader.field::<$avro, _>($name)?,)* })
            }

            fn decode_changed(reader: &mut Reader<'a>, resolving: Resolving<'a>) -> Result<Self, DecodeError> {
                $(let mut $field = None;)*
                for step in resolving.record_steps()? {
                    match step.field() {
                        $(Some($index) => $field = Some(step.read::<$avro, _>(reader, $name)?),)*
                        _ => step.skip(reader)?,
                    }
                }
                Ok(Self { $($field: resolving.required($field, $name)?,)* })
            }
        }
    };
}

record!(Alert = r#"{"type":"record","name":"Alert","namespace":"test","fields":[{"name":"sensorId","type":"string"},{"name":"level","type":"int"},{"name":"message","type":"string"}]}"# {
    0 sensor_id "sensorId": String as avro::Str,
    1 level "level": i32 as avro::Int,
    2 message "message": String as avro::Str,
});

// The same encoding, but another schema: it has documentation, which a registry keeps.
record!(DocumentedAlert = r#"{"type":"record","name":"Alert","namespace":"test","doc":"What a sensor has to say.","fields":[{"name":"sensorId","type":"string"},{"name":"level","type":"int"},{"name":"message","type":"string"}]}"# {
    0 sensor_id "sensorId": String as avro::Str,
    1 level "level": i32 as avro::Int,
    2 message "message": String as avro::Str,
});

// A later version: a field with a default was added.
record!(SourcedAlert = r#"{"type":"record","name":"Alert","namespace":"test","fields":[{"name":"sensorId","type":"string"},{"name":"level","type":"int"},{"name":"message","type":"string"},{"name":"source","type":"string","default":"unknown"}]}"# {
    0 sensor_id "sensorId": String as avro::Str,
    1 level "level": i32 as avro::Int,
    2 message "message": String as avro::Str,
    3 source "source": String as avro::Str,
});

// The same fields in another order.
record!(ReorderedAlert = r#"{"type":"record","name":"Alert","namespace":"test","fields":[{"name":"message","type":"string"},{"name":"sensorId","type":"string"},{"name":"level","type":"int"}]}"# {
    0 message "message": String as avro::Str,
    1 sensor_id "sensorId": String as avro::Str,
    2 level "level": i32 as avro::Int,
});

// A reader that needs what no other version writes.
record!(OwnedAlert = r#"{"type":"record","name":"Alert","namespace":"test","fields":[{"name":"sensorId","type":"string"},{"name":"owner","type":"string"}]}"# {
    0 sensor_id "sensorId": String as avro::Str,
    1 owner "owner": String as avro::Str,
});

impl Alert {
    /// An alert that is unlike those of other numbers.
    pub(crate) fn numbered(number: i32) -> Self {
        Self { sensor_id: format!("sensor-{number}"), level: number, message: format!("message number {number}") }
    }
}
