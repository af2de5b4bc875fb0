//! The Parsing Canonical Form (Avro specification, "Transforming into Parsing Canonical Form").

use crate::json::write_string;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Field, Kind, Schema, Type};

impl Schema {
    /// The Parsing Canonical Form: the same for all schemas that are the same to a reader. It has lost documentation,
    /// defaults, aliases, logical types and all other properties, so it is for comparing and for fingerprints only.
    ///
    /// ```
    /// use avro_model::Schema;
    ///
    /// let schema = Schema::parse(r#"{"name": "F", "namespace": "a", "type": "fixed", "size": 2, "doc": "two"}"#)?;
    /// assert_eq!(schema.canonical_form(), r#"{"name":"a.F","type":"fixed","size":2}"#);
    /// # Ok::<(), avro_model::SchemaError>(())
    /// ```
    #[must_use]
    pub fn canonical_form(&self) -> String {
        let definitions = self.definitions();
        let mut printed = vec![false; definitions.len()];
        let mut out = String::new();
        let mut work = vec![Work::Type(self.root())];
        while let Some(next) = work.pop() {
            match next {
                Work::Text(text) => out.push_str(text),
                Work::Field(field) => {
                    out.push_str("{\"name\":");
                    write_string(&mut out, &field.name);
                    out.push_str(",\"type\":");
                    work.push(Work::Text("}"));
                    work.push(Work::Type(&field.ty));
                }
                Work::Type(ty) => match &ty.kind {
                    Kind::Null => out.push_str("\"null\""),
                    Kind::Boolean => out.push_str("\"boolean\""),
                    Kind::Int => out.push_str("\"int\""),
                    Kind::Long => out.push_str("\"long\""),
                    Kind::Float => out.push_str("\"float\""),
                    Kind::Double => out.push_str("\"double\""),
                    Kind::Bytes => out.push_str("\"bytes\""),
                    Kind::String => out.push_str("\"string\""),
                    Kind::Array(items) => {
                        out.push_str("{\"type\":\"array\",\"items\":");
                        work.push(Work::Text("}"));
                        work.push(Work::Type(items));
                    }
                    Kind::Map(values) => {
                        out.push_str("{\"type\":\"map\",\"values\":");
                        work.push(Work::Text("}"));
                        work.push(Work::Type(values));
                    }
                    Kind::Union(branches) => {
                        out.push('[');
                        work.push(Work::Text("]"));
                        push_list(&mut work, branches.iter().map(Work::Type));
                    }
                    Kind::Named(id) => named(*id, definitions, &mut printed, &mut out, &mut work),
                },
            }
        }
        out
    }
}

/// What is still to be printed: a stack in the place of recursion, for chains of records of any length.
enum Work<'s> {
    Text(&'static str),
    Type(&'s Type),
    Field(&'s Field),
}

fn named<'s>(
    id: DefinitionId,
    definitions: &'s [Definition],
    printed: &mut [bool],
    out: &mut String,
    work: &mut Vec<Work<'s>>,
) {
    let Some((definition, printed)) = definitions.get(id.index()).zip(printed.get_mut(id.index())) else {
        return;
    };
    if std::mem::replace(printed, true) {
        write_string(out, definition.name.as_str());
        return;
    }
    out.push_str("{\"name\":");
    write_string(out, definition.name.as_str());
    match &definition.kind {
        DefinitionKind::Record(record) => {
            out.push_str(",\"type\":\"record\",\"fields\":[");
            work.push(Work::Text("]}"));
            push_list(work, record.fields.iter().map(Work::Field));
        }
        DefinitionKind::Enum(symbols) => {
            out.push_str(",\"type\":\"enum\",\"symbols\":[");
            for (index, symbol) in symbols.symbols.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, symbol);
            }
            out.push_str("]}");
        }
        DefinitionKind::Fixed { size } => out.push_str(&format!(",\"type\":\"fixed\",\"size\":{size}}}")),
    }
}

/// Pushes `items` so that they come off the stack in their order, with commas between.
fn push_list<'s>(work: &mut Vec<Work<'s>>, items: impl DoubleEndedIterator<Item = Work<'s>> + ExactSizeIterator) {
    for (index, item) in items.enumerate().rev() {
        work.push(item);
        if index > 0 {
            work.push(Work::Text(","));
        }
    }
}
