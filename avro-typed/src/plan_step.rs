//! A place in a resolution plan: what generated code is given to read another schema's data.

use avro_model::resolution::{Action, Mismatch, Plan, Promotion, Step};

use crate::decode::Decode;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::reader::Reader;

/// The step of a resolution plan for one value: what to do with it, and the plan that this belongs to.
#[derive(Clone, Copy, Debug)]
pub struct PlanStep<'a> {
    plan: &'a Plan,
    action: &'a Action,
}

impl<'a> PlanStep<'a> {
    /// The action of the whole datum.
    #[inline]
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        PlanStep { plan, action: plan.root() }
    }

    /// What to do with the value.
    #[inline(always)]
    #[must_use]
    pub fn action(self) -> &'a Action {
        self.action
    }

    /// The steps for the fields of a record.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::PlanMismatch`] when the plan has no record here.
    #[inline]
    pub fn field_steps(self) -> Result<FieldSteps<'a>, DecodeError> {
        match self.action {
            Action::Record(id) => Ok(FieldSteps { plan: self.plan, steps: self.plan.record(*id).steps.iter() }),
            _ => Err(self.plan_mismatch("a record", 0)),
        }
    }

    /// The same for a record whose fields have old values: as many as these, so that each gets a new one.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::PlanMismatch`] when the plan has no record with so many fields here.
    #[inline]
    pub fn field_steps_of(self, fields: usize) -> Result<FieldSteps<'a>, DecodeError> {
        let steps = self.field_steps()?;
        // Every field of the reader's record has exactly one such step.
        if steps.clone().filter(|step| step.index().is_some()).count() == fields {
            return Ok(steps);
        }
        let kind = DecodeErrorKind::PlanMismatch { expected: "a value for each field", found: "another record" };
        Err(DecodeError::new(kind, 0))
    }

    /// The error for a field that had no step: each field has one in the plan of its record.
    #[cold]
    #[must_use]
    pub fn missing(self, name: &'static str) -> DecodeError {
        let kind = DecodeErrorKind::PlanMismatch { expected: "a value for this field", found: "none" };
        DecodeError::new(kind, 0).at_field(name)
    }

    /// Reads an enum's symbol as its position among the reader's `symbols`. `type_name` is the full name of the
    /// reader's enum.
    ///
    /// # Errors
    ///
    /// When the writer's enum has no symbol of that index, or the reader's has neither that symbol nor a default.
    pub fn enum_index(
        self,
        reader: &mut Reader<'a>,
        symbols: usize,
        type_name: &'static str,
    ) -> Result<usize, DecodeError> {
        let Action::Enum(table) = self.action else {
            return Err(self.unsuitable(reader, "an enum"));
        };
        let writer_index = reader.enum_index(table.len(), type_name)?;
        match table.get(writer_index).copied().flatten().map(usize::try_from) {
            Some(Ok(index)) if index < symbols => Ok(index),
            Some(_) => Err(self.unsuitable(reader, "an enum with these symbols")),
            None => Err(reader.fail(DecodeErrorKind::SymbolNotInReader { type_name, writer_index })),
        }
    }

    /// The branch of the reader's union, below `branches`, that the value goes to, and how it is read.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::PlanMismatch`] when the plan has no such branch here.
    #[inline]
    pub fn reader_branch(self, reader: &Reader<'a>, branches: usize) -> Result<(usize, PlanStep<'a>), DecodeError> {
        if let Action::ReaderUnion { branch, action } = self.action
            && let Ok(branch) = usize::try_from(*branch)
            && branch < branches
        {
            return Ok((branch, PlanStep { plan: self.plan, action }));
        }
        Err(self.unsuitable(reader, "a branch of the union"))
    }

    /// Reads the value of a branch of the reader's union as the Avro type `As`. An error gets the branch's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline]
    pub fn field<As: ?Sized, T: Decode<'a, As>>(
        self,
        reader: &mut Reader<'a>,
        name: &'static str,
    ) -> Result<T, DecodeError> {
        match T::decode_resolved(reader, self) {
            Ok(value) => Ok(value),
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Reads the value of a branch of the reader's union into another one, as [`field`](PlanStep::field) does.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline]
    pub fn field_into<As: ?Sized, T: Decode<'a, As>>(
        self,
        reader: &mut Reader<'a>,
        name: &'static str,
        value: &mut T,
    ) -> Result<(), DecodeError> {
        match value.decode_resolved_into(reader, self) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// Reads which branch the writer took, and gives its action.
    #[inline]
    pub(crate) fn writer_branch(self, reader: &mut Reader<'a>, branches: &'a [Action]) -> Result<Self, DecodeError> {
        let index = reader.union_index(branches.len())?;
        match branches.get(index) {
            Some(action) => Ok(PlanStep { plan: self.plan, action }),
            None => Err(self.unsuitable(reader, "a union")),
        }
    }

    pub(crate) fn array_items(self, reader: &Reader<'a>) -> Result<Self, DecodeError> {
        match self.action {
            Action::Array(action) => Ok(PlanStep { plan: self.plan, action }),
            _ => Err(self.unsuitable(reader, "an array")),
        }
    }

    pub(crate) fn map_values(self, reader: &Reader<'a>) -> Result<Self, DecodeError> {
        match self.action {
            Action::Map(action) => Ok(PlanStep { plan: self.plan, action }),
            _ => Err(self.unsuitable(reader, "a map")),
        }
    }

    /// The smallest size of what the writer wrote, as far as the action tells it; `own` is that of the reader's type.
    pub(crate) fn min_size(self, own: usize) -> usize {
        match self.action {
            Action::Read => own,
            Action::Promote(_) | Action::Enum(_) | Action::Array(_) | Action::Map(_) | Action::WriterUnion(_) => 1,
            Action::Record(_) | Action::ReaderUnion { .. } | Action::Error(_) => 0,
            // Nothing is known of it: whoever reads the value refuses the action.
            _ => 0,
        }
    }

    pub(crate) fn promotion(self) -> Option<Promotion> {
        match self.action {
            Action::Promote(promotion) => Some(*promotion),
            _ => None,
        }
    }

    /// The error for a branch of the writer's union that the reader cannot read.
    #[cold]
    pub(crate) fn mismatch(self, reader: &Reader<'a>, mismatch: &Mismatch) -> DecodeError {
        reader.fail(DecodeErrorKind::Mismatch(mismatch.clone()))
    }

    /// The error for a plan that was made for another type than the one that is being read.
    #[cold]
    pub(crate) fn unsuitable(self, reader: &Reader<'a>, expected: &'static str) -> DecodeError {
        self.plan_mismatch(expected, reader.offset())
    }

    #[cold]
    fn plan_mismatch(self, expected: &'static str, offset: usize) -> DecodeError {
        let found = match self.action {
            Action::Read => "the same encoding",
            Action::Promote(_) => "a promotion",
            Action::Enum(_) => "an enum",
            Action::Array(_) => "an array",
            Action::Map(_) => "a map",
            Action::Record(_) => "a record",
            Action::WriterUnion(_) => "a union of the writer",
            Action::ReaderUnion { .. } => "a branch of a union",
            Action::Error(_) => "an error",
            _ => "an unknown action",
        };
        DecodeError::new(DecodeErrorKind::PlanMismatch { expected, found }, offset)
    }
}

/// The steps of a record's plan, in the order in which the writer wrote the fields; defaults come last.
#[derive(Clone, Debug)]
pub struct FieldSteps<'a> {
    plan: &'a Plan,
    steps: std::slice::Iter<'a, Step>,
}

