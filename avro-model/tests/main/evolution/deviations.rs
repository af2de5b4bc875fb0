//! Where apache-avro 0.22 resolves in another way than the specification and Java: recorded, and left out of the cases
//! that are compared at random. When an entry no longer holds, apache-avro has changed: take the entry out, and let the
//! cases be made.

use super::{Case, apache};

/// A case on which the two do not agree: the datum in the reader's encoding, or `None` for an error.
struct Deviation {
    what: &'static str,
    writer: &'static str,
    reader: &'static str,
    datum: &'static [u8],
    ours: Option<&'static [u8]>,
    theirs: Option<&'static [u8]>,
}

const DEVIATIONS: [Deviation; 15] = [
    Deviation {
        what: "a long is read as an int when the value is small enough",
        writer: r#""long""#,
        reader: r#""int""#,
        datum: &[2],
        ours: None,
        theirs: Some(&[2]),
    },
    Deviation {
        what: "a double is read as a float, rounded",
        writer: r#""double""#,
        reader: r#""float""#,
        datum: &[0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f],
        ours: None,
        theirs: Some(&[0xcd, 0xcc, 0xcc, 0x3d]),
    },
    Deviation {
        what: "aliases of fields are not looked at",
        writer: r#"{"type": "record", "name": "R", "fields": [{"name": "old", "type": "int"}]}"#,
        reader: r#"{"type": "record", "name": "R", "fields": [{"name": "new", "aliases": ["old"], "type": "int"}]}"#,
        datum: &[2],
        ours: Some(&[2]),
        theirs: None,
    },
    Deviation {
        what: "aliases of fields are not looked at, and a default is taken for the value",
        writer: r#"{"type": "record", "name": "R", "fields": [{"name": "old", "type": "int"}]}"#,
        reader: r#"{"type": "record", "name": "R", "fields": [{"name": "new", "aliases": ["old"], "type": "int", "default": 7}]}"#,
        datum: &[2],
        ours: Some(&[2]),
        theirs: Some(&[14]),
    },
    Deviation {
        what: "another name of an enum does not matter",
        writer: r#"{"type": "enum", "name": "A", "symbols": ["X"]}"#,
        reader: r#"{"type": "enum", "name": "B", "symbols": ["X"]}"#,
        datum: &[0],
        ours: None,
        theirs: Some(&[0]),
    },
    Deviation {
        what: "another name of a fixed does not matter",
        writer: r#"{"type": "fixed", "name": "A", "size": 1}"#,
        reader: r#"{"type": "fixed", "name": "B", "size": 1}"#,
        datum: &[9],
        ours: None,
        theirs: Some(&[9]),
    },
    Deviation {
        what: "among numbers of a union the value decides, not its type",
        writer: r#""long""#,
        reader: r#"["string", "int", "double"]"#,
        datum: &[14],
        ours: Some(&[4, 0, 0, 0, 0, 0, 0, 0x1c, 0x40]),
        theirs: Some(&[2, 14]),
    },
    Deviation {
        what: "the first fixed of the size is taken, whatever its name",
        writer: r#"[{"type": "fixed", "name": "A", "size": 1}, {"type": "fixed", "name": "B", "size": 1}]"#,
        reader: r#"[{"type": "fixed", "name": "A", "size": 1}, {"type": "fixed", "name": "B", "size": 1}]"#,
        datum: &[2, 9],
        ours: Some(&[2, 9]),
        theirs: Some(&[0, 9]),
    },
    Deviation {
        what: "the first record into which the value fits is taken, whatever its name",
        writer: r#"[{"type": "record", "name": "A", "fields": []}, {"type": "record", "name": "B", "fields": []}]"#,
        reader: r#"[{"type": "record", "name": "A", "fields": []}, {"type": "record", "name": "B", "fields": []}]"#,
        datum: &[2],
        ours: Some(&[2]),
        theirs: Some(&[0]),
    },
    Deviation {
        what: "a map becomes a record into which it fits",
        writer: r#"{"type": "map", "values": "int"}"#,
        reader: r#"["null", {"type": "record", "name": "A", "fields": []}]"#,
        datum: &[0],
        ours: None,
        theirs: Some(&[2]),
    },
    Deviation {
        what: "an array of small numbers becomes bytes",
        writer: r#"{"type": "array", "items": "int"}"#,
        reader: r#"["null", "bytes"]"#,
        datum: &[2, 14, 0],
        ours: None,
        theirs: Some(&[2, 2, 7]),
    },
    Deviation {
        what: "a string is read as the first fixed of its length",
        writer: r#""string""#,
        reader: r#"[{"type": "fixed", "name": "A", "size": 2}, "bytes"]"#,
        datum: &[4, b'h', b'i'],
        ours: Some(&[2, 4, b'h', b'i']),
        theirs: Some(&[0, b'h', b'i']),
    },
    Deviation {
        what: "a union does not take a number whose logical type it does not have",
        writer: r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
        reader: r#"["null", "long"]"#,
        datum: &[14],
        ours: Some(&[2, 14]),
        theirs: None,
    },
    Deviation {
        what: "a decimal is not read when its bytes are few",
        writer: r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        reader: r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
        datum: &[2, 66],
        ours: Some(&[2, 66]),
        theirs: None,
    },
    Deviation {
        what: "a default of a record that is defined elsewhere is refused",
        writer: r#"{"type": "record", "name": "R", "fields": []}"#,
        reader: r#"{"type": "record", "name": "R", "fields": [{"name": "all", "type": {"type": "array", "items": "R"}, "default": [{"all": []}]}]}"#,
        datum: &[],
        ours: Some(&[2, 0, 0]),
        theirs: None,
    },
];

#[test]
fn deviations_are_as_recorded() {
    let mut wrong = Vec::new();
    for Deviation { what, writer, reader, datum, ours, theirs } in &DEVIATIONS {
        let case = Case { writer: (*writer).to_owned(), reader: (*reader).to_owned(), datum: datum.to_vec() };
        let (found, found_theirs) = (case.resolve(), apache::resolve(writer, reader, datum));
        if found.as_deref().ok() != *ours || found_theirs.as_deref().ok() != *theirs {
            wrong.push(format!("{what}: ours {found:02x?}, theirs {found_theirs:02x?}"));
        }
        assert_ne!(ours, theirs, "{what}: no deviation");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
