//! The schemas that are measured, and the code of both generators for them.

use std::error::Error;

use avro_codegen::Options;
use avro_model::{SchemaSet, Source};

/// A library that decodes and encodes a record of so many fields: thirds of strings, and of unions with two and three
/// branches.
pub(crate) fn wide_record(fields: usize) -> Result<String, Box<dyn Error>> {
    let types = [r#""string""#, r#"["null", "string"]"#, r#"["null", "string", "int"]"#];
    let field = |index: usize| format!(r#"{{"name": "field_{index}", "type": {}}}"#, types[index % types.len()]);
    let fields: Vec<String> = (0..fields).map(field).collect();
    let text = format!(r#"{{"type": "record", "name": "Wide", "fields": [{}]}}"#, fields.join(", "));
    let code = generated(vec![Source::new("wide.avsc", text)])?;
    Ok(format!(
        "{code}\npub fn copy(datum: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {{\n    \
         Ok(avro_typed::to_vec(&avro_typed::from_slice::<Wide>(datum)?)?)\n}}\n"
    ))
}

/// A library of so many records of 13 fields, each with an enum of its own.
pub(crate) fn many_types(types: usize) -> Result<String, Box<dyn Error>> {
    let source = |(index, text)| Source::new(format!("record_{index}.avsc"), text);
    generated(records(types).enumerate().map(source).collect())
}

/// The same by rsgen-avro, whose types are for serde alone.
pub(crate) fn many_types_of_rsgen(types: usize) -> Result<String, Box<dyn Error>> {
    let mut code = b"#![allow(deprecated)]\n".to_vec();
    let generator = rsgen_avro::Generator::new()?;
    for schema in records(types) {
        generator.generate(&rsgen_avro::Source::SchemaStr(&schema), &mut code)?;
    }
    Ok(String::from_utf8(code)?)
}

fn records(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|index| {
        format!(
            r#"{{"type": "record", "name": "Record{index}", "namespace": "com.example", "doc": "What happened.", "fields": [
  {{"name": "name", "type": "string"}},
  {{"name": "count", "type": "long"}},
  {{"name": "level", "type": "int", "default": 0}},
  {{"name": "isOpen", "type": "boolean"}},
  {{"name": "weight", "type": "double"}},
  {{"name": "note", "type": ["null", "string"], "default": null}},
  {{"name": "parent", "type": ["null", "long"], "default": null}},
  {{"name": "placedAt", "type": {{"type": "long", "logicalType": "timestamp-millis"}}}},
  {{"name": "tags", "type": {{"type": "array", "items": "string"}}}},
  {{"name": "limits", "type": {{"type": "map", "values": "long"}}}},
  {{"name": "total", "type": {{"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}}},
  {{"name": "raw", "type": "bytes"}},
  {{"name": "status", "default": "NEW", "type": {{
    "type": "enum", "name": "Status{index}", "symbols": ["NEW", "OPEN", "CLOSED", "LOST"], "default": "NEW"}}}}
]}}"#
        )
    })
}

fn generated(sources: Vec<Source>) -> Result<String, Box<dyn Error>> {
    let set = SchemaSet::parse(sources)?;
    Ok(avro_codegen::generate_file(&set, &Options::new())?)
}
