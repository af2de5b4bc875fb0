//! The defaults of fields as values of their Rust types.
//!
//! Which JSON stands for which value is for avro-model to know: it encodes the default, and this is read back as what the
//! Rust type holds. That finds the few values of an Avro type that its Rust type does not have.

use avro_model::{Code, Diagnostic, Severity, Step, encode_default};

use crate::model::{DecimalStorage, FieldType, Item, Model, RecordField, Shape, TimestampUnit};

/// A value that a field takes where there is none.
#[derive(Clone, Debug)]
pub(crate) enum DefaultValue {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
    String(String),
    Array(Vec<DefaultValue>),
    Map(Vec<(String, DefaultValue)>),
    /// The null of a nullable type.
    Absent,
    /// The other branch of a nullable type.
    Present(Box<DefaultValue>),
    /// The integer, and how many of its digits stand behind the decimal point.
    Decimal(i128, u32),
    /// Seconds since 1970-01-01T00:00:00Z and nanoseconds after that.
    Timestamp(i64, i32),
    /// The enum and the index of the symbol.
    Symbol(usize, usize),
    Fixed(usize, Vec<u8>),
    /// The record and the values of all its fields.
    Record(usize, Vec<DefaultValue>),
    Boxed(Box<DefaultValue>),
}

/// Sets the default of every field that has one.
pub(crate) fn lower_all(model: &mut Model<'_>, errors: &mut Vec<Diagnostic>) {
    let items = &model.items;
    let mut lowered = Vec::new();
    for (item_index, item) in items.iter().enumerate() {
        let Shape::Record { fields } = &item.shape else { continue };
        for (field_index, field) in fields.iter().enumerate() {
            let Some(json) = &field.field.default else { continue };
            let value =
                encode_default(&field.field.ty, model.set.definitions(), json).map_err(|error| error.to_string());
            match value.and_then(|bytes| Encoded { rest: &bytes, items }.value(&field.ty)) {
                Ok(value) => lowered.push((item_index, field_index, value)),
                Err(reason) => errors.push(invalid_default(model, item, field, &reason)),
            }
        }
    }
    for (item, field, value) in lowered {
        if let Shape::Record { fields } = &mut model.items[item].shape {
            fields[field].default = Some(value);
        }
    }
}

fn invalid_default(model: &Model<'_>, item: &Item<'_>, field: &RecordField<'_>, reason: &str) -> Diagnostic {
    let path = [Step::Key("fields"), Step::Index(field.index), Step::Key("default")];
    Diagnostic {
        code: Code::InvalidDefault,
        severity: Severity::Error,
        message: format!(
            "the default of the field `{}` of `{}` has no value in Rust",
            field.field.name, item.definition.name
        ),
        primary: model.set.label(item.definition, &path, reason),
        secondary: Vec::new(),
        help: None,
    }
}

/// An encoded default (specification, "Binary Encoding"), as far as it is not read yet.
struct Encoded<'b, 'set> {
    rest: &'b [u8],
    items: &'b [Item<'set>],
}

impl Encoded<'_, '_> {
    /// The error says why the Rust type does not hold the value.
    fn value(&mut self, ty: &FieldType) -> Result<DefaultValue, String> {
        Ok(match ty {
            FieldType::Null => DefaultValue::Null,
            FieldType::Boolean => DefaultValue::Boolean(self.array()? != [0]),
            FieldType::Int => DefaultValue::Int(i32::try_from(self.long()?).map_err(|_| UNREADABLE)?),
            FieldType::Long => DefaultValue::Long(self.long()?),
            FieldType::Float => DefaultValue::Float(f32::from_le_bytes(self.array()?)),
            FieldType::Double => DefaultValue::Double(f64::from_le_bytes(self.array()?)),
            FieldType::Bytes => DefaultValue::Bytes(self.bytes()?.to_vec()),
            FieldType::String => DefaultValue::String(self.string()?),
            FieldType::Array(items) => {
                let mut values = Vec::new();
                self.blocks(|encoded| {
                    values.push(encoded.value(items)?);
                    Ok(())
                })?;
                DefaultValue::Array(values)
            }
            FieldType::Map(value) => {
                let mut entries = Vec::new();
                self.blocks(|encoded| {
                    entries.push((encoded.string()?, encoded.value(value)?));
                    Ok(())
                })?;
                DefaultValue::Map(entries)
            }
            FieldType::Nullable { null_branch, value } => {
                if self.size()? == *null_branch {
                    DefaultValue::Absent
                } else {
                    DefaultValue::Present(Box::new(self.value(value)?))
                }
            }
            FieldType::Decimal { storage: DecimalStorage::Bytes, precision, scale } => {
                decimal(self.bytes()?, *precision, *scale)?
            }
            FieldType::Decimal { storage: DecimalStorage::Fixed { size, .. }, precision, scale } => {
                decimal(self.take(*size)?, *precision, *scale)?
            }
            FieldType::Timestamp(unit) => timestamp(self.long()?, *unit)?,
            FieldType::Named { item, boxed: true } => DefaultValue::Boxed(Box::new(self.item(*item)?)),
            FieldType::Named { item, boxed: false } => self.item(*item)?,
        })
    }

