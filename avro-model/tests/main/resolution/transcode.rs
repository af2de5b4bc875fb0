//! Runs a plan on a datum and gives what the reader would have written: the plan's meaning, in bytes.

use avro_model::resolution::{Action, Plan, Promotion, Skip, Step};
use avro_model::{DefinitionKind, Kind, Schema, Type};

/// The datum in the reader's encoding, arrays and maps in one block.
pub(crate) fn transcode(plan: &Plan, reader: &Schema, datum: &[u8]) -> Result<Vec<u8>, String> {
    let mut input = Input { rest: datum };
    let mut out = Vec::new();
    Transcoder { plan, reader }.run(plan.root(), reader.root(), &mut input, &mut out)?;
    match input.rest.len() {
        0 => Ok(out),
        more => Err(format!("{more} bytes are left over")),
    }
}

struct Transcoder<'t> {
    plan: &'t Plan,
    reader: &'t Schema,
}

impl Transcoder<'_> {
    fn run(&self, action: &Action, ty: &Type, input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        match action {
            Action::Read => self.copy(ty, input, out),
            Action::Promote(promotion) => promote(*promotion, input, out),
            Action::Enum(table) => {
                let symbol = input.varint()?;
                let entry = usize::try_from(symbol).ok().and_then(|symbol| table.get(symbol));
                let index = entry.ok_or_else(|| format!("there is no symbol {symbol}"))?;
                put_varint(out, index.ok_or_else(|| format!("symbol {symbol} is unknown to the reader"))?.into());
                Ok(())
            }
            Action::Array(items) => {
                let Kind::Array(ty) = &ty.kind else { return Err("the reader has no array here".to_owned()) };
                blocks(input, out, |input, out| self.run(items, ty, input, out))
            }
            Action::Map(values) => {
                let Kind::Map(ty) = &ty.kind else { return Err("the reader has no map here".to_owned()) };
                blocks(input, out, |input, out| {
                    copy_bytes(input, out)?;
                    self.run(values, ty, input, out)
                })
            }
            Action::Record(id) => self.run_record(&self.plan.record(*id).steps, ty, input, out),
            Action::WriterUnion(branches) => {
                let branch = input.index(branches.len())?;
                self.run(&branches[branch], ty, input, out)
            }
            Action::ReaderUnion { branch, action } => {
                let Kind::Union(branches) = &ty.kind else { return Err("the reader has no union here".to_owned()) };
                put_varint(out, (*branch).into());
                self.run(action, &branches[*branch as usize], input, out)
            }
            Action::Error(mismatch) => Err(mismatch.message.clone()),
            other => unreachable!("{other:?} is not known here"),
        }
    }

    fn run_record(&self, steps: &[Step], ty: &Type, input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        let fields = match &ty.kind {
            Kind::Named(id) => match &self.reader.definition(*id).kind {
                DefinitionKind::Record(record) => &record.fields,
                _ => return Err("the reader has no record here".to_owned()),
            },
            _ => return Err("the reader has no record here".to_owned()),
        };
        let mut values: Vec<Option<Vec<u8>>> = vec![None; fields.len()];
        for step in steps {
            match step {
                Step::Read { field, action } => {
                    let mut value = Vec::new();
                    self.run(action, &fields[*field as usize].ty, input, &mut value)?;
                    assert!(values[*field as usize].replace(value).is_none(), "field {field} is read twice");
                }
                Step::Skip(skips) => skips.iter().try_for_each(|skip| self.skip(skip, input))?,
                Step::Default { field, bytes } => {
                    assert!(values[*field as usize].replace(bytes.to_vec()).is_none(), "field {field} is read twice");
                }
                other => unreachable!("{other:?} is not known here"),
            }
        }
        for value in values {
            out.extend(value.expect("every field of the reader has a step"));
        }
        Ok(())
    }

    fn skip(&self, skip: &Skip, input: &mut Input<'_>) -> Result<(), String> {
        match skip {
            Skip::Nothing => Ok(()),
            Skip::Varints(count) => (0..*count).try_for_each(|_| input.varint().map(drop)),
            Skip::Fixed(size) => input.take(*size).map(drop),
            Skip::Bytes => input.bytes().map(drop),
            Skip::Array(items) => self.skip_blocks(input, |input| self.skip(items, input)),
            Skip::Map(values) => self.skip_blocks(input, |input| {
                input.bytes()?;
                self.skip(values, input)
            }),
            Skip::Union(branches) => {
                let branch = input.index(branches.len())?;
                self.skip(&branches[branch], input)
            }
            Skip::Record(id) => self.plan.skips(*id).iter().try_for_each(|field| self.skip(field, input)),
            other => unreachable!("{other:?} is not known here"),
        }
    }

    fn skip_blocks(
        &self,
        input: &mut Input<'_>,
        mut item: impl FnMut(&mut Input<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        loop {
            match input.varint()? {
                0 => return Ok(()),
                count if count > 0 => (0..count).try_for_each(|_| item(input))?,
                _ => input.bytes().map(drop)?,
            }
        }
    }

    fn copy(&self, ty: &Type, input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        match &ty.kind {
            Kind::Null => Ok(()),
            Kind::Boolean => input.take(1).map(|bytes| out.extend(bytes)),
            Kind::Float => input.take(4).map(|bytes| out.extend(bytes)),
            Kind::Double => input.take(8).map(|bytes| out.extend(bytes)),
            Kind::Int | Kind::Long => input.varint().map(|number| put_varint(out, number)),
            Kind::Bytes | Kind::String => copy_bytes(input, out),
            Kind::Array(items) => blocks(input, out, |input, out| self.copy(items, input, out)),
            Kind::Map(values) => blocks(input, out, |input, out| {
                copy_bytes(input, out)?;
                self.copy(values, input, out)
            }),
            Kind::Union(branches) => {
                let branch = input.index(branches.len())?;
                put_varint(out, i64::try_from(branch).unwrap());
                self.copy(&branches[branch], input, out)
            }
            Kind::Named(id) => match &self.reader.definition(*id).kind {
                DefinitionKind::Record(record) => {
                    record.fields.iter().try_for_each(|field| self.copy(&field.ty, input, out))
                }
                DefinitionKind::Enum(definition) => {
                    let symbol = input.index(definition.symbols.len())?;
                    put_varint(out, i64::try_from(symbol).unwrap());
                    Ok(())
                }
                DefinitionKind::Fixed { size } => input.take(*size).map(|bytes| out.extend(bytes)),
            },
        }
    }
}

