//! Subjects and the contexts that they are in. No I/O.

use super::refusal::Refusal;

/// The context that is meant where none is named.
pub(crate) const DEFAULT_CONTEXT: &str = ".";

/// A subject with its context: `s`, or `:.ctx:s` in a context other than the default one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    /// As answers name it.
    text: String,
    context: String,
    /// Where in `text` the name begins.
    name_start: usize,
}

impl Subject {
    /// Reads a subject of a request or of a reference. A qualified one without a name stands for its whole context.
    pub(crate) fn parse(text: &str) -> Self {
        let qualified = text.strip_prefix(':').filter(|rest| rest.starts_with(DEFAULT_CONTEXT));
        let Some(rest) = qualified else {
            return Self::new(DEFAULT_CONTEXT, text);
        };
        let (context, name) = rest.split_once(':').unwrap_or((rest, ""));
        Self::new(context, name)
    }

    fn new(context: &str, name: &str) -> Self {
        let prefix = match context {
            DEFAULT_CONTEXT => String::new(),
            context => format!(":{context}:"),
        };
        Self { text: format!("{prefix}{name}"), context: context.to_owned(), name_start: prefix.len() }
    }

    /// Reads the subject of a reference, which is meant in the context of the schema that has it.
    pub(crate) fn of_reference(context: &str, text: &str) -> Self {
        match Self::parse(text) {
            unqualified if unqualified.text == text && unqualified.name_start == 0 => Self::new(context, text),
            qualified => qualified,
        }
    }

    /// Reads a subject that is to get versions or settings of its own.
    ///
    /// Refused is what Confluent's registry refuses too: names of its own, and control characters.
    pub(crate) fn checked(text: &str) -> Result<Self, Refusal> {
        let subject = Self::parse(text);
        let reserved = matches!(subject.name(), "__GLOBAL" | "__EMPTY");
        if text.is_empty() || reserved || text.chars().any(char::is_control) {
            return Err(Refusal::invalid_subject(text));
        }
        Ok(subject)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn context(&self) -> &str {
        &self.context
    }

    /// The name within the context; empty where the whole context is meant.
    pub(crate) fn name(&self) -> &str {
        let name = self.text.get(self.name_start..);
        debug_assert!(name.is_some(), "the name begins within the text");
        name.unwrap_or_default()
    }

    /// Where a setting of the subject is looked for: the subject itself and its context. What is set for the registry
    /// is set for the default context, and counts in no other.
    pub(crate) fn scopes(&self) -> [&str; 2] {
        let context = self.text.get(..self.name_start);
        debug_assert!(context.is_some(), "the name begins within the text");
        [&self.text, context.unwrap_or_default()]
    }

    /// Whether a look-up that finds nothing goes on in other contexts.
    pub(crate) fn is_in_default_context(&self) -> bool {
        self.context == DEFAULT_CONTEXT
    }

    /// The subject of the same name in another context.
    pub(crate) fn in_context(&self, context: &str) -> Self {
        Self::new(context, self.name())
    }

    /// Whether a setting of this also counts for the subject with the name `other`.
    pub(crate) fn covers(&self, other: &str) -> bool {
        match self.name() {
            "" => other.starts_with(&self.text),
            _ => other == self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn subjects_are_told_from_their_contexts() {
        for (text, context, name, qualified) in [
            ("s", ".", "s", "s"),
            (":.:s", ".", "s", "s"),
            (":.ctx:s", ".ctx", "s", ":.ctx:s"),
            (":.ctx:", ".ctx", "", ":.ctx:"),
            (":.ctx", ".ctx", "", ":.ctx:"),
            (":.ctx:a:b", ".ctx", "a:b", ":.ctx:a:b"),
            (":ctx:s", ".", ":ctx:s", ":ctx:s"),
            ("...", ".", "...", "..."),
            ("", ".", "", ""),
        ] {
            let subject = Subject::parse(text);
            assert_eq!((subject.context(), subject.name(), subject.as_str()), (context, name, qualified), "{text}");
        }
        for (context, text, expected) in
            [(".", "s", "s"), (".ctx", "s", ":.ctx:s"), (".ctx", ":.:s", "s"), (".ctx", ":.other:s", ":.other:s")]
        {
            assert_eq!(Subject::of_reference(context, text).as_str(), expected, "{text} in {context}");
        }
    }
}
