//! Options that have no effect, most often for a slip in the pattern.

use std::collections::BTreeSet;
use std::fmt;

use avro_model::{DefinitionKind, Kind, SchemaSet, Type};

use super::pattern::Pattern;

/// An option that is about nothing in the schemas. It is not an error, but most often a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusedOption {
    /// The option as it was given: `strings("com.acme.Ordr")`.
    pub call: String,
    /// What is not there.
    pub reason: String,
    /// A path that is there and close to the one that was given.
    pub suggestion: Option<String>,
}

impl UnusedOption {
    /// An option, as it was given, and what is not there.
    #[must_use]
    pub fn new(call: String, reason: String, suggestion: Option<String>) -> UnusedOption {
        UnusedOption { call, reason, suggestion }
    }
}

impl fmt::Display for UnusedOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the option `{}` has no effect: {}", self.call, self.reason)?;
        match &self.suggestion {
            Some(suggestion) => write!(formatter, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// Every path that a pattern can have: namespaces, types, and what is in types.
pub(super) struct KnownPaths {
    paths: BTreeSet<String>,
}

impl KnownPaths {
    /// `unnamed` are the types that have no name in the set: the names that they were given, and for the root of a file
    /// its type.
    pub(super) fn new<'n>(set: &SchemaSet, unnamed: impl Iterator<Item = (&'n str, Option<&'n Type>)>) -> KnownPaths {
        let mut known = KnownPaths { paths: BTreeSet::new() };
        for (name, root) in unnamed {
            known.paths.insert(name.to_owned());
            if let Some(root) = root {
                known.add(name.to_owned(), root, set);
            }
        }
        for definition in set.definitions() {
            let fullname = definition.name.as_str();
            for (dot, _) in fullname.match_indices('.') {
                known.paths.insert(fullname[..dot].to_owned());
            }
            known.paths.insert(fullname.to_owned());
            match &definition.kind {
                DefinitionKind::Record(record) => {
                    record.fields.iter().for_each(|field| {
                        known.add(format!("{fullname}.{}", field.name), &field.ty, set);
                    });
                }
                DefinitionKind::Enum(enumeration) => {
                    known.paths.extend(enumeration.symbols.iter().map(|symbol| format!("{fullname}.{symbol}")));
                }
                DefinitionKind::Fixed { .. } => {}
            }
        }
        known
    }

    fn add(&mut self, path: String, ty: &Type, set: &SchemaSet) {
        match &ty.kind {
            Kind::Array(items) => self.add(format!("{path}.items"), items, set),
            Kind::Map(values) => self.add(format!("{path}.values"), values, set),
            Kind::Union(branches) => {
                let mut others = branches.iter().filter(|branch| branch.kind != Kind::Null);
                match (others.next(), others.next()) {
                    (Some(only), None) => self.add(path.clone(), only, set),
                    _ => branches.iter().for_each(|branch| {
                        self.add(format!("{path}.{}", branch_name(branch, set)), branch, set);
                    }),
                }
            }
            _ => {}
        }
        self.paths.insert(path);
    }

    /// Whether there is such a path.
    pub(super) fn contains(&self, pattern: &Pattern) -> bool {
        pattern.path().is_empty() || self.paths.contains(pattern.path())
    }

    /// A path that is close to the pattern's, written as a pattern.
    pub(super) fn suggestion(&self, pattern: &Pattern) -> Option<String> {
        let path = pattern.path();
        let near = self.without_its_namespace(path).or_else(|| self.with_a_slip(path))?;
        Some(pattern.text().replacen(path, &near, 1))
    }

    /// `com.acme.Order` for `Order`.
    fn without_its_namespace(&self, path: &str) -> Option<String> {
        let end = format!(".{path}");
        self.paths.iter().find(|known| known.ends_with(&end)).cloned()
    }

    /// `com.acme.Order.total` for `com.acme.Ordr.total`. What is right at the start is not compared, since long texts
    /// that differ little are common.
    fn with_a_slip(&self, path: &str) -> Option<String> {
        let dots = path.rmatch_indices('.').map(|(dot, _)| dot);
        let right = dots.into_iter().find(|dot| self.paths.contains(&path[..*dot])).map_or(0, |dot| dot + 1);
        let (right, wrong) = path.split_at(right);
        let candidates = self.paths.iter().filter_map(|known| known.strip_prefix(right));
        let parts = |path: &str| path.split('.').count();
        let near = avro_model::closest(wrong, candidates.filter(|rest| parts(rest) == parts(wrong)))?;
        Some(format!("{right}{near}"))
    }
}

/// The name of a union's branch, without a namespace.
fn branch_name<'s>(branch: &Type, set: &'s SchemaSet) -> &'s str {
    match &branch.kind {
        Kind::Named(id) => set.definition(*id).name.name(),
        kind => {
            let name = kind.name();
            debug_assert!(name.is_some(), "only named types have no name of their kind");
            name.unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use avro_model::Source;

    use super::*;

    #[test]
    fn near_paths_are_suggested() {
        let text = r#"{"type": "record", "name": "com.acme.shop.Order", "fields": [
            {"name": "total", "type": ["null", {"type": "array", "items": "string"}]},
            {"name": "level", "type": {"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}},
            {"name": "payload", "type": ["null", "Level", "bytes"]}]}"#;
        let set = SchemaSet::parse(vec![Source::new(String::new(), text.to_owned())]).unwrap();
        let root = Type::plain(Kind::Map(Box::new(Type::plain(Kind::Long))));
        let known = KnownPaths::new(&set, [("Totals", Some(&root)), ("com.acme.shop.LevelOrBytes", None)].into_iter());
        for path in ["com", "com.acme.shop.Order.total.items", "com.acme.shop.Order.payload.Level", "Totals.values"] {
            assert!(known.contains(&Pattern::parse(path).unwrap()), "{path}");
        }
        for (pattern, expected) in [
            ("Order", Some("com.acme.shop.Order")),
            ("shop.Order.total", Some("com.acme.shop.Order.total")),
            ("com.acme.shop.Ordr", Some("com.acme.shop.Order")),
            ("com.acme.shop.order.*", Some("com.acme.shop.Order.*")),
            ("com.acme.shp.Order.payload.bytes", Some("com.acme.shop.Order.payload.bytes")),
            ("com.acme.shop.Order.totel@string", Some("com.acme.shop.Order.total@string")),
            ("com.acme.shop.LevelOrByte", Some("com.acme.shop.LevelOrBytes")),
            ("com.acme.shop.Level.HIHG", Some("com.acme.shop.Level.HIGH")),
            ("org.example.Customer", None),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert!(!known.contains(&pattern), "{pattern:?}");
            assert_eq!(known.suggestion(&pattern).as_deref(), expected, "{pattern:?}");
        }
    }
}
