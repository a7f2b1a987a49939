//! The Devices screen. Owns the list; the form is `form`'s.
pub mod form;
