//! Walks over the tokens of types.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

/// The lifetime of the data that a value is read from. Users may have one of any other name.
pub(crate) const DATA_LIFETIME: &str = "__avro";

/// Whether `ident` is among the tokens.
pub(crate) fn mentions(tokens: TokenStream, ident: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == *ident,
        TokenTree::Group(group) => mentions(group.stream(), ident),
        _ => false,
    })
}

/// Whether a lifetime is among the tokens of a type.
pub(crate) fn mentions_lifetime(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '\'',
        TokenTree::Group(group) => mentions_lifetime(group.stream()),
        _ => false,
    })
}

/// The tokens with `own` in place of `Self`, which cannot be used outside of an impl.
pub(crate) fn without_self(tokens: TokenStream, own: &TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => own.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_self(group.stream(), own));
            inner.set_span(group.span());
            TokenTree::Group(inner).into()
        }
        other => other.into(),
    });
    replaced.collect()
}

/// The type with every lifetime taken for `'static`, for places where no lifetime is declared.
pub(crate) fn with_static_lifetimes(tokens: TokenStream) -> TokenStream {
    with_lifetimes(tokens, "static")
}

/// The type as it is read: it borrows from the data, which lives long enough for the type's own lifetimes.
pub(crate) fn as_read(tokens: TokenStream) -> TokenStream {
    with_lifetimes(tokens, DATA_LIFETIME)
}

fn with_lifetimes(tokens: TokenStream, lifetime: &str) -> TokenStream {
    let mut is_lifetime = false;
    let replaced = tokens.into_iter().map(|token| {
        let was_quote = std::mem::take(&mut is_lifetime);
        match token {
            TokenTree::Punct(punct) => {
                is_lifetime = punct.as_char() == '\'';
                TokenTree::Punct(punct)
            }
            TokenTree::Ident(ident) if was_quote => TokenTree::Ident(Ident::new(lifetime, ident.span())),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_lifetimes(group.stream(), lifetime));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        }
    });
    replaced.collect()
}
