//! The markers' schemas.

use super::Describe;
use super::definitions::Definitions;
use super::shape::Shape;
use crate::avro;

/// Markers without a type in them, each with its shape.
macro_rules! leaves {
    ($([$($generics:tt)*] $marker:ty => $shape:expr;)*) => {$(
        impl<$($generics)*> Describe for $marker {
            const SHAPE: Shape = $shape;
            type Optional<const NULL_BRANCH: usize> = avro::Nullable<Self, NULL_BRANCH>;

            fn define(_definitions: &mut Definitions) {}
        }
    )*};
}

const INT: Shape = Shape::Primitive("int");
const LONG: Shape = Shape::Primitive("long");

const fn logical(name: &'static str, of: &'static Shape) -> Shape {
    Shape::Logical { name, of, digits: None }
}

leaves! {
    [] avro::Null => Shape::Primitive("null");
    [] avro::Boolean => Shape::Primitive("boolean");
    [] avro::Int => INT;
    [] avro::Long => LONG;
    [] avro::Float => Shape::Primitive("float");
    [] avro::Double => Shape::Primitive("double");
    [] avro::Bytes => Shape::Primitive("bytes");
    [] avro::Str => Shape::Primitive("string");
    [const SIZE: usize] avro::Fixed<SIZE> => Shape::Fixed(SIZE);
    [A: ?Sized + Describe, const PRECISION: u32, const SCALE: u32] avro::Decimal<A, PRECISION, SCALE> =>
        Shape::Logical { name: "decimal", of: &A::SHAPE, digits: Some((PRECISION, SCALE)) };
    [] avro::BigDecimal => logical("big-decimal", &Shape::Primitive("bytes"));
    [A: ?Sized + Describe] avro::Uuid<A> => logical("uuid", &A::SHAPE);
    [] avro::Duration => logical("duration", &Shape::Fixed(12));
    [] avro::Date => logical("date", &INT);
    [] avro::TimeMillis => logical("time-millis", &INT);
    [] avro::TimeMicros => logical("time-micros", &LONG);
    [] avro::TimestampMillis => logical("timestamp-millis", &LONG);
    [] avro::TimestampMicros => logical("timestamp-micros", &LONG);
    [] avro::TimestampNanos => logical("timestamp-nanos", &LONG);
    [] avro::LocalTimestampMillis => logical("local-timestamp-millis", &LONG);
    [] avro::LocalTimestampMicros => logical("local-timestamp-micros", &LONG);
    [] avro::LocalTimestampNanos => logical("local-timestamp-nanos", &LONG);
}

/// Markers around another one.
macro_rules! around {
    ($([$($generics:tt)*] $marker:ty => $shape:expr;)*) => {$(
        impl<A: ?Sized + Describe, $($generics)*> Describe for $marker {
            const SHAPE: Shape = $shape;
            type Optional<const NULL_BRANCH: usize> = avro::Nullable<Self, NULL_BRANCH>;

            fn define(definitions: &mut Definitions) {
                A::define(definitions);
            }
        }
    )*};
}

around! {
    [] avro::Array<A> => Shape::Array(&A::SHAPE);
    [] avro::Map<A> => Shape::Map(&A::SHAPE);
    [] avro::Sole<A> => Shape::Union(&[&A::SHAPE]);
    [const NULL: usize] avro::Nullable<A, NULL> => Shape::Nullable { value: &A::SHAPE, null_branch: NULL };
    [const NULL: usize] avro::NullableUnion<A, NULL> => Shape::nullable_union(&A::SHAPE, NULL);
}
