//! The Rust-shaped model to code.
//!
//! What is written survives any surroundings. Outside of function bodies every path to std and to the runtime is
//! absolute. Inside of them, short names come from `use` declarations of that body, and every path to a generated type
//! starts with `self` or `super`, so that a schema's type called `Option` or `Some` and these short names do not meet.
//!
//! Code is written as text that has its layout, and not as tokens for a printer: in the unoptimised build that build
//! scripts get, the tokens of 1,000 schemas take more than a second to make, and ten more to parse and print.

mod attributes;
mod code;
mod constants;
mod default;
mod doc;
mod enumeration;
mod field_type;
mod fixed;
mod lints;
mod module;
mod newtype;
mod record;
mod required;
mod resolved;
mod reuse;
mod serde;
mod union;
mod view;
mod wide;

use std::fmt::Arguments;

use crate::model::{FieldType, Item, Model};
use crate::options::{Choices, Pointers};
use crate::release::Releases;
use code::Code;

/// What generated code and the runtime agree on: the hidden items that the one uses and the other has. It changes with
/// every change of these, here and in `avro_typed::__private_code_version!`.
#[doc(hidden)]
pub const CODE_VERSION: u32 = 2;

/// Names the generator where the code is of another version than the runtime.
const GENERATOR: &str = concat!("avro-codegen ", env!("CARGO_PKG_VERSION"));

/// The code of everything in `model`.
pub(crate) fn emit(model: &Model<'_>, choices: &Choices<'_>, releases: &Releases) -> String {
    let scope = Scope::new(model, choices, releases);
    code::write(|out| {
        // First, so that its error comes before those about what the code does not find.
        out.line(format_args!("{}::__private_code_version!({CODE_VERSION}, \"{GENERATOR}\");", scope.runtime));
        module::content(scope, &model.root, out);
    })
}

/// The same in a module of that name, which has the types of `roots` at its top as well, where nothing else is called
/// so.
pub(crate) fn emit_module(
    model: &Model<'_>,
    choices: &Choices<'_>,
    releases: &Releases,
    (name, doc): (&str, &str),
    roots: &[usize],
) -> String {
    let scope = Scope::new(model, choices, releases);
    code::write(|out| {
        out.blank();
        out.line(format_args!("/// {doc}"));
        lints::allow(scope, out);
        out.block(format_args!("pub mod {name}"), |out| {
            module::content(Scope { allows_lints: true, ..scope }, &model.root, out);
            let mut names = model.names_at_the_top();
            for &root in roots {
                module::bring_to_the_top(&model.items[root], &mut names, out);
            }
        });
    })
}

/// An impl, of which `head` is what comes before its braces.
fn implementation(scope: Scope<'_>, head: Arguments<'_>, out: &mut Code<'_>, body: impl FnOnce(&mut Code<'_>)) {
    out.blank();
    lints::allow_in_impl(scope, out);
    out.block(head, body);
}

/// From where paths start.
#[derive(Clone, Copy)]
struct Scope<'m> {
    model: &'m Model<'m>,
    choices: &'m Choices<'m>,
    releases: &'m Releases,
    /// The path of the runtime crate.
    runtime: &'m str,
    /// The modules from the root to where the code is.
    module: &'m [String],
    /// Whether that is the body of a function, which may import short names.
    is_body: bool,
    /// The item which that is part of, and which is `Self` there.
    own: Option<usize>,
    /// The item whose view is `Self` there.
    own_view: Option<usize>,
    /// Whether a module around the root of the model allows lints already.
    allows_lints: bool,
}

impl<'m> Scope<'m> {
    /// From the root of the model.
    fn new(model: &'m Model<'m>, choices: &'m Choices<'m>, releases: &'m Releases) -> Scope<'m> {
        let runtime = choices.runtime();
        Scope {
            model,
            choices,
            releases,
            runtime,
            module: &[],
            is_body: false,
            own: None,
            own_view: None,
            allows_lints: false,
        }
    }

    /// From inside of a function's body here.
    fn in_body(self) -> Self {
        Scope { is_body: true, ..self }
    }

    /// From inside of the item or an impl of it. Only records contain themselves.
    fn with_own(self, item: usize) -> Self {
        Scope { own: Some(item), ..self }
    }

    /// From inside of the view of the item or an impl of it.
    fn with_own_view(self, item: usize) -> Self {
        Scope { own_view: Some(item), ..self }
    }

    /// Whether the type is the enum of a union.
    fn is_union(&self, ty: &FieldType) -> bool {
        matches!(ty.without_own(), FieldType::Item { item, .. } if self.model.items[*item].shape.is_union())
    }

    /// Whether the type's own serde impls write what is wanted. Otherwise they are the runtime's, by the Avro type.
    fn has_own_serde(&self, ty: &FieldType) -> bool {
        match ty {
            FieldType::Leaf(leaf) => leaf.rust.has_own_serde(),
            FieldType::Array(inner) | FieldType::Map { values: inner, .. } => self.has_own_serde(inner),
            // The index of a branch counts null.
            FieldType::Nullable { value, .. } if self.is_union(value) => matches!(**value, FieldType::Own { .. }),
            FieldType::Nullable { value, .. } => self.has_own_serde(value),
            FieldType::Sole(_) => false,
            // serde has impls for `Arc` only with a feature that is not ours to switch on.
            FieldType::Item { pointer, .. } => *pointer != Some(Pointers::Arc),
            FieldType::Own { .. } => true,
        }
    }

    /// The path to an item as the type of a value: in a signature or a struct just its name, when it is in the same
    /// module.
    fn path_of_value(&self, item: usize) -> String {
        let target = &self.model.items[item];
        if let Some(external) = &target.external {
            return external.path.clone();
        }
        if self.own == Some(item) {
            return "Self".to_owned();
        }
        if !self.is_body && target.module == self.module { target.name.clone() } else { self.path(item) }
    }

    /// The path to the view of an item that has one, for data of the lifetime `'a`.
    fn path_of_view(&self, item: usize) -> String {
        let target = &self.model.items[item];
        if self.own_view == Some(item) {
            return "Self".to_owned();
        }
        match &target.view_name {
            Some(name) if !self.is_body && target.module == self.module => format!("{name}<'a>"),
            Some(name) => format!("{}<'a>", self.path_to(target, name)),
            None => format!("<{} as {}::DecodeBorrowed>::View<'a>", self.path(item), self.runtime),
        }
    }

    /// The path to an item that is right in the body of a function, too.
    fn path(&self, item: usize) -> String {
        let target = &self.model.items[item];
        if let Some(external) = &target.external {
            return external.path.clone();
        }
        if self.own == Some(item) {
            return "Self".to_owned();
        }
        self.path_to(target, &target.name)
    }

    /// The path to something of that name in the module of an item.
    fn path_to(&self, target: &Item<'_>, name: &String) -> String {
        let shared = self.module.iter().zip(&target.module).take_while(|(here, there)| here == there).count();
        let mut path = match self.module.len() - shared {
            0 => "self".to_owned(),
            up => vec!["super"; up].join("::"),
        };
        for name in target.module[shared..].iter().chain([name]) {
            path.push_str("::");
            path.push_str(name);
        }
        path
    }
}
