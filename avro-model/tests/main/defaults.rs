//! Defaults: which JSON is a value of which type, and its encoding.

use avro_model::{Definition, DefinitionKind, Field, Schema, encode_default};

/// A type, a default, and either its encoding in hexadecimal or what must be in the error.
const CASES: &[(&str, &str, Result<&str, &str>)] = &[
    (r#""null""#, "null", Ok("")),
    (r#""boolean""#, "true", Ok("01")),
    (r#""boolean""#, "0", Err("expected true or false (boolean), found the number 0")),
    (r#""int""#, "-1", Ok("01")),
    (r#""int""#, "2147483647", Ok("feffffff0f")),
    (r#""int""#, "2147483648", Err("2147483648 is out of the range of int")),
    (r#""int""#, "1.0", Err("expected a whole number (int), found the number 1.0")),
    (r#""long""#, "-9223372036854775808", Ok("ffffffffffffffffff01")),
    (r#""long""#, "9223372036854775808", Err("out of the range of long")),
    (r#""float""#, "1", Ok("0000803f")),
    (r#""float""#, "1e39", Err("1e39 is out of the range of float")),
    (r#""float""#, r#""NaN""#, Ok("0000c07f")),
    (r#""double""#, "0", Ok("0000000000000000")),
    (r#""double""#, "0.00001", Ok("f168e388b5f8e43e")),
    (r#""double""#, r#""-Infinity""#, Ok("000000000000f0ff")),
    (r#""double""#, r#""1.5""#, Ok("000000000000f83f")),
    (r#""double""#, r#""much""#, Err("expected a number (double)")),
    (r#""double""#, "1e999", Err("1e999 is out of the range of double")),
    (r#""string""#, r#""a\"\u00e9\ud83d\ude00""#, Ok("106122c3a9f09f9880")),
    (r#""bytes""#, r#""\u0000\u00ff""#, Ok("0400ff")),
    (r#""bytes""#, r#""\u0100""#, Err("is not a byte")),
    (r#"{"type": "array", "items": "int"}"#, "[]", Ok("00")),
    (r#"{"type": "array", "items": "int"}"#, "[1, 2]", Ok("04020400")),
    (r#"{"type": "array", "items": "int"}"#, r#"[1, "2"]"#, Err("at `[1]`: expected a whole number")),
    (r#"{"type": "map", "values": "bytes"}"#, r#"{"k": "\u00ff"}"#, Ok("02026b02ff00")),
    (r#"{"type": "map", "values": "int"}"#, r#"{"k": null}"#, Err("at `k`: expected a whole number")),
    (r#"["null", "string"]"#, "null", Ok("00")),
    (r#"["null", "string"]"#, r#""a""#, Ok("020261")),
    (r#"["int", "long"]"#, "3000000000", Ok("0280f882ad16")),
    (r#"["int", "boolean"]"#, r#""a""#, Err(r#"the string "a" fits no branch of the union [int, boolean]"#)),
    (r#"["float", "string"]"#, r#""NaN""#, Ok("02064e614e")),
    (r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#, r#""B""#, Ok("02")),
    (r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#, r#""C""#, Err("`C` is not a symbol of the enum `E`")),
    (r#"{"type": "fixed", "name": "F", "size": 2}"#, r#""\u00ff\u0000""#, Ok("ff00")),
    (r#"{"type": "fixed", "name": "F", "size": 2}"#, r#""a""#, Err("expected 2 characters")),
    // Inner fields that are not given take their own defaults.
    (INNER, "{}", Err("the field `a` of the record `Inner` is missing")),
    (INNER, r#"{"a": 1}"#, Ok("02040e00")),
    (INNER, r#"{"b": 3, "a": 1}"#, Ok("02060e00")),
    (INNER, r#"{"a": 1, "deep": {"c": 8, "d": [{"a": "x"}]}}"#, Err("at `deep.d[0].a`: expected a whole number")),
    (INNER, r#"{"a": 1, "deep": {"d": [{"a": 0}]}}"#, Ok("02040e0200040e0000")),
    // The branch that fails farthest inside is the one that was meant.
    (r#"["null", {"type": "map", "values": {"type": "array", "items": "int"}}]"#, r#"{"k": [true]}"#, Err("at `k[0]`")),
];

/// A record whose inner record has defaults, and is recursive.
const INNER: &str = r#"{"type": "record", "name": "Inner", "fields": [
    {"name": "a", "type": "int"},
    {"name": "b", "type": "int", "default": 2},
    {"name": "deep", "type": {"type": "record", "name": "Deep", "fields": [
        {"name": "c", "type": "int", "default": 7},
        {"name": "d", "type": {"type": "array", "items": "Inner"}, "default": []}]}, "default": {}}]}"#;

#[test]
fn defaults_are_checked_and_encoded() {
    for (ty, default, expected) in CASES {
        let text = format!(
            r#"{{"type": "record", "name": "Outer", "fields": [{{"name": "f", "type": {ty}, "default": {default}}}]}}"#
        );
        match (Schema::parse(&text), expected) {
            (Ok(schema), Ok(hex)) => {
                let field = field(&schema.definitions()[0], "f");
                let json = field.default.as_ref().expect("the field has a default");
                let bytes = encode_default(&field.ty, schema.definitions(), json).expect("a checked default is valid");
                let found: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(found, *hex, "{ty} {default}");
            }
            (Err(error), Err(message)) => assert!(error.to_string().contains(message), "{ty} {default}: {error}"),
            (found, _) => panic!("{ty} {default}: expected {expected:?}, found {found:?}"),
        }
    }
}

/// Forty records, each with two fields that default to the next record, would take 2^40 fields.
#[test]
fn defaults_that_explode_are_an_error() {
    let mut definitions = vec![r#"{"type": "record", "name": "R40", "fields": []}"#.to_owned()];
    for index in 0..40 {
        let next = index + 1;
        definitions.push(format!(
            r#"{{"type": "record", "name": "R{index}", "fields": [
                {{"name": "a", "type": "R{next}", "default": {{}}}}, {{"name": "b", "type": "R{next}", "default": {{}}}}]}}"#
        ));
    }
    let schema = Schema::parse(&format!("[{}]", definitions.join(","))).expect("each default is valid");
    let first = schema.definitions().iter().find(|definition| definition.name.as_str() == "R0").expect("R0 is there");
    let field = field(first, "a");
    let json = field.default.as_ref().expect("the field has a default");
    let error = encode_default(&field.ty, schema.definitions(), json).expect_err("it does not fit into memory");
    let expected = "the value and the inner defaults that it takes are too large (more than 1048576 bytes, or thousands of fields)";
    assert!(error.to_string().ends_with(expected), "{error}");
}

/// Six hundred records, each with a field that defaults to the next record.
#[test]
fn defaults_that_are_too_deep_are_an_error() {
    let mut definitions = vec![r#"{"type": "record", "name": "R600", "fields": []}"#.to_owned()];
    for index in 0..600 {
        let next = index + 1;
        definitions.push(format!(
            r#"{{"type": "record", "name": "R{index}", "fields": [{{"name": "f", "type": "R{next}", "default": {{}}}}]}}"#
        ));
    }
    let schema = Schema::parse(&format!("[{}]", definitions.join(","))).expect("each default is valid");
    let first = schema.definitions().iter().find(|definition| definition.name.as_str() == "R0").expect("R0 is there");
    let field = field(first, "f");
    let json = field.default.as_ref().expect("the field has a default");
    let error = encode_default(&field.ty, schema.definitions(), json).expect_err("it is too deep");
    assert!(
        error.to_string().ends_with("the value is nested more than 96 levels deep, inner defaults included"),
        "{error}"
    );
    let error = encode_default(&field.ty, &[], json).expect_err("the definitions are others");
    assert_eq!(error.to_string(), "the type refers to a definition that is not in the list");
}

fn field<'d>(definition: &'d Definition, name: &str) -> &'d Field {
    let DefinitionKind::Record(record) = &definition.kind else {
        panic!("{} is not a record", definition.name);
    };
    record.fields.iter().find(|field| field.name == name).expect("the field is there")
}
