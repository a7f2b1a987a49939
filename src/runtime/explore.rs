//! The explorer's loop. Owns the order of things: signals and keys first, then frames, then the devices' queues.
use super::alarm::Alarm;
use super::aside::Aside;
use super::disk::{Disk, Files};
use super::editing::{self, Editing};
use super::ended::RunError;
use super::links::Links;
use super::pace::{self, Pace, Want};
use super::panics;
use super::remembered::Remembered;
use super::signals::Signals;
use super::unsaved::Unsaved;
use crate::config::versions::Versions;
use crate::keymap::Keymap;
use crate::model::devices::Errand;
use crate::model::opening::{self, Opening};
use crate::model::{DeviceId, Effect, Event, Model, Screen, Settings, update};
use crate::mqtt::{BrokerEvent, BrokerRequest};
use crate::terminal::{self, Input, Keys, Painter, Writer};
use crate::theme::Theme;
use crate::time::{Clock, Timestamp};
use crate::view;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

mod handover;

/// Messages taken in between two looks at the keyboard: about a millisecond's work.
const DRAIN_MESSAGES: usize = 2_048;

/// Events other than messages taken in between two looks at the keyboard.
const DRAIN_EVENTS: usize = 64;

/// Inputs taken between two frames: a pasted flood of keys must not hide what they do.
const INPUTS_A_FRAME: usize = 64;

/// What the explorer runs with.
#[derive(Debug)]
pub struct Options {
    /// The devices to begin with; without any it begins on the Devices screen.
    pub openings: Vec<Opening>,
    /// The keys.
    pub keymap: Keymap,
    /// The colours.
    pub theme: Theme,
    /// What the user chose.
    pub settings: Settings,
    /// What went wrong so far without stopping anything.
    pub warnings: Vec<String>,
    /// What brokers were found to speak before.
    pub versions: Versions,
    /// Bytes a second sent to the terminal for what changes by itself.
    pub max_bytes_per_s: u64,
}

/// Runs the explorer until the user quits. `panicked` is told of panics on other threads.
pub async fn explore(
    options: Options,
    files: Files,
    clock: Arc<dyn Clock>,
    panicked: Arc<Notify>,
) -> Result<(), RunError> {
    terminal::check()?;
    let signals = Signals::new().map_err(|error| RunError::Io("pass signals on", error))?;
    let idle = Arc::new(Notify::new());
    let on_idle = Arc::clone(&idle);
    let writer = Writer::start(move || on_idle.notify_one())
        .map_err(|error| RunError::Io("start the writer's thread", error))?;
    let disk = Disk::start(files).map_err(|error| RunError::Io("start the disk's thread", error))?;
    let alarm =
        Alarm::start(Arc::clone(&clock)).map_err(|error| RunError::Io("start the alarm's thread", error))?;
    let _guard = terminal::Guard;
    terminal::enter()?;
    let mut explorer = Explorer::new(options, clock, disk, writer, signals, alarm);
    explorer.frame();
    let ended = explorer.run(&idle, &panicked).await;
    // The terminal first: whoever quits wants their shell, not the brokers' farewell.
    let Explorer { links, disk, writer, mut model, editing, .. } = explorer;
    if let Some(editing) = editing {
        editing.end().await;
    }
    drop(writer);
    terminal::leave();
    model.recover_and_tell();
    tokio::join!(links.farewell(), disk.finish());
    ended
}

struct Explorer {
    model: Unsaved,
    theme: Theme,
    links: Links,
    disk: Disk,
    clock: Arc<dyn Clock>,
    remembered: Remembered,
    painter: Painter,
    writer: Writer,
    signals: Signals,
    keys: Keys,
    pace: Pace,
    effects: Vec<Effect>,
    aside: Aside,
    /// For what publishes by itself.
    alarm: Alarm,
    /// Text for the clipboard that waits for the writer.
    clipboard: Option<String>,
    /// Whether a queue may hold more than was taken.
    has_more: bool,
    /// The user's own editor, while it has the terminal.
    editing: Option<Editing>,
    is_stopped: bool,
    is_over: bool,
}

