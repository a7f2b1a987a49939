//! Each preset against a broker that refuses what its vendor's does; and the same without the preset, so that a limit
//! which nobody keeps is seen to matter.
use crate::gates::{Papers, named};
use crate::rig::{Device, Independent, listen, profile, publication, subscription};
use crate::tap::eventually;
use crate::vendor::Vendor;
use mqttscope::mqtt::port::Notice;
use mqttscope::mqtt::profile::Will;
use mqttscope::mqtt::{
    Address, BrokerEvent, BrokerRequest, Payload, Preset, Profile, Publication, PublishProperties, Qos,
    Secret, Stage, Subscription, Topic, Transport, Version,
};
use std::net::SocketAddr;

const DEVICE: &str = "projects/p/locations/l/registries/r/devices/pump";

/// A profile as a person has it who chose the preset and gave what it asks for.
fn chosen(preset: Preset, papers: &Papers, port: u16, at_https: bool) -> Profile {
    let client_id = if preset == Preset::GoogleIotCore { DEVICE } else { "pump" };
    let mut profile = Profile::new("test", Address::tcp("localhost", 1883), client_id);
    if at_https {
        (profile.address.transport, profile.address.port) = (Transport::Tls, 443);
    }
    preset.fill(&mut profile);
    profile.address.port = port;
    profile.tls.ca_file = profile.address.transport.is_tls().then(|| papers.path("ca.pem"));
    match preset {
        Preset::Local => {}
        Preset::AwsIotCore => {
            let ours = papers.sign("client", &named(&[], "pump"));
            (profile.tls.cert_file, profile.tls.key_file) = (Some(ours.certificate), Some(ours.key));
        }
        Preset::HomeAssistant | Preset::HiveMqCloud | Preset::EmqxCloud => {
            profile.username = Some("scope".into());
            profile.password = Some(Secret::new(b"secret".to_vec()));
        }
        Preset::AzureIotHub | Preset::GoogleIotCore => {
            profile.password = Some(Secret::new(b"a token".to_vec()));
        }
    }
    profile
}

/// Where its devices hear, and where they publish.
fn topics(preset: Preset) -> (&'static str, &'static str) {
    match preset {
        Preset::AzureIotHub => ("devices/pump/messages/devicebound/", "devices/pump/messages/events/"),
        Preset::GoogleIotCore => ("/devices/pump/commands/", "/devices/pump/events"),
        Preset::Local
        | Preset::HomeAssistant
        | Preset::AwsIotCore
        | Preset::HiveMqCloud
        | Preset::EmqxCloud => ("plant/set/", "plant/value"),
    }
}

fn asked(filters: impl IntoIterator<Item = String>, qos: Qos) -> Vec<Subscription> {
    filters.into_iter().map(|filter| subscription(&filter, qos)).collect()
}

fn without_preset(profile: &Profile) -> Profile {
    Profile { preset: None, ..profile.clone() }
}

/// As `until`, of a device that its broker lets be: a loss is a failure, not something to wait through.
async fn steady<T>(device: &mut Device, what: &str, pick: impl Fn(&BrokerEvent) -> Option<T>) -> T {
    let pick = |event: &BrokerEvent| match event {
        BrokerEvent::Lost(lost) => panic!("lost before {what}: {lost:?}"),
        _ => pick(event),
    };
    device.until(what, pick).await
}

async fn online(device: &mut Device) {
    steady(device, "Online", |event| matches!(event, BrokerEvent::Online(_)).then_some(())).await;
}

async fn granted(device: &mut Device, n: usize) -> Vec<Qos> {
    let mut granted = Vec::new();
    while granted.len() < n {
        let answer = |event: &BrokerEvent| match event {
            BrokerEvent::Subscribed { granted, .. } => Some(granted.clone().unwrap()),
            _ => None,
        };
        granted.push(steady(device, "Subscribed", answer).await);
    }
    granted
}

/// The first that is heard of a publication.
async fn first_stage(device: &mut Device) -> Stage {
    let stage = |event: &BrokerEvent| match event {
        BrokerEvent::Publication { stage, .. } => Some(stage.clone()),
        _ => None,
    };
    device.until("a stage", stage).await
}

