//! A batch before it goes: its publications, what of them no broker would take, and the start. Owns the preview.
use super::pace::Pace;
use super::{MAX_ROWS, Preview, defaults};
use crate::decode::figures;
use crate::model::device::Device;
use crate::model::devices::Errand;
use crate::model::event::{DeviceId, Effect};
use crate::model::overlay::PromptKind;
use crate::model::runs::{self, Work, bulk};
use crate::model::toast::Tone;
use crate::model::{Model, keys, metrics, publish, takes};
use crate::mqtt::Publication;
use crate::time::Timestamp;

/// Publications held against the broker's limits between two looks at the keyboard: about a millisecond.
const SLICE: usize = 2_048;

/// Refusals told one by one; further ones are only counted.
const MAX_TOLD: usize = 1_000;

/// A batch that is previewed.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Where it would go.
    pub device: DeviceId,
    /// What it is: a file's path, or whose defaults.
    pub name: String,
    /// What would go, in order.
    pub publications: Vec<Publication>,
    /// Places of those that won't, in order.
    pub refused: Vec<u32>,
    /// Why not, for the first of them; the first lines of the preview.
    pub why: Vec<String>,
    /// How many won't go, those that could not even be made included.
    pub n_refused: usize,
    /// What is wrong with the file, where nothing of it can be used.
    pub bad: Vec<String>,
    /// Their payloads' bytes.
    pub n_bytes: u64,
    /// How many by QoS.
    pub n_by_qos: [usize; 3],
    /// How many the broker shall keep.
    pub n_retain: usize,
    /// The line under the hand.
    pub place: usize,
    /// How fast they go.
    pub pace: Pace,
    /// Places of commands to edge nodes of Sparkplug, which get their time when they go.
    commands: Vec<usize>,
    source: Source,
    n_checked: usize,
}

/// Whether there is more to come.
#[derive(Clone, Debug)]
enum Source {
    /// A worker reads the file.
    Reading,
    /// Nodes whose defaults are not written yet.
    Defaults(defaults::Left),
    /// All is here.
    Whole,
}

impl Batch {
    fn new(device: DeviceId, name: String, source: Source) -> Self {
        Self {
            device,
            name,
            publications: Vec::new(),
            refused: Vec::new(),
            why: Vec::new(),
            n_refused: 0,
            bad: Vec::new(),
            n_bytes: 0,
            n_by_qos: [0; 3],
            n_retain: 0,
            place: 0,
            pace: Pace::default(),
            commands: Vec::new(),
            source,
            n_checked: 0,
        }
    }

    /// A batch of nodes' defaults.
    pub(super) fn of_defaults(device: DeviceId, name: String, left: defaults::Left) -> Self {
        Self::new(device, name, Source::Defaults(left))
    }

    /// A batch of what failed before, with why.
    pub fn again(device: DeviceId, name: String, failed: Vec<(Publication, String)>) -> Self {
        let mut batch = Self::new(device, name, Source::Whole);
        for (publication, why) in failed {
            batch.why.push(format!("{}: {why}", publication.topic));
            batch.publications.push(publication);
        }
        batch
    }

    /// Whether there is work to do in slices.
    pub const fn is_working(&self) -> bool {
        match self.source {
            Source::Reading => false,
            Source::Defaults(_) => true,
            Source::Whole => self.n_checked < self.publications.len(),
        }
    }

    /// Whether a worker reads its file.
    pub const fn is_reading(&self) -> bool {
        matches!(self.source, Source::Reading)
    }

    /// How many would go.
    pub fn n_going(&self) -> usize {
        self.publications.len() - self.refused.len()
    }

    /// What is wrong, line by line; behind these lines stand the publications.
    pub fn trouble(&self) -> &[String] {
        if self.bad.is_empty() { &self.why } else { &self.bad }
    }

    /// How many lines the preview has.
    pub fn n_lines(&self) -> usize {
        self.trouble().len() + self.publications.len()
    }

    /// Whether the publication at a place won't go.
    pub fn is_refused(&self, place: usize) -> bool {
        u32::try_from(place).is_ok_and(|place| self.refused.binary_search(&place).is_ok())
    }

    fn refuse(&mut self, words: String) {
        self.n_refused += 1;
        if self.why.len() < MAX_TOLD {
            self.why.push(words);
        }
    }

