//! Types where they are used.

use super::annotation::On;
use super::join;
use super::reader::{Reader, Reported};
use super::token::{Token, TokenKind};
use crate::code::Code;
use crate::parse::primitive;
use crate::raw::{Member, Members, Node, Value};
use crate::source::Span;

/// A type, which becomes a union with null where a `?` follows it.
pub(super) struct TypeUse<'t> {
    node: Node<'t>,
    question_mark: Option<Span>,
}

impl<'t> TypeUse<'t> {
    /// The type where it has no default: null is the first branch.
    pub(super) fn into_node(self) -> Node<'t> {
        let Some(question_mark) = self.question_mark else {
            return self.node;
        };
        nullable(self.node, question_mark, true)
    }

    /// The type of a field: a default other than null puts null last, since it must be of the first branch.
    pub(super) fn with_default(&self, default: Option<&Node<'t>>) -> Node<'t> {
        let Some(question_mark) = self.question_mark else {
            return self.node.clone();
        };
        let null_first = default.is_none_or(|default| matches!(default.value, Value::Null));
        nullable(self.node.clone(), question_mark, null_first)
    }

    /// How many nodes a copy takes.
    pub(super) fn size(&self) -> usize {
        2 + size(&self.node)
    }
}

fn nullable<'t>(node: Node<'t>, question_mark: Span, null_first: bool) -> Node<'t> {
    let span = join(node.span, question_mark);
    let null = Node::string("null", question_mark);
    Node::array(if null_first { vec![null, node] } else { vec![node, null] }, span)
}

fn size(node: &Node<'_>) -> usize {
    let inside: usize = match &node.value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(object) => object.members.iter().map(|member| 1 + size(&member.node)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    1 + inside
}

impl<'t> Reader<'t, '_> {
    /// A type with its annotations.
    pub(super) fn full_type(&mut self, what: &str) -> Result<TypeUse<'t>, Reported> {
        self.nested(|reader| {
            let annotations = reader.annotations()?;
            reader.plain_type(annotations, what)
        })
    }

    /// A type whose annotations are read already.
    pub(super) fn plain_type(&mut self, annotations: Members<'t>, what: &str) -> Result<TypeUse<'t>, Reported> {
        let word = self.word(what)?;
        match word.keyword() {
            Some("array") if self.is_at_mark('<') => return self.container(&word, annotations, "items"),
            Some("map") if self.is_at_mark('<') => return self.container(&word, annotations, "values"),
            Some("union") if self.is_at_mark('{') => return self.union(word.span, annotations),
            _ => {}
        }
        let node = match word.keyword().and_then(shorthand) {
            Some((underlying, logical)) => self.unnamed(word.span, underlying, logical, annotations),
            None if word.keyword() == Some("decimal") && self.is_at_mark('(') => {
                self.decimal(word.span, annotations)?
            }
            None => self.reference(word, annotations),
        };
        let question_mark = self.take_mark('?')?;
        Ok(TypeUse { node, question_mark })
    }

    /// The use of a named type.
    fn reference(&mut self, word: Token<'t>, annotations: Members<'t>) -> Node<'t> {
        let span = word.span;
        let name = word.into_text();
        if let Some(first) = annotations.into_list().first() {
            let message = "the use of a named type cannot be annotated";
            let help = format!("annotate the declaration of `{name}`, or the field: before its name");
            self.collector
                .error(Code::INVALID_ATTRIBUTE, (self.source, first.key_span), message, "remove this annotation")
                .also((self.source, span), "a named type")
                .help(help);
        }
        if primitive(&name).is_some() {
            let message = format!("`{name}` in backticks would be a declared type, which cannot have that name");
            let help = format!("the primitive type is written without backticks: {name}");
            self.collector.error(Code::UNKNOWN_TYPE, (self.source, span), message, "no declared type").help(help);
        }
        Node::string(name, span)
    }

    /// A type that the language has a word for.
    fn unnamed(
        &mut self,
        span: Span,
        underlying: &'static str,
        logical: Option<&'static str>,
        annotations: Members<'t>,
    ) -> Node<'t> {
        let ty = Node::string(underlying, span);
        let (own, annotations) = match logical {
            Some(logical) => {
                let own = vec![Member::implied("logicalType", Node::string(logical, span))];
                (own, self.allowed_on_logical(annotations, span))
            }
            None => {
                let mut annotations = self.allowed(annotations, On::Type);
                if underlying == "bytes" {
                    complete_decimal(&mut annotations);
                }
                (Vec::new(), annotations)
            }
        };
        if own.is_empty() && annotations.is_empty() { ty } else { object(ty, own, annotations, span) }
    }

    /// On `(`, after `decimal`.
    fn decimal(&mut self, word: Span, annotations: Members<'t>) -> Result<Node<'t>, Reported> {
        self.advance()?;
        let precision = self.digits("the precision of a decimal")?;
        let scale = match self.take_mark(',')? {
            Some(_) => self.digits("the scale of a decimal")?,
            None => Node::number("0", word),
        };
        let closing = self.mark(')', "after the precision and the scale of a decimal")?;
        let span = join(word, closing);
        let annotations = self.allowed_on_logical(annotations, word);
        let ty = Node::string("bytes", word);
        let Some(problem) = decimal_problem(&precision, &scale) else {
            let logical = vec![
                Member::implied("logicalType", Node::string("decimal", word)),
                Member::implied("precision", precision),
                Member::implied("scale", scale),
            ];
            return Ok(object(ty, logical, annotations, span));
        };
        let place = (self.source, Span { start: precision.span.start, end: closing.start });
        self.collector
            .error(Code::INVALID_LOGICAL_TYPE, place, problem, "no such decimal")
            .help("decimal(9, 2) has nine digits, two of them after the point");
        Ok(ty)
    }

    /// A whole number.
    pub(super) fn digits(&mut self, what: &str) -> Result<Node<'t>, Reported> {
        let TokenKind::Number(text) = self.token.kind else {
            return Err(self.expected(what, None));
        };
        let node = self.number(text, self.token.span)?;
        self.advance()?;
        Ok(node)
    }

    /// Annotations of a type that is a logical type by its own word.
    fn allowed_on_logical(&mut self, annotations: Members<'t>, word: Span) -> Vec<Member<'t>> {
        let mut list = self.allowed(annotations, On::Type);
        list.retain(|member| {
            let is_allowed = !matches!(member.key.as_ref(), "logicalType" | "precision" | "scale");
            if !is_allowed {
                let message = format!("the annotation `@{}` is not allowed on this type", member.key);
                let place = (self.source, member.key_span);
                self.collector
                    .error(Code::INVALID_ATTRIBUTE, place, message, "the type already determines this")
                    .also((self.source, word), "a logical type")
                    .help("remove the annotation, or write the underlying type: `@logicalType(\"date\") int`");
            }
            is_allowed
        });
        list
    }

    /// On `<`, after `array` or `map`.
    fn container(
        &mut self,
        word: &Token<'t>,
        annotations: Members<'t>,
        attribute: &'static str,
    ) -> Result<TypeUse<'t>, Reported> {
        self.advance()?;
        let annotations = self.allowed(annotations, On::Type);
        let name = if attribute == "items" { "array" } else { "map" };
        let inner =
            self.full_type(if attribute == "items" { "the type of the items" } else { "the type of the values" })?;
        let closing = self.mark('>', "after the type inside an array or a map")?;
        let ty = Node::string(name, word.span);
        let node =
            object(ty, vec![Member::implied(attribute, inner.into_node())], annotations, join(word.span, closing));
        self.no_question_mark(name)?;
        Ok(TypeUse { node, question_mark: None })
    }

    /// On `{`, after `union`.
    fn union(&mut self, word: Span, annotations: Members<'t>) -> Result<TypeUse<'t>, Reported> {
        self.advance()?;
        self.warn_of_lost(annotations, "a union has");
        let mut branches = Vec::new();
        let closing = loop {
            branches.push(self.full_type("the type of a branch")?.into_node());
            if let Some(closing) = self.ends('}', "a branch of a union")? {
                break closing;
            }
        };
        self.no_question_mark("union")?;
        Ok(TypeUse { node: Node::array(branches, join(word, closing)), question_mark: None })
    }

    fn no_question_mark(&mut self, what: &str) -> Result<(), Reported> {
        if !self.is_at_mark('?') {
            return Ok(());
        }
        let help = match what {
            "union" => "add null to the branches of the union".to_owned(),
            _ => format!("write union {{ null, {what}<...> }}"),
        };
        let message = format!("a `?` cannot follow `{what}`");
        Err(self.syntax_error(self.token.span, message, "only names of types take it", Some(&help)))
    }
}

