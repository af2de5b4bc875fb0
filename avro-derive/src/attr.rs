//! `#[avro(…)]` and documentation comments.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token, Type};

use crate::errors::Errors;
use crate::names;

/// The attributes of one place. Those that are asked for are those that are allowed there;
/// [`finish`](Attributes::finish) reports the others.
pub(crate) struct Attributes<'e> {
    errors: &'e Errors,
    items: Vec<Item>,
    asked: Vec<&'static str>,
}

/// `key` or `key = value`.
struct Item {
    key: Ident,
    value: Value,
}

enum Value {
    None,
    Literal(Lit),
    Type(Box<Type>),
}

/// `default`, which may have a value.
pub(crate) enum FlagOrText {
    Flag,
    Text(LitStr),
}

impl<'e> Attributes<'e> {
    pub(crate) fn read(attributes: &[Attribute], errors: &'e Errors) -> Attributes<'e> {
        let mut items = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("avro")) {
            match attribute.parse_args_with(Punctuated::<Item, Token![,]>::parse_terminated) {
                Ok(list) => items.extend(list),
                Err(error) => errors.push(error),
            }
        }
        Attributes { errors, items, asked: Vec::new() }
    }

    /// Whether `key` is there, and where; it must have no value.
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<Span> {
        let item = self.take(key)?;
        if !matches!(item.value, Value::None) {
            self.errors.add(&item.key, format!("`{key}` takes no value"));
        }
        Some(item.key.span())
    }

    /// The text of `key = "text"`.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<LitStr> {
        let item = self.take(key)?;
        self.expect_text(item)
    }

    /// The texts of a `key` that may be repeated.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<LitStr> {
        self.asked.push(key);
        let (taken, rest) = self.items.drain(..).partition(|item| item.key == key);
        self.items = rest;
        let taken: Vec<Item> = taken;
        taken.into_iter().filter_map(|item| self.expect_text(item)).collect()
    }

    /// `key`, or `key = "text"`.
    pub(crate) fn flag_or_text(&mut self, key: &'static str) -> Option<FlagOrText> {
        let item = self.take(key)?;
        match item.value {
            Value::None => Some(FlagOrText::Flag),
            _ => self.expect_text(item).map(FlagOrText::Text),
        }
    }

    /// The number of `key = 12`.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<(u32, Span)> {
        let item = self.take(key)?;
        if let Value::Literal(Lit::Int(number)) = &item.value {
            return match number.base10_parse() {
                Ok(value) => Some((value, number.span())),
                Err(error) => {
                    self.errors.push(error);
                    None
                }
            };
        }
        self.errors.add(&item.key, format!("expected a number: `{key} = 12`"));
        None
    }

    /// The type of `as = Type`.
    pub(crate) fn marker(&mut self) -> Option<Type> {
        match self.take("as")?.value {
            Value::Type(ty) => Some(*ty),
            // What is not a type did not parse.
            _ => None,
        }
    }

    /// Reports what nobody asked for. `place` is what the attributes belong to.
    pub(crate) fn finish(self, place: &str) {
        for item in &self.items {
            let key = item.key.unraw().to_string();
            let message = match names::closest(&key, self.asked.iter().copied()) {
                _ if ALL_KEYS.contains(&key.as_str()) => format!("`{key}` has no meaning on {place}"),
                Some(similar) => format!("unknown attribute `{key}`; did you mean `{similar}`?"),
                None => {
                    let keys: Vec<String> = self.asked.iter().map(|key| format!("`{key}`")).collect();
                    format!("unknown attribute `{key}`; on {place} there are {}", keys.join(", "))
                }
            };
            self.errors.add(&item.key, message);
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Item> {
        self.asked.push(key);
        let first = self.items.iter().position(|item| item.key == key)?;
        let item = self.items.remove(first);
        while let Some(second) = self.items.iter().position(|item| item.key == key) {
            self.errors.add(&self.items.remove(second).key, format!("`{key}` is given twice"));
        }
        Some(item)
    }

    fn expect_text(&self, item: Item) -> Option<LitStr> {
        match item.value {
            Value::Literal(Lit::Str(text)) => Some(text),
            _ => {
                let key = item.key.unraw();
                self.errors.add(&item.key, format!("expected a text: `{key} = \"…\"`"));
                None
            }
        }
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Item> {
        let key = input.call(Ident::parse_any)?;
        if input.peek(syn::token::Paren) {
            return Err(syn::Error::new(input.span(), format!("expected `{key} = …`, without parentheses")));
        }
        if !input.peek(Token![=]) {
            return Ok(Item { key, value: Value::None });
        }
        input.parse::<Token![=]>()?;
        if key == "as" {
            return Ok(Item { key, value: Value::Type(Box::new(input.parse()?)) });
        }
        Ok(Item { key, value: Value::Literal(input.parse()?) })
    }
}

/// Every key that means something somewhere.
const ALL_KEYS: [&str; 20] = [
    "rename",
    "rename_all",
    "namespace",
    "alias",
    "doc",
    "default",
    "logical",
    "precision",
    "scale",
    "fixed",
    "size",
    "as",
    "skip",
    "transparent",
    "null",
    "other",
    "schema",
    "name",
    "subset",
    "crate",
];

/// The text of the documentation comments.
pub(crate) fn documentation(attributes: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
        {
            // A block comment is one attribute of many lines.
            lines.extend(text.value().lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()));
        }
    }
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Whether `#[default]` is there, the attribute of `#[derive(Default)]`.
pub(crate) fn is_rust_default(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("default"))
}