impl<'a> Iterator for FieldSteps<'a> {
    type Item = FieldStep<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<FieldStep<'a>> {
        self.steps.next().map(|step| FieldStep { plan: self.plan, step })
    }
}

/// One step of a record's plan.
#[derive(Clone, Copy, Debug)]
pub struct FieldStep<'a> {
    plan: &'a Plan,
    step: &'a Step,
}

impl<'a> FieldStep<'a> {
    /// The position of the reader's field that the step has the value of; `None` for values to pass over.
    #[inline(always)]
    #[must_use]
    pub fn index(self) -> Option<u32> {
        match self.step {
            Step::Read { field, .. } | Step::Default { field, .. } => Some(*field),
            // Of these, `skip` refuses what it does not know.
            _ => None,
        }
    }

    /// Reads the field's value, of the Avro type `As`, into `slot`: from the datum, or the field's default. An error
    /// gets the field's name.
    ///
    /// Compilers take less time for a slot than for a value that is returned.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline]
    pub fn read_into<As: ?Sized, T: Decode<'a, As>>(
        self,
        reader: &mut Reader<'a>,
        name: &'static str,
        slot: &mut Option<T>,
    ) -> Result<(), DecodeError> {
        let value = match self.step {
            Step::Read { action: Action::Read, .. } => T::decode(reader),
            _ => self.read_by_plan(reader),
        };
        match value {
            Ok(value) => {
                *slot = Some(value);
                Ok(())
            }
            Err(error) => Err(error.at_field(name)),
        }
    }

    /// One function for all fields of a type, so that the code of a record stays small around what most of its fields
    /// take: the straight path.
    #[inline(never)]
    fn read_by_plan<As: ?Sized, T: Decode<'a, As>>(self, reader: &mut Reader<'a>) -> Result<T, DecodeError> {
        match self.step {
            Step::Read { action, .. } => T::decode_resolved(reader, PlanStep { plan: self.plan, action }),
            Step::Default { bytes, .. } => decode_default(reader, bytes),
            _ => Err(self.unsuitable(reader)),
        }
    }

    /// Reads the field's value, of the Avro type `As`, into its old one: from the datum, or the field's default. An
    /// error gets the field's name.
    ///
    /// # Errors
    ///
    /// What the type's [`Decode`] returns.
    #[inline]
    pub fn update<As: ?Sized, T: Decode<'a, As>>(
        self,
        reader: &mut Reader<'a>,
        name: &'static str,
        value: &mut T,
    ) -> Result<(), DecodeError> {
        let updated = match self.step {
            Step::Read { action: Action::Read, .. } => value.decode_into(reader),
            _ => self.update_by_plan(reader, value),
        };
        match updated {
            Ok(()) => Ok(()),
            Err(error) => Err(error.at_field(name)),
        }
    }

    #[inline(never)]
    fn update_by_plan<As: ?Sized, T: Decode<'a, As>>(
        self,
        reader: &mut Reader<'a>,
        value: &mut T,
    ) -> Result<(), DecodeError> {
        match self.step {
            Step::Read { action, .. } => value.decode_resolved_into(reader, PlanStep { plan: self.plan, action }),
            Step::Default { bytes, .. } => reader.read_default(bytes, |reader| value.decode_into(reader)),
            _ => Err(self.unsuitable(reader)),
        }
    }

    /// Passes over values that the reader has no field for.
    ///
    /// # Errors
    ///
    /// When the datum ends within them, or the step has the value of a field.
    #[inline]
    pub fn skip(self, reader: &mut Reader<'a>) -> Result<(), DecodeError> {
        match self.step {
            Step::Skip(skips) => match &**skips {
                [skip] => reader.skip(self.plan, skip),
                skips => reader.skip_all(self.plan, skips),
            },
            _ => Err(self.unsuitable(reader)),
        }
    }

    #[cold]
    fn unsuitable(self, reader: &Reader<'a>) -> DecodeError {
        let expected = "only the fields of the record";
        reader.fail(DecodeErrorKind::PlanMismatch { expected, found: "another field" })
    }
}

/// Decodes a default, which the plan has in the encoding of the reader's type.
fn decode_default<'a, As: ?Sized, T: Decode<'a, As>>(
    reader: &mut Reader<'a>,
    bytes: &'a [u8],
) -> Result<T, DecodeError> {
    reader.read_default(bytes, T::decode)
}