    /// Makes and checks a slice of them.
    pub fn advance(&mut self, device: &Device) {
        if let Source::Defaults(left) = &mut self.source {
            let mut troubles = Vec::new();
            let has_more = left.make(device, &mut self.publications, &mut self.commands, &mut troubles);
            for words in troubles {
                self.refuse(words);
            }
            if !has_more {
                self.source = Source::Whole;
            }
        }
        let (from, to) = (self.n_checked, self.publications.len().min(self.n_checked + SLICE));
        for place in from..to {
            let Some(publication) = self.publications.get(place) else { break };
            self.n_bytes += publication.payload.0.len() as u64;
            self.n_by_qos[usize::from(publication.qos.bits())] += 1;
            self.n_retain += usize::from(publication.retain);
            if let Err(words) = takes::check(device, publication) {
                let words = format!("{}: {words}", publication.topic);
                self.refused.extend(u32::try_from(place));
                self.refuse(words);
            }
        }
        self.n_checked = to;
    }

    /// What it comes to, in words.
    pub fn summary(&self) -> String {
        if self.is_reading() {
            return "reading …".to_owned();
        }
        if !self.bad.is_empty() {
            return "nothing of it can be used".to_owned();
        }
        let qos: Vec<String> = (0..3)
            .filter(|qos| self.n_by_qos[*qos] > 0)
            .map(|qos| format!("{} at QoS {qos}", figures::grouped(self.n_by_qos[qos] as u64)))
            .collect();
        let mut words = vec![figures::counted(self.publications.len() as u64, "publication")];
        words.push(figures::bytes(self.n_bytes));
        words.extend(qos);
        if self.n_retain > 0 {
            words.push(format!("{} retained", figures::grouped(self.n_retain as u64)));
        }
        if self.n_refused > 0 {
            words.push(format!("{} refused here", figures::grouped(self.n_refused as u64)));
        }
        words.join(" · ")
    }
}

/// Asks for the file.
pub fn ask_file(model: &mut Model, now: Timestamp) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    if model.selected().is_none() {
        return model.say(now, Tone::Warn, "no device is open to publish to; D shows the devices");
    }
    keys::prompt(model, PromptKind::BatchFile, "");
}

/// A path was typed: a worker reads it.
pub fn open_file(model: &mut Model, path: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let path = path.trim();
    if path.is_empty() {
        return Err("a path, such as setpoints.csv or ~/plant.jsonl".to_owned());
    }
    let device = model.cursor.device;
    let batch = Batch::new(device, path.to_owned(), Source::Reading);
    model.bulk = Some(Box::new(Preview::Batch(batch)));
    effects.push(Effect::Disk(Box::new(Errand::ReadBatch(path.to_owned()))));
    Ok(())
}

/// The file was read, or it was not.
pub fn read(model: &mut Model, now: Timestamp, path: &str, read: Result<Vec<Publication>, Vec<String>>) {
    // Who left meanwhile wants it no more.
    let Some(Preview::Batch(batch)) = model.bulk.as_deref_mut() else { return };
    if !batch.is_reading() || batch.name != path {
        return;
    }
    batch.source = Source::Whole;
    match read {
        Ok(publications) => batch.publications = publications,
        Err(bad) => {
            batch.bad = bad;
            model.say(now, Tone::Error, format!("{path} can't be used, and nothing was sent"));
        }
    }
}

/// Publishes what may go.
pub fn start(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(Preview::Batch(batch)) = model.bulk.as_deref() else { return };
    let words = if !batch.bad.is_empty() {
        "nothing of this file can be used; mend it, and read it again"
    } else if batch.is_reading() || batch.is_working() {
        "it is still being checked; try again in a moment"
    } else if batch.n_going() == 0 {
        "there is nothing in it to publish"
    } else {
        ""
    };
    if !words.is_empty() {
        return model.say(now, Tone::Warn, words);
    }
    debug_assert!(batch.publications.len() <= MAX_ROWS, "both sources hold to the bound");
    let Some(preview) = model.bulk.take() else { return };
    let Preview::Batch(mut batch) = *preview else { return };
    let n = figures::counted(batch.n_going() as u64, "publication");
    let (name, device) = (batch.name.clone(), batch.device);
    // Should it not begin, it is seen as it was.
    let back = batch.clone();
    let unix_ms = model.settings.wall.unix_ms_at(now);
    for place in std::mem::take(&mut batch.commands) {
        if let Some(publication) = batch.publications.get_mut(place) {
            metrics::stamp(publication, unix_ms);
        }
    }
    let work =
        Work::Bulk(Box::new(bulk::Bulk::batch(&batch.name, batch.publications, &batch.refused, batch.pace)));
    match runs::begin(model, now, device, work) {
        Ok(_) => {
            model.say(now, Tone::Info, format!("publishing {n} of {name}; ! stops it"));
            runs::due(model, now, effects);
        }
        Err(words) => {
            super::show(model, Preview::Batch(back));
            model.say(now, Tone::Warn, words);
        }
    }
}
