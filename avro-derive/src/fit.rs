//! Whether a Rust type can hold an Avro type of a schema file, and as what it is then written.

use avro_model::{Definition, DefinitionKind, Kind, LogicalType, SchemaSet};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Type;

use crate::errors::{internal_error, internal_error_in_code};
use crate::look::{Look, is_plain, known_kind, look};
use crate::wire::LOGICAL_TYPES;

/// What [`internal_error`] is about here: named types have been told apart before.
const NAMED_AS_PRIMITIVE: &str = "a named type was taken for a primitive one";

/// How a Rust type holds an Avro type.
pub(crate) struct Fit {
    pub(crate) marker: TokenStream,
    /// What the marker's `SHAPE` must be.
    pub(crate) shape: TokenStream,
    /// Whether the marker is the Rust type's own, so that the compiler has to compare the two.
    pub(crate) is_own: bool,
}

/// What a fit is looked for with.
pub(crate) struct Fitting<'f> {
    pub(crate) set: &'f SchemaSet,
    pub(crate) runtime: &'f syn::Path,
}

impl Fitting<'_> {
    /// The fit of `ty` and `avro`. The error names both, as far as names tell.
    pub(crate) fn fit(&self, ty: &Type, avro: &avro_model::Type) -> Result<Fit, String> {
        let runtime = self.runtime;
        match (look(ty), &avro.kind) {
            (Look::Pointer(inner), _) => self.fit(inner, avro),
            (Look::Option(inner), Kind::Union(branches)) => self.optional(inner, branches, ty, avro),
            (Look::List(inner), Kind::Array(items)) => {
                let Fit { marker, shape, is_own } = self.fit(inner, items)?;
                let shape = quote!(#runtime::__private::Shape::Array(&#shape));
                Ok(Fit { marker: quote!(#runtime::avro::Array<#marker>), shape, is_own })
            }
            (Look::Map(inner), Kind::Map(values)) => {
                let Fit { marker, shape, is_own } = self.fit(inner, values)?;
                let shape = quote!(#runtime::__private::Shape::Map(&#shape));
                Ok(Fit { marker: quote!(#runtime::avro::Map<#marker>), shape, is_own })
            }
            (Look::Option(_) | Look::List(_) | Look::Map(_), _) => Err(self.mismatch(ty, avro)),
            (Look::Leaf, Kind::Named(id)) => self.named(ty, avro, self.set.definition(*id)),
            (Look::Leaf, _) => match known_kind(ty) {
                // Whoever takes a number for a time, or a text for a UUID, gets what is underneath.
                Some(known) if avro.kind.name() == Some(known) => Ok(self.primitive(known)),
                Some(_) => Err(self.mismatch(ty, avro)),
                None => self.leaf(ty, avro),
            },
        }
    }

    /// A type that is a name to the macro, which may be an alias.
    fn leaf(&self, ty: &Type, avro: &avro_model::Type) -> Result<Fit, String> {
        match &avro.kind {
            Kind::Union(_) | Kind::Array(_) | Kind::Map(_) => Ok(self.own(ty, self.shape(avro))),
            primitive => {
                let name = primitive.name().ok_or_else(|| internal_error(NAMED_AS_PRIMITIVE))?;
                let underlying = self.primitive(name);
                Ok(match avro.logical {
                    Some(logical) => self.logical(logical, underlying),
                    None => underlying,
                })
            }
        }
    }

    fn optional(
        &self,
        inner: &Type,
        branches: &[avro_model::Type],
        ty: &Type,
        avro: &avro_model::Type,
    ) -> Result<Fit, String> {
        let runtime = self.runtime;
        let Some(null_branch) = branches.iter().position(|branch| branch.kind == Kind::Null) else {
            return Err(self.mismatch(ty, avro));
        };
        let others: Vec<&avro_model::Type> = branches.iter().filter(|branch| branch.kind != Kind::Null).collect();
        match others.as_slice() {
            [] => Err(self.mismatch(ty, avro)),
            [value] => {
                let Fit { marker, shape, is_own } = self.fit(inner, value)?;
                let shape = quote!(#runtime::__private::Shape::Nullable { value: &#shape, null_branch: #null_branch });
                Ok(Fit { marker: quote!(#runtime::avro::Nullable<#marker, #null_branch>), shape, is_own })
            }
            several => {
                let shapes = several.iter().map(|branch| self.shape(branch));
                let shape = quote! {
                    #runtime::__private::Shape::NullableUnion { branches: &[#(&#shapes),*], null_branch: #null_branch }
                };
                let marker = quote! {
                    <<#inner as #runtime::AvroValue>::Avro as #runtime::Describe>::Optional<#null_branch>
                };
                Ok(Fit { marker, shape, is_own: true })
            }
        }
    }

    fn named(&self, ty: &Type, avro: &avro_model::Type, definition: &Definition) -> Result<Fit, String> {
        if known_kind(ty).is_some() {
            return Err(self.mismatch(ty, avro));
        }
        let DefinitionKind::Fixed { size } = definition.kind else { return Ok(self.own(ty, self.shape(avro))) };
        // A type of this name is taken for that of the crate, and not for a struct around it.
        let is_logical = ["Decimal", "BigDecimal", "Uuid", "Duration"].iter().any(|name| is_plain(ty, name));
        match ty {
            Type::Array(_) => Ok(self.fixed(ty, size, None)),
            _ if is_logical && definition.logical.is_some() => Ok(self.fixed(ty, size, definition.logical)),
            _ => Ok(self.own(ty, self.shape(avro))),
        }
    }

    /// The fit of a fixed and what is in it: bytes, or a logical type of them.
    pub(crate) fn fixed(&self, ty: &Type, size: usize, logical: Option<LogicalType>) -> Fit {
        let runtime = self.runtime;
        let shape = quote!(#runtime::__private::Shape::Fixed(#size));
        let bytes = Fit { marker: quote!(#runtime::avro::Fixed<#size>), shape, is_own: false };
        match logical {
            Some(logical) if !matches!(ty, Type::Array(_)) => self.logical(logical, bytes),
            _ => bytes,
        }
    }

    /// The type's own marker, which must have this shape.
    fn own(&self, ty: &Type, shape: TokenStream) -> Fit {
        let runtime = self.runtime;
        Fit { marker: quote!(<#ty as #runtime::AvroValue>::Avro), shape, is_own: true }
    }

    fn primitive(&self, name: &str) -> Fit {
        let runtime = self.runtime;
        let marker = match name {
            "null" => quote!(Null),
            "boolean" => quote!(Boolean),
            "int" => quote!(Int),
            "long" => quote!(Long),
            "float" => quote!(Float),
            "double" => quote!(Double),
            "bytes" => quote!(Bytes),
            _ => quote!(Str),
        };
        let shape = quote!(#runtime::__private::Shape::Primitive(#name));
        Fit { marker: quote!(#runtime::avro::#marker), shape, is_own: false }
    }

    fn logical(&self, logical: LogicalType, underlying: Fit) -> Fit {
        let runtime = self.runtime;
        let Fit { marker: of, shape: of_shape, .. } = underlying;
        let name = logical.name();
        let mut digits = quote!(::core::option::Option::None);
        let marker = match logical {
            LogicalType::Decimal { precision, scale } => {
                digits = quote!(::core::option::Option::Some((#precision, #scale)));
                quote!(Decimal<#of, #precision, #scale>)
            }
            LogicalType::Uuid => quote!(Uuid<#of>),
            _ => {
                let known = LOGICAL_TYPES.iter().find(|(known, _)| *known == name);
                let Some((_, marker)) = known else {
                    // A logical type of a later version is what it annotates.
                    return Fit { marker: of, shape: of_shape, is_own: false };
                };
                quote::format_ident!("{marker}").to_token_stream()
            }
        };
        let shape = quote! {
            #runtime::__private::Shape::Logical { name: #name, of: &#of_shape, digits: #digits }
        };
        Fit { marker: quote!(#runtime::avro::#marker), shape, is_own: false }
    }

    /// The shape of an Avro type.
    fn shape(&self, avro: &avro_model::Type) -> TokenStream {
        let runtime = self.runtime;
        let shape = quote!(#runtime::__private::Shape);
        match &avro.kind {
            Kind::Array(items) => {
                let items = self.shape(items);
                quote!(#shape::Array(&#items))
            }
            Kind::Map(values) => {
                let values = self.shape(values);
                quote!(#shape::Map(&#values))
            }
            Kind::Named(id) => {
                let fullname = self.set.definition(*id).name.as_str();
                quote!(#shape::Named { fullname: #fullname, kind: #runtime::__private::NamedKind::Generated })
            }
            Kind::Union(branches) => {
                let branches = branches.iter().map(|branch| self.shape(branch));
                quote!(#shape::Union(&[#(&#branches),*]))
            }
            primitive => {
                let Some(name) = primitive.name() else { return internal_error_in_code(NAMED_AS_PRIMITIVE) };
                let underlying = self.primitive(name);
                match avro.logical {
                    Some(logical) => self.logical(logical, underlying).shape,
                    None => underlying.shape,
                }
            }
        }
    }

    fn mismatch(&self, ty: &Type, avro: &avro_model::Type) -> String {
        format!("`{}` here, {} in the schema", spelled(ty), self.spell(avro))
    }

    /// The Avro type in a few words.
    pub(crate) fn spell(&self, avro: &avro_model::Type) -> String {
        format!("`{}`", self.spell_plain(avro))
    }

    fn spell_plain(&self, avro: &avro_model::Type) -> String {
        let kind = match &avro.kind {
            Kind::Array(items) => format!("array of {}", self.spell_plain(items)),
            Kind::Map(values) => format!("map of {}", self.spell_plain(values)),
            Kind::Union(branches) => {
                let branches: Vec<String> = branches.iter().map(|branch| self.spell_plain(branch)).collect();
                format!("[{}]", branches.join(", "))
            }
            Kind::Named(id) => self.set.definition(*id).name.to_string(),
            primitive => primitive.name().map_or_else(|| internal_error(NAMED_AS_PRIMITIVE), str::to_owned),
        };
        match avro.logical {
            Some(logical) => format!("{kind} ({logical})"),
            None => kind,
        }
    }
}

/// The Rust type as people write it.
fn spelled(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace(" :: ", "::")
        .replace("& ", "&")
}
