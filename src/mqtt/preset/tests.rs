//! Holds the presets to their promises: keys, fields filled, limits in words.
use super::*;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Payload, Publication, PublishProperties, Topic};

fn filled(preset: Preset, host: &str, client_id: &str) -> Profile {
    let mut profile = Profile::new("cloud", Address::tcp(host, 1883), client_id);
    preset.fill(&mut profile);
    profile
}

fn publication(topic: &str, qos: Qos, retain: bool, n_bytes: usize) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(vec![b'x'; n_bytes]),
        qos,
        retain,
        properties: PublishProperties::default(),
    }
}

#[test]
fn every_key_leads_back_to_its_preset_and_no_other_does() {
    for preset in Preset::ALL {
        assert_eq!(Preset::from_key(preset.key()), Some(preset));
        assert!(preset.words().ends_with('.'), "{preset:?}");
    }
    assert_eq!(Preset::from_key("aws"), None);
}

#[test]
fn aws_leaves_three_fields_to_the_user() {
    assert_eq!(Preset::AwsIotCore.asks(), [Ask::Host, Ask::Certificate, Ask::Key]);
    let mut profile = filled(Preset::AwsIotCore, "", "scope");
    let missing =
        |profile: &Profile| Preset::AwsIotCore.asks().iter().filter(|ask| ask.is_missing(profile)).count();
    assert_eq!(missing(&profile), 3);
    profile.address.host = "x-ats.iot.eu-west-1.amazonaws.com".into();
    profile.tls.cert_file = Some("device.crt".into());
    profile.tls.key_file = Some("device.key".into());
    assert_eq!(missing(&profile), 0);
    assert_eq!(profile.limits().check_profile(&profile), Ok(()));
}

#[test]
fn filling_keeps_what_is_the_users_and_makes_no_certificate_optional() {
    for preset in Preset::ALL {
        let mut profile = Profile::new("cloud", Address::tcp("host.example", 1883), "device-1");
        profile.tls.ca_file = Some("ca.pem".into());
        profile.password_source = PasswordSource::Command("token".into());
        preset.fill(&mut profile);
        assert_eq!(profile.address.host, "host.example", "{preset:?}");
        assert_eq!(profile.client_id, "device-1");
        assert_eq!(profile.password_source, PasswordSource::Command("token".into()));
        assert!(profile.tls.ca_file.is_some() && !profile.tls.insecure);
        assert_eq!(profile.limits().check_profile(&profile), Ok(()), "{preset:?}");
        let once = profile.clone();
        preset.fill(&mut profile);
        assert_eq!(profile, once, "{preset:?}: to fill again changes nothing");
    }
}

#[test]
fn each_preset_finds_its_port_and_transport() {
    use Transport::{SecureWebSocket, Tcp, Tls, WebSocket};
    for (preset, from, to) in [
        (Preset::Local, (Tcp, 1883), (Tcp, 1883)),
        (Preset::Local, (WebSocket, 9001), (WebSocket, 9001)),
        (Preset::HomeAssistant, (Tcp, 1883), (Tcp, 1883)),
        (Preset::HomeAssistant, (WebSocket, 80), (WebSocket, 1884)),
        (Preset::AwsIotCore, (Tcp, 1883), (Tls, 8883)),
        (Preset::AwsIotCore, (Tls, 443), (Tls, 443)),
        (Preset::AzureIotHub, (Tcp, 1883), (Tls, 8883)),
        (Preset::AzureIotHub, (SecureWebSocket, 443), (SecureWebSocket, 443)),
        (Preset::HiveMqCloud, (SecureWebSocket, 443), (SecureWebSocket, 8884)),
        (Preset::EmqxCloud, (SecureWebSocket, 443), (SecureWebSocket, 8084)),
        (Preset::EmqxCloud, (Tls, 15_000), (Tls, 15_000)),
        (Preset::GoogleIotCore, (SecureWebSocket, 443), (Tls, 8883)),
    ] {
        let mut profile = Profile::new("cloud", Address::tcp("host.example", from.1), "id");
        profile.address.transport = from.0;
        preset.fill(&mut profile);
        assert_eq!((profile.address.transport, profile.address.port), to, "{preset:?}");
    }
    let mut profile = filled(Preset::AwsIotCore, "host", "id");
    assert_eq!(profile.tls.alpn, Vec::<String>::new());
    profile.address.port = 443;
    Preset::AwsIotCore.fill(&mut profile);
    assert_eq!(profile.tls.alpn, [AWS_ALPN]);
    assert_eq!(filled(Preset::Local, "", "id").address.host, "127.0.0.1");
}

