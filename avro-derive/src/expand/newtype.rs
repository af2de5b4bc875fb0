//! The codec of a struct around one value: that of the value.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Expansion, Part};

impl Expansion<'_> {
    pub(super) fn newtype(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let Some(Part { ty, marker, read_ty, read_marker }) = self.parts.first() else { return TokenStream::new() };
        let name = self.short_name();
        let checks = self.generic_checks();
        let encode = self.bounds.encode(
            quote!(#runtime::Encode),
            quote! {
                const NAME: &'static str = #name;

                #[inline]
                fn encode(
                    &self,
                    writer: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::EncodeError> {
                    #checks
                    <#ty as #runtime::Encode<#marker>>::encode(&self.0, writer)
                }
            },
        );
        let decode = self.bounds.decode(
            quote!(#runtime::Decode<'__avro>),
            quote! {
                const NAME: &'static str = #name;
                const MIN_SIZE: usize = <#read_ty as #runtime::Decode<'__avro, #read_marker>>::MIN_SIZE;

                #[inline]
                fn decode(
                    reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    <#read_ty as #runtime::Decode<'__avro, #read_marker>>::decode(reader).map(Self)
                }

                fn decode_resolved(
                    reader: &mut #runtime::Reader<'__avro>,
                    step: #runtime::PlanStep<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    <#read_ty as #runtime::Decode<'__avro, #read_marker>>::decode_resolved(reader, step).map(Self)
                }
            },
        );
        quote!(#encode #decode)
    }
}
