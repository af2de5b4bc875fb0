//! `/contexts/{ctx}/…`: the same calls, with what they name meant in that context. No I/O.

use axum::http::Uri;

/// The address without the context in front, and with its subjects qualified instead: `/subjects/:.ctx:s` for
/// `/contexts/ctx/subjects/s`. Text stays percent-encoded as it came. `None` for any other address.
pub(super) fn without_context(uri: &Uri) -> Option<Uri> {
    let (context, rest) = uri.path().strip_prefix("/contexts/")?.split_once('/')?;
    let query = uri.query().unwrap_or_default();
    let context = context.trim_start_matches('.');
    if context.is_empty() {
        return build(&format!("/{rest}"), query);
    }
    let prefix = format!(":.{context}:");
    let mut segments: Vec<String> = rest.split('/').map(str::to_owned).collect();
    let kinds: Vec<&str> = segments.iter().map(String::as_str).collect();
    let query = match kinds.as_slice() {
        ["subjects" | "schemas"] => with_parameter(query, "subjectPrefix", &prefix),
        ["schemas", "ids", ..] => with_parameter(query, "subject", &prefix),
        ["config" | "mode"] => {
            segments.push(prefix);
            // Who asks for the setting of a context wants what counts there, as one who asks for that of the registry does.
            with_parameter(query, "defaultToGlobal", "true")
        }
        ["subjects" | "config" | "mode", _, ..] => {
            qualify(segments.get_mut(1), &prefix);
            query.to_owned()
        }
        ["compatibility", "subjects", _, ..] => {
            qualify(segments.get_mut(2), &prefix);
            query.to_owned()
        }
        _ => query.to_owned(),
    };
    build(&format!("/{}", segments.join("/")), &query)
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

/// Puts `prefix` before the value of a parameter, which is empty where there is no such parameter.
fn with_parameter(query: &str, name: &str, prefix: &str) -> String {
    let mut found = false;
    let mut parameters: Vec<String> = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some((key, value)) if key == name && !is_qualified(value) && prefix.starts_with(':') => {
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
    if !found {
        parameters.push(format!("{name}={prefix}"));
    }
    parameters.join("&")
}

fn is_qualified(subject: &str) -> bool {
    [":.", "%3A.", "%3a."].iter().any(|prefix| subject.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::without_context;

    #[test]
    fn contexts_move_into_subjects() {
        for (address, expected) in [
            ("/contexts/x/subjects", "/subjects?subjectPrefix=:.x:"),
            ("/contexts/.x/subjects?subjectPrefix=a&deleted=true", "/subjects?subjectPrefix=:.x:a&deleted=true"),
            ("/contexts/x/subjects/s/versions?normalize=true", "/subjects/:.x:s/versions?normalize=true"),
            ("/contexts/x/subjects/a%2Fb/versions/1", "/subjects/:.x:a%2Fb/versions/1"),
            ("/contexts/x/subjects/%3A.y%3As", "/subjects/%3A.y%3As"),
            ("/contexts/x/compatibility/subjects/s/versions", "/compatibility/subjects/:.x:s/versions"),
            ("/contexts/x/schemas/ids/1?subject=s", "/schemas/ids/1?subject=:.x:s"),
            ("/contexts/x/schemas/ids/1/versions", "/schemas/ids/1/versions?subject=:.x:"),
            ("/contexts/x/schemas/types", "/schemas/types"),
            ("/contexts/x/config", "/config/:.x:?defaultToGlobal=true"),
            ("/contexts/x/mode/s?force=true", "/mode/:.x:s?force=true"),
            ("/contexts/./subjects/s", "/subjects/s"),
        ] {
            let found = without_context(&address.parse().expect(address));
            assert_eq!(found.map(|uri| uri.to_string()).as_deref(), Some(expected), "{address}");
        }
        for address in ["/contexts", "/contexts/x", "/subjects/s", "/"] {
            assert_eq!(without_context(&address.parse().expect(address)), None, "{address}");
        }
    }
}