impl Explorer {
    fn new(
        options: Options,
        clock: Arc<dyn Clock>,
        disk: Disk,
        writer: Writer,
        signals: Signals,
        alarm: Alarm,
    ) -> Self {
        let (cols, rows) = terminal::size();
        let wall = options.settings.wall;
        let mut model = Model::new(Vec::new(), options.keymap, options.settings);
        let (now, mut effects) = (clock.now(), Vec::new());
        update(&mut model, now, Event::Resize { cols, rows }, &mut effects);
        for opening in options.openings {
            opening::open(&mut model, now, opening, &mut effects);
            model.screen = Screen::Explorer;
        }
        if model.settings.keeps_history {
            effects.push(Effect::Disk(Box::new(Errand::RecallSent)));
        }
        if model.screen == Screen::Devices {
            effects.push(Effect::Disk(Box::new(Errand::List)));
        }
        for warning in options.warnings {
            model.warn(now, warning);
        }
        let aside = Aside::new(Arc::clone(&clock), wall);
        let mut explorer = Self {
            model: Unsaved::new(model, disk.devices.clone()),
            theme: options.theme,
            links: Links::new(Arc::clone(&clock)),
            disk,
            clock,
            remembered: Remembered::new(options.versions, wall),
            painter: Painter::new(cols, rows),
            writer,
            signals,
            keys: Keys::default(),
            pace: Pace::new(options.max_bytes_per_s),
            effects,
            aside,
            alarm,
            clipboard: None,
            has_more: false,
            editing: None,
            is_stopped: false,
            is_over: false,
        };
        explorer.carry_out(now);
        explorer
    }

    async fn run(&mut self, idle: &Notify, panicked: &Notify) -> Result<(), RunError> {
        assert!(!panics::provoked("loop"), "asked for by MQTTSCOPE_PANIC");
        if panics::provoked("task") {
            tokio::spawn(async { panic!("asked for by MQTTSCOPE_PANIC") });
        }
        while !self.is_over {
            self.tick_if_due();
            self.frame_if_due();
            // Only while the list is seen: an idle program does nothing.
            if let Some(event) = self.aside.look(self.model.screen == Screen::Devices) {
                self.tell(event, Want::Traffic);
            }
            if self.writer.has_failed() {
                // The terminal is gone, and with it whoever could be told.
                return Ok(());
            }
            self.alarm.set(self.model.tick());
            let wait = self.wait();
            tokio::select! {
                biased;
                () = panicked.notified() => {
                    return Err(RunError::Panicked(panics::report().unwrap_or_default()));
                }
                asked = self.signals.next() => self.signal(asked),
                edited = editing::ended(&mut self.editing) => self.edited(edited),
                input = self.keys.next() => self.inputs(input).await,
                () = idle.notified() => {}
                () = self.alarm.rings() => {}
                event = self.aside.next() => self.tell(event, Want::Now),
                Some(answer) = self.disk.answer() => self.tell(Event::Disk(Box::new(answer)), Want::Now),
                () = self.links.wait() => self.drain(),
                () = wait => self.due(),
            }
        }
        Ok(())
    }

