//! Unions: an enum with a variant for each branch that is not null.

use super::code::Code;
use super::{Scope, attributes, constants, doc, field_type, implementation, lints, reuse, serde, view};
use crate::literal;
use crate::lower::facts;
use crate::model::{FieldType, Item, UnionVariant};

/// A variant with what the codec needs of it, as code.
pub(super) struct Branch<'m> {
    /// The identifier of the variant.
    name: &'m str,
    /// Its name for serde, a string literal.
    avro_name: String,
    /// Its name in error paths, a string literal.
    short_name: String,
    avro_type: String,
    rust_type: String,
    ty: &'m FieldType,
}

/// The enum of a union and everything that is implemented for it.
pub(super) fn emit(scope: Scope<'_>, item: &Item<'_>, variants: &[UnionVariant], out: &mut Code<'_>) {
    let branches: Vec<Branch<'_>> = variants
        .iter()
        .map(|variant| Branch {
            name: &variant.name,
            avro_name: format!("\"{}\"", variant.branch),
            short_name: format!("\"{}\"", variant.branch.rsplit('.').next().unwrap_or_default()),
            avro_type: field_type::avro_type(scope, &variant.ty),
            rust_type: field_type::rust_type(scope, &variant.ty),
            ty: &variant.ty,
        })
        .collect();
    structure(scope, item, variants, &branches, out);
    constants::emit(scope, item, out);
    conversions(scope, item, &branches, out);
    union_impl(scope, item, &branches, out);
    decode_union(scope, &item.name, &branches, out, |out| {
        if item.facts.has_memory {
            decode_into(scope, &branches, out);
        }
    });
    encode(scope, item, out);
    decode(scope, item, out);
    serde_impls(scope, item, variants, &branches, out);
    view::union(scope, item, variants, &branches, out);
}

