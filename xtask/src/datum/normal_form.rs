//! The one encoding that our writers choose for a datum: arrays and maps in one block without its size, numbers as
//! short as they can be. What others wrote may differ in these points and still be the same datum.

use avro_model::{Definition, DefinitionKind, Kind, LogicalType, Schema, Type};

use super::logical_value::{Underlying, is_value};

/// A datum in its normal form.
#[derive(Debug, PartialEq)]
pub(crate) struct NormalForm {
    /// The entries of maps sorted by key: maps have no order, and neither have the generated types that hold them.
    pub(crate) sorted: Vec<u8>,
    /// The entries of maps as they came; `None` when a map has several.
    pub(crate) exact: Option<Vec<u8>>,
    /// The first logical type that the datum holds no value of.
    pub(crate) not_a_value_of: Option<LogicalType>,
}

impl NormalForm {
    /// Whether `encoded` is this datum as one of our writers may encode it: byte by byte, but for the order of entries
    /// of maps.
    pub(crate) fn is_encoded_as(&self, schema: &Schema, encoded: &[u8]) -> bool {
        match &self.exact {
            Some(exact) => encoded == exact,
            None => normal_form(schema, encoded)
                .is_ok_and(|found| found.sorted == self.sorted && encoded.len() == self.sorted.len()),
        }
    }
}

/// What keeps bytes from being a datum of the schema.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum NotADatum {
    #[error("the datum ends early")]
    EndsEarly,
    #[error("{0} bytes are left over")]
    LeftOver(usize),
    #[error("a number has more than 64 bits")]
    LongNumber,
    #[error("{0} is not a length")]
    Length(i64),
    #[error("there is no branch or symbol {0}")]
    Index(i64),
}

/// Reads `datum` by `schema` and writes it again.
pub(crate) fn normal_form(schema: &Schema, datum: &[u8]) -> Result<NormalForm, NotADatum> {
    let mut walk = Walk { schema, rest: datum, has_ambiguous_maps: false, not_a_value_of: None };
    let mut form = Form::default();
    walk.value(schema.root(), &mut form)?;
    if !walk.rest.is_empty() {
        return Err(NotADatum::LeftOver(walk.rest.len()));
    }
    let exact = (!walk.has_ambiguous_maps).then_some(form.exact);
    Ok(NormalForm { sorted: form.sorted, exact, not_a_value_of: walk.not_a_value_of })
}

/// Both forms, while they are written.
#[derive(Default)]
struct Form {
    sorted: Vec<u8>,
    exact: Vec<u8>,
}

impl Form {
    fn put(&mut self, bytes: &[u8]) {
        self.sorted.extend_from_slice(bytes);
        self.exact.extend_from_slice(bytes);
    }

    fn put_number(&mut self, number: i64) {
        let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
        while rest > 0x7f {
            self.put(&[rest.to_le_bytes()[0] | 0x80]);
            rest >>= 7;
        }
        self.put(&[rest.to_le_bytes()[0]]);
    }

    fn append(&mut self, other: Form) {
        self.sorted.extend(other.sorted);
        self.exact.extend(other.exact);
    }
}

struct Walk<'w> {
    schema: &'w Schema,
    rest: &'w [u8],
    has_ambiguous_maps: bool,
    not_a_value_of: Option<LogicalType>,
}

impl<'w> Walk<'w> {
    fn value(&mut self, ty: &Type, form: &mut Form) -> Result<(), NotADatum> {
        match &ty.kind {
            Kind::Null => {}
            Kind::Boolean => form.put(self.take(1)?),
            Kind::Float => form.put(self.take(4)?),
            Kind::Double => form.put(self.take(8)?),
            Kind::Int | Kind::Long => {
                let number = self.number()?;
                self.note(ty.logical, Underlying::Number(number));
                form.put_number(number);
            }
            Kind::Bytes | Kind::String => {
                let bytes = self.bytes()?;
                self.note(ty.logical, Underlying::Bytes(bytes));
                form.put_number(i64::try_from(bytes.len()).map_err(|_| NotADatum::EndsEarly)?);
                form.put(bytes);
            }
            Kind::Array(items) => {
                let mut all = Form::default();
                let count = self.blocks(|walk| walk.value(items, &mut all))?;
                put_block(form, count, all);
            }
            Kind::Map(values) => self.map(values, form)?,
            Kind::Union(branches) => {
                let (index, branch) = self.choice(branches)?;
                form.put_number(index);
                self.value(branch, form)?;
            }
            Kind::Named(id) => self.named(self.schema.definition(*id), form)?,
        }
        Ok(())
    }

    fn named(&mut self, definition: &Definition, form: &mut Form) -> Result<(), NotADatum> {
        match &definition.kind {
            DefinitionKind::Record(record) => record.fields.iter().try_for_each(|field| self.value(&field.ty, form))?,
            DefinitionKind::Enum(symbols) => form.put_number(self.choice(&symbols.symbols)?.0),
            DefinitionKind::Fixed { size } => {
                let bytes = self.take(*size)?;
                self.note(definition.logical, Underlying::Fixed(bytes));
                form.put(bytes);
            }
        }
        Ok(())
    }

    fn note(&mut self, logical: Option<LogicalType>, value: Underlying<'_>) {
        let wrong = logical.filter(|logical| !is_value(*logical, value));
        self.not_a_value_of = self.not_a_value_of.or(wrong);
    }

