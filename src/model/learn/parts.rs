//! The parts of one candidate's JSON, to be chosen from. Owns the list and its hand; keeping is `deeds`'.
use crate::device::Node;
use crate::device::learn::{CandidateId, Parts};
use crate::model::toast::Tone;
use crate::model::{Model, metrics};
use crate::store::LastPayload;
use crate::time::Timestamp;

/// The parts of a payload, while they are chosen from.
#[derive(Clone, Debug)]
pub struct Picker {
    /// Whose they are.
    pub id: CandidateId,
    /// The topic; not escaped for the screen.
    pub topic: String,
    /// What there is to choose from.
    pub parts: Parts,
    /// Which of them are ticked.
    pub ticks: Vec<bool>,
    /// The one under the hand.
    pub at: usize,
}

impl Picker {
    /// Moves the hand.
    pub fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.parts.list.len().saturating_sub(1));
    }

    /// Ticks the part under the hand, or takes its tick away.
    pub fn tick(&mut self) {
        if let Some(tick) = self.ticks.get_mut(self.at) {
            *tick = !*tick;
        }
        self.step(1);
    }

    /// The nodes of the ticked parts, else that of the part under the hand.
    pub fn nodes(&self, topic: &crate::mqtt::Topic) -> Vec<Node> {
        let is_any = self.ticks.contains(&true);
        let is_meant = |at: usize| if is_any { self.ticks.get(at) == Some(&true) } else { at == self.at };
        let meant = self.parts.list.iter().enumerate().filter(|(at, _)| is_meant(*at));
        meant.map(|(_, part)| part.node(topic)).collect()
    }
}

/// Opens the JSON of the candidate under the hand.
pub fn open(model: &mut Model, now: Timestamp) {
    let Some(learning) = &model.learning else { return };
    let Some(candidate) = learning.under_hand().and_then(|id| learning.learn.candidate(id)) else { return };
    let topic = candidate.topic().as_str().to_owned();
    let last = model.device(learning.device).and_then(|device| {
        let last = device.store.last(device.store.find(&topic)?)?;
        match last.payload {
            LastPayload::Whole(payload) => {
                let of_metrics = metrics::parts(device, &topic).map(|(_, parts)| parts);
                Some(of_metrics.unwrap_or_else(|| candidate.parts(payload)))
            }
            LastPayload::Evicted { .. } => None,
        }
    });
    let parts = last.filter(|parts| !parts.list.is_empty());
    let Some(parts) = parts else {
        return model.say(now, Tone::Info, "only a JSON object has parts; its last payload is none");
    };
    let picker = Picker { id: candidate.id, topic, ticks: vec![false; parts.list.len()], parts, at: 0 };
    if let Some(learning) = &mut model.learning {
        learning.cursor = Some(picker.id);
        learning.hold_for_a_key(now);
        learning.picker = Some(picker);
    }
}

/// Goes back to the list. `false`: it was there already.
pub fn close(model: &mut Model) -> bool {
    let is_here = model.focus == crate::model::layout::Pane::Learn;
    is_here && model.learning.as_mut().is_some_and(|learning| learning.picker.take().is_some())
}
