//! Names that are put together at compile time, since the name of a generic type depends on its arguments.

use super::shape::Shape;

/// The longest name.
const MOST_BYTES: usize = 256;

/// A name in the making.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    bytes: [u8; MOST_BYTES],
    length: usize,
}

impl Name {
    /// Starts with `text`.
    #[must_use]
    pub const fn new(text: &str) -> Name {
        Name { bytes: [0; MOST_BYTES], length: 0 }.text(text)
    }

    /// Appends `text`.
    ///
    /// # Panics
    ///
    /// When the name gets longer than 256 bytes, which is an error of the compiler, since names are constants.
    #[must_use]
    pub const fn text(mut self, text: &str) -> Name {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() {
            assert!(
                self.length < MOST_BYTES,
                "the Avro name of a generic type has more than 256 bytes; name the type with `#[avro(rename = \"…\")]`"
            );
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Appends the name of a type without its namespace: `Order`, `long`, `array_Order`.
    #[must_use]
    pub const fn shape(self, shape: &Shape) -> Name {
        match shape {
            Shape::Array(items) => self.text("array_").shape(items),
            Shape::Map(values) => self.text("map_").shape(values),
            Shape::Nullable { value, .. } => self.text("nullable_").shape(value),
            Shape::Union(branches) => self.text("union").branches(branches),
            Shape::NullableUnion { branches, .. } => self.text("nullable_union").branches(branches),
            Shape::Logical { name, .. } => self.identifier(name),
            Shape::Fixed(size) => self.text("fixed_").number(*size),
            other => self.text(other.branch_name()),
        }
    }

    /// Appends a number.
    #[must_use]
    pub const fn number(self, number: usize) -> Name {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let name = if number < 10 { self } else { self.number(number / 10) };
        name.text(DIGITS[number % 10])
    }

    /// The name.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (name, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(name) {
            Ok(name) => name,
            // Only whole strings are appended.
            Err(_) => "",
        }
    }

    const fn branches(self, branches: &[&Shape]) -> Name {
        let mut name = self;
        let mut index = 0;
        while index < branches.len() {
            name = name.text("_").shape(branches[index]);
            index += 1;
        }
        name
    }

    /// Appends a logical type's name, whose hyphens an Avro name does not take.
    const fn identifier(self, text: &str) -> Name {
        let start = self.length;
        let mut name = self.text(text);
        let mut index = start;
        while index < name.length {
            if name.bytes[index] == b'-' {
                name.bytes[index] = b'_';
            }
            index += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::NamedKind;
    use super::*;

    const ORDER: Shape = Shape::Named { fullname: "shop.Order", kind: NamedKind::Record };
    const TIME: Shape = Shape::Logical { name: "timestamp-millis", of: &Shape::Primitive("long"), digits: None };
    const PAGE: Name = Name::new("shop.Page_").shape(&ORDER);

    #[test]
    fn names_are_made_of_the_names_of_arguments() {
        assert_eq!(PAGE.as_str(), "shop.Page_Order");
        let cases: [(Shape, &str); 6] = [
            (Shape::Primitive("long"), "long"),
            (Shape::Array(&ORDER), "array_Order"),
            (Shape::Nullable { value: &Shape::Map(&TIME), null_branch: 1 }, "nullable_map_timestamp_millis"),
            (Shape::Union(&[&ORDER, &TIME]), "union_Order_timestamp_millis"),
            (Shape::Fixed(1208), "fixed_1208"),
            (Shape::Named { fullname: "Order", kind: NamedKind::Record }, "Order"),
        ];
        for (shape, expected) in cases {
            assert_eq!(Name::new("").shape(&shape).as_str(), expected, "for {shape:?}");
        }
    }
}
