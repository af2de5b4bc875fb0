//! Where in a value an error happened.

use std::fmt;

use crate::invariant::always;

/// The steps from the value that failed out to the root: innermost first, since errors travel outwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    innermost_first: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// The name of a field, or of the type at the root.
    Name(&'static str),
    /// The same, of a schema that is known only at run time.
    #[cfg(feature = "json")]
    OwnedName(Box<str>),
    /// The position of an item of an array.
    Index(usize),
    /// The key of an entry of a map, shortened when it is long.
    Key(Box<str>),
}

/// Messages show only this many characters of a text that comes from the input.
const SHOWN_CHARACTERS: usize = 64;

/// A text from the input as messages show it.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", always(text.get(..end), "", "it ends where a character begins")),
        None => text.to_owned(),
    }
}

impl Path {
    pub(crate) fn push_name(&mut self, name: &'static str) {
        // Types without a name, such as an array at the root, have the empty one.
        if !name.is_empty() {
            self.innermost_first.push(Segment::Name(name));
        }
    }

    #[cfg(feature = "json")]
    pub(crate) fn push_owned_name(&mut self, name: &str) {
        self.innermost_first.push(Segment::OwnedName(name.into()));
    }

    pub(crate) fn push_index(&mut self, index: usize) {
        self.innermost_first.push(Segment::Index(index));
    }

    pub(crate) fn push_key(&mut self, key: &str) {
        self.innermost_first.push(Segment::Key(shortened(key).into_boxed_str()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.innermost_first.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.innermost_first.iter().rev().enumerate() {
            match segment {
                Segment::Name(name) if position == 0 => formatter.write_str(name)?,
                Segment::Name(name) => write!(formatter, ".{name}")?,
                #[cfg(feature = "json")]
                Segment::OwnedName(name) if position == 0 => formatter.write_str(name)?,
                #[cfg(feature = "json")]
                Segment::OwnedName(name) => write!(formatter, ".{name}")?,
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Key(key) => write!(formatter, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}
