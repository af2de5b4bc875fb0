//! Plans: what they look like, what they do to data, and what they refuse.

mod agreement;
mod names;
mod outline;
mod refusals;
mod scale;
pub(crate) mod transcode;

use avro_model::Schema;
use avro_model::resolution::{Plan, RecordNames};

use outline::outline;
use transcode::transcode;

fn schema(text: &str) -> Schema {
    Schema::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A record `R` of these fields.
fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

/// The plan from `writer` to `reader`, written out by [`outline`].
fn check_outline(writer: &str, reader: &str, expected: &str) {
    check_outline_with(RecordNames::Match, writer, reader, expected);
}

/// The same with names that count for something else.
fn check_outline_with(record_names: RecordNames, writer: &str, reader: &str, expected: &str) {
    let plan = Plan::with_record_names(&schema(writer), &schema(reader), record_names)
        .unwrap_or_else(|error| panic!("{writer} to {reader}: {error}"));
    assert_eq!(outline(&plan), expected, "{writer} to {reader}");
    assert_eq!(plan.is_same_encoding(), expected == "read");
}

/// What becomes of a datum: the hexadecimal of both encodings, or of an error the text.
fn check_datum(writer: &str, written: &str, reader: &str, expected: Result<&str, &str>) {
    let reader_schema = schema(reader);
    let plan =
        Plan::new(&schema(writer), &reader_schema).unwrap_or_else(|error| panic!("{writer} to {reader}: {error}"));
    let bytes: Vec<u8> =
        (0..written.len() / 2).map(|at| u8::from_str_radix(&written[2 * at..2 * at + 2], 16).unwrap()).collect();
    let read =
        transcode(&plan, &reader_schema, &bytes).map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    assert_eq!(read, expected.map(String::from).map_err(String::from), "{writer} to {reader}");
}

const LEVEL: &str = r#"{"type":"enum","name":"Level","symbols":["A","B","C"]}"#;

#[test]
fn what_encodes_alike_is_read_straight() {
    let list = r#"{"type":"record","name":"List","fields":[{"name":"head","type":"int"},{"name":"tail","type":["null","List"]}]}"#;
    for alike in ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] {
        let quoted = format!("\"{alike}\"");
        check_outline(&quoted, &quoted, "read");
    }
    for alike in [
        LEVEL,
        list,
        r#"{"type":"array","items":{"type":"map","values":["null","long"]}}"#,
        r#"{"type":"fixed","name":"Hash","size":16}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}"#,
        "[]",
    ] {
        check_outline(alike, alike, "read");
    }
    // Namespaces, aliases, documentation and defaults do not show in the encoding.
    check_outline(
        &record(r#"{"name":"a","type":"int","doc":"an a"}"#),
        r#"{"type":"record","name":"other.R","fields":[{"name":"b","aliases":["a"],"type":"int","default":7}]}"#,
        "read",
    );
    // A definition in one place and a reference in the other are the same.
    let fixed = r#"{"type":"fixed","name":"F","size":2}"#;
    check_outline(
        &format!(r#"[{fixed},{{"type":"array","items":"F"}}]"#),
        &format!(r#"[{fixed},{{"type":"array","items":"F"}}]"#),
        "read",
    );
    // One side without a logical type sees the number underneath.
    check_outline(r#"{"type":"long","logicalType":"timestamp-millis"}"#, r#""long""#, "read");
    check_outline(r#""long""#, r#"{"type":"long","logicalType":"timestamp-millis"}"#, "read");
    // The reader refuses digits that do not fit when it meets them.
    check_outline(
        r#"{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}"#,
        "read",
    );
}

#[test]
fn promotions_of_the_specification() {
    for (writer, readers) in [
        ("int", &["long", "float", "double"][..]),
        ("long", &["float", "double"]),
        ("float", &["double"]),
        ("string", &["bytes"]),
        ("bytes", &["string"]),
    ] {
        for reader in readers {
            check_outline(&format!("\"{writer}\""), &format!("\"{reader}\""), &format!("{writer}->{reader}"));
        }
    }
    check_outline(r#"{"type":"array","items":"int"}"#, r#"{"type":"array","items":"double"}"#, "array(int->double)");
    check_outline(r#"{"type":"map","values":"float"}"#, r#"{"type":"map","values":"double"}"#, "map(float->double)");
    check_datum(r#""int""#, "02", r#""float""#, Ok("0000803f"));
    check_datum(r#""long""#, "808080808040", r#""float""#, Ok("00008053"));
    check_datum(
        r#"{"type":"array","items":"int"}"#,
        "03040204020600",
        r#"{"type":"array","items":"long"}"#,
        Ok("0602040600"),
    );
}

#[test]
fn fields_are_reordered_skipped_and_filled_in() {
    let writer = record(r#"{"name":"a","type":"int"},{"name":"gone","type":"string"},{"name":"b","type":"long"}"#);
    let reader =
        record(r#"{"name":"b","type":"long"},{"name":"new","type":"string","default":"x"},{"name":"a","type":"long"}"#);
    check_outline(&writer, &reader, "record{2<-int->long, skip bytes, 0<-read, 1=0278}");
    check_datum(&writer, "02046767", &reader, Err("the datum ends early"));
    check_datum(&writer, "0204676706", &reader, Ok("06027802"));
}

#[test]
fn skips_are_merged_and_empty_records_vanish() {
    let rest = |types: &str| record(&format!(r#"{types}{{"name":"kept","type":"int"}}"#));
    let kept = record(r#"{"name":"kept","type":"int"}"#);
    let numbers = r#"{"name":"d","type":"double"},{"name":"f","type":"float"},{"name":"t","type":"boolean"},"#;
    check_outline(&rest(numbers), &kept, "record{skip 13 bytes, 0<-read}");
    let integers = r#"{"name":"i","type":"int"},{"name":"s","type":{"type":"enum","name":"S","symbols":["A"]}},{"name":"l","type":"long"},"#;
    check_outline(&rest(integers), &kept, "record{skip 3 varints, 0<-read}");
    let mixed = format!("{integers}{numbers}");
    check_outline(&rest(&mixed), &kept, "record{skip 3 varints + 13 bytes, 0<-read}");
    check_datum(&rest(&mixed), "80010004000000000000000000000000013a", &kept, Ok("3a"));
    let pair = r#"{"name":"p","type":{"type":"record","name":"P","fields":[{"name":"x","type":"int"},{"name":"y","type":"long"}]}},"#;
    check_outline(&rest(&format!("{pair}{integers}")), &kept, "record{skip 5 varints, 0<-read}");
    let empty = r#"{"name":"e","type":{"type":"record","name":"E","fields":[{"name":"n","type":"null"}]}},"#;
    check_outline(&rest(empty), &kept, "record{0<-read}");
    let nested = r#"{"name":"p","type":{"type":"record","name":"P","fields":[{"name":"x","type":"double"},{"name":"y","type":"double"}]}},"#;
    check_outline(&rest(&format!("{nested}{numbers}")), &kept, "record{skip 29 bytes, 0<-read}");
    let list = r#"{"name":"l","type":{"type":"record","name":"L","fields":[{"name":"head","type":"int"},{"name":"tail","type":["null","L"]}]}},"#;
    check_outline(&rest(list), &kept, "record{skip record{varint, union[nothing, record{..}]}, 0<-read}");
    check_datum(&rest(list), "020204000200", &kept, Err("1 bytes are left over"));
    check_datum(&rest(list), "02020400ff01", &kept, Ok("ff01"));
    // A block with a negative count is passed over by its size.
    let array = r#"{"name":"v","type":{"type":"array","items":"string"}},"#;
    check_outline(&rest(array), &kept, "record{skip array(bytes), 0<-read}");
    check_datum(&rest(array), "0304abcd0002", &kept, Ok("02"));
}

#[test]
fn fields_match_by_name_first_then_by_alias() {
    let writer = record(r#"{"name":"a","type":"int"},{"name":"b","type":"string"}"#);
    check_outline(
        &writer,
        &record(r#"{"name":"c","aliases":["x","b"],"type":"string"}"#),
        "record{skip varint, 0<-read}",
    );
    // `a` is taken by the field of that name, so the alias finds nothing.
    check_outline(
        &writer,
        &record(r#"{"name":"z","aliases":["a"],"type":"int","default":5},{"name":"a","type":"int"}"#),
        "record{1<-read, skip bytes, 0=0a}",
    );
    // Names that changed places go by the names.
    check_outline(
        &record(r#"{"name":"a","type":"int"},{"name":"b","type":"int"}"#),
        &record(r#"{"name":"b","aliases":["a"],"type":"int"},{"name":"a","aliases":["b"],"type":"int"}"#),
        "record{1<-read, 0<-read}",
    );
}

#[test]
fn enums_go_by_symbol() {
    let narrower = r#"{"type":"enum","name":"Level","symbols":["C","A"]}"#;
    let tolerant = r#"{"type":"enum","name":"ns.Level","symbols":["C","UNKNOWN"],"default":"UNKNOWN"}"#;
    let wider = r#"{"type":"enum","name":"Level","symbols":["A","B","C","D"]}"#;
    check_outline(LEVEL, narrower, "enum[1, -, 0]");
    check_outline(LEVEL, tolerant, "enum[1, 1, 0]");
    // Not straight: index 3 is none of the writer's, and must not become `D`.
    check_outline(LEVEL, wider, "enum[0, 1, 2]");
    check_datum(LEVEL, "02", tolerant, Ok("02"));
    check_datum(LEVEL, "02", narrower, Err("symbol 1 is unknown to the reader"));
    check_datum(LEVEL, "06", wider, Err("there is no symbol 3"));
}

#[test]
fn unions_on_either_side() {
    check_outline(r#"["null","int"]"#, r#"["null","int"]"#, "read");
    check_outline(r#"["null","int"]"#, r#"["int","null"]"#, "writer[1:read, 0:read]");
    check_outline(r#"["null","int"]"#, r#"["null","int","string"]"#, "writer[0:read, 1:read]");
    check_outline(r#"["int","string"]"#, r#""string""#, "writer[error TYPE_MISMATCH at /0, read]");
    check_outline(r#""int""#, r#"["null","long"]"#, "1:int->long");
    check_outline(r#"["int","boolean"]"#, r#"["boolean","long"]"#, "writer[1:int->long, 0:read]");
    check_outline(
        r#"["null",{"type":"array","items":"int"}]"#,
        r#"["null",{"type":"array","items":"long"}]"#,
        "writer[0:read, 1:array(int->long)]",
    );
    check_datum(r#"["null","int"]"#, "0206", r#"["int","null"]"#, Ok("0006"));
    check_datum(
        r#"["int","string"]"#,
        "0006",
        r#""string""#,
        Err("the writer's type is int, which cannot be read as string"),
    );
    check_datum(r#"["int","string"]"#, "020261", r#""string""#, Ok("0261"));
}

#[test]
fn unions_of_the_reader_prefer_the_very_type() {
    check_outline(r#""long""#, r#"["float","long"]"#, "1:read");
    check_outline(r#""int""#, r#"["float","long"]"#, "0:int->float");
    check_outline(r#""string""#, r#"["bytes","string"]"#, "1:read");
    let point = |name: &str, more: &str| {
        format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"x","type":"double"}}{more}]}}"#)
    };
    let written = point("written.Point", "");
    let with_z = r#",{"name":"z","type":"double"}"#;
    let with_default = r#",{"name":"z","type":"double","default":0.0}"#;
    for (branches, expected) in [
        // The fullname wins over the unqualified name, and that, where names are ignored, over the first that can be
        // read.
        (vec![point("Flat", ""), point("Point", ""), point("written.Point", "")], "2:read"),
        (vec![point("Flat", ""), point("Point", with_default)], "1:record{0<-read, 1=0000000000000000}"),
        (vec![point("Flat", ""), point("Point", with_z)], "0:read"),
        (vec![point("Solid", with_default), point("Flat", "")], "0:record{0<-read, 1=0000000000000000}"),
    ] {
        let union = format!("[\"null\",{}]", branches.join(","));
        check_outline_with(RecordNames::Ignore, &written, &union, &shift_branch(expected));
    }
    let named_alike = [point("Flat", ""), point("Point", with_default)].join(",");
    check_outline(&written, &format!("[{named_alike}]"), "1:record{0<-read, 1=0000000000000000}");
    let aliased =
        r#"{"type":"record","name":"Spot","aliases":["written.Point"],"fields":[{"name":"x","type":"double"}]}"#;
    check_outline(&written, &format!("[{},{aliased}]", point("Point", "")), "1:read");
    // Enums and fixed go by name alone.
    let (first, second) = (r#"{"type":"fixed","name":"A","size":2}"#, r#"{"type":"fixed","name":"n.B","size":2}"#);
    check_outline(r#"{"type":"fixed","name":"B","size":2}"#, &format!("[{first},{second}]"), "1:read");
}

/// The outline of a branch one further along, behind the `null` that stands first.
fn shift_branch(outline: &str) -> String {
    let (branch, rest) = outline.split_once(':').unwrap();
    format!("{}:{rest}", branch.parse::<u32>().unwrap() + 1)
}

#[test]
fn items_and_values_are_an_error_when_there_is_one() {
    let array = |items: &str| format!(r#"{{"type":"array","items":{items}}}"#);
    let map = |values: &str| format!(r#"{{"type":"map","values":{values}}}"#);
    let refused = Err("the writer's type is string, which cannot be read as int");
    for (around, one) in [(&array as &dyn Fn(&str) -> String, "02026100"), (&map, "02026b026100")] {
        let (writer, reader) = (around(r#""string""#), around(r#""int""#));
        check_datum(&writer, "00", &reader, Ok("00"));
        check_datum(&writer, one, &reader, refused);
    }
    // The same where the item is a record that cannot be read, and where a field is such an array.
    let inner = |ty: &str| array(&format!(r#"{{"type":"record","name":"I","fields":[{{"name":"x","type":"{ty}"}}]}}"#));
    let field = |ty: &str| record(&format!(r#"{{"name":"list","type":{}}}"#, inner(ty)));
    check_datum(&field("string"), "00", &field("int"), Ok("00"));
    check_datum(&field("string"), "02026100", &field("int"), refused);
}

#[test]
fn recursion_through_records() {
    let list = |head: &str, more: &str| {
        format!(
            r#"{{"type":"record","name":"L","fields":[{{"name":"head","type":"{head}"}},{{"name":"tail","type":["null","L"]}}{more}]}}"#
        )
    };
    check_outline(&list("int", ""), &list("long", ""), "record{0<-int->long, 1<-writer[0:read, 1:record{..}]}");
    check_datum(&list("int", ""), "020204020600", &list("long", ""), Ok("020204020600"));
    // The two records differ only in what the second has inside, so both need a plan.
    let outer = |inner: &str| {
        format!(
            r#"{{"type":"record","name":"A","fields":[{{"name":"b","type":["null",{{"type":"record","name":"B","fields":[
            {{"name":"a","type":["null","A"]}},{{"name":"n","type":"{inner}"}}]}}]}}]}}"#
        )
    };
    check_outline(
        &outer("int"),
        &outer("long"),
        "record{0<-writer[0:read, 1:record{0<-writer[0:read, 1:record{..}], 1<-int->long}]}",
    );
    check_outline(&outer("int"), &outer("int"), "read");
    // A record that cannot be read, reached again through one that can: the branch is the error, in both places.
    check_outline(
        &outer("string"),
        &outer("int"),
        "record{0<-writer[0:read, error TYPE_MISMATCH at /fields/0/type/1/1/fields/1/type]}",
    );
}
