//! The impls of a derived type.
//!
//! They are the ones that avro-codegen writes, in the same straight line, but not by its emitter. That writes text in
//! its final layout, since the tokens of a thousand schemas take seconds in a build script. Here it is tokens that
//! count: a mistake in a field must be shown at that field, which takes its span, and bounds of generic types, `where`
//! clauses and users' types come as tokens anyway. What is left to share would be a dozen names of methods.

mod bounds;
mod describe;
mod enumeration;
mod fallback;
mod newtype;
mod record;
mod union;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt as _;

use crate::ast::{Body, Container, Field, Inner, span_of};
use crate::attr::FlagOrText;
use crate::check::FileType;
use crate::generic_name;
use crate::tokens;
use bounds::Bounds;
pub(crate) use bounds::with_predicates;
pub(crate) use fallback::fallback;

/// Names this crate where the code is of another version than the runtime.
pub(crate) const DERIVER: &str = concat!("avro-derive ", env!("CARGO_PKG_VERSION"));

/// What the parts of the expansion are made from.
struct Expansion<'c> {
    container: &'c Container,
    /// The type in the schema file, where there is one.
    file: Option<&'c FileType>,
    bounds: Bounds<'c>,
    /// What is written of the type, in its order.
    parts: Vec<Part<'c>>,
}

/// A field or a variant's value.
struct Part<'c> {
    ty: &'c Type,
    /// The Avro type that it is written as.
    marker: TokenStream,
    /// Both as they are read: borrowed from the data.
    read_ty: TokenStream,
    read_marker: TokenStream,
}

impl<'c> Part<'c> {
    fn new(ty: &'c Type, marker: TokenStream) -> Part<'c> {
        let read_ty = tokens::as_read(ty.to_token_stream());
        Part { ty, read_ty, read_marker: tokens::as_read(marker.clone()), marker }
    }
}

/// Everything that is implemented for the type.
pub(crate) fn expand(container: &Container, file: Option<&FileType>) -> TokenStream {
    let parts = parts(container, file);
    let bounds = Bounds::new(container, &parts);
    let expansion = Expansion { container, file, bounds, parts };
    let described = expansion.describe();
    let codec = match &container.body {
        Body::Record(fields) => expansion.record(fields),
        Body::Enum { symbols, .. } => expansion.enumeration(symbols),
        Body::Union(branches) => expansion.union(branches),
        Body::Transparent(_) | Body::Fixed(_) => expansion.newtype(),
    };
    let checks = expansion.checks();
    let runtime = &container.runtime;
    let version = Literal::u32_unsuffixed(avro_codegen::CODE_VERSION);
    quote! {
        #[doc(hidden)]
        const _: () = {
            #runtime::__private_code_version!(#version, #DERIVER);
            #described
            #codec
            #checks
        };
    }
}

fn parts<'c>(container: &'c Container, file: Option<&FileType>) -> Vec<Part<'c>> {
    let runtime = &container.runtime;
    let of_inner = |inner: &'c Inner| Part::new(&inner.ty, inner.wire.marker(&inner.ty, 0, runtime));
    match &container.body {
        Body::Record(fields) => {
            let sent = fields.iter().filter(|field| !field.is_skipped).enumerate();
            let part = |(index, field): (usize, &'c Field)| match file {
                Some(file) => Part::new(&field.ty, file.marker(index)),
                None => Part::new(&field.ty, field.wire.marker(&field.ty, field.null_branch(), runtime)),
            };
            sent.map(part).collect()
        }
        Body::Enum { .. } => Vec::new(),
        Body::Union(branches) => branches.iter().filter_map(|branch| branch.value.as_ref()).map(of_inner).collect(),
        Body::Transparent(inner) => vec![of_inner(inner)],
        Body::Fixed(inner) => match file {
            Some(file) => vec![Part::new(&inner.ty, file.marker(0))],
            None => vec![of_inner(inner)],
        },
    }
}

