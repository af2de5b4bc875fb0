//! Where in a value an error happened.

use std::fmt;

/// The steps from the value that failed out to the root: innermost first, since errors travel outwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    innermost_first: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// The name of a field, or of the type at the root.
    Name(&'static str),
    /// The position of an item of an array.
    Index(usize),
    /// The key of an entry of a map, shortened when it is long.
    Key(Box<str>),
}

/// Keys come from the input, so a message shows only this many characters of one.
const SHOWN_KEY_CHARACTERS: usize = 64;

impl Path {
    pub(crate) fn push_name(&mut self, name: &'static str) {
        // Types without a name, such as an array at the root, have the empty one.
        if !name.is_empty() {
            self.innermost_first.push(Segment::Name(name));
        }
    }

    pub(crate) fn push_index(&mut self, index: usize) {
        self.innermost_first.push(Segment::Index(index));
    }

    pub(crate) fn push_key(&mut self, key: &str) {
        let shown = match key.char_indices().nth(SHOWN_KEY_CHARACTERS) {
            Some((end, _)) => format!("{}…", key.get(..end).unwrap_or_default()),
            None => key.to_owned(),
        };
        self.innermost_first.push(Segment::Key(shown.into_boxed_str()));
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
                Segment::Index(index) => write!(formatter, "[{index}]")?,
                Segment::Key(key) => write!(formatter, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}
