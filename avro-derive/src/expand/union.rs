//! The codec of a union.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::Expansion;
use crate::ast::{Branch, span_of};

/// The arms of matches over the branches.
struct Arms {
    /// From a value to the position of its branch.
    index: Vec<TokenStream>,
    write: Vec<TokenStream>,
    /// From the position of a branch to its value.
    read: Vec<TokenStream>,
    read_by_plan: Vec<TokenStream>,
}

impl Expansion<'_> {
    pub(super) fn union(&self, branches: &[Branch]) -> TokenStream {
        let runtime = &self.container.runtime;
        let arms = self.arms(branches);
        let count = branches.len();
        let name = self.short_name();
        let checks = self.generic_checks();
        let Arms { index, write, read, read_by_plan } = &arms;
        let unknown = quote! {
            _ => ::core::result::Result::Err(#runtime::__private::no_such_branch(reader, branch, #count)),
        };
        let index_of = quote!(match self { #(#index)* });
        let write = quote!(match self { #(#write)* });
        let read = quote!(match branch { #(#read)* #unknown });
        let read_by_plan = quote!(match branch { #(#read_by_plan)* #unknown });
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
                    writer.union_index(#index_of)?;
                    #write
                }
            },
        );
        let decode = self.bounds.decode(
            quote!(#runtime::Decode<'__avro>),
            quote! {
                const NAME: &'static str = #name;
                // The least size of a branch would be a circle where types are recursive.
                const MIN_SIZE: usize = 1;

                #[inline]
                fn decode(
                    reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    let branch = reader.union_index(#count)?;
                    #read
                }

                fn decode_by_plan(
                    reader: &mut #runtime::Reader<'__avro>,
                    step: #runtime::PlanStep<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    let (branch, step) = step.reader_branch(reader, #count)?;
                    #read_by_plan
                }
            },
        );
        if branches.iter().any(|branch| branch.value.is_none()) {
            return quote!(#encode #decode);
        }
        // Only a union without null can be in an `Option`, which is what these traits are for.
        let union = self.bounds.encode(
            quote!(#runtime::Union),
            quote! {
                const BRANCHES: usize = #count;

                #[inline]
                fn branch(&self) -> usize {
                    #index_of
                }

                #[inline]
                fn encode_branch(
                    &self,
                    writer: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::EncodeError> {
                    #write
                }
            },
        );
        let decode_union = self.bounds.decode_union(
            quote!(#runtime::DecodeUnion<'__avro>),
            quote! {
                const BRANCHES: usize = #count;

                #[inline]
                fn decode_branch(
                    branch: usize,
                    reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    #read
                }

                fn decode_branch_resolved(
                    branch: usize,
                    reader: &mut #runtime::Reader<'__avro>,
                    step: #runtime::PlanStep<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    #read_by_plan
                }
            },
        );
        quote!(#encode #decode #union #decode_union)
    }

    fn arms(&self, branches: &[Branch]) -> Arms {
        let runtime = &self.container.runtime;
        let mut arms = Arms { index: Vec::new(), write: Vec::new(), read: Vec::new(), read_by_plan: Vec::new() };
        let mut parts = self.parts.iter();
        for (position, Branch { ident, value }) in branches.iter().enumerate() {
            let Some(part) = value.as_ref().and_then(|_| parts.next()) else {
                arms.index.push(quote!(Self::#ident => #position,));
                arms.write.push(quote!(Self::#ident => ::core::result::Result::Ok(()),));
                let read = quote!(#position => ::core::result::Result::Ok(Self::#ident),);
                arms.read.push(read.clone());
                arms.read_by_plan.push(read);
                continue;
            };
            let (ty, marker, read_ty, read_marker) = (part.ty, &part.marker, &part.read_ty, &part.read_marker);
            let name = quote!(const { <#marker as #runtime::Describe>::SHAPE.branch_name() });
            arms.index.push(quote!(Self::#ident(_) => #position,));
            arms.write.push(quote_spanned! {span_of(ty)=>
                Self::#ident(value) => writer.field::<#marker, #ty>(#name, value),
            });
            arms.read.push(quote_spanned! {span_of(ty)=>
                #position => reader.field::<#read_marker, #read_ty>(#name).map(Self::#ident),
            });
            arms.read_by_plan.push(quote_spanned! {span_of(ty)=>
                #position => step.field::<#read_marker, #read_ty>(reader, #name).map(Self::#ident),
            });
        }
        arms
    }
}
