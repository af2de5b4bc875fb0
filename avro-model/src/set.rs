//! Schemas of several sources that may refer to each other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::collect::Collector;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::error::SchemaError;
use crate::import::{self, Import, Paths};
use crate::leniency::Leniency;
use crate::link::{self, Linked};
use crate::parse::{Draft, Outline, parse_source};
use crate::protocol::Protocol;
use crate::read_source;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Kind, Root, Schema, Type};
use crate::source::{Source, SourceId};

/// The schemas of a set of sources, linked: a name in one source may be defined in any other, before or after it.
#[derive(Clone, Debug)]
pub struct SchemaSet {
    pub(crate) sources: Vec<Source>,
    pub(crate) roots: Vec<Root>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) protocols: Vec<Protocol>,
    /// The named types of each source and of what it imports.
    pub(crate) types: Vec<Vec<DefinitionId>>,
    pub(crate) warnings: Vec<Diagnostic>,
}

impl SchemaSet {
    /// Reads `sources` and links them. A name may be defined in any source, also inside another definition, whether one
    /// imports the other or not. Several definitions of one name must be the same.
    ///
    /// An import of the IDL means the source at its path, which starts at the folder of the importing source.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with any of them, and the warnings.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let source = |path: &str, text: &str| Source::new(path, text);
    /// let set = SchemaSet::parse(vec![
    ///     source("order.avsc", r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "Id"}]}"#),
    ///     source("id.avsc", r#"{"type": "fixed", "name": "Id", "size": 16}"#),
    /// ])?;
    /// let order = set.schema_of(&set.roots()[0].ty);
    /// assert_eq!(order.definitions().len(), 2);
    ///
    /// let error = SchemaSet::parse(vec![source("list.avsc", r#"{"type": "array", "items": "sting"}"#)]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "list.avsc:1:28: error[unknown-type]: unknown type `sting`; did you mean `string`?"
    /// );
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    pub fn parse(sources: Vec<Source>) -> Result<SchemaSet, Diagnostics> {
        SchemaSet::parse_leniently(sources, Leniency::NONE)
    }

    /// The same as [`parse`](SchemaSet::parse), with some mistakes let through as [`warnings`](SchemaSet::warnings):
    /// for schemas that others have written.
    ///
    /// # Errors
    ///
    /// As [`parse`](SchemaSet::parse), without what `leniency` lets through.
    ///
    /// ```
    /// use avro_model::{Leniency, SchemaSet, Source};
    ///
    /// let text = r#"{"type": "fixed", "name": "MD5", "namespace": "1ns", "size": 16}"#;
    /// let set = SchemaSet::parse_leniently(vec![Source::new("schema 17", text)], Leniency::ALL)?;
    /// assert_eq!(set.definitions()[0].name.as_str(), "1ns.MD5");
    /// assert_eq!(set.warnings()[0].message, "`1ns` is not a valid namespace");
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    pub fn parse_leniently(sources: Vec<Source>, leniency: Leniency) -> Result<SchemaSet, Diagnostics> {
        let paths = Paths::new(&sources);
        SchemaSet::parse_with_imports(sources, leniency, |source, import| paths.find(source, import))
    }

    /// The same, for a caller who knows better which source an import means, since it has loaded that: `find` gets the
    /// importing source and one of its [`imports`](crate::imports()).
    ///
    /// # Errors
    ///
    /// As [`parse_leniently`](SchemaSet::parse_leniently); an import for which `find` knows nothing is an error.
    pub fn parse_with_imports(
        sources: Vec<Source>,
        leniency: Leniency,
        find: impl Fn(SourceId, &Import) -> Option<SourceId>,
    ) -> Result<SchemaSet, Diagnostics> {
        let mut collector = Collector::new(leniency);
        let mut documents = Vec::with_capacity(sources.len());
        for (index, source) in sources.iter().enumerate() {
            documents.push(read_source::read(source, SourceId(index), &mut collector));
        }
        let mut draft = Draft::default();
        let mut unread = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let id = SourceId(index);
            let Some(document) = document else {
                draft.outlines.push(Outline::default());
                unread.push(id);
                continue;
            };
            let targets = targets(document, id, &sources, &find, &mut collector);
            parse_source(document, &targets, id, &mut draft, &mut collector);
        }
        let linked = link::link(draft, &sources, &unread, &mut collector);
        drop(documents);
        match collector.finish() {
            (list, true) => Err(Diagnostics::new(sources, list)),
            (warnings, false) => {
                let Linked { roots, definitions, protocols, types } = linked;
                Ok(SchemaSet { sources, roots, definitions, protocols, types, warnings })
            }
        }
    }

    /// The sources, as they were handed in.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The root type of each source that has one, in the order of the sources. See [`Root`] for those that have none.
    #[must_use]
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// The protocols, in the order of the sources.
    #[must_use]
    pub fn protocols(&self) -> &[Protocol] {
        &self.protocols
    }

    /// The named types of a source, each once, with those of the sources that it imports at the place of the import;
    /// empty when there is no such source.
    #[must_use]
    pub fn types_of(&self, source: SourceId) -> &[DefinitionId] {
        self.types.get(source.0).map_or(&[], Vec::as_slice)
    }

    /// Every named type of every source, once, in the order of the sources and of their places.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The definition that `id` stands for.
    ///
    /// # Panics
    ///
    /// When `id` is from another set and there is no such definition here.
    #[must_use]
    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.index()]
    }

    /// The id of every definition, in the order of [`definitions`](SchemaSet::definitions).
    pub fn ids(&self) -> impl Iterator<Item = DefinitionId> + use<> {
        (0..self.definitions.len()).filter_map(DefinitionId::from_index)
    }

    /// What may be a mistake, and is not an error.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The exact text of `definition` in its source; empty when the definition is from another set.
    #[must_use]
    pub fn source_text(&self, definition: &Definition) -> &str {
        let origin = definition.origin;
        self.sources
            .get(origin.source.0)
            .and_then(|source| source.text.get(origin.span.start..origin.span.end))
            .unwrap_or("")
    }

    /// The schema of `ty`, a type of this set: self-contained, with the definitions that it uses and no others.
    #[must_use]
    pub fn schema_of(&self, ty: &Type) -> Schema {
        schema_of(&self.definitions, ty)
    }
}

