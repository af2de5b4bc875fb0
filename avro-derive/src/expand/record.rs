//! The codec of a record.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Expansion;
use crate::ast::{Field, span_of};

impl Expansion<'_> {
    pub(super) fn record(&self, fields: &[Field]) -> TokenStream {
        // What has only some of the fields is not a value of the schema's type that could be written.
        let encode = (!self.container.is_subset()).then(|| self.encode_record(fields));
        let decode = self.decode_record(fields);
        quote!(#encode #decode)
    }

    fn encode_record(&self, fields: &[Field]) -> TokenStream {
        let runtime = &self.container.runtime;
        let name = self.short_name();
        let holds_records = self.holds_records();
        let sent = fields.iter().filter(|field| !field.is_skipped).zip(&self.parts);
        let writes = sent.map(|(Field { member, ty, name, .. }, part)| {
            let (marker, name) = (&part.marker, &name.text);
            quote_spanned!(span_of(ty)=> writer.field::<#marker, #ty>(#name, &self.#member)?;)
        });
        let checks = self.generic_checks();
        let writer = if self.parts.is_empty() { quote!(_writer) } else { quote!(writer) };
        self.bounds.encode(
            quote!(#runtime::Encode),
            quote! {
                const NAME: &'static str = #name;

                #[inline]
                fn encode(
                    &self,
                    writer: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::EncodeError> {
                    #checks
                    #runtime::__private::encode_record(#holds_records, writer, |#writer| {
                        #(#writes)*
                        ::core::result::Result::Ok(())
                    })
                }
            },
        )
    }

    fn decode_record(&self, fields: &[Field]) -> TokenStream {
        let runtime = &self.container.runtime;
        let name = self.short_name();
        let holds_records = self.holds_records();
        let sizes = self.parts.iter().map(|part| {
            let (ty, marker) = (&part.read_ty, &part.read_marker);
            quote!(<#ty as #runtime::Decode<'__avro, #marker>>::MIN_SIZE)
        });
        let mut parts = self.parts.iter();
        let reads = fields.iter().map(|Field { member, ty, is_skipped, name, .. }| {
            if *is_skipped {
                return quote_spanned!(span_of(ty)=> #member: ::core::default::Default::default(),);
            }
            let (part, name) = (parts.next(), &name.text);
            let (marker, read_ty) = (part.map(|part| &part.read_marker), part.map(|part| &part.read_ty));
            quote_spanned!(span_of(ty)=> #member: reader.field::<#marker, #read_ty>(#name)?,)
        });
        let reads: Vec<TokenStream> = reads.collect();
        let reader = if self.parts.is_empty() { quote!(_reader) } else { quote!(reader) };
        let changed = self.decode_by_plan(fields);
        self.bounds.decode(
            quote!(#runtime::Decode<'__avro>),
            quote! {
                const NAME: &'static str = #name;
                const MIN_SIZE: usize = 0 #(+ #sizes)*;

                #[inline]
                fn decode(
                    reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    #runtime::__private::decode_record(#holds_records, reader, |#reader| {
                        ::core::result::Result::Ok(Self { #(#reads)* })
                    })
                }

                fn decode_by_plan(
                    reader: &mut #runtime::Reader<'__avro>,
                    step: #runtime::PlanStep<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    #runtime::__private::decode_record(#holds_records, reader, |reader| { #changed })
                }
            },
        )
    }

    /// The steps of the plan in the writer's order, then the fields together.
    fn decode_by_plan(&self, fields: &[Field]) -> TokenStream {
        let sent = || fields.iter().filter(|field| !field.is_skipped);
        let locals: Vec<_> = (0..self.parts.len()).map(|index| format_ident!("field_{index}")).collect();
        let arms = sent().zip(&self.parts).zip(&locals).enumerate().map(|(index, ((field, part), local))| {
            let (ty, marker, name) = (&part.read_ty, &part.read_marker, &field.name.text);
            let index = Literal::usize_unsuffixed(index);
            quote_spanned! {span_of(part.ty)=>
                ::core::option::Option::Some(#index) => {
                    field.read_into::<#marker, #ty>(reader, #name, &mut #local)
                }
            }
        });
        let mut next_local = locals.iter();
        let values = fields.iter().map(|Field { member, is_skipped, name, .. }| {
            if *is_skipped {
                return quote!(#member: ::core::default::Default::default(),);
            }
            let (local, name) = (next_local.next(), &name.text);
            quote! {
                #member: match #local {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(step.missing(#name));
                    }
                },
            }
        });
        quote! {
            #(let mut #locals = ::core::option::Option::None;)*
            for field in step.field_steps()? {
                match field.index() {
                    #(#arms)*
                    _ => field.skip(reader),
                }?;
            }
            ::core::result::Result::Ok(Self { #(#values)* })
        }
    }
}
