//! The device form: every setting of a profile as a field. Owns what keys do to it, what it says is wrong and the
//! profile it makes; saves nothing and connects to nobody.
mod check;
pub mod field;
mod fill;
mod moves;
mod read;
mod remark;
mod state;

pub use field::{Field, Kind, Section};
pub use remark::{Remark, Weight};

use crate::command::Command;
use crate::keymap::Chord;
use crate::model::line::{Edited, Line};
use crate::mqtt::preset::Preset;
use crate::mqtt::profile::default_expiry_s;
use crate::mqtt::{Address, Profile, Transport};
use read::Reading;
use state::{State, TYPED};
use std::collections::BTreeSet;

/// A form being filled in.
#[derive(Clone, Debug)]
pub struct DeviceForm {
    /// The field that hears keys; always one that is shown.
    pub focus: Field,
    /// The device that is edited; `None`: a new one.
    pub edited: Option<String>,
    /// Names that other devices have.
    taken: Vec<String>,
    base: Profile,
    origin: State,
    state: State,
    /// The fields that are the user's own: a preset fills in the others.
    own: BTreeSet<Field>,
    remarks: Vec<Remark>,
    profile: Profile,
}

/// What a form makes when it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The device's name.
    pub name: String,
    /// Its settings.
    pub profile: Profile,
    /// Whether the user chose to have the password in the file.
    pub plain_password: bool,
}

/// What a key does to the form.
type Change = fn(&mut DeviceForm);

/// What a command to the form asks of whoever holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing further.
    Stays,
    /// The command means nothing to the form.
    Ignored,
    /// To save what [`DeviceForm::profile`] gives.
    Save,
    /// To look at each step to the broker.
    Test,
    /// To leave; it asks first when something was changed.
    Leave,
}

impl DeviceForm {
    /// A form for a new device, with what a preset knows.
    pub fn new(preset: Option<Preset>) -> Self {
        let mut form = Self::over(fill::blank(), BTreeSet::new());
        if let Some(preset) = preset {
            form.state.choose_preset(preset);
            form.refill();
            form.origin = form.state.clone();
            form.focus = check::missing(&form.state).first().copied().unwrap_or(Field::Name);
        }
        form
    }

    /// A form for a device that is there.
    pub fn of(name: &str, profile: &Profile) -> Self {
        let profile = Profile { name: name.to_owned(), ..profile.clone() };
        let own = fill::own_of(&profile);
        let mut form = Self { edited: Some(name.to_owned()), focus: Field::Host, ..Self::over(profile, own) };
        form.settle_focus();
        form
    }

    /// A form for a broker that was found, or a copy of a device: its settings, and a name to be typed.
    pub fn like(profile: &Profile) -> Self {
        let profile = Profile { name: String::new(), ..profile.clone() };
        let own = fill::own_of(&profile);
        let mut form = Self { focus: Field::Name, ..Self::over(profile, own) };
        form.own.remove(&Field::Name);
        form.suggest();
        form.origin = form.state.clone();
        form.judge();
        form
    }

    /// A form for a broker at an address of which nothing else is known, as one that was found.
    pub fn at(address: Address) -> Self {
        Self::like(&Profile { address, ..fill::blank() })
    }

    /// Tells the names of the other devices, which this one cannot have.
    pub fn with_taken(mut self, names: impl IntoIterator<Item = String>) -> Self {
        let edited = self.edited.clone();
        self.taken = names.into_iter().filter(|name| Some(name) != edited.as_ref()).collect();
        let is_pristine = !self.changed();
        self.suggest();
        if is_pristine {
            self.origin = self.state.clone();
        }
        self.judge();
        self
    }

    /// Tells that the file holds the password in plain text already, so that it goes on to.
    pub fn with_plain_password(mut self) -> Self {
        self.state.choose(Field::Saving, usize::from(self.state.pick(Field::PasswordSource) == TYPED));
        self.own.insert(Field::Saving);
        self.origin = self.state.clone();
        self.judge();
        self
    }

