//! Where the form's cursor goes. Owns the walk over the fields that are shown; changes nothing but emptied rows.
use super::field::{Field, Section};
use super::{DeviceForm, Heard, check};

impl DeviceForm {
    /// Enter: to what the preset still asks for, else to the next field; on the last it saves.
    pub(super) fn accept(&mut self) -> Heard {
        self.leave_field();
        let missing = check::missing(&self.state);
        let behind = missing.iter().find(|field| **field > self.focus).or(missing.first());
        if let Some(next) = behind.filter(|next| **next != self.focus) {
            self.focus = *next;
            return Heard::Stays;
        }
        let shown = self.state.shown();
        if shown.last() == Some(&self.focus) {
            return Heard::Save;
        }
        self.step(true);
        Heard::Stays
    }

    pub(super) fn step(&mut self, forth: bool) {
        self.leave_field();
        let shown = self.state.shown();
        let here = shown.iter().position(|field| *field == self.focus).unwrap_or_default();
        let step = if forth { 1 } else { shown.len() - 1 };
        self.focus = shown.get((here + step) % shown.len()).copied().unwrap_or_default();
    }

    pub(super) fn step_section(&mut self, forth: bool) {
        self.leave_field();
        let firsts: Vec<Field> = Section::ALL
            .into_iter()
            .filter_map(|section| self.state.shown_of(section).first().copied())
            .collect();
        let here =
            firsts.iter().position(|first| first.section() == self.focus.section()).unwrap_or_default();
        let step = if forth { 1 } else { firsts.len() - 1 };
        self.focus = firsts.get((here + step) % firsts.len()).copied().unwrap_or_default();
    }

    /// The cursor goes elsewhere: emptied rows go, a URL in the host is taken apart.
    pub(super) fn leave_field(&mut self) {
        if self.focus == Field::Host {
            self.take_apart();
        }
        let (row, n_before) = (self.focus, self.state.shown().len());
        self.state.tidy(None);
        if self.state.shown().len() != n_before {
            self.focus = row;
            self.settle_focus();
        }
        self.judge();
    }

    /// Sees to it that the cursor is on a field that is shown: the nearest before it.
    pub(super) fn settle_focus(&mut self) {
        let shown = self.state.shown();
        if !shown.contains(&self.focus) {
            let before = shown.iter().rev().find(|field| field.section() == self.focus.section());
            self.focus = before.copied().unwrap_or_default();
        }
    }
}
