//! The demo: an embedded broker and a simulated plant. Owns no screen.
pub mod broker;
