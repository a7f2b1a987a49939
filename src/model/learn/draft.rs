//! The attributes of a candidate as one line of text: `float get °C 0..100 as Boiler`. Owns that grammar; the rest
//! of the attributes is edited once the node is kept.
use crate::device::{Access, Codec, Domain, Kind, Node, Unit};

/// The text of a node's attributes.
pub fn text(node: &Node) -> String {
    let mut words = vec![node.kind.to_string(), node.access.to_string()];
    words.extend(node.unit.as_ref().map(|unit| unit.as_str().to_owned()));
    if node.domain.min.is_some() || node.domain.max.is_some() {
        words.push(range(node.domain.min, node.domain.max));
    }
    words.extend(node.alias.as_ref().map(|alias| format!("as {alias}")));
    words.join(" ")
}

fn range(min: Option<f64>, max: Option<f64>) -> String {
    let number = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    format!("{}..{}", number(min), number(max))
}

/// The node with the attributes of a text: what the text leaves out is none.
pub fn parse(node: &Node, text: &str) -> Result<Node, String> {
    let mut edited = node.clone();
    let (attributes, alias) = match format!(" {text}").split_once(" as ") {
        Some((before, alias)) => (before.to_owned(), Some(alias.trim().to_owned())),
        None => (text.to_owned(), None),
    };
    edited.alias = alias.filter(|alias| !alias.is_empty());
    edited.unit = None;
    (edited.domain.min, edited.domain.max) = (None, None);
    for word in attributes.split_whitespace() {
        if let Some(kind) = Kind::from_name(word) {
            edited.kind = kind;
        } else if let Some(access) = Access::from_name(word) {
            edited.access = access;
        } else if let Some((min, max)) = word.split_once("..") {
            (edited.domain.min, edited.domain.max) = (bound(min)?, bound(max)?);
        } else if edited.unit.is_none() {
            edited.unit = Some(Unit::normal(word));
        } else {
            return Err(format!(
                "{word:?} is no type, no access and no range; the unit stands there already"
            ));
        }
    }
    if edited.kind != node.kind {
        if !edited.codec.carries(edited.kind) {
            edited.codec =
                if matches!(edited.kind, Kind::List | Kind::Map) { Codec::Json } else { Codec::Text };
        }
        edited.domain = Domain { values: Vec::new(), step: None, ..edited.domain };
        edited.default = None;
    }
    match edited.check().first() {
        Some(flaw) => Err(flaw.to_string()),
        None => Ok(edited),
    }
}

fn bound(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| format!("{text:?} is no number; a range is written 0..100, ..100 or 0.."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::Topic;

    fn node(kind: Kind) -> Node {
        Node::new(Topic::parse("a").unwrap(), kind)
    }

    #[test]
    fn attributes_are_written_as_they_are_read() {
        for line in [
            "float get °C 0..100 as Boiler in the cellar",
            "int both 0..",
            "bool set",
            "float get ..-3.5",
            "string both as gauge as such",
        ] {
            let edited = parse(&node(Kind::String), line).unwrap();
            assert_eq!(text(&edited), line);
        }
    }

    #[test]
    fn a_type_that_the_payload_cannot_carry_any_more_is_written_as_text() {
        let words = Codec::Words { on: "ON".into(), off: "OFF".into() };
        let bool_node = Node { codec: words, ..node(Kind::Bool) };
        assert_eq!(parse(&bool_node, "string get").unwrap().codec, Codec::Text);
        assert_eq!(parse(&bool_node, "map get").unwrap().codec, Codec::Json);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (line, expected) in [
            ("float 5..x", "is no number"),
            ("float 5..1", "min"),
            ("float C V", "the unit stands there already"),
            ("string °C", "unit"),
        ] {
            let words = parse(&node(Kind::Float), line).unwrap_err();
            assert!(words.contains(expected), "{line:?}: {words}");
        }
    }
}