fn structure(
    scope: Scope<'_>,
    item: &Item<'_>,
    variants: &[UnionVariant],
    branches: &[Branch<'_>],
    out: &mut Code<'_>,
) {
    doc::of_union(variants, out);
    lints::allow(scope, out);
    attributes::of_type(scope, item, item.facts.derives(), out);
    out.block(format_args!("pub enum {}", item.name), |out| {
        for (variant, branch) in variants.iter().zip(branches) {
            doc::of_branch(&variant.branch, out);
            attributes::of_variant(scope, item, variant.short_branch(), out);
            out.line(format_args!("{}({}),", branch.name, branch.rust_type));
        }
    });
}

/// `From` for each type that only one of the branches has. What belongs behind a pointer is put there.
fn conversions(scope: Scope<'_>, item: &Item<'_>, branches: &[Branch<'_>], out: &mut Code<'_>) {
    let sources: Vec<(String, String)> = branches.iter().map(|branch| conversion(scope, branch)).collect();
    for (index, (branch, (source, value))) in branches.iter().zip(&sources).enumerate() {
        let is_repeated = sources.iter().enumerate().any(|(other, (ty, _))| other != index && ty == source);
        // Users' types may be other names for the types of other branches.
        if is_repeated || branch.ty.holds_own() {
            continue;
        }
        implementation(scope, format_args!("impl ::core::convert::From<{source}> for {}", item.name), out, |out| {
            out.lines(&["#[inline]"]);
            out.block(format_args!("fn from(value: {source}) -> Self"), |out| {
                out.line(format_args!("Self::{}({value})", branch.name));
            });
        });
    }
}

/// The type that a branch is made of, and the expression that makes it of a `value` of that type.
fn conversion(scope: Scope<'_>, branch: &Branch<'_>) -> (String, String) {
    match branch.ty {
        FieldType::Item { item, pointer: Some(pointer) } => {
            (scope.path_of_value(*item), format!("{}::new(value)", field_type::pointer(*pointer)))
        }
        _ => (branch.rust_type.clone(), "value".to_owned()),
    }
}

fn union_impl(scope: Scope<'_>, item: &Item<'_>, branches: &[Branch<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl {runtime}::Union for {}", item.name), out, |out| {
        out.line(format_args!("const BRANCHES: usize = {};", branches.len()));
        out.blank();
        out.lines(&["#[inline]"]);
        out.block(format_args!("fn branch(&self) -> usize"), |out| {
            match_self(branches, out, |index, branch, out| {
                out.line(format_args!("Self::{}(_) => {index},", branch.name))
            });
        });
        out.blank();
        let writer = format!("{}: &mut {runtime}::Writer<'_>", argument("writer", branches));
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.lines(&["#[inline]"]);
        out.function("fn encode_branch", &["&self", &writer], returns, |out| {
            use_avro(scope, branches, out);
            match_self(branches, out, |_, branch, out| {
                let head = format_args!("Self::{}(value) => writer.field::<{}, _>", branch.name, branch.avro_type);
                out.call(head, &[&branch.short_name, "value"], ",");
            });
        });
        if !scope.choices.has_serde() {
            return;
        }
        out.blank();
        let head = format!("fn serialize_branch<S: {runtime}::serde::Serializer>");
        let arguments =
            [format!("{}: u32", argument("index", branches)), format!("{}: S", argument("serializer", branches))];
        let returns = format_args!("::core::result::Result<S::Ok, S::Error>");
        out.function(&head, &["&self", &arguments[0], &arguments[1]], returns, |out| {
            serde::use_as(scope, branches.iter().map(|branch| branch.ty), out);
            match_self(branches, out, |_, branch, out| {
                let value = serde::serialized(scope, branch.ty, "value");
                let head = format_args!("Self::{}(value) => serializer.serialize_newtype_variant", branch.name);
                let name = format!("\"{}\"", item.avro_name());
                out.call(head, &[&name, "index", &branch.avro_name, &value], ",");
            });
        });
    });
}

/// `impl DecodeUnion` of an enum of that name, with what `more` writes.
pub(super) fn decode_union(
    scope: Scope<'_>,
    name: &str,
    branches: &[Branch<'_>],
    out: &mut Code<'_>,
    more: impl FnOnce(&mut Code<'_>),
) {
    let runtime = scope.runtime;
    let reader = format!("reader: &mut {runtime}::Reader<'a>");
    let step = format!("{}: {runtime}::PlanStep<'a>", argument("step", branches));
    let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
    let error = format!("{runtime}::__private::no_such_branch(reader, branch, {})", branches.len());
    implementation(scope, format_args!("impl<'a> {runtime}::DecodeUnion<'a> for {name}"), out, |out| {
        out.line(format_args!("const BRANCHES: usize = {};", branches.len()));
        out.blank();
        out.lines(&["#[inline]"]);
        out.function("fn decode_branch", &["branch: usize", &reader], returns, |out| {
            use_avro(scope, branches, out);
            match_branch(branches, &error, out, |index, branch, out| {
                let head = format_args!("{index} => reader.field::<{}, _>", branch.avro_type);
                out.call(head, &[&branch.short_name], &format!(".map(Self::{}),", branch.name));
            });
        });
        out.blank();
        let arguments = ["branch: usize", &reader, &step];
        out.lines(&["#[inline]"]);
        out.function("fn decode_branch_resolved", &arguments, returns, |out| {
            use_avro(scope, branches, out);
            match_branch(branches, &error, out, |index, branch, out| {
                let head = format_args!("{index} => step.field::<{}, _>", branch.avro_type);
                out.call(head, &["reader", &branch.short_name], &format!(".map(Self::{}),", branch.name));
            });
        });
        more(out);
    });
}

/// `DecodeUnion::decode_branch_into` and `decode_branch_resolved_into`: a value of the same branch has memory to use
/// again.
fn decode_into(scope: Scope<'_>, branches: &[Branch<'_>], out: &mut Code<'_>) {
    let runtime = scope.runtime;
    let reader = format!("reader: &mut {runtime}::Reader<'a>");
    let step = format!("step: {runtime}::PlanStep<'a>");
    let returns = format_args!("::core::result::Result<(), {runtime}::DecodeError>");
    let with_memory = || branches.iter().enumerate().filter(|(_, it)| facts::has_memory(it.ty, &scope.model.items));
    let functions: [(&str, &[&str], &str, &str); 2] = [
        ("decode_branch", &["&mut self", "branch: usize", &reader], "reader.field_into", ""),
        ("decode_branch_resolved", &["&mut self", "branch: usize", &reader, &step], "step.field_into", "reader, "),
    ];
    for (name, arguments, call, reader) in functions {
        out.blank();
        out.lines(&["#[inline]"]);
        out.function(&format!("fn {name}_into"), arguments, returns, |out| {
            serde::use_avro(scope, with_memory().any(|(_, branch)| branch.ty.needs_marker()), out);
            let arms: Vec<(String, String)> = with_memory()
                .map(|(index, branch)| {
                    let pattern = format!("({index}, Self::{}(value))", branch.name);
                    let call = format!("{call}::<{}, _>({reader}{}, value)", branch.avro_type, branch.short_name);
                    (pattern, call)
                })
                .collect();
            let step = if reader.is_empty() { "" } else { ", step" };
            let otherwise = |out: &mut Code<'_>| {
                out.line(format_args!("*self = Self::{name}(branch, reader{step})?;"));
                out.lines(&["::core::result::Result::Ok(())"]);
            };
            if let [(pattern, call)] = arms.as_slice() {
                out.line(format_args!("if let {pattern} = (branch, &mut *self) {{"));
                out.indented(|out| out.line(format_args!("{call}")));
                return out.block(format_args!("}} else"), otherwise);
            }
            out.block(format_args!("match (branch, &mut *self)"), |out| {
                for (pattern, call) in &arms {
                    out.line(format_args!("{pattern} => {call},"));
                }
                out.block(format_args!("_ =>"), otherwise);
            });
        });
    }
}

fn encode(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl {runtime}::Encode for {}", item.name), out, |out| {
        let writer = format!("writer: &mut {runtime}::Writer<'_>");
        let returns = format_args!("::core::result::Result<(), {runtime}::EncodeError>");
        out.lines(&["#[inline]"]);
        out.function("fn encode", &["&self", &writer], returns, |out| {
            out.line(format_args!("{runtime}::__private::encode_union(self, writer)"));
        });
    });
}

