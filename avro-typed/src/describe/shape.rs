//! What is known about a type at compile time, without looking into named types, which may be recursive.

use crate::avro_type::TypeSchema;

/// A type as it is written in a schema.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A type that is one word: `long`.
    Primitive(&'static str),
    /// A type with a logical type.
    Logical {
        /// The logical type's name: `timestamp-millis`.
        name: &'static str,
        /// What it annotates.
        of: &'static Shape,
        /// Precision and scale of a decimal.
        digits: Option<(u32, u32)>,
    },
    /// A fixed of so many bytes, which its field gives a name.
    Fixed(usize),
    /// An array of such items.
    Array(&'static Shape),
    /// A map of such values.
    Map(&'static Shape),
    /// A union of these branches.
    Union(&'static [&'static Shape]),
    /// The union of `null` and another type.
    Nullable {
        /// What is not `null`.
        value: &'static Shape,
        /// The position of `null`.
        null_branch: usize,
    },
    /// The union of `null` and these branches.
    NullableUnion {
        /// What is not `null`.
        branches: &'static [&'static Shape],
        /// The position of `null` among all branches.
        null_branch: usize,
    },
    /// A named type.
    Named {
        /// Its fullname.
        fullname: &'static str,
        /// What it is.
        kind: NamedKind,
    },
    /// A generated type that is not a named type, such as one for a file whose root is an array.
    Unnamed {
        /// `array`, `union` and so on.
        kind: &'static str,
        /// Its schema.
        schema: fn() -> &'static TypeSchema,
    },
}

/// The kinds of named types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// A record.
    Record,
    /// An enum.
    Enum,
    /// A fixed.
    Fixed,
    /// Any of these: a generated type.
    Generated,
}

/// The names that a generated type has which has no name.
const KINDS: [&str; 11] =
    ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "array", "map", "union"];

impl Shape {
    /// The shape of a generated type.
    #[must_use]
    pub const fn generated(fullname: &'static str, schema: fn() -> &'static TypeSchema) -> Shape {
        let mut index = 0;
        while index < KINDS.len() {
            if equal(KINDS[index], fullname) {
                return Shape::Unnamed { kind: KINDS[index], schema };
            }
            index += 1;
        }
        Shape::Named { fullname, kind: NamedKind::Generated }
    }

    /// The union of `null` and the branches of a union.
    #[must_use]
    pub const fn nullable_union(union: &'static Shape, null_branch: usize) -> Shape {
        match union {
            Shape::Union(branches) => Shape::NullableUnion { branches, null_branch },
            value => Shape::Nullable { value, null_branch },
        }
    }