impl Expansion<'_> {
    /// The fullname as a constant expression.
    fn fullname(&self) -> TokenStream {
        match self.file {
            Some(file) => file.fullname().to_token_stream(),
            None => generic_name::expression(&self.container.name, &self.container.runtime),
        }
    }

    /// What error paths begin with.
    fn short_name(&self) -> String {
        let fullname = match self.file {
            Some(file) => file.fullname().to_owned(),
            None => {
                generic_name::plain(&self.container.name).unwrap_or_else(|| self.container.ident.unraw().to_string())
            }
        };
        fullname.rsplit_once('.').map_or(fullname.as_str(), |(_, name)| name).to_owned()
    }

    /// Assertions that show what cannot be, each at the part that it is in.
    fn checks(&self) -> TokenStream {
        if !self.bounds.is_concrete() {
            return TokenStream::new();
        }
        let assertions = (0..self.parts.len()).map(|index| {
            let span = span_of(self.parts[index].ty);
            let assertions = tokens::with_static_lifetimes(self.assertions(index));
            quote_spanned!(span=> #[allow(unused_braces)] const _: () = { #assertions };)
        });
        let of_file = self.file.map(|file| {
            let types = self.parts.iter().map(|part| part.ty);
            tokens::with_static_lifetimes(file.shape_checks(types, &self.container.runtime))
        });
        let of_union = matches!(self.container.body, Body::Union(_)).then(|| {
            let ident = &self.container.ident;
            let (_, arguments, _) = self.container.generics.split_for_impl();
            let assertion = self.possible(&quote!(#ident #arguments), false, ident.span());
            let assertion = tokens::with_static_lifetimes(assertion);
            quote_spanned!(ident.span()=> #[allow(unused_braces)] const _: () = { #assertion };)
        });
        quote!(#(#assertions)* #of_union #of_file)
    }

    /// The same for a type with parameters: its uses fail to compile with arguments that make what cannot be.
    fn generic_checks(&self) -> TokenStream {
        if self.bounds.is_concrete() {
            return TokenStream::new();
        }
        let assertions = (0..self.parts.len()).map(|index| self.assertions(index));
        let of_union = matches!(self.container.body, Body::Union(_))
            .then(|| self.possible(&quote!(Self), false, self.container.ident.span()));
        quote!(const { #(#assertions)* #of_union })
    }

    /// Statements that do not compile when the part's type has no place in a schema.
    fn assertions(&self, part: usize) -> TokenStream {
        let runtime = &self.container.runtime;
        let Part { ty, marker, .. } = &self.parts[part];
        let field = match &self.container.body {
            Body::Record(fields) => fields.iter().filter(|field| !field.is_skipped).nth(part),
            _ => None,
        };
        let is_fixed = matches!(self.container.body, Body::Fixed(_));
        let has_fixed_name = field.is_some_and(|field| field.fixed.is_some());
        let possible = self.possible(marker, is_fixed || has_fixed_name || self.file.is_some(), span_of(ty));
        let mut assertions = vec![possible];
        let mut assert = |method: TokenStream, message: &str| {
            assertions.push(quote_spanned! {span_of(ty)=>
                ::core::assert!(<#marker as #runtime::Describe>::SHAPE.#method, #message);
            });
        };
        if has_fixed_name {
            assert(quote!(holds_fixed()), "there is no fixed in this type that `fixed` could name");
        }
        if is_fixed {
            assert(quote!(is_fixed()), "the field of a fixed is a `[u8; N]`, or has a logical type of such bytes");
        }
        if matches!(field.and_then(|field| field.default.as_ref()), Some(FlagOrText::Flag)) {
            let message = "this type has no empty value: write the default as JSON, `#[avro(default = \"…\")]`";
            assert(quote!(empty_value().is_some()), message);
        }
        quote!(#(#assertions)*)
    }

    /// A statement that does not compile when no schema can have what the marker is.
    fn possible(&self, marker: &TokenStream, has_fixed_name: bool, span: Span) -> TokenStream {
        let runtime = &self.container.runtime;
        quote_spanned! {span=>
            if let ::core::option::Option::Some(problem) =
                <#marker as #runtime::Describe>::SHAPE.problem(#has_fixed_name)
            {
                ::core::panic!("{}", problem)
            }
        }
    }

    /// Whether values may hold records, as a constant expression.
    fn holds_records(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let markers = self.parts.iter().map(|part| &part.marker);
        quote!(const { false #(|| <#markers as #runtime::Describe>::SHAPE.holds_records())* })
    }
}
