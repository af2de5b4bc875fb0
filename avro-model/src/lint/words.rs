//! The words of a name.

/// The words of a name in lower case: those of `createdAt`, `created_at` and `CREATED_AT` are `created` and `at`, and
/// those of `HTTPServer2` are `http` and `server2`.
pub(super) fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let is_after_lower = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        let is_before_lower = characters.get(index + 1).is_some_and(|after| after.is_lowercase());
        let begins = character.is_uppercase() && (is_after_lower || is_before_lower);
        if (begins || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

pub(super) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for (index, word) in words(name).iter().enumerate() {
        camel.push_str(&if index == 0 { word.clone() } else { capitalized(word) });
    }
    camel
}

pub(super) fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalized(word)).collect()
}

pub(super) fn snake(name: &str) -> String {
    words(name).join("_")
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters.clone()).collect()
}

pub(super) fn is_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase()) && !name.contains('_')
}

pub(super) fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase()) && !name.contains(char::is_uppercase)
}

pub(super) fn is_pascal(name: &str) -> bool {
    name.starts_with(|first: char| first.is_uppercase()) && !name.contains('_')
}

pub(super) fn is_upper_snake(name: &str) -> bool {
    !name.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_words_in_every_style() {
        for (name, expected) in [
            ("createdAt", "created at"),
            ("created_at", "created at"),
            ("CREATED_AT", "created at"),
            ("HTTPServer2", "http server2"),
            ("customerID", "customer id"),
            ("x", "x"),
            ("_", ""),
            ("Größe", "größe"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn names_are_written_in_a_style() {
        assert_eq!(
            (camel("created_at"), pascal("order-line"), snake("customerID")),
            ("createdAt".to_owned(), "OrderLine".to_owned(), "customer_id".to_owned())
        );
        assert!(is_camel("id") && is_snake("id") && is_camel("createdAt") && !is_snake("createdAt"));
        assert!(is_snake("created_at") && !is_camel("created_at") && is_pascal("OrderLine") && !is_pascal("order"));
        assert!(is_upper_snake("IN_TRANSIT") && !is_upper_snake("inTransit"));
    }
}