    fn item(&mut self, item: usize) -> Result<DefaultValue, String> {
        let items = self.items;
        Ok(match &items[item].shape {
            Shape::Record { fields } => {
                let values = fields.iter().map(|field| self.value(&field.ty));
                DefaultValue::Record(item, values.collect::<Result<_, String>>()?)
            }
            Shape::Enumeration { .. } => DefaultValue::Symbol(item, self.size()?),
            Shape::Fixed { size } => DefaultValue::Fixed(item, self.take(*size)?.to_vec()),
            Shape::Alias { of } => self.value(of)?,
        })
    }

    fn blocks(&mut self, mut read: impl FnMut(&mut Self) -> Result<(), String>) -> Result<(), String> {
        loop {
            let count = self.long()?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                // The size of the block in bytes, for those who skip it.
                self.long()?;
            }
            for _ in 0..count.unsigned_abs() {
                read(self)?;
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| UNREADABLE.to_owned())
    }

    fn bytes(&mut self) -> Result<&[u8], String> {
        let size = self.size()?;
        self.take(size)
    }

    fn size(&mut self) -> Result<usize, String> {
        usize::try_from(self.long()?).map_err(|_| UNREADABLE.to_owned())
    }

    /// A zigzag varint.
    fn long(&mut self) -> Result<i64, String> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
            }
        }
        Err(UNREADABLE.to_owned())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(UNREADABLE)?;
        self.rest = rest;
        Ok(*array)
    }

    fn take(&mut self, size: usize) -> Result<&[u8], String> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(UNREADABLE)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Only seen when avro-model and this crate take one schema for two things.
const UNREADABLE: &str = "the encoded default cannot be read back";

fn decimal(bytes: &[u8], precision: u32, scale: u32) -> Result<DefaultValue, String> {
    let does_not_fit = || format!("this number has more digits than decimal({precision}, {scale})");
    let unscaled = twos_complement(bytes).ok_or_else(does_not_fit)?;
    let limit = 10_u128.checked_pow(precision).unwrap_or(u128::MAX);
    if unscaled.unsigned_abs() >= limit {
        return Err(does_not_fit());
    }
    Ok(DefaultValue::Decimal(unscaled, scale))
}

/// The value of a big-endian two's-complement integer of any length; `None` when it needs more than 128 bits.
fn twos_complement(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let fill: u8 = if is_negative { 0xff } else { 0 };
    let excess = bytes.len().saturating_sub(size_of::<i128>());
    let (sign, digits) = bytes.split_at(excess);
    let mut wide = [fill; size_of::<i128>()];
    let start = wide.len() - digits.len();
    wide[start..].copy_from_slice(digits);
    let value = i128::from_be_bytes(wide);
    let is_exact = sign.iter().all(|byte| *byte == fill) && (value < 0) == is_negative;
    is_exact.then_some(value)
}

/// The range of `jiff::Timestamp` in seconds: -9999-01-02T01:59:59Z to 9999-12-30T22:00:00Z and almost a second more.
const TIMESTAMP_SECONDS: std::ops::RangeInclusive<i64> = -377_705_023_201..=253_402_207_200;

fn timestamp(count: i64, unit: TimestampUnit) -> Result<DefaultValue, String> {
    let per_second = match unit {
        TimestampUnit::Millis => 1_000,
        TimestampUnit::Micros => 1_000_000,
    };
    let second = count.div_euclid(per_second);
    let nanosecond = i32::try_from(count.rem_euclid(per_second) * (1_000_000_000 / per_second)).unwrap_or(0);
    if !TIMESTAMP_SECONDS.contains(&second) {
        return Err("this time is outside the years -9999 to 9999".to_owned());
    }
    Ok(DefaultValue::Timestamp(second, nanosecond))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_length_are_read() {
        let cases: &[(&[u8], Option<i128>)] = &[
            (&[], Some(0)),
            (&[0x7f], Some(127)),
            (&[0xff], Some(-1)),
            (&[0x00, 0x80], Some(128)),
            (&[0xff; 20], Some(-1)),
            (&[0x00; 40], Some(0)),
            (&[0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None),
            (&[0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(twos_complement(bytes), *expected, "for {bytes:02x?}");
        }
    }
}
