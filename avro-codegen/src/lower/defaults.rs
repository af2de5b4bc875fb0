//! The defaults of fields as values of their Rust types.
//!
//! Which JSON means which value is for avro-model to know: it encodes the default, and this is read back as what
//! the Rust type holds. That finds the few values of an Avro type that its Rust type does not have: such a field has no
//! default in Rust, which is worth a warning.

use avro_model::{Code, Definition, Diagnostic, SchemaSet, Step, encode_default};

use crate::leaf::default::{self, Raw, RustValue};
use crate::leaf::encoded::{Encoded, Unreadable};
use crate::leaf::{Encoding, Leaf};
use crate::model::{FieldType, Item, Model, RecordField, Shape};

/// A value that a field takes where there is none. What type it is of is for the field to say.
#[derive(Clone, Debug)]
pub(crate) enum DefaultValue {
    Leaf(RustValue),
    Array(Vec<DefaultValue>),
    Map(Vec<(String, DefaultValue)>),
    /// The null of a nullable type.
    Absent,
    /// The other branch of a nullable type.
    Present(Box<DefaultValue>),
    /// The index of an enum's symbol.
    Symbol(usize),
    Fixed(Vec<u8>),
    /// The values of all fields of a record.
    Record(Vec<DefaultValue>),
    /// What a newtype contains.
    Newtype(Box<DefaultValue>),
    /// The index of a union's variant, and its value.
    Variant(usize, Box<DefaultValue>),
    /// A value of a type that is not known here, decoded at run time.
    Encoded(Vec<u8>),
}

/// Sets the default of every field that has one.
pub(crate) fn lower_all(model: &mut Model<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let items = &model.items;
    let mut lowered = Vec::new();
    for (item_index, item) in items.iter().enumerate().filter(|(_, item)| item.external.is_none()) {
        let (Shape::Record { fields }, Some(record)) = (&item.shape, item.definition()) else { continue };
        for (field_index, field) in fields.iter().enumerate() {
            let Some(json) = &field.field.default else { continue };
            let value =
                encode_default(&field.field.ty, model.set.definitions(), json).map_err(|error| error.to_string());
            match value.and_then(|bytes| lower(&bytes, items, &field.ty)) {
                Ok(value) => lowered.push((item_index, field_index, value)),
                Err(reason) => diagnostics.push(not_held(model.set, record, field, &reason)),
            }
        }
    }
    for (item, field, value) in lowered {
        if let Shape::Record { fields } = &mut model.items[item].shape {
            fields[field].default = Some(value);
        }
    }
}

/// What is nested deeper, or is longer, is not written out: parsers of Rust are recursive, and nobody reads it.
const MOST_WRITTEN_NESTING: usize = 16;
const MOST_WRITTEN_BYTES: usize = 4_096;

/// What is nested deeper is not a default in Rust: the runtime has a bound for the depth of values.
const MOST_NESTING: usize = 64;

/// The default of a field of type `ty`, which is encoded as `bytes`. The error tells why the Rust type does not hold
/// it.
fn lower(bytes: &[u8], items: &[Item<'_>], ty: &FieldType) -> Result<DefaultValue, String> {
    let value = Reading { encoded: Encoded::new(bytes), items }.value(ty)?;
    match value.nesting() {
        0 => Ok(value),
        nesting if nesting > MOST_NESTING => Err(format!("it is nested more than {MOST_NESTING} levels deep")),
        nesting if nesting > MOST_WRITTEN_NESTING || bytes.len() > MOST_WRITTEN_BYTES => {
            Ok(DefaultValue::Encoded(bytes.to_vec()))
        }
        _ => Ok(value),
    }
}

impl DefaultValue {
    /// How many values are nested, without the innermost.
    fn nesting(&self) -> usize {
        let of_all = |values: &[DefaultValue]| values.iter().map(|value| value.nesting() + 1).max().unwrap_or(0);
        match self {
            DefaultValue::Array(values) | DefaultValue::Record(values) => of_all(values),
            DefaultValue::Map(entries) => entries.iter().map(|(_, value)| value.nesting() + 1).max().unwrap_or(0),
            DefaultValue::Present(value) | DefaultValue::Newtype(value) | DefaultValue::Variant(_, value) => {
                value.nesting() + 1
            }
            DefaultValue::Leaf(_)
            | DefaultValue::Absent
            | DefaultValue::Symbol(_)
            | DefaultValue::Fixed(_)
            | DefaultValue::Encoded(_) => 0,
        }
    }
}

fn not_held(set: &SchemaSet, record: &Definition, field: &RecordField<'_>, reason: &str) -> Diagnostic {
    let path = [Step::Key("fields"), Step::Index(field.index), Step::Key("default")];
    let message = format!(
        "the default of the field `{}` of `{}` is not a value of its Rust type, so the field has no default in Rust",
        field.field.name, record.name
    );
    Diagnostic::warning(Code::INVALID_DEFAULT, message, set.label(record, &path, reason))
        .with_help("choose another Rust type for the field, or another default")
}

/// A default that is being read.
struct Reading<'b, 'set> {
    encoded: Encoded<'b>,
    items: &'b [Item<'set>],
}

