//! Enums, fixeds, and what all named types have in common.

use std::collections::{HashMap, HashSet};

use super::attributes::{RESERVED_IN_ENUM, RESERVED_IN_TYPE};
use super::logical::Underlying;
use super::{DefinitionDraft, Parser, opening, primitive, properties};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::name::{Fullname, is_valid_name, is_valid_namespace};
use crate::raw::{Node, Object, Value};
use crate::schema::{Definition, DefinitionKind, Enum, Origin, Type};
use crate::source::Span;
use crate::suggest::closest;

impl<'a> Parser<'a, '_> {
    pub(super) fn enumeration(
        &mut self,
        object: &'a Object<'a>,
        node: &'a Node<'a>,
        namespace: Option<&'a str>,
    ) -> Type {
        let empty = DefinitionKind::Enum(Enum { symbols: Vec::new(), default: None, unusable_default: None });
        let (mut draft, _) = self.definition(object, node, namespace, "an enum", empty);
        draft.definition.properties = properties(object, RESERVED_IN_ENUM);
        self.warn_of_slips(object, &["default"]);
        self.logical_type(object, Underlying::OtherNamed);
        if object.get("symbols").is_none() {
            self.missing(object, node, "an enum", "symbols", "an array of strings");
        }
        let nodes = self.strings(object, "symbols");
        draft.is_sound &= match object.get("symbols").map(|symbols| &symbols.value) {
            Some(Value::Array(items)) => items.len() == nodes.len(),
            _ => false,
        };
        let mut symbols = Vec::with_capacity(nodes.len());
        let mut seen: HashMap<&str, (usize, Span)> = HashMap::with_capacity(nodes.len());
        for (symbol, symbol_node) in nodes {
            draft.is_sound &= self.check_name(symbol, symbol_node.span, "symbol");
            if let Some((_, first)) = seen.get(symbol) {
                let place = (self.source, symbol_node.span);
                let message = format!("the symbol `{symbol}` appears twice in this enum");
                self.collector
                    .error(Code::DUPLICATE_SYMBOL, place, message, "second time")
                    .also((self.source, *first), "first time")
                    .help("remove or rename one of the two");
                draft.is_sound = false;
                continue;
            }
            seen.insert(symbol, (symbols.len(), symbol_node.span));
            symbols.push(symbol.to_owned());
        }
        let node = object.get("default").filter(|default| !matches!(default.value, Value::Null));
        let default = match node.map(|default| (default, &default.value)) {
            None => None,
            Some((default, Value::String(symbol))) => {
                let found = seen.get(symbol.as_ref()).map(|(index, _)| *index);
                if found.is_none() && draft.is_sound {
                    self.no_such_symbol(symbol, default, &symbols);
                }
                found
            }
            Some((default, _)) => {
                let expected = "one of the enum's symbols, as a string";
                let message = format!("the attribute `default` must be {expected}, not {}", default.describe());
                self.unusable_enum_default(default, message, &format!("expected {expected}"));
                None
            }
        };
        let unusable_default = node.filter(|_| default.is_none()).map(Node::to_json);
        draft.definition.kind = DefinitionKind::Enum(Enum { symbols, default, unusable_default });
        self.begin(draft).1
    }

    fn no_such_symbol(&mut self, symbol: &str, default: &Node<'_>, symbols: &[String]) {
        let message = format!("the default `{symbol}` is not a symbol of this enum");
        let help = match closest(symbol, symbols.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to `symbols`, or choose one of them".to_owned(),
        };
        self.unusable_enum_default(default, message, "expected one of `symbols`").help(help);
    }

    fn unusable_enum_default(&mut self, default: &Node<'_>, message: String, label: &str) -> &mut Diagnostic {
        let is_excused = self.collector.leniency().defaults;
        let place = (self.source, default.span);
        let labels = (label, "kept as text: the enum counts as one without a default");
        self.collector.error_unless(is_excused, Code::INVALID_DEFAULT, place, message, labels)
    }

    pub(super) fn fixed(&mut self, object: &'a Object<'a>, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
        let (mut draft, _) = self.definition(object, node, namespace, "a fixed", DefinitionKind::Fixed { size: 0 });
        draft.definition.properties = properties(object, RESERVED_IN_TYPE);
        let Some(size_node) = object.get("size") else {
            self.missing(object, node, "a fixed", "size", "a number of bytes");
            draft.is_sound = false;
            return self.begin(draft).1;
        };
        // Java's range, and the range of array lengths in most languages.
        let size = match &size_node.value {
            Value::Number(text) => text.parse::<i32>().ok().and_then(|size| usize::try_from(size).ok()),
            _ => None,
        };
        if let Some(size) = size {
            draft.definition.kind = DefinitionKind::Fixed { size };
            draft.definition.logical = self.logical_type(object, Underlying::Fixed(size));
        } else {
            let message = "the attribute `size` must be a whole number of bytes from 0 to 2147483647";
            let place = (self.source, size_node.span);
            self.collector.error(Code::INVALID_ATTRIBUTE, place, message, "expected a number of bytes");
            draft.is_sound = false;
        }
        self.begin(draft).1
    }

    /// What the named types have in common, and the namespace for what is inside. A definition without a usable
    /// name has an empty one, which no reference can mean.
    pub(super) fn definition(
        &mut self,
        object: &'a Object<'a>,
        node: &'a Node<'a>,
        enclosing: Option<&'a str>,
        what: &str,
        kind: DefinitionKind,
    ) -> (DefinitionDraft, Option<&'a str>) {
        self.warn_of_slips(object, &["namespace", "aliases"]);
        let (name, name_span) = match object.get("name").map(|name| (name, &name.value)) {
            Some((name_node, Value::String(name))) => (Some(name.as_ref()), name_node.span),
            Some((name_node, _)) => {
                self.unexpected(name_node, "name", "a string");
                (None, name_node.span)
            }
            None => {
                self.missing(object, node, what, "name", "a string");
                (None, opening(node.span))
            }
        };
        let namespace = self.namespace_of(name, object, enclosing);
        if let Some(name) = name {
            self.check_definition_name(name, namespace, name_span);
        }
        let definition = Definition {
            name: name.map_or_else(|| Fullname::new("", None), |name| Fullname::new(name, namespace)),
            aliases: self.aliases(object, namespace),
            doc: self.doc(object),
            logical: None,
            properties: Vec::new(),
            kind,
            origin: Origin { source: self.source, span: node.span },
        };
        (DefinitionDraft { definition, name_span, is_sound: name.is_some() }, namespace)
    }

    /// Aliases without a dot are in the namespace of what they are aliases of (specification, "Aliases").
    fn aliases(&mut self, object: &'a Object<'a>, namespace: Option<&'a str>) -> Vec<Fullname> {
        let mut aliases = Vec::new();
        let mut seen = HashSet::new();
        for (text, node) in self.strings(object, "aliases") {
            let alias = Fullname::new(text, namespace);
            let is_valid = is_valid_name(alias.name()) && alias.namespace().is_none_or(is_valid_namespace);
            if is_valid {
                self.check_ascii(text, node.span, "alias");
            } else if !self.invalid_name(text, node.span, "alias") {
                continue;
            }
            if seen.insert(alias.clone()) {
                aliases.push(alias);
            }
        }
        aliases
    }

    /// The namespace of what is called `name`. The specification, "Names": a fullname as the name wins over
    /// `namespace`, which is ignored then, whatever it is; and that wins over the enclosing namespace.
    pub(super) fn namespace_of(
        &mut self,
        name: Option<&'a str>,
        object: &'a Object<'a>,
        enclosing: Option<&'a str>,
    ) -> Option<&'a str> {
        let namespace = match name.and_then(|name| name.rsplit_once('.')) {
            Some((namespace, _)) => {
                self.warn_of_ignored_namespace(object);
                Some(namespace)
            }
            None => self.namespace(object).or(enclosing),
        };
        namespace.filter(|namespace| !namespace.is_empty())
    }

    /// A valid one beside a fullname is common, and does no harm.
    fn warn_of_ignored_namespace(&mut self, object: &Object<'_>) {
        let Some(node) = object.get("namespace") else { return };
        if matches!(&node.value, Value::Null) || matches!(&node.value, Value::String(text) if is_valid_namespace(text))
        {
            return;
        }
        let message = "this is not a valid namespace, and has no meaning beside a name with a dot";
        self.collector
            .warning(Code::SUSPICIOUS_ATTRIBUTE, (self.source, node.span), message, "ignored")
            .help("remove it: the name has a namespace of its own");
    }

    /// The attribute `namespace`; an empty one is the null namespace, and `null` is as good as none.
    fn namespace(&mut self, object: &'a Object<'a>) -> Option<&'a str> {
        let node = object.get("namespace")?;
        match &node.value {
            Value::String(_) => self.namespace_name(node),
            Value::Null => None,
            _ => {
                self.unexpected(node, "namespace", "a string");
                None
            }
        }
    }

    /// A namespace as it is written.
    pub(super) fn namespace_name(&mut self, node: &'a Node<'a>) -> Option<&'a str> {
        let Value::String(namespace) = &node.value else { return None };
        if is_valid_namespace(namespace) {
            self.check_ascii(namespace, node.span, "namespace");
        } else {
            self.invalid_name(namespace, node.span, "namespace");
        }
        Some(namespace.as_ref())
    }

    /// Whether a fullname, or a name, can be used as one.
    pub(super) fn check_fullname(&mut self, name: &str, span: Span) -> bool {
        let (namespace, short) = name.rsplit_once('.').unwrap_or(("", name));
        if is_valid_name(short) && is_valid_namespace(namespace) {
            self.check_ascii(name, span, "name");
            return true;
        }
        self.invalid_name(name, span, "name")
    }

    fn check_definition_name(&mut self, name: &str, namespace: Option<&str>, span: Span) {
        let short = name.rsplit('.').next().unwrap_or(name);
        if self.check_fullname(name, span) && namespace.is_none() && primitive(short).is_some() {
            let message = format!("`{short}` is the name of a primitive type");
            self.collector
                .error(Code::INVALID_NAME, (self.source, span), message, "must be another name")
                .help("choose another name, or put it into a namespace");
        }
    }

    /// Whether `name` can be used as a name without dots.
    pub(super) fn check_name(&mut self, name: &str, span: Span, what: &str) -> bool {
        if is_valid_name(name) {
            self.check_ascii(name, span, what);
            return true;
        }
        self.invalid_name(name, span, what)
    }

    /// Warns of letters that Java takes in a name and the specification does not.
    pub(super) fn check_ascii(&mut self, name: &str, span: Span, what: &str) {
        if name.is_ascii() {
            return;
        }
        let message = format!("`{name}` has letters that the specification does not allow in a {what}");
        self.collector
            .warning(Code::INVALID_NAME, (self.source, span), message, "taken as it is, as Java does")
            .help("other implementations may refuse it; letters from A to Z are safe");
    }

    /// The specification, "Names": `[A-Za-z_]`, then `[A-Za-z0-9_]`; a namespace is a sequence of names with dots
    /// between. Whether the name is let through all the same.
    pub(super) fn invalid_name(&mut self, name: &str, span: Span, what: &str) -> bool {
        let message = match name {
            "" => format!("the {what} is empty"),
            _ => format!("`{name}` is not a valid {what}"),
        };
        let with_dots = matches!(what, "name" | "namespace" | "alias");
        let label = match with_dots {
            true => "expected names of letters, digits and `_`, none starting with a digit, with dots between them",
            false => "expected letters, digits and `_`, not starting with a digit",
        };
        // A type without a name cannot be referred to, and neither can an alias be anybody's name then.
        let is_excused =
            self.collector.leniency().names && !(matches!(what, "name" | "alias") && is_short_name_empty(name));
        let labels = (label, "taken as it is");
        let place = (self.source, span);
        let diagnostic = self.collector.error_unless(is_excused, Code::INVALID_NAME, place, message, labels);
        let parts = name.split(|separator| with_dots && separator == '.').filter(|part| !part.is_empty());
        let valid: Vec<String> = parts.map(valid_name).collect();
        if !valid.is_empty() {
            diagnostic.help(format!("`{}` would be valid", valid.join(".")));
        }
        is_excused
    }
}

fn is_short_name_empty(fullname: &str) -> bool {
    fullname.rsplit('.').next().is_none_or(str::is_empty)
}

/// The valid name that is most like `part`.
fn valid_name(part: &str) -> String {
    let mut valid = String::with_capacity(part.len() + 1);
    if part.starts_with(|first: char| first.is_ascii_digit()) {
        valid.push('_');
    }
    valid.extend(part.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }));
    valid
}
