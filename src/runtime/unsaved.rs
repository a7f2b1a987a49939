//! The model, and what becomes of its unsaved nodes and filters however the program ends. Owns their last way to the disk.
use crate::config::device::{Content, Devices};
use crate::model::Model;
use crate::model::nodes::recovered;
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A model whose unsaved nodes and filters are written into `NAME.recovered.toml` when it goes, a panic included. After a
/// quit that was asked about nothing is unsaved any more.
pub struct Unsaved {
    model: Model,
    devices: Devices,
}

impl Unsaved {
    /// Watches over a model.
    pub const fn new(model: Model, devices: Devices) -> Self {
        Self { model, devices }
    }

    /// Writes what is not saved and tells of it, for whoever is there to read it.
    pub fn recover_and_tell(&mut self) {
        for words in self.recover() {
            let _ = writeln!(io::stderr(), "mqttscope: {words}");
        }
    }

    /// Writes what is not saved; what was written, in words for after the terminal is restored.
    fn recover(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        for device in self.model.devices.iter_mut().filter(|device| recovered::is_wanted(device)) {
            let nodes: Vec<_> = device.kept.iter().cloned().collect();
            let name = recovered::name_of(device);
            let what = if device.kept.is_changed() { "nodes" } else { "filters" };
            let content = Content { nodes: &nodes, rules: &[], filters: device.filters.list() };
            told.push(match self.devices.recover(&name, &device.profile, content) {
                Ok(path) => format!(
                    "the {what} of {} were not saved; {} has them, and they are offered when it is opened next",
                    device.profile.name,
                    path.display()
                ),
                Err(error) => format!("the {what} of {} are lost: {error}", device.profile.name),
            });
            // Once is enough.
            device.kept.note_saved(device.kept.revision());
            let filters = device.filters.list().to_vec();
            device.filters.note_saved(&filters);
        }
        told
    }
}

impl Drop for Unsaved {
    fn drop(&mut self) {
        // A second panic while one unwinds would leave the terminal as it is.
        let _ = catch_unwind(AssertUnwindSafe(|| self.recover()));
    }
}

impl Deref for Unsaved {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.model
    }
}

impl DerefMut for Unsaved {
    fn deref_mut(&mut self) -> &mut Model {
        &mut self.model
    }
}