    fn over(profile: Profile, own: BTreeSet<Field>) -> Self {
        let state = State::of(&profile);
        let mut form = Self {
            focus: Field::default(),
            edited: None,
            taken: Vec::new(),
            origin: state.clone(),
            state,
            own,
            remarks: Vec::new(),
            profile: profile.clone(),
            base: profile,
        };
        form.judge();
        form
    }

    /// Whether something differs from what the form began with.
    pub fn changed(&self) -> bool {
        self.state != self.origin
    }

    /// The device that it makes, or what must be put right first: each with its field, in the form's order.
    pub fn profile(&self) -> Result<Saved, Vec<Remark>> {
        let mut settled = self.clone();
        settled.take_apart();
        settled.judge();
        let faults: Vec<Remark> =
            settled.remarks.iter().filter(|remark| remark.weight == Weight::Fault).cloned().collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let plain_password = settled.state.applies(Field::Saving) && settled.state.is_yes(Field::Saving);
        Ok(Saved { name: settled.profile.name.clone(), profile: settled.profile.clone(), plain_password })
    }

    /// Where the device would be, as its URL; `None` while that is not known.
    pub fn url(&self) -> Option<String> {
        let has_fault = self.remarks.iter().any(|remark| {
            remark.weight == Weight::Fault && matches!(remark.field, Field::Host | Field::Port | Field::Path)
        });
        let Address { transport, .. } = &self.profile.address;
        let address = self.profile.address.to_string();
        let scheme = if *transport == Transport::Tcp { "mqtt://" } else { "" };
        (!has_fault).then(|| format!("{scheme}{address}"))
    }

    /// The preset that is chosen.
    pub fn preset(&self) -> Option<Preset> {
        self.state.preset()
    }

    /// What is said about a field; faults go first.
    pub fn remark(&self, field: Field) -> Option<&Remark> {
        self.remarks.iter().filter(|remark| remark.field == field).max_by_key(|remark| remark.weight)
    }

    /// How many fields must be put right before it can be saved.
    pub fn n_faults(&self) -> usize {
        self.remarks.iter().filter(|remark| remark.weight == Weight::Fault).count()
    }

    /// The fields of a section that are shown.
    pub fn fields(&self, section: Section) -> Vec<Field> {
        self.state.shown_of(section)
    }

    /// The text of a field and its cursor; `None` for a choice.
    pub fn line(&self, field: Field) -> Option<&Line> {
        self.state.line(field)
    }

