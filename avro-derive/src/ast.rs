//! What was written on a type.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Generics, Ident, LitStr, Member, Type};

use crate::attr::FlagOrText;
use crate::generic_name::NamePiece;
use crate::names::AvroName;
use crate::tokens::mentions;
use crate::wire::Wire;

/// A type with `#[derive(Avro)]`.
pub(crate) struct Container {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The path of avro-typed.
    pub(crate) runtime: syn::Path,
    /// The fullname, in pieces where it depends on the type's arguments.
    pub(crate) name: Vec<NamePiece>,
    pub(crate) doc: Option<String>,
    pub(crate) aliases: Vec<String>,
    /// The schema file that has the type.
    pub(crate) file: Option<FileChoice>,
    pub(crate) body: Body,
}

/// `schema = "path"`, and which type in it.
pub(crate) struct FileChoice {
    pub(crate) path: LitStr,
    pub(crate) name: Option<LitStr>,
    /// Whether the type may leave out fields.
    pub(crate) is_subset: bool,
}

/// What the type is in Avro.
pub(crate) enum Body {
    Record(Vec<Field>),
    Enum { symbols: Vec<Symbol>, default: Option<usize> },
    Union(Vec<Branch>),
    Transparent(Inner),
    Fixed(Inner),
}

/// A field of a record.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// Whether it is in the Rust type only.
    pub(crate) is_skipped: bool,
    pub(crate) name: AvroName,
    pub(crate) doc: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) default: Option<FlagOrText>,
    pub(crate) wire: Wire,
    /// The fullname of the fixed in its type.
    pub(crate) fixed: Option<String>,
}

/// The one field of a tuple struct.
pub(crate) struct Inner {
    pub(crate) ty: Type,
    pub(crate) wire: Wire,
}

/// A variant of an enum of names.
pub(crate) struct Symbol {
    pub(crate) ident: Ident,
    pub(crate) symbol: AvroName,
}

/// A variant of an enum of values; without a value it is `null`.
pub(crate) struct Branch {
    pub(crate) ident: Ident,
    pub(crate) value: Option<Inner>,
}

impl Container {
    /// Whether it may have fewer fields than its schema, and then can only be read.
    pub(crate) fn is_subset(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.is_subset)
    }
}

impl Field {
    /// The position of `null` in an `Option`: behind a default that is a value, since Java and older readers take only
    /// a value of the first branch for one.
    pub(crate) fn null_branch(&self) -> usize {
        match &self.default {
            Some(FlagOrText::Text(json)) if json.value().trim() != "null" => 1,
            _ => 0,
        }
    }
}

impl Body {
    /// Whether the type's parameter is in what is written, which decides whether the name depends on it.
    pub(crate) fn uses(&self, parameter: &Ident) -> bool {
        let types: Vec<&Type> = match self {
            Body::Record(fields) => fields.iter().filter(|field| !field.is_skipped).map(|field| &field.ty).collect(),
            Body::Transparent(inner) | Body::Fixed(inner) => vec![&inner.ty],
            Body::Enum { .. } | Body::Union(_) => Vec::new(),
        };
        types.into_iter().any(|ty| mentions(ty.to_token_stream(), parameter))
    }
}

/// Where a type is used, for messages.
pub(crate) fn span_of(ty: &Type) -> Span {
    ty.span()
}
