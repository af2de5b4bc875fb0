//! Schema files that Java refuses and that are accepted here on purpose.

/// The end of a path in a corpus, and the reason.
const ACCEPTED: [(&str, &str); 1] = [(
    "/io/apicurio/registry/noprofile/maven/TradeRawArray.avsc",
    "it writes `{\"name\": …, \"type\": \"com.kubetrade.schema.trade.TradeKey\"}` for a type; the specification, \"Schema Declaration\": \
     \"A JSON object, of the form: {\"type\": \"typeName\", ...attributes...} where typeName is either a primitive or derived type name\"",
)];

/// Why the file at `path` is accepted.
pub(super) fn reason(path: &str) -> Option<&'static str> {
    ACCEPTED.iter().find(|(end, _)| path.ends_with(end)).map(|(_, reason)| *reason)
}
