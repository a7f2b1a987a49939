//! A node's attributes as people see and type them, one by one. Owns their names, texts and choices, and what a
//! change takes along; whether attributes agree with each other is `check`'s.
mod retype;
mod text;

use super::access::Access;
use super::domain::Clip;
use super::kind::Kind;
use super::node::Node;
use crate::mqtt::Topic;

/// Something that is known of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// The exact topic; another one makes it another node.
    Topic,
    /// What to call it.
    Alias,
    /// What it is, in words.
    Description,
    /// Words to find it by.
    Tags,
    /// What its value is.
    Type,
    /// Whether we listen, send, or both.
    Access,
    /// What it is set to when nothing else is said.
    Default,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// What values are apart.
    Step,
    /// The only values there are.
    Values,
    /// What becomes of other numbers.
    Clip,
    /// What its number counts.
    Unit,
    /// How its payload is written.
    Codec,
    /// At which quality of service we publish.
    Qos,
    /// Whether the broker shall keep what we publish.
    Retain,
    /// Time between two publications at least.
    RateLimit,
    /// Whether the same value is not sent again.
    RepetitionFilter,
    /// Which go first.
    Priority,
    /// Time between messages as learnt.
    Cadence,
}

/// A node after a change, and what of it did not fit any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Altered {
    /// The node as it would be.
    pub node: Node,
    /// Attributes that it lost by the change, as a device file names them.
    pub lost: Vec<&'static str>,
}

impl Attribute {
    /// All of them, in the order they are read in.
    pub const ALL: [Self; 20] = [
        Self::Topic,
        Self::Alias,
        Self::Description,
        Self::Tags,
        Self::Type,
        Self::Access,
        Self::Unit,
        Self::Default,
        Self::Min,
        Self::Max,
        Self::Step,
        Self::Values,
        Self::Clip,
        Self::Codec,
        Self::Qos,
        Self::Retain,
        Self::RateLimit,
        Self::RepetitionFilter,
        Self::Priority,
        Self::Cadence,
    ];

    /// As a device file names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Alias => "alias",
            Self::Description => "description",
            Self::Tags => "tags",
            Self::Type => "type",
            Self::Access => "access",
            Self::Default => "default",
            Self::Min => "min",
            Self::Max => "max",
            Self::Step => "step",
            Self::Values => "values",
            Self::Clip => "clip",
            Self::Unit => "unit",
            Self::Codec => "codec",
            Self::Qos => "qos",
            Self::Retain => "retain",
            Self::RateLimit => "rate_limit_ms",
            Self::RepetitionFilter => "repetition_filter",
            Self::Priority => "priority",
            Self::Cadence => "cadence_ms",
        }
    }

    /// As a person reads it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Qos => "QoS",
            Self::RateLimit => "rate limit",
            Self::RepetitionFilter => "rep. filter",
            Self::Cadence => "cadence",
            Self::Topic
            | Self::Alias
            | Self::Description
            | Self::Tags
            | Self::Type
            | Self::Access
            | Self::Default
            | Self::Min
            | Self::Max
            | Self::Step
            | Self::Values
            | Self::Clip
            | Self::Unit
            | Self::Codec
            | Self::Retain
            | Self::Priority => self.name(),
        }
    }

    /// The attribute of a name, in a device file's spelling or in one word.
    pub fn from_name(name: &str) -> Option<Self> {
        let is_it = |attribute: &Self| {
            let long = attribute.name();
            name == long || long.strip_suffix("_ms").is_some_and(|short| name == short)
        };
        Self::ALL.into_iter().find(is_it)
    }

    /// What may be written, where that is one of a few words; else nothing.
    pub fn choices(self) -> Vec<&'static str> {
        match self {
            Self::Type => Kind::ALL.map(Kind::name).into(),
            Self::Access => Access::ALL.map(Access::name).into(),
            Self::Clip => Clip::ALL.map(Clip::name).into(),
            Self::Qos => vec!["0", "1", "2"],
            Self::Retain | Self::RepetitionFilter => vec!["no", "yes"],
            Self::Topic
            | Self::Alias
            | Self::Description
            | Self::Tags
            | Self::Default
            | Self::Min
            | Self::Max
            | Self::Step
            | Self::Values
            | Self::Unit
            | Self::Codec
            | Self::RateLimit
            | Self::Priority
            | Self::Cadence => Vec::new(),
        }
    }

    /// What is typed here, in words for whoever does.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Topic => "another topic is another node: u brings this one back",
            Self::Alias => "what to call it instead of its last level",
            Self::Description => "what it is, in words",
            Self::Tags => "words to find it by, parted by commas",
            Self::Type | Self::Access | Self::Clip | Self::Qos | Self::Retain | Self::RepetitionFilter => {
                "left and right choose, enter takes it"
            }
            Self::Default => "what it is set to when nothing else is said",
            Self::Min => "the least value it takes; nothing: any",
            Self::Max => "the greatest value it takes; nothing: any",
            Self::Step => "what values are apart; nothing: any",
            Self::Values => "the only values it takes, parted by commas",
            Self::Unit => "such as °C, %, hPa, kWh, lx, ppm, m/s",
            Self::Codec => "text, json, $.state, u16-be, words ON/OFF or suffix \" °C\"",
            Self::RateLimit => "time between two publications at least, such as 100 ms",
            Self::Priority => "a whole number; higher goes first",
            Self::Cadence => "time between messages, such as 10 s; stale past three times that",
        }
    }
}

