//! What a generic type's arguments must be.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{GenericParam, Generics, Lifetime, Type, parse_quote};

use super::Part;
use crate::ast::{Body, Container};
use crate::generic_name::NamePiece;
use crate::tokens::{DATA_LIFETIME, mentions};

/// The bounds of the impls of a type. A type without type parameters has none besides its own.
pub(crate) struct Bounds<'c> {
    container: &'c Container,
    /// What every impl asks for.
    described: Generics,
    encode: Generics,
    decode: Generics,
}

impl<'c> Bounds<'c> {
    pub(super) fn new(container: &'c Container, parts: &[Part<'_>]) -> Bounds<'c> {
        let runtime = &container.runtime;
        let data = Lifetime::new(&format!("'{DATA_LIFETIME}"), Span::call_site());
        let mut described = container.generics.clone();
        let mut encoded: Vec<TokenStream> = Vec::new();
        let mut decoded: Vec<TokenStream> = Vec::new();
        for parameter in container.generics.type_params() {
            let ident = &parameter.ident;
            let using: Vec<&Part<'_>> =
                parts.iter().filter(|part| mentions(part.ty.to_token_stream(), ident)).collect();
            let is_in_name = container.name.contains(&NamePiece::Type(ident.clone()));
            let predicates = &mut described.make_where_clause().predicates;
            // The schemas of generic types are kept by their `TypeId`.
            predicates.push(parse_quote!(#ident: 'static));
            if using.is_empty() && !is_in_name {
                continue;
            }
            predicates.push(parse_quote!(#ident: #runtime::AvroValue));
            // A recursive field has its impls by those of the type's own, so a bound would be a circle. It needs those
            // of the parameter, which is written somewhere in it.
            if using.iter().any(|part| mentions(part.ty.to_token_stream(), &container.ident)) {
                let marker = quote!(<#ident as #runtime::AvroValue>::Avro);
                encoded.push(quote!(#ident: #runtime::Encode<#marker>));
                decoded.push(quote!(#ident: #runtime::Decode<#data, #marker>));
            }
        }
        let has_parameter = |ty: &Type| {
            let mut parameters = container.generics.type_params();
            parameters.any(|parameter| mentions(ty.to_token_stream(), &parameter.ident))
        };
        let is_generic =
            |part: &&Part<'_>| has_parameter(part.ty) && !mentions(part.ty.to_token_stream(), &container.ident);
        for part in parts.iter().filter(is_generic) {
            let Part { ty, marker, .. } = part;
            encoded.push(quote!(#ty: #runtime::Encode<#marker>));
            let Part { read_ty, read_marker, .. } = part;
            decoded.push(quote!(#read_ty: #runtime::Decode<#data, #read_marker>));
        }
        if let Body::Record(fields) = &container.body {
            let skipped = fields.iter().filter(|field| field.is_skipped).map(|field| &field.ty);
            decoded.extend(skipped.filter(|ty| has_parameter(ty)).map(|ty| quote!(#ty: ::core::default::Default)));
        }
        let encode = with_predicates(&described, &encoded);
        let mut decode = with_predicates(&described, &decoded);
        for lifetime in container.generics.lifetimes().map(|parameter| &parameter.lifetime) {
            decode.make_where_clause().predicates.push(parse_quote!(#data: #lifetime));
        }
        decode.params.insert(0, parse_quote!(#data));
        Bounds { container, described, encode, decode }
    }

    /// Whether the type has no parameters but lifetimes.
    pub(super) fn is_concrete(&self) -> bool {
        self.container.generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
    }

    /// `impl<…> trait for Type<…> where … { body }` of what is known about the type.
    pub(super) fn described(&self, of: TokenStream, body: TokenStream) -> TokenStream {
        self.block(&self.described, of, body)
    }

    /// The same with what it takes to write a value.
    pub(super) fn encode(&self, of: TokenStream, body: TokenStream) -> TokenStream {
        self.block(&self.encode, of, body)
    }

    /// The same with what it takes to read a value, for data of the lifetime `'__avro`.
    pub(super) fn decode(&self, of: TokenStream, body: TokenStream) -> TokenStream {
        self.block(&self.decode, of, body)
    }

    /// The same for a trait whose supertrait asks for what it takes to write a value.
    pub(super) fn decode_union(&self, of: TokenStream, body: TokenStream) -> TokenStream {
        let mut generics = self.decode.clone();
        if let Some(predicates) = &self.encode.where_clause {
            generics.make_where_clause().predicates.extend(predicates.predicates.clone());
        }
        self.block(&generics, of, body)
    }

    /// A call of a macro of the runtime with the parameters of the type, the type, and its bounds.
    pub(super) fn call(&self, name: TokenStream) -> TokenStream {
        let ident = &self.container.ident;
        let (_, arguments, predicates) = self.described.split_for_impl();
        let parameters: Vec<TokenStream> = self.described.params.iter().map(without_default).collect();
        let predicates = predicates.map(|clause| clause.predicates.to_token_stream());
        quote!(#name!(impl [#(#parameters),*] #ident #arguments, where [#predicates]);)
    }

    fn block(&self, generics: &Generics, of: TokenStream, body: TokenStream) -> TokenStream {
        let ident = &self.container.ident;
        let (parameters, _, predicates) = generics.split_for_impl();
        let (_, arguments, _) = self.container.generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #parameters #of for #ident #arguments #predicates {
                #body
            }
        }
    }
}

/// The parameters with more that is asked of them.
pub(crate) fn with_predicates(generics: &Generics, predicates: &[TokenStream]) -> Generics {
    let mut generics = generics.clone();
    if !predicates.is_empty() {
        let list = &mut generics.make_where_clause().predicates;
        for predicate in predicates {
            list.push(parse_quote!(#predicate));
        }
    }
    generics
}

fn without_default(parameter: &GenericParam) -> TokenStream {
    let mut parameter = parameter.clone();
    match &mut parameter {
        GenericParam::Type(parameter) => parameter.default = None,
        GenericParam::Const(parameter) => parameter.default = None,
        GenericParam::Lifetime(_) => {}
    }
    parameter.to_token_stream()
}
