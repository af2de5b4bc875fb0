//! Judges what became of a datum that was decoded by a generated type and encoded again.

use avro_model::Schema;
use serde_json::Value as Json;

use super::normal_form::normal_form;
use super::{avro_json, hexadecimal};
use crate::generated_project::Answer;

/// How a datum came back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Returned {
    /// Byte by byte as it should.
    Exactly,
    /// With the entries of a map in another order.
    Reordered,
}

/// What is known of a datum. One of the two is enough; the other may be `None`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected<'e> {
    /// Its bytes, as any writer may have written them.
    pub(crate) datum: Option<Vec<u8>>,
    /// Its JSON encoding.
    pub(crate) json: Option<&'e Json>,
}

/// Compares an answer with what is known of the datum.
///
/// # Errors
///
/// The first difference, in one line.
pub(crate) fn judge(schema: &Schema, known: &Expected<'_>, answer: &Answer) -> Result<Returned, String> {
    let value = match answer {
        Answer::Value(value) => value,
        Answer::Refused(why) => return Err(format!("a valid datum is refused: {why}")),
        Answer::Failed(why) => return Err(why.clone()),
        Answer::Bounded(_) => return Err("the driver did something else".to_owned()),
    };
    let datum = known.datum.as_deref().unwrap_or(&value.encoded);
    let expected = normal_form(schema, datum).map_err(|error| format!("the test data is wrong: {error}"))?;
    if let Some(json) = known.json {
        avro_json::compare(schema, &value.value, json).map_err(|difference| difference.to_string())?;
    }
    for (encoded, when) in [(&value.encoded, ""), (&value.encoded_after_serde, " after a way through serde")] {
        if !expected.is_encoded_as(schema, encoded) {
            let wanted = hexadecimal::of(expected.exact.as_ref().unwrap_or(&expected.sorted));
            return Err(format!("expected the bytes {wanted}, found {}{when}", hexadecimal::of(encoded)));
        }
    }
    Ok(if expected.exact.is_some() { Returned::Exactly } else { Returned::Reordered })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generated_project::Value;

    fn check(schema: &str, datum: &str, json: Json, (first, second): (&str, &str), expected: Result<Returned, &str>) {
        let bytes = |text| hexadecimal::bytes(text).expect("hexadecimal");
        let value = Value {
            encoded: bytes(first),
            encoded_after_serde: bytes(second),
            value: ciborium::Value::serialized(&json).expect("JSON is data"),
        };
        let schema = Schema::parse(schema).expect("the schema is valid");
        let known = Expected { datum: Some(bytes(datum)), json: Some(&json) };
        let judged = judge(&schema, &known, &Answer::Value(value));
        assert_eq!(judged, expected.map_err(String::from), "{datum}");
    }

    #[test]
    fn bytes_must_be_the_same_both_times() {
        check("\"int\"", "02", json!(1), ("02", "02"), Ok(Returned::Exactly));
        check("\"int\"", "02", json!(1), ("04", "02"), Err("expected the bytes 02, found 04"));
        check(
            "\"int\"",
            "02",
            json!(1),
            ("02", "04"),
            Err("expected the bytes 02, found 04 after a way through serde"),
        );
        check("\"int\"", "8200", json!(1), ("02", "02"), Ok(Returned::Exactly));
        check("\"int\"", "0200", json!(1), ("02", "02"), Err("the test data is wrong: 1 bytes are left over"));
    }

    #[test]
    fn maps_may_be_reordered() {
        let map = r#"{"type":"map","values":"int"}"#;
        let json = || json!({"a": 1, "b": 2});
        check(map, "0402610202620400", json(), ("0402620402610200", "0402610202620400"), Ok(Returned::Reordered));
        let wrong = Err("expected the bytes 0402610202620400, found 00");
        check(map, "0402620402610200", json(), ("00", "00"), wrong);
    }

    #[test]
    fn what_was_not_decoded_is_a_failure() {
        let schema = Schema::parse("\"int\"").expect("the schema is valid");
        let json = json!(1);
        let known = Expected { datum: Some(vec![2]), json: Some(&json) };
        let judge = |answer| judge(&schema, &known, &answer);
        assert_eq!(judge(Answer::Refused("why".into())), Err("a valid datum is refused: why".into()));
        assert_eq!(judge(Answer::Failed("it panicked".into())), Err("it panicked".into()));
    }
}
