//! What the type knows about its schema.

use avro_model::{Kind, Type};

use super::{Scope, literal};
use crate::code::Code;
use crate::model::Item;

/// `impl AvroType`.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, out: &mut Code) {
    let Scope { model, runtime, .. } = scope;
    let schema = model.set.schema_of(&Type::plain(Kind::Named(item.id)));
    out.blank();
    out.block(format_args!("impl {runtime}::AvroType for {}", item.name), |out| {
        out.line(format_args!("const FULLNAME: &'static str = \"{}\";", item.definition.name));
        out.blank();
        out.lines(&["#[inline]"]);
        out.block(format_args!("fn schema() -> &'static {runtime}::TypeSchema"), |out| {
            out.block(format_args!("const"), |out| {
                out.block(format_args!("&{runtime}::TypeSchema"), |out| {
                    out.line(format_args!("json: {},", literal::text(&schema.to_json())));
                    out.line(format_args!("source: {},", literal::text(model.set.source_text(item.definition))));
                    out.line(format_args!("fingerprint_crc64: 0x{:016x},", schema.fingerprint_crc64()));
                    let sha256 = literal::hexadecimal(&schema.fingerprint_sha256());
                    out.line(format_args!("fingerprint_sha256: *{sha256},"));
                });
            });
        });
    });
}
