//! Which Avro type a Rust type has by itself, and its schema: what `#[derive(Avro)]` builds on.
//!
//! A generated type brings its schema as text. A derived type cannot: what its fields are is known to the compiler, not
//! to the macro. So every marker and every named type has a [`Shape`], a constant with what can be known without
//! looking into named types, and a function that collects the definitions of those. The two together become a schema
//! once, when it is first asked for, by the same parser and linker that read schema files.

mod definitions;
mod depth;
mod markers;
mod name;
mod print;
mod schema;
mod shape;
mod values;

pub use definitions::{Definition, DefinitionKind, Definitions, FieldDefinition};
pub use depth::{decode_record, encode_record};
pub use name::Name;
pub use schema::{cached_schema, type_schema};
pub(crate) use shape::equal;
pub use shape::{NamedKind, Shape};

/// A Rust type that has an Avro type by itself: `i64` for `long`, `Vec<String>` for an array of strings, a
/// generated or derived type for itself.
///
/// `#[derive(Avro)]` asks a field's type for its Avro type here. Types that fit several Avro types are missing on
/// purpose, since a guess would be wrong half of the time: the field chooses with `logical` or `as`.
///
/// A type of your own that implements [`Encode`](crate::Encode) and [`Decode`](crate::Decode) for one of the markers in
/// [`avro`](crate::avro) gets a default by naming it:
///
/// ```
/// use avro_typed::{AvroValue, avro};
///
/// struct Email(String);
///
/// impl AvroValue for Email {
///     type Avro = avro::Str;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have an Avro type by itself",
    label = "which Avro type?",
    note = "a timestamp, time, date-time or decimal has several: choose one with `#[avro(logical = \"timestamp-micros\")]` or `#[avro(logical = \"decimal\", precision = 12, scale = 2)]`",
    note = "`u64`, `usize` and 128-bit integers do not fit a `long`: take `i64`, or a decimal; `u8` in a `Vec` is `bytes`",
    note = "a type of your own needs `#[derive(Avro)]`, or `#[avro(as = avro::…)]` on the field for a marker that it implements `Encode` and `Decode` for"
)]
pub trait AvroValue {
    /// What it is written as and read from.
    type Avro: ?Sized + Describe;
}

/// An Avro type that knows its schema: the markers in [`avro`](crate::avro), generated types and derived types.
///
/// It is not for others to implement, and what is in it may change in any version.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an Avro type whose schema is known",
    label = "not a marker in `avro_typed::avro`, nor a generated or derived type"
)]
pub trait Describe {
    /// What is known without looking into named types.
    #[doc(hidden)]
    const SHAPE: Shape;

    /// The union of this type and `null`, which is at `NULL_BRANCH`.
    #[doc(hidden)]
    type Optional<const NULL_BRANCH: usize>: ?Sized + Describe;

    /// Adds the definitions of the named types in it.
    #[doc(hidden)]
    fn define(definitions: &mut Definitions);
}

/// Ends each generated type: what it needs so that derived types can have fields of it, and `__private_apache_avro!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __private_generated {
    ($type:ty) => {
        impl $crate::AvroValue for $type {
            type Avro = Self;
        }

        impl $crate::Describe for $type {
            const SHAPE: $crate::__private::Shape = $crate::__private::Shape::generated(
                <Self as $crate::AvroType>::FULLNAME,
                <Self as $crate::AvroType>::schema,
            );
            type Optional<const NULL_BRANCH: usize> = $crate::avro::Nullable<Self, NULL_BRANCH>;

            #[inline]
            fn define(definitions: &mut $crate::__private::Definitions) {
                definitions.add_generated::<Self>();
            }
        }

        $crate::__private_apache_avro!($type);
    };
}
