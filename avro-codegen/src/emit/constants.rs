//! What the type knows about its schema.

use avro_model::{Kind, Type};

use super::code::Code;
use super::{Scope, implementation};
use crate::literal;
use crate::model::{Item, Origin};
use crate::release::{Release, TypeId};

/// `impl AvroType`, for what is a schema of its own.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    let Scope { model, runtime, .. } = scope;
    let (schema, place) = match item.origin {
        Origin::Definition { id, .. } => (model.set.schema_of(&Type::plain(Kind::Named(id))), TypeId::Definition(id)),
        Origin::Root(root) => (model.set.schema_of(&root.ty), TypeId::Root(root.source)),
        Origin::Union { .. } => return,
    };
    let (crc64, sha256) = schema.fingerprints();
    // A schema without a name is called like its kind, as in Java.
    let fullname = schema.root().kind.name().unwrap_or(&item.fullname);
    implementation(scope, format_args!("impl {runtime}::AvroType for {}", item.name), out, |out| {
        out.line(format_args!("const FULLNAME: &'static str = \"{fullname}\";"));
        out.blank();
        out.lines(&["#[inline]"]);
        out.block(format_args!("fn schema() -> &'static {runtime}::TypeSchema"), |out| {
            out.block(format_args!("const"), |out| {
                out.line(format_args!("&{runtime}::TypeSchema::new("));
                out.indented(|out| {
                    out.line(format_args!("{},", literal::text(&schema.to_json())));
                    out.line(format_args!("{},", literal::hexadecimal_number(crc64.into(), 16)));
                    out.line(format_args!("*{},", literal::hexadecimal(&sha256)));
                    released(scope, place, out);
                });
                out.lines(&[")"]);
            });
        });
    });
}

/// Where the schema is released.
fn released(scope: Scope<'_>, place: TypeId, out: &mut Code<'_>) {
    let Some(releases) = scope.releases.get(&place).filter(|releases| !releases.is_empty()) else {
        return out.lines(&["&[],"]);
    };
    // A constant of its own: what a function returns in the arguments of another one does not outlive the call.
    out.lines(&["const {", "    &["]);
    for Release { subject, version, guid, ids } in releases {
        let (runtime, subject, version) = (scope.runtime, literal::text(subject), literal::number(version));
        let ids: Vec<String> =
            ids.iter().map(|(name, id)| format!("({}, {})", literal::text(name), literal::number(id))).collect();
        let ids = ids.join(", ");
        out.line(format_args!("        {runtime}::Released::new({subject}, {version}, \"{guid}\", &[{ids}]),"));
    }
    out.lines(&["    ]", "},"]);
}
