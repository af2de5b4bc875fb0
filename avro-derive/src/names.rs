//! Avro names (Avro 1.12, "Names").

use std::collections::HashMap;

use proc_macro2::Span;
use syn::LitStr;

use crate::errors::Errors;

/// What to do about a Rust name that Avro does not take.
pub(crate) const NAME_HELP: &str = "; write another one with `#[avro(rename = \"…\")]`";

/// The message for what is not a name.
pub(crate) fn invalid(name: &str) -> String {
    format!("`{name}` is not a valid Avro name: use only the letters a to z, digits and `_`, and no digit first")
}

/// A name and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct AvroName {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl AvroName {
    /// The given name, or one that was made of a Rust identifier.
    pub(crate) fn new(given: Option<LitStr>, made: impl FnOnce() -> (String, Span), errors: &Errors) -> AvroName {
        let is_given = given.is_some();
        let (text, span) = given.map_or_else(made, |given| (given.value(), given.span()));
        if !is_name(&text) {
            let help = if is_given { "" } else { NAME_HELP };
            errors.add_at(span, invalid(&text) + help);
        }
        AvroName { text, span }
    }
}

/// Reports names that appear twice.
pub(crate) fn check_unique<'n>(names: impl Iterator<Item = &'n AvroName>, what: &str, errors: &Errors) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for name in names {
        if let Some(first) = seen.get(name.text.as_str()) {
            let mut error = syn::Error::new(name.span, format!("two {what} are called `{}` in Avro", name.text));
            error.combine(syn::Error::new(*first, "the other one"));
            errors.push(error);
            continue;
        }
        seen.insert(&name.text, name.span);
    }
}

/// Whether it is a name without dots.
pub(crate) fn is_name(text: &str) -> bool {
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts_well && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether it is one name or several with dots between.
pub(crate) fn is_fullname(text: &str) -> bool {
    text.split('.').all(is_name)
}

/// The fullname of `name`, which brings its own namespace or is in `namespace`.
pub(crate) fn in_namespace(name: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) if !name.contains('.') => format!("{namespace}.{name}"),
        _ => name.to_owned(),
    }
}

/// The one of `candidates` that is meant, if one is like `name`.
pub(crate) fn closest<'c>(name: &str, mut candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates.find(|candidate| is_similar(candidate, name))
}

/// Whether two names are equal but for one letter, a plural, underscores and case, or one begins with the other.
pub(crate) fn is_similar(known: &str, given: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    let (known, given) = (plain(known), plain(given));
    let (shorter, longer) = if known.len() < given.len() { (&known, &given) } else { (&given, &known) };
    if known == given || (shorter.len() > 3 && longer.starts_with(shorter.as_str())) {
        return true;
    }
    let common_start = known.bytes().zip(given.bytes()).take_while(|(one, two)| one == two).count();
    let common_end = known.bytes().rev().zip(given.bytes().rev()).take_while(|(one, two)| one == two).count();
    shorter.len() > 3 && longer.len() - shorter.len() <= 1 && common_start + common_end + 1 >= longer.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_slips_for_others() {
        for (known, given) in [
            ("rename_all", "renameAll"),
            ("created", "createdAt"),
            ("alias", "aliases"),
            ("LOW", "Low"),
            ("skip", "skipp"),
        ] {
            assert!(is_similar(known, given), "{known} and {given}");
            assert!(is_similar(given, known), "{given} and {known}");
        }
        for (known, given) in [("id", "ids"), ("first", "last"), ("name", "note"), ("as", "is")] {
            assert!(!is_similar(known, given), "{known} and {given}");
        }
    }

    #[test]
    fn names_and_fullnames() {
        assert!(is_name("_a1") && !is_name("1a") && !is_name("") && !is_name("a.b") && !is_name("größe"));
        assert!(is_fullname("com.example.Order") && !is_fullname("com..Order") && !is_fullname(".Order"));
        assert_eq!(in_namespace("Order", Some("shop")), "shop.Order");
        assert_eq!(in_namespace("other.Order", Some("shop")), "other.Order");
    }
}
