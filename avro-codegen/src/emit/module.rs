//! Modules, one for each namespace.

use super::code::Code;
use super::{Scope, doc, enumeration, fixed, lints, newtype, record, required, union, view};
use crate::model::{Item, Module, Origin, Shape};

/// The content of a module: its types, then its submodules.
pub(super) fn content(scope: Scope<'_>, module: &Module, out: &mut Code<'_>) {
    for &index in &module.items {
        out.blank();
        item(scope, index, out);
    }
    for submodule in &module.modules {
        out.blank();
        doc::of_module(&submodule.namespace, out);
        lints::allow(scope, out);
        let mut path = scope.module.to_vec();
        path.push(submodule.name.clone());
        out.block(format_args!("pub mod {}", submodule.name), |out| {
            content(Scope { module: &path, ..scope }, submodule, out);
        });
    }
}

/// Lets the type, and the struct of its required fields, be used by their names alone, unless `names` has these
/// already.
pub(super) fn bring_to_the_top(item: &Item<'_>, names: &mut Vec<String>, out: &mut Code<'_>) {
    if item.module.is_empty() || item.external.is_some() {
        return;
    }
    let path = item.module.join("::");
    for name in item.names() {
        if !names.contains(name) {
            out.blank();
            out.line(format_args!("pub use self::{path}::{name};"));
            names.push(name.clone());
        }
    }
}

/// A type and everything that is implemented for it.
fn item(scope: Scope<'_>, index: usize, out: &mut Code<'_>) {
    let item = &scope.model.items[index];
    match &item.shape {
        Shape::Record { fields } => {
            let own = scope.with_own(index);
            record::structure(own, item, fields, out);
            required::emit(scope, item, fields, out);
            record::implementations(own, item, fields, out);
            view::record(scope, index, fields, out);
        }
        Shape::Enumeration { variants, default } => enumeration::emit(scope, item, variants, *default, out),
        Shape::Fixed { size } => fixed::emit(scope, item, *size, out),
        Shape::Newtype { of } => newtype::emit(scope, item, of, out),
        Shape::Union { variants } => union::emit(scope, item, variants, out),
    }
    if !matches!(item.origin, Origin::Union { .. }) {
        out.blank();
        out.line(format_args!("{}::__private_generated!({});", scope.runtime, item.name));
    }
}