impl Reading<'_, '_> {
    /// The error tells why the Rust type does not hold the value.
    fn value(&mut self, ty: &FieldType) -> Result<DefaultValue, String> {
        Ok(match ty {
            FieldType::Leaf(leaf) => DefaultValue::Leaf(self.leaf(leaf)?),
            FieldType::Array(items) => {
                let mut values = Vec::new();
                self.blocks(|reading| {
                    values.push(reading.value(items)?);
                    Ok(())
                })?;
                DefaultValue::Array(values)
            }
            FieldType::Map { values, .. } => {
                let mut entries = Vec::new();
                self.blocks(|reading| {
                    entries.push((reading.encoded.string()?, reading.value(values)?));
                    Ok(())
                })?;
                DefaultValue::Map(entries)
            }
            FieldType::Nullable { null_branch, value } => match &**value {
                // A union begins with the index of its branch, which counts null.
                FieldType::Own { of, .. } if self.is_union(of) => {
                    self.encoded_as(|reading| reading.nullable(*null_branch, of))?
                }
                value => self.nullable(*null_branch, value)?,
            },
            FieldType::Sole(value) => {
                self.encoded.size()?;
                self.value(value)?
            }
            FieldType::Item { item, .. } if self.items[*item].external.is_some() => {
                self.encoded_as(|reading| reading.item(*item))?
            }
            FieldType::Item { item, .. } => self.item(*item)?,
            FieldType::Own { of, .. } => self.encoded_as(|reading| match &**of {
                // What the usual Rust type does not hold, another may.
                FieldType::Leaf(leaf) => reading.leaf(&Leaf::new(leaf.encoding.underlying())).map(DefaultValue::Leaf),
                of => reading.value(of),
            })?,
        })
    }

    /// The bytes of what `read` reads.
    fn encoded_as(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<DefaultValue, String>,
    ) -> Result<DefaultValue, String> {
        let start = self.encoded;
        read(self)?;
        Ok(DefaultValue::Encoded(self.encoded.since(start).to_vec()))
    }

    fn is_union(&self, ty: &FieldType) -> bool {
        matches!(ty, FieldType::Item { item, .. } if self.items[*item].shape.is_union())
    }

    fn nullable(&mut self, null_branch: usize, value: &FieldType) -> Result<DefaultValue, String> {
        let branch = self.encoded.size()?;
        if branch == null_branch {
            return Ok(DefaultValue::Absent);
        }
        let value = match value {
            FieldType::Item { item, .. } if self.is_union(value) => {
                self.variant(*item, branch - usize::from(branch > null_branch))?
            }
            value => self.value(value)?,
        };
        Ok(DefaultValue::Present(Box::new(value)))
    }

    fn item(&mut self, item: usize) -> Result<DefaultValue, String> {
        let items = self.items;
        Ok(match &items[item].shape {
            Shape::Record { fields } => {
                let values = fields.iter().map(|field| self.value(&field.ty));
                DefaultValue::Record(values.collect::<Result<_, String>>()?)
            }
            Shape::Enumeration { .. } => DefaultValue::Symbol(self.encoded.size()?),
            Shape::Fixed { size } => DefaultValue::Fixed(self.encoded.take(*size)?.to_vec()),
            Shape::Newtype { of } => DefaultValue::Newtype(Box::new(self.value(of)?)),
            Shape::Union { .. } => {
                let variant = self.encoded.size()?;
                self.variant(item, variant)?
            }
        })
    }

    fn variant(&mut self, item: usize, index: usize) -> Result<DefaultValue, String> {
        let items = self.items;
        let Shape::Union { variants } = &items[item].shape else { return Err(UNREADABLE.to_owned()) };
        let variant = variants.get(index).ok_or(UNREADABLE)?;
        Ok(DefaultValue::Variant(index, Box::new(self.value(&variant.ty)?)))
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<RustValue, String> {
        let start = self.encoded;
        let encoded = &mut self.encoded;
        let raw = match leaf.encoding.underlying() {
            Encoding::Null => Raw::Null,
            Encoding::Boolean => Raw::Boolean(encoded.array()? != [0]),
            Encoding::Float => Raw::Float(f32::from_le_bytes(encoded.array()?)),
            Encoding::Double => Raw::Double(f64::from_le_bytes(encoded.array()?)),
            Encoding::Bytes => Raw::Bytes(encoded.bytes()?.to_vec()),
            Encoding::String => Raw::String(encoded.string()?),
            Encoding::Fixed { size } => Raw::Bytes(encoded.take(size)?.to_vec()),
            _ => Raw::Integer(encoded.long()?),
        };
        default::value(leaf, raw, encoded.since(start))
    }

    fn blocks(&mut self, mut read: impl FnMut(&mut Self) -> Result<(), String>) -> Result<(), String> {
        loop {
            let count = self.encoded.long()?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                // The size of the block in bytes, for those who skip it.
                self.encoded.long()?;
            }
            for _ in 0..count.unsigned_abs() {
                read(self)?;
            }
        }
    }
}

/// Only seen when avro-model and this crate disagree about a schema.
const UNREADABLE: &str = "internal error of avro-codegen, please report it: the encoded default cannot be read back";

impl From<Unreadable> for String {
    fn from(_: Unreadable) -> String {
        UNREADABLE.to_owned()
    }
}
