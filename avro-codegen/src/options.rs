//! What can be chosen about generated code.

mod choice;
mod choices;
mod error;
mod kind;
mod pattern;
mod rules;
mod rust_text;
mod target;
mod unused;
mod whole;

pub use choice::{Bytes, Logical, Maps, Pointers, Strings};
pub(crate) use choices::{Choices, Elsewhere};
use error::call;
pub use error::{InvalidOption, InvalidOptionKind};
pub use pattern::PatternError;
pub use rust_text::RustTextError;
pub(crate) use rust_text::{fill, identifier};
pub(crate) use target::PatternTarget;
pub use unused::UnusedOption;

use self::pattern::Pattern;
use self::rules::{Rule, Rules};

/// The traits that generated types derive by themselves, where they can, and that nothing in generated code needs.
const DERIVED: [&str; 6] = ["Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];

/// What can be chosen about generated code. `avro_build::Config` has the same methods for build scripts.
///
/// # Patterns
///
/// Most options take a pattern, which selects what they are about:
///
/// | pattern | what it is about |
/// |---|---|
/// | `com.acme.Order` | the type of that fullname, and all that is in its fields |
/// | `com.acme.Order.total` | the field, and all that is in it |
/// | `com.acme.Order.tags.items`, `com.acme.Order.limits.values` | the items of the array, the values of the map in that field |
/// | `com.acme.Order.payload.string` | a branch of the union in that field, by its Avro name without a namespace |
/// | `com.acme.*` | everything in the namespace and in those below it |
/// | `*` | everything |
/// | `@timestamp-millis`, `com.acme.*@decimal` | what is of that kind: everywhere, or within the path |
///
/// Paths are made of Avro names, not of Rust's, and null is passed over: the field of a `["null", "string"]` is a
/// string. Kinds are the names that schemas use: `string`, `bytes`, `long`, `array`, `map`, `union`, `record`, `enum`,
/// `fixed` and so on, and the logical types, which come before the type that they annotate (a `timestamp-millis` is not
/// of the kind `long`).
///
/// Where several patterns of one option match, the most specific wins: the one with more parts between its dots, then
/// the one with a kind; among equals the later. Attributes and derives add up instead.
///
/// A pattern that matches nothing is most often a slip. Build scripts warn of them:
/// [`Generated::unused_options`](crate::Generated::unused_options).
///
/// ```
/// use avro_codegen::{Logical, Options, Strings};
///
/// let options = Options::new()
///     .strings("com.acme.*", Strings::ArcStr)?
///     .strings("com.acme.Order.note", Strings::String)?
///     .logical("@timestamp-millis", Logical::Underlying)?
///     .own_type("com.acme.Order.id", "crate::OrderId")?
///     .derive("com.acme.Order", "PartialOrd")?;
///
/// let text = r#"{"type": "record", "name": "com.acme.Order", "fields": [
///     {"name": "id", "type": "string"},
///     {"name": "note", "type": ["null", "string"]},
///     {"name": "tags", "type": {"type": "array", "items": "string"}},
///     {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"#;
/// let source = avro_model::Source::new("order.avsc", text);
/// let set = avro_model::SchemaSet::parse(vec![source])?;
/// let code = avro_codegen::generate_file(&set, &options)?;
/// assert!(code.contains("pub id: crate::OrderId,"));
/// assert!(code.contains("pub note: ::core::option::Option<::std::string::String>,"));
/// assert!(code.contains("pub tags: ::std::vec::Vec<::std::sync::Arc<str>>,"));
/// assert!(code.contains("pub at: i64,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    runtime: String,
    serde: bool,
    views: bool,
    fast: bool,
    /// What was given with a pattern, by the numbers of the rules.
    given: Vec<Given>,
    strings: Rules<Strings>,
    bytes: Rules<Bytes>,
    maps: Rules<Maps>,
    pointers: Rules<Pointers>,
    boxed: Rules<()>,
    logical: Rules<Logical>,
    own_types: Rules<String>,
    replacements: Rules<String>,
    extern_paths: Rules<String>,
    union_names: Rules<String>,
    derives: Rules<Vec<String>>,
    skipped_derives: Rules<Vec<&'static str>>,
    type_attributes: Rules<String>,
    field_attributes: Rules<String>,
    variant_attributes: Rules<String>,
}

