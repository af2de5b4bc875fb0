//! `cargo avro list`.

use std::path::PathBuf;
use std::process::ExitCode;

use avro_model::{Definition, DefinitionKind, Kind, SchemaSet, Type};
use comfy_table::{Table, presets};
use serde_json::json;

use crate::report;

pub(crate) fn run(folders: &[PathBuf], as_json: bool) -> ExitCode {
    let set = match report::load(folders, as_json) {
        Ok(set) => set,
        Err(code) => return code,
    };
    let mut types: Vec<NamedType> =
        set.ids().map(|id| NamedType::of(&set, &Type::plain(Kind::Named(id)), set.definition(id))).collect();
    types.sort_by(|left, right| left.fullname.cmp(&right.fullname));
    if as_json {
        println!("{}", types.iter().map(NamedType::as_json).collect::<serde_json::Value>());
        return ExitCode::SUCCESS;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(["type", "is", "CRC-64-AVRO", "SHA-256", "file"]);
    for named in &types {
        table.add_row([
            named.fullname.clone(),
            named.what.clone(),
            format!("{:016x}", named.crc64),
            // Eight digits tell types apart for people; `--json` has them all.
            format!("{}…", &named.sha256[..8]),
            named.file.clone(),
        ]);
    }
    println!("{table}");
    ExitCode::SUCCESS
}

struct NamedType {
    fullname: String,
    what: String,
    crc64: u64,
    sha256: String,
    file: String,
    schema: String,
}

impl NamedType {
    fn of(set: &SchemaSet, ty: &Type, definition: &Definition) -> NamedType {
        let schema = set.schema_of(ty);
        NamedType {
            fullname: definition.name.to_string(),
            what: match &definition.kind {
                DefinitionKind::Record(record) => format!("record of {}", record.fields.len()),
                DefinitionKind::Enum(symbols) => format!("enum of {}", symbols.symbols.len()),
                DefinitionKind::Fixed { size } => format!("fixed of {size}"),
            },
            crc64: schema.fingerprint_crc64(),
            sha256: schema.fingerprint_sha256().iter().map(|byte| format!("{byte:02x}")).collect(),
            file: set.sources().get(definition.origin.source.0).map(|source| source.path.clone()).unwrap_or_default(),
            schema: schema.to_json(),
        }
    }

    fn as_json(&self) -> serde_json::Value {
        json!({
            "fullname": self.fullname,
            "kind": self.what.split(' ').next(),
            "crc64": format!("{:016x}", self.crc64),
            "sha256": self.sha256,
            "file": self.file,
            "schema": self.schema,
        })
    }
}
