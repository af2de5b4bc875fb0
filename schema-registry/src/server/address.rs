//! From the address of a request to the one that is routed: superfluous slashes are dropped, and `/contexts/{ctx}/…` is
//! the same calls, with what they name meant in that context. No I/O.

use axum::http::Uri;

use super::refusal::Refusal;

/// The address that is routed: `/subjects/:.ctx:s` for `/contexts/ctx//subjects/s/`. Text stays percent-encoded as it
/// came.
pub(super) fn routed(uri: &Uri) -> Result<Uri, Refusal> {
    let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let query = uri.query().unwrap_or_default();
    let (path, query) = match segments.as_slice() {
        ["contexts", context, rest @ ..] => in_context(&prefix_of(context)?, rest, query),
        plain => (plain.join("/"), query.to_owned()),
    };
    // What came as an address and lost parts of it, or got a subject's prefix, is one still.
    build(&format!("/{path}"), &query).ok_or_else(Refusal::no_such_address)
}

/// The prefix of subjects of a context: empty for the default one.
fn prefix_of(context: &str) -> Result<String, Refusal> {
    let context = context.replace("%3A", ":").replace("%3a", ":");
    let context = context.strip_prefix(':').unwrap_or(&context);
    let context = context.strip_suffix(':').unwrap_or(context);
    if context.contains(':') {
        return Err(Refusal::malformed("Context name cannot contain a colon"));
    }
    let context = context.strip_prefix('.').unwrap_or(context);
    Ok(if context.is_empty() { String::new() } else { format!(":.{context}:") })
}

fn in_context(prefix: &str, rest: &[&str], query: &str) -> (String, String) {
    let mut segments: Vec<String> = rest.iter().map(|segment| (*segment).to_owned()).collect();
    let query = match rest {
        ["subjects" | "schemas"] => with_parameter(query, "subjectPrefix", prefix),
        ["schemas", "ids", ..] => with_parameter(query, "subject", prefix),
        ["config" | "mode"] => {
            segments.push(prefix.to_owned());
            query.to_owned()
        }
        ["subjects" | "config" | "mode", _, ..] => {
            qualify(segments.get_mut(1), prefix);
            query.to_owned()
        }
        ["compatibility", "subjects", _, ..] => {
            qualify(segments.get_mut(2), prefix);
            query.to_owned()
        }
        _ => query.to_owned(),
    };
    segments.retain(|segment| !segment.is_empty());
    (segments.join("/"), query)
}

fn build(path: &str, query: &str) -> Option<Uri> {
    let address = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    address.parse().ok()
}

fn qualify(subject: Option<&mut String>, prefix: &str) {
    if let Some(subject) = subject.filter(|subject| !is_qualified(subject)) {
        subject.insert_str(0, prefix);
    }
}

/// Puts `prefix` before the value of a parameter, which is empty if there is no such parameter.
fn with_parameter(query: &str, name: &str, prefix: &str) -> String {
    let mut found = false;
    let mut parameters: Vec<String> = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some((key, value)) if key == name && !is_qualified(value) => {
                found = true;
                parameters.push(format!("{key}={prefix}{value}"));
            }
            Some((key, _)) if key == name => {
                found = true;
                parameters.push(parameter.to_owned());
            }
            _ => parameters.push(parameter.to_owned()),
        }
    }
    if !found && !prefix.is_empty() {
        parameters.push(format!("{name}={prefix}"));
    }
    parameters.join("&")
}

fn is_qualified(subject: &str) -> bool {
    [":.", "%3A.", "%3a.", ":*:", "%3A*%3A", "%3a*%3a"].iter().any(|prefix| subject.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::routed;

    #[test]
    fn contexts_move_into_subjects() {
        for (address, expected) in [
            ("/subjects", "/subjects"),
            ("/", "/"),
            ("//subjects//s/?deleted=true", "/subjects/s?deleted=true"),
            ("/contexts", "/contexts"),
            ("/contexts/", "/contexts"),
            ("/contexts/x", "/"),
            ("/contexts/x/subjects", "/subjects?subjectPrefix=:.x:"),
            ("/contexts/.x/subjects?subjectPrefix=a&deleted=true", "/subjects?subjectPrefix=:.x:a&deleted=true"),
            ("/contexts/x/subjects?subjectPrefix=:*:a", "/subjects?subjectPrefix=:*:a"),
            ("/contexts/x/subjects/s/versions?normalize=true", "/subjects/:.x:s/versions?normalize=true"),
            ("/contexts/:.x:/subjects/a%2Fb/versions/1", "/subjects/:.x:a%2Fb/versions/1"),
            ("/contexts/x/subjects/%3A.y%3As", "/subjects/%3A.y%3As"),
            ("/contexts/x/compatibility/subjects/s/versions", "/compatibility/subjects/:.x:s/versions"),
            ("/contexts/x/schemas/ids/1?subject=s", "/schemas/ids/1?subject=:.x:s"),
            ("/contexts/x/schemas/ids/1/versions", "/schemas/ids/1/versions?subject=:.x:"),
            ("/contexts/x/schemas/types", "/schemas/types"),
            ("/contexts/x/config", "/config/:.x:"),
            ("/contexts/x/mode/s?force=true", "/mode/:.x:s?force=true"),
            ("/contexts/./subjects/s", "/subjects/s"),
            ("/contexts/./config/", "/config"),
            ("/contexts/./subjects?subjectPrefix=a", "/subjects?subjectPrefix=a"),
        ] {
            let found = routed(&address.parse().expect(address)).map(|uri| uri.to_string());
            assert_eq!(found.as_deref(), Ok(expected), "{address}");
        }
        for address in ["/contexts/.a:b", "/contexts/a%3Ab/subjects/s"] {
            let refusal = routed(&address.parse().expect(address)).expect_err(address);
            assert_eq!(refusal.status(), 400, "{address}");
        }
    }
}
