//! Schema resolution (Avro 1.12 specification, "Schema Resolution"): what a writer's schema wrote, read as a reader's
//! schema.
//!
//! A [`Plan`] is compiled once per pair of schemas, and then run for every datum. It holds all that can be known
//! beforehand: which field goes where, defaults in binary, tables of symbols, promotions, and what to pass over.
//! Subtrees that both schemas encode alike are a single [`Action::Read`], so equal schemas cost nothing.
//!
//! Where the specification leaves room, or implementations differ, these are the rules:
//!
//! - **Names of records** match when the unqualified names are equal, or when an alias of the reader's is the writer's
//!   fullname. That is asked for where the name alone tells what a value is: at the root, since a topic may have
//!   several types, and where either side has a union. The specification asks for it everywhere, and so does Java's
//!   compatibility check. The record that is a field's type, an item or a value of a map is told by its field, so its
//!   own name does not matter, and a record may be renamed there. Java's decoder ignores all these names, and gives out
//!   one record as another; [`RecordNames::Ignore`] does so.
//! - **Names of enums and fixed** match when the unqualified names are equal, or when an alias of the reader's is the
//!   writer's fullname.
//! - **Fields** match by name first, for every field of the reader, and then by the reader's aliases in their order,
//!   whatever the records are called (Java looks at a field's aliases only where the records' fullnames match, its
//!   compatibility check everywhere). A value of the writer goes to one field only.
//! - **Symbols** that the reader lacks become the default of its enum. Without one, such a symbol is an error when it
//!   is met.
//! - **Unions of the writer** are resolved branch by branch, each against the whole of the reader's type. A branch that
//!   cannot be read is an error when data takes it; when no branch can be read, there is no plan.
//! - **Unions of the reader** take the first branch that matches, where a branch of the very type goes before one that
//!   needs a promotion. A named type goes to the branch of its fullname; else to one of its unqualified name; and a
//!   record, else, where names are ignored, to the first record that can be read.
//! - **Logical types** must agree where both sides have one: decimals in scale, all others in name. Java reads
//!   `decimal(12, 2)` as `decimal(12, 4)` without a word, and takes every amount for a hundredth of itself; here that
//!   is a [`MismatchKind::TypeMismatch`]. Where one side has none, the bytes are read as the reader's schema has it.
//! - **Items of arrays and values of maps** that cannot be read are an error when there is one: an empty array can be
//!   read.
//! - **Everything else that differs** is an error before any datum is read, since every datum has it.
//!
//! [`check_readable`](crate::compatibility::check_readable) runs the same code, by the rules of Java's compatibility
//! check where those differ.

mod action;
mod branches;
pub(crate) mod cause;
mod evaluate;
mod fields;
mod java;
mod logical;
mod mismatch;
mod pairs;
mod place;
mod plan;
mod purpose;
mod settle;
mod skip;

pub use action::{Action, Promotion, RecordPlan, RecordPlanId, Skip, SkipId, Step};
pub use mismatch::{Mismatch, MismatchKind, ResolutionError};
pub use place::Place;
pub use plan::Plan;
pub use purpose::RecordNames;

use crate::schema::Schema;
use pairs::Pairs;
use purpose::Purpose;

impl Plan {
    /// Resolves the writer's schema against the reader's. A record of another name is another type: see
    /// [`RecordNames`].
    ///
    /// The time it takes is polynomial in the size of the schemas, and it needs no more of the call stack than their
    /// nesting, which [`Schema::parse`] bounds: schemas may come from anywhere.
    ///
    /// # Errors
    ///
    /// Every difference because of which no datum of the writer's schema could be read. Differences that concern only
    /// some branch of a union of the writer are not such an error: they are [`Action::Error`]s in the plan.
    pub fn new(writer: &Schema, reader: &Schema) -> Result<Plan, ResolutionError> {
        Plan::with_record_names(writer, reader, RecordNames::Match)
    }

    /// The same, where the caller decides what the names of records count for.
    ///
    /// ```
    /// use avro_model::Schema;
    /// use avro_model::resolution::{Plan, RecordNames};
    ///
    /// let order = |name: &str| {
    ///     Schema::parse(&format!(r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "id", "type": "long"}}]}}"#))
    /// };
    /// let (cancelled, placed) = (order("OrderCancelled")?, order("OrderPlaced")?);
    /// assert_eq!(
    ///     Plan::new(&cancelled, &placed).unwrap_err().mismatches()[0].message,
    ///     "the writer's type is named OrderCancelled, the reader's OrderPlaced (an alias in the reader's schema makes them match)"
    /// );
    /// assert!(Plan::with_record_names(&cancelled, &placed, RecordNames::Ignore)?.is_same_encoding());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`new`](Plan::new).
    pub fn with_record_names(
        writer: &Schema,
        reader: &Schema,
        record_names: RecordNames,
    ) -> Result<Plan, ResolutionError> {
        Pairs::settle(writer, reader, Purpose::Decode(record_names)).plan()
    }
}

/// Every difference because of which data of the writer's schema could not be read, by the rules of Java's
/// compatibility check.
pub(crate) fn mismatches_of_check(writer: &Schema, reader: &Schema) -> Vec<Mismatch> {
    Pairs::settle(writer, reader, Purpose::Check).mismatches()
}
