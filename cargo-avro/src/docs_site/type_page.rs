//! The page of a type.

use avro_model::{Definition, DefinitionKind, Enum, Field, Order, Record, Schema};

use super::catalog::{Catalog, TypeEntry, anchor};
use super::facts::{Facts, code, codes};
use super::frame::{Page, way};
use super::graph_page::neighborhood;
use super::json_text::{colored, details, schema_details, without_indentation};
use super::prose::paragraphs;
use super::type_text::{own_properties, type_text, words};
use super::{INDEX, history};
use crate::answer::counted;
use crate::markup::escaped;
use crate::types;

const ROOT: &str = "../";
/// How many types of the same namespace are at the side.
const MOST_NEIGHBORS: usize = 60;
/// How many items of a list are shown before it is opened.
const MOST_ITEMS: usize = 12;

pub(super) fn page(catalog: &Catalog<'_>, index: usize) -> String {
    let Some(entry) = catalog.types.get(index) else { return String::new() };
    let definition = catalog.definition(entry);
    let schema = catalog.set.schema_of(&entry.ty);
    let mut parts = vec![("content".to_owned(), entry.short_name().to_owned())];
    let kind = entry.what.split(' ').next().unwrap_or_default();
    let mut main = way(&[
        (format!("{ROOT}{INDEX}"), catalog.title.as_str()),
        (format!("{ROOT}{INDEX}#namespace-{}", anchor(entry.namespace())), namespace_name(entry.namespace())),
    ]);
    main.push_str(&format!(
        "<h1><span class=\"kind\">{}</span> {}</h1>\n{}",
        escaped(kind),
        escaped(entry.short_name()),
        paragraphs(catalog.doc(entry))
    ));
    main.push_str(&facts(catalog, entry, definition, &schema));
    let mut add = |anchor: &str, heading: &str, html: String| {
        if !html.is_empty() {
            main.push_str(&format!("<h2 id=\"{anchor}\">{heading}</h2>\n{html}"));
            parts.push((anchor.to_owned(), heading.to_owned()));
        }
    };
    match definition.map(|definition| &definition.kind) {
        Some(DefinitionKind::Record(record)) => add("fields", "Fields", fields(catalog, entry, record)),
        Some(DefinitionKind::Enum(symbols)) => add("symbols", "Symbols", symbols_list(symbols)),
        Some(DefinitionKind::Fixed { .. }) | None => {}
    }
    add("released", "Released", released(catalog, entry));
    add("users", "Used by", users(catalog, entry));
    add("graph", "Graph", neighborhood(catalog, index));
    add("source", "Source", source(catalog, entry, definition, &schema));
    Page { title: entry.name.clone(), root: ROOT, main, parts, side: neighbors(catalog, entry, index) }.html(catalog)
}

/// What a namespace is called.
pub(super) fn namespace_name(namespace: &str) -> &str {
    if namespace.is_empty() { "no namespace" } else { namespace }
}

fn facts(catalog: &Catalog<'_>, entry: &TypeEntry, definition: Option<&Definition>, schema: &Schema) -> String {
    let mut facts = Facts::default();
    facts.add_code("Fullname", &entry.name);
    match definition {
        Some(definition) => {
            if let DefinitionKind::Fixed { size } = definition.kind {
                facts.add("Size", counted(size, "byte"));
            }
            facts.add("Logical type", definition.logical.map(words).unwrap_or_default());
            facts.add("Aliases", codes(definition.aliases.iter().map(|alias| alias.as_str())));
            facts.add("Attributes", codes(own_properties(&definition.properties, definition.logical)));
        }
        None => facts.add("Type", type_text(catalog, ROOT, &entry.ty)),
    }
    if let Ok(path) = types::path_of(catalog.set, entry.source) {
        facts.add_code("File", path);
    }
    let (crc64, sha256) = schema.fingerprints();
    let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    facts.add("Fingerprints", format!("CRC-64-AVRO <code>{crc64:016x}</code>, SHA-256 <code>{sha256}</code>"));
    facts.html()
}

fn fields(catalog: &Catalog<'_>, entry: &TypeEntry, record: &Record) -> String {
    if record.fields.is_empty() {
        return "<p>This record has no fields.</p>\n".to_owned();
    }
    let rows: String = record.fields.iter().map(|field| row(catalog, entry, field)).collect();
    let is_required = record.fields.iter().any(|field| field.default.is_none());
    let note = if is_required {
        "<p class=\"note\">A reader with a field without a default cannot read data of a writer that does not have the \
         field.</p>\n"
    } else {
        ""
    };
    format!(
        "<table class=\"fields\">\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th>\
         <th scope=\"col\">Default</th><th scope=\"col\">Description</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n{note}"
    )
}

fn row(catalog: &Catalog<'_>, entry: &TypeEntry, field: &Field) -> String {
    let default = match (&field.default, &field.unusable_default) {
        (Some(default), _) => code(&default.to_string()),
        (None, Some(unusable)) => {
            format!("{} <span class=\"quiet\">(not valid, not used)</span>", code(&unusable.to_string()))
        }
        (None, None) => "<span class=\"quiet\">none</span>".to_owned(),
    };
    let mut notes = Vec::new();
    if !field.aliases.is_empty() {
        notes.push(format!("aliases: {}", codes(&field.aliases)));
    }
    match field.order {
        Order::Ascending => {}
        Order::Descending => notes.push("order: descending".to_owned()),
        Order::Ignore => notes.push("order: ignored".to_owned()),
    }
    let properties = own_properties(&field.properties, None).into_iter();
    notes.extend(properties.chain(own_properties(&field.ty.properties, field.ty.logical)).map(|one| code(&one)));
    notes.extend(history::of_field(catalog, entry, &field.name, ROOT));
    let notes = match notes.is_empty() {
        true => String::new(),
        false => format!("<ul class=\"notes\"><li>{}</li></ul>", notes.join("</li><li>")),
    };
    format!(
        "<tr id=\"field-{anchor}\"><th scope=\"row\"><a href=\"#field-{anchor}\">{name}</a></th><td class=\"type\">{ty}</td>\
         <td class=\"default\">{default}</td><td>{doc}{notes}</td></tr>\n",
        anchor = anchor(&field.name),
        name = escaped(&field.name),
        ty = type_text(catalog, ROOT, &field.ty),
        doc = field.doc.as_deref().map(paragraphs).unwrap_or_default(),
    )
}

