//! Records of other names: another type, where the name alone tells what a value is.

use avro_model::resolution::RecordNames;

use super::refusals::check_refused;
use super::{check_datum, check_outline, check_outline_with};

/// A record of this name, with a field `id` and these further attributes.
fn event(name: &str, attributes: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"id","type":"long"}}]{attributes}}}"#)
}

/// That the writer is another type than the reader, and read only where names are ignored.
fn check_other(writer: &str, reader: &str, mismatches: &[&str], ignored: &str) {
    check_refused(writer, reader, mismatches);
    check_outline_with(RecordNames::Ignore, writer, reader, ignored);
}

#[test]
fn another_record_is_another_type() {
    let (placed, shipped) = (event("a.OrderPlaced", ""), event("a.OrderShipped", ""));
    let cancelled = r#"{"type":"record","name":"a.OrderCancelled","fields":[{"name":"id","type":"long"},{"name":"reason","type":"string"}]}"#;
    check_other(&shipped, &placed, &["NAME_MISMATCH /name"], "read");
    check_other(cancelled, &placed, &["NAME_MISMATCH /name"], "record{0<-read, skip bytes}");

    // What a topic of several types is read as.
    let enumeration = format!("[{placed},{cancelled}]");
    check_other(&shipped, &enumeration, &["MISSING_UNION_BRANCH /"], "0:read");
    check_outline(&placed, &enumeration, "0:read");
    check_outline(cancelled, &enumeration, "1:read");
    check_other(&shipped, &format!(r#"["null",{placed}]"#), &["MISSING_UNION_BRANCH /"], "1:read");

    // A union of the writer fails when such a value comes.
    let union = format!("[{placed},{shipped}]");
    let error = "error NAME_MISMATCH at /1/name";
    check_outline(&union, &placed, &format!("writer[read, {error}]"));
    check_outline_with(RecordNames::Ignore, &union, &placed, "writer[read, read]");
    check_outline(&union, &enumeration, "writer[0:read, error MISSING_UNION_BRANCH at /1]");
    check_datum(
        &union,
        "020e",
        &placed,
        Err(
            "the writer's type is named a.OrderShipped, the reader's a.OrderPlaced (an alias in the reader's schema makes them \
             match)",
        ),
    );
    check_datum(
        &union,
        "020e",
        &enumeration,
        Err(
            "the writer's type is record a.OrderShipped, and the records of the reader's union are named a.OrderPlaced, \
             a.OrderCancelled (an alias in the reader's schema makes them match)",
        ),
    );
}

#[test]
fn a_record_is_known_by_its_unqualified_name_or_an_alias() {
    let written = event("a.Order", "");
    for read in [event("a.Order", ""), event("b.Order", ""), event("Order", "")] {
        check_outline(&written, &read, "read");
        check_outline(&written, &format!(r#"["null",{read}]"#), "1:read");
    }
    let renamed = event("b.Purchase", r#","aliases":["a.Order"]"#);
    check_outline(&written, &renamed, "read");
    check_outline(&written, &format!("[{renamed}]"), "0:read");
    // An alias without a namespace is one of the reader's own.
    let elsewhere = event("b.Purchase", r#","aliases":["Order"]"#);
    check_other(&written, &elsewhere, &["NAME_MISMATCH /name"], "read");
    // Names of the writer's aliases are none of the reader's.
    check_other(&renamed, &written, &["NAME_MISMATCH /name"], "read");
}

#[test]
fn a_branch_of_the_name_that_cannot_be_read_says_why() {
    let written = r#"{"type":"record","name":"a.Order","fields":[]}"#;
    check_refused(written, &format!("[{}]", event("b.Order", "")), &["READER_FIELD_MISSING_DEFAULT_VALUE /0/fields/0"]);
}

#[test]
fn a_field_tells_what_its_record_is() {
    let around = |around: &str, name: &str| {
        let inner = event(name, "");
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{}}}]}}"#, around.replace('_', &inner))
    };
    for nested in ["_", r#"{"type":"array","items":_}"#, r#"{"type":"map","values":_}"#] {
        check_outline(&around(nested, "Address"), &around(nested, "PostalAddress"), "read");
    }
    check_outline(
        &around(r#"["null",_]"#, "Address"),
        &around(r#"["null",_]"#, "PostalAddress"),
        "record{0<-writer[0:read, error MISSING_UNION_BRANCH at /fields/0/type/1]}",
    );
    check_refused(
        &around(r#"["null",_]"#, "Address"),
        &around("_", "PostalAddress"),
        &["TYPE_MISMATCH /fields/0/type/0", "NAME_MISMATCH /fields/0/type/1/name"],
    );
    check_refused(
        &around("_", "Address"),
        &around(r#"["null",_]"#, "PostalAddress"),
        &["MISSING_UNION_BRANCH /fields/0/type"],
    );
    // The same pair of records is looked at by its name in one place and by its field in another.
    let twice = |name: &str| {
        let inner = event(name, "");
        format!(r#"[{{"type":"record","name":"R","fields":[{{"name":"f","type":{inner}}}]}},"{name}"]"#)
    };
    check_outline(&twice("A"), &twice("B"), "writer[0:read, error MISSING_UNION_BRANCH at /1]");
}
