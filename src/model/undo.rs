//! Deeds that can be undone. Owns what undoes each and what does it again; carrying it out is `publish`'s.
use super::event::DeviceId;
use super::tree::RowId;
use super::{publications, runs};
use crate::device::Change;
use crate::mqtt::{Filter, Publication, Subscription};
use crate::sift::named::NamedChange;
use crate::store::PastKey;

/// A deed that can be undone: what undoes it, and what does it again.
#[derive(Clone, Debug)]
pub(super) struct Undo {
    pub(super) device: DeviceId,
    pub(super) words: String,
    pub(super) back: UndoStep,
    pub(super) forth: UndoStep,
}

/// What is done to undo a deed.
#[derive(Clone, Debug)]
pub(super) enum UndoStep {
    Publish(Publication),
    Subscribe(Subscription),
    Unsubscribe(Filter),
    /// Drop a subscription and remember it.
    Pause(Subscription),
    /// Candidates go to a list of the learning session of a number.
    Candidates(u32, Vec<crate::device::learn::CandidateId>, crate::device::learn::Lane),
    /// Save a publication under its name.
    SavePublication(Box<publications::draft::Saved>),
    /// Take a saved publication away.
    ForgetPublication(Box<publications::draft::Saved>),
    /// Changes to kept nodes, and which state of them that leads to.
    Nodes(Vec<Change>, u64),
    /// What is in an undo file is published again, but for what its run left untouched.
    Republish(String, runs::RunId),
    /// Bring a deleted message back into the history.
    RecallPast(RowId, PastKey),
    /// Delete a message from the history.
    ForgetPast(RowId, PastKey),
    /// A change to the view filters with names.
    Filter(NamedChange),
    /// Drop what a filter hears.
    Exclude(Filter),
    /// Drop it no longer.
    TakeIn(Filter),
    /// A sweep, which is not done again without a look.
    Sweep,
}
