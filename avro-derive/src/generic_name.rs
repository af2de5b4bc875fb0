//! The Avro name of a type, which for a generic one depends on its arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, LitStr};

use crate::errors::Errors;
use crate::names;

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamePiece {
    Text(String),
    /// The name of the type that is given for this parameter.
    Type(Ident),
    /// The number that is given for this parameter.
    Number(Ident),
}

/// The fullname: as `rename` gives it, with `{T}` for the name of the parameter `T`; else the Rust name, and behind it
/// those parameters which are used in what is written.
pub(crate) fn pieces(
    rename: Option<LitStr>,
    ident: &Ident,
    generics: &Generics,
    namespace: Option<&str>,
    is_used: &dyn Fn(&Ident) -> bool,
    errors: &Errors,
) -> Vec<NamePiece> {
    let types = generics.type_params().map(|parameter| NamePiece::Type(parameter.ident.clone()));
    let numbers = generics.const_params().map(|parameter| NamePiece::Number(parameter.ident.clone()));
    let parameters: Vec<NamePiece> = types.chain(numbers).collect();
    let mut pieces = match &rename {
        Some(rename) => with_parameters(rename, &parameters, errors),
        None => {
            let mut pieces = vec![NamePiece::Text(unraw(ident))];
            for parameter in &parameters {
                if parameter.ident().is_some_and(is_used) {
                    pieces.extend([NamePiece::Text("_".to_owned()), parameter.clone()]);
                }
            }
            pieces
        }
    };
    // A parameter's name can be any letters.
    let example: String =
        pieces.iter().map(|piece| if let NamePiece::Text(text) = piece { text } else { "T" }).collect();
    if !names::is_fullname(&example) {
        let message = names::invalid(&example);
        match rename {
            Some(rename) => errors.add(rename, message),
            None => errors.add(ident, message + names::NAME_HELP),
        }
    } else if let Some(namespace) = namespace.filter(|_| !example.contains('.')) {
        pieces.insert(0, NamePiece::Text(format!("{namespace}.")));
    }
    pieces
}

impl NamePiece {
    fn ident(&self) -> Option<&Ident> {
        match self {
            NamePiece::Text(_) => None,
            NamePiece::Type(ident) | NamePiece::Number(ident) => Some(ident),
        }
    }
}

/// The name as a constant expression.
pub(crate) fn expression(pieces: &[NamePiece], runtime: &syn::Path) -> TokenStream {
    if let Some(text) = plain(pieces) {
        return quote!(#text);
    }
    let parts = pieces.iter().map(|piece| match piece {
        NamePiece::Text(text) => quote!(.text(#text)),
        NamePiece::Type(ident) => {
            quote!(.shape(&<<#ident as #runtime::AvroValue>::Avro as #runtime::Describe>::SHAPE))
        }
        NamePiece::Number(ident) => quote!(.number(#ident as usize)),
    });
    quote!(const { &#runtime::__private::Name::new("") #(#parts)* }.as_str())
}

/// The name, if it depends on no parameter.
pub(crate) fn plain(pieces: &[NamePiece]) -> Option<String> {
    let texts = pieces.iter().map(|piece| match piece {
        NamePiece::Text(text) => Some(text.as_str()),
        NamePiece::Type(_) | NamePiece::Number(_) => None,
    });
    texts.collect()
}

/// `rename` with `{T}` in it.
fn with_parameters(rename: &LitStr, parameters: &[NamePiece], errors: &Errors) -> Vec<NamePiece> {
    let text = rename.value();
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(NamePiece::Text(before.to_owned()));
        }
        match parameters.iter().find(|parameter| parameter.ident().is_some_and(|ident| ident == name)) {
            Some(parameter) => pieces.push(parameter.clone()),
            None => errors.add(rename, format!("the type has no parameter `{name}`")),
        }
        rest = behind;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(NamePiece::Text(rest.to_owned()));
    }
    pieces
}

fn unraw(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}
