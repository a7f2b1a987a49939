//! Whether a device's broker takes a publication: what its kind limits, and what its CONNACK says. Owns the words
//! of the latter alone.
use super::device::Device;
use crate::mqtt::Publication;

/// Whether it may go; else why not. Online or not: what its kind forbids needs no connection to be known.
pub fn check(device: &Device, publication: &Publication) -> Result<(), String> {
    let version = device.online().map_or(device.profile.version, |online| online.version);
    device.profile.limits().check(publication, version)?;
    let Some(connack) = device.online().map(|online| &online.connack) else { return Ok(()) };
    if let Some(most) = connack.max_qos
        && publication.qos > most
    {
        return Err(format!("the broker takes QoS {most} at most, as its CONNACK says"));
    }
    if publication.retain && connack.retain_available == Some(false) {
        return Err("the broker keeps no retained messages, as its CONNACK says".into());
    }
    let n_bytes = publication.encoded_bytes(version);
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
}
