//! MQTT's vocabulary for 3.1.1 and 5.0 alike. Owns names and rules; does no I/O and knows no library.
pub mod address;
pub mod batch;
pub mod filter;
pub mod message;
pub mod packet;
pub mod port;
pub mod profile;
pub mod properties;
pub mod publication;
pub mod reason;
pub mod secret;
pub mod size;
pub mod topic;
pub mod words;

pub use address::{Address, Transport};
pub use batch::Batch;
pub use filter::{Filter, FilterError};
pub use message::{MessageRef, Queued, Retained};
pub use packet::Packet;
pub use port::{BrokerEvent, BrokerRequest};
pub use profile::{Profile, Subscription, Version};
pub use properties::PublishProperties;
pub use publication::{Payload, Publication, Stage, Ticket};
pub use reason::Reason;
pub use secret::Secret;
pub use topic::{Topic, TopicError};
pub use words::{PacketId, Qos};
