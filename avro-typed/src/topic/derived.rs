//! What `derive(TopicValue)` needs, beside the traits.

use avro_model::resolution::Plan;

use super::TopicType;
use crate::decode::DecodeOwned;
use crate::decode_error::DecodeError;
use crate::decoder::Decoder;
use crate::describe::equal;

/// Whether none before the type at this position has its name, by which records are told apart.
#[must_use]
pub const fn has_new_name(types: &[TopicType], position: usize) -> bool {
    let mut before = 0;
    while before < position {
        if equal(types[before].fullname, types[position].fullname) {
            return false;
        }
        before += 1;
    }
    true
}

/// Decodes a datum, by a plan if it was written with another schema than that of `T`.
///
/// # Errors
///
/// As [`Decoder::decode`] and [`Decoder::decode_resolved`].
#[inline]
pub fn decode<T: DecodeOwned>(decoder: &Decoder, datum: &[u8], plan: Option<&Plan>) -> Result<T, DecodeError> {
    match plan {
        None => decoder.decode(datum),
        Some(plan) => decoder.decode_resolved(datum, plan),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_name_is_new() {
        let types = ["a.Order", "b.Order", "a.Order", "a.Orders", "b.Order"];
        let types = types.map(|fullname| TopicType { fullname, schema: || unreachable!() });
        let new: Vec<bool> = (0..types.len()).map(|position| has_new_name(&types, position)).collect();
        assert_eq!(new, [true, true, false, true, false]);
    }
}
