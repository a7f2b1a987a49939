//! What lies over the panes: help, a one-line prompt, a question. Owns their state; one at a time.
use super::event::DeviceId;
use super::line::Line;
use super::tree::RowId;
use crate::device::NodeKey;
use crate::mqtt::Topic;

/// What lies over the panes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The keys.
    Help {
        /// First line shown.
        scroll: usize,
    },
    /// A line in the footer's place.
    Prompt(Prompt),
    /// A question that waits for yes or no.
    Question(Question),
    /// An attribute of a kept node, edited in its place.
    Attribute(Box<super::nodes::attribute::Editing>),
    /// Parts of a payload to choose from.
    Parts(Box<super::nodes::parts::Picker>),
    /// The settings of a generator.
    Repeat(Box<super::runs::settings::Settings>),
    /// What differs between two payloads.
    Difference(Box<super::difference::Difference>),
    /// Publications with names to pick from.
    Saved(Box<super::publications::saved::Picker>),
    /// View filters with names to pick from.
    Filters(Box<super::narrowing::saved::Picker>),
    /// The examination of a broker.
    Exam(Box<super::devices::exam::Exam>),
    /// What can be copied or exported, by letters.
    Menu(Box<super::menu::Menu>),
    /// What is being exported; how far it is, is the model's.
    Exporting,
    /// Many publications before they go; what they are is the model's, for a prompt may stand before it.
    Bulk,
}

/// What a prompt asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// A text to search the topics for.
    Search,
    /// What the tree is narrowed to.
    ViewFilter,
    /// The jq program that a topic's values go through.
    Jq,
    /// The name to save a view filter under.
    NameFilter,
    /// A text to search a structured value for.
    SearchInside,
    /// A topic to go to.
    GoTo,
    /// A filter to subscribe to.
    Subscribe,
    /// What to keep below a row.
    AddChild,
    /// What to keep beside a row.
    AddSibling,
    /// What to call a kept node.
    Alias,
    /// What is looked at while learning.
    LearnScope,
    /// The attributes of a candidate.
    EditCandidate,
    /// An attribute of all kept nodes in a range, and what it shall be.
    EditRange,
    /// A text that devices of the list shall hold.
    NarrowDevices,
    /// The path of a batch file.
    BatchFile,
    /// A text that topics to be cleared shall hold.
    NarrowSweep,
    /// How many retained messages are to be cleared.
    ConfirmSweep,
    /// What past messages shall hold or be.
    FilterHistory,
    /// A text that lines of the log shall hold.
    NarrowLog,
    /// The file that the log is saved to.
    SaveLog,
    /// The name to save a publication under, in the device's file.
    SaveForDevice,
    /// The name to save a publication under, for all devices.
    SaveForAll,
    /// The name of a device's copy.
    CopyDevice,
    /// A file whose content is the payload.
    PayloadFile,
    /// The file that something is exported to.
    Export,
    /// The name to save a device under.
    SaveDevice,
}

/// A one-line entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What it asks for.
    pub kind: PromptKind,
    /// What was typed.
    pub line: Line,
    /// The row under the cursor when it began.
    pub from: RowId,
    /// What is wrong with what was typed.
    pub error: Option<String>,
}

/// A question and what a yes does.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// In words, with what a yes does.
    pub words: String,
    /// What a yes does.
    pub deed: Deed,
}

/// What a yes does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// End the program.
    Quit,
    /// Delete the retained message of a topic on the broker.
    ClearRetained(DeviceId, Topic),
    /// Send what grew old while it waited for the connection; a no discards it.
    SendHeld(DeviceId),
    /// Disconnect a device.
    Disconnect(DeviceId),
    /// Close a device.
    CloseDevice(DeviceId),
    /// Keep the nodes at and below a row no longer.
    RemoveNodes(RowId),
    /// Keep all candidates of the learning session of a number.
    KeepAll(u32),
    /// Change kept nodes to what was heard.
    UpdateNodes(DeviceId, Vec<crate::device::Node>),
    /// Discard candidates of the learning session of a number.
    DiscardCandidates(u32, Vec<crate::device::learn::CandidateId>),
    /// End learning, whatever is ticked.
    EndLearning,
    /// Keep these topics.
    KeepTopics(Vec<(DeviceId, Vec<Topic>)>),
    /// Keep these nodes no longer.
    RemoveKeys(Vec<(DeviceId, Vec<NodeKey>)>),
    /// Take nodes over that were not saved when the program ended; a no keeps them from being offered again.
    TakeOver(Box<super::nodes::recovered::Recovered>),
    /// Delete a topic's past messages from our history, all but the last.
    ForgetHistory(RowId),
    /// Write over the file that an export was to go to.
    OverwriteFile,
    /// Leave the device form, whatever was changed in it.
    LeaveForm,
    /// Delete the device file of a name.
    DeleteDevice(String),
}
