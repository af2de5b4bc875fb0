//! Names to definitions, across all sources and in any order; then the checks that need to know what a name means.

mod assemble;
mod defaults;
mod duplicates;
mod unknown;

use std::collections::HashMap;

use crate::code::Code;
use crate::collect::Collector;
use crate::name::Fullname;
use crate::parse::{DefinitionDraft, Draft, Reference, Thrown, UnionDraft};
use crate::protocol::Protocol;
use crate::schema::{Definition, DefinitionId, DefinitionKind, Kind, Record, Root, Type};
use crate::source::{Source, SourceId, Span};

/// What all sources declare.
pub(crate) struct Linked {
    pub(crate) roots: Vec<Root>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) protocols: Vec<Protocol>,
    /// The named types of each source and of what it imports.
    pub(crate) types: Vec<Vec<DefinitionId>>,
}

/// Links a draft. The result is sound when no error is in `collector`. `unread` has the sources that could not be
/// read.
pub(crate) fn link(draft: Draft<'_>, sources: &[Source], unread: &[SourceId], collector: &mut Collector) -> Linked {
    let Draft { roots, mut definitions, references, unions, defaults, mut protocols, thrown, outlines } = draft;
    let names = Names::new(&definitions);
    let unknown = unknown::Unknown::new(&definitions, sources, unread, &outlines);
    let targets = resolve(&references, &names, unknown, collector);
    for draft in &mut definitions {
        if let DefinitionKind::Record(record) = &mut draft.definition.kind {
            record.fields.iter_mut().for_each(|field| rewrite(&mut field.ty, &targets));
        }
    }
    let mut roots: Vec<Root> = roots.into_iter().map(|(source, ty)| Root { source, ty }).collect();
    roots.iter_mut().for_each(|root| rewrite(&mut root.ty, &targets));
    for message in protocols.iter_mut().flat_map(|protocol| &mut protocol.messages) {
        message.request.iter_mut().for_each(|field| rewrite(&mut field.ty, &targets));
        rewrite(&mut message.response, &targets);
        message.errors.iter_mut().for_each(|error| *error = target(*error, &targets));
    }
    duplicates::check(&definitions, &names.first, sources, collector);
    check_unions(&unions, &targets, &definitions, &names, collector);
    let (types, mut protocols) = assemble::assemble(&outlines, protocols, &names);
    let mut kept = Kept::new(definitions, &names);
    check_thrown(&thrown, &targets, &kept.definitions, collector);
    defaults::check(&defaults, &mut kept, &mut protocols, sources, collector);
    Linked { roots, definitions: kept.definitions, protocols, types }
}

/// Which definition a fullname means: the first one; any further one must be the same.
struct Names {
    by_fullname: HashMap<String, usize>,
    /// For each definition of the draft, the first one of its name.
    first: Vec<usize>,
    /// For each definition of the draft that is the first of its name, its index among those.
    kept: Vec<Option<DefinitionId>>,
}

impl Names {
    fn new(definitions: &[DefinitionDraft]) -> Names {
        let mut by_fullname: HashMap<String, usize> = HashMap::with_capacity(definitions.len());
        let mut first = Vec::with_capacity(definitions.len());
        let mut kept = Vec::with_capacity(definitions.len());
        let mut next = 0;
        for (index, draft) in definitions.iter().enumerate() {
            let name = draft.definition.name.as_str();
            // What has no name is reported, and equal to nothing.
            let first_index = match name {
                "" => index,
                _ => *by_fullname.entry(name.to_owned()).or_insert(index),
            };
            first.push(first_index);
            kept.push((first_index == index).then(|| DefinitionId::from_index(next)).flatten());
            next += usize::from(first_index == index);
        }
        Names { by_fullname, first, kept }
    }

    fn id(&self, draft_index: usize) -> Option<DefinitionId> {
        let first = *self.first.get(draft_index)?;
        self.kept.get(first).copied().flatten()
    }

    /// The specification, "Names": a name without dots is in the enclosing namespace. As in Java, where there is no
    /// such type, the null namespace is searched.
    fn find(&self, name: &str, namespace: Option<&str>) -> Option<usize> {
        let fullname = Fullname::new(name, namespace);
        if let Some(index) = self.by_fullname.get(fullname.as_str()) {
            return Some(*index);
        }
        self.by_fullname.get(name).copied()
    }
}

