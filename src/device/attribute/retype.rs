//! What becomes of a node that gets another type. Owns which attributes go over to it and which are lost.
use super::Altered;
use crate::device::codec::Codec;
use crate::device::domain::Clip;
use crate::device::kind::Kind;
use crate::device::node::Node;
use crate::device::value::Value;

/// More rounds than a node has attributes that can be at odds with its type.
const MAX_ROUNDS: usize = 16;

/// The node with another type: values go over where they can be read as one of it, and what makes no sense with
/// it is lost.
pub(super) fn retyped(node: &Node, kind: Kind) -> Result<Altered, String> {
    let mut lost = Vec::new();
    let mut node = Node { kind, ..node.clone() };
    if !node.codec.carries(kind) {
        if node.path().is_some() {
            return Err(format!("a place in JSON holds no {kind}; keep the whole topic for that"));
        }
        node.codec = if matches!(kind, Kind::List | Kind::Map) { Codec::Json } else { Codec::Text };
        lost.push("codec");
    }
    if let Some(default) = node.default.take() {
        node.default = over(&default, kind);
        if node.default.is_none() {
            lost.push("default");
        }
    }
    if !node.domain.values.is_empty() {
        let values: Option<Vec<_>> = node.domain.values.iter().map(|value| over(value, kind)).collect();
        if values.is_none() {
            lost.push("values");
        }
        node.domain.values = values.unwrap_or_default();
    }
    for _ in 0..MAX_ROUNDS {
        let Some(flaw) = node.check().into_iter().next() else { break };
        match flaw.attribute {
            "min" => node.domain.min = None,
            "max" => node.domain.max = None,
            "step" => node.domain.step = None,
            "values" => node.domain.values.clear(),
            "clip" => node.clip = Clip::None,
            "unit" => node.unit = None,
            "default" => node.default = None,
            _ => return Err(flaw.to_string()),
        }
        lost.push(flaw.attribute);
    }
    Ok(Altered { node, lost })
}

/// A value as one of another type, where its text is one.
fn over(value: &Value, kind: Kind) -> Option<Value> {
    if value.kind() == kind {
        return Some(value.clone());
    }
    if kind == Kind::Impulse || value.kind() == Kind::Impulse {
        return None;
    }
    Value::parse(kind, &value.shown()).ok()
}