/// The schema of `ty`, whose definitions are among these: self-contained, without those that it does not use.
pub(crate) fn schema_of(definitions: &[Definition], ty: &Type) -> Schema {
    let mut order: Vec<&Definition> = Vec::new();
    // Not a list for all definitions: a set is asked for the schema of each of its types.
    let mut new_ids: HashMap<DefinitionId, DefinitionId> = HashMap::new();
    let mut stack = Vec::new();
    uses(ty, &mut stack);
    stack.reverse();
    while let Some(id) = stack.pop() {
        let (Some(definition), Entry::Vacant(vacant)) = (definitions.get(id.index()), new_ids.entry(id)) else {
            continue;
        };
        let Some(new_id) = DefinitionId::from_index(order.len()) else { continue };
        vacant.insert(new_id);
        order.push(definition);
        let DefinitionKind::Record(record) = &definition.kind else { continue };
        let first = stack.len();
        record.fields.iter().for_each(|field| uses(&field.ty, &mut stack));
        // What is used first must come off the stack first.
        stack[first..].reverse();
    }
    let mut root = ty.clone();
    renumber(&mut root, &new_ids);
    let mut definitions: Vec<Definition> = order.into_iter().cloned().collect();
    for definition in &mut definitions {
        if let DefinitionKind::Record(record) = &mut definition.kind {
            record.fields.iter_mut().for_each(|field| renumber(&mut field.ty, &new_ids));
        }
    }
    Schema::new(root, definitions)
}

impl Schema {
    /// Reads one schema that refers to nothing outside of itself.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place. Warnings are not reported: see
    /// [`SchemaSet::warnings`].
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let error = Schema::parse(r#"{"type": "array", "items": "sting"}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "1:28: unknown type `sting`; did you mean `string`?");
    /// ```
    pub fn parse(text: &str) -> Result<Schema, SchemaError> {
        Schema::parse_leniently(text, Leniency::NONE)
    }

    /// The same as [`parse`](Schema::parse), with some mistakes let through: for the schema that data was written with,
    /// which is what it is. See [`SchemaSet::parse_leniently`] for those mistakes as warnings.
    ///
    /// # Errors
    ///
    /// As [`parse`](Schema::parse), without what `leniency` lets through.
    ///
    /// ```
    /// use avro_model::{Leniency, Schema};
    ///
    /// let text = r#"{"type":"enum","name":"Suit","symbols":["♠","♥"],"default":"♣"}"#;
    /// assert!(Schema::parse(text).is_err());
    /// assert_eq!(Schema::parse_leniently(text, Leniency::ALL)?.to_json(), text);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    pub fn parse_leniently(text: &str, leniency: Leniency) -> Result<Schema, SchemaError> {
        let source = Source::new(String::new(), text.to_owned());
        let set = SchemaSet::parse_leniently(vec![source], leniency).map_err(SchemaError::new)?;
        let root = set.roots.first().map(|root| &root.ty);
        debug_assert!(root.is_some(), "a text without a root has an error");
        Ok(set.schema_of(root.unwrap_or(&Type::plain(Kind::Null))))
    }
}

/// The source that each import means; what is wrong with an import is reported.
fn targets(
    document: &Document<'_>,
    importing: SourceId,
    sources: &[Source],
    find: &impl Fn(SourceId, &Import) -> Option<SourceId>,
    collector: &mut Collector,
) -> Vec<Option<SourceId>> {
    let targets = document.imports.iter().map(|placed| {
        let target = find(importing, &placed.import);
        let Some((target, source)) = target.and_then(|target| Some((target, sources.get(target.0)?))) else {
            import::report_unknown(&placed.import, importing, sources, collector);
            return None;
        };
        import::check_kind(&placed.import, importing, source, collector);
        Some(target)
    });
    targets.collect()
}

/// Appends the named types in `ty`, in the order of the text.
pub(crate) fn uses(ty: &Type, out: &mut Vec<DefinitionId>) {
    match &ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => uses(inner, out),
        Kind::Union(branches) => branches.iter().for_each(|branch| uses(branch, out)),
        Kind::Named(id) => out.push(*id),
        _ => {}
    }
}

fn renumber(ty: &mut Type, new_ids: &HashMap<DefinitionId, DefinitionId>) {
    match &mut ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => renumber(inner, new_ids),
        Kind::Union(branches) => branches.iter_mut().for_each(|branch| renumber(branch, new_ids)),
        Kind::Named(id) => {
            let new_id = new_ids.get(id).copied();
            debug_assert!(new_id.is_some(), "every named type that the schema uses was found");
            *id = new_id.unwrap_or(DefinitionId::BROKEN);
        }
        _ => {}
    }
}
