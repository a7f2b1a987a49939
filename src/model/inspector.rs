//! (to come)
use super::tree::RowId;
use crate::command::Command;
#[derive(Clone, Debug, Default)]
pub struct Decoded;
#[derive(Clone, Debug, PartialEq)]
pub struct Subject;
#[derive(Clone, Debug, Default)]
pub struct Inspector;
impl Inspector {
    pub fn take_decoded(&mut self, _d: Decoded) {}
    pub fn show(&mut self, _c: Command) {}
    pub fn scroll_by(&mut self, _n: isize) {}
    pub fn scroll_to(&mut self, _n: usize) {}
    pub fn turn_to(&mut self, _r: RowId) {}
}
