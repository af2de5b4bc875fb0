//! The impls of an enum of the types of a topic.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, Ident, Path, Type};

use super::{TopicValue, Variant};
use crate::expand::{DERIVER, with_predicates};
use crate::tokens;

impl TopicValue {
    pub(super) fn expand(&self) -> TokenStream {
        let runtime = &self.runtime;
        let version = Literal::u32_unsuffixed(avro_codegen::CODE_VERSION);
        let topic_value = self.topic_value();
        let encode = (!self.is_subset).then(|| self.encode());
        let decode = self.decode();
        let checks = self.checks();
        let conversions = self.conversions();
        quote! {
            #[doc(hidden)]
            const _: () = {
                #runtime::__private_code_version!(#version, #DERIVER);
                #topic_value
                #encode
                #decode
                #checks
                #(#conversions)*
            };
        }
    }

    fn topic_value(&self) -> TokenStream {
        let runtime = &self.runtime;
        let takes_others = self.other.is_some();
        let types = self
            .variants
            .iter()
            .map(|Variant { ty, .. }| quote_spanned!(ty.span()=> #runtime::topic::TopicType::of::<#ty>()));
        self.block(
            quote!(#runtime::topic::TopicValue),
            &quote!(#runtime::AvroType),
            quote! {
                const TYPES: &'static [#runtime::topic::TopicType] = &[#(#types),*];
                const TAKES_OTHERS: bool = #takes_others;
            },
        )
    }

    /// Assertions that two variants do not have types of one name, each at the second of them.
    fn checks(&self) -> TokenStream {
        if self.is_parameterized() {
            return TokenStream::new();
        }
        let ident = &self.ident;
        let (_, arguments, _) = self.generics.split_for_impl();
        let own = tokens::with_static_lifetimes(quote!(#ident #arguments));
        let assertions = self.assertions(own).map(|assertion| quote!(const _: () = #assertion;));
        quote!(#(#assertions)*)
    }

    /// The same for an enum with parameters: its uses fail to compile with arguments of the same name.
    fn generic_checks(&self) -> TokenStream {
        if !self.is_parameterized() {
            return TokenStream::new();
        }
        let assertions = self.assertions(quote!(Self));
        quote!(const { #(#assertions;)* })
    }

    fn assertions(&self, own: TokenStream) -> impl Iterator<Item = TokenStream> {
        let runtime = &self.runtime;
        self.variants.iter().enumerate().skip(1).map(move |(index, Variant { ident, ty })| {
            let message = format!(
                "a variant before `{ident}` has a type of the same Avro name, by which records are told apart: rename one"
            );
            quote_spanned! {ty.span()=>
                ::core::assert!(
                    #runtime::__private::has_new_name(<#own as #runtime::topic::TopicValue>::TYPES, #index),
                    #message,
                )
            }
        })
    }

    fn encode(&self) -> TokenStream {
        let runtime = &self.runtime;
        let checks = self.generic_checks();
        let form =
            self.variants.iter().enumerate().map(
                |(index, Variant { ident, .. })| quote!(Self::#ident(_) => #runtime::topic::ValueForm::Type(#index),),
            );
        let form_of_other = self
            .other
            .iter()
            .map(|Variant { ident, .. }| quote!(Self::#ident(_) => #runtime::topic::ValueForm::Other,));
        let write = self.variants.iter().map(|Variant { ident, ty }| {
            quote_spanned! {ty.span()=>
                Self::#ident(value) => encoder.encode::<#ty, #ty>(prefix, value),
            }
        });
        let write_other =
            self.other.iter().map(|Variant { ident, .. }| quote!(Self::#ident(_) => ::core::result::Result::Ok(&[]),));
        self.block(
            quote!(#runtime::topic::EncodeValue),
            &quote!(#runtime::AvroType + #runtime::Encode),
            quote! {
                #[inline]
                fn form(&self) -> #runtime::topic::ValueForm {
                    match self { #(#form)* #(#form_of_other)* }
                }

                #[inline]
                fn encode_with<'__encoder>(
                    &'__encoder self,
                    encoder: &'__encoder mut #runtime::Encoder,
                    prefix: &[u8],
                ) -> ::core::result::Result<&'__encoder [u8], #runtime::EncodeError> {
                    #checks
                    match self { #(#write)* #(#write_other)* }
                }
            },
        )
    }

    /// What is received outlives the message, so there is nothing to implement where a variant borrows.
    fn decode(&self) -> TokenStream {
        if self.variants.iter().any(|variant| tokens::mentions_lifetime(variant.ty.to_token_stream())) {
            return TokenStream::new();
        }
        let runtime = &self.runtime;
        let count = self.variants.len();
        let checks = self.generic_checks();
        let read = self.variants.iter().enumerate().map(|(index, Variant { ident, ty })| {
            quote_spanned! {ty.span()=>
                #index => #runtime::__private::decode_topic_type::<#ty>(decoder, datum, plan).map(Self::#ident),
            }
        });
        let from_other = self.other.iter().map(|Variant { ident, .. }| {
            quote! {
                fn from_other(record: #runtime::topic::OtherRecord) -> ::core::option::Option<Self> {
                    ::core::option::Option::Some(Self::#ident(record))
                }
            }
        });
        self.block(
            quote!(#runtime::topic::DecodeValue),
            &quote!(#runtime::AvroType + #runtime::DecodeOwned),
            quote! {
                #[inline]
                fn decode_with(
                    index: usize,
                    decoder: &#runtime::Decoder,
                    datum: &[u8],
                    plan: ::core::option::Option<&#runtime::model::resolution::Plan>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    #checks
                    match index {
                        #(#read)*
                        _ => {
                            let reader = #runtime::Reader::new(datum, decoder.limits());
                            ::core::result::Result::Err(#runtime::__private::no_such_branch(&reader, index, #count))
                        }
                    }
                }

                #(#from_other)*
            },
        )
    }

    /// `From` of what a variant holds. With a type parameter in it, it could be the same as another one's.
    fn conversions(&self) -> impl Iterator<Item = TokenStream> {
        let (parameters, arguments, predicates) = self.generics.split_for_impl();
        let own = &self.ident;
        self.variants.iter().chain(&self.other).filter(|variant| !self.is_generic(&variant.ty)).map(
            move |Variant { ident, ty }| {
                quote! {
                    #[automatically_derived]
                    impl #parameters ::core::convert::From<#ty> for #own #arguments #predicates {
                        #[inline]
                        fn from(value: #ty) -> Self {
                            Self::#ident(value)
                        }
                    }
                }
            },
        )
    }

    /// `impl<…> trait for Type<…> where … { body }`, where the generic types of variants have `bound`.
    fn block(&self, of: TokenStream, bound: &TokenStream, body: TokenStream) -> TokenStream {
        let generic = self.variants.iter().map(|variant| &variant.ty).filter(|ty| self.is_generic(ty));
        let bounds: Vec<TokenStream> = generic.map(|ty| quote!(#ty: #bound)).collect();
        block(&self.ident, &with_predicates(&self.generics, &bounds), of, body)
    }

    fn is_parameterized(&self) -> bool {
        self.generics.type_params().next().is_some() || self.generics.const_params().next().is_some()
    }

    fn is_generic(&self, ty: &Type) -> bool {
        let types = self.generics.type_params().map(|parameter| &parameter.ident);
        let mut parameters = types.chain(self.generics.const_params().map(|parameter| &parameter.ident));
        parameters.any(|parameter| tokens::mentions(ty.to_token_stream(), parameter))
    }
}

/// What replaces the impls of an enum with mistakes: it compiles, and the errors beside it keep it from ever being run.
pub(super) fn fallback(ident: &Ident, generics: &Generics, runtime: &Path) -> TokenStream {
    let topic_value = quote! {
        const TYPES: &'static [#runtime::topic::TopicType] = &[];
    };
    let encode = quote! {
        fn form(&self) -> #runtime::topic::ValueForm {
            ::core::unreachable!()
        }

        fn encode_with<'__encoder>(
            &'__encoder self,
            _encoder: &'__encoder mut #runtime::Encoder,
            _prefix: &[u8],
        ) -> ::core::result::Result<&'__encoder [u8], #runtime::EncodeError> {
            ::core::unreachable!()
        }
    };
    let decode = quote! {
        fn decode_with(
            _index: usize,
            _decoder: &#runtime::Decoder,
            _datum: &[u8],
            _plan: ::core::option::Option<&#runtime::model::resolution::Plan>,
        ) -> ::core::result::Result<Self, #runtime::DecodeError> {
            ::core::unreachable!()
        }
    };
    let impls = [("TopicValue", topic_value), ("EncodeValue", encode), ("DecodeValue", decode)].map(|(name, body)| {
        let name = Ident::new(name, proc_macro2::Span::call_site());
        block(ident, generics, quote!(#runtime::topic::#name), body)
    });
    quote! {
        #[doc(hidden)]
        const _: () = {
            #(#impls)*
        };
    }
}

fn block(ident: &Ident, generics: &Generics, of: TokenStream, body: TokenStream) -> TokenStream {
    let (parameters, arguments, predicates) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #of for #ident #arguments #predicates {
            #body
        }
    }
}
