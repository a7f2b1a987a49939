//! The program as a value: `update` takes events in and puts effects out. Owns all state; touches no world.
use crate::keymap::Keymap;
use crate::mqtt::Profile;
use crate::time::Timestamp;

pub mod apply;
mod births;
pub mod bulk;
pub mod came;
pub mod chart;
pub mod decoding;
pub mod device;
pub mod devices;
pub mod difference;
pub mod editor;
pub mod event;
pub mod excludes;
pub mod export;
pub mod facts;
pub mod fold;
pub mod form;
pub mod freeze;
pub mod guard;
mod heard;
pub mod held;
pub mod help;
pub mod hints;
pub mod ingest;
pub mod inspector;
pub mod jq;
pub mod keep_alive;
pub mod keys;
pub mod layout;
pub mod learn;
pub mod life;
pub mod line;
pub mod menu;
pub mod meter;
pub mod metrics;
pub mod monitor;
pub mod moves;
pub mod narrowing;
pub mod nodes;
pub mod opening;
pub mod overlay;
pub mod past;
pub mod picture;
pub mod pings;
pub mod placeholders;
pub mod probe;
pub mod publications;
pub mod publish;
pub mod request;
pub mod runs;
pub mod search;
mod settings;
pub mod shown;
pub mod spacing;
pub mod sys;
pub mod table;
pub mod takes;
pub mod text;
mod tls;
pub mod toast;
pub mod tree;
pub mod typed;
mod undo;
mod unfold;
pub mod visited;
mod waiting;

use chart::Chart;
use device::Device;
use devices::Devices;
use editor::Editor;
pub use event::{DeviceId, Effect, Event};
use form::Form;
use freeze::Frozen;
use guard::Guard;
use inspector::Inspector;
use layout::{Extent, Layout, Pane, Panes};
use learn::Learning;
use life::Lives;
use monitor::Monitor;
use narrowing::Narrowing;
use opening::Opening;
use overlay::Overlay;
use picture::Picture;
use publications::Publications;
use runs::Runs;
use search::Search;
pub use settings::Settings;
use spacing::Spacing;
use table::Table;
use toast::{Toasts, Tone};
use tree::RowId;
use undo::{Undo, UndoStep};
use visited::Visited;

/// Deeds that can be undone: more than anybody remembers having done.
const MAX_UNDO: usize = 100;

/// The screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The topic tree with its inspector and form.
    #[default]
    Explorer,
    /// What is saved, found and open; where the program starts when nothing is open.
    Devices,
    /// The link of the device under the cursor.
    Monitor,
    /// What runs, and what became of what was published.
    Publications,
}

