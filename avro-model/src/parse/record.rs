//! Records and their fields.

use std::collections::{HashMap, HashSet};

use super::attributes::{RESERVED_IN_FIELD, RESERVED_IN_TYPE};
use super::logical::Underlying;
use super::{DefaultDraft, Owner, Parser, opening, properties};
use crate::code::Code;
use crate::raw::{Node, Object, Value};
use crate::schema::{DefinitionKind, Field, Order, Record, Type};
use crate::source::Span;

impl<'a> Parser<'a, '_> {
    pub(super) fn record(
        &mut self,
        object: &'a Object<'a>,
        node: &'a Node<'a>,
        namespace: Option<&'a str>,
        is_error: bool,
    ) -> Type {
        let what = if is_error { "an error" } else { "a record" };
        let empty = DefinitionKind::Record(Record { fields: Vec::new(), is_error });
        let (mut draft, namespace) = self.definition(object, node, namespace, what, empty);
        draft.definition.properties = properties(object, RESERVED_IN_TYPE);
        self.logical_type(object, Underlying::OtherNamed);
        let (index, ty) = self.begin(draft);
        let parsed = match object.get("fields").map(|fields| (fields, &fields.value)) {
            Some((_, Value::Array(nodes))) => Some(self.fields(nodes, Owner::Definition(index), namespace)),
            Some((fields, _)) => {
                self.unexpected(fields, "fields", "an array of fields");
                None
            }
            None => {
                self.missing(object, node, what, "fields", "an array of fields");
                None
            }
        };
        if let Some(draft) = self.draft.definitions.get_mut(index) {
            let (fields, is_sound) = parsed.unwrap_or_default();
            draft.definition.kind = DefinitionKind::Record(Record { fields, is_error });
            draft.is_sound &= is_sound;
        }
        ty
    }

    /// The fields, and whether nothing was wrong with their names.
    pub(super) fn fields(
        &mut self,
        nodes: &'a [Node<'a>],
        owner: Owner,
        namespace: Option<&'a str>,
    ) -> (Vec<Field>, bool) {
        let mut fields = Vec::with_capacity(nodes.len());
        let mut seen: HashMap<&str, Span> = HashMap::with_capacity(nodes.len());
        let mut is_sound = true;
        for node in nodes {
            let Value::Object(object) = &node.value else {
                let message = format!("expected a field, found {}", node.describe());
                let label = "expected an object with `name` and `type`";
                self.collector.error(Code::INVALID_SCHEMA, (self.source, node.span), message, label);
                is_sound = false;
                continue;
            };
            let name = self.field_name(object, node, owner, &mut seen);
            let field = self.field(object, node, name.unwrap_or(""), namespace);
            if name.is_none() {
                is_sound = false;
                continue;
            }
            if let Some(default) = object.get("default") {
                let (source, field) = (self.source, fields.len());
                self.draft.defaults.push(DefaultDraft { source, owner, field, node: default });
            }
            fields.push(field);
        }
        (fields, is_sound)
    }

    /// The name of a field; `None` where it has none, or one that is in `seen`.
    fn field_name(
        &mut self,
        object: &'a Object<'a>,
        node: &'a Node<'a>,
        owner: Owner,
        seen: &mut HashMap<&'a str, Span>,
    ) -> Option<&'a str> {
        let Some(name_node) = object.get("name") else {
            self.missing(object, node, "a field", "name", "a string");
            return None;
        };
        let Value::String(name) = &name_node.value else {
            self.unexpected(name_node, "name", "a string");
            return None;
        };
        self.check_name(name, name_node.span, "field name");
        if let Some(first) = seen.get(name.as_ref()) {
            let place = (self.source, name_node.span);
            let message = match owner {
                Owner::Definition(_) => format!("the field `{name}` appears twice in this record"),
                Owner::Message { .. } => format!("the parameter `{name}` appears twice in this message"),
            };
            self.collector
                .error(Code::DUPLICATE_FIELD, place, message, "second time")
                .also((self.source, *first), "first time")
                .help("remove or rename one of the two");
            return None;
        }
        seen.insert(name.as_ref(), name_node.span);
        Some(name.as_ref())
    }

    fn field(&mut self, object: &'a Object<'a>, node: &'a Node<'a>, name: &str, namespace: Option<&'a str>) -> Field {
        self.warn_of_slips(object, &["default", "aliases"]);
        let mut seen = HashSet::new();
        let mut aliases = self.strings(object, "aliases");
        aliases.retain(|(alias, _)| seen.insert(*alias));
        Field {
            name: name.to_owned(),
            doc: self.doc(object),
            ty: self.field_type(object, node, namespace),
            default: object.get("default").map(Node::to_json),
            unusable_default: None,
            aliases: aliases.into_iter().map(|(alias, _)| alias.to_owned()).collect(),
            order: self.order(object),
            properties: properties(object, RESERVED_IN_FIELD),
        }
    }

    fn field_type(&mut self, object: &'a Object<'a>, node: &'a Node<'a>, namespace: Option<&'a str>) -> Type {
        let Some(type_node) = object.get("type") else {
            self.missing(object, node, "a field", "type", "a schema");
            return Type::broken();
        };
        let Value::String(name) = &type_node.value else {
            return self.schema(type_node, namespace);
        };
        let inner =
            ["items", "values", "symbols", "fields", "size"].into_iter().find(|inner| object.get(inner).is_some());
        let is_complex = matches!(name.as_ref(), "array" | "map" | "enum" | "record" | "error" | "fixed");
        if let (true, Some(inner)) = (is_complex, inner) {
            let message = format!("the type of a field must be a whole schema, not only the name `{name}`");
            let help = format!("write \"type\": {{\"type\": \"{name}\", \"{inner}\": ...}}");
            self.collector
                .error(Code::INVALID_SCHEMA, (self.source, type_node.span), message, "expected a schema")
                .also((self.source, opening(node.span)), format!("`{inner}` means nothing in a field"))
                .help(help);
            return Type::broken();
        }
        if let Some(logical) = object.members.iter().find(|member| member.key == "logicalType") {
            let message = "the attribute `logicalType` has no meaning in a field";
            let place = (self.source, logical.key_span);
            self.collector
                .warning(Code::SUSPICIOUS_ATTRIBUTE, place, message, "kept as a custom property of the field")
                .help(format!("move it into the type: \"type\": {{\"type\": \"{name}\", \"logicalType\": ...}}"));
        }
        self.schema(type_node, namespace)
    }

    fn order(&mut self, object: &'a Object<'a>) -> Order {
        let Some(node) = object.get("order") else {
            return Order::Ascending;
        };
        // Java takes any case.
        match &node.value {
            Value::String(order) if order.eq_ignore_ascii_case("ascending") => Order::Ascending,
            Value::String(order) if order.eq_ignore_ascii_case("descending") => Order::Descending,
            Value::String(order) if order.eq_ignore_ascii_case("ignore") => Order::Ignore,
            _ => {
                let message = "the attribute `order` must be \"ascending\", \"descending\" or \"ignore\"";
                let place = (self.source, node.span);
                self.collector.error(Code::INVALID_ATTRIBUTE, place, message, "no such order");
                Order::Ascending
            }
        }
    }
}
