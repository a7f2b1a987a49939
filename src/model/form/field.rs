//! The fields of the publish form and the order that Tab walks them in. Owns no text.

/// A field of the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Where to.
    Topic,
    /// What.
    #[default]
    Payload,
    /// At which quality of service.
    Qos,
    /// Whether the broker shall keep it.
    Retain,
    /// How the text becomes bytes.
    Format,
    /// What the payload is, as a MIME type say (MQTT 5.0 section 3.3.2.3.9).
    ContentType,
    /// After how many seconds the broker drops it undelivered (3.3.2.3.3).
    Expiry,
    /// Where an answer is awaited (3.3.2.3.5).
    ResponseTopic,
    /// What the answer must carry (3.3.2.3.6).
    Correlation,
    /// Whether the payload is promised to be UTF-8 (3.3.2.3.2).
    Utf8,
    /// A name and its value (3.3.2.3.7); the last one is empty.
    User(usize),
    /// What becomes of it while there is no connection.
    Offline,
}

/// The fields that are always seen, in the order that Tab walks them.
pub const FOLDED: [Field; 5] = [Field::Topic, Field::Payload, Field::Qos, Field::Retain, Field::Format];

/// Those that are folded away, without the user properties.
pub const PROPERTIES: [Field; 5] =
    [Field::ContentType, Field::Expiry, Field::ResponseTopic, Field::Correlation, Field::Utf8];

impl Field {
    /// Whether it is typed into.
    pub const fn is_text(self) -> bool {
        match self {
            Self::Topic
            | Self::Payload
            | Self::ContentType
            | Self::Expiry
            | Self::ResponseTopic
            | Self::Correlation
            | Self::User(_) => true,
            Self::Qos | Self::Retain | Self::Format | Self::Utf8 | Self::Offline => false,
        }
    }

    /// As it is read on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Payload => "payload",
            Self::Qos => "QoS",
            Self::Retain => "retain",
            Self::Format => "as",
            Self::ContentType => "content type",
            Self::Expiry => "expires after",
            Self::ResponseTopic => "response topic",
            Self::Correlation => "correlation",
            Self::Utf8 => "says UTF-8",
            Self::User(_) => "user property",
            Self::Offline => "while offline",
        }
    }

    /// What may stand there.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Topic | Self::Payload | Self::Qos | Self::Retain | Self::Format => "",
            Self::ContentType => "such as application/json",
            Self::Expiry => "seconds; nothing: never",
            Self::ResponseTopic => "a topic, without wildcards",
            Self::Correlation => "text, or 0x and hexadecimal digits",
            Self::Utf8 => "the payload-format indicator",
            Self::User(_) => "name=value",
            Self::Offline => "whether sending waits for the connection",
        }
    }
}