/// An option as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    method: Method,
    arguments: Vec<String>,
    pattern: Pattern,
}

/// A method that takes a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Method {
    name: &'static str,
    /// What it is about, such as a string.
    subject: &'static str,
    needs: Needs,
}

/// What a method needs of its pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// It is about types, whatever their kind.
    NoKind,
    /// It is about places themselves, and not about all that is in them.
    Places,
    /// It is about the one place of a path, such as this one.
    Path(&'static str),
}

impl Method {
    const fn new(name: &'static str, subject: &'static str, needs: Needs) -> Method {
        Method { name, subject, needs }
    }
}

impl Needs {
    fn check(self, pattern: &Pattern) -> Result<(), InvalidOptionKind> {
        let (is_fit, example) = match self {
            Needs::Nothing => return Ok(()),
            Needs::NoKind => (pattern.kind().is_none(), "com.acme.shared"),
            Needs::Places => (pattern.can_pick(), "com.acme.Order.id` or `com.acme.*@uuid"),
            Needs::Path(example) => (pattern.is_path(), example),
        };
        if is_fit { Ok(()) } else { Err(InvalidOptionKind::Unfit { example }) }
    }
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Options {
        Options {
            runtime: "::avro_typed".to_owned(),
            serde: true,
            views: false,
            fast: false,
            given: Vec::new(),
            strings: Rules::new(),
            bytes: Rules::new(),
            maps: Rules::new(),
            pointers: Rules::new(),
            boxed: Rules::new(),
            logical: Rules::new(),
            own_types: Rules::new(),
            replacements: Rules::new(),
            extern_paths: Rules::new(),
            union_names: Rules::new(),
            derives: Rules::new(),
            skipped_derives: Rules::new(),
            type_attributes: Rules::new(),
            field_attributes: Rules::new(),
            variant_attributes: Rules::new(),
        }
    }

    /// The Rust type of strings: [`Strings`]. The keys of maps are `String` always.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid.
    pub fn strings(mut self, pattern: &str, strings: Strings) -> Result<Options, InvalidOption> {
        let method = Method::new("strings", "string", Needs::Nothing);
        let rule = self.rule(method, &[pattern], Ok(strings))?;
        self.strings.push(rule);
        Ok(self)
    }

    /// The Rust type of bytes: [`Bytes`].
    ///
    /// # Errors
    ///
    /// If the pattern is invalid.
    pub fn bytes(mut self, pattern: &str, bytes: Bytes) -> Result<Options, InvalidOption> {
        let method = Method::new("bytes", "bytes", Needs::Nothing);
        let rule = self.rule(method, &[pattern], Ok(bytes))?;
        self.bytes.push(rule);
        Ok(self)
    }

    /// The Rust type of maps: [`Maps`].
    ///
    /// # Errors
    ///
    /// If the pattern is invalid.
    pub fn maps(mut self, pattern: &str, maps: Maps) -> Result<Options, InvalidOption> {
        let method = Method::new("maps", "map", Needs::Nothing);
        let rule = self.rule(method, &[pattern], Ok(maps))?;
        self.maps.push(rule);
        Ok(self)
    }

    /// What holds values that are not in place: those that would make a type contain itself, and those of
    /// [`boxed`](Options::boxed).
    ///
    /// # Errors
    ///
    /// If the pattern is invalid.
    pub fn pointers(mut self, pattern: &str, pointers: Pointers) -> Result<Options, InvalidOption> {
        let method = Method::new("pointers", "value behind a pointer", Needs::Nothing);
        let rule = self.rule(method, &[pattern], Ok(pointers))?;
        self.pointers.push(rule);
        Ok(self)
    }

