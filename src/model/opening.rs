//! Devices open, close and change while the program runs. Owns what comes and goes with them; starts no task.
use super::device::{Connection, Device, Subscribed};
use super::devices::Errand;
use super::event::{DeviceId, Effect};
use super::tree::{self, RowId};
use super::{Model, Screen, excludes, ingest, narrowing, nodes, runs};
use crate::device::{Node, Rule, Rules};
use crate::mqtt::port::Step;
use crate::mqtt::{BrokerRequest, Filter, Profile};
use crate::sift::named::{Named, NamedFilters};
use crate::store::NodeId;
use crate::time::Timestamp;

/// Devices open at once: each has a task and a share of the memory, and nobody reads more roots of one tree.
pub const MAX_OPEN: usize = 64;

/// Where a device's settings came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The device file of this name.
    File(String),
    /// A URL without anything secret, which opens it again.
    Url(String),
    /// The program itself, as the demo's; not to be opened again.
    #[default]
    Program,
}

impl Origin {
    /// The word that opens it again.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::File(word) | Self::Url(word) => Some(word),
            Self::Program => None,
        }
    }

    /// The name of its file.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::File(name) => Some(name),
            Self::Url(_) | Self::Program => None,
        }
    }
}

/// A device to open.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// How to connect.
    pub profile: Profile,
    /// The nodes that its file names.
    pub nodes: Vec<Node>,
    /// How its file has topics read, with the schemas compiled.
    pub rules: Vec<Rule>,
    /// Its file's view filters with names.
    pub filters: Vec<Named>,
    /// Where that came from.
    pub origin: Origin,
    /// Whether its client id was made up for this run.
    pub id_is_made_up: bool,
    /// What to tell.
    pub warnings: Vec<String>,
}

impl Opening {
    /// A profile of the program's own.
    pub fn of_program(profile: Profile) -> Self {
        Self {
            profile,
            nodes: Vec::new(),
            rules: Vec::new(),
            filters: Vec::new(),
            origin: Origin::Program,
            id_is_made_up: true,
            warnings: Vec::new(),
        }
    }
}

/// Opens a device beside those that are open, and returns its number. What is open already is not opened twice.
pub fn open(
    model: &mut Model,
    now: Timestamp,
    opening: Opening,
    effects: &mut Vec<Effect>,
) -> Option<DeviceId> {
    for warning in &opening.warnings {
        model.warn(now, warning.as_str());
    }
    // The same URL twice may be two brokers: what a URL says beside its address is not compared.
    if let (Origin::File(_), Some(id)) = (&opening.origin, opened_from(model, &opening.origin)) {
        return Some(id);
    }
    if model.devices.len() >= MAX_OPEN {
        model.warn(
            now,
            format!("{MAX_OPEN} devices are open, which is the most there can be; close one first"),
        );
        return None;
    }
    let id = add(model, now, opening);
    if let Some(device) = model.device(id) {
        effects.push(Effect::Open(id, Box::new(device.profile.clone())));
    }
    remember(model, Some((id, now)), effects);
    nodes::recovered::look(model, id, effects);
    Some(id)
}

/// The open device of a file or URL.
pub fn opened_from(model: &Model, origin: &Origin) -> Option<DeviceId> {
    origin.word()?;
    model.devices.iter().find(|device| device.origin == *origin).map(|device| device.id)
}

/// Puts a device at the end; no task is started.
pub(super) fn add(model: &mut Model, now: Timestamp, opening: Opening) -> DeviceId {
    let id = DeviceId(model.next_device);
    model.next_device += 1;
    // Its share of the memory is cut below; its nodes come first.
    let mut device = Device::new(id, opening.profile, model.settings.budget_bytes);
    device.origin = opening.origin;
    device.id_is_made_up = opening.id_is_made_up;
    nodes::load(&mut device, opening.nodes);
    device.rules = Rules::of_file(opening.rules);
    device.filters = NamedFilters::of_file(opening.filters);
    device.connection = Connection::Connecting { step: Step::Resolve, since: now };
    device.store.expand(NodeId::ROOT);
    narrowing::join(&model.narrowing, &mut device);
    if model.devices.is_empty() {
        (model.cursor, model.anchor) = (RowId::device(id), RowId::device(id));
        model.form.device = id;
    }
    model.devices.push(device);
    share(model);
    id
}

/// Closes a device: its task says DISCONNECT, its rows go, the memory it had is the others'.
pub fn close(model: &mut Model, id: DeviceId, effects: &mut Vec<Effect>) {
    let Some(place) = tree::place(&model.devices, id) else { return };
    model.devices.remove(place);
    effects.push(Effect::Close(id));
    let beside = model.devices.get(place).or(model.devices.last());
    let row = beside.map_or_else(RowId::default, |device| RowId::device(device.id));
    if model.cursor.device == id {
        model.cursor = row;
        model.inspector.turn_to();
    }
    if model.anchor.device == id {
        model.anchor = row;
    }
    if model.form.device == id {
        model.form.device = row.device;
    }
    if model.ping_asked == Some(id) {
        model.ping_asked = None;
    }
    if model.expanding.is_some_and(|(row, _)| row.device == id) {
        model.expanding = None;
    }
    if let Some(search) = &mut model.search {
        search.close(id, row);
    }
    model.lives.forget(id);
    model.probe.take_if(|probe| probe.device == id);
    model.runs.forget(id);
    model.spacing.forget(id);
    model.guard.forget(id);
    model.found_loop.take_if(|(of, _)| *of == id);
    model.visited.forget(id);
    share(model);
    if model.devices.is_empty() {
        model.screen = Screen::Devices;
    }
    remember(model, None, effects);
}

