//! Which field of the writer's record each field of the reader's record is read from.

use std::collections::HashMap;

use super::purpose::Purpose;
use crate::schema::Record;

/// For each field of the reader, the index of the writer's field that it is read from; `None` when there is none.
///
/// A field of the same name comes first, for every field of the reader; then come the reader's aliases, in their order.
/// To decode, a value of the writer goes to one field only, so an alias never takes what a field of that name already
/// took. Java's compatibility check has no such rule, so neither has ours.
pub(super) fn match_fields(writer: &Record, reader: &Record, purpose: Purpose) -> Vec<Option<usize>> {
    let by_name: HashMap<&str, usize> =
        writer.fields.iter().enumerate().map(|(index, field)| (field.name.as_str(), index)).collect();
    let mut taken = vec![false; writer.fields.len()];
    let mut matches: Vec<Option<usize>> = Vec::with_capacity(reader.fields.len());
    for field in &reader.fields {
        let index = by_name.get(field.name.as_str()).copied();
        if let Some(index) = index {
            taken[index] = true;
        }
        matches.push(index);
    }
    for (found, field) in matches.iter_mut().zip(&reader.fields) {
        if found.is_some() {
            continue;
        }
        let free = |index: &usize| purpose == Purpose::Check || !taken[*index];
        *found = field.aliases.iter().filter_map(|alias| by_name.get(alias.as_str()).copied()).find(free);
        if let Some(index) = *found {
            taken[index] = true;
        }
    }
    matches
}
