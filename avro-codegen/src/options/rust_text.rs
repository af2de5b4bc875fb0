//! Rust code that users write as text: checked when it is set, and written out as it is.

use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, GenericArgument, Ident, Path, PathArguments, PathSegment, Token, Type};

/// Why a text is not the Rust code that it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RustTextError {
    /// No path to a type or a module.
    #[error("`{text}` is not a Rust path; write it as in `{example}`")]
    Path {
        /// What was given.
        text: String,
        /// One that would do.
        example: &'static str,
    },
    /// A path whose meaning depends on the module that it is in.
    #[error(
        "`{text}` means something else in every module; start it with `crate::`, or with `::` and the name of a crate"
    )]
    Relative {
        /// The path.
        text: String,
    },
    /// No type that owns its value.
    #[error(
        "`{text}` is not a type that can be named here; write a path, as in `crate::OrderId` or `crate::Checked<_>`"
    )]
    Type {
        /// What was given.
        text: String,
    },
    /// No attributes.
    #[error("`{text}` is not made of attributes; write them as in `#[derive(PartialOrd)]`")]
    Attributes {
        /// What was given.
        text: String,
    },
    /// No list of derive macros.
    #[error("`{text}` is not a list of traits to derive; write it as in `PartialOrd, ::my_crate::MyTrait`")]
    Derives {
        /// What was given.
        text: String,
    },
    /// No identifier.
    #[error("`{text}` is not a Rust identifier; write one as in `Payload`")]
    Identifier {
        /// What was given.
        text: String,
    },
}

/// A path that means the same in every module, without arguments.
pub(super) fn path(text: &str, example: &'static str) -> Result<String, RustTextError> {
    let error = || RustTextError::Path { text: text.to_owned(), example };
    let path: Path = syn::parse_str(text).map_err(|_| error())?;
    if path.segments.iter().any(|segment| !segment.arguments.is_empty()) {
        return Err(error());
    }
    if !is_absolute(&path) {
        return Err(RustTextError::Relative { text: text.to_owned() });
    }
    Ok(text.trim().to_owned())
}

/// A type that means the same in every module. A `_` in it is a type that is filled in later.
pub(super) fn owned_type(text: &str) -> Result<String, RustTextError> {
    let ty: Type = syn::parse_str(text).map_err(|_| RustTextError::Type { text: text.to_owned() })?;
    if matches!(ty, Type::Infer(_)) {
        return Err(RustTextError::Type { text: text.to_owned() });
    }
    check_type(&ty, text)?;
    Ok(text.trim().to_owned())
}

fn check_type(ty: &Type, text: &str) -> Result<(), RustTextError> {
    match ty {
        Type::Infer(_) => Ok(()),
        Type::Array(array) => check_type(&array.elem, text),
        Type::Tuple(tuple) => tuple.elems.iter().try_for_each(|element| check_type(element, text)),
        Type::Paren(inner) => check_type(&inner.elem, text),
        Type::Path(path) if path.qself.is_none() => {
            if !is_absolute(&path.path) && !is_primitive(&path.path) {
                return Err(RustTextError::Relative { text: text.to_owned() });
            }
            path.path.segments.iter().try_for_each(|segment| check_arguments(segment, text))
        }
        _ => Err(RustTextError::Type { text: text.to_owned() }),
    }
}

fn check_arguments(segment: &PathSegment, text: &str) -> Result<(), RustTextError> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Ok(()) };
    arguments.args.iter().try_for_each(|argument| match argument {
        GenericArgument::Type(ty) => check_type(ty, text),
        GenericArgument::Const(_) => Ok(()),
        _ => Err(RustTextError::Type { text: text.to_owned() }),
    })
}

fn is_absolute(path: &Path) -> bool {
    path.leading_colon.is_some() || path.segments.first().is_some_and(|first| first.ident == "crate")
}

fn is_primitive(path: &Path) -> bool {
    const PRIMITIVE_TYPES: [&str; 17] = [
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32", "u64",
        "u8", "usize",
    ];
    path.get_ident().is_some_and(|name| PRIMITIVE_TYPES.iter().any(|primitive| name == primitive))
}