    /// Puts the record, enum, fixed or union at a place behind a pointer, where it would be in place otherwise: to
    /// keep a struct small, or, with [`pointers`](Options::pointers), to share the value.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or does not name a place: a path does, and so does a kind.
    ///
    /// ```
    /// use avro_codegen::{Options, Pointers};
    ///
    /// let options = Options::new().boxed("com.acme.Order.address")?.pointers("com.acme.Order.address", Pointers::Arc)?;
    /// assert!(options.boxed("com.acme.*").is_err());
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn boxed(mut self, pattern: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("boxed", "record, enum, fixed or union", Needs::Places);
        let rule = self.rule(method, &[pattern], Ok(()))?;
        self.boxed.push(rule);
        Ok(self)
    }

    /// The Rust type of logical types: [`Logical`].
    ///
    /// The path of a fixed with a logical type is one for all places that use it.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid.
    pub fn logical(mut self, pattern: &str, logical: Logical) -> Result<Options, InvalidOption> {
        let subject = match logical {
            Logical::Chrono => "date or time",
            _ => "logical type",
        };
        let method = Method::new("logical", subject, Needs::Nothing);
        let rule = self.rule(method, &[pattern], Ok(logical))?;
        self.logical.push(rule);
        Ok(self)
    }

    /// A type of your own for what is at a place, null aside: for a field, for the items of an array, for all of a
    /// kind.
    ///
    /// `ty` is a Rust type whose paths start with `crate::` or `::`. A `_` in it is the Rust type of the items
    /// of an array or of the values of a map, and elsewhere for the type that would be there without this:
    /// `crate::Sorted<_>`, `crate::Secret<_>`.
    ///
    /// The type implements avro-typed's `Encode<A>` and `Decode<'_, A>` for the Avro type `A` of the place, such as
    /// `avro::Str` or `avro::Decimal<avro::Bytes, 12, 2>`; serde's `Serialize` and `Deserialize`; and `Clone`, `Debug`
    /// and `PartialEq`. The structs that hold it are not `Eq` and `Hash` by themselves; [`derive`](Options::derive) can
    /// say that they are. Where the schema has a default, its bytes are decoded as that type, which must not fail.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or does not name a place (a path does, and so does a kind), and if `ty` is not a
    /// type.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .own_type("com.acme.Order.id", "crate::OrderId")?
    ///     .own_type("com.acme.*@uuid", "crate::Id")?
    ///     .own_type("com.acme.Order.password", "crate::Secret<_>")?;
    /// assert!(options.own_type("com.acme.Order.id", "OrderId").is_err());
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn own_type(mut self, pattern: &str, ty: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("own_type", "place in a field", Needs::Places);
        let rule = self.rule(method, &[pattern, ty], rust_text::owned_type(ty))?;
        self.own_types.push(rule);
        Ok(self)
    }

