//! Which types use which others.

use std::collections::BTreeMap;

use crate::schema::{DefinitionId, DefinitionKind, Type};
use crate::set::{SchemaSet, uses};

/// That one named type uses another, or itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeReference {
    /// The record whose fields use the other type.
    pub user: DefinitionId,
    /// The type that is used.
    pub used: DefinitionId,
    /// The fields whose types name it, at any depth of arrays, maps and unions, each once, in the order of the record.
    pub fields: Vec<String>,
}

impl SchemaSet {
    /// Every direct use of a named type by a record, sorted by the ids of both.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let set = SchemaSet::parse(vec![Source::new("order.avsc", r#"{"type": "record", "name": "Order", "fields": [
    ///     {"name": "id", "type": {"type": "fixed", "name": "Id", "size": 16}},
    ///     {"name": "parts", "type": {"type": "array", "items": ["null", "Order"]}}
    /// ]}"#)])?;
    /// let references = set.references();
    /// let names = references.iter().map(|one| (set.definition(one.used).name.as_str(), one.fields.concat()));
    /// assert_eq!(names.collect::<Vec<_>>(), [("Order", "parts".to_owned()), ("Id", "id".to_owned())]);
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn references(&self) -> Vec<TypeReference> {
        let mut fields_by_pair: BTreeMap<(DefinitionId, DefinitionId), Vec<String>> = BTreeMap::new();
        for (user, definition) in self.ids().zip(self.definitions()) {
            let DefinitionKind::Record(record) = &definition.kind else { continue };
            for field in &record.fields {
                for used in field.ty.named_types() {
                    let fields = fields_by_pair.entry((user, used)).or_default();
                    if fields.last() != Some(&field.name) {
                        fields.push(field.name.clone());
                    }
                }
            }
        }
        let references = fields_by_pair.into_iter();
        references.map(|((user, used), fields)| TypeReference { user, used, fields }).collect()
    }
}

impl Type {
    /// The named types in it, in the order of the text: itself, the branches of a union, what an array or a map holds.
    /// Fields of records are not followed, and a type may be named twice.
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"type": "map", "values": [{"type": "fixed", "name": "Id", "size": 16}, "long"]}"#)?;
    /// let named = schema.root().named_types();
    /// assert_eq!(schema.definition(named[0]).name.as_str(), "Id");
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn named_types(&self) -> Vec<DefinitionId> {
        let mut named = Vec::new();
        uses(self, &mut named);
        named
    }
}