/// `text` with what `filling` gives for every `_`.
pub(crate) fn fill(text: &str, filling: impl Fn() -> String) -> String {
    let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_word) {
        let (before, from_word) = rest.split_at(start);
        let (word, after) = from_word.split_at(from_word.find(|c| !is_of_word(c)).unwrap_or(from_word.len()));
        filled.push_str(before);
        match word {
            "_" => filled.push_str(&filling()),
            word => filled.push_str(word),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// One or more outer attributes.
pub(super) fn attributes(text: &str) -> Result<String, RustTextError> {
    match Attribute::parse_outer.parse_str(text) {
        Ok(attributes) if !attributes.is_empty() => Ok(text.trim().to_owned()),
        _ => Err(RustTextError::Attributes { text: text.to_owned() }),
    }
}

/// The paths of derive macros, comma-separated.
pub(super) fn derives(text: &str) -> Result<Vec<String>, RustTextError> {
    let error = || RustTextError::Derives { text: text.to_owned() };
    let paths = Punctuated::<Path, Token![,]>::parse_terminated.parse_str(text).map_err(|_| error())?;
    let plain = paths.iter().all(|path| path.segments.iter().all(|segment| segment.arguments.is_empty()));
    if paths.is_empty() || !plain {
        return Err(error());
    }
    Ok(text.split(',').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// The name of a type.
pub(crate) fn identifier(text: &str) -> Result<String, RustTextError> {
    match syn::parse_str::<Ident>(text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err(RustTextError::Identifier { text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    #[test]
    fn paths_mean_the_same_everywhere() {
        let path = |text: &str| path(text, "crate::Money");
        accepts(path, &["crate::Money", "::shared::com::acme", "crate::r#type::Money"]);
        let is_relative = |error: &RustTextError| matches!(error, RustTextError::Relative { .. });
        refuses(path, is_relative, &["Money", "self::Money", "super::Money", "shared::Money"]);
        let is_no_path = |error: &RustTextError| matches!(error, RustTextError::Path { .. });
        refuses(path, is_no_path, &["", "crate::", "a b", "crate::Money<u8>", "[u8; 4]", "crate::Money;"]);
    }

    #[test]
    fn types_are_paths_with_arguments() {
        let valid = ["crate::Id", "u64", "[u8; 4]", "crate::Map<_>", "(u8, ::a::B)", "crate::Few<crate::Id, 3>"];
        accepts(owned_type, &valid);
        let is_relative = |error: &RustTextError| matches!(error, RustTextError::Relative { .. });
        refuses(owned_type, is_relative, &["Id", "Vec<u8>", "crate::Map<String>", "self::Id"]);
        let is_no_type = |error: &RustTextError| matches!(error, RustTextError::Type { .. });
        let invalid = ["", "_", "&'static str", "dyn ::a::B", "impl ::a::B", "fn()", "<u8 as ::a::B>::C", "a b", "!"];
        refuses(owned_type, is_no_type, &invalid);
    }

    #[test]
    fn holes_are_filled() {
        for (text, expected) in [
            ("crate::Map<_>", "crate::Map<u8>"),
            ("crate::_Map<_, _1>", "crate::_Map<u8, _1>"),
            ("(_, crate::A_)", "(u8, crate::A_)"),
            ("crate::Id", "crate::Id"),
        ] {
            assert_eq!(fill(text, || "u8".to_owned()), expected, "{text}");
        }
    }

    #[test]
    fn attributes_are_outer_attributes() {
        let is_expected = |error: &RustTextError| matches!(error, RustTextError::Attributes { .. });
        accepts(attributes, &["#[derive(PartialOrd)]", " #[a] #[b(c = \"]\")]\n", "#[cfg_attr(test, derive(A))]"]);
        let invalid = ["", "derive(PartialOrd)", "#![allow(x)]", "#[a] struct B;", "#[a", "#[a]]", "#[a] }"];
        refuses(attributes, is_expected, &invalid);
    }

    #[test]
    fn derives_are_paths() {
        let is_expected = |error: &RustTextError| matches!(error, RustTextError::Derives { .. });
        assert_eq!(derives("PartialOrd, ::a::B ,").unwrap(), ["PartialOrd", "::a::B"]);
        refuses(derives, is_expected, &["", ",", "#[derive(A)]", "A B", "A<B>", "A,,B"]);
    }

    #[test]
    fn identifiers_are_no_keywords() {
        let is_expected = |error: &RustTextError| matches!(error, RustTextError::Identifier { .. });
        accepts(identifier, &["Payload", "r#type", "_P"]);
        refuses(identifier, is_expected, &["", "type", "2nd", "a::B", "A B", "_"]);
    }

    fn accepts<T: Debug>(read: impl Fn(&str) -> Result<T, RustTextError>, texts: &[&str]) {
        for text in texts {
            read(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        }
    }

    fn refuses<T: Debug>(
        read: impl Fn(&str) -> Result<T, RustTextError>,
        is_expected: impl Fn(&RustTextError) -> bool,
        texts: &[&str],
    ) {
        for text in texts {
            let error = read(text).expect_err(text);
            assert!(is_expected(&error), "{text:?}: {error:?}");
        }
    }
}
