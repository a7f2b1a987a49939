//! Where a key is heard: panes, screens, what lies over them. Owns their names; binds no key.

/// Where a key is heard. A chord means what its context says, else what its base says where it has one, else
/// what it means everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// In every pane and line that does not say otherwise.
    Everywhere,
    /// The topic tree.
    Topics,
    /// A range of its rows.
    Range,
    /// The topics as a flat table; what is not said here is as in the tree.
    Table,
    /// The inspector beside it.
    Inspector,
    /// Structured values in the inspector; what is not said here is as in the inspector.
    Structure,
    /// Past messages in the inspector, likewise.
    History,
    /// Numbers over time in the inspector, likewise.
    Chart,
    /// The publish form.
    Publish,
    /// What is being learnt.
    Learn,
    /// The editor of a node's value.
    Editor,
    /// The Devices screen.
    Devices,
    /// The Monitor screen.
    Monitor,
    /// The Publications screen.
    Publications,
    /// The form of a device's settings.
    DeviceForm,
    /// A one-line entry: search, go to topic, subscribe to.
    Line,
    /// A question that waits for yes or no.
    Question,
    /// Publications with names.
    Saved,
    /// View filters with names.
    Filters,
    /// Parts of a payload to keep.
    Parts,
    /// The settings of a generator.
    Repeat,
    /// The examination of a broker.
    Exam,
    /// What can be copied or exported, by letters.
    Menu,
    /// Many publications before they go.
    Bulk,
    /// The help overlay.
    HelpScreen,
}

impl Context {
    /// All of them, in the order of the help screen.
    pub const ALL: [Self; 25] = [
        Self::Everywhere,
        Self::Topics,
        Self::Range,
        Self::Table,
        Self::Inspector,
        Self::Structure,
        Self::History,
        Self::Chart,
        Self::Publish,
        Self::Learn,
        Self::Editor,
        Self::Devices,
        Self::Monitor,
        Self::Publications,
        Self::DeviceForm,
        Self::Line,
        Self::Question,
        Self::Saved,
        Self::Filters,
        Self::Parts,
        Self::Repeat,
        Self::Exam,
        Self::Menu,
        Self::Bulk,
        Self::HelpScreen,
    ];

    /// The section's name in a keymap file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Topics => "topics",
            Self::Range => "range",
            Self::Table => "table",
            Self::Inspector => "inspector",
            Self::Structure => "structure",
            Self::History => "history",
            Self::Chart => "chart",
            Self::Publish => "publish",
            Self::Learn => "learn",
            Self::Editor => "editor",
            Self::Devices => "devices",
            Self::Monitor => "monitor",
            Self::Publications => "publications",
            Self::DeviceForm => "device-form",
            Self::Line => "line",
            Self::Question => "question",
            Self::Saved => "saved",
            Self::Filters => "filters",
            Self::Parts => "parts",
            Self::Repeat => "repeat",
            Self::Exam => "examination",
            Self::Menu => "menu",
            Self::Bulk => "bulk",
            Self::HelpScreen => "help",
        }
    }

    /// The heading a person reads.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Topics => "Topics",
            Self::Range => "A range of topics",
            Self::Table => "Table of topics",
            Self::Inspector => "Inspector",
            Self::Structure => "Structured values",
            Self::History => "History",
            Self::Chart => "Chart",
            Self::Publish => "Publish form",
            Self::Learn => "Learn",
            Self::Editor => "Editing a value",
            Self::Devices => "Devices",
            Self::Monitor => "Monitor",
            Self::Publications => "Publications",
            Self::DeviceForm => "Device form",
            Self::Line => "Search, names, filters",
            Self::Question => "Questions",
            Self::Saved => "Saved publications",
            Self::Filters => "Saved filters",
            Self::Parts => "Parts of a payload",
            Self::Repeat => "Repeating",
            Self::Exam => "Examination of a broker",
            Self::Menu => "Copy and export",
            Self::Bulk => "Publishing or clearing many",
            Self::HelpScreen => "Help",
        }
    }

    /// The context whose keys are heard here as well, after its own.
    pub const fn base(self) -> Option<Self> {
        match self {
            Self::Table => Some(Self::Topics),
            Self::Structure | Self::History | Self::Chart => Some(Self::Inspector),
            Self::Everywhere
            | Self::Topics
            | Self::Range
            | Self::Inspector
            | Self::Publish
            | Self::Learn
            | Self::Editor
            | Self::Devices
            | Self::Monitor
            | Self::Publications
            | Self::DeviceForm
            | Self::Line
            | Self::Question
            | Self::Saved
            | Self::Filters
            | Self::Parts
            | Self::Repeat
            | Self::Exam
            | Self::Menu
            | Self::Bulk
            | Self::HelpScreen => None,
        }
    }

    /// The contexts whose keys are heard here, those that go before first.
    pub fn heard(self) -> impl Iterator<Item = Self> {
        [Some(self), self.base(), Some(Self::Everywhere)].into_iter().flatten()
    }

    /// The context of a section's name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }

    /// Whether plain characters belong to what is typed or asked here, so that those bound everywhere
    /// must not be heard: a `q` in a payload is a letter.
    pub const fn takes_characters(self) -> bool {
        match self {
            Self::Publish | Self::Editor | Self::DeviceForm | Self::Line | Self::Question | Self::Repeat => {
                true
            }
            Self::Everywhere
            | Self::Topics
            | Self::Range
            | Self::Table
            | Self::Inspector
            | Self::Structure
            | Self::History
            | Self::Chart
            | Self::Learn
            | Self::Devices
            | Self::Monitor
            | Self::Publications
            | Self::Saved
            | Self::Filters
            | Self::Parts
            | Self::Exam
            | Self::Menu
            | Self::Bulk
            | Self::HelpScreen => false,
        }
    }
}
