//! What is known about the type: its name and its schema.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Expansion, Part};
use crate::ast::{Body, Field};
use crate::attr::FlagOrText;
use crate::tokens;

impl Expansion<'_> {
    /// `AvroType`, `AvroValue` and `Describe`.
    pub(super) fn describe(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let value = self.bounds.described(
            quote!(#runtime::AvroValue),
            quote!(
                type Avro = Self;
            ),
        );
        let avro_type = self.avro_type();
        let shape = self.shape();
        let optional = match &self.container.body {
            Body::Union(branches) if branches.iter().all(|branch| branch.value.is_some()) => quote!(NullableUnion),
            _ => quote!(Nullable),
        };
        let define = self.define();
        let describe = self.bounds.described(
            quote!(#runtime::Describe),
            quote! {
                const SHAPE: #runtime::__private::Shape = #shape;
                type Optional<const NULL_BRANCH: usize> = #runtime::avro::#optional<Self, NULL_BRANCH>;

                fn define(definitions: &mut #runtime::__private::Definitions) {
                    #define
                }
            },
        );
        // Its writer would take the schema for the one of what it writes.
        let apache_avro =
            (!self.container.is_subset()).then(|| self.bounds.call(quote!(#runtime::__private_apache_avro)));
        quote!(#value #avro_type #describe #apache_avro)
    }

    fn avro_type(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let fullname = match &self.container.body {
            Body::Transparent(_) | Body::Union(_) => quote!(<Self as #runtime::Describe>::SHAPE.fullname()),
            _ => self.fullname(),
        };
        let schema = if self.bounds.is_concrete() {
            quote! {
                static SCHEMA: ::std::sync::OnceLock<#runtime::TypeSchema> = ::std::sync::OnceLock::new();
                SCHEMA.get_or_init(#runtime::__private::type_schema::<Self>)
            }
        } else {
            let ident = &self.container.ident;
            let (_, arguments, _) = self.container.generics.split_for_impl();
            let key = tokens::with_static_lifetimes(quote!(#ident #arguments));
            quote!(#runtime::__private::cached_schema::<#key, Self>())
        };
        self.bounds.described(
            quote!(#runtime::AvroType),
            quote! {
                const FULLNAME: &'static str = #fullname;

                fn schema() -> &'static #runtime::TypeSchema {
                    #schema
                }
            },
        )
    }

    fn shape(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let kind = match &self.container.body {
            Body::Record(_) => quote!(Record),
            Body::Enum { .. } => quote!(Enum),
            Body::Fixed(_) => quote!(Fixed),
            Body::Transparent(_) => {
                let shapes =
                    self.parts.iter().map(|Part { marker, .. }| quote!(<#marker as #runtime::Describe>::SHAPE));
                return quote!(#(#shapes)*);
            }
            Body::Union(branches) => {
                let mut markers = self.parts.iter().map(|part| &part.marker);
                let shapes = branches.iter().map(|branch| match &branch.value {
                    Some(_) => {
                        let marker = markers.next();
                        quote!(&<#marker as #runtime::Describe>::SHAPE)
                    }
                    None => quote!(&#runtime::__private::Shape::Primitive("null")),
                });
                return quote!(#runtime::__private::Shape::Union(&[#(#shapes),*]));
            }
        };
        quote! {
            #runtime::__private::Shape::Named {
                fullname: <Self as #runtime::AvroType>::FULLNAME,
                kind: #runtime::__private::NamedKind::#kind,
            }
        }
    }

    /// The body of `Describe::define`.
    fn define(&self) -> TokenStream {
        let runtime = &self.container.runtime;
        let inner =
            self.parts.iter().map(|Part { marker, .. }| quote!(<#marker as #runtime::Describe>::define(definitions);));
        if let Some(file) = self.file {
            let json = file.json();
            return quote! {
                if definitions.add_text::<Self>(#json) {
                    #(#inner)*
                }
            };
        }
        let Some(kind) = self.definition_kind() else { return quote!(#(#inner)*) };
        let doc = optional_text(self.container.doc.as_deref());
        let aliases = &self.container.aliases;
        quote! {
            let definition = const {
                &#runtime::__private::Definition {
                    fullname: <Self as #runtime::AvroType>::FULLNAME,
                    doc: #doc,
                    aliases: &[#(#aliases),*],
                    kind: #runtime::__private::DefinitionKind::#kind,
                }
            };
            if definitions.add::<Self>(definition) {
                #(#inner)*
            }
        }
    }

    fn definition_kind(&self) -> Option<TokenStream> {
        let runtime = &self.container.runtime;
        match &self.container.body {
            Body::Record(fields) => {
                let sent = fields.iter().filter(|field| !field.is_skipped).zip(&self.parts);
                let fields = sent.map(|(field, part)| self.field_definition(field, part));
                Some(quote!(Record(&[#(#fields),*])))
            }
            Body::Enum { symbols, default } => {
                let default = default.and_then(|default| symbols.get(default));
                let default = optional_text(default.map(|symbol| symbol.symbol.text.as_str()));
                let symbols = symbols.iter().map(|symbol| &symbol.symbol.text);
                Some(quote!(Enum { symbols: &[#(#symbols),*], default: #default }))
            }
            Body::Fixed(_) => {
                let markers = self.parts.iter().map(|part| &part.marker);
                Some(quote!(Fixed(#(&<#markers as #runtime::Describe>::SHAPE),*)))
            }
            Body::Union(_) | Body::Transparent(_) => None,
        }
    }

    fn field_definition(&self, field: &Field, Part { marker, .. }: &Part<'_>) -> TokenStream {
        let runtime = &self.container.runtime;
        let name = &field.name.text;
        let doc = optional_text(field.doc.as_deref());
        let aliases = &field.aliases;
        let default = match &field.default {
            None => quote!(::core::option::Option::None),
            Some(FlagOrText::Flag) => quote!(<#marker as #runtime::Describe>::SHAPE.empty_value()),
            Some(FlagOrText::Text(json)) => optional_text(Some(&json.value())),
        };
        let fixed = optional_text(field.fixed.as_deref());
        quote! {
            #runtime::__private::FieldDefinition {
                name: #name,
                doc: #doc,
                aliases: &[#(#aliases),*],
                default: #default,
                shape: &<#marker as #runtime::Describe>::SHAPE,
                fixed: #fixed,
            }
        }
    }
}

fn optional_text(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
