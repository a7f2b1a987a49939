//! How a message came, in one byte. Owns the packing; the store keeps millions of them.
use crate::mqtt::{MessageRef, Qos, Queued, Retained};

/// Quality of service, retained, DUP and queued of one delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Delivery(u8);

impl Delivery {
    /// QoS 0, not known to be retained, no duplicate.
    pub const NONE: Self = Self(0);

    const DUP: u8 = 1 << 4;

    /// That of a message.
    pub const fn of(message: &MessageRef<'_>) -> Self {
        let retained = match message.retained {
            Retained::Unknown => 0,
            Retained::No => 1 << 2,
            Retained::Yes => 2 << 2,
        };
        let queued = match message.queued {
            Queued::No => 0,
            Queued::Likely => 1 << 5,
            Queued::Certainly => 2 << 5,
        };
        Self(message.qos.bits() | retained | queued | if message.dup { Self::DUP } else { 0 })
    }

    pub fn qos(self) -> Qos {
        Qos::from_bits(self.0 & 3).unwrap_or_default()
    }

    pub const fn retained(self) -> Retained {
        match self.0 >> 2 & 3 {
            1 => Retained::No,
            2 => Retained::Yes,
            _ => Retained::Unknown,
        }
    }

    pub const fn queued(self) -> Queued {
        match self.0 >> 5 & 3 {
            1 => Queued::Likely,
            2 => Queued::Certainly,
            _ => Queued::No,
        }
    }

    pub const fn dup(self) -> bool {
        self.0 & Self::DUP != 0
    }
}
