//! What replaces the impls of a type with mistakes, so that each mistake is one error, and not another one at
//! every use of the type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Path};

/// Impls that compile and do nothing; the errors beside them keep them from ever being run.
pub(crate) fn fallback(ident: &Ident, generics: &Generics, runtime: &Path) -> TokenStream {
    let (parameters, arguments, predicates) = generics.split_for_impl();
    let mut with_data = generics.clone();
    with_data.params.insert(0, syn::parse_quote!('__avro));
    let (data_parameters, _, _) = with_data.split_for_impl();
    quote! {
        #[doc(hidden)]
        const _: () = {
            #[automatically_derived]
            impl #parameters #runtime::AvroType for #ident #arguments #predicates {
                const FULLNAME: &'static str = "";

                fn schema() -> &'static #runtime::TypeSchema {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #parameters #runtime::AvroValue for #ident #arguments #predicates {
                type Avro = Self;
            }

            #[automatically_derived]
            impl #parameters #runtime::Describe for #ident #arguments #predicates {
                const SHAPE: #runtime::__private::Shape = #runtime::__private::Shape::Named {
                    fullname: "",
                    kind: #runtime::__private::NamedKind::Record,
                };
                type Optional<const NULL_BRANCH: usize> = #runtime::avro::Nullable<Self, NULL_BRANCH>;

                fn define(_definitions: &mut #runtime::__private::Definitions) {}
            }

            #[automatically_derived]
            impl #parameters #runtime::Encode for #ident #arguments #predicates {
                fn encode(
                    &self,
                    _writer: &mut #runtime::Writer<'_>,
                ) -> ::core::result::Result<(), #runtime::EncodeError> {
                    ::core::unreachable!()
                }
            }

            #[automatically_derived]
            impl #data_parameters #runtime::Decode<'__avro> for #ident #arguments #predicates {
                const MIN_SIZE: usize = 0;

                fn decode(
                    _reader: &mut #runtime::Reader<'__avro>,
                ) -> ::core::result::Result<Self, #runtime::DecodeError> {
                    ::core::unreachable!()
                }
            }
        };
    }
}
