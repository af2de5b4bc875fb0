//! Fullnames (Avro specification, "Names").

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use unicode_ident::{is_xid_continue, is_xid_start};

/// The fullname of a record, an enum or a fixed: its namespace, where it has one, and its name.
///
/// ```
/// use avro_model::Schema;
///
/// let schema = Schema::parse(r#"{"type": "fixed", "name": "com.acme.Hash", "size": 16}"#)?;
/// let fullname = schema.fullname().unwrap();
/// assert_eq!(fullname.as_str(), "com.acme.Hash");
/// assert_eq!(fullname.namespace(), Some("com.acme"));
/// assert_eq!(fullname.name(), "Hash");
/// # Ok::<(), avro_model::SchemaError>(())
/// ```
#[derive(Clone)]
pub struct Fullname {
    text: String,
    /// Where the name starts: 0, or one past the last dot.
    name_start: usize,
}

impl Fullname {
    /// The fullname of `name` in `namespace`. A name with dots brings its own namespace, and an empty namespace is the
    /// null namespace (specification, "Names"). Nothing is checked here: see [`is_valid_name`].
    pub(crate) fn new(name: &str, namespace: Option<&str>) -> Fullname {
        let (namespace, name) = match name.rfind('.') {
            Some(dot) => (Some(&name[..dot]), &name[dot + 1..]),
            None => (namespace, name),
        };
        match namespace {
            Some(namespace) if !namespace.is_empty() => {
                let text = format!("{namespace}.{name}");
                Fullname { text, name_start: namespace.len() + 1 }
            }
            _ => Fullname { text: name.to_owned(), name_start: 0 },
        }
    }

    /// The whole fullname: `com.acme.Order`, or `Order` in the null namespace.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The namespace (`com.acme`); `None` for the null namespace.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.name_start.checked_sub(1).map(|dot| &self.text[..dot])
    }

    /// The name without the namespace: `Order`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.name_start..]
    }
}

impl fmt::Display for Fullname {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Fullname {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl PartialEq for Fullname {
    fn eq(&self, other: &Fullname) -> bool {
        self.text == other.text
    }
}

impl Eq for Fullname {}

impl Hash for Fullname {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl PartialOrd for Fullname {
    fn partial_cmp(&self, other: &Fullname) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fullname {
    fn cmp(&self, other: &Fullname) -> Ordering {
        self.text.cmp(&other.text)
    }
}

/// Whether `name` is a name: a letter or `_`, then any number of letters, digits and `_`. The specification has ASCII
/// in mind (`[A-Za-z_]`, then `[A-Za-z0-9_]`); Java, and the specification's own grammar of the IDL, take the letters
/// of all alphabets, and so does this, while [`Parser::check_ascii`](crate::parse) warns of them. They are those of
/// Rust.
pub(crate) fn is_valid_name(name: &str) -> bool {
    if name.is_ascii() {
        let mut bytes = name.bytes();
        let starts_well = bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
        return starts_well && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    }
    let mut characters = name.chars();
    characters.next().is_some_and(starts_name) && characters.all(is_xid_continue)
}

/// Whether a name may start with `character`.
pub(crate) fn starts_name(character: char) -> bool {
    character == '_' || is_xid_start(character)
}

/// Whether `namespace` is a dot-separated sequence of names, or empty (the null namespace).
pub(crate) fn is_valid_namespace(namespace: &str) -> bool {
    namespace.is_empty() || namespace.split('.').all(is_valid_name)
}
