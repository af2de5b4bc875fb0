//! Feature `apache-avro-022`: generated types implement that crate's `AvroSchema`.

/// Ends each generated and each derived type: implements `apache_avro::AvroSchema` with the feature `apache-avro-022`,
/// and is nothing without. A type with parameters is given with them, and with its bounds.
#[cfg(feature = "apache-avro-022")]
#[macro_export]
#[doc(hidden)]
macro_rules! __private_apache_avro {
    (impl [$($parameters:tt)*] $type:ty, where [$($bounds:tt)*]) => {
        impl<$($parameters)*> $crate::apache_avro::AvroSchema for $type where $($bounds)* {
            fn get_schema() -> $crate::apache_avro::Schema {
                $crate::__private::apache_schema(<Self as $crate::AvroType>::schema())
            }
        }
    };
    ($type:ty) => {
        $crate::__private_apache_avro!(impl [] $type, where []);
    };
}

/// Ends each generated and each derived type: implements `apache_avro::AvroSchema` with the feature `apache-avro-022`,
/// and is nothing without. A type with parameters is given with them, and with its bounds.
#[cfg(not(feature = "apache-avro-022"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __private_apache_avro {
    ($($anything:tt)*) => {};
}

/// The schema of a type as `apache_avro` parsed it the first time that it was asked for.
///
/// # Panics
///
/// When `apache_avro` cannot parse the schema, although it is valid: nothing else can be returned then. Whether it can
/// does not depend on any data.
#[cfg(feature = "apache-avro-022")]
pub fn apache_schema(schema: &'static crate::TypeSchema) -> apache_avro::Schema {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    /// By the address of the type's own schema, so that generic types have an entry for each of their instances.
    static PARSED: Mutex<Option<HashMap<usize, apache_avro::Schema>>> = Mutex::new(None);

    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = parsed.get_or_insert_default().entry(std::ptr::from_ref(schema).addr());
    let parse = || match apache_avro::Schema::parse_str(schema.json) {
        Ok(parsed) => parsed,
        Err(error) => panic!("apache_avro cannot parse this schema: {error}\n{}", schema.json),
    };
    entry.or_insert_with(parse).clone()
}
