//! Which way a node's values go. Owns the names; publishes nothing.
use std::fmt;

/// Whether we listen to a node, send to it, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// We listen.
    Get,
    /// We send.
    Set,
    /// We listen and send.
    #[default]
    Both,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Get, Self::Set, Self::Both];

    /// As a device file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Set => "set",
            Self::Both => "both",
        }
    }

    /// The access of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.name() == name)
    }

    /// Whether a value may be sent.
    pub const fn can_set(self) -> bool {
        matches!(self, Self::Set | Self::Both)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
