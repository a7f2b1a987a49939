//! Kept nodes: what a device file says about topics, and how their values are read, checked and written.
//! Owns types, values, codecs and learning; knows no screen, no file and no connection.
pub mod access;
pub mod attribute;
pub mod braces;
pub mod check;
pub mod codec;
mod color;
pub mod document;
pub mod domain;
pub mod generator;
pub mod kept;
pub mod kind;
pub mod learn;
pub mod misfit;
pub mod node;
mod number;
pub mod rule;
pub mod sample;
mod stepping;
mod typed;
pub mod unit;
pub mod value;
mod vector;
mod within;

pub use access::Access;
pub use attribute::{Altered, Attribute};
pub use check::Flaw;
pub use codec::{Codec, CodecError, JsonPath, Number, Order, PathStep};
pub use document::Document;
pub use domain::{Clip, Clipped, Domain};
pub use generator::{Generator, Plan, Shape};
pub use kept::{Change, Kept};
pub use kind::Kind;
pub use misfit::{Misfit, OutOfDomain, WriteError};
pub use node::{Node, NodeKey};
pub use rule::{Rule, RuleChange, Rules};
pub use unit::Unit;
pub use value::Value;
pub use vector::Hex;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
