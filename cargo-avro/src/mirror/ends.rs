//! The two registries, and which subjects go from one to the other.

use std::collections::BTreeSet;

use schema_registry::{Context, RegistryError, SchemaReference, SchemaRegistry};

/// Where schemas come from and go to.
pub(crate) struct Ends {
    pub(crate) from: SchemaRegistry,
    pub(crate) to: SchemaRegistry,
    /// The subjects of one context go into another one; otherwise each stays in the context of the same name.
    pub(crate) into: Option<(Context, Context)>,
}

/// Which subjects are copied.
pub(crate) struct Selection {
    /// All when there is none.
    pub(crate) patterns: Vec<String>,
    pub(crate) excluded: Vec<String>,
    pub(crate) deleted: bool,
    /// Of the context of the client alone.
    pub(crate) one_context: bool,
}

impl Ends {
    /// What a subject of the source is called in the target.
    pub(super) fn target_of(&self, subject: &str) -> String {
        match &self.into {
            Some((from, to)) if context_of(subject) == *from => to.qualify(name_of(subject)),
            _ => subject.to_owned(),
        }
    }

    /// The subjects of a reference of `subject`: in the source, and in the target. One that is qualified is meant in
    /// the context that it names, whichever registry it is in.
    pub(super) fn referred(&self, subject: &str, reference: &SchemaReference) -> (String, String) {
        match Context::of_subject(&reference.subject) {
            Some(context) => {
                let qualified = context.qualify(&reference.subject);
                (qualified.clone(), qualified)
            }
            None => {
                let source = context_of(subject).qualify(&reference.subject);
                let target = self.target_of(&source);
                (source, target)
            }
        }
    }
}

impl Selection {
    /// The names of the subjects, qualified.
    pub(super) async fn subjects(&self, from: &SchemaRegistry) -> Result<BTreeSet<String>, RegistryError> {
        let found = match self.deleted {
            true => from.subjects_with_deleted().await?,
            false => from.subjects().await?,
        };
        let found = found.into_iter().map(|subject| from.qualify(&subject));
        let found = found.filter(|subject| !self.one_context || context_of(subject) == *from.context());
        Ok(found.filter(|subject| self.contains(subject)).collect())
    }

    fn contains(&self, subject: &str) -> bool {
        let matches = |pattern: &String| {
            let text = if Context::of_subject(pattern).is_some() { subject } else { name_of(subject) };
            is_match(pattern, text)
        };
        (self.patterns.is_empty() || self.patterns.iter().any(matches)) && !self.excluded.iter().any(matches)
    }
}

pub(super) fn context_of(subject: &str) -> Context {
    Context::of_subject(subject).unwrap_or_default()
}

/// Without its context.
pub(super) fn name_of(subject: &str) -> &str {
    let Some(context) = Context::of_subject(subject) else { return subject };
    // Between two colons.
    subject.get(context.as_str().len() + 2..).unwrap_or_default()
}

/// Whether a text is what a pattern describes, in which `*` is any text.
fn is_match(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::{is_match, name_of};

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text, expected) in [
            ("orders-value", "orders-value", true),
            ("orders", "orders-value", false),
            ("orders*", "orders-value", true),
            ("*-value", "orders-value", true),
            ("*", "", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXcYb", false),
            ("ab*ba", "aba", false),
            ("a*a", "a", false),
            ("*b*b", "ab", false),
            ("**", "a", true),
        ] {
            assert_eq!(is_match(pattern, text), expected, "{pattern} {text}");
        }
        assert_eq!((name_of(":.team:a:b"), name_of("a"), name_of(":.team:")), ("a:b", "a", ""));
    }
}
