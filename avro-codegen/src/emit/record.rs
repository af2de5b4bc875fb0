//! Records: a struct, its constants, and its straight-line codec.

use super::code::Code;
use super::{
    Scope, attributes, constants, default, doc, field_type, implementation, lints, required, resolved, reuse, serde,
    wide,
};
use crate::literal;
use crate::model::{Item, RecordField};

/// Everything that is implemented for the struct, where `scope` is an impl of it.
pub(super) fn implementations(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    inherent(scope, item, fields, out);
    constants::emit(scope, item, out);
    default::implement(scope, item, fields, out);
    let fields_as_avro: Vec<AvroField<'_>> =
        fields.iter().map(|field| AvroField::new(scope, field, fields.len())).collect();
    encode(scope, item, &fields_as_avro, out);
    decode(scope, item, &fields_as_avro, out);
    serde::record(scope, item, fields, &fields_as_avro, out);
}

/// A field with what the codec needs of it, as code.
pub(super) struct AvroField<'m> {
    /// The identifier of the field.
    pub(super) name: &'m str,
    pub(super) index: usize,
    /// The variable that holds its value until all are there. All have as many digits: names of different lengths are
    /// too similar for clippy.
    pub(super) local: String,
    /// A string literal.
    pub(super) avro_name: String,
    pub(super) avro_type: String,
    /// As it is written in the body of a function.
    pub(super) rust_type: String,
    pub(super) needs_marker: bool,
}

impl<'m> AvroField<'m> {
    /// The field of a view.
    pub(super) fn of_view(scope: Scope<'_>, field: &'m RecordField<'_>, count: usize) -> AvroField<'m> {
        let rust_type = field_type::view_type(scope.in_body(), &field.ty);
        AvroField { rust_type, ..AvroField::new(scope, field, count) }
    }

    fn new(scope: Scope<'_>, field: &'m RecordField<'_>, count: usize) -> AvroField<'m> {
        let digits = if count > 10 { 2 } else { 1 };
        AvroField {
            name: &field.name,
            index: field.index,
            local: format!("field_{:0digits$}", field.index),
            avro_name: format!("\"{}\"", field.field.name),
            avro_type: field_type::avro_type(scope, &field.ty),
            rust_type: field_type::rust_type(scope.in_body(), &field.ty),
            needs_marker: field.ty.needs_marker(),
        }
    }
}

/// The struct of a record.
pub(super) fn structure(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    doc::of_item(item, out);
    required::mention(item, fields, out);
    lints::allow(scope, out);
    let default: &[&str] = if fields.is_empty() { &["Default"] } else { &[] };
    attributes::of_type(scope, item, &[item.facts.derives(), default].concat(), out);
    out.block(format_args!("pub struct {}", item.name), |out| {
        for field in fields {
            doc::of_field(field.field, scope.model.set, out);
            attributes::of_field(scope, item, field, out);
            out.line(format_args!("pub {}: {},", field.name, field_type::rust_type(scope, &field.ty)));
        }
    });
}

fn inherent(scope: Scope<'_>, item: &Item<'_>, fields: &[RecordField<'_>], out: &mut Code<'_>) {
    // The names of fields are asked for by serde alone.
    let has_serde = scope.choices.has_serde();
    if !has_serde && fields.iter().all(|field| field.default.is_none()) {
        return;
    }
    out.blank();
    lints::allow(scope, out);
    out.block(format_args!("impl {}", item.name), |out| {
        if has_serde {
            out.strings("const __AVRO_FIELDS", fields.iter().map(|field| field.field.name.as_str()));
        }
        default::functions(scope, fields, out);
    });
}

fn encode(scope: Scope<'_>, item: &Item<'_>, fields: &[AvroField<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl {runtime}::Encode for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.blank();
        inline(out);
        let writer = format!("{}: &mut {runtime}::Writer<'_>", argument("writer", fields));
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.function("fn encode", &["&self", &writer], returns, |out| {
            use_markers(scope, fields, out);
            nested(item, ("writer", "nested"), out, |out| {
                if wide::is_wide(fields) {
                    return wide::encode(fields, out);
                }
                for (index, field) in fields.iter().enumerate() {
                    let AvroField { name, avro_name, avro_type, .. } = field;
                    // The last call's result is the function's.
                    let tail = if index + 1 < fields.len() { "?;" } else { "" };
                    out.call(
                        format_args!("writer.field::<{avro_type}, _>"),
                        &[avro_name, &format!("&self.{name}")],
                        tail,
                    );
                }
                if fields.is_empty() {
                    out.lines(&["::core::result::Result::Ok(())"]);
                }
            });
        });
    });
}

fn decode(scope: Scope<'_>, item: &Item<'_>, fields: &[AvroField<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), out, |out| {
        out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(item.facts.min_size)));
        decode_functions(scope, item, fields, "nested", out);
        if item.facts.has_memory {
            reuse::record(scope, item, fields, out);
        }
    });
}

/// `Decode::decode` and `Decode::decode_by_plan` of a struct of these fields; `nested` is the reader's method for
/// recursive ones.
pub(super) fn decode_functions(
    scope: Scope<'_>,
    item: &Item<'_>,
    fields: &[AvroField<'_>],
    nested: &str,
    out: &mut Code<'_>,
) {
    let runtime = scope.runtime;
    out.blank();
    inline(out);
    let reader = format!("{}: &mut {runtime}::Reader<'a>", argument("reader", fields));
    let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
    out.function("fn decode", &[&reader], returns, |out| {
        use_markers(scope, fields, out);
        self::nested(item, ("reader", nested), out, |out| {
            if wide::is_wide(fields) {
                return wide::decode(fields, out);
            }
            out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
                for AvroField { name, avro_name, avro_type, .. } in fields {
                    out.call(format_args!("{name}: reader.field::<{avro_type}, _>"), &[avro_name], "?,");
                }
            });
        });
    });
    out.blank();
    resolved::record(scope, item, fields, nested, out);
}

/// A value that contains others of its type counts its depth, so that no data can exhaust the stack.
pub(super) fn nested(
    item: &Item<'_>,
    (cursor, method): (&str, &str),
    out: &mut Code<'_>,
    body: impl FnOnce(&mut Code<'_>),
) {
    if item.facts.is_recursive {
        out.block_with_end(format_args!("{cursor}.{method}(|{cursor}|"), "})", body);
    } else {
        body(out);
    }
}

/// The imports of the types that say how Avro encodes a field, where a field needs one, and of what a wide record
/// calls.
pub(super) fn use_markers(scope: Scope<'_>, fields: &[AvroField<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    match (wide::is_wide(fields), fields.iter().any(|field| field.needs_marker)) {
        (true, true) => out.line(format_args!("use {runtime}::{{__private, avro}};")),
        (true, false) => out.line(format_args!("use {runtime}::__private;")),
        (false, true) => out.line(format_args!("use {runtime}::avro;")),
        (false, false) => {}
    }
}

/// So that compilers make code of a type only in crates that use it: those for many schemas use few of their types. A
/// recursive function cannot be inlined anyway, but is made in the same way.
pub(super) fn inline(out: &mut Code<'_>) {
    out.lines(&["#[inline]"]);
}

/// A record without fields does not use its argument.
fn argument(name: &str, fields: &[AvroField<'_>]) -> String {
    if fields.is_empty() { format!("_{name}") } else { name.to_owned() }
}