/// Someone at the vendor's, past all its rules.
async fn inside(broker: SocketAddr) -> Device {
    let subscriptions = asked(["#".to_owned()], Qos::ExactlyOnce);
    let mut inside = Device::start(Profile { subscriptions, ..profile(broker, Version::V3, "inside") });
    inside.granted(1).await;
    inside
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_preset_reaches_its_broker_with_twenty_filters_and_talks_both_ways() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let https = [(Preset::AwsIotCore, true)];
    for (preset, at_https) in Preset::ALL.map(|preset| (preset, false)).into_iter().chain(https) {
        let vendor = Vendor::open(preset, &papers, at_https, broker.address).await;
        let mut profile = chosen(preset, &papers, vendor.address.port(), at_https);
        assert_eq!(profile.limits().check_profile(&profile), Ok(()), "{preset:?}");
        let (hears, says) = topics(preset);
        profile.subscriptions = asked((0..20).map(|i| format!("{hears}{i}")), Qos::ExactlyOnce);
        let mut inside = inside(broker.address).await;
        let mut device = Device::start(profile);
        online(&mut device).await;
        granted(&mut device, 20).await;
        device.publish(1, publication(says, b"21.5", Qos::AtLeastOnce, false));
        assert!(matches!(device.stages(1).await.last(), Some(Stage::Acknowledged(_))), "{preset:?}");
        assert_eq!(inside.heard(1).await[0].topic, says);
        inside.publish(1, publication(&format!("{hears}19"), b"on", Qos::ExactlyOnce, false));
        assert_eq!(device.heard(1).await[0].payload, b"on");
        assert_eq!(vendor.refused(), Vec::<String>::new(), "{preset:?}");
        vendor.close().await;
    }
    broker.stop().await;
}

/// The subscriptions that a preset begins with are ones that its broker takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_preset_hears_by_itself_its_broker_grants() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    for preset in Preset::ALL {
        let vendor = Vendor::open(preset, &papers, false, broker.address).await;
        let profile = chosen(preset, &papers, vendor.address.port(), false);
        let n = profile.subscriptions.len();
        assert!(n > 0, "{preset:?}");
        granted(&mut Device::start(profile), n).await;
        assert_eq!(vendor.refused(), Vec::<String>::new(), "{preset:?}");
        vendor.close().await;
    }
    broker.stop().await;
}

