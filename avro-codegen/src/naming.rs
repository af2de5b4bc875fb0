//! Tells apart what has become one identifier: the names of the fields of a record, the variants of an enum, the types
//! and the modules of a module.

pub(crate) mod ident;
pub(crate) mod modules;

use std::collections::{HashMap, HashSet};

/// Names are compared with each other up to this number of them.
const MOST_COMPARED: usize = 32;

/// A name that is wanted.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The identifier.
    pub(crate) name: String,
    /// Whose wish counts: the smaller first.
    pub(crate) rank: Rank,
}

/// Who gets a name that several want; of equals, the first in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Avro spells it so already.
    Spelled,
    /// It is another spelling of Avro's name.
    Converted,
    /// A file is called so.
    File,
    /// It was made up for a union.
    Union,
    /// It was made up for the required fields of a record.
    Required,
    /// It was made up for the view of a type.
    View,
}

impl Wanted {
    /// The wish for `name`, which Avro spells `avro_name`.
    pub(crate) fn new(avro_name: &str, name: String) -> Wanted {
        let rank = if name.trim_start_matches("r#") == avro_name { Rank::Spelled } else { Rank::Converted };
        Wanted { name, rank }
    }
}

/// A name for each wish, all different: the wanted one for the first by rank and place, and for the others that name
/// with `separator` and the least number from 2 that gives a name which nobody else has or wants.
pub(crate) fn tell_apart(wishes: Vec<Wanted>, separator: &str) -> Vec<String> {
    // Most often there is nothing to do. That is found without a map, which is slow in build scripts, since they are
    // not optimised.
    let repeats = |index: usize| wishes[..index].iter().any(|other| other.name == wishes[index].name);
    if wishes.len() <= MOST_COMPARED && !(1..wishes.len()).any(repeats) {
        return wishes.into_iter().map(|wish| wish.name).collect();
    }
    let mut winners: HashMap<&str, usize> = HashMap::with_capacity(wishes.len());
    for (index, wish) in wishes.iter().enumerate() {
        let winner = winners.entry(wish.name.as_str()).or_insert(index);
        if wish.rank < wishes[*winner].rank {
            *winner = index;
        }
    }
    if winners.len() == wishes.len() {
        return wishes.into_iter().map(|wish| wish.name).collect();
    }
    let mut taken: HashSet<String> = winners.keys().map(|name| (*name).to_owned()).collect();
    let mut losers: Vec<usize> =
        (0..wishes.len()).filter(|index| winners[wishes[*index].name.as_str()] != *index).collect();
    losers.sort_by_key(|index| wishes[*index].rank);
    let mut names: Vec<String> = wishes.iter().map(|wish| wish.name.clone()).collect();
    for loser in losers {
        let name = numbered(&wishes[loser].name, separator, &taken);
        taken.insert(name.clone());
        names[loser] = name;
    }
    names
}

fn numbered(name: &str, separator: &str, taken: &HashSet<String>) -> String {
    // With a number behind it, it is not a keyword, and needs no underscore.
    let name = name.trim_start_matches("r#");
    let name = if name.starts_with('_') { name } else { name.trim_end_matches('_') };
    // A name that ends in a digit must not look like a larger number.
    let separator = if name.ends_with(|last: char| last.is_ascii_digit()) { "_" } else { separator };
    let mut number = 2_usize;
    loop {
        let candidate = format!("{name}{separator}{number}");
        if !taken.contains(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_spelled_so_keeps_the_name_and_others_get_numbers() {
        /// Avro's names with the identifiers that they wish for, and those that they get.
        type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
        let cases: &[Case] = &[
            (&[("a", "a"), ("b", "b")], &["a", "b"]),
            (&[("orderId", "order_id"), ("order_id", "order_id")], &["order_id_2", "order_id"]),
            (&[("orderId", "order_id"), ("OrderId", "order_id")], &["order_id", "order_id_2"]),
            (&[("aB", "a_b"), ("AB", "a_b"), ("a_b_2", "a_b_2")], &["a_b", "a_b_3", "a_b_2"]),
            (&[("aB", "a_b"), ("AB", "a_b"), ("aB_2", "a_b_2")], &["a_b", "a_b_3", "a_b_2"]),
            (&[("Type", "r#type"), ("type", "r#type")], &["type_2", "r#type"]),
            (&[("v1", "v1"), ("V1", "v1")], &["v1", "v1_2"]),
            (&[("self", "self_"), ("Self", "self_")], &["self_", "self_2"]),
            (&[("_", "__"), ("__", "__")], &["___2", "__"]),
        ];
        for (wishes, expected) in cases {
            let wishes = wishes.iter().map(|(avro, name)| Wanted::new(avro, (*name).to_owned())).collect();
            assert_eq!(tell_apart(wishes, "_"), *expected);
        }
    }

    #[test]
    fn what_was_made_up_comes_last() {
        let wish = |name: &str, rank| Wanted { name: name.to_owned(), rank };
        let wishes = vec![
            wish("AOrB", Rank::Union),
            wish("AOrB", Rank::Converted),
            wish("AOrB", Rank::Required),
            wish("AOrB", Rank::File),
        ];
        assert_eq!(tell_apart(wishes, ""), ["AOrB3", "AOrB", "AOrB4", "AOrB2"]);
    }
}
