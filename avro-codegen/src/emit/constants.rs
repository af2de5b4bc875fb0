//! What the type knows about its schema.

use avro_model::{Kind, Type};

use super::Scope;
use crate::code::Code;
use crate::literal;
use crate::model::{Item, Origin};

/// `impl AvroType`, for what is a schema of its own.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    let Scope { model, runtime, .. } = scope;
    let (schema, source) = match item.origin {
        Origin::Definition { id, definition } => {
            (model.set.schema_of(&Type::plain(Kind::Named(id))), model.set.source_text(definition))
        }
        Origin::Root(root) => {
            let source = model.set.sources().get(root.source.0);
            let text = source.map_or("", |source| source.text.trim_start_matches('\u{feff}').trim());
            (model.set.schema_of(&root.ty), text)
        }
        Origin::Union { .. } => return,
    };
    let (crc64, sha256) = schema.fingerprints();
    // A schema without a name is called like its kind, as in Java.
    let fullname = schema.root().kind.name().unwrap_or(&item.fullname);
    out.blank();
    out.block(format_args!("impl {runtime}::AvroType for {}", item.name), |out| {
        out.line(format_args!("const FULLNAME: &'static str = \"{fullname}\";"));
        out.blank();
        out.lines(&["#[inline]"]);
        out.block(format_args!("fn schema() -> &'static {runtime}::TypeSchema"), |out| {
            out.block(format_args!("const"), |out| {
                out.block(format_args!("&{runtime}::TypeSchema"), |out| {
                    out.line(format_args!("json: {},", literal::text(&schema.to_json())));
                    out.line(format_args!("source: {},", literal::text(source)));
                    out.line(format_args!("fingerprint_crc64: 0x{crc64:016x},"));
                    out.line(format_args!("fingerprint_sha256: *{},", literal::hexadecimal(&sha256)));
                });
            });
        });
    });
}
