//! Shapes as JSON.

use avro_model::{Json, Kind, Leniency, Schema, Type};

use super::shape::Shape;
use crate::invariant::always;

/// Appends the type as it is written in a record of `namespace`; `fixed` is the fullname of the fixed in it.
pub(super) fn shape(out: &mut String, shape: &Shape, namespace: Option<&str>, fixed: Option<&str>) {
    match shape {
        Shape::Primitive(name) => string(out, name),
        Shape::Logical { of: Shape::Fixed(_), .. } | Shape::Fixed(_) => {
            self::fixed(out, shape, fixed);
            out.push('}');
        }
        Shape::Logical { of, .. } => {
            out.push_str("{\"type\":");
            self::shape(out, of, namespace, fixed);
            logical(out, shape);
            out.push('}');
        }
        Shape::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            self::shape(out, items, namespace, fixed);
            out.push('}');
        }
        Shape::Map(values) => {
            out.push_str("{\"type\":\"map\",\"values\":");
            self::shape(out, values, namespace, fixed);
            out.push('}');
        }
        Shape::Union(branches) => union(out, branches, namespace, fixed),
        Shape::Nullable { value, null_branch } => union(out, &with_null(&[value], *null_branch), namespace, fixed),
        Shape::NullableUnion { branches, null_branch } => {
            union(out, &with_null(branches, *null_branch), namespace, fixed);
        }
        Shape::Named { fullname, .. } => reference(out, fullname, namespace),
        Shape::Unnamed { schema, .. } => match Schema::parse_leniently(schema().json, Leniency::ALL) {
            Ok(schema) => model_type(out, schema.root(), &schema, namespace),
            // Whoever links this text reports what is wrong with it.
            Err(_) => out.push_str(schema().json),
        },
    }
}

/// Appends the definition of a fixed without its closing brace.
pub(super) fn fixed(out: &mut String, shape: &Shape, fullname: Option<&str>) {
    opening(out, "fixed", always(fullname, "", "a fixed without a name does not compile"));
    if let Shape::Fixed(size) | Shape::Logical { of: Shape::Fixed(size), .. } = shape {
        out.push_str(&format!(",\"size\":{size}"));
    }
    logical(out, shape);
}

/// Appends the first attributes of a definition.
pub(super) fn opening(out: &mut String, kind: &str, fullname: &str) {
    out.push_str(&format!("{{\"type\":\"{kind}\",\"name\":"));
    string(out, fullname);
}

pub(super) fn string(out: &mut String, text: &str) {
    out.push_str(&Json::String(text.to_owned()).to_string());
}

fn logical(out: &mut String, shape: &Shape) {
    let Shape::Logical { name, digits, .. } = shape else { return };
    out.push_str(&format!(",\"logicalType\":\"{name}\""));
    if let Some((precision, scale)) = digits {
        out.push_str(&format!(",\"precision\":{precision},\"scale\":{scale}"));
    }
}

fn union(out: &mut String, branches: &[&'static Shape], namespace: Option<&str>, fixed: Option<&str>) {
    out.push('[');
    for (index, branch) in branches.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        shape(out, branch, namespace, fixed);
    }
    out.push(']');
}

fn with_null(branches: &[&'static Shape], null_branch: usize) -> Vec<&'static Shape> {
    let mut all = branches.to_vec();
    all.insert(null_branch.min(all.len()), &Shape::Primitive("null"));
    all
}

/// In a namespace, a name without dots would first be looked for there.
fn reference(out: &mut String, fullname: &str, namespace: Option<&str>) {
    match namespace {
        Some(_) if !fullname.contains('.') => string(out, &format!(".{fullname}")),
        _ => string(out, fullname),
    }
}

/// Appends a type of `schema`, in which named types are only referred to.
fn model_type(out: &mut String, ty: &Type, schema: &Schema, namespace: Option<&str>) {
    let (key, inner) = match &ty.kind {
        Kind::Union(branches) => {
            out.push('[');
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                model_type(out, branch, schema, namespace);
            }
            out.push(']');
            return;
        }
        Kind::Named(id) => return reference(out, schema.definition(*id).name.as_str(), namespace),
        Kind::Array(items) => ("items", Some(items)),
        Kind::Map(values) => ("values", Some(values)),
        _ => ("", None),
    };
    out.push_str("{\"type\":");
    string(out, always(ty.kind.name(), "", "named types are printed as references"));
    if let Some(inner) = inner {
        out.push_str(&format!(",\"{key}\":"));
        model_type(out, inner, schema, namespace);
    }
    for (name, value) in &ty.properties {
        out.push(',');
        string(out, name);
        out.push_str(&format!(":{value}"));
    }
    out.push('}');
}
