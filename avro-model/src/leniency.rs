//! What is let through that the specification does not allow.

/// Which mistakes a schema may have and be read all the same.
///
/// A schema that a registry, an object container file or a lock has is a fact: data was written with it, whatever is
/// wrong with it. Confluent's registry, for one, takes defaults that are not values of their types, and a writer's
/// default plays no part in decoding. What cannot be used is kept as text, so that the schema prints as it was, and is
/// a warning:
///
/// - an unusable default is in [`Field::unusable_default`](crate::Field::unusable_default), and the field counts as one
///   without a default, except in compatibility checks, where Java asks only whether there is one;
/// - a name is whatever the text has. Only an empty name of a type, or that of a primitive type, stays an error.
///
/// Whoever writes a schema wants to hear of these mistakes, so that [`NONE`](Leniency::NONE) is the default, and what
/// [`Schema::parse`](crate::Schema::parse) and [`SchemaSet::parse`](crate::SchemaSet::parse) take. Java has the same
/// two switches: `Schema.Parser.setValidateDefaults(false)`, and the `NameValidator` without validation.
///
/// ```
/// use avro_model::{Leniency, Schema};
///
/// let text = r#"{"type":"record","name":"sensor-reading","fields":[{"name":"value","type":"int","default":"x"}]}"#;
/// assert!(Schema::parse(text).is_err());
/// assert_eq!(Schema::parse_leniently(text, Leniency::ALL)?.to_json(), text);
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leniency {
    /// Defaults need not be values of their types.
    pub defaults: bool,
    /// Names, namespaces, aliases and symbols may have any characters.
    pub names: bool,
}

impl Leniency {
    /// As the specification, and Java by default, have it.
    pub const NONE: Leniency = Leniency { defaults: false, names: false };
    /// Everything that can be let through: for schemas that others have written.
    pub const ALL: Leniency = Leniency { defaults: true, names: true };

    /// The same, but for whether defaults need not be values of their types.
    #[must_use]
    pub const fn with_defaults(self, defaults: bool) -> Leniency {
        Leniency { defaults, ..self }
    }

    /// The same, but for whether names may have any characters.
    #[must_use]
    pub const fn with_names(self, names: bool) -> Leniency {
        Leniency { names, ..self }
    }
}
