//! `cargo avro show`: one schema.

use avro_build::lock::pretty_json;
use avro_model::Schema;
use clap::Args;
use schema_registry::SchemaId;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::arguments::{LockArguments, RegistryArguments, SchemaArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::registry::Registry;
use crate::types;
use crate::versions::{Origin, Version, Which, guid_of, of_schema};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A type of the schema files (`com.example.Customer`), a subject (`customer-value`, `customer-value@3`), or a
    /// schema id (`17`).
    what: String,
    #[command(flatten)]
    schemas: SchemaArguments,
    #[command(flatten)]
    registry: RegistryArguments,
    #[command(flatten)]
    lock: LockArguments,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let what = arguments.what.as_str();
    if let Ok(id) = what.parse::<u32>() {
        return show_id(id, arguments, answer);
    }
    if let Some((subject, version)) = what.rsplit_once('@')
        && let Ok(which) = version.parse()
    {
        return show_version(subject, which, arguments, answer);
    }
    // A project without schema files may still ask a registry.
    if arguments.schemas.folders.iter().all(|folder| folder.exists()) {
        let set = arguments.schemas.load()?;
        if let Some(found) = types::find(&set, what) {
            let schema = set.schema_of(&found.ty);
            let text = schema.to_json();
            let guid = guid_of(&text, &[]).to_string();
            let file = types::path_of(&set, found.source)?;
            print(answer, &[("type", json!(found.name)), ("file", json!(file)), ("guid", json!(guid))], &schema, &text);
            return Ok(Exit::Fine);
        }
        if arguments.registry.settings()?.url.is_none() && !arguments.lock.folder().exists() {
            return Err(types::unknown(&set, what));
        }
    }
    show_version(what, Which::Latest, arguments, answer)
}

fn show_id(id: u32, arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let registry = Registry::required(&arguments.registry)?;
    let registered = registry.wait(registry.client.schema_by_id(SchemaId::new(id)))?;
    let version = of_schema(&registered, "", 0);
    let properties = [("id", json!(id)), ("guid", json!(version.guid.to_string()))];
    print(answer, &with_references(&properties, &version), &version.schema, &version.text);
    Ok(Exit::Fine)
}

fn show_version(subject: &str, which: Which, arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let version = Origin::choose(&arguments.registry, &arguments.lock)?.version(subject, which)?;
    let properties = [
        ("subject", json!(version.subject)),
        ("version", json!(version.version)),
        ("id", json!(version.id)),
        ("guid", json!(version.guid.to_string())),
    ];
    print(answer, &with_references(&properties, &version), &version.schema, &version.text);
    Ok(Exit::Fine)
}

fn with_references<'p>(properties: &[(&'p str, Value)], version: &Version) -> Vec<(&'p str, Value)> {
    let references = version.references.iter();
    let references: Vec<Value> =
        references.map(|one| json!({ "name": one.name, "subject": one.subject, "version": one.version })).collect();
    let mut properties = properties.to_vec();
    if !references.is_empty() {
        properties.push(("references", Value::Array(references)));
    }
    properties
}

/// The properties go to standard error for people, so that standard output is the schema alone.
fn print(answer: &Answer, properties: &[(&str, Value)], schema: &Schema, text: &str) {
    let (crc64, sha256) = schema.fingerprints();
    let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let fingerprints = [("crc64", json!(format!("{crc64:016x}"))), ("sha256", json!(sha256))];
    let properties = properties.iter().chain(&fingerprints).filter(|(_, value)| !value.is_null());
    if answer.as_json {
        let mut object: Map<String, Value> =
            properties.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        object.insert("schema".to_owned(), json!(text));
        return answer.json(&Value::Object(object));
    }
    for (name, value) in properties {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        answer.note(format!("{name}: {value}"));
    }
    answer.json_text(&pretty_json(text));
}
