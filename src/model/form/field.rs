//! The fields of the publish form and the order that Tab walks them in. Owns no text.

/// A field of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Where to.
    Topic,
    /// What.
    #[default]
    Payload,
    /// At which quality of service.
    Qos,
    /// Whether the broker shall keep it.
    Retain,
    /// How the text becomes bytes.
    Format,
}

impl Field {
    /// In the order that Tab walks them.
    pub const ALL: [Self; 5] = [Self::Topic, Self::Payload, Self::Qos, Self::Retain, Self::Format];

    /// Whether it is typed into.
    pub const fn is_text(self) -> bool {
        match self {
            Self::Topic | Self::Payload => true,
            Self::Qos | Self::Retain | Self::Format => false,
        }
    }
}
