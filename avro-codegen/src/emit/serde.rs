//! The serde impls, written out: no derive macro runs in the build of those who use generated types.

use super::code::Code;
use super::record::AvroField;
use super::{Scope, default, field_type, implementation, resolved, wide};
use crate::model::{FieldType, Item, RecordField};

/// A record is a struct with the Avro names; a missing field takes its default.
pub(super) fn record(
    scope: Scope<'_>,
    item: &Item<'_>,
    fields: &[RecordField<'_>],
    avro_fields: &[AvroField<'_>],
    out: &mut Code<'_>,
) {
    if !scope.choices.has_serde() {
        return;
    }
    let runtime = scope.runtime;
    let avro_name = item.avro_name();
    serialize(scope, item, out, |out| {
        out.line(format_args!("use {runtime}::serde::ser::SerializeStruct as _;"));
        if wide::is_wide(fields) {
            out.line(format_args!("use {runtime}::__private;"));
        }
        use_as(scope, fields.iter().map(|field| &field.ty), out);
        let mutable = if fields.is_empty() { "" } else { "mut " };
        let head = format_args!("let {mutable}record = serializer.serialize_struct");
        out.call(head, &[&format!("\"{avro_name}\""), &fields.len().to_string()], "?;");
        let line = |index: usize, AvroField { name, avro_name, .. }: &AvroField<'_>, out: &mut Code<'_>| {
            let value = serialized(scope, &fields[index].ty, &format!("&self.{name}"));
            out.call(format_args!("record.serialize_field"), &[avro_name, &value], "?;");
        };
        if wide::is_wide(fields) {
            wide::serialize(avro_fields, out, line);
        } else {
            avro_fields.iter().for_each(|field| line(field.index, field, out));
        }
        out.lines(&["record.end()"]);
    });
    deserialize(scope, item, out, |out| {
        let head = format_args!("{runtime}::__private::deserialize_record");
        out.call(head, &["deserializer", &format!("\"{avro_name}\""), "Self::__AVRO_FIELDS"], "");
    });
    implementation(
        scope,
        format_args!("impl<'de> {runtime}::__private::RecordFields<'de> for {}", item.name),
        out,
        |out| {
            let argument = format!("fields: &mut {runtime}::__private::Fields<M>");
            let head = format!("fn from_fields<M: {runtime}::serde::de::MapAccess<'de>>");
            out.function(&head, &[&argument], format_args!("::core::result::Result<Self, M::Error>"), |out| {
                from_fields(scope, fields, avro_fields, out);
            });
        },
    );
}

fn from_fields(scope: Scope<'_>, fields: &[RecordField<'_>], avro_fields: &[AvroField<'_>], out: &mut Code<'_>) {
    let is_wide = wide::is_wide(fields);
    resolved::use_short_names(avro_fields, !is_wide && fields.iter().any(|field| field.default.is_none()), out);
    use_avro(scope, fields.iter().any(|field| field.ty.needs_marker() && !scope.has_own_serde(&field.ty)), out);
    if is_wide {
        return wide::from_fields(scope, fields, avro_fields, out);
    }
    resolved::empty_locals(avro_fields, out);
    if fields.is_empty() {
        out.block(format_args!("while fields.next()?.is_some()"), |out| out.lines(&["fields.ignore()?;"]));
    } else {
        out.block(format_args!("while let Some(field) = fields.next()?"), |out| {
            out.block_with_end(format_args!("match field"), "}?;", |out| {
                for (field, AvroField { index, local, .. }) in fields.iter().zip(avro_fields) {
                    if scope.has_own_serde(&field.ty) {
                        out.line(format_args!("{index} => fields.value(&mut {local}),"));
                    } else {
                        let marker = field_type::serde_type(scope, &field.ty);
                        out.line(format_args!("{index} => fields.value_as::<{marker}, _>(&mut {local}),"));
                    }
                }
                out.lines(&["_ => fields.ignore(),"]);
            });
        });
    }
    out.block_with_end(format_args!("::core::result::Result::Ok(Self"), "})", |out| {
        for (field, AvroField { name, local, avro_name, .. }) in fields.iter().zip(avro_fields) {
            if field.default.is_some() {
                let function = default::function_name(field);
                out.line(format_args!("{name}: {local}.unwrap_or_else(Self::{function}),"));
            } else {
                let missing = format_args!("return Err(fields.missing({avro_name}))");
                out.line(format_args!("{name}: match {local} {{ Some(value) => value, None => {missing} }},"));
            }
        }
    });
}

/// A newtype is what it contains.
pub(super) fn newtype(scope: Scope<'_>, item: &Item<'_>, of: &FieldType, out: &mut Code<'_>) {
    let private = format!("{}::__private", scope.runtime);
    let marker = field_type::serde_type(scope, of);
    serialize(scope, item, out, |out| {
        use_avro(scope, of.needs_marker(), out);
        out.line(format_args!("{private}::SerializeAs::<{marker}>::serialize_as(&self.0, serializer)"));
    });
    deserialize(scope, item, out, |out| {
        use_avro(scope, of.needs_marker(), out);
        out.line(format_args!("{private}::DeserializeAs::<{marker}>::deserialize_as(deserializer).map(Self)"));
    });
}

/// The import of the runtime's module of Avro types, where one of them is named.
pub(super) fn use_avro(scope: Scope<'_>, is_needed: bool, out: &mut Code<'_>) {
    if is_needed {
        out.line(format_args!("use {}::avro;", scope.runtime));
    }
}

/// The imports for [`serialized`].
pub(super) fn use_as<'t>(scope: Scope<'_>, types: impl Iterator<Item = &'t FieldType>, out: &mut Code<'_>) {
    let without_own: Vec<&FieldType> = types.filter(|ty| !scope.has_own_serde(ty)).collect();
    if !without_own.is_empty() {
        out.line(format_args!("use {}::__private::As;", scope.runtime));
        use_avro(scope, without_own.iter().any(|ty| ty.needs_marker()), out);
    }
}

/// The expression for what `value`, a reference, is serialized as.
pub(super) fn serialized(scope: Scope<'_>, ty: &FieldType, value: &str) -> String {
    if scope.has_own_serde(ty) {
        return value.to_owned();
    }
    format!("&As::<{}, _>::new({value})", field_type::serde_type(scope, ty))
}

/// `impl Serialize` around `body`, which has `serializer`, if serde is wanted.
pub(super) fn serialize(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    serialize_as(scope, &item.name, out, body);
}

/// The same for the type of that name.
pub(super) fn serialize_as(scope: Scope<'_>, name: &str, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    if !scope.choices.has_serde() {
        return;
    }
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl {runtime}::serde::Serialize for {name}"), out, |out| {
        let head = format!("fn serialize<S: {runtime}::serde::Serializer>");
        out.function(&head, &["&self", "serializer: S"], format_args!("::core::result::Result<S::Ok, S::Error>"), body);
    });
}

/// `impl Deserialize` around `body`, which has `deserializer`, if serde is wanted.
pub(super) fn deserialize(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    if !scope.choices.has_serde() {
        return;
    }
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl<'de> {runtime}::serde::Deserialize<'de> for {}", item.name), out, |out| {
        let head = format!("fn deserialize<D: {runtime}::serde::Deserializer<'de>>");
        out.function(&head, &["deserializer: D"], format_args!("::core::result::Result<Self, D::Error>"), body);
    });
}