fn decode(scope: Scope<'_>, item: &Item<'_>, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    implementation(scope, format_args!("impl<'a> {runtime}::Decode<'a> for {}", item.name), out, |out| {
        out.line(format_args!("const MIN_SIZE: usize = {};", literal::number(item.facts.min_size)));
        decode_functions(scope, out);
        if item.facts.has_memory {
            let by_plan = format!("{runtime}::__private::decode_union_by_plan_into(self, reader, step)");
            let into = format!("{runtime}::__private::decode_union_into(self, reader)");
            reuse::calls(scope, false, &into, ("decode_by_plan_into", &by_plan), out);
        }
    });
}

/// `Decode::decode` and `Decode::decode_by_plan` of the enum of a union.
pub(super) fn decode_functions(scope: Scope<'_>, out: &mut Code<'_>) {
    let runtime = scope.runtime;
    out.blank();
    let reader = format!("reader: &mut {runtime}::Reader<'a>");
    let step = format!("step: {runtime}::PlanStep<'a>");
    let returns = format_args!("::core::result::Result<Self, {runtime}::DecodeError>");
    out.lines(&["#[inline]"]);
    out.function("fn decode", &[&reader], returns, |out| {
        out.line(format_args!("{runtime}::__private::decode_union(reader)"));
    });
    out.blank();
    out.lines(&["#[inline]"]);
    out.function("fn decode_by_plan", &[&reader, &step], returns, |out| {
        out.line(format_args!("{runtime}::__private::decode_union_by_plan(reader, step)"));
    });
}

fn serde_impls(
    scope: Scope<'_>,
    item: &Item<'_>,
    variants: &[UnionVariant],
    branches: &[Branch<'_>],
    out: &mut Code<'_>,
) {
    if !scope.choices.has_serde() {
        return;
    }
    let runtime = scope.runtime;
    serde::serialize(scope, item, out, |out| {
        out.line(format_args!("{runtime}::__private::serialize_union(self, serializer)"));
    });
    serde::deserialize(scope, item, out, |out| {
        out.line(format_args!("{runtime}::__private::deserialize_union(deserializer)"));
    });
    implementation(
        scope,
        format_args!("impl<'de> {runtime}::__private::DeserializeUnion<'de> for {}", item.name),
        out,
        |out| {
            out.line(format_args!("const NAME: &'static str = \"{}\";", item.avro_name()));
            out.strings("const BRANCH_NAMES", variants.iter().map(|variant| variant.branch.as_str()));
            out.blank();
            let head = format!("fn deserialize_branch<V: {runtime}::serde::de::VariantAccess<'de>>");
            let returns = format_args!("::core::result::Result<Self, V::Error>");
            let access = format!("{}: V", argument("access", branches));
            out.function(&head, &["branch: usize", &access], returns, |out| {
                use_avro(scope, branches, out);
                let error = format!("{runtime}::__private::no_such_variant(branch)");
                match_branch(branches, &error, out, |index, branch, out| {
                    let marker = field_type::serde_type(scope, branch.ty);
                    let head = format_args!("{index} => {runtime}::__private::branch_value::<{marker}, _, _>");
                    out.call(head, &["access"], &format!(".map(Self::{}),", branch.name));
                });
            });
        },
    );
}

/// `match self` with an arm for each variant.
fn match_self(branches: &[Branch<'_>], out: &mut Code<'_>, mut arm: impl FnMut(usize, &Branch<'_>, &mut Code<'_>)) {
    // A reference is not known to have no value.
    let scrutinee = if branches.is_empty() { "*self" } else { "self" };
    out.block(format_args!("match {scrutinee}"), |out| {
        branches.iter().enumerate().for_each(|(index, branch)| arm(index, branch, out));
    });
}

/// `match branch` with an arm for each variant, and `error` for other numbers.
fn match_branch(
    branches: &[Branch<'_>],
    error: &str,
    out: &mut Code<'_>,
    mut arm: impl FnMut(usize, &Branch<'_>, &mut Code<'_>),
) {
    if branches.is_empty() {
        return out.line(format_args!("::core::result::Result::Err({error})"));
    }
    out.block(format_args!("match branch"), |out| {
        branches.iter().enumerate().for_each(|(index, branch)| arm(index, branch, out));
        out.line(format_args!("_ => ::core::result::Result::Err({error}),"));
    });
}

fn use_avro(scope: Scope<'_>, branches: &[Branch<'_>], out: &mut Code<'_>) {
    serde::use_avro(scope, branches.iter().any(|branch| branch.ty.needs_marker()), out);
}

/// A union without branches does not use its argument.
fn argument(name: &str, branches: &[Branch<'_>]) -> String {
    if branches.is_empty() { format!("_{name}") } else { name.to_owned() }
}
