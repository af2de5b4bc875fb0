//! What can be seen of a type by its name.

use syn::{GenericArgument, PathArguments, Type};

/// What a type is to the eye. A macro sees names only, so that an alias is a [`Leaf`](Look::Leaf).
pub(crate) enum Look<'t> {
    Option(&'t Type),
    List(&'t Type),
    Map(&'t Type),
    /// A box, an `Arc` or a reference.
    Pointer(&'t Type),
    Leaf,
}

/// Looks at `ty`.
pub(crate) fn look(ty: &Type) -> Look<'_> {
    match ty {
        Type::Group(group) => look(&group.elem),
        Type::Paren(paren) => look(&paren.elem),
        Type::Reference(reference) => Look::Pointer(&reference.elem),
        Type::Slice(slice) if !is_plain(&slice.elem, "u8") => Look::List(&slice.elem),
        Type::Path(path) if path.qself.is_none() => {
            let Some(last) = path.path.segments.last() else { return Look::Leaf };
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return Look::Leaf };
            let types: Vec<&Type> = arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                })
                .collect();
            match (last.ident.to_string().as_str(), types.as_slice()) {
                ("Option", [inner]) => Look::Option(inner),
                ("Vec", [inner]) if !is_plain(inner, "u8") => Look::List(inner),
                ("HashMap", [_, inner] | [_, inner, _]) | ("BTreeMap", [_, inner]) => Look::Map(inner),
                ("Box" | "Arc", [inner]) => Look::Pointer(inner),
                _ => Look::Leaf,
            }
        }
        _ => Look::Leaf,
    }
}

/// Whether `ty` is a path that ends in `name`, without arguments.
pub(crate) fn is_plain(ty: &Type, name: &str) -> bool {
    plain_name(ty).is_some_and(|plain| plain == name)
}

/// The last name of a path without arguments.
pub(crate) fn plain_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Group(group) => plain_name(&group.elem),
        Type::Paren(paren) => plain_name(&paren.elem),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            matches!(last.arguments, PathArguments::None).then(|| last.ident.to_string())
        }
        _ => None,
    }
}

/// The Avro type without a name that a type stands for which everybody knows by its Rust name.
pub(crate) fn known_kind(ty: &Type) -> Option<&'static str> {
    if let Type::Tuple(tuple) = ty
        && tuple.elems.is_empty()
    {
        return Some("null");
    }
    let bytes = match ty {
        Type::Slice(slice) => is_plain(&slice.elem, "u8"),
        Type::Path(path) => match path.path.segments.last().map(|last| (last.ident == "Vec", &last.arguments)) {
            Some((true, PathArguments::AngleBracketed(arguments))) => {
                matches!(arguments.args.first(), Some(GenericArgument::Type(item)) if is_plain(item, "u8"))
            }
            _ => false,
        },
        _ => false,
    };
    if bytes {
        return Some("bytes");
    }
    Some(match plain_name(ty)?.as_str() {
        "bool" => "boolean",
        "i8" | "u8" | "i16" | "u16" | "i32" => "int",
        "u32" | "i64" => "long",
        "f32" => "float",
        "f64" => "double",
        "String" | "str" => "string",
        _ => return None,
    })
}