/// The whole program.
#[derive(Debug)]
pub struct Model {
    /// The devices that are open, in the order they were opened; found by their ids, never by their places.
    pub devices: Vec<Device>,
    /// Which screen is seen.
    pub screen: Screen,
    /// What the Devices screen shows.
    pub shelf: Devices,
    /// The row under the hand.
    pub cursor: RowId,
    /// The first row that scrolls.
    pub anchor: RowId,
    /// The pane that hears keys.
    pub focus: Pane,
    /// The publish form.
    pub form: Form,
    /// What is being learnt.
    pub learning: Option<Learning>,
    /// The editor of a node's value, in the form's place while it is open.
    pub editor: Option<Editor>,
    /// Values of nodes on their way out.
    pub spacing: Spacing,
    /// Requests whose answers are awaited.
    pub requests: Vec<request::Request>,
    answered: Vec<request::Request>,
    /// What placeholders are filled from.
    pub fillings: placeholders::Fillings,
    /// What became of publications.
    pub lives: Lives,
    /// What publishes by itself.
    pub runs: Runs,
    /// What looks out for loops between our publications and another client's.
    pub guard: Guard,
    /// The topic of a loop that was found, until it is dismissed.
    pub found_loop: Option<(DeviceId, String)>,
    /// Many publications that are seen before they go.
    pub bulk: Option<Box<bulk::Preview>>,
    /// What is being exported, or copied in bulk.
    pub export: Option<Box<export::Export>>,
    /// The question whether a topic is retained, until it is answered.
    pub probe: Option<probe::Probe>,
    /// What the Monitor screen shows.
    pub monitor: Monitor,
    /// What the Publications screen shows.
    pub publications: Publications,
    /// Where a range of rows begins that reaches to the cursor.
    pub range: Option<RowId>,
    /// Nodes of earlier runs that wait to be offered; no more than devices are opened.
    pub recovered: Vec<nodes::recovered::Recovered>,
    /// The inspector's tab and scrolling.
    pub inspector: Inspector,
    /// The jq line.
    pub jq: jq::Jq,
    /// What the inspector charts.
    pub chart: Chart,
    /// How much of the screen the pane in focus has.
    pub extent: Extent,
    /// What lies over the panes.
    pub overlay: Overlay,
    /// The search of late; its matches stay marked until Esc.
    pub search: Option<Box<Search>>,
    /// What going to a topic offers, while its line is open.
    pub going: Option<Box<Search>>,
    /// How the next search is made.
    pub search_how: search::How,
    /// The topics as a flat table, in the tree's place while it is open.
    pub table: Option<Box<Table>>,
    /// What the tree is narrowed to.
    pub narrowing: Narrowing,
    /// Short words to the user.
    pub toasts: Toasts,
    /// Rows visited by jumping.
    pub visited: Visited,
    /// Since when the picture stands still.
    pub frozen: Option<Frozen>,
    /// The keys.
    pub keymap: Keymap,
    /// What the user chose at the start.
    pub settings: Settings,
    /// What the screen shows; made by [`Model::prepare`].
    pub picture: Picture,
    next_device: u32,
    cols: u16,
    rows: u16,
    undo: Vec<Undo>,
    redo: Vec<Undo>,
    ping_asked: Option<DeviceId>,
    quit_asked: bool,
    quits_when_saved: bool,
    touched: bool,
    n_exams: u32,
    n_exports: u32,
    n_learnings: u32,
    expanding: Option<(RowId, Option<crate::store::NodeId>)>,
    table_order: table::Order,
}

impl Model {
    /// A model with its devices, none of them connected yet. Without any it begins on the Devices screen.
    pub fn new(profiles: Vec<Profile>, keymap: Keymap, settings: Settings) -> Self {
        let mut model = Self::empty(keymap, settings);
        for profile in profiles {
            opening::add(&mut model, Timestamp::ZERO, Opening::of_program(profile));
        }
        if !model.devices.is_empty() {
            model.screen = Screen::Explorer;
        }
        model
    }

    fn empty(keymap: Keymap, settings: Settings) -> Self {
        Self {
            devices: Vec::new(),
            screen: Screen::Devices,
            shelf: Devices::default(),
            cursor: RowId::default(),
            anchor: RowId::default(),
            focus: Pane::default(),
            form: Form::default(),
            learning: None,
            editor: None,
            spacing: Spacing::default(),
            requests: Vec::new(),
            answered: Vec::new(),
            fillings: placeholders::Fillings::new(settings.seed),
            lives: Lives::default(),
            runs: Runs::default(),
            guard: Guard::default(),
            found_loop: None,
            bulk: None,
            export: None,
            probe: None,
            monitor: Monitor::default(),
            publications: Publications::default(),
            range: None,
            recovered: Vec::new(),
            inspector: Inspector::default(),
            jq: jq::Jq::default(),
            chart: Chart::default(),
            extent: Extent::default(),
            overlay: Overlay::default(),
            search: None,
            going: None,
            search_how: search::How::default(),
            table: None,
            narrowing: Narrowing::default(),
            toasts: Toasts::default(),
            visited: Visited::default(),
            frozen: None,
            keymap,
            settings,
            picture: Picture::default(),
            next_device: 0,
            cols: 80,
            rows: 24,
            undo: Vec::new(),
            redo: Vec::new(),
            ping_asked: None,
            quit_asked: false,
            quits_when_saved: false,
            touched: false,
            n_exams: 0,
            n_exports: 0,
            n_learnings: 0,
            expanding: None,
            table_order: table::Order::default(),
        }
    }

