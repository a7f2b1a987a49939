//! What is learnt joins what is kept. Owns the rule: kept nodes stay as they are unless it is said otherwise, and
//! then keep what no traffic can tell.
use super::Row;
use crate::device::{Domain, Node, NodeKey};
use std::collections::{HashMap, HashSet};

/// What becomes of nodes that are kept already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// They stay as they are.
    Keep,
    /// What traffic tells takes the place of what they say.
    Overwrite,
}

/// What became of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// It is kept from now on.
    Added,
    /// It was kept already, and traffic says the same.
    Same,
    /// It was kept already and stays so, though traffic says otherwise.
    Skipped,
    /// What traffic says was written over what was kept.
    Replaced,
}

impl What {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Same => "kept",
            Self::Skipped => "skipped",
            Self::Replaced => "replaced",
        }
    }
}

/// A device's nodes with what was learnt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// All of them.
    pub nodes: Vec<Node>,
    /// What became of each row.
    pub rows: Vec<What>,
    /// Nodes that are new.
    pub n_added: usize,
    /// Nodes whose place was taken.
    pub n_replaced: usize,
}

impl Merged {
    /// Rows that fared so.
    pub fn count(&self, what: What) -> usize {
        self.rows.iter().filter(|row| **row == what).count()
    }
}

/// Puts the nodes of the rows among the kept ones.
pub fn merge(kept: &[Node], rows: &[Row], existing: Existing) -> Merged {
    let mut merged = Merged { nodes: kept.to_vec(), ..Merged::default() };
    let topics: HashSet<&str> = kept.iter().map(|node| node.topic.as_str()).collect();
    let at: HashMap<NodeKey, usize> =
        kept.iter().enumerate().map(|(place, node)| (node.key(), place)).collect();
    for row in rows {
        let what = if topics.contains(row.topic.as_str()) {
            let mut what = What::Same;
            for node in &row.nodes {
                // Beside a part of a payload, the whole would be the same value twice.
                let Some(old) = at.get(&node.key()).and_then(|place| merged.nodes.get_mut(*place)) else {
                    continue;
                };
                let new = updated(old, node);
                // A topic that did not speak proves nothing.
                if new == *old || row.guess.n_samples == 0 {
                    continue;
                }
                match existing {
                    Existing::Keep if is_otherwise(old, &new) => what = What::Skipped,
                    Existing::Keep => {}
                    Existing::Overwrite => {
                        *old = new;
                        merged.n_replaced += 1;
                        what = What::Replaced;
                    }
                }
            }
            what
        } else {
            merged.n_added += row.nodes.len();
            merged.nodes.extend(row.nodes.iter().cloned());
            What::Added
        };
        merged.rows.push(what);
    }
    merged
}

/// Whether traffic contradicts, rather than adds.
fn is_otherwise(old: &Node, new: &Node) -> bool {
    old.kind != new.kind || old.codec != new.codec || old.unit != new.unit
}

/// What traffic tells of a kept node; the rest is the person's who wrote it.
fn updated(old: &Node, learnt: &Node) -> Node {
    // That nothing sounds like a bound takes none away.
    let keeps_domain = old.kind == learnt.kind && learnt.domain == Domain::default();
    let domain = if keeps_domain { &old.domain } else { &learnt.domain };
    let is_same = old.kind == learnt.kind && old.domain == *domain;
    Node {
        topic: old.topic.clone(),
        alias: old.alias.clone().or_else(|| learnt.alias.clone()),
        description: old.description.clone().or_else(|| learnt.description.clone()),
        tags: old.tags.clone(),
        kind: learnt.kind,
        access: learnt.access,
        unit: learnt.unit.clone().or_else(|| old.unit.clone()),
        default: old.default.clone().filter(|_| is_same),
        domain: domain.clone(),
        clip: old.clip,
        codec: learnt.codec.clone(),
        qos: learnt.qos,
        retain: learnt.retain,
        rate_limit_ms: old.rate_limit_ms,
        repetition_filter: old.repetition_filter,
        priority: old.priority,
        // That a short while showed no rhythm takes none away.
        cadence_ms: old.cadence_ms.or(learnt.cadence_ms),
    }
}
