//! Contexts: parts of a registry with subjects and ids of their own. No I/O.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::frame::SchemaId;

/// A context of a registry. Ids count from 1 in each, so that an id means something only together with its context.
///
/// Its name begins with a dot; the default context is `.`. A subject is qualified
/// by it: `:.team:orders-value` is `orders-value` in the context `.team`.
///
/// ```
/// use schema_registry::Context;
///
/// let team: Context = "team".parse()?;
/// assert_eq!(team.as_str(), ".team");
/// assert_eq!(team.qualify("orders-value"), ":.team:orders-value");
/// assert_eq!(Context::of_subject(":.team:orders-value"), Some(team));
/// assert_eq!(Context::of_subject("orders-value"), None);
/// # Ok::<(), schema_registry::InvalidContext>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Context(Arc<str>);

/// The name cannot be that of a context.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{name:?} cannot be the name of a context (use letters, digits, `_`, `-` and `.`, such as `.team`)")]
pub struct InvalidContext {
    /// The name.
    pub name: String,
}

/// The identity of a schema in a registry with several contexts.
///
/// Kinds of identity are never compared with each other, and neither are ids of different contexts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SchemaKey {
    /// A number that one context assigned to a schema.
    Id(Context, SchemaId),
    /// The identity of a schema in all registries.
    Guid(avro_model::Guid),
    /// A number that Apicurio Registry assigned to a version, its `globalId`.
    GlobalId(u64),
}

impl Context {
    /// The context in which a qualified subject is: `None` for a subject that is not qualified, such as `orders-value`.
    pub fn of_subject(subject: &str) -> Option<Context> {
        split(subject).map(|(context, _)| Context(context.into()))
    }

    /// The subject as it is known from every context: a qualified one stays, another one is in this context.
    /// The default context is omitted.
    pub fn qualify(&self, subject: &str) -> String {
        let (context, name) = split(subject).unwrap_or((&self.0, subject));
        if context == Self::default().as_str() { name.to_owned() } else { format!(":{context}:{name}") }
    }

    /// The name, which begins with a dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the default context.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Means the whole context where a subject is expected.
    pub(crate) fn as_prefix(&self) -> String {
        format!(":{}:", self.0)
    }
}

/// The context and the name of a qualified subject.
fn split(subject: &str) -> Option<(&str, &str)> {
    let qualified = subject.strip_prefix(':').filter(|rest| rest.starts_with('.'))?;
    Some(qualified.split_once(':').unwrap_or((qualified, "")))
}

impl Default for Context {
    fn default() -> Self {
        Self(".".into())
    }
}

impl FromStr for Context {
    type Err = InvalidContext;

    /// Takes the name with or without its dot.
    fn from_str(name: &str) -> Result<Self, InvalidContext> {
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        if !name.chars().all(is_allowed) || name.is_empty() {
            return Err(InvalidContext { name: name.to_owned() });
        }
        Ok(Self(if name.starts_with('.') { name.into() } else { format!(".{name}").into() }))
    }
}

impl fmt::Display for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn subjects_are_qualified_once() {
        let check = |context: &str, subject: &str, expected: &str| {
            let context: Context = context.parse().expect(context);
            assert_eq!(context.qualify(subject), expected, "{subject} in {context}");
            if expected.starts_with(':') {
                assert_eq!(context.qualify(expected), expected, "a qualified subject stays");
            }
        };
        check(".", "s", "s");
        check(".", ":.:s", "s");
        check(".", ":.x:s", ":.x:s");
        check("x", "s", ":.x:s");
        check(".x", ":.y:a:b", ":.y:a:b");
        check(".x", ":.y", ":.y:");
        check(".x", ":not:qualified", ":.x::not:qualified");
    }

    #[test]
    fn contexts_that_cannot_be_addressed_are_refused() {
        for name in ["", "a:b", "a/b", "a\nb", "é", " "] {
            let error = name.parse::<Context>().expect_err(name);
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
}
