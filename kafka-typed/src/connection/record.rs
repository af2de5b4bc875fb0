//! The parts of a Kafka record besides its value: time and headers.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time of a record: milliseconds since 1970-01-01T00:00:00Z, as Kafka keeps it.
///
/// ```
/// use kafka_typed::Timestamp;
///
/// let timestamp = Timestamp::from(1_700_000_000_000);
/// assert_eq!(timestamp.as_millis(), 1_700_000_000_000);
/// assert_eq!(Timestamp::from(timestamp.to_system_time().unwrap()), timestamp);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The same instant for the standard library, or `None` when its clock cannot represent it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }

    pub(crate) fn from_rdkafka(timestamp: rdkafka::Timestamp) -> Option<Timestamp> {
        timestamp.to_millis().map(Timestamp)
    }
}

impl From<i64> for Timestamp {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

/// Rounds towards 1970 to whole milliseconds. Times beyond 292 million years become the last one that fits.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = |distance: Duration| i64::try_from(distance.as_millis()).unwrap_or(i64::MAX);
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        })
    }
}

/// The headers of a received record, in the order in which they were sent. Names may repeat.
///
/// A record without headers costs no allocation, and clones share one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Option<Arc<Vec<Header>>>);

type Header = (String, Option<Vec<u8>>);

impl Headers {
    /// The value of the last header of this name, which is what Kafka's Java client calls `lastHeader`. `None` when
    /// there is no such header, and when its value is null; [`Headers::iter`] tells the two apart.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.entries().iter().rev().find(|(found, _)| found == name).and_then(|(_, value)| value.as_deref())
    }

    /// Every header: its name and its value, which may be null. Bytes of a name that are not UTF-8 show as `�`.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Option<&[u8]>)> {
        self.entries().iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// How many headers there are.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }
}

/// Those of a message without any.
pub(crate) static NO_HEADERS: Headers = Headers(None);

impl Headers {
    pub(crate) fn push(&mut self, name: String, value: Option<Vec<u8>>) {
        Arc::make_mut(self.0.get_or_insert_default()).push((name, value));
    }

    fn entries(&self) -> &[Header] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl FromIterator<(String, Option<Vec<u8>>)> for Headers {
    fn from_iter<I: IntoIterator<Item = (String, Option<Vec<u8>>)>>(headers: I) -> Self {
        let headers: Vec<Header> = headers.into_iter().collect();
        Self((!headers.is_empty()).then(|| Arc::new(headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_and_after_are_kept_to_the_millisecond() {
        let check = |time: SystemTime, millis: i64| {
            assert_eq!(Timestamp::from(time).as_millis(), millis);
            assert_eq!(Timestamp::from(millis).to_system_time(), Some(time));
        };
        check(UNIX_EPOCH, 0);
        check(UNIX_EPOCH + Duration::from_millis(1_700_000_000_123), 1_700_000_000_123);
        check(UNIX_EPOCH - Duration::from_millis(5), -5);
    }

    #[test]
    fn the_last_header_of_a_name_wins() {
        let headers: Headers = [("a", Some("1")), ("b", None), ("a", Some("2"))]
            .map(|(n, v)| (n.to_owned(), v.map(|v| v.into())))
            .into_iter()
            .collect();
        assert_eq!(headers.get("a"), Some(&b"2"[..]));
        assert_eq!(headers.get("b"), None);
        assert_eq!(headers.get("c"), None);
        assert_eq!(headers.len(), 3);
        assert_eq!(headers.iter().nth(1), Some(("b", None)));
    }
}