    /// A type of your own instead of the record, enum or fixed of that fullname, wherever that is used. It is not
    /// generated.
    ///
    /// The type implements avro-typed's `Encode` and `Decode`, serde's `Serialize` and `Deserialize`, and `Clone`,
    /// `Debug` and `PartialEq`; and `AvroType` if it is to be sent by itself. As with [`own_type`](Options::own_type),
    /// structs that hold it are not `Eq` and `Hash` by themselves, and a default is decoded from its bytes.
    ///
    /// # Errors
    ///
    /// If `fullname` is a pattern for more than one type, or if `path` is not a path that starts with `crate::` or
    /// `::`.
    ///
    /// ```
    /// let options = avro_codegen::Options::new().replace("com.acme.Money", "crate::Money")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn replace(mut self, fullname: &str, path: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("replace", "record, enum or fixed", Needs::Path("com.acme.Money"));
        let rule = self.rule(method, &[fullname, path], rust_text::path(path, "crate::Money"))?;
        self.replacements.push(rule);
        Ok(self)
    }

    /// Types that this generator has generated in another place, mostly in another crate: a namespace with those below
    /// it, or one type by its fullname. They are not generated again, and other types refer to them by their path below
    /// `path`.
    ///
    /// Their schemas have to be among the schemas here, too. What options they were generated with does not matter,
    /// except that a type whose fields are neither floating-point numbers nor maps is taken to be `Eq` and `Hash`:
    /// [`skip_derive`](Options::skip_derive) excludes them.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or has a kind, or if `path` is not a path that starts with `crate::` or `::`.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .extern_path("com.acme.shared", "::shared_messages::com::acme::shared")?
    ///     .extern_path("com.acme.Money", "::money::Money")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn extern_path(mut self, pattern: &str, path: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("extern_path", "record, enum or fixed", Needs::NoKind);
        let rule =
            self.rule(method, &[pattern, path], rust_text::path(path, "::shared_messages::com::acme::shared"))?;
        self.extern_paths.push(rule);
        Ok(self)
    }

    /// The name of the enum that is generated for the union at a path, instead of one that is made of its branches.
    ///
    /// The enum is in the module of the type that the path starts with. Other uses of an equal union share it;
    /// where several names are given to equal unions, each use has the enum that was named for it, and those that were
    /// not named have the first.
    ///
    /// # Errors
    ///
    /// If the pattern is not a path, or the name not a Rust identifier.
    ///
    /// ```
    /// let options = avro_codegen::Options::new().union_name("com.acme.Order.payload", "Payload")?;
    /// assert!(options.union_name("com.acme.*", "Payload").is_err());
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn union_name(mut self, path: &str, name: &str) -> Result<Options, InvalidOption> {
        let method =
            Method::new("union_name", "union of two types besides null", Needs::Path("com.acme.Order.payload"));
        let rule = self.rule(method, &[path, name], rust_text::identifier(name))?;
        self.union_names.push(rule);
        Ok(self)
    }

    /// More traits to derive for types: their derive macros, comma-separated. What is derived anyway is not derived
    /// twice.
    ///
    /// The enum of a union has the namespace of its module and its Rust name as its fullname: `com.acme.StringOrInt`.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or `traits` is not a list of paths.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .derive("com.acme.Order", "Eq, Hash, ::derive_builder::Builder")?
    ///     .derive("com.acme.*@enum", "::strum::EnumIter")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn derive(mut self, pattern: &str, traits: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("derive", "type that is generated", Needs::Nothing);
        let rule = self.rule(method, &[pattern, traits], rust_text::derives(traits))?;
        self.derives.push(rule);
        Ok(self)
    }

    /// Traits that types do not derive although they could, comma-separated: some of `Debug`, `PartialEq`, `Eq`,
    /// `PartialOrd`, `Ord` and `Hash`.
    ///
    /// It is for those who implement the trait themselves: types that contain one of these types derive it all the
    /// same.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or `traits` names another trait.
    ///
    /// ```
    /// let options = avro_codegen::Options::new().skip_derive("com.acme.Login", "Debug")?;
    /// assert!(options.skip_derive("com.acme.Login", "Display").is_err());
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn skip_derive(mut self, pattern: &str, traits: &str) -> Result<Options, InvalidOption> {
        let arguments = &[pattern, traits];
        let mut names = Vec::new();
        for name in traits.split(',').map(str::trim) {
            names.push(DERIVED.into_iter().find(|derived| *derived == name).ok_or_else(|| {
                let kind = InvalidOptionKind::NotDerived { name: name.to_owned() };
                InvalidOption::new(call("skip_derive", arguments), kind)
            })?);
        }
        let method = Method::new("skip_derive", "type that is generated", Needs::Nothing);
        let rule = self.rule(method, arguments, Ok(names))?;
        self.skipped_derives.push(rule);
        Ok(self)
    }

    /// Attributes for structs and enums, which follow what is derived.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or `attributes` is not made of attributes.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .type_attribute("com.acme.*@record", "#[non_exhaustive]")?
    ///     .type_attribute("com.acme.Level", "#[repr(u8)]")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn type_attribute(mut self, pattern: &str, attributes: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("type_attribute", "type that is generated", Needs::Nothing);
        let rule = self.rule(method, &[pattern, attributes], rust_text::attributes(attributes))?;
        self.type_attributes.push(rule);
        Ok(self)
    }

    /// Attributes for the fields of structs: those in the type or namespace that the pattern is about, or the one of
    /// that path.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or `attributes` is not made of attributes.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .field_attribute("com.acme.Order.old_total", "#[deprecated(note = \"use `total`\")]")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn field_attribute(mut self, pattern: &str, attributes: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("field_attribute", "field", Needs::Nothing);
        let rule = self.rule(method, &[pattern, attributes], rust_text::attributes(attributes))?;
        self.field_attributes.push(rule);
        Ok(self)
    }

    /// Attributes for the variants of enums: the path of one ends with the symbol, or with the Avro name of the union's
    /// branch, without a namespace.
    ///
    /// # Errors
    ///
    /// If the pattern is invalid, or `attributes` is not made of attributes.
    ///
    /// ```
    /// let options = avro_codegen::Options::new()
    ///     .variant_attribute("com.acme.Level.HIGH", "#[doc(alias = \"urgent\")]")?
    ///     .variant_attribute("com.acme.StringOrInt.string", "#[doc(alias = \"text\")]")?;
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn variant_attribute(mut self, pattern: &str, attributes: &str) -> Result<Options, InvalidOption> {
        let method = Method::new("variant_attribute", "symbol of an enum or branch of a named union", Needs::Nothing);
        let rule = self.rule(method, &[pattern, attributes], rust_text::attributes(attributes))?;
        self.variant_attributes.push(rule);
        Ok(self)
    }

    /// `arguments` are the pattern and, for some options, the text that goes with it.
    fn rule<C>(
        &mut self,
        method: Method,
        arguments: &[&str],
        choice: Result<C, RustTextError>,
    ) -> Result<Rule<C>, InvalidOption> {
        let invalid = |kind| InvalidOption::new(call(method.name, arguments), kind);
        debug_assert!(!arguments.is_empty(), "an option without a pattern");
        let pattern = Pattern::parse(arguments.first().copied().unwrap_or_default());
        let pattern = pattern.map_err(|error| invalid(error.into()))?;
        method.needs.check(&pattern).map_err(invalid)?;
        let choice = choice.map_err(|error| invalid(error.into()))?;
        let number = self.given.len();
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self.given.push(Given { method, arguments, pattern: pattern.clone() });
        Ok(Rule { pattern, choice, number })
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_mean_nothing_are_refused_with_the_remedy() {
        let new = Options::new;
        for (result, expected) in [
            (
                new().strings("com..acme", Strings::ArcStr),
                "in `strings(\"com..acme\")`: a part between dots is empty; write the fullname and the path as in \
                 `com.acme.Order.total`",
            ),
            (
                new().logical("timestamp-millis", Logical::Underlying),
                "in `logical(\"timestamp-millis\")`: `timestamp-millis` is a kind of type; write `@timestamp-millis`",
            ),
            (
                new().own_type("com.acme.*", "crate::Id"),
                "in `own_type(\"com.acme.*\", \"crate::Id\")`: the option cannot be about that; write the pattern as in \
                 `com.acme.Order.id` or `com.acme.*@uuid`",
            ),
            (
                new().replace("@record", "crate::Money"),
                "in `replace(\"@record\", \"crate::Money\")`: the option cannot be about that; write the pattern as in \
                 `com.acme.Money`",
            ),
            (
                new().extern_path("com.acme@enum", "::shared"),
                "in `extern_path(\"com.acme@enum\", \"::shared\")`: the option cannot be about that; write the pattern as in \
                 `com.acme.shared`",
            ),
            (
                new().own_type("com.acme.Order.id", "OrderId"),
                "in `own_type(\"com.acme.Order.id\", \"OrderId\")`: `OrderId` means something else in every module; start it \
                 with `crate::`, or with `::` and the name of a crate",
            ),
            (
                new().skip_derive("*", "Display"),
                "in `skip_derive(\"*\", \"Display\")`: `Display` is not derived by itself; what can be skipped is Debug, \
                  PartialEq, Eq, PartialOrd, Ord, Hash",
            ),
            (
                new().field_attribute("*", "serde(skip)"),
                "in `field_attribute(\"*\", \"serde(skip)\")`: `serde(skip)` is not made of attributes; write them as in \
                 `#[derive(PartialOrd)]`",
            ),
            (
                new().runtime("avro_typed"),
                "in `runtime(\"avro_typed\")`: `avro_typed` means something else in every module; start it with `crate::`, \
                 or with `::` and the name of a crate",
            ),
        ] {
            assert_eq!(result.unwrap_err().to_string(), expected);
        }
    }
}