    /// Its `AvroType::FULLNAME`: the fullname, or the kind of a type without one.
    #[must_use]
    pub const fn fullname(&self) -> &'static str {
        match self {
            Shape::Primitive(name) => name,
            Shape::Logical { of, .. } => of.fullname(),
            Shape::Fixed(_) => "fixed",
            Shape::Array(_) => "array",
            Shape::Map(_) => "map",
            Shape::Union(_) | Shape::Nullable { .. } | Shape::NullableUnion { .. } => "union",
            Shape::Named { fullname, .. } => fullname,
            Shape::Unnamed { kind, .. } => kind,
        }
    }

    /// What error paths call it as a branch of a union: the name without the namespace.
    #[must_use]
    pub const fn branch_name(&self) -> &'static str {
        let fullname = self.fullname();
        let bytes = fullname.as_bytes();
        let mut start = bytes.len();
        while start > 0 && bytes[start - 1] != b'.' {
            start -= 1;
        }
        fullname.split_at(start).1
    }

    /// Whether a value may hold records, so that one of them could be of the type that contains this one, at any
    /// depth.
    #[must_use]
    pub const fn holds_records(&self) -> bool {
        match self {
            Shape::Primitive(_) | Shape::Logical { .. } | Shape::Fixed(_) => false,
            Shape::Array(inner) | Shape::Map(inner) | Shape::Nullable { value: inner, .. } => inner.holds_records(),
            Shape::Union(branches) | Shape::NullableUnion { branches, .. } => {
                let mut index = 0;
                while index < branches.len() {
                    if branches[index].holds_records() {
                        return true;
                    }
                    index += 1;
                }
                false
            }
            Shape::Named { kind, .. } => matches!(kind, NamedKind::Record | NamedKind::Generated),
            Shape::Unnamed { .. } => true,
        }
    }

    /// Whether it is a fixed that has its name from its field, with or without a logical type.
    #[must_use]
    pub const fn is_fixed(&self) -> bool {
        matches!(self, Shape::Fixed(_) | Shape::Logical { of: Shape::Fixed(_), .. })
    }

    /// Whether such a fixed is anywhere in it.
    #[must_use]
    pub const fn holds_fixed(&self) -> bool {
        self.problem(false).is_some() && self.problem(true).is_none()
    }

    /// The JSON of the empty value: null, false, zero, or empty.
    #[must_use]
    pub const fn empty_value(&self) -> Option<&'static str> {
        match self {
            Shape::Primitive(name) => match name.as_bytes() {
                b"null" => Some("null"),
                b"boolean" => Some("false"),
                b"int" | b"long" => Some("0"),
                b"float" | b"double" => Some("0.0"),
                _ => Some("\"\""),
            },
            Shape::Array(_) => Some("[]"),
            Shape::Map(_) => Some("{}"),
            Shape::Nullable { .. } | Shape::NullableUnion { .. } => Some("null"),
            _ => None,
        }
    }

    /// Why no schema can have this, if so. A fixed needs a name, which the field may have.
    #[must_use]
    pub const fn problem(&self, has_fixed_name: bool) -> Option<&'static str> {
        match self {
            Shape::Fixed(_) if !has_fixed_name => Some(
                "a fixed has a name in Avro: name it with `#[avro(fixed = \"Name\")]` on a field of a record, or take a struct \
                 with `#[derive(Avro)]` and `#[avro(fixed)]`",
            ),
            Shape::Logical { of, digits: Some((precision, scale)), .. } => {
                if *precision == 0 || *scale > *precision {
                    return Some("a decimal has at least one digit, and no more behind the point than altogether");
                }
                match of {
                    Shape::Fixed(size) if *precision as u64 > most_digits(*size) => {
                        Some("the fixed of this decimal has too few bytes for its precision")
                    }
                    of => of.problem(has_fixed_name),
                }
            }
            Shape::Array(inner) | Shape::Map(inner) | Shape::Logical { of: inner, .. } => inner.problem(has_fixed_name),
            Shape::Union(branches) | Shape::NullableUnion { branches, .. } => {
                branches_problem(branches, has_fixed_name)
            }
            Shape::Nullable { value, .. } if value.is_union() => {
                Some("an `Option` of a union would be a union in a union, which Avro does not have")
            }
            Shape::Nullable { value: Shape::Primitive(name), .. } if equal(name, "null") => {
                Some("an `Option` of null would be a union with two branches `null`")
            }
            Shape::Nullable { value, .. } => value.problem(has_fixed_name),
            _ => None,
        }
    }

    /// Whether both are written into a schema as the same, but for the names of fixed types.
    #[must_use]
    pub const fn same(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::Primitive(one), Shape::Primitive(two)) => equal(one, two),
            (
                Shape::Logical { name: one, of, digits: one_digits },
                Shape::Logical { name: two, of: of_two, digits },
            ) => {
                let same_digits = match (one_digits, digits) {
                    (Some((precision, scale)), Some((precision_two, scale_two))) => {
                        *precision == *precision_two && *scale == *scale_two
                    }
                    (None, None) => true,
                    _ => false,
                };
                equal(one, two) && same_digits && of.same(of_two)
            }
            (Shape::Fixed(one), Shape::Fixed(two)) => *one == *two,
            (Shape::Array(one), Shape::Array(two)) | (Shape::Map(one), Shape::Map(two)) => one.same(two),
            (Shape::Union(one), Shape::Union(two)) => same_branches(one, two),
            (
                Shape::Nullable { value: one, null_branch },
                Shape::Nullable { value: two, null_branch: null_branch_two },
            ) => *null_branch == *null_branch_two && one.same(two),
            (
                Shape::NullableUnion { branches: one, null_branch },
                Shape::NullableUnion { branches: two, null_branch: null_branch_two },
            ) => *null_branch == *null_branch_two && same_branches(one, two),
            (Shape::Named { fullname: one, .. }, Shape::Named { fullname: two, .. }) => equal(one, two),
            _ => false,
        }
    }

    const fn is_union(&self) -> bool {
        match self {
            Shape::Union(_) | Shape::Nullable { .. } | Shape::NullableUnion { .. } => true,
            Shape::Unnamed { kind, .. } => equal(kind, "union"),
            _ => false,
        }
    }

    /// Whether two branches are of one type to a union (Avro 1.12, "Unions").
    const fn same_branch(&self, other: &Shape) -> bool {
        equal(self.fullname(), other.fullname())
    }
}

