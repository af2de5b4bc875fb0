//! The same messages as rsgen-avro generates them, which apache-avro writes and reads.

/// A module with what rsgen-avro makes of a schema.
macro_rules! generated {
    ($module:ident, $file:literal) => {
        #[allow(
            deprecated,
            unreachable_pub,
            unnameable_types,
            dead_code,
            reason = "the code is rsgen-avro's, and not all of it is used"
        )]
        mod $module {
            include!(concat!(env!("OUT_DIR"), "/rsgen_", $file, ".rs"));
        }
    };
}

generated!(sensor_alert, "sensor_alert");
generated!(customer, "customer");
generated!(telemetry, "telemetry");
generated!(longs, "longs");
generated!(doubles, "doubles");
generated!(readings, "readings");

pub(crate) use customer::Customer;
pub(crate) use doubles::Doubles;
pub(crate) use longs::Longs;
pub(crate) use readings::Readings;
pub(crate) use sensor_alert::SensorAlert;
pub(crate) use telemetry::Telemetry;
