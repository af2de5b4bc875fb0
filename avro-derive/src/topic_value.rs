//! `#[derive(TopicValue)]`: read, check, expand.

mod expand;
mod read;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Generics, Ident, Type, parse_quote};

use crate::errors::Errors;

/// An enum with `#[derive(TopicValue)]`.
struct TopicValue {
    ident: Ident,
    generics: Generics,
    /// The path of avro-typed.
    runtime: syn::Path,
    /// Whether it is of subsets, and can only be received.
    is_subset: bool,
    /// The variants of types that have a schema, in their order.
    variants: Vec<Variant>,
    /// The variant of records of other types.
    other: Option<Variant>,
}

/// A variant and the type of its value.
struct Variant {
    ident: Ident,
    ty: Type,
}

/// The impls, or every mistake and impls in their place.
pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let (ident, generics) = (input.ident.clone(), input.generics.clone());
    let value = TopicValue::read(input, &errors);
    match (errors.finish(), value) {
        (None, Some(value)) => value.expand(),
        (errors, value) => {
            let runtime = value.map_or_else(|| parse_quote!(::avro_typed), |value| value.runtime);
            let in_their_place = expand::fallback(&ident, &generics, &runtime);
            quote!(#errors #in_their_place)
        }
    }
}
