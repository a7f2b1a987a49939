//! The editor of one node's value: opened on a kept node, stays until Esc. Owns its state and how it begins; its
//! widgets are in `editor/body.rs`, what would go in `editor/goes.rs`, its keys in `editor/keys.rs`.
mod body;
pub mod goes;
pub mod keys;

pub use body::Body;
pub use goes::{Goes, payload_words};

use super::device::Device;
use super::event::DeviceId;
use super::layout::Pane;
use super::spacing::Spacing;
use super::toast::Tone;
use super::{Model, metrics, publish};
use crate::decode::sparkplug::Route;
use crate::device::{Node, Value};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// The largest payload that the widget begins with: a line takes no more, and each frame reads it anew.
const MAX_EDITED_BYTES: usize = 65_535;

/// An editor, open on a node.
#[derive(Clone, Debug)]
pub struct Editor {
    /// The device of its node.
    pub device: DeviceId,
    /// The node that it sets.
    pub node: Node,
    /// All nodes at the topic, where there are several.
    pub nodes: Vec<Node>,
    /// The widget.
    pub body: Body,
    /// Whether the node is kept: a metric of Sparkplug need not be.
    pub is_kept: bool,
    /// Whether each step is sent at once.
    pub is_live: bool,
    /// What was said of the last value; empty when there is nothing to say.
    pub said: String,
    /// How far back in what was sent the widget shows; `None`: what is being chosen.
    back: Option<usize>,
    /// The state of the device's nodes that this was made from.
    revision: u64,
}

impl Editor {
    /// The topic that its values go to.
    pub fn goes_to(&self) -> String {
        match Route::parse(self.node.topic.as_str()) {
            Some(route) if self.node.is_of_sparkplug() => route.command(),
            Some(_) | None => self.node.topic.as_str().to_owned(),
        }
    }
}

/// Opens an editor on the kept node under the cursor, or the publish form where none is kept.
pub fn open(model: &mut Model, now: Timestamp) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    match metrics::pointed_at(model) {
        Some(Err(words)) => return model.say(now, Tone::Warn, words),
        Some(Ok(node)) => return open_on(model, now, node),
        None => {}
    }
    let row = model.cursor;
    let Some(device) = model.device(row.device) else { return };
    let nodes: Vec<Node> = device.kept.at(row.node).cloned().collect();
    let revision = device.kept.revision();
    let Some(node) = nodes.first().cloned() else {
        let is_topic = device.store.is_topic(row.node);
        publish::open_plain(model);
        if is_topic {
            let words =
                "not kept, so this is the plain form; a keeps the topic and e edits it by its type then";
            model.say(now, Tone::Info, words);
        }
        return;
    };
    if nodes.iter().all(|node| !node.access.can_set()) {
        return model.say(now, Tone::Warn, goes::no_access(&node));
    }
    let body = if nodes.len() > 1 {
        Body::Which(0)
    } else {
        Body::of(&node, &beginning(device, &model.spacing, &node))
    };
    model.editor = Some(Editor {
        device: row.device,
        node,
        nodes,
        body,
        is_kept: true,
        is_live: false,
        said: String::new(),
        back: None,
        revision,
    });
    model.focus = Pane::Publish;
}

/// Opens an editor on a metric, which need not be kept.
fn open_on(model: &mut Model, now: Timestamp, node: Node) {
    if !node.access.can_set() {
        return model.say(now, Tone::Warn, goes::no_access(&node));
    }
    let id = model.cursor.device;
    let Some(device) = model.device(id) else { return };
    let body = Body::of(&node, &beginning(device, &model.spacing, &node));
    let is_kept = device.kept.get(&node.key()).is_some();
    let revision = device.kept.revision();
    let (said, nodes) = (String::new(), Vec::new());
    model.editor =
        Some(Editor { device: id, node, nodes, body, is_kept, is_live: false, said, back: None, revision });
    model.focus = Pane::Publish;
}

/// Follows changes to the node that is edited; closes when it is kept no longer.
pub fn settle(model: &mut Model, now: Timestamp) {
    let Some(editor) = &model.editor else { return };
    let device = super::tree::device(&model.devices, editor.device);
    let revision = device.map(|device| device.kept.revision());
    if revision == Some(editor.revision) {
        return;
    }
    let found = device.and_then(|device| Some((device, device.kept.get(&editor.node.key())?.clone())));
    if let (Some((device, node)), Some(editor)) = (found, &mut model.editor) {
        editor.revision = device.kept.revision();
        let of = |node: &Node| (node.kind, node.domain.values.clone());
        if of(&node) != of(&editor.node) && !matches!(editor.body, Body::Which(_)) {
            editor.body = Body::of(&node, &beginning(device, &model.spacing, &node));
        }
        let at = |one: &Node| device.kept.get(&one.key()).cloned();
        editor.nodes = editor.nodes.iter().filter_map(at).collect();
        editor.node = node;
        editor.is_kept = true;
        return;
    }
    if let Some(editor) = model.editor.as_mut().filter(|editor| !editor.is_kept) {
        editor.revision = revision.unwrap_or_default();
        return;
    }
    close(model);
    model.say(now, Tone::Info, "the editor is closed: its node is kept no longer");
}

/// Closes the editor; what waits for its interval goes all the same.
pub fn close(model: &mut Model) {
    model.editor = None;
    if model.focus == Pane::Publish {
        model.focus = Pane::Topics;
    }
}

/// What the widget begins with: what the node holds, else what was sent last, else its default.
pub fn beginning(device: &Device, spacing: &Spacing, node: &Node) -> Value {
    let last = device.store.find(node.topic.as_str()).and_then(|id| device.store.last(id));
    let present = match last.map(|last| last.payload) {
        _ if node.is_of_sparkplug() => metrics::present(device, node),
        Some(LastPayload::Whole(payload)) if payload.len() <= MAX_EDITED_BYTES => node.read(payload).ok(),
        Some(LastPayload::Whole(_) | LastPayload::Evicted { .. }) | None => None,
    };
    let sent = || spacing.recalled(device.id, &node.key()).next().cloned();
    present.or_else(sent).or_else(|| node.default.clone()).unwrap_or_else(|| node.simplest())
}
