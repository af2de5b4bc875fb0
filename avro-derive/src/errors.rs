//! Collects every mistake, so that one run of the compiler shows all of them.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The mistakes so far. Dropped without [`finish`](Errors::finish), it panics, since mistakes would get lost.
#[derive(Debug)]
pub(crate) struct Errors {
    list: RefCell<Option<Vec<syn::Error>>>,
}

impl Errors {
    pub(crate) fn new() -> Errors {
        Errors { list: RefCell::new(Some(Vec::new())) }
    }

    /// Adds a mistake at the place of `tokens`.
    pub(crate) fn add(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake at a place.
    pub(crate) fn add_at(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(list) = self.list.borrow_mut().as_mut() {
            list.push(error);
        }
    }

    /// `compile_error!` for each mistake, or `None` without any.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        let list = self.list.take();
        debug_assert!(list.is_some(), "there is a list until this takes it");
        let list = list.unwrap_or_default();
        let first = list.into_iter().reduce(|mut all, next| {
            all.combine(next);
            all
        });
        first.map(syn::Error::into_compile_error)
    }
}

/// The message for a state that cannot occur.
pub(crate) fn internal_error(what: &str) -> String {
    format!("internal error of avro-derive: {what}; please report it with the type and its schema")
}

/// What takes the place of code that cannot be made, as a type or as an expression.
pub(crate) fn internal_error_in_code(what: &str) -> TokenStream {
    let message = internal_error(what);
    quote!(::core::compile_error!(#message))
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.list.get_mut().is_some() {
            panic!("the errors of a derive were not looked at");
        }
    }
}
