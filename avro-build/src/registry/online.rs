//! The requests to the registry.

use std::ffi::OsString;

use avro_codegen::{Release, Releases};
use avro_model::SchemaSet;
use schema_registry::{RegistryError, RegistrySettings, RegistryVariable, SchemaReference, SchemaRegistry, SchemaText};

use super::{RegistryLookUpError, RegistryMode, Subject};
use crate::lock::types::name_of;

/// How to reach the registry.
#[derive(Debug)]
pub(super) struct Connection {
    asked_by: String,
    settings: RegistrySettings,
}

impl Connection {
    pub(super) fn new(
        asked_by: String,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Connection, RegistryLookUpError> {
        let mut settings = match RegistrySettings::from_variables(|asked| variable(asked.name())) {
            Ok(settings) => settings,
            Err(source) => return Err(RegistryLookUpError::Settings { asked_by, source }),
        };
        // A build asks the registry itself, so that it sees what is registered now.
        settings.cache_url = None;
        if settings.url.is_none() {
            return Err(RegistryLookUpError::NoUrl { asked_by, variable: RegistryVariable::Url.name() });
        }
        Ok(Connection { asked_by, settings })
    }

    /// The environment variables that it depends on.
    pub(super) fn variables() -> Vec<&'static str> {
        RegistryVariable::ALL.iter().map(|variable| variable.name()).collect()
    }

    /// Adds the version and the id of each subject's schema to `releases`.
    pub(super) fn ask(
        &self,
        mode: RegistryMode,
        set: &SchemaSet,
        subjects: &[Subject<'_>],
        releases: &mut Releases,
    ) -> Result<(), RegistryLookUpError> {
        if subjects.is_empty() {
            return Err(RegistryLookUpError::NoSubject { asked_by: self.asked_by.clone() });
        }
        let asked = async {
            let registry = SchemaRegistry::builder().settings(&self.settings).build().map_err(|source| {
                let what = format!("the schema registry cannot be used; check {}", RegistryVariable::Url);
                RegistryLookUpError::Refused { what, source }
            })?;
            for subject in subjects {
                let release = release(&registry, self.settings.name_or_default(), mode, set, subject).await?;
                add(releases, subject, release);
            }
            Ok(())
        };
        // A thread of its own, since a caller may be inside of a runtime, which another one must not block.
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                runtime.enable_all().build().map_err(RegistryLookUpError::Runtime)?.block_on(asked)
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

async fn release(
    registry: &SchemaRegistry,
    registry_name: &str,
    mode: RegistryMode,
    set: &SchemaSet,
    subject: &Subject<'_>,
) -> Result<Release, RegistryLookUpError> {
    let name = subject.subject.as_str();
    let refused = |source: RegistryError| {
        let ty = name_of(subject.ty, set);
        let what = what(mode, &ty, name) + remedy(mode, &source);
        RegistryLookUpError::Refused { what, source }
    };
    let text = text(set, subject);
    if mode == RegistryMode::Register {
        registry.register(name, &text).await.map_err(refused)?;
    }
    let found = registry.look_up(name, &text).await.map_err(refused)?;
    let id = found.id().get();
    if let Some((version, locked)) =
        subject.released_as.and_then(|it| Some((it.version, *it.ids.get(registry_name)?))).filter(|(_, it)| *it != id)
    {
        let (registry, subject) = (registry_name.to_owned(), name.to_owned());
        return Err(RegistryLookUpError::OtherId { registry, subject, version, locked, found: id });
    }
    let ids = vec![(registry_name.to_owned(), id)];
    // As the lock names it, so that producers find it by its context.
    let subject = registry.qualify(name);
    Ok(Release::new(subject, found.version(), found.guid().to_string(), ids))
}

/// The schema, as it was released, with the references that it had then; else complete in itself.
fn text(set: &SchemaSet, subject: &Subject<'_>) -> SchemaText {
    if let Some(version) = subject.released_as {
        let references = version.references.iter().map(|reference| {
            SchemaReference::new(reference.name.as_str(), reference.subject.as_str(), reference.version)
        });
        return SchemaText::from(version.schema.as_str()).with_references(references);
    }
    let (ty, _) = subject.ty.of(set);
    SchemaText::new(set.schema_of(&ty).to_json())
}

/// What the lock knows stays; the id in this registry is new.
fn add(releases: &mut Releases, subject: &Subject<'_>, release: Release) {
    let known = releases.entry(subject.ty).or_default();
    match known.iter_mut().find(|known| known.subject == release.subject && subject.released_as.is_some()) {
        Some(known) => {
            for (name, id) in release.ids {
                if !known.ids.iter().any(|(other, _)| *other == name) {
                    known.ids.push((name, id));
                }
            }
            known.ids.sort();
        }
        None => known.push(release),
    }
}

fn what(mode: RegistryMode, ty: &str, subject: &str) -> String {
    match mode {
        RegistryMode::Register => format!("the schema of `{ty}` could not be registered under the subject `{subject}`"),
        _ => format!("the schema of `{ty}` was not found under the subject `{subject}`"),
    }
}

fn remedy(mode: RegistryMode, error: &RegistryError) -> &'static str {
    if error.is_incompatible() {
        return "; `cargo avro check` shows why; make it compatible, or lower the level of the subject";
    }
    if error.is_not_found() && mode == RegistryMode::LookUp {
        return "; register it with `cargo avro register`, or build with AVRO_REGISTRY=register";
    }
    if error.is_retriable() {
        return "; check that the registry is running and SCHEMA_REGISTRY_URL is its address, or build with \
                AVRO_REGISTRY=offline, which takes ids from the lock alone";
    }
    ""
}
