//! Avro names to Rust identifiers.
//!
//! The rules, in full; they look at one name at a time, so that a change elsewhere never renames anything:
//!
//! - Types and enum variants are UpperCamelCase, fields and modules snake_case.
//! - Words end at `_`, before a capital that follows a small letter or a digit, and before the last of several capitals
//!   when a small letter follows (`HTTPServer` is `http_server`). A type's word keeps its inner capitals (`HTTPServer`)
//!   unless it has capitals only (`CRITICAL` is `Critical`).
//! - Underscores before and after a name stay. Inner ones go from types, except between two digits.
//! - A name of underscores only gets one more, since `_` is no identifier.
//! - A Rust keyword is written raw (`r#type`); `self`, `Self`, `super` and `crate` cannot be, and get an underscore (`self_`).
//! - A module that is called like a primitive type gets an underscore (`str_`), since it would hide the type.
//!
//! What two names have in common after this is a collision, and [`check`](crate::check) reports it.

/// The name of a struct or an enum.
pub(crate) fn type_name(avro_name: &str) -> String {
    escape_keyword(with_outer_underscores(avro_name, upper_camel_case))
}

/// The name of an enum variant.
pub(crate) fn variant_name(symbol: &str) -> String {
    type_name(symbol)
}

/// The name of a struct's field.
pub(crate) fn field_name(avro_name: &str) -> String {
    escape_keyword(with_outer_underscores(avro_name, snake_case))
}

/// The name of the module for one segment of a namespace.
pub(crate) fn module_name(segment: &str) -> String {
    let name = field_name(segment);
    if PRIMITIVE_TYPES.contains(&name.as_str()) { name + "_" } else { name }
}

fn with_outer_underscores(avro_name: &str, convert: fn(&str) -> String) -> String {
    let core = avro_name.trim_matches('_');
    if core.is_empty() {
        return format!("{avro_name}_");
    }
    let leading = avro_name.len() - avro_name.trim_start_matches('_').len();
    let trailing = avro_name.len() - avro_name.trim_end_matches('_').len();
    let name = format!("{}{}{}", "_".repeat(leading), convert(core), "_".repeat(trailing));
    // Names of Avro schemas are ASCII; should a reader let others through, an odd name is better than a panic.
    name.replace(|character: char| !character.is_ascii_alphanumeric() && character != '_', "_")
}

fn upper_camel_case(core: &str) -> String {
    let mut name = String::with_capacity(core.len());
    for word in core.split('_').filter(|word| !word.is_empty()) {
        let digits_meet = name.ends_with(is_digit) && word.starts_with(is_digit);
        if digits_meet {
            name.push('_');
        }
        name.push_str(&capitalised(word));
    }
    // `X_Y_Z` must not become an acronym that clippy dislikes.
    if name.len() > 2 { capitalised(&name) } else { name }
}

/// The first letter as a capital; the others small, unless some of them already are.
fn capitalised(word: &str) -> String {
    let has_small_letters = word.contains(|character: char| character.is_ascii_lowercase());
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    let rest = if has_small_letters { rest.to_owned() } else { rest.to_ascii_lowercase() };
    first.to_ascii_uppercase() + &rest
}

fn snake_case(core: &str) -> String {
    let mut name = String::with_capacity(core.len() + 4);
    let mut before = '_';
    let mut characters = core.chars().peekable();
    while let Some(character) = characters.next() {
        let small_letter_follows = characters.peek().is_some_and(char::is_ascii_lowercase);
        let starts_word = character.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || is_digit(before)
                || (before.is_ascii_uppercase() && small_letter_follows));
        let repeats_underscore = character == '_' && before == '_';
        if starts_word {
            name.push('_');
        }
        if !repeats_underscore {
            name.push(character.to_ascii_lowercase());
        }
        before = character;
    }
    name
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn escape_keyword(name: String) -> String {
    if CANNOT_BE_RAW.contains(&name.as_str()) {
        return name + "_";
    }
    if KEYWORDS.contains(&name.as_str()) {
        return format!("r#{name}");
    }
    name
}

const CANNOT_BE_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// Strict and reserved keywords of every edition (The Rust Reference, "Keywords"), so that one output fits all editions.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

const PRIMITIVE_TYPES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16", "u32", "u64", "u8",
    "usize",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_upper_camel_case() {
        check(
            type_name,
            &[
                ("SensorAlert", "SensorAlert"),
                ("sensor_alert", "SensorAlert"),
                ("sensorAlert", "SensorAlert"),
                ("INFO", "Info"),
                ("NOT_FOUND", "NotFound"),
                ("HTTPServer", "HTTPServer"),
                ("URL", "Url"),
                ("X_Y_Z", "Xyz"),
                ("A", "A"),
                ("v1_0", "V1_0"),
                ("v1_beta", "V1Beta"),
                ("foo__bar", "FooBar"),
                ("_Foo", "_Foo"),
                ("foo_", "Foo_"),
                ("_1", "_1"),
                ("_2nd", "_2nd"),
                ("_", "__"),
                ("__", "___"),
                ("Self", "Self_"),
                ("self", "Self_"),
                ("Option", "Option"),
            ],
        );
    }

    #[test]
    fn fields_are_snake_case() {
        check(
            field_name,
            &[
                ("sensorId", "sensor_id"),
                ("sensor_id", "sensor_id"),
                ("SCREAMING_CASE", "screaming_case"),
                ("HTTPServer", "http_server"),
                ("userID", "user_id"),
                ("ipV4Address", "ip_v4_address"),
                ("address1", "address1"),
                ("address_1", "address_1"),
                ("MD5Hash", "md5_hash"),
                ("a__b", "a_b"),
                ("aB_C", "a_b_c"),
                ("_id", "_id"),
                ("id_", "id_"),
                ("_", "__"),
                ("_1", "_1"),
                ("type", "r#type"),
                ("Type", "r#type"),
                ("gen", "r#gen"),
                ("self", "self_"),
                ("super", "super_"),
                ("crate", "crate_"),
                ("extern", "r#extern"),
            ],
        );
    }

    #[test]
    fn modules_hide_no_primitive_type() {
        check(
            module_name,
            &[("com", "com"), ("fooBar", "foo_bar"), ("str", "str_"), ("u8", "u8_"), ("match", "r#match")],
        );
    }

    #[test]
    fn every_keyword_becomes_an_identifier() {
        for keyword in KEYWORDS.iter().chain(&CANNOT_BE_RAW) {
            let name = field_name(keyword);
            assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{name} is no identifier");
        }
    }

    fn check(convert: fn(&str) -> String, cases: &[(&str, &str)]) {
        for (avro_name, expected) in cases {
            assert_eq!(convert(avro_name), *expected, "for {avro_name}");
        }
    }
}
