//! `cargo avro graph`: who references whom, as a picture or in a language for graphs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::answer::{Answer, counted};
use crate::arguments::SchemaArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::graph::{Graph, dot, mermaid, svg};
use crate::types;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Files and folders with schemas, instead of --schemas. Files are read with what they import, and have to define
    /// everything else that they use.
    #[arg(value_name = "PATH")]
    only: Vec<PathBuf>,
    /// A type: only it, those that use it and those that it uses.
    #[arg(long = "type", value_name = "TYPE")]
    type_name: Option<String>,
    /// With --type, over how many steps: the users of its users are two steps away.
    #[arg(long, value_name = "STEPS", default_value_t = 1, requires = "type_name")]
    depth: usize,
    /// What to print: a picture, or a text for Graphviz or Mermaid.
    #[arg(long, value_name = "FORMAT", default_value = "svg")]
    format: Format,
    /// Leave out types when there are more than this: those that have least to do with others. 0 means all.
    #[arg(long, value_name = "TYPES", default_value_t = 250)]
    limit: usize,
    /// The file to write, instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    schemas: SchemaArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Svg,
    Dot,
    Mermaid,
}

pub(crate) fn run(arguments: &Arguments, answer: &Answer) -> Result<Exit, Failure> {
    let (files, folders): (Vec<_>, Vec<_>) = arguments.only.iter().cloned().partition(|path| path.is_file());
    let config = match arguments.only.as_slice() {
        [] => arguments.schemas.config(&arguments.schemas.folders),
        _ => files.iter().fold(arguments.schemas.config(&folders), |config, file| config.file(file)),
    };
    let set = config.load()?;
    let mut graph = Graph::of(&set).with_protocols(&set);
    if let Some(name) = &arguments.type_name {
        let center = graph.find(name).ok_or_else(|| types::unknown(&set, name))?;
        graph = graph.neighborhood(center, arguments.depth);
    }
    let all = graph.nodes.len();
    if arguments.limit > 0 && all > arguments.limit {
        graph = graph.limited(arguments.limit);
        answer.warn(format!(
            "{} of {all} types are shown, those that have most to do with others; show all with --limit 0, or a part with --type TYPE",
            graph.nodes.len()
        ));
    }
    let center = arguments.type_name.as_deref().and_then(|name| graph.find(name));
    let text = match arguments.format {
        Format::Svg => svg(&graph, &title(arguments, graph.nodes.len(), all), center),
        Format::Dot => dot(&graph),
        Format::Mermaid => mermaid(&graph),
    };
    if let Some(path) = &arguments.out {
        std::fs::write(path, &text).map_err(|error| Failure::file("write", path, &error))?;
    }
    match &arguments.out {
        _ if answer.as_json => answer.json(&as_json(&graph, all)),
        Some(path) => {
            let protocols = graph.nodes.iter().filter(|node| node.is_protocol).count();
            let types = counted(graph.nodes.len() - protocols, "type");
            let with_protocols = match protocols {
                0 => types,
                _ => format!("{types}, {}", counted(protocols, "protocol")),
            };
            let references = counted(graph.edges.len(), "reference");
            answer.line(format!("{} is written: {with_protocols}, {references}", path.display()));
        }
        None => answer.bytes(text.as_bytes()),
    }
    Ok(Exit::Fine)
}

fn title(arguments: &Arguments, shown: usize, all: usize) -> String {
    let what = match &arguments.type_name {
        Some(name) => format!("{name}, what uses it and what it uses"),
        None => "Which schemas use which others".to_owned(),
    };
    if shown < all { format!("{what} ({shown} of {all} types)") } else { what }
}

fn as_json(graph: &Graph, all: usize) -> serde_json::Value {
    let types = graph.nodes.iter().map(|node| json!({ "type": node.name, "what": node.what }));
    let references = graph.edges.iter().map(|edge| {
        let (user, used) = (&graph.nodes[edge.user].name, &graph.nodes[edge.used].name);
        json!({ "user": user, "used": used, "fields": edge.fields })
    });
    json!({
        "types": types.collect::<Vec<_>>(),
        "references": references.collect::<Vec<_>>(),
        "left_out": all - graph.nodes.len(),
    })
}
