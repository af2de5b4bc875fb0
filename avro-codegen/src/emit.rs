//! The Rust-shaped model to code.
//!
//! What is written survives any surroundings. Outside of function bodies every path to std and to the runtime is absolute.
//! Inside of them, short names come from `use` declarations of that body, and every path to a generated type starts with
//! `self` or `super`, so that a schema's type called `Option` or `Some` and these short names do not meet.
//!
//! Code is written as text that has its layout, and not as tokens for a printer: in the unoptimised build that build scripts
//! get, the tokens of 1,000 schemas take more than a second to make, and ten more to parse and print.

mod constants;
mod default;
mod doc;
mod enumeration;
mod field_type;
mod fixed;
mod literal;
mod module;
mod record;
mod resolved;
mod serde;

use crate::code::Code;
use crate::model::Model;

/// The code of everything in `model`, where `runtime` is the path of the runtime crate.
pub(crate) fn emit(model: &Model<'_>, runtime: &str) -> String {
    let mut out = Code::new();
    module::content(Scope { model, runtime, module: &[] }, &model.root, &mut out);
    out.into_text()
}

/// From where paths start.
#[derive(Clone, Copy)]
struct Scope<'m> {
    model: &'m Model<'m>,
    /// The path of the runtime crate.
    runtime: &'m str,
    /// The modules from the root to where the code stands.
    module: &'m [String],
}

impl Scope<'_> {
    /// The path to an item from a signature or a struct: just its name when it stands in the same module.
    fn path_in_signature(&self, item: usize) -> String {
        let target = &self.model.items[item];
        if target.module == self.module { target.name.clone() } else { self.path(item) }
    }

    /// The path to an item from a function's body.
    fn path(&self, item: usize) -> String {
        let target = &self.model.items[item];
        let shared = self.module.iter().zip(&target.module).take_while(|(here, there)| here == there).count();
        let mut path = match self.module.len() - shared {
            0 => "self".to_owned(),
            up => vec!["super"; up].join("::"),
        };
        for name in target.module[shared..].iter().chain([&target.name]) {
            path.push_str("::");
            path.push_str(name);
        }
        path
    }
}
