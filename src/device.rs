//! Kept nodes: what a device file says about topics, and how their values are read, checked and written.
//! Owns types, values, codecs and learning; knows no screen, no file and no connection.
pub mod access;
pub mod braces;
pub mod codec;
pub mod domain;
pub mod kept;
pub mod kind;
pub mod node;
pub mod unit;
pub mod value;

pub use access::Access;
pub use codec::{Codec, JsonPath, Number, Order};
pub use domain::{Clip, Domain};
pub use kept::{Change, Kept};
pub use kind::Kind;
pub use node::{Node, NodeKey};
pub use unit::Unit;
pub use value::Value;
