//! Generated Avro types without a build script.
//!
//! [`include_schemas!`] reads a folder of `.avsc` files while the crate is compiled, and puts the same code in its place that
//! `avro_codegen::compile` writes from a build script. Which of the two to take is taste, with one difference: a build script
//! notices a new file in the folder, which a macro cannot.

mod files;
mod include_schemas;

use proc_macro::TokenStream;

/// The Rust types of every `.avsc` file in a folder and in its subfolders.
///
/// The argument is the path of the folder, from the folder of the package's `Cargo.toml`; several folders may be given, and
/// their schemas may refer to each other. Without an argument it is `"schemas"`. The package needs `avro-typed` as a dependency.
///
/// ```
/// mod messages {
///     avro_derive::include_schemas!("tests/schemas");
/// }
/// use messages::lab::{Measurement, Unit};
///
/// let measurement = Measurement { value: 21.5, unit: Unit::Celsius, note: None };
/// let bytes = avro_typed::to_vec(&measurement)?;
/// assert_eq!(avro_typed::from_slice::<Measurement>(&bytes)?, measurement);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// When a schema is wrong, the crate does not compile, and the error shows every mistake of every file with its place. When a
/// file changes or goes, cargo compiles the crate again. A file that is added is only seen the next time that something else
/// makes cargo do so, since stable Rust has no way for a macro to watch a folder.
#[proc_macro]
pub fn include_schemas(input: TokenStream) -> TokenStream {
    include_schemas::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
