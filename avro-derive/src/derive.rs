//! `#[derive(Avro)]`: read, check, expand.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_quote};

use crate::ast::Container;
use crate::check::FileType;
use crate::default;
use crate::errors::Errors;
use crate::expand;
use crate::schema_file::SchemaFile;

/// The impls, or every mistake and impls in their place.
pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let (ident, generics) = (input.ident.clone(), input.generics.clone());
    let container = Container::read(input, &errors);
    let mut rebuild = TokenStream::new();
    let mut file = None;
    if let Some(container) = &container {
        default::check(container, &errors);
        if let Some(choice) = &container.file {
            let (loaded, files) = SchemaFile::load(choice, &errors);
            rebuild = files;
            file = loaded.map(|loaded| FileType::check(container, &loaded, &errors));
        }
    }
    match (errors.finish(), container) {
        (None, Some(container)) => {
            let code = expand::expand(&container, file.as_ref());
            quote!(#rebuild #code)
        }
        // The files also after an error, so that mending the schema is enough to try again.
        (errors, container) => {
            let runtime = container.map_or_else(|| parse_quote!(::avro_typed), |container| container.runtime);
            let in_their_place = expand::fallback(&ident, &generics, &runtime);
            quote!(#rebuild #errors #in_their_place)
        }
    }
}
