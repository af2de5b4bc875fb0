//! The options that are about all of the generated code, and take no pattern.

use super::error::{InvalidOption, call};
use super::{Options, rust_text};

impl Options {
    /// The path under which generated code finds the crate avro-typed: `::avro_typed` unless the crate is renamed or
    /// only reached through another, as in `::messages::avro_typed`.
    ///
    /// # Errors
    ///
    /// If `path` is not a path, or means something else in every module.
    ///
    /// ```
    /// let options = avro_codegen::Options::new().runtime("::messages::avro_typed")?;
    /// assert!(options.runtime("not a path").is_err());
    /// # Ok::<(), avro_codegen::InvalidOption>(())
    /// ```
    pub fn runtime(mut self, path: &str) -> Result<Options, InvalidOption> {
        self.runtime = rust_text::path(path, "::avro_typed")
            .map_err(|error| InvalidOption::new(call("runtime", &[path]), error.into()))?;
        Ok(self)
    }

    /// Leaves out serde's `Serialize` and `Deserialize`, for those who send and receive Avro alone: about a quarter of
    /// the generated code. What asks for them, such as apache-avro's `Writer`, does not take the types then.
    ///
    /// ```
    /// # let text = r#"{"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}"#;
    /// # let source = avro_model::Source::new("level.avsc", text);
    /// # let set = avro_model::SchemaSet::parse(vec![source])?;
    /// let options = avro_codegen::Options::new().without_serde();
    /// assert!(!avro_codegen::generate_file(&set, &options)?.contains("serde"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without_serde(mut self) -> Options {
        self.serde = false;
        self
    }

    /// Chooses the Rust types that are read in the least time, among those that are used in the same way, where no
    /// other option chooses one: [`Strings::CompactString`](super::Strings::CompactString) and
    /// [`Maps::FastHashMap`](super::Maps::FastHashMap). The features `compact-str-010` and `fast-hash` of avro-typed
    /// have to be on. Bytes on the wire are the same.
    ///
    /// ```
    /// # let text = r#"{"type": "record", "name": "Note", "fields": [{"name": "text", "type": "string"}]}"#;
    /// # let source = avro_model::Source::new("note.avsc", text);
    /// # let set = avro_model::SchemaSet::parse(vec![source])?;
    /// let code = avro_codegen::generate_file(&set, &avro_codegen::Options::new().fast(true))?;
    /// assert!(code.contains("pub text: ::avro_typed::compact_str::CompactString,"));
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn fast(mut self, fast: bool) -> Options {
        self.fast = fast;
        self
    }

    /// Gives each type that owns texts, bytes, arrays or maps a view: `OrderRef<'a>` beside `Order`, which borrows from
    /// the message, and `avro_typed::DecodeBorrowed` to all types. Off by default, since compilers take half as long
    /// again for types with views.
    ///
    /// ```
    /// # let text = r#"{"type": "record", "name": "Note", "fields": [{"name": "text", "type": "string"}]}"#;
    /// # let source = avro_model::Source::new("note.avsc", text);
    /// # let set = avro_model::SchemaSet::parse(vec![source])?;
    /// let code = avro_codegen::generate_file(&set, &avro_codegen::Options::new().views(true))?;
    /// assert!(code.contains("pub struct NoteRef<'a> {"));
    /// assert!(code.contains("pub text: &'a str,"));
    /// # Ok::<(), avro_model::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn views(mut self, views: bool) -> Options {
        self.views = views;
        self
    }
}
