//! Patterns: which places an option is about.

use super::kind;
use super::target::PatternTarget;

/// A pattern that was read: see [`Options`](crate::Options) for what can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As it was given.
    text: String,
    /// A dotted path; empty when the pattern is about all paths.
    path: String,
    reach: Reach,
    /// The one kind that it is about.
    kind: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// `*`
    Everything,
    /// `com.acme.*`: what is below the path.
    Below,
    /// `com.acme.Order`: the type or the place of that path and what is inside of it.
    Inside,
}

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// There is nothing.
    #[error("it is empty; write `*` for everything")]
    Empty,
    /// A star is where none can be.
    #[error("`*` means everything, and at the end what is below: `com.acme.*`")]
    Star,
    /// Two dots in a row, or one at an end.
    #[error("a part between dots is empty; write the fullname and the path as in `com.acme.Order.total`")]
    EmptyPart,
    /// A character that no Avro name has.
    #[error("`{0}` is in no Avro name; write the fullname and the path as in `com.acme.Order.total`")]
    Character(char),
    /// What follows the `@` is not a kind.
    #[error("`{kind}` is not a kind of type; {}", did_you_mean(.suggestion, "write one as in `@string`, `@record` or `@timestamp-millis`"))]
    UnknownKind {
        /// What was written.
        kind: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// The name of a kind without its `@`.
    #[error("`{0}` is a kind of type; write `@{0}`")]
    KindWithoutSign(String),
}

fn did_you_mean(suggestion: &Option<String>, otherwise: &str) -> String {
    match suggestion {
        Some(kind) => format!("did you mean `@{kind}`?"),
        None => otherwise.to_owned(),
    }
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Result<Pattern, PatternError> {
        let (path, kind) = match text.split_once('@') {
            Some((path, name)) => (if path.is_empty() { "*" } else { path }, Some(parse_kind(name)?)),
            None => (text, None),
        };
        if kind.is_none() && path.contains('-') && kind::find(path).is_some() {
            return Err(PatternError::KindWithoutSign(path.to_owned()));
        }
        let (path, reach) = match path.strip_suffix(".*") {
            _ if path == "*" || path == "." => ("", Reach::Everything),
            Some(path) => (path, Reach::Below),
            None => (path, Reach::Inside),
        };
        if reach != Reach::Everything {
            check_path(path)?;
        }
        Ok(Pattern { text: text.to_owned(), path: path.to_owned(), reach, kind })
    }

    /// As it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The path without a star.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn kind(&self) -> Option<&'static str> {
        self.kind
    }

    /// Whether `place` is one of those that the pattern is about.
    pub(crate) fn covers(&self, place: PatternTarget<'_>) -> bool {
        if self.kind.is_some_and(|kind| kind != place.kind) {
            return false;
        }
        match self.reach {
            Reach::Everything => true,
            Reach::Below => below(place.path, &self.path),
            Reach::Inside => {
                place.path == self.path || (self.path.len() >= place.type_length && below(place.path, &self.path))
            }
        }
    }

    /// Whether `place` itself was named, by its path or by its kind, and not just something that it is in.
    pub(crate) fn picks(&self, place: PatternTarget<'_>) -> bool {
        (self.kind.is_some() || self.path == place.path) && self.covers(place)
    }

    /// Whether a place can be named in that way.
    pub(crate) fn can_pick(&self) -> bool {
        self.kind.is_some() || self.reach == Reach::Inside
    }

    /// Whether the pattern is one path, neither a kind nor a star.
    pub(crate) fn is_path(&self) -> bool {
        self.kind.is_none() && self.reach == Reach::Inside
    }

    /// What follows the pattern's path in `fullname`, when that is or starts with the path; stars and kinds say the
    /// same.
    pub(crate) fn rest_of<'n>(&self, fullname: &'n str) -> Option<&'n str> {
        if self.reach == Reach::Everything {
            return Some(fullname);
        }
        let rest = fullname.strip_prefix(&self.path)?;
        if rest.is_empty() && self.reach == Reach::Inside { Some("") } else { rest.strip_prefix('.') }
    }

    /// The greater, the more specific: longer paths first, then those with a kind.
    pub(crate) fn specificity(&self) -> (usize, bool) {
        let parts = self.path.split('.').filter(|part| !part.is_empty()).count();
        (parts, self.kind.is_some())
    }
}

/// Whether `path` leads into what `start` leads to.
fn below(path: &str, start: &str) -> bool {
    path.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'))
}

fn parse_kind(name: &str) -> Result<&'static str, PatternError> {
    kind::find(name).ok_or_else(|| PatternError::UnknownKind {
        kind: name.to_owned(),
        suggestion: kind::closest(name).map(str::to_owned),
    })
}

