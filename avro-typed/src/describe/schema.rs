//! The schema of a derived type, made once.

use std::any::{TypeId, type_name};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use avro_model::{Diagnostics, Label, SchemaSet, Severity, Source};

use super::definitions::Definitions;
use super::{Describe, print};
use crate::avro_type::TypeSchema;
use crate::invariant::always;

/// Makes the schema of `T`.
///
/// # Panics
///
/// When the definitions of the types in it are not a schema together: see `#[derive(Avro)]`.
#[must_use]
pub fn type_schema<T: ?Sized + Describe>() -> TypeSchema {
    let mut root = String::new();
    print::shape(&mut root, &T::SHAPE, None, None);
    let mut definitions = Definitions::default();
    T::define(&mut definitions);
    let mut sources: Vec<Source> = definitions.into_sources().collect();
    sources.push(Source::new(type_name::<T>().to_owned(), root));
    let set = SchemaSet::parse(sources).unwrap_or_else(|diagnostics| {
        panic!("the Rust type {} has no valid Avro schema{}", type_name::<T>(), explanation(&diagnostics))
    });
    let Some(root) = set.roots().last() else { unreachable!("a set of at least one source has a root") };
    let schema = set.schema_of(&root.ty);
    TypeSchema {
        json: schema.to_json().leak(),
        fingerprint_crc64: schema.fingerprint_crc64(),
        fingerprint_sha256: schema.fingerprint_sha256(),
        // A macro sees neither a lock nor a registry.
        released: &[],
    }
}

/// What is wrong, each with the Rust type that it is wrong in: lines and columns of a text that nobody wrote would help
/// nobody.
fn explanation(diagnostics: &Diagnostics) -> String {
    let rust_type = |label: &Label| {
        let source = diagnostics.sources.get(label.source.0).map(|source| source.path.as_str());
        always(source, "", "labels point into the sources")
    };
    let mut text = String::new();
    for diagnostic in diagnostics.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
        text.push_str(&format!("\n  {}: {}", rust_type(&diagnostic.primary), diagnostic.message));
        for label in &diagnostic.secondary {
            text.push_str(&format!("\n    {}: {}", rust_type(label), label.text));
        }
        if let Some(help) = &diagnostic.help {
            text.push_str(&format!("\n    {help}"));
        }
    }
    text
}

/// The schema of a generic type with certain arguments: a `static` in its impl would be one for all arguments.
///
/// `K` stands for `T`, and differs from it in lifetimes only.
///
/// # Panics
///
/// As [`type_schema`].
#[must_use]
pub fn cached_schema<K: ?Sized + 'static, T: ?Sized + Describe>() -> &'static TypeSchema {
    static SCHEMAS: RwLock<Option<HashMap<TypeId, &'static TypeSchema>>> = RwLock::new(None);
    let key = TypeId::of::<K>();
    // A poisoned map is whole: an entry is either in it or not.
    let known = SCHEMAS.read().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(|map| map.get(&key).copied());
    if let Some(schema) = known {
        return schema;
    }
    // Made outside of the lock, since the making asks generated types for their schemas, whoever wrote them.
    let schema = type_schema::<T>();
    let mut schemas = SCHEMAS.write().unwrap_or_else(PoisonError::into_inner);
    schemas.get_or_insert_default().entry(key).or_insert_with(|| Box::leak(Box::new(schema)))
}
