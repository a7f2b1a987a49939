//! Nodes' defaults as a batch. Owns which nodes; what a value becomes on its way out is the editor's rule.
use super::batch::Batch;
use super::{MAX_ROWS, Preview};
use crate::decode::sanitize;
use crate::device::{Node, NodeKey};
use crate::model::device::Device;
use crate::model::editor::goes;
use crate::model::nodes::range;
use crate::model::toast::Tone;
use crate::model::{Model, narrowing, publish};
use crate::mqtt::Publication;
use crate::time::Timestamp;

/// Nodes written between two looks at the keyboard: about a millisecond.
const SLICE: usize = 256;

/// Columns of a topic within the words of what is refused.
const MAX_TOPIC_COLS: usize = 60;

/// Nodes that are still to be written.
#[derive(Clone, Debug)]
pub struct Left(std::vec::IntoIter<NodeKey>);

impl Left {
    /// Writes a slice of them. Whether more are left.
    pub(super) fn make(
        &mut self,
        device: &Device,
        publications: &mut Vec<Publication>,
        commands: &mut Vec<usize>,
        troubles: &mut Vec<String>,
    ) -> bool {
        for key in self.0.by_ref().take(SLICE) {
            // Who keeps a node no longer meanwhile, sends it nothing.
            let Some(node) = device.kept.get(&key) else { continue };
            let Some(default) = &node.default else { continue };
            match goes::made(device, node, default) {
                Ok(made) => {
                    if node.is_of_sparkplug() {
                        commands.push(publications.len());
                    }
                    publications.push(made.publication);
                }
                Err(words) => {
                    let topic = sanitize(node.topic.as_str().as_bytes(), MAX_TOPIC_COLS);
                    troubles.push(format!("{topic}: {words}"));
                }
            }
        }
        self.0.len() > 0
    }
}

/// Previews the defaults of what is selected: of the range, or of all that lies at and below the cursor.
pub fn open(model: &mut Model, now: Timestamp) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    let row = model.cursor;
    let Some(device) = model.device(row.device) else {
        return model.say(now, Tone::Warn, "no device is open to publish to; D shows the devices");
    };
    let mut topic = String::new();
    device.store.topic_of(row.node, &mut topic);
    let is_below = |other: &str| {
        row.is_device()
            || other.strip_prefix(topic.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let has = |node: &&Node| node.default.is_some() && node.access.can_set();
    let only = narrowing::only(model, device);
    let (id, name, keys): (_, _, Vec<NodeKey>) = if model.range.is_some() {
        let mut of = range::kept(model);
        if of.len() > 1 {
            let words = "the range reaches over several devices; select rows of one";
            return model.say(now, Tone::Warn, words);
        }
        let (id, nodes) = of.pop().unwrap_or((row.device, Vec::new()));
        let keys = nodes.iter().filter(has).map(Node::key).collect();
        (id, format!("the defaults of the selected rows{only}"), keys)
    } else {
        let name = if row.is_device() { &device.profile.name } else { &topic };
        let is_meant = |node: &&Node| is_below(node.topic.as_str()) && range::is_shown(&device.store, node);
        let nodes = device.kept.iter().filter(is_meant);
        (row.device, format!("the defaults of {name}{only}"), nodes.filter(has).map(Node::key).collect())
    };
    if keys.is_empty() {
        let words = format!(
            "no node here{only} has a default and can be set; the attributes default and access say so (5)"
        );
        return model.say(now, Tone::Info, words);
    }
    if keys.len() > MAX_ROWS {
        let words =
            format!("{} nodes are more than one batch takes ({MAX_ROWS}); choose a branch", keys.len());
        return model.say(now, Tone::Warn, words);
    }
    model.range = None;
    super::show(model, Preview::Batch(Batch::of_defaults(id, name, Left(keys.into_iter()))));
}