impl Node {
    /// An attribute as it can be typed again; empty where it is not set.
    pub fn attribute(&self, attribute: Attribute) -> String {
        text::of(self, attribute)
    }

    /// Whether an attribute says something that a node without it would not.
    pub fn is_set(&self, attribute: Attribute) -> bool {
        let plain = Self::new(self.topic.clone(), self.kind);
        let is_named = matches!(attribute, Attribute::Topic | Attribute::Type | Attribute::Access);
        is_named || text::of(self, attribute) != text::of(&plain, attribute)
    }

    /// The node with another text as one of its attributes; the error says what would do.
    pub fn with(&self, attribute: Attribute, text: &str) -> Result<Altered, String> {
        let text = text.trim();
        let same = |node| Altered { node, lost: Vec::new() };
        if text == text::of(self, attribute) {
            return Ok(same(self.clone()));
        }
        let mut node = self.clone();
        match attribute {
            Attribute::Topic => node.topic = Topic::parse(text).map_err(|error| error.to_string())?,
            Attribute::Type => {
                let kind = Kind::from_name(text).ok_or_else(|| one_of(attribute))?;
                return retype::retyped(self, kind);
            }
            Attribute::Alias
            | Attribute::Description
            | Attribute::Tags
            | Attribute::Access
            | Attribute::Default
            | Attribute::Min
            | Attribute::Max
            | Attribute::Step
            | Attribute::Values
            | Attribute::Clip
            | Attribute::Unit
            | Attribute::Codec
            | Attribute::Qos
            | Attribute::Retain
            | Attribute::RateLimit
            | Attribute::RepetitionFilter
            | Attribute::Priority
            | Attribute::Cadence => text::set(&mut node, attribute, text)?,
        }
        // What was wrong before is not this change's fault.
        let before = self.check();
        match node.check().into_iter().find(|flaw| !before.contains(flaw)) {
            Some(flaw) if flaw.attribute == attribute.name() => Err(flaw.words),
            Some(flaw) => Err(flaw.to_string()),
            None => Ok(same(node)),
        }
    }
}

/// The words that may be written, for an error.
fn one_of(attribute: Attribute) -> String {
    format!("{} is one of {}", attribute.name(), attribute.choices().join(", "))
}

#[cfg(test)]
mod tests;
