//! Whether a device's broker takes a publication: what its kind limits, and what its CONNACK says. Owns the words
//! of the latter alone.
use super::device::Device;
use crate::mqtt::size::MAX_REMAINING_BYTES;
use crate::mqtt::{Publication, PublishProperties, Version};

/// The largest packet that may be published, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How large.
    pub n_bytes: usize,
    /// Who says so.
    pub whose: Whose,
}

/// Who limits packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The kind of broker, known before it says so.
    Kind(&'static str),
    /// The broker's CONNACK.
    Connack,
    /// MQTT itself: four bytes tell no greater length (MQTT 5.0 section 2.1.4).
    Protocol,
}

impl Whose {
    /// In a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kind(name) => name,
            Self::Connack => "the broker's CONNACK",
            Self::Protocol => "MQTT",
        }
    }
}

/// The largest packet: a length of four bytes, and the byte before it.
const MAX_PACKET_BYTES: usize = MAX_REMAINING_BYTES + 5;

/// The limit in force: the smallest of all.
pub fn limit(device: &Device) -> Limit {
    let limits = device.profile.limits();
    let connack = device.online().and_then(|online| online.connack.max_packet_bytes);
    let kind = limits.max_packet_bytes.map(|most| (most, Whose::Kind(limits.name())));
    let known = kind.into_iter().chain(connack.map(|most| (most, Whose::Connack)));
    let known = known.map(|(most, whose)| Limit { n_bytes: most as usize, whose });
    let protocol = Limit { n_bytes: MAX_PACKET_BYTES, whose: Whose::Protocol };
    known.chain([protocol]).min_by_key(|limit| limit.n_bytes).unwrap_or(protocol)
}

/// The version that a publication goes by: the connection's, or the one that will be asked for first.
pub fn version(device: &Device) -> Version {
    device.online().map_or(device.profile.version, |online| online.version)
}

/// Whether it may go; else why not. Online or not: what its kind forbids needs no connection to be known.
pub fn check(device: &Device, publication: &Publication) -> Result<(), String> {
    let version = version(device);
    let PublishProperties { response_topic, .. } = &publication.properties;
    if version == Version::V3 && !publication.properties.is_empty() {
        let is_request = publication.properties
            == PublishProperties { response_topic: response_topic.clone(), ..PublishProperties::default() };
        let words = if is_request {
            "MQTT 3.1.1 carries no response topic: alt-r asks, or empty it to send"
        } else {
            "MQTT 3.1.1 has no properties: empty them (ctrl-v), or connect by MQTT 5"
        };
        return Err(words.into());
    }
    device.profile.limits().check(publication, version)?;
    let n_bytes = publication.encoded_bytes(version);
    if n_bytes > MAX_PACKET_BYTES {
        return Err(format!(
            "MQTT takes packets of at most {MAX_PACKET_BYTES} bytes; this one has {n_bytes}"
        ));
    }
    let Some(connack) = device.online().map(|online| &online.connack) else { return Ok(()) };
    if let Some(most) = connack.max_qos
        && publication.qos > most
    {
        return Err(format!("the broker takes QoS {most} at most, as its CONNACK says"));
    }
    if publication.retain && connack.retain_available == Some(false) {
        return Err("the broker keeps no retained messages, as its CONNACK says".into());
    }
    match connack.max_packet_bytes {
        Some(most) if n_bytes > most as usize => Err(format!(
            "the broker takes packets of at most {most} bytes, as its CONNACK says; this one has {n_bytes}"
        )),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::device::Connection;
    use crate::model::event::DeviceId;
    use crate::mqtt::port::Online;
    use crate::mqtt::{Address, Payload, Preset, Profile, PublishProperties, Qos, Topic};

    fn refused(device: &Device, qos: Qos, retain: bool, n_bytes: usize) -> String {
        let publication = Publication {
            topic: Topic::parse("a/b").unwrap(),
            payload: Payload::from(vec![b'x'; n_bytes]),
            qos,
            retain,
            properties: PublishProperties::default(),
        };
        check(device, &publication).err().unwrap_or_default()
    }

    #[test]
    fn what_a_broker_does_not_take_is_refused_before_it_goes() {
        let profile = Profile::new("d", Address::tcp("h", 1883), "id");
        let mut device = Device::new(DeviceId(0), profile, 1_000_000);
        let mut online = Online::default();
        assert_eq!(refused(&device, Qos::ExactlyOnce, true, 1), "");
        online.connack.max_qos = Some(Qos::AtLeastOnce);
        online.connack.retain_available = Some(false);
        online.connack.max_packet_bytes = Some(100);
        device.connection = Connection::Online(Box::new(online));
        for (qos, retain, n_bytes, expected) in [
            (Qos::AtLeastOnce, false, 1, ""),
            (Qos::ExactlyOnce, false, 1, "QoS 1 at most, as its CONNACK says"),
            (Qos::AtLeastOnce, true, 1, "no retained messages, as its CONNACK says"),
            (Qos::AtLeastOnce, false, 100, "at most 100 bytes, as its CONNACK says"),
        ] {
            let words = refused(&device, qos, retain, n_bytes);
            assert!(words.contains(expected) && words.is_empty() == expected.is_empty(), "{words}");
        }
    }

    #[test]
    fn what_the_kind_of_broker_forbids_is_known_without_a_connection() {
        let mut profile = Profile::new("d", Address::tcp("h", 1883), "id");
        Preset::AzureIotHub.fill(&mut profile);
        let device = Device::new(DeviceId(0), profile, 1_000_000);
        assert!(
            refused(&device, Qos::ExactlyOnce, false, 1).starts_with("Azure IoT Hub takes QoS 1 at most")
        );
        assert!(refused(&device, Qos::AtMostOnce, true, 1).contains("Azure IoT Hub keeps no retained"));
        assert_eq!(refused(&device, Qos::AtLeastOnce, false, 1), "");
    }

    #[test]
    fn the_limit_in_force_is_the_smallest_and_says_whose_it_is() {
        let mut profile = Profile::new("d", Address::tcp("h", 1883), "id");
        let limit_of = |device: &Device| (limit(device).n_bytes, limit(device).whose.words());
        assert_eq!(limit_of(&Device::new(DeviceId(0), profile.clone(), 1)), (268_435_460, "MQTT"));
        Preset::AwsIotCore.fill(&mut profile);
        let mut device = Device::new(DeviceId(0), profile, 1_000_000);
        assert_eq!(limit_of(&device), (131_072, "AWS IoT Core"));
        let mut online = Online::default();
        online.connack.max_packet_bytes = Some(1_000);
        device.connection = Connection::Online(Box::new(online));
        assert_eq!(limit_of(&device), (1_000, "the broker's CONNACK"));
    }

    #[test]
    fn properties_are_refused_where_there_are_none_instead_of_dropped() {
        let profile = Profile::new("d", Address::tcp("h", 1883), "id");
        let mut device = Device::new(DeviceId(0), profile, 1_000_000);
        let properties = PublishProperties { message_expiry_s: Some(1), ..PublishProperties::default() };
        let publication = Publication {
            topic: Topic::parse("a").unwrap(),
            payload: Payload::default(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties,
        };
        for (version, is_refused) in [(Version::V5, false), (Version::V3, true)] {
            device.connection = Connection::Online(Box::new(Online { version, ..Online::default() }));
            assert_eq!(check(&device, &publication).is_err(), is_refused);
        }
    }
}
