//! Reads the variants, and checks them as far as a macro sees.

use std::collections::HashMap;

use quote::ToTokens as _;
use syn::{Data, DeriveInput, Fields, Ident};

use super::{TopicValue, Variant};
use crate::attr::Attributes;
use crate::errors::Errors;
use crate::look;
use crate::read::runtime;

/// The type of the values of the variant for all other records.
const OTHER_RECORD: &str = "OtherRecord";

impl TopicValue {
    /// Reads `input`. What is wrong is reported, and then the result is not to be used.
    pub(super) fn read(input: DeriveInput, errors: &Errors) -> Option<TopicValue> {
        let DeriveInput { attrs, ident, generics, data, .. } = input;
        let mut attributes = Attributes::read(&attrs, errors);
        let runtime = runtime(&mut attributes, errors);
        let is_subset = attributes.flag("subset").is_some();
        attributes.finish("an enum of the types of a topic");
        let Data::Enum(data) = data else {
            let message = "`TopicValue` is derived for enums with a variant for each type of a topic; a type that is the \
                           only one of its topic needs `#[derive(Avro)]` alone";
            errors.add(&ident, message);
            return None;
        };
        let mut value = TopicValue { ident, generics, runtime, is_subset, variants: Vec::new(), other: None };
        for variant in data.variants {
            value.add(variant, errors);
        }
        if value.variants.is_empty() {
            errors
                .add(&value.ident, "an enum of the types of a topic has at least one variant of a type with a schema");
        }
        value.check_unique(errors);
        Some(value)
    }

    fn add(&mut self, variant: syn::Variant, errors: &Errors) {
        let syn::Variant { attrs, ident, fields, .. } = variant;
        let field = match fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.into_iter().next(),
            _ => None,
        };
        let Some(field) = field else {
            let message = format!(
                "a variant has one value, of a type with a schema: `{ident}({ident})`; put several into a struct with \
                 `#[derive(Avro)]`"
            );
            errors.add(&ident, message);
            return;
        };
        let attributes = attrs.into_iter().chain(field.attrs).collect::<Vec<_>>();
        let mut attributes = Attributes::read(&attributes, errors);
        let is_other = attributes.flag("other");
        attributes.finish("a variant of an enum of the types of a topic");
        let has_other = look::is_plain(&field.ty, OTHER_RECORD);
        let variant = Variant { ident, ty: field.ty };
        match is_other {
            Some(_) if !has_other => {
                errors.add(&variant.ty, "the variant for all other records has an `avro_typed::topic::OtherRecord`");
            }
            Some(span) if self.other.is_some() => errors.add_at(span, "one variant takes all other records"),
            Some(_) => self.other = Some(variant),
            None if has_other => {
                errors.add(&variant.ident, "mark the variant for all other records with `#[avro(other)]`");
            }
            None => self.variants.push(variant),
        }
    }

    /// Reports types that are written twice. Different types may have one name, too, which only the compiler sees.
    fn check_unique(&self, errors: &Errors) {
        let mut seen: HashMap<String, &Ident> = HashMap::new();
        for Variant { ident, ty } in &self.variants {
            if let Some(first) = seen.get(&ty.to_token_stream().to_string()) {
                let message =
                    format!("`{first}` has this type already, and a record is the value of one variant: remove one");
                errors.add(ty, message);
                continue;
            }
            seen.insert(ty.to_token_stream().to_string(), ident);
        }
    }
}
