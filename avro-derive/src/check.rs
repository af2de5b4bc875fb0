//! A derived type against the type in its schema file: every difference, at its place in Rust and with that in the
//! schema.

use avro_model::{DefinitionKind, Enum, Record, Step};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{GenericParam, Type};

use crate::ast::{Body, Container, Field, Symbol, span_of};
use crate::errors::{Errors, internal_error_in_code};
use crate::fit::{Fit, Fitting};
use crate::names;
use crate::schema_file::SchemaFile;

/// What a schema file has about a type that matches it.
pub(crate) struct FileType {
    fullname: String,
    json: String,
    /// Those of the fields in their order; the one of a fixed.
    fits: Vec<Fit>,
    /// Where the type of each field is, and what it is.
    expected: Vec<String>,
}

impl FileType {
    /// Compares the two. What differs is reported.
    pub(crate) fn check(container: &Container, file: &SchemaFile, errors: &Errors) -> FileType {
        let definition = file.definition();
        let mut parameters = container.generics.params.iter();
        if let Some(parameter) = parameters.find(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
            errors.add(parameter, "a type with parameters has many schemas, and the file has one");
        }
        let fitting = Fitting { set: &file.set, runtime: &container.runtime };
        let is_subset = container.is_subset();
        let json = match &container.body {
            Body::Record(fields) if is_subset => subset_json(fields, file),
            _ => file.schema().to_json(),
        };
        let fullname = definition.name.to_string();
        let mut checked = FileType { fullname, json, fits: Vec::new(), expected: Vec::new() };
        match (&container.body, &definition.kind) {
            (Body::Record(fields), DefinitionKind::Record(record)) => {
                checked.fields(container, fields, record, &Comparison { file, fitting: &fitting, errors });
            }
            (Body::Enum { .. }, DefinitionKind::Enum(_)) | (Body::Fixed(_), DefinitionKind::Fixed { .. })
                if is_subset =>
            {
                let message = format!("`subset` leaves out fields, and `{}` is not a record", definition.name);
                errors.add(&container.ident, message);
            }
            (Body::Enum { symbols, .. }, DefinitionKind::Enum(schema)) => {
                check_symbols(container, symbols, schema, file, errors);
            }
            (Body::Fixed(inner), DefinitionKind::Fixed { size }) => {
                checked.fits.push(fitting.fixed(&inner.ty, *size, definition.logical));
            }
            (_, kind) => {
                let expected = match kind {
                    DefinitionKind::Record(_) => "a record, which is a struct with named fields",
                    DefinitionKind::Enum(_) => "an enum, which is an enum of variants without values",
                    DefinitionKind::Fixed { .. } => "a fixed, which is a tuple struct of one field",
                };
                let message = format!("`{}` is {expected}; see {}", definition.name, file.place(&[]));
                errors.add(&container.ident, message);
            }
        }
        checked
    }

    pub(crate) fn fullname(&self) -> &str {
        &self.fullname
    }

    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// The marker of the field or of the fixed.
    pub(crate) fn marker(&self, index: usize) -> TokenStream {
        let fit = self.fits.get(index).map(|fit| fit.marker.clone());
        fit.unwrap_or_else(|| internal_error_in_code("a field was not compared with the schema file"))
    }

    /// What the compiler has to check: that Rust types which a macro knows by name only are of the schema's types.
    pub(crate) fn shape_checks<'t>(&self, types: impl Iterator<Item = &'t Type>, runtime: &syn::Path) -> TokenStream {
        let checks = types.zip(&self.fits).zip(&self.expected).filter(|((_, fit), _)| fit.is_own).map(
            |((ty, Fit { marker, shape, .. }), expected)| {
                let message = format!("this Rust type is of another Avro type than {expected}");
                quote_spanned! {span_of(ty)=>
                    const _: () =
                        ::core::assert!(<#marker as #runtime::Describe>::SHAPE.same(&#shape), #message);
                }
            },
        );
        checks.collect()
    }
}

/// The schema of the fields of a subset, as far as they are in the schema. Named types in it are only named: the Rust
/// types of its fields define them, and may be subsets themselves. Only fixed may be arrays, which define nothing.
fn subset_json(fields: &[Field], file: &SchemaFile) -> String {
    let schema = file.schema();
    let DefinitionKind::Record(record) = &file.definition().kind else { return schema.to_json() };
    let is_in_schema = |name: &&str| record.fields.iter().any(|field| field.name == *name);
    let names = fields.iter().filter(|field| !field.is_skipped).map(|field| field.name.text.as_str());
    let names: Vec<&str> = names.filter(is_in_schema).collect();
    let subset = schema.subset(&names).unwrap_or(schema);
    subset.to_json_without(|definition| {
        definition.name != file.definition().name && !matches!(definition.kind, DefinitionKind::Fixed { .. })
    })
}

