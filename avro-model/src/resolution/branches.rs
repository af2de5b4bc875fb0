//! Which branch of the reader's union a value of the writer goes to when it is decoded.

use super::evaluate::{Evaluation, names_match, promotion};
use super::pairs::Verdict;
use super::purpose::{Purpose, RecordNames};
use crate::schema::{Definition, DefinitionId, DefinitionKind, Kind, Type};

impl Evaluation<'_, '_> {
    /// The branch for a value whose type in the writer's schema is `writer`, which is not a union; `None` when no
    /// branch is for it.
    ///
    /// By the specification, it is the first branch that matches. As in Java, a branch of the very type goes before one
    /// that needs a promotion, wherever they are, so that a `long` never becomes a `float` beside a `long`. A named
    /// type goes, in this order, to the branch of its fullname (or with that as an alias), even if that cannot be read,
    /// since meant it was; to a branch of its unqualified name; and, where names are ignored, a record to the first
    /// record that can be read.
    pub(super) fn choose_branch(&mut self, writer: &Type, branches: &[Type]) -> Option<usize> {
        let Kind::Named(written) = writer.kind else {
            let same = branches.iter().position(|branch| same_unnamed_kind(&writer.kind, &branch.kind));
            return same.or_else(|| branches.iter().position(|branch| promotion(&writer.kind, &branch.kind).is_some()));
        };
        let (writer_schema, reader_schema) = (self.pairs.writer, self.pairs.reader);
        let definition = writer_schema.definition(written);
        // Positions with the definitions there, of those branches that are of the writer's kind.
        let candidates = || {
            branches
                .iter()
                .enumerate()
                .filter_map(|(index, branch)| match branch.kind {
                    Kind::Named(read) => Some((index, read, reader_schema.definition(read))),
                    _ => None,
                })
                .filter(|(_, _, candidate)| same_named_kind(&definition.kind, &candidate.kind))
        };
        let is_meant =
            |candidate: &Definition| candidate.name == definition.name || candidate.aliases.contains(&definition.name);
        if let Some((index, ..)) = candidates().find(|(_, _, candidate)| is_meant(candidate)) {
            return Some(index);
        }
        let is_record = matches!(definition.kind, DefinitionKind::Record(_));
        let ignores_names = self.pairs.purpose == Purpose::Decode(RecordNames::Ignore);
        let mut accepts = |read: DefinitionId| !is_record || self.look_up(written, read).1 != Verdict::Unreadable;
        let named = candidates().find(|(_, read, candidate)| names_match(definition, candidate) && accepts(*read));
        let any = || candidates().find(|(_, read, _)| is_record && ignores_names && accepts(*read));
        // A branch of the name that cannot be read still tells why.
        let refused = || candidates().find(|(_, _, candidate)| names_match(definition, candidate));
        named.or_else(any).or_else(refused).map(|(index, ..)| index)
    }
}

fn same_unnamed_kind(writer: &Kind, reader: &Kind) -> bool {
    !matches!(writer, Kind::Named(_)) && std::mem::discriminant(writer) == std::mem::discriminant(reader)
}

fn same_named_kind(writer: &DefinitionKind, reader: &DefinitionKind) -> bool {
    std::mem::discriminant(writer) == std::mem::discriminant(reader)
}
