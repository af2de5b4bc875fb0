//! What becomes of the values that are read from a datum: a tree, or text.

use serde_json::{Map, Number, Value};

use crate::invariant::always;

/// Takes the pieces of one JSON value in the order in which JSON has them.
pub(super) trait Output {
    /// How many bytes of memory an array or an object takes at most before it has anything in it.
    fn memory_of_container(&self) -> usize;
    /// How many bytes of memory a value takes at most beyond its own text, with its place in an array or an object.
    fn memory_of_value(&self) -> usize;
    fn null(&mut self);
    fn boolean(&mut self, value: bool);
    fn long(&mut self, value: i64);
    fn float(&mut self, value: f32);
    fn double(&mut self, value: f64);
    fn string(&mut self, value: &str);
    fn begin_array(&mut self);
    fn end_array(&mut self);
    fn begin_object(&mut self);
    /// The name of the member whose value comes next.
    fn key(&mut self, key: &str);
    fn end_object(&mut self);
}

/// The word for a number that JSON cannot express, as Java writes it.
fn word(value: f64) -> Option<&'static str> {
    match value {
        _ if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// Makes a tree.
#[derive(Default)]
pub(super) struct Tree {
    /// The arrays and objects that are not finished, outermost first.
    open: Vec<Open>,
    finished: Option<Value>,
}

enum Open {
    Array(Vec<Value>),
    Object(Map<String, Value>, String),
}

impl Tree {
    pub(super) fn finish(self) -> Value {
        always(self.finished, Value::Null, "the walk through a datum ends with a value")
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.finished = Some(value),
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object(members, key)) => {
                members.insert(std::mem::take(key), value);
            }
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Array(items)) => self.put(Value::Array(items)),
            Some(Open::Object(members, _)) => self.put(Value::Object(members)),
            None => {}
        }
    }
}

/// An object is a node of a B-tree, which has room for eleven members however few there are.
const TREE_NODE: usize = 11 * (size_of::<String>() + size_of::<Value>()) + 16;
/// What an allocation takes beyond its size.
const ALLOCATION: usize = 32;

impl Output for Tree {
    fn memory_of_container(&self) -> usize {
        TREE_NODE + ALLOCATION
    }

    fn memory_of_value(&self) -> usize {
        // Lists grow to twice their size, and nodes are at least half full; texts and keys have an allocation each.
        2 * (size_of::<String>() + size_of::<Value>()) + 2 * ALLOCATION
    }

    fn null(&mut self) {
        self.put(Value::Null);
    }

    fn boolean(&mut self, value: bool) {
        self.put(Value::Bool(value));
    }

    fn long(&mut self, value: i64) {
        self.put(Value::from(value));
    }

    fn float(&mut self, value: f32) {
        // The double of the float's shortest decimals: 0.1 and not 0.10000000149011612. It leads back to the same
        // float.
        self.double(always(value.to_string().parse().ok(), f64::from(value), "a float as text is a double"));
    }

    fn double(&mut self, value: f64) {
        match Number::from_f64(value) {
            Some(number) => self.put(Value::Number(number)),
            None => self.string(always(word(value), "", "a double is finite or has a word")),
        }
    }

    fn string(&mut self, value: &str) {
        self.put(Value::from(value));
    }

    fn begin_array(&mut self) {
        self.open.push(Open::Array(Vec::new()));
    }

    fn end_array(&mut self) {
        self.close();
    }

    fn begin_object(&mut self) {
        self.open.push(Open::Object(Map::new(), String::new()));
    }

    fn key(&mut self, key: &str) {
        if let Some(Open::Object(_, next)) = self.open.last_mut() {
            *next = key.to_owned();
        }
    }

    fn end_object(&mut self) {
        self.close();
    }
}

/// Makes one line of text.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    /// Whether there is something before, in the same array or object.
    follows: bool,
}

impl Text {
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn value(&mut self, text: &str) {
        self.separate();
        self.text.push_str(text);
        self.follows = true;
    }

    fn separate(&mut self) {
        if self.follows {
            self.text.push(',');
        }
    }

    fn begin(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
        self.follows = false;
    }

    fn end(&mut self, bracket: char) {
        self.text.push(bracket);
        self.follows = true;
    }

    /// The JSON of a number or a string.
    fn json(value: &impl serde::Serialize) -> String {
        always(serde_json::to_string(value).ok(), String::new(), "numbers and strings have a JSON form")
    }
}

impl Output for Text {
    fn memory_of_container(&self) -> usize {
        "{},".len()
    }

    fn memory_of_value(&self) -> usize {
        // The longest that is not text of the datum: a double's digits, in a text that grows to twice its size.
        2 * "-1.7976931348623157e308,".len()
    }

    fn null(&mut self) {
        self.value("null");
    }

    fn boolean(&mut self, value: bool) {
        self.value(if value { "true" } else { "false" });
    }

    fn long(&mut self, value: i64) {
        self.value(&value.to_string());
    }

    fn float(&mut self, value: f32) {
        match word(f64::from(value)) {
            Some(word) => self.string(word),
            None => self.value(&Self::json(&value)),
        }
    }

    fn double(&mut self, value: f64) {
        match word(value) {
            Some(word) => self.string(word),
            None => self.value(&Self::json(&value)),
        }
    }

    fn string(&mut self, value: &str) {
        self.value(&Self::json(&value));
    }

    fn begin_array(&mut self) {
        self.begin('[');
    }

    fn end_array(&mut self) {
        self.end(']');
    }

    fn begin_object(&mut self) {
        self.begin('{');
    }

    fn key(&mut self, key: &str) {
        self.value(&Self::json(&key));
        self.text.push(':');
        self.follows = false;
    }

    fn end_object(&mut self) {
        self.end('}');
    }
}
