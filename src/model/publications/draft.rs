//! A publication as it was written, with placeholders in its texts, and one that has a name. Owns no file.
use crate::model::event::DeviceId;
use crate::model::placeholders;
use crate::mqtt::Publication;

/// A publication as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its texts; placeholders stand in them as written.
    pub publication: Publication,
    /// Whether placeholders are replaced when it is sent.
    pub is_template: bool,
}

impl Draft {
    /// Whether anything in it is replaced when it is sent.
    pub fn has_placeholders(&self) -> bool {
        self.is_template && self.could_have_placeholders()
    }

    /// Whether anything in it could be replaced.
    pub fn could_have_placeholders(&self) -> bool {
        let payload = std::str::from_utf8(&self.publication.payload.0);
        placeholders::has_any(self.publication.topic.as_str()) || payload.is_ok_and(placeholders::has_any)
    }
}

/// Where a publication is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// In the file of a device.
    Device(DeviceId, String),
    /// For all devices.
    Global,
}

/// A publication with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// Where it lies.
    pub shelf: Shelf,
    /// What it is.
    pub draft: Draft,
}
