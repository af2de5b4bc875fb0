//! What a user's code depends on, out of generated code.

/// The types with their derives, fields and variants, what can be called, and what is known of their data: each a line
/// of the code, with the indentation of its module.
pub(crate) fn of(code: &str) -> String {
    let mut signatures = String::new();
    // What ends the type whose fields or variants are read.
    let mut end_of_type: Option<String> = None;
    for line in code.lines() {
        let item = line.trim_start();
        let indentation = &line[..line.len() - item.len()];
        let is_shown = match &end_of_type {
            Some(end) => !is_documentation(item) && line != end,
            None => is_signature(item),
        };
        if end_of_type.as_deref() == Some(line) {
            end_of_type = None;
        } else if let Some(closing) = closing_of_type(item) {
            end_of_type = Some(format!("{indentation}{closing}"));
        }
        if is_shown {
            signatures.push_str(line.trim_end_matches([' ', '{', '(']));
            signatures.push('\n');
        }
    }
    signatures
}

fn is_signature(item: &str) -> bool {
    let is_of_std = item.starts_with("impl ::core::") || item.starts_with("impl ::std::");
    let is_constant = item.starts_with("const FULLNAME") || item.starts_with("const MIN_SIZE");
    is_of_std || is_constant || item.starts_with("#[derive(") || item.starts_with("pub ")
}

/// The line that ends the type which `item` begins, if it has fields or variants in lines of their own.
fn closing_of_type(item: &str) -> Option<&'static str> {
    let is_type = item.starts_with("pub struct ") || item.starts_with("pub enum ");
    match item.chars().last().filter(|_| is_type) {
        Some('{') => Some("}"),
        Some('(') => Some(");"),
        _ => None,
    }
}

fn is_documentation(item: &str) -> bool {
    item.starts_with("///")
}