/// The underlying type and the logical type of a word of the language.
fn shorthand(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match word {
        "null" => ("null", None),
        "boolean" => ("boolean", None),
        "int" => ("int", None),
        "long" => ("long", None),
        "float" => ("float", None),
        "double" => ("double", None),
        "bytes" => ("bytes", None),
        "string" => ("string", None),
        "date" => ("int", Some("date")),
        "time_ms" => ("int", Some("time-millis")),
        "timestamp_ms" => ("long", Some("timestamp-millis")),
        "local_timestamp_ms" => ("long", Some("local-timestamp-millis")),
        "uuid" => ("string", Some("uuid")),
        _ => return None,
    })
}

/// Whether the language has a word for a type that is called like this, so that no declared type can be.
pub(super) fn is_type_word(name: &str) -> bool {
    shorthand(name).is_some()
}

/// What is wrong with the numbers of a decimal; as in Java, an error, since nothing but a decimal was asked for.
fn decimal_problem(precision: &Node<'_>, scale: &Node<'_>) -> Option<&'static str> {
    match (whole(precision), whole(scale)) {
        (Some(1..), Some(0..)) if whole(scale) <= whole(precision) => None,
        (Some(1..), _) => Some("the scale of a decimal must be a whole number from 0 to its precision"),
        _ => Some("the precision of a decimal must be a whole number above 0"),
    }
}

/// As Java does, gives a decimal by annotations the scale that it has by default.
pub(super) fn complete_decimal(annotations: &mut Vec<Member<'_>>) {
    let find = |key: &str| annotations.iter().find(|member| member.key == key);
    let is_decimal = find("logicalType")
        .is_some_and(|member| matches!(&member.node.value, Value::String(name) if name == "decimal"));
    let precision = find("precision").filter(|member| whole(&member.node).is_some_and(|precision| precision > 0));
    if let (true, Some(precision), None) = (is_decimal, precision, find("scale")) {
        let place = precision.node.span;
        annotations.push(Member::implied("scale", Node::number("0", place)));
    }
}

fn whole(node: &Node<'_>) -> Option<i32> {
    match &node.value {
        Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}

fn object<'t>(ty: Node<'t>, own: Vec<Member<'t>>, annotations: Vec<Member<'t>>, span: Span) -> Node<'t> {
    let mut members = vec![Member::implied("type", ty)];
    members.extend(own);
    members.extend(annotations);
    Node::object(members, span)
}