fn large(n_bytes: usize) -> Publication {
    publication("a", &vec![b'x'; n_bytes], Qos::AtMostOnce, false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publications_that_would_end_the_connection_do_not_go() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let (_listener, silent) = listen().await;
    let (aws, azure, google) = (Preset::AwsIotCore, Preset::AzureIotHub, Preset::GoogleIotCore);
    let exactly_once = || publication("a", b"1", Qos::ExactlyOnce, false);
    let retained = || publication("a", b"1", Qos::AtMostOnce, true);
    let deep = || publication("a/b/c/d/e/f/g/h/i", b"1", Qos::AtMostOnce, false);
    for (preset, forbidden, words, refused) in [
        (aws, exactly_once(), "AWS IoT Core takes QoS 1 at most", "PUBLISH at QoS 2"),
        (aws, deep(), "AWS IoT Core takes at most 7 slashes", "slashes in a topic"),
        (aws, large(131_072), "AWS IoT Core takes packets of at most 131072", " bytes"),
        (azure, exactly_once(), "Azure IoT Hub takes QoS 1 at most", "PUBLISH at QoS 2"),
        (azure, retained(), "Azure IoT Hub keeps no retained messages", "retain"),
        (azure, large(262_144), "Azure IoT Hub takes packets of at most 262144", " bytes"),
        (Preset::HiveMqCloud, large(5_242_880), "HiveMQ Cloud takes packets", " bytes"),
        (Preset::EmqxCloud, large(1_048_576), "EMQX Cloud takes packets", " bytes"),
        (google, exactly_once(), "Google Cloud IoT Core takes QoS 1", "PUBLISH at QoS 2"),
        (google, retained(), "Google Cloud IoT Core keeps no retained", "retain"),
        (google, large(262_144), "Google Cloud IoT Core takes packets", " bytes"),
    ] {
        let vendor = Vendor::open(preset, &papers, false, broker.address).await;
        let profile = chosen(preset, &papers, vendor.address.port(), false);
        // Online, and before: what can never go isn't held either.
        for port in [vendor.address.port(), silent.port()] {
            let mut profile = profile.clone();
            profile.address.port = port;
            let mut device = Device::start(profile);
            if port == vendor.address.port() {
                online(&mut device).await;
            }
            device.publish(1, forbidden.clone());
            let stage = first_stage(&mut device).await;
            let Stage::NotSent(told) = &stage else { panic!("{preset:?}: {stage:?}") };
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(vendor.refused(), Vec::<String>::new(), "{preset:?}");
        let mut device = Device::start(without_preset(&profile));
        device.online().await;
        device.publish(1, forbidden);
        device.lost().await;
        assert!(vendor.refused()[0].contains(refused), "{preset:?}: {:?}", vendor.refused());
        vendor.close().await;
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ninth_filter_goes_into_the_next_subscribe_to_aws() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let vendor = Vendor::open(Preset::AwsIotCore, &papers, false, broker.address).await;
    let mut profile = chosen(Preset::AwsIotCore, &papers, vendor.address.port(), false);
    profile.subscriptions = asked((0..9).map(|i| format!("plant/{i}")), Qos::AtMostOnce);
    granted(&mut Device::start(profile.clone()), 9).await;
    assert_eq!(vendor.refused(), Vec::<String>::new());
    let without = Profile { version: Version::V3, ..without_preset(&profile) };
    Device::start(without).lost().await;
    assert_eq!(vendor.refused()[0], "9 filters");
    vendor.close().await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscriptions_at_qos_2_are_asked_at_what_the_broker_takes_and_it_is_said() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let vendor = Vendor::open(Preset::AwsIotCore, &papers, false, broker.address).await;
    let mut profile = chosen(Preset::AwsIotCore, &papers, vendor.address.port(), false);
    profile.subscriptions = asked(["a".to_owned()], Qos::ExactlyOnce);
    let mut device = Device::start(profile.clone());
    let notice = |event: &BrokerEvent| match event {
        BrokerEvent::Notice(Notice::Words(words)) => Some(words.clone()),
        _ => None,
    };
    let words = device.until("a notice", notice).await;
    assert_eq!(words, "AWS IoT Core takes QoS 1 at most: a subscription is asked at QoS 1");
    assert_eq!(granted(&mut device, 1).await, [Qos::AtLeastOnce]);
    device.ask(BrokerRequest::Subscribe(subscription("b", Qos::ExactlyOnce)));
    assert!(device.until("a notice", notice).await.contains("QoS 1 at most"));
    assert_eq!(granted(&mut device, 1).await, [Qos::AtLeastOnce]);
    assert_eq!(vendor.refused(), Vec::<String>::new());
    // Without the preset the broker keeps silent: what is asked later is answered, and this never.
    let mut device = Device::start(without_preset(&profile));
    device.online().await;
    eventually("the SUBSCRIBE arrives", || !vendor.refused().is_empty()).await;
    device.ask(BrokerRequest::Subscribe(subscription("later", Qos::AtMostOnce)));
    let first = device.until("Subscribed", |event| match event {
        BrokerEvent::Subscribed { subscription, .. } => Some(subscription.filter.to_string()),
        _ => None,
    });
    assert_eq!(first.await, "later");
    assert_eq!(vendor.refused()[0], "SUBSCRIBE at QoS 2");
    vendor.close().await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_that_would_end_the_connection_are_refused_in_words() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    for (preset, filter, words, refused) in [
        (Preset::AwsIotCore, "a/b/c/d/e/f/g/h/#", "takes at most 7 slashes", "slashes in a filter"),
        (Preset::AzureIotHub, "#", "Azure IoT Hub has fixed topics", "#"),
        (Preset::GoogleIotCore, "#", "Google Cloud IoT Core has fixed topics", "#"),
    ] {
        let vendor = Vendor::open(preset, &papers, false, broker.address).await;
        let mut profile = chosen(preset, &papers, vendor.address.port(), false);
        profile.subscriptions = asked([filter.to_owned()], Qos::AtMostOnce);
        let mut device = Device::start(profile.clone());
        let refusal = steady(&mut device, "Subscribed", |event| match event {
            BrokerEvent::Subscribed { granted, .. } => granted.clone().err(),
            _ => None,
        });
        let told = refusal.await.words.unwrap();
        assert!(told.contains(words) && told.contains("nothing was sent"), "{told}");
        assert_eq!(vendor.refused(), Vec::<String>::new(), "{preset:?}");
        Device::start(without_preset(&profile)).lost().await;
        assert_eq!(vendor.refused()[0], refused, "{preset:?}");
        vendor.close().await;
    }
    broker.stop().await;
}

fn will(qos: Qos, retain: bool) -> Will {
    Will {
        topic: Topic::parse("gone").unwrap(),
        payload: Payload::default(),
        qos,
        retain,
        delay_s: 0,
        properties: PublishProperties::default(),
    }
}

/// What can't be put right by itself is refused before anything is dialled, wherever the profile comes from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_a_broker_does_not_take_are_refused_in_words() {
    type Change = fn(&mut Profile);
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let cases: [(Preset, Change, &str, &str); 9] = [
        (Preset::AwsIotCore, |it| it.keep_alive_s = 29, "keep-alive of 30 to 1200 s", "keep-alive 29"),
        (Preset::AwsIotCore, |it| it.keep_alive_s = 1_201, "1201 is outside", "keep-alive 1201"),
        (Preset::AwsIotCore, |it| it.will = Some(will(Qos::ExactlyOnce, false)), "QoS 1", "will at QoS 2"),
        (Preset::AzureIotHub, |it| it.version = Version::V5, "speaks mqtt 3.1.1 alone", "MQTT 5"),
        (Preset::AzureIotHub, |it| it.keep_alive_s = 0, "keep-alive of 1 to 1177 s", "keep-alive 0"),
        (
            Preset::AzureIotHub,
            |it| it.will = Some(will(Qos::AtMostOnce, true)),
            "no retained",
            "retained will",
        ),
        (Preset::GoogleIotCore, |it| it.version = Version::V5, "speaks mqtt 3.1.1 alone", "MQTT 5"),
        (Preset::GoogleIotCore, |it| it.will = Some(will(Qos::AtMostOnce, false)), "no last will", "will"),
        (Preset::GoogleIotCore, |it| it.keep_alive_s = 1_201, "1201 is outside", "keep-alive 1201"),
    ];
    for (preset, change, words, refused) in cases {
        let vendor = Vendor::open(preset, &papers, false, broker.address).await;
        let mut profile = chosen(preset, &papers, vendor.address.port(), false);
        change(&mut profile);
        let told = profile.limits().check_profile(&profile).unwrap_err();
        assert!(told.contains(words), "{told}");
        assert_eq!(without_preset(&profile).limits().check_profile(&profile), Ok(()));
        Device::start(without_preset(&profile)).lost().await;
        assert_eq!(vendor.refused()[0], refused, "{preset:?}");
        vendor.close().await;
    }
    broker.stop().await;
}

/// What a preset fills in and asks for is what its broker wants: each piece taken out is missed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_preset_fills_in_is_missed_when_it_is_taken_out() {
    type Change = fn(&mut Profile);
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let cases: [(Preset, Change, &str); 7] = [
        (Preset::AwsIotCore, |it| it.tls.alpn.clear(), "ALPN None"),
        (Preset::AwsIotCore, |it| (it.tls.cert_file, it.tls.key_file) = (None, None), "TLS: "),
        (Preset::AwsIotCore, |it| it.address.host = "127.0.0.1".into(), "no SNI"),
        (Preset::AzureIotHub, |it| it.username = Some("pump".into()), "not known"),
        (Preset::AzureIotHub, |it| it.version = Version::V5, "MQTT 5"),
        (Preset::HiveMqCloud, |it| it.address.host = "127.0.0.1".into(), "no SNI"),
        (Preset::GoogleIotCore, |it| it.password = None, "not known"),
    ];
    for (preset, change, refused) in cases {
        let at_https = preset == Preset::AwsIotCore;
        let vendor = Vendor::open(preset, &papers, at_https, broker.address).await;
        let mut profile = chosen(preset, &papers, vendor.address.port(), at_https);
        change(&mut profile);
        Device::start(profile.clone()).lost().await;
        assert!(vendor.refused()[0].starts_with(refused), "{preset:?}: {:?}", vendor.refused());
        if refused == "no SNI" {
            profile.tls.server_name = Some("localhost".into());
            online(&mut Device::start(profile)).await;
        }
        vendor.close().await;
    }
    broker.stop().await;
}
