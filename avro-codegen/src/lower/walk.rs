//! The way through a type while it is lowered.

/// Where a type is, as [`Options`](crate::Options) writes it: `com.acme.Order.tags.items`.
///
/// Null takes no step, so that the value of an optional field is where the field is. A schema without a name
/// starts at the name of its file's type: `Prices.items`.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    path: String,
    /// How much of the path is the fullname of the type where the way begins.
    type_length: usize,
}

/// Where to go back to.
pub(crate) struct Outside(usize);

impl Walk {
    /// Goes to a type that is not part of another.
    pub(crate) fn start(&mut self, fullname: &str) {
        self.path.clear();
        self.path.push_str(fullname);
        self.type_length = fullname.len();
    }

    pub(crate) fn enter(&mut self, step: &str) -> Outside {
        let outside = Outside(self.path.len());
        self.path.push('.');
        self.path.push_str(step);
        outside
    }

    pub(crate) fn leave(&mut self, outside: Outside) {
        self.path.truncate(outside.0);
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn type_length(&self) -> usize {
        self.type_length
    }
}
