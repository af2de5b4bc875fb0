//! Schemas to code: the passes, one after the other.

use avro_model::{Diagnostic, Diagnostics, SchemaSet, Severity, SourceId};
use proc_macro2::{Span, TokenStream};

use crate::check::check;
use crate::emit::{emit, emit_module};
use crate::format::with_header;
use crate::lower::lower;
use crate::options::{Choices, Options, RustTextError, UnusedOption, identifier};
use crate::release::Releases;

/// What is to be generated: the types of a set, with what is known about them.
///
/// ```
/// let text = r#"{"type": "array", "items": "double"}"#;
/// let source = avro_model::Source::new("schemas/prices.avsc", text);
/// let set = avro_model::SchemaSet::parse(vec![source])?;
/// let generated = avro_codegen::Generator::new(&set, &avro_codegen::Options::new()).generate()?;
/// assert_eq!(generated.root_types, ["Prices"]);
/// # Ok::<(), avro_model::Diagnostics>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator<'s> {
    set: &'s SchemaSet,
    options: &'s Options,
    releases: Releases,
    module: Option<ModuleOfSources>,
}

impl<'s> Generator<'s> {
    /// The types of everything in `set`, none of which is released.
    #[must_use]
    pub fn new(set: &'s SchemaSet, options: &'s Options) -> Generator<'s> {
        Generator { set, options, releases: Releases::new(), module: None }
    }

    /// Where types are released, which they will know.
    #[must_use]
    pub fn releases(mut self, releases: Releases) -> Generator<'s> {
        self.releases = releases;
        self
    }

    /// Puts everything into a module.
    #[must_use]
    pub fn module(mut self, module: ModuleOfSources) -> Generator<'s> {
        self.module = Some(module);
        self
    }

    /// The Rust types, and what there is to report about them.
    ///
    /// # Errors
    ///
    /// What is nested too deeply for a Rust compiler; the warnings are among them.
    pub fn generate(&self) -> Result<Generated, Diagnostics> {
        check_supported(self.set)?;
        let choices = Choices::new(self.options);
        let (model, mut warnings) = lower(self.set, &choices);
        warnings.extend_from_slice(self.set.warnings());
        let root_types = self.set.roots().iter().map(|root| model.root_type(root)).collect();
        let code = match &self.module {
            None => emit(&model, &choices, &self.releases),
            Some(ModuleOfSources { name, doc, roots }) => {
                let roots: Vec<usize> = roots.iter().filter_map(|root| model.item_of_root(*root)).collect();
                emit_module(&model, &choices, &self.releases, (name.as_str(), doc), &roots)
            }
        };
        Ok(Generated {
            code,
            names_at_the_top: model.names_at_the_top(),
            root_types,
            warnings: sorted(self.set, warnings),
            unused_options: choices.unused(self.set, model.unnamed()),
        })
    }
}

/// A module for what would otherwise be where the code is included.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ModuleOfSources {
    /// The name of the module.
    pub name: ModuleName,
    /// A line about it.
    pub doc: String,
    /// The sources whose types are at the top of the module, too, unless something else there has their name.
    pub roots: Vec<SourceId>,
}

impl ModuleOfSources {
    /// A module with the types of a set, and those of `roots` at its top as well.
    #[must_use]
    pub fn new(name: ModuleName, doc: String, roots: Vec<SourceId>) -> ModuleOfSources {
        ModuleOfSources { name, doc, roots }
    }
}

/// The name of a module: a Rust identifier that is not a keyword.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModuleName(String);

impl ModuleName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ModuleName {
    type Error = RustTextError;

    fn try_from(name: String) -> Result<ModuleName, RustTextError> {
        identifier(&name).map(ModuleName)
    }
}

/// What was generated for a set of schemas.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The types: items that can be included in any module. [`with_header`] makes a file of them.
    pub code: String,
    /// The Rust type of each root of the set, in their order: its path from where the code is included, such as
    /// `com::example::Customer`, or an absolute one when it is not generated.
    pub root_types: Vec<String>,
    /// The names of the types and modules that are where the code is included, or at the top of the module.
    pub names_at_the_top: Vec<String>,
    /// The warnings about the schemas and their Rust types; those of the set are among them.
    pub warnings: Diagnostics,
    /// The options that are about nothing in the set, or only about what is not generated.
    pub unused_options: Vec<UnusedOption>,
}

/// Whether everything in `set` has Rust types, for tools that need none of them: a fraction of the work of
/// [`generate`].
///
/// # Errors
///
/// As [`Generator::generate`].
pub fn check_supported(set: &SchemaSet) -> Result<(), Diagnostics> {
    let mut errors = check(set);
    if errors.is_empty() {
        return Ok(());
    }
    errors.extend_from_slice(set.warnings());
    Err(sorted(set, errors))
}

/// The Rust types of everything in `set`, as tokens: the types of the null namespace, and a module for every other.
///
/// # Errors
///
/// As [`Generator::generate`].
pub fn generate(set: &SchemaSet, options: &Options) -> Result<TokenStream, Diagnostics> {
    let code = Generator::new(set, options).generate()?.code;
    // What does not even lex is a mistake of the emitter, and the compiler shows it best.
    Ok(code.parse().unwrap_or_else(|error| {
        let message = format!("internal error of avro-codegen, please report it: the code is not Rust: {error}");
        syn::Error::new(Span::call_site(), message).into_compile_error()
    }))
}

/// The same as [`generate`], as the text of a file.
///
/// # Errors
///
/// As [`Generator::generate`].
///
/// ```
/// let text = r#"{"type": "enum", "name": "SeverityLevel", "symbols": ["INFO", "WARNING", "CRITICAL"]}"#;
/// let source = avro_model::Source::new("severity_level.avsc", text);
/// let set = avro_model::SchemaSet::parse(vec![source])?;
/// let code = avro_codegen::generate_file(&set, &avro_codegen::Options::new())?;
/// assert!(code.starts_with("// @generated by avro-codegen"));
/// assert!(code.contains("pub enum SeverityLevel {"));
/// # Ok::<(), avro_model::Diagnostics>(())
/// ```
pub fn generate_file(set: &SchemaSet, options: &Options) -> Result<String, Diagnostics> {
    Generator::new(set, options).generate().map(|generated| with_header(generated.code))
}

/// By place; at one place, errors first.
fn sorted(set: &SchemaSet, mut list: Vec<Diagnostic>) -> Diagnostics {
    list.sort_by_key(|diagnostic| {
        let place = (diagnostic.primary.source, diagnostic.primary.span.start);
        (place, diagnostic.severity == Severity::Warning)
    });
    Diagnostics::new(set.sources().to_vec(), list)
}
