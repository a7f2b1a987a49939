//! The decoders by name. Owns which there are, in which order they are offered, and what screen and device file
//! call them.
use super::numbers::{Format, Number};
use super::{meshtastic, sparkplug};

/// One way to read bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decoder {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// RFC 8878.
    Zstd,
    /// LZ4's frame format.
    Lz4,
    /// Snappy's framing format, or its bare blocks, which have no mark to know them by.
    Snappy,
    /// RFC 4648, or a `data:` address.
    Base64,
    /// UTF-16 with a byte order mark, else in the order that gives fewer strange characters.
    Utf16,
    /// Text as it is; of UTF-8 with a mark, what follows it.
    Text,
    /// One JSON value.
    Json,
    /// A JSON value on each line.
    JsonLines,
    /// XML, laid out.
    Xml,
    /// `MessagePack`.
    MessagePack,
    /// RFC 8949.
    Cbor,
    /// Eclipse Sparkplug's payload B; read unasked on its own topics only.
    Sparkplug,
    /// Meshtastic's envelopes; read unasked on their own topics only.
    Meshtastic,
    /// Protobuf by the schema that the device file names for the topic.
    Protobuf,
    /// Protobuf without a schema: the numbers of its fields.
    ProtobufFields,
    /// A picture's kind and measures.
    Image,
    /// Numbers one behind the other.
    Numbers(Format),
    /// Offsets, digits, ASCII.
    Hex,
}

/// What a decoder makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Bytes to be decoded further.
    Unpacks,
    /// What is looked at.
    Shows,
}

impl Decoder {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 37] = [
        Self::Text,
        Self::Json,
        Self::JsonLines,
        Self::Xml,
        Self::MessagePack,
        Self::Cbor,
        Self::Sparkplug,
        Self::Meshtastic,
        Self::Protobuf,
        Self::ProtobufFields,
        Self::Image,
        Self::Hex,
        Self::Gzip,
        Self::Zlib,
        Self::Zstd,
        Self::Lz4,
        Self::Snappy,
        Self::Base64,
        Self::Utf16,
        Self::Numbers(Format::little(Number::I8)),
        Self::Numbers(Format::little(Number::U8)),
        Self::Numbers(Format::little(Number::I16)),
        Self::Numbers(Format::big(Number::I16)),
        Self::Numbers(Format::little(Number::U16)),
        Self::Numbers(Format::big(Number::U16)),
        Self::Numbers(Format::little(Number::I32)),
        Self::Numbers(Format::big(Number::I32)),
        Self::Numbers(Format::little(Number::U32)),
        Self::Numbers(Format::big(Number::U32)),
        Self::Numbers(Format::little(Number::I64)),
        Self::Numbers(Format::big(Number::I64)),
        Self::Numbers(Format::little(Number::U64)),
        Self::Numbers(Format::big(Number::U64)),
        Self::Numbers(Format::little(Number::F32)),
        Self::Numbers(Format::big(Number::F32)),
        Self::Numbers(Format::little(Number::F64)),
        Self::Numbers(Format::big(Number::F64)),
    ];

    /// What the screen calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Lz4 => "LZ4",
            Self::Snappy => "Snappy",
            Self::Base64 => "base64",
            Self::Utf16 => "UTF-16",
            Self::Text => "text",
            Self::Json => "JSON",
            Self::JsonLines => "JSON Lines",
            Self::Xml => "XML",
            Self::MessagePack => "MessagePack",
            Self::Cbor => "CBOR",
            Self::Sparkplug => "Sparkplug B",
            Self::Meshtastic => "Meshtastic",
            Self::Protobuf => "protobuf",
            Self::ProtobufFields => "protobuf fields",
            Self::Image => "image",
            Self::Numbers(format) => format.name(),
            Self::Hex => "hex",
        }
    }

    /// What the device file calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Snappy => "snappy",
            Self::Base64 => "base64",
            Self::Utf16 => "utf-16",
            Self::Text => "text",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::Xml => "xml",
            Self::MessagePack => "msgpack",
            Self::Cbor => "cbor",
            Self::Sparkplug => "sparkplug-b",
            Self::Meshtastic => "meshtastic",
            Self::Protobuf => "protobuf",
            Self::ProtobufFields => "protobuf-fields",
            Self::Image => "image",
            Self::Numbers(format) => format.name(),
            Self::Hex => "hex",
        }
    }

    /// The decoder of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decoder| decoder.name() == name)
    }

    /// The decoder that a topic promises, whatever its payloads look like.
    pub fn of_topic(topic: &str) -> Option<Self> {
        if sparkplug::is_spoken_on(topic) {
            return Some(Self::Sparkplug);
        }
        meshtastic::is_spoken_on(topic).then_some(Self::Meshtastic)
    }

    /// Whether more decoders may follow it.
    pub const fn role(self) -> Role {
        match self {
            Self::Gzip | Self::Zlib | Self::Zstd | Self::Lz4 | Self::Snappy | Self::Base64 | Self::Utf16 => {
                Role::Unpacks
            }
            Self::Text
            | Self::Json
            | Self::JsonLines
            | Self::Xml
            | Self::MessagePack
            | Self::Cbor
            | Self::Sparkplug
            | Self::Meshtastic
            | Self::Protobuf
            | Self::ProtobufFields
            | Self::Image
            | Self::Numbers(_)
            | Self::Hex => Role::Shows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decoder_is_found_by_a_name_of_its_own() {
        for decoder in Decoder::ALL {
            assert_eq!(Decoder::of_name(decoder.name()), Some(decoder));
        }
        assert_eq!(Decoder::of_name("gzipp"), None);
    }
}