// That numbers are rounded is what these promotions are.
#[allow(clippy::cast_precision_loss)]
fn promote(promotion: Promotion, input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    match promotion {
        Promotion::IntToLong => put_varint(out, input.varint()?),
        Promotion::IntToFloat | Promotion::LongToFloat => out.extend((input.varint()? as f32).to_le_bytes()),
        Promotion::IntToDouble | Promotion::LongToDouble => out.extend((input.varint()? as f64).to_le_bytes()),
        Promotion::FloatToDouble => {
            let bytes = input.take(4)?.try_into().unwrap();
            out.extend(f64::from(f32::from_le_bytes(bytes)).to_le_bytes());
        }
        Promotion::StringToBytes => copy_bytes(input, out)?,
        Promotion::BytesToString => {
            let bytes = input.bytes()?;
            std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
            put_varint(out, i64::try_from(bytes.len()).unwrap());
            out.extend(bytes);
        }
        other => unreachable!("{other:?} is not known here"),
    }
    Ok(())
}

type Item<'f> = &'f mut dyn FnMut(&mut Input<'_>, &mut Vec<u8>) -> Result<(), String>;

fn blocks(
    input: &mut Input<'_>,
    out: &mut Vec<u8>,
    mut item: impl FnMut(&mut Input<'_>, &mut Vec<u8>) -> Result<(), String>,
) -> Result<(), String> {
    collect_blocks(input, out, &mut item)
}

fn collect_blocks(input: &mut Input<'_>, out: &mut Vec<u8>, item: Item<'_>) -> Result<(), String> {
    let mut items = Vec::new();
    let mut total = 0;
    loop {
        let mut count = input.varint()?;
        if count == 0 {
            break;
        }
        if count < 0 {
            count = -count;
            input.varint()?;
        }
        total += count;
        for _ in 0..count {
            item(input, &mut items)?;
        }
    }
    if total > 0 {
        put_varint(out, total);
        out.extend(items);
    }
    put_varint(out, 0);
    Ok(())
}

fn copy_bytes(input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), String> {
    let bytes = input.bytes()?;
    put_varint(out, i64::try_from(bytes.len()).unwrap());
    out.extend(bytes);
    Ok(())
}

fn put_varint(out: &mut Vec<u8>, number: i64) {
    let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
    while rest > 0x7f {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

struct Input<'i> {
    rest: &'i [u8],
}

impl<'i> Input<'i> {
    fn take(&mut self, count: usize) -> Result<&'i [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or("the datum ends early")?;
        self.rest = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<i64, String> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            }
        }
        Err("a number is too long".to_owned())
    }

    fn bytes(&mut self) -> Result<&'i [u8], String> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| "a length is negative")?)
    }

    fn index(&mut self, count: usize) -> Result<usize, String> {
        let index = self.varint()?;
        usize::try_from(index).ok().filter(|index| *index < count).ok_or_else(|| format!("there is no index {index}"))
    }
}
