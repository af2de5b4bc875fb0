//! Enums: of names, which are Avro's enums, and of values, which are unions.

use syn::ext::IdentExt as _;
use syn::{Fields, Variant};

use super::{Context, rename_all};
use crate::ast::{Body, Branch, Symbol};
use crate::attr::{self, Attributes};
use crate::names::{self, AvroName};

impl Context<'_> {
    /// Reads the variants of an enum of names or of values.
    pub(super) fn enumeration(&self, variants: Vec<Variant>, attributes: &mut Attributes<'_>) -> Option<Body> {
        if variants.is_empty() {
            self.errors.add(&self.ident, "an enum without variants has no values, so there is nothing to write");
            return None;
        }
        if variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit)) {
            return self.union(variants);
        }
        let case = rename_all(attributes, self.errors);
        let mut symbols = Vec::new();
        let (mut avro_default, mut rust_default) = (None, None);
        for (index, variant) in variants.into_iter().enumerate() {
            let mut attributes = Attributes::read(&variant.attrs, self.errors);
            let made = || {
                let rust_name = variant.ident.unraw().to_string();
                (case.map_or(rust_name.clone(), |case| case.variant(&rust_name)), variant.ident.span())
            };
            let symbol = AvroName::new(attributes.text("rename"), made, self.errors);
            let default = if self.has_file { None } else { attributes.flag("default") };
            if let Some(span) = default
                && avro_default.replace(index).is_some()
            {
                self.errors.add_at(span, "an enum has one default");
            }
            attributes.finish(if self.has_file { "a variant of a schema in a file" } else { "a variant" });
            if attr::is_rust_default(&variant.attrs) {
                rust_default = Some(index);
            }
            symbols.push(Symbol { ident: variant.ident, symbol });
        }
        names::check_unique(symbols.iter().map(|symbol| &symbol.symbol), "variants", self.errors);
        Some(Body::Enum { symbols, default: avro_default.or(rust_default) })
    }

    fn union(&self, variants: Vec<Variant>) -> Option<Body> {
        if self.has_file {
            self.errors.add(&self.ident, "`schema` is for records, enums and fixed: a union has no name in its file");
        }
        let mut nulls = 0;
        let mut branches = Vec::new();
        for variant in variants {
            let Variant { attrs, ident, fields, .. } = variant;
            match fields {
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                    let field = fields.unnamed.into_iter().next()?;
                    let attributes = attrs.into_iter().chain(field.attrs).collect::<Vec<_>>();
                    let inner = self.inner(&attributes, field.ty, false, "a variant of an enum of values");
                    branches.push(Branch { ident, value: Some(inner) });
                }
                Fields::Unit => {
                    let mut attributes = Attributes::read(&attrs, self.errors);
                    if attributes.flag("null").is_none() {
                        let message = "this enum is a union, for other variants have values: a variant without one is \
                                       null, which is marked with `#[avro(null)]`";
                        self.errors.add(&ident, message);
                    }
                    attributes.finish("a variant without a value");
                    nulls += 1;
                    if nulls > 1 {
                        self.errors.add(&ident, "a union has one null");
                    }
                    branches.push(Branch { ident, value: None });
                }
                _ => {
                    let message = "a variant of a union has one value: put the fields into a struct with \
                                   `#[derive(Avro)]`, and that into the variant";
                    self.errors.add(&ident, message);
                }
            }
        }
        Some(Body::Union(branches))
    }
}
