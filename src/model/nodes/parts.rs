//! Keeping parts of a JSON payload as nodes of their own. Owns the list and its ticks; which parts there are,
//! `device::learn` reads from the payload.
use crate::decode::figures;
use crate::device::{Document, Kind, Node, learn};
use crate::model::event::DeviceId;
use crate::model::overlay::Overlay;
use crate::model::toast::Tone;
use crate::model::{Model, metrics, nodes};
use crate::mqtt::Topic;
use crate::store::LastPayload;
use crate::time::Timestamp;

/// The parts of a payload to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// Whose topic.
    pub device: DeviceId,
    /// Which topic.
    pub topic: Topic,
    /// The whole payload, then its parts.
    pub list: Vec<Choice>,
    /// Parts beyond what is listed.
    pub n_more: usize,
    /// The row under the hand.
    pub place: usize,
}

/// A part that may be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The node that it would be.
    pub node: Node,
    /// What it is now, cut; not escaped for the screen.
    pub value: Box<str>,
    /// Whether it is kept already.
    pub is_kept: bool,
    /// Whether it is ticked.
    pub is_ticked: bool,
}

impl Picker {
    /// Moves the hand by so many rows.
    pub fn step(&mut self, by: isize) {
        self.place = self.place.saturating_add_signed(by).min(self.list.len().saturating_sub(1));
    }

    /// How many are ticked.
    pub fn n_ticked(&self) -> usize {
        self.list.iter().filter(|choice| choice.is_ticked).count()
    }
}

/// Lists what of the topic under the cursor can be kept; a payload that is no JSON object is kept whole.
pub fn open(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let mut text = String::new();
    let Some(device) = model.device(row.device) else { return };
    device.store.topic_of(row.node, &mut text);
    let Some(topic) = Topic::parse(&text).ok().filter(|_| !row.is_device()) else {
        return model.say(
            now,
            Tone::Info,
            "only a topic can be kept; a in the tree keeps one below this row",
        );
    };
    let (topic, of_metrics) = match metrics::parts(device, topic.as_str()) {
        Some((data, parts)) => (data, Some(parts)),
        None => (topic, None),
    };
    let payload = match device.store.last(row.node).map(|last| last.payload) {
        Some(LastPayload::Whole(payload)) => payload,
        Some(LastPayload::Evicted { .. }) | None => &[],
    };
    if of_metrics.as_ref().is_some_and(|parts| parts.list.is_empty()) {
        let words = "no metric was heard here by its name; alt-b asks the edge node for its births";
        return model.say(now, Tone::Info, words);
    }
    let document = Document::new(device.reading(row.node), payload);
    let parts = of_metrics.unwrap_or_else(|| learn::parts_of(topic.as_str(), document.bytes()));
    let whole = nodes::edit::proposed(model, row.device, &topic);
    let is_kept = |node: &Node| device.kept.get(&node.key()).is_some();
    if parts.list.is_empty() {
        if is_kept(&whole) {
            let words = "it is kept already, and its payload has no JSON object to keep parts of";
            return model.say(now, Tone::Info, words);
        }
        nodes::keep(model, now, row.device, vec![whole], &format!("keeping {topic}"));
        return model.say(now, Tone::Info, "kept 1 node; u undoes");
    }
    let choice = |node: Node, value: Box<str>| {
        let is_kept = is_kept(&node);
        Choice { node, value, is_kept, is_ticked: false }
    };
    let n_members = parts.list.len() + parts.n_more;
    let mut list = vec![choice(whole, format!("{{{n_members} members}}").into())];
    list.extend(parts.list.into_iter().map(|part| choice(part.node(&topic), part.value)));
    let picker = Picker { device: row.device, topic, list, n_more: parts.n_more, place: 1 };
    model.overlay = Overlay::Parts(Box::new(picker));
}

/// Ticks the part under the hand, or takes the tick away, and goes on to the next.
pub fn tick(model: &mut Model, now: Timestamp) {
    let Overlay::Parts(picker) = &mut model.overlay else { return };
    let place = picker.place;
    match picker.list.get_mut(place) {
        Some(choice) if choice.is_kept => model.say(now, Tone::Info, "it is kept already; d removes it"),
        Some(choice) => {
            choice.is_ticked = !choice.is_ticked;
            picker.step(1);
        }
        None => {}
    }
}

/// Keeps what is ticked; without any tick what is under the hand.
pub fn keep(model: &mut Model, now: Timestamp) {
    let Overlay::Parts(picker) = &model.overlay else { return };
    let is_none_ticked = picker.n_ticked() == 0;
    let is_chosen = |(place, choice): &(usize, &Choice)| {
        choice.is_ticked || is_none_ticked && *place == picker.place && !choice.is_kept
    };
    let chosen = picker.list.iter().enumerate().filter(is_chosen);
    let chosen: Vec<Node> = chosen.map(|(_, choice)| choice.node.clone()).collect();
    let (id, topic) = (picker.device, picker.topic.clone());
    if chosen.is_empty() {
        return model.say(now, Tone::Info, "it is kept already; space ticks others, esc leaves");
    }
    model.overlay = Overlay::None;
    let counted = figures::counted(chosen.len() as u64, "node");
    let n_kept = nodes::keep(model, now, id, chosen, &format!("keeping {counted} of {topic}"));
    model.say(now, Tone::Info, format!("kept {}; u undoes", figures::counted(n_kept as u64, "node")));
}

/// The type and the place of a part, in words.
pub fn words(choice: &Choice) -> (String, Kind) {
    let place = choice.node.path().map_or_else(|| "the whole payload".to_owned(), ToString::to_string);
    (place, choice.node.kind)
}
