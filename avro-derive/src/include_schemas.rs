//! `include_schemas!`: folders of schemas to code.

use std::env;
use std::path::PathBuf;

use avro_codegen::{Loaded, Loader, Options};
use avro_model::{Diagnostics, Leniency};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Error, Ident, LitBool, LitStr, Token};

use crate::files;

const DEFAULT_FOLDER: &str = "schemas";

/// The generated code, or why there is none.
pub(crate) fn expand(input: TokenStream) -> Result<TokenStream, Error> {
    let Arguments { folders, views } = Arguments::parse.parse2(input)?;
    let package = package_folder();
    let mut loader = Loader::new(files::PackageFiles { package: package.clone() }, &[]);
    for folder in &folders {
        let path = package.join(folder.value());
        loader.folder(&path).map_err(|error| Error::new(folder.span(), error))?;
    }
    let span = folders.first().map_or_else(proc_macro2::Span::call_site, LitStr::span);
    let loaded = loader.finish().map_err(|error| Error::new(span, error))?;
    let rebuild = rebuild_when_changed(loaded.files());
    let code = generate(loaded, views).unwrap_or_else(|diagnostics| {
        let text = format!("the schemas are wrong\n\n{}\n", avro_codegen::render(&diagnostics, false));
        Error::new(span, text).into_compile_error()
    });
    // Also after an error, so that mending the schema is enough to try again.
    Ok(quote!(#rebuild #code))
}

fn generate(loaded: Loaded, views: bool) -> Result<TokenStream, Diagnostics> {
    avro_codegen::generate(&loaded.parse(Leniency::NONE)?, &Options::new().views(views))
}

/// What the macro is called with: folders, and whether there are views.
struct Arguments {
    folders: Vec<LitStr>,
    views: bool,
}

impl Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Arguments, Error> {
        let mut arguments = Arguments { folders: Vec::new(), views: false };
        while !input.is_empty() {
            if input.peek(LitStr) {
                arguments.folders.push(input.parse()?);
            } else {
                let option: Ident = input.parse()?;
                if option != "views" {
                    return Err(Error::new(option.span(), "unknown option; there is `views = true`"));
                }
                input.parse::<Token![=]>()?;
                arguments.views = input.parse::<LitBool>()?.value;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if arguments.folders.is_empty() {
            arguments.folders.push(LitStr::new(DEFAULT_FOLDER, proc_macro2::Span::call_site()));
        }
        Ok(arguments)
    }
}

/// The folder of the package's `Cargo.toml`; without cargo, the current one.
pub(crate) fn package_folder() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

/// Including a file is the one way on stable Rust to tell cargo that a macro has read it.
pub(crate) fn rebuild_when_changed(files: &[PathBuf]) -> TokenStream {
    let paths = files.iter().filter_map(|file| file.to_str());
    quote!(#(const _: &[u8] = ::core::include_bytes!(#paths);)*)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_schema_is_in_the_error() {
        let code = expand(quote!("tests/wrong_schemas")).unwrap().to_string();
        for expected in [
            "compile_error",
            "error[unknown-type]",
            "error[invalid-default]",
            "--> tests/wrong_schemas/order.avsc:5:",
            "--> tests/wrong_schemas/order.avsc:6:",
            "include_bytes",
        ] {
            assert!(code.contains(expected), "no {expected} in {code}");
        }
    }

    #[test]
    fn every_file_is_included_so_that_a_change_rebuilds() {
        let code = expand(quote!("tests/schemas", "tests/schemas/lab")).unwrap_or_default().to_string();
        for file in ["unit.avsc", "measurement.avsc"] {
            assert!(code.contains(file), "no {file} in {code}");
        }
    }

    #[test]
    fn what_the_idl_imports_is_included_too() {
        let code = expand(quote!("tests/idl")).unwrap_or_default().to_string();
        for expected in ["telemetry.avdl", "measurement.avsc", "unit.avsc", "struct Telemetry", "struct Measurement"] {
            assert!(code.contains(expected), "no {expected} in {code}");
        }
        assert!(!code.contains("compile_error"), "{code}");
    }

    #[test]
    fn a_missing_folder_and_a_bad_argument_are_errors() {
        let error = expand(quote!("no_such_folder")).unwrap_err().to_string();
        assert!(error.contains("no_such_folder") && error.contains("Cargo.toml"), "{error}");
        assert!(expand(quote!(schemas)).is_err());
        let error = expand(quote!("tests/schemas", view = true)).unwrap_err().to_string();
        assert_eq!(error, "unknown option; there is `views = true`");
    }

    #[test]
    fn views_are_there_if_they_are_asked_for() {
        let code = |input| expand(input).unwrap_or_default().to_string();
        assert!(code(quote!("tests/schemas", views = true)).contains("struct MeasurementRef"));
        assert!(!code(quote!("tests/schemas")).contains("MeasurementRef"));
    }
}
