//! What can be chosen about generated code.

/// What can be chosen about generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    runtime: String,
}

impl Options {
    /// The defaults.
    #[must_use]
    pub fn new() -> Options {
        Options { runtime: "::avro_typed".to_owned() }
    }

    /// The path under which generated code finds the crate avro-typed: `::avro_typed` unless the crate is renamed or only
    /// reached through another, as in `::messages::avro_typed`.
    ///
    /// # Errors
    ///
    /// When `path` is no path.
    ///
    /// ```
    /// let options = avro_codegen::Options::new().runtime("::messages::avro_typed")?;
    /// assert!(options.runtime("not a path").is_err());
    /// # Ok::<(), avro_codegen::InvalidPath>(())
    /// ```
    pub fn runtime(self, path: impl Into<String>) -> Result<Options, InvalidPath> {
        let runtime = path.into();
        match syn::parse_str::<syn::Path>(&runtime) {
            Ok(_) => Ok(Options { runtime }),
            Err(_) => Err(InvalidPath { path: runtime }),
        }
    }

    pub(crate) fn runtime_path(&self) -> &str {
        &self.runtime
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

/// A text that should be a Rust path and is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no Rust path; write the path of the runtime crate as `::avro_typed`")]
pub struct InvalidPath {
    path: String,
}
