//! The fields of one JSON object, taken out one by one: what is of another shape is reported and kept as words, and
//! what nobody took is kept too.

use serde_json::{Map, Value};

/// An object being read, and what was found wrong with it.
pub struct Fields {
    object: Map<String, Value>,
    problems: Vec<String>,
    remarks: Vec<String>,
}

impl Fields {
    /// Reads an object.
    pub fn new(object: Map<String, Value>) -> Self {
        Self { object, problems: Vec::new(), remarks: Vec::new() }
    }

    /// Reports a problem.
    pub fn problem(&mut self, sentence: String) {
        self.problems.push(sentence);
    }

    /// Keeps words that have no place of their own.
    pub fn remark(&mut self, label: &str, words: &str) {
        if !words.is_empty() {
            self.remarks.push(format!("{label}: {words}"));
        }
    }

    /// Takes a field as it is; null is the same as not there.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.object.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Takes a text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            other @ (Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                self.misshapen(name, "text", &other);
                None
            }
        }
    }

    /// Takes a whole number.
    pub fn count(&mut self, name: &str) -> Option<u64> {
        let value = self.take(name)?;
        let count = value.as_u64();
        if count.is_none() {
            self.misshapen(name, "a whole number", &value);
        }
        count
    }

    /// Takes a list; one thing by itself is a list of one.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(
                one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)),
            ) => {
                vec![one]
            }
        }
    }

    /// Takes a list of texts.
    pub fn texts(&mut self, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.list(name) {
            match item {
                Value::String(text) if text.trim().is_empty() => {}
                Value::String(text) => texts.push(text.trim().to_owned()),
                other @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_)) => self.misshapen(name, "a list of texts", &other),
            }
        }
        texts
    }

    /// Takes an object, empty when it is not there.
    pub fn object(&mut self, name: &str) -> Map<String, Value> {
        match self.take(name) {
            None => Map::new(),
            Some(Value::Object(object)) => object,
            Some(
                other
                @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)),
            ) => {
                self.misshapen(name, "an object", &other);
                Map::new()
            }
        }
    }

    /// Takes a list of objects.
    pub fn objects(&mut self, name: &str) -> Vec<Fields> {
        let mut objects = Vec::new();
        for item in self.list(name) {
            match item {
                Value::Object(object) => objects.push(Fields::new(object)),
                other @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)) => self.misshapen(name, "a list of objects", &other),
            }
        }
        objects
    }

    /// Reports a field of another shape and keeps it as words.
    pub fn misshapen(&mut self, name: &str, expected: &str, got: &Value) {
        self.problem(format!("\"{name}\": expected {expected}, got {}; kept as words", shape(got)));
        self.remark(name, &got.to_string());
    }

    /// Takes in what a part of this object had to report and what was left of it.
    pub fn join(&mut self, label: &str, part: Fields) {
        let (problems, remarks) = part.finish();
        self.problems.extend(problems.into_iter().map(|problem| format!("{label}, {problem}")));
        self.remarks.extend(remarks.into_iter().map(|remark| format!("{label}, {remark}")));
    }

    /// The problems and the remarks; fields that nobody took are kept as remarks and reported.
    pub fn finish(mut self) -> (Vec<String>, Vec<String>) {
        for (name, value) in std::mem::take(&mut self.object) {
            let words = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if !value.is_null() {
                self.problem(format!("\"{name}\" is not a field of this collection; kept as words"));
                self.remark(&name, &words);
            }
        }
        (self.problems, self.remarks)
    }
}

/// What a JSON value is, in words.
pub fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