/// The definitions that stay, one for each name.
struct Kept {
    definitions: Vec<Definition>,
    /// Those with something wrong in them; sorted.
    unsound: Vec<DefinitionId>,
    /// By index in the draft; `None` for a further definition of a name.
    ids: Vec<Option<DefinitionId>>,
}

impl Kept {
    fn new(drafts: Vec<DefinitionDraft>, names: &Names) -> Kept {
        let mut kept = Kept { definitions: Vec::new(), unsound: Vec::new(), ids: names.kept.clone() };
        for (draft, id) in drafts.into_iter().zip(&names.kept) {
            let Some(id) = id else { continue };
            if !draft.is_sound {
                kept.unsound.push(*id);
            }
            kept.definitions.push(draft.definition);
        }
        kept
    }
}

fn resolve(
    references: &[Reference<'_>],
    names: &Names,
    mut unknown: unknown::Unknown<'_>,
    collector: &mut Collector,
) -> Vec<DefinitionId> {
    let resolved = references.iter().map(|reference| match *reference {
        Reference::Inline(index) => names.id(index).unwrap_or(DefinitionId::BROKEN),
        Reference::Name { name, namespace, source, span } => match names.find(name, namespace) {
            Some(index) => names.id(index).unwrap_or(DefinitionId::BROKEN),
            None => {
                unknown.report(name, namespace, (source, span), collector);
                DefinitionId::BROKEN
            }
        },
    });
    resolved.collect()
}

/// Replaces references by definitions.
fn rewrite(ty: &mut Type, targets: &[DefinitionId]) {
    match &mut ty.kind {
        Kind::Array(inner) | Kind::Map(inner) => rewrite(inner, targets),
        Kind::Union(branches) => branches.iter_mut().for_each(|branch| rewrite(branch, targets)),
        Kind::Named(id) => *id = target(*id, targets),
        _ => {}
    }
}

fn target(reference: DefinitionId, targets: &[DefinitionId]) -> DefinitionId {
    targets.get(reference.index()).copied().unwrap_or(DefinitionId::BROKEN)
}

/// The specification, "Messages": the errors of a message are declared errors.
fn check_thrown(thrown: &[Thrown], targets: &[DefinitionId], definitions: &[Definition], collector: &mut Collector) {
    for Thrown { source, error, span } in thrown {
        let Some(definition) = definitions.get(target(*error, targets).index()) else { continue };
        if matches!(definition.kind, DefinitionKind::Record(Record { is_error: true, .. })) {
            continue;
        }
        let message = format!("`{}` is not declared as an error", definition.name);
        let diagnostic =
            collector.error(Code::INVALID_MESSAGE, (*source, *span), message, "expected the name of a declared error");
        if matches!(definition.kind, DefinitionKind::Record(_)) {
            diagnostic.help(format!("declare `{}` as an error instead of a record", definition.name.name()));
        }
    }
}

/// The specification, "Unions": no more than one branch of the same type, and named types are told apart by their
/// names.
fn check_unions(
    unions: &[UnionDraft],
    targets: &[DefinitionId],
    definitions: &[DefinitionDraft],
    names: &Names,
    collector: &mut Collector,
) {
    let kept: Vec<&DefinitionDraft> =
        definitions.iter().zip(&names.kept).filter(|(_, id)| id.is_some()).map(|(draft, _)| draft).collect();
    for union in unions {
        let mut seen: HashMap<DefinitionId, Span> = HashMap::with_capacity(union.named_branches.len());
        for (reference, span) in &union.named_branches {
            let Some(target) = targets.get(reference.index()).filter(|target| **target != DefinitionId::BROKEN) else {
                continue;
            };
            let Some(first) = seen.insert(*target, *span) else { continue };
            let name = kept.get(target.index()).map_or("", |draft| draft.definition.name.as_str());
            report_branch(union.source, name, first, *span, collector);
        }
    }
}

fn report_branch(source: SourceId, name: &str, first: Span, second: Span, collector: &mut Collector) {
    let message = format!("a union must not have two branches of type `{name}`");
    collector
        .error(Code::DUPLICATE_BRANCH, (source, second), message, "second branch of this type")
        .also((source, first), "first branch of this type")
        .help("remove one of the two");
}