const fn branches_problem(branches: &[&Shape], has_fixed_name: bool) -> Option<&'static str> {
    let mut index = 0;
    while index < branches.len() {
        let branch = branches[index];
        if branch.is_union() {
            return Some("a variant of this union is itself a union, which Avro does not have");
        }
        if let Some(problem) = branch.problem(has_fixed_name) {
            return Some(problem);
        }
        let mut before = 0;
        while before < index {
            if branch.same_branch(branches[before]) {
                return Some("two variants of this union are of one Avro type, so that nobody could tell them apart");
            }
            before += 1;
        }
        index += 1;
    }
    None
}

const fn same_branches(one: &[&Shape], two: &[&Shape]) -> bool {
    let mut index = 0;
    while index < one.len() && index < two.len() {
        if !one[index].same(two[index]) {
            return false;
        }
        index += 1;
    }
    one.len() == two.len()
}

/// How many decimal digits fit so many bytes, one bit of which is the sign.
const fn most_digits(size: usize) -> u64 {
    let bits = (size as u64).saturating_mul(8).saturating_sub(1);
    // The logarithm of 2 to five digits: exact for any size that a decimal has.
    bits.saturating_mul(30_103) / 100_000
}

/// `==` of strings is not a constant function yet.
pub(crate) const fn equal(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    let mut index = 0;
    while index < one.len() && index < two.len() {
        if one[index] != two[index] {
            return false;
        }
        index += 1;
    }
    one.len() == two.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Shape = Shape::Primitive("long");
    const BYTES: Shape = Shape::Primitive("bytes");
    const STRING: Shape = Shape::Primitive("string");
    const OPTIONAL: Shape = Shape::Nullable { value: &LONG, null_branch: 0 };
    const ORDER: Shape = Shape::Named { fullname: "shop.Order", kind: NamedKind::Record };

    #[test]
    fn what_no_schema_can_say_has_a_reason() {
        let money = |of, digits| Shape::Logical { name: "decimal", of, digits: Some(digits) };
        let cases: [(Shape, bool, &str); 14] = [
            (money(&BYTES, (1, 0)), false, ""),
            (money(&BYTES, (0, 0)), false, "at least one digit"),
            (money(&BYTES, (2, 3)), false, "at least one digit"),
            (money(&Shape::Fixed(4), (9, 2)), true, ""),
            (money(&Shape::Fixed(4), (10, 2)), true, "too few bytes"),
            (OPTIONAL, false, ""),
            (Shape::Union(&[&LONG, &STRING, &ORDER]), false, ""),
            (Shape::nullable_union(&Shape::Union(&[&LONG, &STRING]), 2), false, ""),
            (Shape::Nullable { value: &OPTIONAL, null_branch: 0 }, false, "an `Option` of a union"),
            (Shape::Union(&[&LONG, &OPTIONAL]), false, "itself a union"),
            (Shape::Union(&[&ORDER, &LONG, &ORDER]), false, "one Avro type"),
            (Shape::Array(&Shape::Union(&[&Shape::Array(&LONG), &Shape::Array(&STRING)])), false, "one Avro type"),
            (Shape::Array(&Shape::Fixed(16)), false, "`#[avro(fixed"),
            (Shape::Array(&Shape::Fixed(16)), true, ""),
        ];
        for (shape, has_fixed_name, expected) in cases {
            let problem = shape.problem(has_fixed_name).unwrap_or_default();
            assert!(problem.contains(expected) && problem.is_empty() == expected.is_empty(), "{shape:?}: {problem}");
        }
    }

    #[test]
    fn only_records_can_bring_a_type_back() {
        assert!(!Shape::Array(&OPTIONAL).holds_records());
        assert!(Shape::Map(&Shape::Union(&[&LONG, &ORDER])).holds_records());
        assert!(!Shape::Named { fullname: "shop.Level", kind: NamedKind::Enum }.holds_records());
    }

    #[test]
    fn the_same_says_the_same() {
        let decimal = |digits| Shape::Logical { name: "decimal", of: &BYTES, digits: Some(digits) };
        assert!(decimal((12, 2)).same(&decimal((12, 2))));
        assert!(!decimal((12, 2)).same(&decimal((12, 3))));
        assert!(!OPTIONAL.same(&Shape::Nullable { value: &LONG, null_branch: 1 }));
        assert!(!ORDER.same(&LONG) && ORDER.same(&ORDER));
    }
}