/// What was saved anew for a device that is open: what changed is done at once, and no more. The tree stays.
pub fn change(model: &mut Model, now: Timestamp, id: DeviceId, opening: Opening, effects: &mut Vec<Effect>) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    let Opening { mut profile, nodes: _, rules, filters, origin, id_is_made_up, warnings } = opening;
    if id_is_made_up && device.id_is_made_up {
        profile.client_id.clone_from(&device.profile.client_id);
    }
    let old = std::mem::replace(&mut device.profile, profile);
    let drops_otherwise = excludes::change(device, &old.excludes);
    let is_named = device.origin != origin;
    device.origin = origin;
    device.id_is_made_up = id_is_made_up;
    if !device.rules.is_changed() {
        device.rules.load(rules);
    }
    if !device.filters.is_changed() {
        device.filters = NamedFilters::of_file(filters);
    }
    let name = device.profile.name.clone();
    let stays = is_same_connection(&old, &device.profile);
    if !stays {
        runs::stop_device(model, now, id, "its device connects anew", effects);
    }
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    let words = if stays {
        let drops =
            drops_otherwise.then(|| format!("{name}: what is excluded was changed; the connection stays"));
        resubscribe(device, &old, effects).or(drops)
    } else {
        let pending = |asked: &_| Subscribed { asked: Clone::clone(asked), granted: None };
        device.subscriptions = device.profile.subscriptions.iter().map(pending).collect();
        device.connection = Connection::Connecting { step: Step::Resolve, since: now };
        device.listening_since = None;
        device.leaving = false;
        device.log(now, "its settings were changed: it connects anew");
        effects.extend([Effect::Close(id), Effect::Open(id, Box::new(device.profile.clone()))]);
        let n_unsettled = model.lives.forget_unsettled(id, &held(device));
        Some(match n_unsettled + model.runs.forget_unsettled(id) {
            0 => format!("{name} connects anew with its new settings"),
            1 => format!("{name} connects anew; what became of 1 publication in flight is unknown"),
            n => format!("{name} connects anew; what became of {n} publications in flight is unknown"),
        })
    };
    if let Some(words) = words {
        model.toasts.say(now, super::toast::Tone::Info, words);
    }
    for warning in warnings {
        model.warn(now, warning);
    }
    if is_named {
        remember(model, Some((id, now)), effects);
    }
}

/// The tickets of publications that wait for a connection: a new one takes them along.
fn held(device: &Device) -> Vec<crate::mqtt::Ticket> {
    device.held.iter().map(super::held::Held::ticket).collect()
}

/// Whether two profiles lead to the same connection; names, subscriptions and excludes may differ.
fn is_same_connection(old: &Profile, new: &Profile) -> bool {
    let same = Profile {
        name: new.name.clone(),
        subscriptions: new.subscriptions.clone(),
        excludes: new.excludes.clone(),
        ..old.clone()
    };
    same == *new
}

/// Asks for what is new and drops what is gone; what the user subscribed to meanwhile stays.
fn resubscribe(device: &mut Device, old: &Profile, effects: &mut Vec<Effect>) -> Option<String> {
    let (id, new) = (device.id, &device.profile.subscriptions);
    let is_wanted = |filter: &Filter| new.iter().any(|asked| asked.filter == *filter);
    let gone: Vec<_> =
        old.subscriptions.iter().map(|asked| &asked.filter).filter(|filter| !is_wanted(filter)).collect();
    let changed: Vec<_> = new.iter().filter(|asked| !old.subscriptions.contains(asked)).collect();
    if gone.is_empty() && changed.is_empty() {
        return None;
    }
    let words = format!(
        "{}: {} subscribed to, {} dropped; the connection stays",
        device.profile.name,
        changed.len(),
        gone.len()
    );
    effects
        .extend(gone.iter().map(|filter| Effect::Request(id, BrokerRequest::Unsubscribe((*filter).clone()))));
    effects
        .extend(changed.iter().map(|asked| Effect::Request(id, BrokerRequest::Subscribe((*asked).clone()))));
    Some(words)
}

/// Every device gets the same share of the memory.
fn share(model: &mut Model) {
    let share = model.settings.budget_bytes / model.devices.len().max(1);
    for device in &mut model.devices {
        device.store.set_budget(share);
    }
}

/// Has it written down what is open, and what was opened when.
fn remember(model: &Model, used: Option<(DeviceId, Timestamp)>, effects: &mut Vec<Effect>) {
    let open = model.devices.iter().filter_map(|device| device.origin.word()).map(str::to_owned).collect();
    let used = used.and_then(|(id, at)| {
        let word = model.device(id)?.origin.word()?.to_owned();
        Some((word, model.settings.wall.unix_ms_at(at) / 1_000))
    });
    effects.push(Effect::Disk(Box::new(Errand::Remember { open, used })));
}

/// A device got a file of its own; its connection stays as it is.
pub fn name(model: &mut Model, now: Timestamp, id: DeviceId, name: &str, effects: &mut Vec<Effect>) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    device.origin = Origin::File(name.to_owned());
    name.clone_into(&mut device.profile.name);
    remember(model, Some((id, now)), effects);
}
