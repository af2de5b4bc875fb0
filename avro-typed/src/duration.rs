//! The Rust type of `duration`.

use serde::de::{Deserialize, Deserializer, MapAccess};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::__private::{Fields, RecordFields, deserialize_record};

/// A length of time as `duration` has it (Avro 1.12, "Duration"): three numbers that are independent of each other,
/// since neither have all months the same number of days nor all days the same length.
///
/// ```
/// use avro_typed::Duration;
///
/// let duration = Duration { months: 14, days: 3, millis: 500 };
/// assert_eq!(duration.to_bytes(), [14, 0, 0, 0, 3, 0, 0, 0, 0xf4, 1, 0, 0]);
/// assert_eq!(Duration::from_bytes(duration.to_bytes()), duration);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Whole months.
    pub months: u32,
    /// Whole days, beside the months.
    pub days: u32,
    /// Milliseconds, beside the days.
    pub millis: u32,
}

impl Duration {
    /// As Avro writes it: each number in four bytes, the lowest byte first.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        for (slot, number) in bytes.as_chunks_mut().0.iter_mut().zip([self.months, self.days, self.millis]) {
            *slot = number.to_le_bytes();
        }
        bytes
    }

    /// The inverse of [`to_bytes`](Duration::to_bytes).
    #[must_use]
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
        Duration {
            months: u32::from_le_bytes([a, b, c, d]),
            days: u32::from_le_bytes([e, f, g, h]),
            millis: u32::from_le_bytes([i, j, k, l]),
        }
    }
}

const FIELDS: &[&str] = &["months", "days", "millis"];

/// Three named numbers.
impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Duration", FIELDS.len())?;
        record.serialize_field("months", &self.months)?;
        record.serialize_field("days", &self.days)?;
        record.serialize_field("millis", &self.millis)?;
        record.end()
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_record(deserializer, "Duration", FIELDS)
    }
}

impl<'de> RecordFields<'de> for Duration {
    fn from_fields<M: MapAccess<'de>>(fields: &mut Fields<M>) -> Result<Self, M::Error> {
        let (mut months, mut days, mut millis) = (None, None, None);
        while let Some(field) = fields.next()? {
            match field {
                0 => fields.value(&mut months)?,
                1 => fields.value(&mut days)?,
                2 => fields.value(&mut millis)?,
                _ => fields.ignore()?,
            }
        }
        Ok(Duration {
            months: fields.required(months, "months")?,
            days: fields.required(days, "days")?,
            millis: fields.required(millis, "millis")?,
        })
    }
}
