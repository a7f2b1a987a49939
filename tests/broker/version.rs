//! The version that is found where the user names none, and that no other failure hides behind the search.
use crate::rig::{Device, Peer, listen, profile};
use mqttscope::mqtt::packet::Connect;
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::profile::PasswordSource;
use mqttscope::mqtt::{BrokerRequest, Packet, Profile, Reason, Secret, Version};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

fn sought(address: SocketAddr) -> Profile {
    Profile { version_is_fixed: false, ..profile(address, Version::V5, "sought") }
}

async fn connect(listener: &TcpListener) -> (Peer, Connect) {
    let mut peer = Peer::accept(listener).await;
    match peer.next().await {
        Some(Packet::Connect(connect)) => (peer, *connect),
        other => panic!("no CONNECT but {other:?}"),
    }
}

#[tokio::test]
async fn a_broker_of_3_1_1_is_found_however_it_refuses_5() {
    // Refused in either form, closed, or silence.
    for answer in [Some(&b"\x20\x02\x00\x01"[..]), Some(b"\x20\x03\x00\x84\x00"), Some(b""), None] {
        let (listener, address) = listen().await;
        let mut device = Device::start(sought(address));
        let (mut peer, first) = connect(&listener).await;
        assert_eq!(first.version, Version::V5);
        if let Some(bytes) = answer {
            peer.socket.write_all(bytes).await.unwrap();
            peer.socket.shutdown().await.unwrap();
        } else {
            device.hands.turn(Duration::from_millis(3100));
            device.ask(BrokerRequest::Ping);
        }
        let (mut peer, second) = connect(&listener).await;
        assert_eq!(second.version, Version::V3, "{answer:?}");
        peer.send(&Packet::ConnAck(Box::default())).await;
        assert_eq!(device.online().await.version, Version::V3);
        // What was found stays.
        drop(peer);
        device.lost().await;
        device.ask(BrokerRequest::Connect);
        assert_eq!(connect(&listener).await.1.version, Version::V3);
    }
}

#[tokio::test]
async fn a_broker_of_5_is_not_asked_twice_and_keeps_its_version() {
    let (listener, address) = listen().await;
    let mut device = Device::start(sought(address));
    let (mut peer, _) = connect(&listener).await;
    peer.send(&Packet::ConnAck(Box::default())).await;
    assert_eq!(device.online().await.version, Version::V5);
    drop(peer);
    device.lost().await;
    device.ask(BrokerRequest::Connect);
    let (peer, again) = connect(&listener).await;
    assert_eq!(again.version, Version::V5);
    // Closed without an answer now: that is no matter of the version any more.
    drop(peer);
    assert_eq!(device.lost().await.step, Some(Step::Connect));
    device.ask(BrokerRequest::Connect);
    assert_eq!(connect(&listener).await.1.version, Version::V5);
}

#[tokio::test]
async fn what_was_found_before_is_tried_first_and_may_be_wrong_by_now() {
    let remembered = |address| Profile { version: Version::V3, ..sought(address) };
    let (listener, address) = listen().await;
    let mut device = Device::start(remembered(address));
    let (mut peer, first) = connect(&listener).await;
    assert_eq!(first.version, Version::V3);
    peer.send(&Packet::ConnAck(Box::default())).await;
    assert_eq!(device.online().await.version, Version::V3);
    // Refused, closed, or silence: it speaks 5 alone now.
    for answer in [Some(&b"\x20\x02\x00\x01"[..]), Some(b""), None] {
        let (listener, address) = listen().await;
        let mut device = Device::start(remembered(address));
        let (mut peer, first) = connect(&listener).await;
        assert_eq!(first.version, Version::V3);
        if let Some(bytes) = answer {
            peer.socket.write_all(bytes).await.unwrap();
            peer.socket.shutdown().await.unwrap();
        } else {
            device.hands.turn(Duration::from_millis(3100));
            device.ask(BrokerRequest::Ping);
        }
        let (mut peer, second) = connect(&listener).await;
        assert_eq!(second.version, Version::V5, "{answer:?}");
        peer.send(&Packet::ConnAck(Box::default())).await;
        assert_eq!(device.online().await.version, Version::V5);
    }
    // Another failure is told as it is, and neither is answered: the next attempt begins with 3.1.1 again.
    let mut device = Device::start(remembered(address));
    let (mut peer, _) = connect(&listener).await;
    peer.socket.write_all(b"\x20\x02\x00\x05").await.unwrap();
    assert_eq!(device.lost().await.reason, Some(Reason::NOT_AUTHORIZED));
    let mut device = Device::start(remembered(address));
    drop(connect(&listener).await);
    drop(connect(&listener).await);
    let lost = device.lost().await;
    assert!(lost.cause.contains("in MQTT 5 as in 3.1.1"), "{lost:?}");
    assert_eq!(connect(&listener).await.1.version, Version::V3);
}

