//! Which Avro type a Rust type is written as: the marker that the codec of a field is chosen by.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{LitStr, Type};

use crate::attr::Attributes;
use crate::errors::Errors;
use crate::look::{Look, look, plain_name};

/// What the attributes choose for it.
#[derive(Clone)]
pub(crate) enum Wire {
    /// Nothing: the Rust type's own.
    Own,
    /// The marker of the whole type.
    Whole(Box<Type>),
    /// The marker of what is inside of options, lists and maps.
    Leaf(TokenStream),
}

impl Wire {
    /// The marker of `ty`. In an `Option`, `null` is at `null_branch`.
    pub(crate) fn marker(&self, ty: &Type, null_branch: usize, runtime: &syn::Path) -> TokenStream {
        // What the compiler reports about a marker belongs to the type.
        let span = ty.span();
        match (self, look(ty)) {
            (Wire::Whole(marker), _) => quote!(#marker),
            (Wire::Own, Look::Option(inner)) if null_branch > 0 => {
                let inner = self.marker(inner, 0, runtime);
                quote_spanned!(span=> <#inner as #runtime::Describe>::Optional<#null_branch>)
            }
            (Wire::Own, _) => quote_spanned!(span=> <#ty as #runtime::AvroValue>::Avro),
            (Wire::Leaf(_), Look::Option(inner)) => {
                let inner = self.marker(inner, 0, runtime);
                quote_spanned!(span=> <#inner as #runtime::Describe>::Optional<#null_branch>)
            }
            (Wire::Leaf(_), Look::List(inner)) => {
                let inner = self.marker(inner, 0, runtime);
                quote!(#runtime::avro::Array<#inner>)
            }
            (Wire::Leaf(_), Look::Map(inner)) => {
                let inner = self.marker(inner, 0, runtime);
                quote!(#runtime::avro::Map<#inner>)
            }
            (Wire::Leaf(_), Look::Pointer(inner)) => self.marker(inner, null_branch, runtime),
            (Wire::Leaf(marker), Look::Leaf) => marker.clone(),
        }
    }

    /// Reads `as`, `logical`, and what belongs to it, for `ty`. `has_fixed_name` is whether the place gives a fixed its
    /// name.
    pub(crate) fn read(
        attributes: &mut Attributes<'_>,
        ty: &Type,
        has_fixed_name: bool,
        runtime: &syn::Path,
        errors: &Errors,
    ) -> Wire {
        let marker = attributes.marker();
        let logical = attributes.text("logical");
        let parameters = Parameters {
            precision: attributes.number("precision"),
            scale: attributes.number("scale"),
            size: attributes.number("size"),
            has_fixed_name,
        };
        if logical.as_ref().is_none_or(|logical| logical.value() != "decimal") {
            parameters.refuse(errors);
        }
        match (marker, logical) {
            (None, None) => {
                refuse_without_own(ty, errors);
                Wire::Own
            }
            (Some(marker), None) => Wire::Whole(Box::new(marker)),
            (Some(_), Some(logical)) => {
                errors.add(logical, "`as` is the whole Avro type already: remove one of the two");
                Wire::Own
            }
            (None, Some(logical)) => {
                logical_marker(&logical, &parameters, runtime, errors).map_or(Wire::Own, Wire::Leaf)
            }
        }
    }
}

/// Reports the numbers of Rust that have no Avro type. The compiler would do so at every use in the code that is
/// made.
fn refuse_without_own(ty: &Type, errors: &Errors) {
    match look(ty) {
        Look::Option(inner) | Look::List(inner) | Look::Map(inner) | Look::Pointer(inner) => {
            return refuse_without_own(inner, errors);
        }
        Look::Leaf => {}
    }
    let name = plain_name(ty).unwrap_or_default();
    let help = match name.as_str() {
        "u64" | "usize" => "not all of its values fit a `long`: take `i64`, or a decimal",
        "i128" | "u128" => "not all of its values fit a `long`: take `i64`, a decimal or a fixed",
        "isize" => "its size depends on the machine: take `i64`",
        "u8" => "write it as an int with `#[avro(as = avro_typed::avro::Int)]`; `Vec<u8>` is bytes",
        "char" => "take a `String`, or a number",
        _ => return,
    };
    errors.add(ty, format!("`{name}` does not have an Avro type by itself: {help}"));
}

/// What decimals have.
struct Parameters {
    precision: Option<(u32, Span)>,
    scale: Option<(u32, Span)>,
    size: Option<(u32, Span)>,
    has_fixed_name: bool,
}

impl Parameters {
    fn refuse(&self, errors: &Errors) {
        for (name, parameter) in [("precision", self.precision), ("scale", self.scale), ("size", self.size)] {
            if let Some((_, span)) = parameter {
                errors.add_at(span, format!("`{name}` belongs to `logical = \"decimal\"`"));
            }
        }
    }

    fn decimal(&self, logical: &LitStr, runtime: &syn::Path, errors: &Errors) -> Option<TokenStream> {
        let Some((precision, precision_span)) = self.precision else {
            errors.add(logical, "a decimal needs `precision = …`, its largest number of digits");
            return None;
        };
        let (scale, scale_span) = self.scale.unwrap_or((0, precision_span));
        if precision == 0 {
            errors.add_at(precision_span, "a decimal has at least one digit");
        } else if scale > precision {
            errors.add_at(scale_span, format!("of {precision} digits, {scale} cannot be after the point"));
        }
        match (self.size, self.has_fixed_name) {
            (None, false) => Some(quote!(#runtime::avro::Decimal<#runtime::avro::Bytes, #precision, #scale>)),
            (Some((size, span)), true) => {
                let most = most_digits(size);
                if precision > most {
                    let message = format!("{size} bytes hold {most} digits, fewer than the precision of {precision}");
                    errors.add_at(span, message);
                }
                let size = size as usize;
                Some(quote!(#runtime::avro::Decimal<#runtime::avro::Fixed<#size>, #precision, #scale>))
            }
            (Some((_, span)), false) => {
                errors.add_at(span, "a decimal of a size is a fixed, which has a name: add `fixed = \"Name\"`");
                None
            }
            (None, true) => {
                errors.add(logical, "a decimal in a fixed needs `size = …`, its number of bytes");
                None
            }
        }
    }
}

/// The marker of a logical type by its Avro name.
fn logical_marker(
    logical: &LitStr,
    parameters: &Parameters,
    runtime: &syn::Path,
    errors: &Errors,
) -> Option<TokenStream> {
    let name = logical.value();
    match name.as_str() {
        "decimal" => return parameters.decimal(logical, runtime, errors),
        "uuid" if parameters.has_fixed_name => {
            return Some(quote!(#runtime::avro::Uuid<#runtime::avro::Fixed<16>>));
        }
        "uuid" => return Some(quote!(#runtime::avro::Uuid<#runtime::avro::Str>)),
        _ => {}
    }
    let Some((_, marker)) = LOGICAL_TYPES.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = LOGICAL_TYPES.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        errors.add(logical, format!("unknown logical type `{name}`; there are decimal, uuid, {known}"));
        return None;
    };
    let marker = syn::Ident::new(marker, logical.span());
    Some(quote!(#runtime::avro::#marker))
}

/// The logical types without parameters, and their markers.
pub(crate) const LOGICAL_TYPES: [(&str, &str); 11] = [
    ("big-decimal", "BigDecimal"),
    ("date", "Date"),
    ("time-millis", "TimeMillis"),
    ("time-micros", "TimeMicros"),
    ("timestamp-millis", "TimestampMillis"),
    ("timestamp-micros", "TimestampMicros"),
    ("timestamp-nanos", "TimestampNanos"),
    ("local-timestamp-millis", "LocalTimestampMillis"),
    ("local-timestamp-micros", "LocalTimestampMicros"),
    ("local-timestamp-nanos", "LocalTimestampNanos"),
    ("duration", "Duration"),
];

/// How many decimal digits fit so many bytes, one bit of which is the sign.
fn most_digits(size: u32) -> u32 {
    let bits = u64::from(size) * 8;
    // The logarithm of 2 to five digits: exact for any size that a decimal has.
    u32::try_from(bits.saturating_sub(1) * 30_103 / 100_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_fit_a_fixed() {
        // From the specification: floor(log10(2^(8 * size - 1) - 1)).
        for (size, digits) in [(0, 0), (1, 2), (2, 4), (4, 9), (8, 18), (12, 28), (16, 38), (32, 76)] {
            assert_eq!(most_digits(size), digits, "{size} bytes");
        }
    }
}
