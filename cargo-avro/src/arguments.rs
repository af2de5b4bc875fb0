//! Arguments that several commands have.

use std::path::{Path, PathBuf};

use avro_codegen::Config;
use avro_codegen::lock::{DEFAULT_REGISTRY, Lock};
use avro_model::{Leniency, SchemaSet};
use clap::Args;

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct SchemaArguments {
    /// A folder that holds `.avsc`, `.avpr` and `.avdl` files, at any depth; may be given several times.
    #[arg(long = "schemas", value_name = "FOLDER", default_value = "schemas")]
    pub(crate) folders: Vec<PathBuf>,
    /// Leave a file or a folder out of these folders, as `Config::exclude` does in a build script; may be given several times.
    #[arg(long = "exclude", value_name = "PATH")]
    excluded: Vec<PathBuf>,
    /// Read a file or a folder apart from the others, as `Config::module` does in a build script; may be given several times.
    #[arg(long = "module", value_name = "NAME=PATH", value_parser = file_module)]
    modules: Vec<(String, PathBuf)>,
    /// Take defaults that are not values of their types, with a warning: for schemas by tools that do not check them.
    #[arg(long)]
    allow_invalid_defaults: bool,
    /// Take names that the specification does not allow, with a warning: for schemas by tools that do not check them.
    #[arg(long)]
    allow_invalid_names: bool,
}

impl SchemaArguments {
    /// The schemas of the folders.
    pub(crate) fn load(&self) -> Result<SchemaSet, Failure> {
        Ok(self.config(&self.folders).load()?)
    }

    /// What a build script would say, of `folders`.
    pub(crate) fn config(&self, folders: &[PathBuf]) -> Config {
        let mut config = folders.iter().fold(Config::new(), Config::schemas);
        config = self.excluded.iter().fold(config, Config::exclude);
        config = self.modules.iter().fold(config, |config, (name, path)| config.module(name, path));
        if self.allow_invalid_defaults {
            config = config.allow_invalid_defaults();
        }
        if self.allow_invalid_names {
            config = config.allow_invalid_names();
        }
        config
    }

    /// What is not read with the folders.
    pub(crate) fn apart(&self) -> impl Iterator<Item = &PathBuf> {
        self.excluded.iter().chain(self.modules.iter().map(|(_, path)| path))
    }

    pub(crate) fn leniency(&self) -> Leniency {
        Leniency { defaults: self.allow_invalid_defaults, names: self.allow_invalid_names }
    }
}

fn file_module(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), PathBuf::from(path))),
        _ => Err("write the module and its file or folder, as in v1=schemas/order-v1.avsc".to_owned()),
    }
}

#[derive(Args)]
pub(crate) struct LockArguments {
    /// The folder that says what is released [default: schemas.lock].
    #[arg(long = "lock", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl LockArguments {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("schemas.lock"))
    }

    /// Whether the command line says which lock to use.
    pub(crate) fn is_given(&self) -> bool {
        self.folder.is_some()
    }

    /// What is released; nothing when there is no such folder yet.
    pub(crate) fn read(&self) -> Result<Lock, Failure> {
        match self.folder().exists() {
            true => Ok(Lock::read(self.folder())?),
            false => Ok(Lock::default()),
        }
    }
}

#[derive(Args)]
pub(crate) struct RegistryArguments {
    /// Address of the schema registry; several, divided by commas, are tried in turn [env: SCHEMA_REGISTRY_URL].
    #[arg(long = "registry", value_name = "URL")]
    url: Option<String>,
    /// User at the registry [env: SCHEMA_REGISTRY_USER].
    #[arg(long = "registry-user", value_name = "USER")]
    user: Option<String>,
    /// Password at the registry; better in the environment [env: SCHEMA_REGISTRY_PASSWORD].
    #[arg(long = "registry-password", value_name = "PASSWORD")]
    password: Option<String>,
    /// Bearer token for the registry; better in the environment [env: SCHEMA_REGISTRY_TOKEN].
    #[arg(long = "registry-token", value_name = "TOKEN")]
    token: Option<String>,
    /// By which name the lock knows the ids of this registry [env: SCHEMA_REGISTRY_NAME] [default: default].
    #[arg(long = "registry-name", value_name = "NAME")]
    name: Option<String>,
}

/// How a registry is asked.
pub(crate) struct RegistryAccess {
    pub(crate) url: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) name: String,
}

impl RegistryArguments {
    /// Whether the command line says which registry to ask.
    pub(crate) fn is_given(&self) -> bool {
        self.url.is_some()
    }

    /// By which name the lock knows the ids of the registry.
    pub(crate) fn name(&self) -> String {
        given(self.name.as_deref(), "SCHEMA_REGISTRY_NAME").unwrap_or_else(|| DEFAULT_REGISTRY.to_owned())
    }

    /// `None` when neither the command line nor the environment names a registry.
    pub(crate) fn access(&self) -> Option<RegistryAccess> {
        Some(RegistryAccess {
            url: given(self.url.as_deref(), "SCHEMA_REGISTRY_URL")?,
            user: given(self.user.as_deref(), "SCHEMA_REGISTRY_USER"),
            password: given(self.password.as_deref(), "SCHEMA_REGISTRY_PASSWORD"),
            token: given(self.token.as_deref(), "SCHEMA_REGISTRY_TOKEN"),
            name: self.name(),
        })
    }
}

/// What the command line says, or else the environment, where an empty text says nothing.
pub(crate) fn given(argument: Option<&str>, variable: &str) -> Option<String> {
    let argument = argument.map(str::to_owned).or_else(|| std::env::var(variable).ok());
    argument.filter(|value| !value.trim().is_empty())
}