fn symbols_list(symbols: &Enum) -> String {
    let default = symbols.default.and_then(|index| symbols.symbols.get(index));
    let items = symbols.symbols.iter().map(|symbol| {
        let mark = if default == Some(symbol) { " <span class=\"quiet\">(default)</span>" } else { "" };
        format!("<li id=\"symbol-{}\">{}{mark}</li>\n", anchor(symbol), code(symbol))
    });
    let note = match (default, &symbols.unusable_default) {
        (Some(default), _) => format!("A reader takes {} for a symbol that it does not have.", code(default)),
        (None, Some(unusable)) => {
            format!("The default {} is not a symbol, and not used.", code(&unusable.to_string()))
        }
        (None, None) => "Without a default, a reader cannot read a symbol that it does not have.".to_owned(),
    };
    let items: String = items.collect();
    format!("<ol class=\"symbols\" start=\"0\">\n{items}</ol>\n<p class=\"note\">{note}</p>\n")
}

/// The subjects of the type itself, and those of others that have it in them.
fn released(catalog: &Catalog<'_>, entry: &TypeEntry) -> String {
    let others = entry.released_in.iter().map(|presence| presence.subject);
    let others = others.filter(|subject| !entry.subjects.contains(subject));
    let subjects: Vec<usize> = entry.subjects.iter().copied().chain(others).collect();
    let items = subjects.iter().filter_map(|index| {
        let subject = catalog.subjects.get(*index)?;
        let state = match entry.subjects.contains(index) {
            true => history::state(subject),
            false => format!("as a part of {}", catalog.type_of_subject(subject, ROOT)),
        };
        let topic = subject.topic.map(|topic| format!(", topic {}", catalog.topic_link(topic, ROOT)));
        let topic = topic.unwrap_or_default();
        Some(format!("<li>{}{topic}: {state}</li>\n", catalog.subject_link(*index, ROOT)))
    });
    list(&items.collect::<Vec<_>>())
}

fn users(catalog: &Catalog<'_>, entry: &TypeEntry) -> String {
    let items = entry.users.iter().filter_map(|(user, names)| {
        let address = catalog.types.get(*user)?.address(ROOT);
        let fields: Vec<String> = names
            .iter()
            .map(|name| format!("<a href=\"{address}#field-{}\"><code>{}</code></a>", anchor(name), escaped(name)))
            .collect();
        let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
        Some(format!("<li>{}{fields}</li>\n", catalog.type_link(*user, ROOT, true)))
    });
    list(&items.collect::<Vec<_>>())
}

/// A list, of which only the beginning is open if it is long.
fn list(items: &[String]) -> String {
    let of =
        |items: &[String]| if items.is_empty() { String::new() } else { format!("<ul>\n{}</ul>\n", items.concat()) };
    match items.split_at_checked(MOST_ITEMS) {
        Some((first, rest)) if rest.len() > 1 => {
            format!("{}<details><summary>{} more</summary>\n{}</details>\n", of(first), rest.len(), of(rest))
        }
        _ => of(items),
    }
}

fn source(catalog: &Catalog<'_>, entry: &TypeEntry, definition: Option<&Definition>, schema: &Schema) -> String {
    let path = types::path_of(catalog.set, entry.source).unwrap_or_default();
    let text = definition.map_or("", |definition| catalog.set.source_text(definition));
    let mut html = String::new();
    if !text.is_empty() {
        let text = without_indentation(text);
        // The IDL has comments, in which a quote does not begin a string.
        let text = if path.ends_with(".avdl") { escaped(&text) } else { colored(&text) };
        html.push_str(&details(&format!("As in {path}"), &text, false));
    }
    let json = schema.to_json();
    html.push_str(&schema_details(
        "The schema, with every type that it uses",
        &json,
        &format!("cargo avro show {}", entry.name),
        false,
    ));
    html
}

/// The other types of the namespace.
fn neighbors(catalog: &Catalog<'_>, entry: &TypeEntry, index: usize) -> String {
    let all = catalog.namespaces.get(entry.namespace()).map(Vec::as_slice).unwrap_or_default();
    let here = all.partition_point(|other| *other < index);
    // Those around this type, if they are too many.
    let first = here.saturating_sub(MOST_NEIGHBORS / 2).min(all.len().saturating_sub(MOST_NEIGHBORS));
    let shown = all.iter().skip(first).take(MOST_NEIGHBORS);
    let items: String = shown
        .map(|other| match *other == index {
            true => format!("<li aria-current=\"page\">{}</li>", escaped(entry.short_name())),
            false => format!("<li>{}</li>", catalog.type_link(*other, ROOT, false)),
        })
        .collect();
    let rest = match all.len() > MOST_NEIGHBORS {
        true => {
            format!("<p><a href=\"{ROOT}{INDEX}#namespace-{}\">all {}</a></p>\n", anchor(entry.namespace()), all.len())
        }
        false => String::new(),
    };
    format!("<h2>In {}</h2>\n<ul>{items}</ul>\n{rest}", escaped(namespace_name(entry.namespace())))
}
