//! The options of generated code, for build scripts.

use avro_codegen::{Bytes, InvalidOption, Logical, Maps, Options, Pointers, Strings};

use super::Config;

/// The options of generated code. [`Options`] tells what can be chosen and how patterns are written; here, what is
/// wrong with an option is kept until [`compile`](Config::compile) reports all of it.
impl Config {
    /// Takes `options` instead of what was chosen so far.
    #[must_use]
    pub fn options(mut self, options: Options) -> Config {
        self.options = options;
        self.invalid_options.clear();
        self
    }

    /// The path of the crate avro-typed: [`Options::runtime`].
    #[must_use]
    pub fn runtime(self, path: &str) -> Config {
        self.with(|options| options.runtime(path))
    }

    /// Leaves out serde's impls: [`Options::without_serde`].
    #[must_use]
    pub fn without_serde(self) -> Config {
        self.with(|options| Ok(options.without_serde()))
    }

    /// Gives types views that borrow from the message, `OrderRef<'a>` beside `Order`: [`Options::views`].
    #[must_use]
    pub fn views(self, views: bool) -> Config {
        self.with(|options| Ok(options.views(views)))
    }

    /// Chooses the Rust types that are read in the least time: [`Options::fast`].
    #[must_use]
    pub fn fast(self, fast: bool) -> Config {
        self.with(|options| Ok(options.fast(fast)))
    }

    /// The Rust type of strings: [`Options::strings`].
    #[must_use]
    pub fn strings(self, pattern: &str, strings: Strings) -> Config {
        self.with(|options| options.strings(pattern, strings))
    }

    /// The Rust type of bytes: [`Options::bytes`].
    #[must_use]
    pub fn bytes(self, pattern: &str, bytes: Bytes) -> Config {
        self.with(|options| options.bytes(pattern, bytes))
    }

    /// The Rust type of maps: [`Options::maps`].
    #[must_use]
    pub fn maps(self, pattern: &str, maps: Maps) -> Config {
        self.with(|options| options.maps(pattern, maps))
    }

    /// What holds values that are not in place: [`Options::pointers`].
    #[must_use]
    pub fn pointers(self, pattern: &str, pointers: Pointers) -> Config {
        self.with(|options| options.pointers(pattern, pointers))
    }

    /// Puts a value behind a pointer: [`Options::boxed`].
    #[must_use]
    pub fn boxed(self, pattern: &str) -> Config {
        self.with(|options| options.boxed(pattern))
    }

    /// The Rust type of logical types: [`Options::logical`].
    #[must_use]
    pub fn logical(self, pattern: &str, logical: Logical) -> Config {
        self.with(|options| options.logical(pattern, logical))
    }

    /// A type of your own for what is at a place: [`Options::own_type`].
    #[must_use]
    pub fn own_type(self, pattern: &str, ty: &str) -> Config {
        self.with(|options| options.own_type(pattern, ty))
    }

    /// A type of your own instead of a named type: [`Options::replace`].
    #[must_use]
    pub fn replace(self, fullname: &str, path: &str) -> Config {
        self.with(|options| options.replace(fullname, path))
    }

    /// Types that were generated elsewhere: [`Options::extern_path`].
    #[must_use]
    pub fn extern_path(self, pattern: &str, path: &str) -> Config {
        self.with(|options| options.extern_path(pattern, path))
    }

    /// The name of a union's enum: [`Options::union_name`].
    #[must_use]
    pub fn union_name(self, path: &str, name: &str) -> Config {
        self.with(|options| options.union_name(path, name))
    }

    /// More traits to derive: [`Options::derive`].
    #[must_use]
    pub fn derive(self, pattern: &str, traits: &str) -> Config {
        self.with(|options| options.derive(pattern, traits))
    }

    /// Traits not to derive: [`Options::skip_derive`].
    #[must_use]
    pub fn skip_derive(self, pattern: &str, traits: &str) -> Config {
        self.with(|options| options.skip_derive(pattern, traits))
    }

    /// Attributes for structs and enums: [`Options::type_attribute`].
    #[must_use]
    pub fn type_attribute(self, pattern: &str, attributes: &str) -> Config {
        self.with(|options| options.type_attribute(pattern, attributes))
    }

    /// Attributes for fields: [`Options::field_attribute`].
    #[must_use]
    pub fn field_attribute(self, pattern: &str, attributes: &str) -> Config {
        self.with(|options| options.field_attribute(pattern, attributes))
    }

    /// Attributes for variants: [`Options::variant_attribute`].
    #[must_use]
    pub fn variant_attribute(self, pattern: &str, attributes: &str) -> Config {
        self.with(|options| options.variant_attribute(pattern, attributes))
    }

    fn with(mut self, give: impl FnOnce(Options) -> Result<Options, InvalidOption>) -> Config {
        match give(self.options.clone()) {
            Ok(options) => self.options = options,
            Err(invalid) => self.invalid_options.push(invalid),
        }
        self
    }
}
