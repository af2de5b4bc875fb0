//! The codec of an enum.

use proc_macro2::TokenStream;
use quote::quote;

use super::Expansion;
use crate::ast::Symbol;

impl Expansion<'_> {
    pub(super) fn enumeration(&self, symbols: &[Symbol]) -> TokenStream {
        let runtime = &self.container.runtime;
        let name = self.short_name();
        let fullname = quote!(<Self as #runtime::AvroType>::FULLNAME);
        let count = symbols.len();
        let indices = 0..count;
        let variants: Vec<_> = symbols.iter().map(|symbol| &symbol.ident).collect();
        let encode = self.bounds.encode(
            quote!(#runtime::Encode),
            quote! {
                const NAME: &'static str = #name;

                #[inline]
                fn encode(
                    &self,
                    writer: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::EncodeError> {
                    writer.enum_index(match self {
                        #(Self::#variants => #indices,)*
                    })
                }
            },
        );
        // The index is that of a symbol, so what is left after the others is the last.
        let variant = variants.split_last().map(|(last, others)| {
            let indices = 0..others.len();
            quote! {
                match index {
                    #(#indices => Self::#others,)*
                    _ => Self::#last,
                }
            }
        });
        let decode = self.bounds.decode(
            quote!(#runtime::Decode<'__avro>),
            quote! {
                const NAME: &'static str = #name;
                const MIN_SIZE: usize = 1;

                #[inline]
                fn decode(
                    reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    let index = reader.enum_index(#count, #fullname)?;
                    ::core::result::Result::Ok(#variant)
                }

                fn decode_by_plan(
                    reader: &mut #runtime::Reader<'__avro>,
                    step: #runtime::PlanStep<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    let index = step.enum_index(reader, #count, #fullname)?;
                    ::core::result::Result::Ok(#variant)
                }
            },
        );
        quote!(#encode #decode)
    }
}
