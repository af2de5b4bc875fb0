//! Schemas, protocols and Avro IDL.

use avro_model::compatibility::check_readable;
use avro_model::resolution::Plan;
use avro_model::{Leniency, Schema, SchemaSet, Source, SourceId, imports};

/// What is parsed as a schema is one in every form that it is printed in, and reads what it writes.
///
/// # Panics
///
/// Where that does not hold.
pub fn schema(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let lenient = Schema::parse_leniently(text, Leniency::ALL);
    match Schema::parse(text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(schema) => {
            let canonical = schema.canonical_form();
            assert!(lenient.is_ok(), "it is valid, and refused leniently: {text}");
            for printed in [canonical.clone(), schema.to_json(), schema.to_normalized_json()] {
                let again = Schema::parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
                assert_eq!(again.canonical_form(), canonical, "{printed}");
            }
            assert_eq!(schema.normalized().canonical_form(), canonical);
            if Plan::new(&schema, &schema).is_ok() {
                assert!(check_readable(&schema, &schema).is_empty(), "{text}");
            }
        }
    }
    for path in ["a.avsc", "a.avpr"] {
        describe(path, text);
    }
}

/// Avro IDL is parsed or refused; what is parsed is printed as JSON that is parsed, too.
///
/// # Panics
///
/// Where that does not hold.
pub fn idl(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    // Whatever it imports is not there, which is an error of its own.
    let _ = imports(&Source::new("a.avdl", text));
    describe("a.avdl", text);
}

/// Parses a source, and renders what is wrong with it.
fn describe(path: &str, text: &str) {
    match SchemaSet::parse(vec![Source::new(path, text)]) {
        Err(diagnostics) => assert!(!diagnostics.to_string().is_empty()),
        Ok(set) => {
            let printed = set.json_of(SourceId(0)).expect("there is one source");
            let again = match set.protocols() {
                [] if set.roots().is_empty() => return,
                [] => "a.avsc",
                _ => "a.avpr",
            };
            let again = SchemaSet::parse(vec![Source::new(again, printed.as_str())]);
            assert!(again.is_ok(), "{printed}");
        }
    }
}
