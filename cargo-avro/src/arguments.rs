//! Arguments that several commands have.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use avro_build::Config;
use avro_build::lock::Lock;
use avro_model::{Leniency, SchemaSet};
use clap::Args;
use schema_registry::{RegistrySettings, RegistrySettingsError, RegistryVariable};

use crate::failure::Failure;

#[derive(Args, Default)]
pub(crate) struct SchemaArguments {
    /// A folder that holds `.avsc`, `.avpr` and `.avdl` files, at any depth; may be given several times.
    #[arg(long = "schemas", value_name = "FOLDER", default_value = "schemas")]
    pub(crate) folders: Vec<PathBuf>,
    /// Leave a file or a folder out of these folders, as `Config::exclude` does in a build script; may be given several
    /// times.
    #[arg(long = "exclude", value_name = "PATH")]
    excluded: Vec<PathBuf>,
    /// Read a file or a folder separately, as `Config::module` does in a build script; may be given several
    /// times.
    #[arg(long = "module", value_name = "NAME=PATH", value_parser = file_module)]
    modules: Vec<(String, PathBuf)>,
    /// Accept defaults that are not values of their types, with a warning: for schemas by tools that do not check them.
    #[arg(long)]
    allow_invalid_defaults: bool,
    /// Accept names that the specification does not allow, with a warning: for schemas by tools that do not check them.
    #[arg(long)]
    allow_invalid_names: bool,
}

impl SchemaArguments {
    /// The schemas of one folder.
    pub(crate) fn of(folder: &Path) -> SchemaArguments {
        SchemaArguments { folders: vec![folder.to_owned()], ..SchemaArguments::default() }
    }

    /// The schemas of the folders.
    pub(crate) fn load(&self) -> Result<SchemaSet, Failure> {
        Ok(self.config(&self.folders).load()?)
    }

    /// The configuration of a build script for `folders`.
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

    /// The paths that are not read with the folders.
    pub(crate) fn apart(&self) -> impl Iterator<Item = &PathBuf> {
        self.excluded.iter().chain(self.modules.iter().map(|(_, path)| path))
    }

    pub(crate) fn leniency(&self) -> Leniency {
        Leniency::NONE.with_defaults(self.allow_invalid_defaults).with_names(self.allow_invalid_names)
    }
}

fn file_module(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), PathBuf::from(path))),
        _ => Err("write the module and its file or folder, as in v1=schemas/order-v1.avsc".to_owned()),
    }
}

#[derive(Args, Clone, Default)]
pub(crate) struct LockArguments {
    /// The folder with the released schemas [default: schema-lock].
    #[arg(long = "lock", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl LockArguments {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("schema-lock"))
    }

    /// Whether the command line names the lock.
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

#[derive(Args, Default)]
pub(crate) struct RegistryArguments {
    /// Address of the schema registry; several, comma-separated, are tried in turn [env: SCHEMA_REGISTRY_URL].
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
    /// The context of schema ids and of subjects without a context [env: SCHEMA_REGISTRY_CONTEXT].
    #[arg(long = "context", value_name = "NAME")]
    context: Option<String>,
    /// Have the registry normalize schemas before it registers or looks them up [env: SCHEMA_REGISTRY_NORMALIZE=true].
    #[arg(long = "normalize")]
    normalize: bool,
    /// The name of this registry in the lock [env: SCHEMA_REGISTRY_NAME] [default: default].
    #[arg(long = "registry-name", value_name = "NAME")]
    name: Option<String>,
}

impl RegistryArguments {
    /// The registry at this address.
    pub(crate) fn at(url: &str) -> RegistryArguments {
        RegistryArguments { url: Some(url.to_owned()), ..RegistryArguments::default() }
    }

    /// Whether the command line names the registry.
    pub(crate) fn is_given(&self) -> bool {
        self.url.is_some()
    }

    /// How the registry is reached: the command line overrides the environment.
    pub(crate) fn settings(&self) -> Result<RegistrySettings, Failure> {
        let mut settings = RegistrySettings::from_variables(|variable| {
            let argument = self.argument(variable).map(OsString::from);
            argument.or_else(|| std::env::var_os(variable.name()))
        })?;
        // Whoever asks on the command line wants to see what the registry has now.
        settings.cache_url = None;
        Ok(settings)
    }

    /// What the command line has in the place of a variable.
    fn argument(&self, variable: RegistryVariable) -> Option<&str> {
        match variable {
            RegistryVariable::Url => self.url.as_deref(),
            RegistryVariable::User => self.user.as_deref(),
            RegistryVariable::Password => self.password.as_deref(),
            RegistryVariable::Token => self.token.as_deref(),
            RegistryVariable::Name => self.name.as_deref(),
            RegistryVariable::Context => self.context.as_deref(),
            RegistryVariable::Normalize => self.normalize.then_some("true"),
            _ => None,
        }
    }
}

/// The variable with the option of the command line that counts more.
fn with_option(variable: RegistryVariable) -> String {
    let option = match variable {
        RegistryVariable::User => "--registry-user",
        RegistryVariable::Password => "--registry-password",
        RegistryVariable::Token => "--registry-token",
        RegistryVariable::Context => "--context",
        variable => return variable.to_string(),
    };
    format!("{option} or {variable}")
}

impl From<RegistrySettingsError> for Failure {
    fn from(error: RegistrySettingsError) -> Failure {
        match &error {
            RegistrySettingsError::MissingVariable { missing, given } => Failure::usage(
                format!("{} is set, but not {}", with_option(*given), with_option(*missing)),
                match missing {
                    RegistryVariable::Password => "set both or neither; a password may be empty",
                    _ => "set both or neither",
                },
            ),
            RegistrySettingsError::ConflictingVariables { first, second } => Failure::usage(
                format!("{} is set, and so is {}", with_option(*first), with_option(*second)),
                "set one of the two: a registry takes only one login",
            ),
            RegistrySettingsError::InvalidContext { source } => {
                Failure::usage(source.to_string(), format!("correct {}", with_option(RegistryVariable::Context)))
            }
            error => Failure::usage(error.to_string(), "correct it, or unset it"),
        }
    }
}

/// What the command line has, or else the environment, where an empty text counts as not set. Line breaks at the end,
/// which files with secrets have, are not part of it.
pub(crate) fn given(argument: Option<&str>, variable: &str) -> Option<String> {
    let argument = argument.map(str::to_owned).or_else(|| std::env::var(variable).ok());
    argument.map(|value| value.trim_end_matches(['\r', '\n']).to_owned()).filter(|value| !value.trim().is_empty())
}
