//! Avro names to Rust identifiers. Names of one scope that come out the same are told apart in
//! [`naming`](crate::naming).
//!
#![doc = include_str!("../names.md")]

use super::{Wanted, tell_apart};

/// The name of a struct or an enum.
pub(crate) fn type_name(avro_name: &str) -> String {
    escape_keyword(with_outer_underscores(avro_name, upper_camel_case))
}

/// The name of an enum's variant for a symbol or for a branch of a union.
pub(crate) fn variant_name(avro_name: &str) -> String {
    type_name(avro_name)
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

/// The name of the type for a schema without a name, in the file at `path`.
pub(crate) fn root_name(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = if stem.is_empty() { "schema" } else { stem };
    type_name(&if stem.starts_with(is_digit) { format!("_{stem}") } else { stem.to_owned() })
}

/// The names of a record's fields, all different.
pub(crate) fn field_names<'n>(avro_names: impl Iterator<Item = &'n str>) -> Vec<String> {
    tell_apart(avro_names.map(|name| Wanted::new(name, field_name(name))).collect(), "_")
}

/// The names of an enum's variants, all different.
pub(crate) fn variant_names<'n>(avro_names: impl Iterator<Item = &'n str>) -> Vec<String> {
    tell_apart(avro_names.map(|name| Wanted::new(name, variant_name(name))).collect(), "")
}

fn with_outer_underscores(avro_name: &str, convert: fn(&str) -> String) -> String {
    if avro_name.is_empty() {
        return "__".to_owned();
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !avro_name.bytes().all(is_plain) || avro_name.starts_with(is_digit) {
        return of_any_text(avro_name, convert);
    }
    if !avro_name.starts_with('_') && !avro_name.ends_with('_') {
        return convert(avro_name);
    }
    let core = avro_name.trim_matches('_');
    if core.is_empty() {
        return format!("{avro_name}_");
    }
    let leading = avro_name.len() - avro_name.trim_start_matches('_').len();
    let trailing = avro_name.trim_end_matches('_').len();
    format!("{}{}{}", &avro_name[..leading], convert(core), &avro_name[trailing..])
}

/// The same for what is not a name by the specification: of a file, or let through by a lenient reader.
fn of_any_text(text: &str, convert: fn(&str) -> String) -> String {
    let words = text.replace(|character: char| !character.is_alphanumeric(), "_");
    let core = words.trim_matches('_');
    let digit_is_first = core.starts_with(char::is_numeric);
    let name = format!("{}{}", if digit_is_first { "_" } else { "" }, convert(core));
    let is_identifier = syn::parse_str::<syn::Ident>(&name).is_ok() || KEYWORDS.binary_search(&name.as_str()).is_ok();
    if !core.is_empty() && (is_identifier || core.is_ascii()) {
        return name;
    }
    with_outer_underscores(&text.replace(|character: char| !character.is_ascii_alphanumeric(), "_"), convert)
}

fn upper_camel_case(core: &str) -> String {
    // Most names need nothing, and build scripts are not optimised.
    let mut bytes = core.bytes();
    let is_capital_first = bytes.next().is_some_and(|first| first.is_ascii_uppercase());
    if is_capital_first && !core.contains('_') && bytes.next().is_some_and(|second| second.is_ascii_lowercase()) {
        return core.to_owned();
    }
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
    let has_small_letters = word.contains(char::is_lowercase);
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    let rest = if has_small_letters { rest.to_owned() } else { rest.to_lowercase() };
    first.to_uppercase() + &rest
}

fn snake_case(core: &str) -> String {
    // Most names need nothing, and build scripts are not optimised.
    if core.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return core.to_owned();
    }
    let mut name = String::with_capacity(core.len() + 4);
    let mut before = '_';
    let mut characters = core.chars().peekable();
    while let Some(character) = characters.next() {
        let small_letter_follows = characters.peek().is_some_and(|next| next.is_lowercase());
        let starts_word = character.is_uppercase()
            && (before.is_lowercase() || is_digit(before) || (before.is_uppercase() && small_letter_follows));
        let repeats_underscore = character == '_' && before == '_';
        if starts_word {
            name.push('_');
        }
        if !repeats_underscore {
            name.extend(character.to_lowercase());
        }
        before = character;
    }
    name
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn escape_keyword(name: String) -> String {
    if name.len() > LONGEST_KEYWORD {
        return name;
    }
    if KEYWORDS.binary_search(&name.as_str()).is_ok() {
        return format!("r#{name}");
    }
    if CANNOT_BE_RAW.contains(&name.as_str()) {
        return name + "_";
    }
    name
}

static CANNOT_BE_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// Strict and reserved keywords of every edition (The Rust Reference, "Keywords"), so that one output fits all
/// editions; sorted. These lists are statics, since without optimisation a constant array is copied for every use.
static KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

const LONGEST_KEYWORD: usize = "abstract".len();

static PRIMITIVE_TYPES: [&str; 17] = [
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
                ("2nd", "_2nd"),
                ("1", "_1"),
                ("1²", "_1"),
                ("order-placed$v1", "OrderPlacedV1"),
                ("♠", "__"),
                ("", "__"),
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
                ("1ns", "_1ns"),
                ("order-id", "order_id"),
                ("$ref", "r#ref"),
                ("self-", "self_"),
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
    fn files_name_their_schemas() {
        check(
            root_name,
            &[
                ("prices.avsc", "Prices"),
                ("schemas/daily-prices.v1.avsc", "DailyPricesV1"),
                ("C:\\schemas\\dailyPrices.avsc", "DailyPrices"),
                ("2024-prices.avsc", "_2024Prices"),
                ("self.avsc", "Self_"),
                ("schemas/Prices", "Prices"),
                ("schemas/", "Schema"),
                (".avsc", "Schema"),
                ("", "Schema"),
                ("-.avsc", "__"),
                ("prix-été.avsc", "PrixÉté"),
                ("価格.avsc", "価格"),
            ],
        );
    }

    #[test]
    fn letters_of_all_scripts_stay() {
        check(
            field_name,
            &[("étatCivil", "état_civil"), ("ÉtatCivil", "état_civil"), ("価格", "価格"), ("a·b", "a_b")],
        );
        check(type_name, &[("état_civil", "ÉtatCivil"), ("_état", "État"), ("💰", "__")]);
    }

    #[test]
    fn every_keyword_becomes_an_identifier() {
        assert!(KEYWORDS.is_sorted());
        assert!(KEYWORDS.iter().chain(&CANNOT_BE_RAW).all(|keyword| keyword.len() <= LONGEST_KEYWORD));
        for keyword in KEYWORDS.iter().chain(&CANNOT_BE_RAW) {
            let name = field_name(keyword);
            assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{name} is not an identifier");
        }
    }

    fn check(convert: fn(&str) -> String, cases: &[(&str, &str)]) {
        for (avro_name, expected) in cases {
            assert_eq!(convert(avro_name), *expected, "for {avro_name}");
        }
    }
}
