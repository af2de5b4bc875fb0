//! What somebody may have meant by a name that is close to a known one.

/// The longest name that is compared: a distance takes time in proportion to the product of the two lengths.
const LONGEST: usize = 64;

/// The candidate that is closest to `name`, when one is close enough to be a slip: the same but for case, or at most
/// one edit for every three characters, and three in all. Of equally close ones the first. Texts of more than 64 bytes
/// are close to none.
///
/// ```
/// assert_eq!(avro_model::closest("SevertyLevel", ["SensorId", "SeverityLevel"]), Some("SeverityLevel"));
/// assert_eq!(avro_model::closest("Customer", ["SensorId", "SeverityLevel"]), None);
/// ```
#[must_use]
pub fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (name.chars().count() / 3).min(3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(name) { 0 } else { edit_distance(name, candidate) };
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbor to turn one text into the
/// other (optimal string alignment); a large number when a text is too long to look at.
pub(crate) fn edit_distance(from: &str, to: &str) -> usize {
    if from.len() > LONGEST || to.len() > LONGEST {
        return usize::MAX;
    }
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for row in 1..=from.len() {
        let mut current = vec![row; to.len() + 1];
        for column in 1..=to.len() {
            let replaced = last[column - 1] + usize::from(from[row - 1] != to[column - 1]);
            let mut least = replaced.min(last[column] + 1).min(current[column - 1] + 1);
            let swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if swapped {
                least = least.min(before_last[column - 2] + 1);
            }
            current[column] = least;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, edit_distance};

    #[test]
    fn distances_count_edits() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("fields", "field", 1),
            ("fields", "feilds", 1),
            ("kitten", "sitting", 3),
            ("é", "e", 1),
        ] {
            assert_eq!(edit_distance(from, to), expected, "{from} -> {to}");
            assert_eq!(edit_distance(to, from), expected, "{to} -> {from}");
        }
    }

    #[test]
    fn only_slips_are_suggested() {
        let known = ["string", "SeverityLevel", "Address", "R"];
        for (name, expected) in [
            ("sting", Some("string")),
            ("severitylevel", Some("SeverityLevel")),
            ("SevertyLevle", Some("SeverityLevel")),
            ("Adress", Some("Address")),
            ("Customer", None),
            ("Q", None),
            ("string", None),
        ] {
            assert_eq!(closest(name, known), expected, "{name}");
        }
    }
}