/// Many namespaces are unusual, and nobody checks them: only what cannot be part of one is refused.
fn check_path(path: &str) -> Result<(), PatternError> {
    if path.is_empty() {
        return Err(PatternError::Empty);
    }
    if path.contains('*') {
        return Err(PatternError::Star);
    }
    let is_odd =
        |character: &char| character.is_whitespace() || matches!(character, ':' | '/' | '\\' | '"' | '`' | '#');
    if let Some(character) = path.chars().find(is_odd) {
        return Err(PatternError::Character(character));
    }
    if path.split('.').any(str::is_empty) {
        return Err(PatternError::EmptyPart);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place of `com.acme.Order`, which is the type of all paths here that start so.
    fn place<'p>(path: &'p str, kind: &'p str) -> PatternTarget<'p> {
        let fullname =
            ["com.acme.Order", "com.acme.shop.Item", "Order"].into_iter().find(|name| path.starts_with(name));
        PatternTarget { path, type_length: fullname.map_or(path.len(), str::len), kind }
    }

    #[test]
    fn patterns_cover_types_subtrees_and_namespaces() {
        let places = [
            place("com.acme.Order", "record"),
            place("com.acme.Order.total", "decimal"),
            place("com.acme.Order.tags", "array"),
            place("com.acme.Order.tags.items", "string"),
            place("com.acme.shop.Item", "enum"),
            place("com.acmeish.Thing", "enum"),
            place("Order.id", "string"),
        ];
        for (pattern, expected) in [
            ("*", [true, true, true, true, true, true, true]),
            (".", [true, true, true, true, true, true, true]),
            ("com.acme.*", [true, true, true, true, true, false, false]),
            ("com.*", [true, true, true, true, true, true, false]),
            ("com.acme", [false, false, false, false, false, false, false]),
            ("com.acme.Order", [true, true, true, true, false, false, false]),
            ("com.acme.Order.*", [false, true, true, true, false, false, false]),
            ("com.acme.Order.tags", [false, false, true, true, false, false, false]),
            ("com.acme.Order.tags.items", [false, false, false, true, false, false, false]),
            ("com.acme.Order.tag", [false, false, false, false, false, false, false]),
            ("com.acme.shop", [false, false, false, false, false, false, false]),
            ("com.acme.shop.*", [false, false, false, false, true, false, false]),
            ("Order", [false, false, false, false, false, false, true]),
            ("@string", [false, false, false, true, false, false, true]),
            ("*@string", [false, false, false, true, false, false, true]),
            ("com.acme.*@string", [false, false, false, true, false, false, false]),
            ("com.acme.Order.tags@decimal", [false, false, false, false, false, false, false]),
        ] {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!(places.map(|place| pattern.covers(place)), expected, "{pattern:?}");
        }
    }

    #[test]
    fn a_place_is_picked_by_its_path_or_its_kind() {
        let tags = place("com.acme.Order.tags", "array");
        for (pattern, expected) in [
            ("com.acme.Order.tags", true),
            ("com.acme.Order.tags@array", true),
            ("com.acme.*@array", true),
            ("@array", true),
            ("com.acme.Order", false),
            ("com.acme.Order.*", false),
            ("com.acme.Order.tags.items", false),
            ("@string", false),
            ("*", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().picks(tags), expected, "{pattern}");
        }
    }

    #[test]
    fn longer_paths_are_more_specific_and_kinds_are_within_equal_ones() {
        let order = ["@string", "com.*", "com.acme.*@uuid", "com.acme.Order", "com.acme.Order.id"];
        let specificity = |pattern: &str| Pattern::parse(pattern).unwrap().specificity();
        assert!(order.windows(2).all(|pair| specificity(pair[0]) < specificity(pair[1])));
        assert!(specificity("*") < specificity("@string"));
        assert_eq!(specificity("com.acme.*"), specificity("com.acme"));
    }

    #[test]
    fn the_rest_of_a_name_follows_the_path() {
        for (pattern, fullname, expected) in [
            ("com.acme", "com.acme.shop.Item", Some("shop.Item")),
            ("com.acme.*", "com.acme.shop.Item", Some("shop.Item")),
            ("com.acme.Order", "com.acme.Order", Some("")),
            ("com.acme.Order.*", "com.acme.Order", None),
            ("com.ac", "com.acme.Order", None),
            ("*", "Order", Some("Order")),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().rest_of(fullname), expected, "{pattern} {fullname}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_with_the_remedy() {
        for (text, expected) in [
            ("", PatternError::Empty),
            (".*", PatternError::Empty),
            ("*.id", PatternError::Star),
            ("com.*.Order", PatternError::Star),
            ("com.acme.**", PatternError::Star),
            ("com..acme", PatternError::EmptyPart),
            (".com.acme", PatternError::EmptyPart),
            ("com.acme.", PatternError::EmptyPart),
            ("com.acme Order", PatternError::Character(' ')),
            ("com::acme::Order", PatternError::Character(':')),
            ("timestamp-millis", PatternError::KindWithoutSign("timestamp-millis".to_owned())),
        ] {
            assert_eq!(Pattern::parse(text), Err(expected), "{text}");
        }
        let slip = Pattern::parse("com.acme.*@timestamp-milis").unwrap_err();
        assert_eq!(slip.to_string(), "`timestamp-milis` is not a kind of type; did you mean `@timestamp-millis`?");
        let unknown = Pattern::parse("@").unwrap_err().to_string();
        assert!(unknown.ends_with("write one as in `@string`, `@record` or `@timestamp-millis`"), "{unknown}");
        assert!(Pattern::parse("com.acme-corp.Order").is_ok());
    }
}
