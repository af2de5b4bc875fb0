//! `cargo avro register`.

use std::path::PathBuf;
use std::process::ExitCode;

use avro_model::{Kind, Schema, SchemaSet, Type};
use clap::Args;
use schema_registry::{RegistryError, SchemaId, SchemaRegistry, SchemaText};
use serde_json::json;

use crate::report;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Fullname of the type, for example `com.example.customer.Customer`.
    fullname: String,
    /// Subject to register it under, for example `customer-value`.
    #[arg(long)]
    subject: String,
    /// Address of the registry; several, divided by commas, are tried in turn. User and password may stand in it.
    #[arg(long, env = "SCHEMA_REGISTRY_URL", hide_env_values = true)]
    registry: String,
    /// Folders that hold `.avsc`, `.avpr` and `.avdl` files, at any depth.
    #[arg(long = "schemas", default_value = "schemas")]
    folders: Vec<PathBuf>,
    /// Print one JSON value for machines.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let set = match report::load(&arguments.folders, arguments.json) {
        Ok(set) => set,
        Err(code) => return code,
    };
    let Some(schema) = find(&set, &arguments.fullname) else {
        eprintln!("error: no schema defines `{}`; `cargo avro list` shows what there is", arguments.fullname);
        return ExitCode::FAILURE;
    };
    match register(arguments, &schema) {
        Ok(id) if arguments.json => {
            println!("{}", json!({ "subject": arguments.subject, "id": id.get() }));
            ExitCode::SUCCESS
        }
        Ok(id) => {
            println!("{} is registered as {} with id {id}", arguments.fullname, arguments.subject);
            ExitCode::SUCCESS
        }
        Err(error) => {
            report::print_error(&error, arguments.json);
            ExitCode::FAILURE
        }
    }
}

fn find(set: &SchemaSet, fullname: &str) -> Option<Schema> {
    let id = set.ids().find(|id| set.definition(*id).name.as_str() == fullname)?;
    Some(set.schema_of(&Type::plain(Kind::Named(id))))
}

fn register(arguments: &Arguments, schema: &Schema) -> Result<SchemaId, RegistryError> {
    let registry = SchemaRegistry::new(&arguments.registry)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the operating system gives a runtime its timer and its poll handle");
    runtime.block_on(registry.register(&arguments.subject, &SchemaText::from(schema.to_json())))
}
