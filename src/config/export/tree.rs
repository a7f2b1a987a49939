//! Values as one JSON object nested by levels. Owns the form: a payload that is JSON stands as it was spelled, text
//! as a string, bytes as `{"base64": …}`, a topic that is also a branch under `$value`.
use crate::decode::json;
use crate::model::export::steps::Row;
use data_encoding::BASE64;
use serde_json::{Value, json};

/// The key of a branch's own value. A level of that name, or of one with more dollars, is written with one more.
const OWN: &str = "$value";

/// Deepest nesting of a payload that is embedded; a deeper one stands as text, for readers have their bounds.
const MAX_DEPTH: usize = 64;

/// Levels that lines are set in by; further ones are not set in further.
const MAX_INDENTED: usize = 24;

/// A writer that takes topics in the order of the tree, a branch before what hangs on it.
#[derive(Debug, Default)]
pub struct Tree {
    /// Levels of the objects that are open.
    open: Vec<String>,
    /// Whether the innermost object has a member already.
    has_member: bool,
    /// What comes next, once it is known whether it is a branch.
    waiting: Option<(Vec<String>, String)>,
    is_begun: bool,
}

impl Tree {
    /// Takes a message.
    pub fn add(&mut self, row: &Row, out: &mut Vec<u8>) {
        let levels: Vec<String> = row.topic.split('/').map(str::to_owned).collect();
        self.put(Some(&levels), out);
        self.waiting = Some((levels, value(row)));
    }

    /// Closes what is open.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.put(None, out);
        self.begin(out);
        self.close_to(0, out);
        if self.has_member {
            out.extend_from_slice(b"\n");
        }
        out.extend_from_slice(b"}\n");
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !self.is_begun {
            out.push(b'{');
            self.is_begun = true;
        }
    }

    /// Writes what waits, before what comes next.
    fn put(&mut self, next: Option<&[String]>, out: &mut Vec<u8>) {
        let Some((levels, value)) = self.waiting.take() else { return };
        self.begin(out);
        let Some((last, above)) = levels.split_last() else { return };
        let n_shared = self.open.iter().zip(above).take_while(|(open, level)| open == level).count();
        self.close_to(n_shared, out);
        for level in above.iter().skip(n_shared) {
            self.open(level, out);
        }
        let is_branch = next.is_some_and(|next| next.len() > levels.len() && next.starts_with(&levels));
        if is_branch {
            self.open(last, out);
            self.key(OWN, out);
        } else {
            self.key(&spelled(last), out);
        }
        out.extend_from_slice(value.as_bytes());
    }

    fn open(&mut self, level: &str, out: &mut Vec<u8>) {
        self.key(&spelled(level), out);
        out.push(b'{');
        self.open.push(level.to_owned());
        self.has_member = false;
    }

    fn close_to(&mut self, n_open: usize, out: &mut Vec<u8>) {
        while self.open.len() > n_open {
            self.open.pop();
            self.new_line(out);
            out.push(b'}');
            self.has_member = true;
        }
    }

    fn key(&mut self, key: &str, out: &mut Vec<u8>) {
        if self.has_member {
            out.push(b',');
        }
        self.has_member = true;
        // The object's own closing bracket stands one level further out.
        out.push(b'\n');
        out.resize(out.len() + 2 * (self.open.len() + 1).min(MAX_INDENTED), b' ');
        out.extend_from_slice(Value::from(key).to_string().as_bytes());
        out.extend_from_slice(b": ");
    }

    fn new_line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.resize(out.len() + 2 * (self.open.len() + 1).min(MAX_INDENTED), b' ');
    }
}

/// A level as a key.
fn spelled(level: &str) -> String {
    let is_like_own = level.trim_start_matches('$') == "value" && level.starts_with('$');
    if is_like_own { format!("${level}") } else { level.to_owned() }
}

/// A payload as a value.
fn value(row: &Row) -> String {
    let Some(payload) = row.payload.as_deref() else { return json!({ "evicted": row.n_bytes }).to_string() };
    match std::str::from_utf8(payload) {
        Ok(text) if is_embeddable(text) => text.trim().to_owned(),
        Ok(text) => Value::from(text).to_string(),
        Err(_) => json!({ "base64": BASE64.encode(payload) }).to_string(),
    }
}

/// Whether a payload is JSON that any reader takes within another.
fn is_embeddable(text: &str) -> bool {
    json::is_json(text.as_bytes())
        && depth(text.as_bytes()) <= MAX_DEPTH
        // Half of a surrogate pair is spelled right and means nothing.
        && (!text.contains("\\u") || serde_json::from_str::<Value>(text).is_ok())
}

/// How deep a JSON payload is nested.
fn depth(payload: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in payload {
        match (in_text, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            (_, _) => {}
        }
    }
    deepest
}