#[tokio::test]
async fn other_failures_are_told_as_they_are() {
    let (listener, address) = listen().await;
    let mut device = Device::start(sought(address));
    let (mut peer, _) = connect(&listener).await;
    peer.socket.write_all(b"\x20\x03\x00\x86\x00").await.unwrap();
    let lost = device.lost().await;
    assert_eq!(lost.reason, Some(Reason::BAD_USER_NAME_OR_PASSWORD), "{lost:?}");

    // The second answer is told, not the first.
    let mut device = Device::start(sought(address));
    drop(connect(&listener).await);
    let (mut peer, _) = connect(&listener).await;
    peer.socket.write_all(b"\x20\x02\x00\x05").await.unwrap();
    let lost = device.lost().await;
    assert_eq!(lost.reason, Some(Reason::NOT_AUTHORIZED), "{lost:?}");

    // Neither is answered: what is wrong is not the version. The next attempt begins with 5 again.
    let mut device = Device::start(sought(address));
    drop(connect(&listener).await);
    drop(connect(&listener).await);
    let lost = device.lost().await;
    assert!(lost.cause.contains("in MQTT 5 as in 3.1.1"), "{lost:?}");
    assert!(lost.remedy.as_ref().unwrap().contains("mqtts://"), "{lost:?}");
    assert_eq!(lost.n_attempts, 1);
    assert_eq!(connect(&listener).await.1.version, Version::V5);
}

#[tokio::test]
async fn a_password_without_a_user_name_is_no_reason_for_3_1_1() {
    let (listener, address) = listen().await;
    let password = Some(Secret::new(b"token".to_vec()));
    let mut device = Device::start(Profile { password, ..sought(address) });
    drop(connect(&listener).await);
    let lost = device.lost().await;
    assert!(lost.remedy.as_ref().unwrap().contains("--username"), "{lost:?}");
}

#[tokio::test]
async fn a_fixed_version_is_the_only_one() {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V5, "fixed"));
    drop(connect(&listener).await);
    device.lost().await;
    assert_eq!(connect(&listener).await.1.version, Version::V5);
}

#[tokio::test]
async fn the_password_command_is_run_anew_at_each_connect() {
    let files = tempfile::TempDir::new().unwrap();
    let counter = files.path().join("n");
    let line = format!("echo x >> {0}; wc -l < {0} | tr -d ' '", counter.display());
    let (listener, address) = listen().await;
    let mut device = Device::start(Profile {
        username: Some("me".into()),
        password_source: PasswordSource::Command(line),
        ..profile(address, Version::V5, "token")
    });
    for expected in ["1", "2", "3"] {
        let (mut peer, asked) = connect(&listener).await;
        assert_eq!(asked.password.unwrap().expose(), expected.as_bytes());
        peer.send(&Packet::ConnAck(Box::default())).await;
        device.online().await;
        drop(peer);
        device.lost().await;
        device.ask(BrokerRequest::Connect);
    }
    let mut device = Device::start(Profile {
        username: Some("me".into()),
        password_source: PasswordSource::Command("echo hunter2; exit 1".into()),
        ..profile(address, Version::V5, "token")
    });
    let lost = device.lost().await;
    assert!(lost.cause.contains("the password command failed"), "{lost:?}");
    assert!(!format!("{lost:?}").contains("hunter2"), "{lost:?}");
}
