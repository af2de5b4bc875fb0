//! Differences in the words of Java's library.

use super::cause::Cause;
use super::mismatch::Mismatch;

impl Mismatch {
    /// The words of Avro's Java library, which Confluent's registry puts into its answers: the name of the field, `[C,
    /// D]`, `reader type: INT not compatible with writer type: STRING`. [`message`](Mismatch::message) is for people.
    ///
    /// ```
    /// use avro_model::Schema;
    /// use avro_model::compatibility::check_readable;
    ///
    /// let mismatches = check_readable(&Schema::parse(r#""int""#)?, &Schema::parse(r#""string""#)?);
    /// assert_eq!(mismatches[0].java_message(), "reader type: INT not compatible with writer type: STRING");
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn java_message(&self) -> String {
        match &self.cause {
            Cause::MissingField { field, .. } => field.clone(),
            Cause::MissingSymbols { symbols, .. } => format!("[{}]", symbols.join(", ")),
            Cause::OtherName { written, .. } => format!("expected: {written}"),
            Cause::OtherSize { written, read, .. } => format!("expected: {written}, found: {read}"),
            Cause::OtherType { written, read, .. } => {
                format!("reader type: {} not compatible with writer type: {}", java_type(read), java_type(written))
            }
            Cause::MissingBranch { written, .. } => format!("reader union lacking writer type: {}", java_type(written)),
            // Java finds none of these.
            Cause::UselessDefault { .. } | Cause::OtherLogicalType { .. } | Cause::TooIntricate | Cause::Unknown => {
                self.message.clone()
            }
        }
    }
}

/// `RECORD` for `record a.Customer`.
fn java_type(described: &str) -> String {
    described.split_once(' ').map_or(described, |(kind, _)| kind).to_ascii_uppercase()
}
