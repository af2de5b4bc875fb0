//! What generated code calls for records of many fields: functions that are not inlined, so that its own code stays
//! small.
//!
//! A field then costs a call of a few nanoseconds, and compilers take time for each type of a field and each group of
//! fields instead of for each field with all before it.

use serde::ser::SerializeStruct;

use crate::decode::Decode;
use crate::decode_error::DecodeError;
use crate::encode::Encode;
use crate::encode_error::EncodeError;
use crate::plan_step::FieldStep;
use crate::reader::Reader;
use crate::writer::Writer;

/// Reads the values of a group of fields.
///
/// # Errors
///
/// What `read` returns.
#[inline(never)]
pub fn read_group<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    read(reader)
}

/// [`Reader::field`], once for each type.
///
/// # Errors
///
/// What the type's [`Decode`] returns.
#[inline(never)]
pub fn read_field<'a, As: ?Sized, T: Decode<'a, As>>(
    reader: &mut Reader<'a>,
    name: &'static str,
) -> Result<T, DecodeError> {
    reader.field::<As, T>(name)
}

/// [`FieldStep::read_into`], once for each type.
///
/// # Errors
///
/// What the type's [`Decode`] returns.
#[inline(never)]
pub fn read_field_step<'a, As: ?Sized, T: Decode<'a, As>>(
    field: FieldStep<'a>,
    reader: &mut Reader<'a>,
    name: &'static str,
    slot: &mut Option<T>,
) -> Result<(), DecodeError> {
    field.read_into::<As, T>(reader, name, slot)
}

/// [`Reader::field_into`], once for each type.
///
/// # Errors
///
/// What the type's [`Decode`] returns.
#[inline(never)]
pub fn read_field_into<'a, As: ?Sized, T: Decode<'a, As>>(
    reader: &mut Reader<'a>,
    name: &'static str,
    value: &mut T,
) -> Result<(), DecodeError> {
    reader.field_into::<As, T>(name, value)
}

/// [`FieldStep::update`], once for each type.
///
/// # Errors
///
/// What the type's [`Decode`] returns.
#[inline(never)]
pub fn update_field_step<'a, As: ?Sized, T: Decode<'a, As>>(
    field: FieldStep<'a>,
    reader: &mut Reader<'a>,
    name: &'static str,
    value: &mut T,
) -> Result<(), DecodeError> {
    field.update::<As, T>(reader, name, value)
}

/// [`Writer::field`], once for each type.
///
/// # Errors
///
/// What the value's [`Encode`] returns.
#[inline(never)]
pub fn write_field<As: ?Sized, T: Encode<As>>(
    writer: &mut Writer<'_>,
    name: &'static str,
    value: &T,
) -> Result<(), EncodeError> {
    writer.field::<As, T>(name, value)
}

/// Serializes a group of fields.
///
/// # Errors
///
/// What `serialize` returns.
#[inline(never)]
pub fn serialize_group<R: SerializeStruct>(
    record: &mut R,
    serialize: impl FnOnce(&mut R) -> Result<(), R::Error>,
) -> Result<(), R::Error> {
    serialize(record)
}
