//! What is right today and will be in the way tomorrow: advice for schemas that have to change.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::locate::Step;
use crate::schema::{Definition, DefinitionKind, Enum, Field, Kind};
use crate::set::SchemaSet;

impl SchemaSet {
    /// Advice about every named type, in the order of the sources: warnings, and none of them a mistake.
    ///
    /// - An enum without a default: consumers that use this version cannot read a symbol that comes later.
    /// - A field that may be null and has no default: a reader needs it, so that it can neither be added nor be removed
    ///   without breaking somebody.
    ///
    /// ```
    /// use avro_model::{SchemaSet, Source};
    ///
    /// let text = r#"{"type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS"]}"#;
    /// let set = SchemaSet::parse(vec![Source::new("suit.avsc", text)])?;
    /// assert_eq!(set.advice()[0].code.as_str(), "enum-without-default");
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn advice(&self) -> Vec<Diagnostic> {
        let mut advice = Vec::new();
        for definition in self.definitions() {
            match &definition.kind {
                DefinitionKind::Enum(symbols) => advice.extend(self.about_enum(definition, symbols)),
                DefinitionKind::Record(record) => {
                    let fields = record.fields.iter().enumerate();
                    advice.extend(fields.filter_map(|(position, field)| self.about_field(definition, position, field)));
                }
                DefinitionKind::Fixed { .. } => {}
            }
        }
        advice
    }

    fn about_enum(&self, definition: &Definition, symbols: &Enum) -> Option<Diagnostic> {
        if symbols.default.is_some() {
            return None;
        }
        let message = format!("no symbol can be added to {} without breaking consumers", definition.name);
        let text = "consumers that know these symbols read no others";
        let label = self.label(definition, &[Step::Key("symbols")], text);
        let help = "give the enum a `default`: the symbol that consumers take for one that they do not know";
        Some(Diagnostic::warning(Code::ENUM_WITHOUT_DEFAULT, message, label).with_help(help))
    }

    fn about_field(&self, definition: &Definition, position: usize, field: &Field) -> Option<Diagnostic> {
        let Kind::Union(branches) = &field.ty.kind else { return None };
        let null = branches.iter().position(|branch| branch.kind == Kind::Null)?;
        if field.default.is_some() {
            return None;
        }
        let help = match null {
            0 => "give it the default `null`",
            _ => "put null first and give it the default `null`: many tools know defaults of the first branch only",
        };
        let message = format!("`{}` may be null, but {} cannot be read without it", field.name, definition.name);
        let label = self.label(definition, &[Step::Key("fields"), Step::Index(position)], "it has no default");
        Some(Diagnostic::warning(Code::NULLABLE_WITHOUT_DEFAULT, message, label).with_help(help))
    }
}
