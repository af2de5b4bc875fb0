//! Plans as short texts.

use avro_model::resolution::{Action, Plan, Promotion, RecordPlanId, Skip, SkipId, Step};

/// A plan in one line: `2<-read` reads into the reader's field 2, `1=0278` gives field 1 its default, `0:read` goes to
/// branch 0 of the reader's union. A record inside itself is `record{..}`.
pub(super) fn outline(plan: &Plan) -> String {
    let mut outliner = Outliner { plan, inside: Vec::new(), skipping: Vec::new() };
    outliner.action(plan.root())
}

struct Outliner<'p> {
    plan: &'p Plan,
    inside: Vec<RecordPlanId>,
    skipping: Vec<SkipId>,
}

impl Outliner<'_> {
    fn action(&mut self, action: &Action) -> String {
        match action {
            Action::Read => "read".to_owned(),
            Action::Promote(promotion) => promotion_text(*promotion).to_owned(),
            Action::Enum(table) => {
                let entry = |index: &Option<u32>| index.map_or("-".to_owned(), |index| index.to_string());
                format!("enum[{}]", table.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
            Action::Array(items) => format!("array({})", self.action(items)),
            Action::Map(values) => format!("map({})", self.action(values)),
            Action::Record(id) if self.inside.contains(id) => "record{..}".to_owned(),
            Action::Record(id) => {
                self.inside.push(*id);
                let steps: Vec<String> = self.plan.record(*id).steps.iter().map(|step| self.step(step)).collect();
                self.inside.pop();
                format!("record{{{}}}", steps.join(", "))
            }
            Action::WriterUnion(branches) => {
                let branches: Vec<String> = branches.iter().map(|branch| self.action(branch)).collect();
                format!("writer[{}]", branches.join(", "))
            }
            Action::ReaderUnion { branch, action } => format!("{branch}:{}", self.action(action)),
            Action::Error(mismatch) => format!("error {} at {}", mismatch.kind, mismatch.path),
            other => unreachable!("{other:?} is not known here"),
        }
    }

    fn step(&mut self, step: &Step) -> String {
        match step {
            Step::Read { field, action } => format!("{field}<-{}", self.action(action)),
            Step::Skip(skips) => {
                let skips: Vec<String> = skips.iter().map(|skip| self.skip(skip)).collect();
                format!("skip {}", skips.join(" + "))
            }
            Step::Default { field, bytes } => {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{field}={hex}")
            }
            other => unreachable!("{other:?} is not known here"),
        }
    }

    fn skip(&mut self, skip: &Skip) -> String {
        match skip {
            Skip::Nothing => "nothing".to_owned(),
            Skip::Varints(1) => "varint".to_owned(),
            Skip::Varints(count) => format!("{count} varints"),
            Skip::Fixed(size) => format!("{size} bytes"),
            Skip::Bytes => "bytes".to_owned(),
            Skip::Array(items) => format!("array({})", self.skip(items)),
            Skip::Map(values) => format!("map({})", self.skip(values)),
            Skip::Union(branches) => {
                let branches: Vec<String> = branches.iter().map(|branch| self.skip(branch)).collect();
                format!("union[{}]", branches.join(", "))
            }
            Skip::Record(id) if self.skipping.contains(id) => "record{..}".to_owned(),
            Skip::Record(id) => {
                self.skipping.push(*id);
                let fields: Vec<String> = self.plan.skips(*id).iter().map(|field| self.skip(field)).collect();
                self.skipping.pop();
                format!("record{{{}}}", fields.join(", "))
            }
            other => unreachable!("{other:?} is not known here"),
        }
    }
}

fn promotion_text(promotion: Promotion) -> &'static str {
    match promotion {
        Promotion::IntToLong => "int->long",
        Promotion::IntToFloat => "int->float",
        Promotion::IntToDouble => "int->double",
        Promotion::LongToFloat => "long->float",
        Promotion::LongToDouble => "long->double",
        Promotion::FloatToDouble => "float->double",
        Promotion::StringToBytes => "string->bytes",
        Promotion::BytesToString => "bytes->string",
        other => unreachable!("{other:?} is not known here"),
    }
}
