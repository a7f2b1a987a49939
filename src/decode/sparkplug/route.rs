//! The topics of Sparkplug: `spBv1.0/GROUP/MESSAGE/EDGE NODE[/DEVICE]`. Owns who speaks on a topic, and on which others
//! its births and commands are.

/// What a message is, by the third level of its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// An edge node is there, with all its metrics.
    NodeBirth,
    /// It is gone.
    NodeDeath,
    /// Some of its metrics.
    NodeData,
    /// Metrics for it to take over.
    NodeCommand,
    /// A device behind an edge node is there, with all its metrics.
    DeviceBirth,
    /// It is gone.
    DeviceDeath,
    /// Some of its metrics.
    DeviceData,
    /// Metrics for it to take over.
    DeviceCommand,
}

impl Message {
    const ALL: [Self; 8] = [
        Self::NodeBirth,
        Self::NodeDeath,
        Self::NodeData,
        Self::NodeCommand,
        Self::DeviceBirth,
        Self::DeviceDeath,
        Self::DeviceData,
        Self::DeviceCommand,
    ];

    /// The level of the topic that says so.
    pub const fn level(self) -> &'static str {
        match self {
            Self::NodeBirth => "NBIRTH",
            Self::NodeDeath => "NDEATH",
            Self::NodeData => "NDATA",
            Self::NodeCommand => "NCMD",
            Self::DeviceBirth => "DBIRTH",
            Self::DeviceDeath => "DDEATH",
            Self::DeviceData => "DDATA",
            Self::DeviceCommand => "DCMD",
        }
    }

    /// Whether it names its metrics for those that follow.
    pub const fn is_birth(self) -> bool {
        matches!(self, Self::NodeBirth | Self::DeviceBirth)
    }
}

/// A topic of Sparkplug in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// Edge nodes that belong together.
    pub group: &'a str,
    /// What is told.
    pub message: Message,
    /// Who tells it.
    pub edge: &'a str,
    /// The device behind the edge node that it is about; none: the edge node itself.
    pub device: Option<&'a str>,
}

impl<'a> Route<'a> {
    /// The parts of a topic; none where it is not Sparkplug's, or the state of a host.
    pub fn parse(topic: &'a str) -> Option<Self> {
        let mut levels = topic.splitn(5, '/');
        levels.next().filter(|version| *version == "spBv1.0")?;
        let group = levels.next()?;
        let level = levels.next()?;
        let message = Message::ALL.into_iter().find(|message| message.level() == level)?;
        Some(Self { group, message, edge: levels.next()?, device: levels.next() })
    }

    /// The topic of another message of the edge node.
    pub fn of_node(&self, message: Message) -> String {
        format!("spBv1.0/{}/{}/{}", self.group, message.level(), self.edge)
    }

    /// The topic of another message of the device; none where it is about an edge node.
    pub fn of_device(&self, message: Message) -> Option<String> {
        Some(format!("{}/{}", self.of_node(message), self.device?))
    }

    /// The topic on which births of whom it is about are told.
    pub fn birth(&self) -> String {
        self.of_device(Message::DeviceBirth).unwrap_or_else(|| self.of_node(Message::NodeBirth))
    }

    /// The topic on which whom it is about tells its metrics: where they are kept as nodes.
    pub fn data(&self) -> String {
        self.of_device(Message::DeviceData).unwrap_or_else(|| self.of_node(Message::NodeData))
    }

    /// The topic on which whom it is about is told something.
    pub fn command(&self) -> String {
        self.of_device(Message::DeviceCommand).unwrap_or_else(|| self.of_node(Message::NodeCommand))
    }

    /// Who it is about, in words; not made safe for a terminal.
    pub fn who(&self) -> String {
        match self.device {
            Some(device) => format!("device {device:?} of edge node {:?}", self.edge),
            None => format!("edge node {:?} of group {:?}", self.edge, self.group),
        }
    }
}

/// The host that a topic tells the state of: `spBv1.0/STATE/HOST`, before 3.0 `STATE/HOST`.
pub fn host(topic: &str) -> Option<&str> {
    let host = topic.strip_prefix("spBv1.0/STATE/").or_else(|| topic.strip_prefix("STATE/"))?;
    (!host.is_empty() && !host.contains('/')).then_some(host)
}