#[test]
fn what_a_broker_fixes_is_made_of_host_and_client_id() {
    let azure = filled(Preset::AzureIotHub, "hub.azure-devices.net", "pump");
    assert_eq!(azure.username.as_deref(), Some("hub.azure-devices.net/pump/?api-version=2021-04-12"));
    assert_eq!(azure.subscriptions[0].filter.as_str(), "devices/pump/messages/devicebound/#");
    assert_eq!(filled(Preset::AzureIotHub, "hub.azure-devices.net", "").username, None);
    assert!(filled(Preset::AzureIotHub, "hub.azure-devices.net", "").subscriptions.is_empty());
    let long = "projects/p/locations/l/registries/r/devices/pump";
    let google = filled(Preset::GoogleIotCore, "mqtt.example", long);
    let heard: Vec<&str> = google.subscriptions.iter().map(|known| known.filter.as_str()).collect();
    assert_eq!(heard, ["/devices/pump/config", "/devices/pump/commands/#"]);
    assert_eq!(google.username.as_deref(), Some("unused"));
}

#[test]
fn what_a_limit_forbids_is_refused_in_words_that_name_the_broker_and_the_limit() {
    use Qos::{AtLeastOnce, AtMostOnce, ExactlyOnce};
    let aws = Preset::AwsIotCore;
    for (preset, publication, expected) in [
        (aws, publication("a", AtLeastOnce, true, 1), None),
        (aws, publication("a", ExactlyOnce, false, 1), Some("AWS IoT Core takes QoS 1 at most")),
        (aws, publication("a", AtMostOnce, false, 131_072 - 7), None),
        (aws, publication("a", AtMostOnce, false, 131_072 - 6), Some("at most 131072 bytes")),
        (aws, publication("a/b/c/d/e/f/g/h", AtMostOnce, false, 1), None),
        (aws, publication("a/b/c/d/e/f/g/h/i", AtMostOnce, false, 1), Some("at most 7 slashes")),
        (aws, publication("$aws/rules/r/a/b/c/d/e/f/g/h", AtMostOnce, false, 1), None),
        (aws, publication("$aws/rules/r/a/b/c/d/e/f/g/h/i", AtMostOnce, false, 1), Some("has 8")),
        (aws, publication("$aws/things/t/a/b/c/d/e/f", AtMostOnce, false, 1), Some("has 8")),
        (Preset::AzureIotHub, publication("a", AtLeastOnce, true, 1), Some("keeps no retained messages")),
        (Preset::AzureIotHub, publication("a", AtMostOnce, false, 262_144), Some("at most 262144 bytes")),
        (Preset::GoogleIotCore, publication("a", ExactlyOnce, false, 1), Some("takes QoS 1 at most")),
        (Preset::EmqxCloud, publication("a", ExactlyOnce, true, 1), None),
        (Preset::EmqxCloud, publication("a", AtMostOnce, false, 1_048_576), Some("EMQX Cloud takes packets")),
        (Preset::HiveMqCloud, publication("a", ExactlyOnce, true, 1_048_576), None),
        (Preset::HiveMqCloud, publication("a", AtMostOnce, false, 5_242_880), Some("at most 5242880 bytes")),
        (Preset::Local, publication("a/b/c/d/e/f/g/h/i", ExactlyOnce, true, 9_000_000), None),
    ] {
        let found = preset.limits().check(&publication, Version::V3);
        match expected {
            None => assert_eq!(found, Ok(()), "{preset:?}"),
            Some(words) => assert!(found.as_ref().is_err_and(|found| found.contains(words)), "{found:?}"),
        }
    }
}