    /// The word of a field's choice; empty for a text.
    pub fn choice(&self, field: Field) -> &'static str {
        match field.kind() {
            Kind::Choice(words) => words.get(self.state.pick(field)).copied().unwrap_or_default(),
            Kind::Text => "",
        }
    }

    /// What an empty field stands for.
    pub fn stand_in(&self, field: Field) -> Option<String> {
        let words = [
            (Field::Port, self.state.default_port().to_string()),
            (Field::Path, Address::DEFAULT_PATH.to_owned()),
            (Field::ClientId, "generated anew each time".to_owned()),
            (Field::CaFile, "the system's".to_owned()),
        ];
        let is_socket = field == Field::Path && self.state.transport() == Transport::Unix;
        words.into_iter().find(|(known, _)| *known == field && !is_socket).map(|(_, words)| words)
    }

    /// Whether plain characters are typed into the field under the cursor.
    pub fn takes_text(&self) -> bool {
        self.focus.kind() == Kind::Text
    }

    /// Carries a command out.
    pub fn command(&mut self, command: Command) -> Heard {
        const MOVES: [(Command, Change); 6] = [
            (Command::NextField, |form| form.step(true)),
            (Command::PreviousField, |form| form.step(false)),
            (Command::NextSection, |form| form.step_section(true)),
            (Command::PreviousSection, |form| form.step_section(false)),
            (Command::ToggleChoice, |form| form.choose(true)),
            (Command::PreviousChoice, |form| form.choose(false)),
        ];
        const ANSWERS: [(Command, Heard); 3] = [
            (Command::SaveForm, Heard::Save),
            (Command::TestDevice, Heard::Test),
            (Command::Leave, Heard::Leave),
        ];
        if command == Command::AcceptField {
            return self.accept();
        }
        if let Some((_, change)) = MOVES.iter().find(|(known, _)| *known == command) {
            change(self);
            return Heard::Stays;
        }
        ANSWERS.iter().find(|(known, _)| *known == command).map_or(Heard::Ignored, |(_, heard)| *heard)
    }

    /// Goes to a field, as to one that must be put right.
    pub fn go(&mut self, field: Field) {
        self.leave_field();
        self.focus = field;
        self.settle_focus();
    }

    /// A key of the field under the cursor: text, or the first letter of a choice.
    pub fn key(&mut self, chord: Chord) {
        match self.focus.kind() {
            Kind::Text => {
                let Some(line) = self.state.line_mut(self.focus) else { return };
                if line.edit(chord) == Edited::Changed {
                    self.typed();
                }
            }
            Kind::Choice(words) => {
                let Some(letter) = chord.text() else { return };
                let begins =
                    |word: &&'static str| word.to_lowercase().starts_with(letter.to_ascii_lowercase());
                let (now, n_words) = (self.state.pick(self.focus), words.len());
                let following = (1..=n_words).map(|step| (now + step) % n_words);
                if let Some(place) =
                    following.into_iter().find(|place| words.get(*place).is_some_and(&begins))
                {
                    self.pick(place);
                }
            }
        }
    }

    /// Text was pasted; a URL into the host is taken apart at once. How many bytes found no room.
    pub fn paste(&mut self, text: &str) -> usize {
        let Some(line) = self.state.line_mut(self.focus) else { return 0 };
        let left_out = line.insert(text);
        self.typed();
        if self.focus == Field::Host {
            self.take_apart();
        }
        left_out
    }

    fn choose(&mut self, forth: bool) {
        let Kind::Choice(words) = self.focus.kind() else { return };
        let step = if forth { 1 } else { words.len() - 1 };
        self.pick((self.state.pick(self.focus) + step) % words.len());
    }

    fn pick(&mut self, place: usize) {
        let field = self.focus;
        self.state.choose(field, place);
        if field == Field::Preset {
            return self.refill();
        }
        if field == Field::CleanStart {
            // What the file means when it does not say follows the choice.
            let (now, before) = (self.state.is_yes(field), !self.state.is_yes(field));
            if self.state.word(Field::SessionExpiry) == default_expiry_s(before).to_string() {
                self.state.put(Field::SessionExpiry, default_expiry_s(now).to_string());
            }
        }
        self.typed();
    }

    /// The field under the cursor is the user's own from here on, and what depends on it follows.
    fn typed(&mut self) {
        self.own.insert(state::first_of(self.focus));
        self.state.tidy(Some(self.focus));
        // A preset makes other settings of these.
        let is_made_from = matches!(
            self.focus,
            Field::Host | Field::Port | Field::Path | Field::Transport | Field::ClientId
        );
        if is_made_from { self.refill() } else { self.judge() }
    }

    fn reading<'a>(&'a self, state: &'a State) -> Reading<'a> {
        Reading { state, base: &self.base, origin: &self.origin, remarks: Vec::new() }
    }

    /// Reads all fields and looks for what is wrong with them.
    fn judge(&mut self) {
        let mut reading = self.reading(&self.state);
        let profile = reading.profile();
        check::check(&mut reading, &profile, &self.taken);
        let mut remarks = reading.remarks;
        remarks.sort_by_key(|remark| remark.field);
        (self.profile, self.remarks) = (profile, remarks);
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
