//! Keys of messages in JSON: as text if they are text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// `null` without a key, a string for text, and `{"base64": "…"}` for all other bytes.
pub(crate) fn to_json(key: Option<&[u8]>) -> Value {
    match key.map(|key| (key, std::str::from_utf8(key))) {
        None => Value::Null,
        Some((_, Ok(text))) => json!(text),
        Some((key, Err(_))) => json!({ "base64": STANDARD.encode(key) }),
    }
}

/// The inverse, or why the JSON is not a key.
pub(crate) fn from_json(json: &Value) -> Result<Option<Vec<u8>>, String> {
    match (json, json.get("base64").and_then(Value::as_str)) {
        (Value::Null, _) => Ok(None),
        (Value::String(text), _) => Ok(Some(text.clone().into_bytes())),
        (_, Some(text)) => STANDARD.decode(text).map(Some).map_err(|error| format!("the key is not Base64: {error}")),
        _ => Err("the key is neither null, nor a string, nor {\"base64\": \"…\"}".to_owned()),
    }
}