    /// Sleeps until something is due; not at all while there is work.
    fn wait(&self) -> impl Future<Output = ()> + use<> {
        let now = self.clock.now();
        let at = if self.has_more || self.model.is_working() {
            Some(now)
        } else {
            match self.pace.due() {
                Some(due) if self.writer.is_idle() && !self.is_stopped => Some(due),
                Some(_) => None,
                None => self.model.deadline(),
            }
        };
        let wait = at.map(|at| at.since(now));
        async move {
            match wait {
                Some(Duration::ZERO) => tokio::task::yield_now().await,
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        }
    }

    /// A deadline came, or there is time for a slice of work.
    fn due(&mut self) {
        if self.has_more {
            return self.drain();
        }
        self.work();
    }

    /// A slice of work, or what is due.
    fn work(&mut self) {
        let cursor = self.model.cursor;
        let is_first = self.model.is_unfolding(self.clock.now());
        self.tell(Event::Due, if is_first { Want::Now } else { Want::Traffic });
        if self.model.cursor != cursor {
            self.pace.want(Want::Now);
        }
    }

    /// What publishes by itself keeps its time whatever else there is to do.
    fn tick_if_due(&mut self) {
        if self.model.tick().is_some_and(|at| at <= self.clock.now()) {
            self.tell(Event::Tick, Want::Traffic);
        }
    }

    fn frame_if_due(&mut self) {
        let now = self.clock.now();
        if self.pace.due().is_some_and(|due| due <= now) && self.writer.is_idle() && !self.is_stopped {
            self.frame();
        }
    }

    fn frame(&mut self) {
        let now = self.clock.now();
        self.model.prepare(now, &mut self.effects);
        let mut bytes = self.painter.paint(|frame| view::draw(&self.model, &self.theme, now, frame));
        self.pace.painted(now, bytes.len());
        if let Some(text) = self.clipboard.take() {
            bytes.extend(terminal::clipboard_bytes(&text));
        }
        if !bytes.is_empty() {
            self.writer.write(bytes);
        }
        self.carry_out(now);
    }

    /// Takes events from the devices in turn, as many as the keyboard can wait for.
    fn drain(&mut self) {
        let now = self.clock.now();
        let (mut n_messages, mut n_events, mut n_idle) = (0, 0, 0);
        self.has_more = false;
        while n_idle < self.links.len() {
            if n_messages >= DRAIN_MESSAGES || n_events >= DRAIN_EVENTS {
                self.has_more = true;
                break;
            }
            let Some((id, event)) = self.links.take_turn() else {
                n_idle += 1;
                continue;
            };
            n_idle = 0;
            let share = pace::share(&event);
            n_messages += share.n_messages;
            n_events += share.n_events;
            // Whoever just connected waits for the first value, not for the next frame of traffic.
            let is_first = matches!(event, BrokerEvent::Messages(_)) && self.model.frozen.is_none() && {
                let device = self.model.device(id);
                device.is_some_and(|device| device.store.n_messages() == 0)
            };
            let want = if is_first { Want::Now } else { share.want };
            self.pace.want(want);
            // Later connections of this run begin with what was found, and say nothing new.
            if let (BrokerEvent::Online(online), Some(device)) = (&event, self.model.device(id))
                && device.n_connects == 0
            {
                self.remembered.note(&device.profile, online.version, now);
            }
            update(&mut self.model, now, Event::Broker(id, event), &mut self.effects);
        }
        self.carry_out(now);
        // A flood that never ends must not hold up a search for ever.
        if self.model.is_working() {
            self.work();
        }
    }

    /// Takes an input and those that wait behind it: a key held down is painted as far as the terminal keeps
    /// up, not once for every repeat.
    async fn inputs(&mut self, first: Input) {
        self.input(first);
        for _ in 1..INPUTS_A_FRAME {
            // The poll hands on this task's own waker: crossterm wakes only the first one it was given.
            tokio::select! {
                biased;
                input = self.keys.next() => self.input(input),
                () = std::future::ready(()) => break,
            }
        }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Key(chord) => self.tell(Event::Key(chord), Want::Now),
            Input::Paste(text) => self.tell(Event::Paste(text), Want::Now),
            Input::Resize(cols, rows) => {
                self.painter.resize(cols, rows);
                self.tell(Event::Resize { cols, rows }, Want::Now);
            }
            Input::Gone => self.tell(Event::Terminated, Want::Now),
        }
    }

    fn tell(&mut self, event: Event, want: Want) {
        let now = self.clock.now();
        update(&mut self.model, now, event, &mut self.effects);
        self.pace.want(want);
        self.carry_out(now);
    }

    /// Turns effects into deeds.
    fn carry_out(&mut self, now: Timestamp) {
        // A refused request is an event with effects of its own.
        while !self.effects.is_empty() {
            for effect in std::mem::take(&mut self.effects) {
                match effect {
                    Effect::Open(id, mut profile) => {
                        self.remembered.recall(&mut profile, now);
                        self.links.open(id, profile);
                    }
                    Effect::Close(id) => self.links.close(id),
                    Effect::Disk(errand) => {
                        if let Some(answer) = self.disk.ask(*errand) {
                            update(&mut self.model, now, Event::Disk(Box::new(answer)), &mut self.effects);
                        }
                    }
                    Effect::Request(id, request) => self.request(now, id, request),
                    Effect::Copy(text) => self.clipboard = Some(text),
                    Effect::Decode(subject, beside, payload) => self.aside.decode(subject, beside, payload),
                    Effect::RunJq(asked) => self.aside.run_jq(*asked),
                    Effect::Compare(comparison) => self.aside.compare(*comparison),
                    Effect::Examine(wanted) => self.aside.examine(*wanted),
                    Effect::StopExamining => self.aside.stop_examining(),
                    Effect::EditText(wanted) => self.edit(&wanted),
                    Effect::Suspend => self.stop(),
                    Effect::Quit => self.is_over = true,
                }
            }
        }
    }

    fn request(&mut self, now: Timestamp, id: DeviceId, request: BrokerRequest) {
        if let Err(words) = self.links.request(id, request.clone()) {
            let refused = Event::RequestRefused(id, request, words);
            update(&mut self.model, now, refused, &mut self.effects);
        }
    }
}