    /// Where the panes lie.
    pub fn layout(&self) -> Layout {
        let form_rows = match (&self.editor, self.focus) {
            (Some(_), _) => layout::EDITOR_ROWS,
            // Whoever is elsewhere wants to see that, not the form's lines.
            (None, Pane::Publish) => form::plan::screen_rows(&self.form, self.rows),
            (None, Pane::Topics | Pane::Inspector | Pane::Learn) => layout::FORM_ROWS,
        };
        if self.extent == Extent::Whole {
            return layout::alone(self.cols, self.rows, self.focus);
        }
        layout::layout(self.cols, self.rows, self.focus, self.panes(), form_rows)
    }

    /// Which panes there are.
    pub const fn panes(&self) -> Panes {
        if self.learning.is_some() { Panes::WithLearn } else { Panes::Three }
    }

    /// The device of a row.
    pub fn device(&self, id: DeviceId) -> Option<&Device> {
        tree::device(&self.devices, id)
    }

    /// The device under the cursor; the header states it.
    pub fn selected(&self) -> Option<&Device> {
        self.device(self.cursor.device)
    }

    /// How many rows of topics are on screen, and how many lines of the inspector.
    fn n_rows(&self) -> (usize, usize) {
        let layout = self.layout();
        (usize::from(layout.topics.inner().rows), usize::from(layout.inspector.inner().rows))
    }

    /// Tells what went wrong without stopping anything.
    pub fn warn(&mut self, now: Timestamp, words: impl Into<String>) {
        self.say(now, Tone::Warn, words);
    }

    fn say(&mut self, now: Timestamp, tone: Tone, words: impl Into<String>) {
        self.toasts.say(now, tone, words);
    }

    fn remember_undo(&mut self, undo: Undo) {
        if self.undo.len() == MAX_UNDO {
            self.undo.remove(0);
        }
        self.undo.push(undo);
        self.redo.clear();
    }
}

/// Takes an event in and puts out what it asks to be done outside. Pure: the same model, time and event
/// always give the same.
pub fn update(model: &mut Model, now: Timestamp, event: Event, effects: &mut Vec<Effect>) {
    match event {
        Event::Key(chord) => keys::key(model, now, chord, effects),
        Event::Paste(text) => keys::paste(model, now, &text),
        Event::Resize { cols, rows } => {
            (model.cols, model.rows) = (cols, rows);
            moves::follow(model, tree::Placement::Middle);
        }
        Event::Broker(id, event) => ingest::broker_event(model, now, id, event, effects),
        Event::RequestRefused(id, request, words) => apply::request_refused(model, now, id, &request, &words),
        Event::Due => apply::due(model, now, effects),
        Event::Tick => {}
        Event::Disk(answer) => devices::answered(model, now, *answer, effects),
        Event::Sighted(sighting) => model.shelf.nearby.take(sighting),
        Event::Examined(number, told) => devices::exam::told(model, number, *told),
        Event::Decoded(decoded) => model.inspector.take_decoded(*decoded),
        Event::Compared(difference) => past::compare::told(model, now, *difference),
        Event::Edited(edited) => form::deeds::edited(model, now, edited),
        Event::Resumed => apply::resumed(model, now, effects),
        Event::Terminated => effects.push(Effect::Quit),
    }
    learn::settle(model);
    narrowing::settle(model);
    spacing::due(model, now, effects);
    runs::due(model, now, effects);
    monitor::due(model, now, effects);
    editor::settle(model, now);
    bulk::settle(model);
    export::settle(model);
    held::ask(model, now);
    nodes::recovered::ask(model);
    request::settle(model, now, effects);
    form::kept::settle(model, now, effects);
    table::settle(model, now);
}
