//! `rename_all`: the same names as with serde, which many types also derive.

/// How Rust's names become Avro's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
}

/// Every case by its name. Kebab cases are missing, since an Avro name has no hyphens.
const CASES: [(&str, Case); 6] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
];

impl Case {
    /// The case of this name; the error lists what there is instead.
    pub(crate) fn parse(name: &str) -> Result<Case, String> {
        if let Some((_, case)) = CASES.iter().find(|(known, _)| *known == name) {
            return Ok(*case);
        }
        let known: Vec<String> = CASES.iter().map(|(known, _)| format!("`{known}`")).collect();
        let known = known.join(", ");
        if name.to_ascii_lowercase().contains("kebab") {
            return Err(format!("Avro names have no hyphens, so `{name}` is not available; use one of {known}"));
        }
        Err(format!("unknown case `{name}`; use one of {known}"))
    }

    /// The Avro name of a field, which Rust spells in snake case.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Case::Lower | Case::Snake => name.to_owned(),
            Case::Upper | Case::ScreamingSnake => name.to_ascii_uppercase(),
            Case::Pascal => name.split('_').map(|word| with_first(word, char::to_ascii_uppercase)).collect(),
            Case::Camel => with_first(&Case::Pascal.field(name), char::to_ascii_lowercase),
        }
    }

    /// The Avro symbol of a variant, which Rust spells in Pascal case.
    pub(crate) fn variant(self, name: &str) -> String {
        match self {
            Case::Pascal => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            Case::Camel => with_first(name, char::to_ascii_lowercase),
            Case::ScreamingSnake => Case::Snake.variant(name).to_ascii_uppercase(),
            Case::Snake => {
                let mut snake = String::with_capacity(name.len() + 4);
                for (index, character) in name.char_indices() {
                    if index > 0 && character.is_ascii_uppercase() {
                        snake.push('_');
                    }
                    snake.push(character.to_ascii_lowercase());
                }
                snake
            }
        }
    }
}

fn with_first(word: &str, change: fn(&char) -> char) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| change(&first).to_string() + characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde() {
        // The case, the Avro name of the field `very_tasty`, and that of the variant `VeryTasty`.
        let table = [
            ("lowercase", "very_tasty", "verytasty"),
            ("UPPERCASE", "VERY_TASTY", "VERYTASTY"),
            ("PascalCase", "VeryTasty", "VeryTasty"),
            ("camelCase", "veryTasty", "veryTasty"),
            ("snake_case", "very_tasty", "very_tasty"),
            ("SCREAMING_SNAKE_CASE", "VERY_TASTY", "VERY_TASTY"),
        ];
        for (case, field, variant) in table {
            let case = Case::parse(case).unwrap();
            assert_eq!(case.field("very_tasty"), field);
            assert_eq!(case.variant("VeryTasty"), variant);
        }
    }

    #[test]
    fn kebab_case_is_refused_with_a_reason() {
        assert!(Case::parse("kebab-case").unwrap_err().starts_with("Avro names have no hyphens"));
        assert!(Case::parse("Snake").unwrap_err().contains("`snake_case`"));
    }
}
