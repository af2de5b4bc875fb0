//! The plan itself, as data.

use super::action::{Action, RecordPlan, RecordPlanId, Skip, SkipId};

/// How data of one schema, the writer's, is decoded as another, the reader's: made once per pair, then used for every
/// datum.
///
/// ```
/// use avro_model::Schema;
/// use avro_model::resolution::{Action, Plan, Promotion, Step};
///
/// let writer = Schema::parse(r#"{"type": "record", "name": "Reading", "fields": [
///     {"name": "sensor", "type": "string"}, {"name": "value", "type": "int"}]}"#)?;
/// let reader = Schema::parse(r#"{"type": "record", "name": "Reading", "fields": [
///     {"name": "value", "type": "double"}, {"name": "unit", "type": "string", "default": "K"}]}"#)?;
///
/// let plan = Plan::new(&writer, &reader)?;
/// let Action::Record(id) = plan.root() else { unreachable!("records are read as records") };
/// let [Step::Skip(_), Step::Read { field: 0, action }, Step::Default { field: 1, bytes }] = &*plan.record(*id).steps else {
///     unreachable!("`sensor` is skipped, `value` is read, `unit` takes its default")
/// };
/// assert_eq!(*action, Action::Promote(Promotion::IntToDouble));
/// assert_eq!(&**bytes, b"\x02K");
///
/// assert!(Plan::new(&reader, &reader)?.is_same_encoding());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(super) root: Action,
    /// By the number of the pair of records; those that were only tried out have no steps.
    pub(super) records: Vec<RecordPlan>,
    pub(super) skips: Vec<Box<[Skip]>>,
}

impl Plan {
    /// The action for the whole datum.
    #[must_use]
    pub fn root(&self) -> &Action {
        &self.root
    }

    /// Whether the two schemas encode alike, so that data is decoded as if the reader had written it.
    #[must_use]
    pub fn is_same_encoding(&self) -> bool {
        self.root == Action::Read
    }

    /// The plan of a record.
    ///
    /// # Panics
    ///
    /// When the id comes from another plan.
    #[must_use]
    pub fn record(&self, id: RecordPlanId) -> &RecordPlan {
        &self.records[id.index()]
    }

    /// How to pass over a record of the writer: over each of its fields in turn.
    ///
    /// # Panics
    ///
    /// When the id comes from another plan.
    #[must_use]
    pub fn skips(&self, id: SkipId) -> &[Skip] {
        &self.skips[id.index()]
    }
}