    fn map(&mut self, values: &Type, form: &mut Form) -> Result<(), NotADatum> {
        let mut entries = Vec::new();
        let count = self.blocks(|walk| {
            let mut entry = Form::default();
            let key = walk.bytes()?;
            entry.put_number(i64::try_from(key.len()).map_err(|_| NotADatum::EndsEarly)?);
            entry.put(key);
            walk.value(values, &mut entry)?;
            entries.push((key, entry));
            Ok(())
        })?;
        self.has_ambiguous_maps |= entries.len() > 1;
        entries.sort_by_key(|(key, _)| *key);
        let mut all = Form::default();
        entries.into_iter().for_each(|(_, entry)| all.append(entry));
        put_block(form, count, all);
        Ok(())
    }

    /// Calls `item` for each item of each block, and returns how many there were.
    fn blocks(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), NotADatum>) -> Result<i64, NotADatum> {
        let mut total = 0;
        loop {
            let count = self.number()?;
            if count == 0 {
                return Ok(total);
            }
            if count < 0 {
                // The size of the block in bytes, for those who pass over it.
                self.number()?;
            }
            let count = count.checked_abs().ok_or(NotADatum::Length(count))?;
            for _ in 0..count {
                item(self)?;
            }
            total += count;
        }
    }

    fn choice<'t, T>(&mut self, choices: &'t [T]) -> Result<(i64, &'t T), NotADatum> {
        let index = self.number()?;
        let choice = usize::try_from(index).ok().and_then(|index| choices.get(index));
        Ok((index, choice.ok_or(NotADatum::Index(index))?))
    }

    fn bytes(&mut self) -> Result<&'w [u8], NotADatum> {
        let length = self.number()?;
        self.take(usize::try_from(length).map_err(|_| NotADatum::Length(length))?)
    }

    fn number(&mut self) -> Result<i64, NotADatum> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let &[byte] = self.take(1)? else { return Err(NotADatum::EndsEarly) };
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            }
        }
        Err(NotADatum::LongNumber)
    }

    fn take(&mut self, count: usize) -> Result<&'w [u8], NotADatum> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(NotADatum::EndsEarly)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn put_block(form: &mut Form, count: i64, items: Form) {
    if count > 0 {
        form.put_number(count);
        form.append(items);
    }
    form.put_number(0);
}

#[cfg(test)]
mod tests {
    use super::super::hexadecimal;
    use super::*;

    fn read(schema: &str, datum: &str) -> Result<NormalForm, NotADatum> {
        let schema = Schema::parse(schema).expect("the schema is valid");
        normal_form(&schema, &hexadecimal::bytes(datum).expect("hexadecimal"))
    }

    fn check(schema: &str, datum: &str, expected: &str) {
        let form = read(schema, datum).expect("a datum");
        assert_eq!(form.exact.map(|bytes| hexadecimal::of(&bytes)).as_deref(), Some(expected), "{schema} {datum}");
    }

    #[test]
    fn what_our_writers_write_stays_as_it_is() {
        let record = r#"{"type":"record","name":"R","fields":[
            {"name":"a","type":["null","string"]},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
            {"name":"f","type":{"type":"fixed","name":"F","size":2}},{"name":"d","type":"double"},{"name":"l","type":"long"}]}"#;
        check(record, "02026102abcd00000000000045400f", "02026102abcd00000000000045400f");
        check(r#"{"type":"array","items":"long"}"#, "04063600", "04063600");
        check(r#"{"type":"map","values":"long"}"#, "020261ffffffffffffffffff0100", "020261ffffffffffffffffff0100");
    }

    #[test]
    fn blocks_are_joined_and_numbers_shortened() {
        check(r#"{"type":"array","items":"long"}"#, "0304063600", "04063600");
        check(r#"{"type":"array","items":"long"}"#, "0206023600", "04063600");
        check("\"int\"", "8200", "02");
        check("\"string\"", "82800061", "0261");
    }

    #[test]
    fn the_order_of_a_map_is_no_difference() {
        let text = r#"{"type":"map","values":"long"}"#;
        let schema = Schema::parse(text).expect("the schema is valid");
        let form = read(text, "0402620202610200").expect("a datum");
        assert_eq!(form.exact, None);
        let check = |encoded: &str, expected| {
            let encoded = hexadecimal::bytes(encoded).expect("hexadecimal");
            assert_eq!(form.is_encoded_as(&schema, &encoded), expected);
        };
        check("0402610202620200", true);
        check("0402620202610200", true);
        check("0402620202610400", false);
        // The same entries, with the size of the block.
        check("030c02620202610200", false);
    }

    #[test]
    fn logical_types_are_looked_at_everywhere() {
        let check = |schema: &str, datum: &str, expected: Option<&str>| {
            let found = read(schema, datum).expect("a datum").not_a_value_of.map(|logical| logical.name());
            assert_eq!(found, expected, "{schema} {datum}");
        };
        let millis = r#"{"type":"array","items":["null",{"type":"int","logicalType":"time-millis"}]}"#;
        check(millis, "0400020200", None);
        check(millis, "0400020100", Some("time-millis"));
        let fixed = r#"{"type":"fixed","name":"F","size":1,"logicalType":"decimal","precision":1}"#;
        check(fixed, "09", None);
        check(fixed, "0a", Some("decimal"));
        check(r#"{"type":"string","logicalType":"uuid"}"#, "0261", Some("uuid"));
    }

    #[test]
    fn what_is_no_datum_is_an_error() {
        let check = |schema: &str, datum: &str, expected| assert_eq!(read(schema, datum), Err(expected), "{datum}");
        check("\"int\"", "", NotADatum::EndsEarly);
        check("\"int\"", "0000", NotADatum::LeftOver(1));
        check("\"long\"", "8080808080808080808001", NotADatum::LongNumber);
        check("\"bytes\"", "01", NotADatum::Length(-1));
        check(r#"["null","long"]"#, "04", NotADatum::Index(2));
        check(r#"{"type":"array","items":"null"}"#, "ffffffffffffffffff0100", NotADatum::Length(i64::MIN));
    }
}