/// What a record is compared with.
struct Comparison<'c> {
    file: &'c SchemaFile,
    fitting: &'c Fitting<'c>,
    errors: &'c Errors,
}

impl FileType {
    fn fields(&mut self, container: &Container, fields: &[Field], record: &Record, comparison: &Comparison<'_>) {
        let Comparison { file, fitting, errors } = comparison;
        let sent: Vec<&Field> = fields.iter().filter(|field| !field.is_skipped).collect();
        // A subset is read by the names of its fields, so it has no fields too few, and none at a wrong place.
        let is_subset = container.is_subset();
        let mut is_complete = !is_subset;
        for (index, schema) in record.fields.iter().enumerate() {
            if is_subset || sent.iter().any(|field| field.name.text == schema.name) {
                continue;
            }
            is_complete = false;
            let place = file.place(&[Step::Key("fields"), Step::Index(index)]);
            let ty = fitting.spell(&schema.ty);
            let message = format!("no field for `{}`, which is of type {ty} ({place})", schema.name);
            errors.add(&container.ident, message);
        }
        for field in &sent {
            let name = &field.name.text;
            let Some(index) = record.fields.iter().position(|schema| schema.name == *name) else {
                is_complete = false;
                let place = file.place(&[Step::Key("fields")]);
                let free = record
                    .fields
                    .iter()
                    .map(|schema| schema.name.as_str())
                    .filter(|name| sent.iter().all(|field| field.name.text != **name));
                let help = names::closest(name, free).map_or_else(
                    || "keep it out of the data with `#[avro(skip)]`, or take it out".to_owned(),
                    |close| format!("did you mean `#[avro(rename = \"{close}\")]`?"),
                );
                errors.add_at(field.name.span, format!("the schema has no field `{name}` ({place}); {help}"));
                continue;
            };
            let Some(schema) = record.fields.get(index) else { continue };
            let place = file.place(&[Step::Key("fields"), Step::Index(index), Step::Key("type")]);
            self.expected.push(format!("{} at {place}", fitting.spell(&schema.ty)));
            match fitting.fit(&field.ty, &schema.ty) {
                Ok(fit) => self.fits.push(fit),
                Err(difference) => errors.add(&field.ty, format!("field `{name}`: {difference} ({place})")),
            }
        }
        if !is_complete {
            return;
        }
        let moved = sent.iter().zip(&record.fields).find(|(field, schema)| field.name.text != schema.name);
        if let Some((field, schema)) = moved {
            let place = file.place(&[Step::Key("fields")]);
            let message = format!(
                "`{}` is here, and `{}` in the schema ({place}): fields are encoded in their order",
                field.name.text, schema.name
            );
            errors.add_at(field.name.span, message);
        }
    }
}

fn check_symbols(container: &Container, symbols: &[Symbol], schema: &Enum, file: &SchemaFile, errors: &Errors) {
    let place = file.place(&[Step::Key("symbols")]);
    let mut is_complete = true;
    for missing in schema.symbols.iter().filter(|known| symbols.iter().all(|symbol| symbol.symbol.text != **known)) {
        is_complete = false;
        errors.add(&container.ident, format!("no variant for the symbol `{missing}` ({place})"));
    }
    for symbol in symbols.iter().filter(|symbol| !schema.symbols.contains(&symbol.symbol.text)) {
        is_complete = false;
        let name = &symbol.symbol.text;
        let help = names::closest(name, schema.symbols.iter().map(String::as_str))
            .map_or_else(String::new, |close| format!("; did you mean `#[avro(rename = \"{close}\")]`?"));
        errors.add_at(symbol.symbol.span, format!("the schema has no symbol `{name}` ({place}){help}"));
    }
    let moved = symbols.iter().zip(&schema.symbols).find(|(symbol, known)| symbol.symbol.text != **known);
    if let Some((symbol, known)) = moved.filter(|_| is_complete) {
        let message = format!(
            "`{}` is here, and `{known}` in the schema ({place}): symbols are encoded by their position",
            symbol.symbol.text
        );
        errors.add_at(symbol.symbol.span, message);
    }
}
