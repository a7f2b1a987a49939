//! Through an HTTP proxy, and over a Unix socket.
use crate::rig::{Device, Independent, VERSIONS, listen, profile, publication, subscription};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::profile::Proxy;
use mqttscope::mqtt::{Address, Profile, Qos, Secret, Transport, Version};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener};

fn through(proxy: SocketAddr, broker: SocketAddr, version: Version) -> Profile {
    let credentials = Some(("me".to_owned(), Secret::new(b"hunter2".to_vec())));
    let proxy = Proxy { host: proxy.ip().to_string(), port: proxy.port(), credentials };
    Profile { proxy: Some(proxy), ..profile(broker, version, "through") }
}

async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.unwrap() > 0 {}
    String::from_utf8(head).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_lets_us_through_to_the_broker() {
    let broker = Independent::start().await;
    for version in VERSIONS {
        let (listener, address) = listen().await;
        let subscriptions = vec![subscription("#", Qos::AtLeastOnce)];
        let mut device =
            Device::start(Profile { subscriptions, ..through(address, broker.address, version) });
        let (mut guest, _) = listener.accept().await.unwrap();
        let request = head(&mut guest).await;
        let expected = format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", broker.address);
        assert!(request.starts_with(&expected), "{request}");
        assert!(request.contains("\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n"), "{request}");
        guest.write_all(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n").await.unwrap();
        let mut onward = TcpStream::connect(broker.address).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut guest, &mut onward).await });
        device.granted(1).await;
        device.publish(1, publication("a", b"1", Qos::AtLeastOnce, false));
        device.heard(1).await;
    }
    broker.stop().await;
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_with_the_remedy() {
    let far = SocketAddr::from(([192, 0, 2, 1], 1883));
    for (answer, cause, remedy, retries) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "wants a user name and password (407 Proxy Authentication Required)",
            "--proxy http://user:password@host:port",
            false,
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "through to 192.0.2.1:1883 (403 Forbidden)", "port 443", true),
        ("HTTP/1.0 502\r\n\r\n", "did not reach 192.0.2.1:1883 (502)", "host and port", true),
        ("HTTP/1.1 418 Teapot\r\n\r\n", "refused to connect to 192.0.2.1:1883 (418 Teapot)", "", true),
        ("SSH-2.0-x\r\n", "is no HTTP proxy", "--proxy", true),
        ("", "closed the connection without an answer", "allows CONNECT", true),
    ] {
        let (listener, address) = listen().await;
        let mut device = Device::start(through(address, far, Version::V5));
        let (mut guest, _) = listener.accept().await.unwrap();
        head(&mut guest).await;
        guest.write_all(answer.as_bytes()).await.unwrap();
        guest.shutdown().await.unwrap();
        let lost = device.lost().await;
        assert_eq!(lost.step, Some(Step::Proxy), "{lost:?}");
        assert!(lost.cause.contains(cause), "{lost:?}");
        assert!(lost.remedy.as_deref().unwrap_or_default().contains(remedy), "{lost:?}");
        assert_eq!(lost.retry_at.is_some(), retries, "{lost:?}");
        assert!(!format!("{lost:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_proxy_without_end_is_given_up() {
    let (listener, address) = listen().await;
    let mut device = Device::start(through(address, address, Version::V5));
    let (mut guest, _) = listener.accept().await.unwrap();
    head(&mut guest).await;
    let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(20_000));
    // It hangs up before all is written.
    let _ = guest.write_all(long.as_bytes()).await;
    assert!(device.lost().await.cause.contains("its answer has no end"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unix_socket_is_a_way_too() {
    let broker = Independent::start().await;
    let files = tempfile::TempDir::new().unwrap();
    let path = files.path().join("broker.sock");
    let at = |version| {
        let path = path.to_str().unwrap().to_owned();
        let address = Address { transport: Transport::Unix, host: String::new(), port: 0, path };
        Profile { address, ..profile(broker.address, version, "unix") }
    };
    let lost = Device::start(at(Version::V5)).lost().await;
    assert_eq!(lost.step, Some(Step::Tcp));
    assert!(lost.cause.contains("there is no socket"), "{lost:?}");
    let listener = UnixListener::bind(&path).unwrap();
    for version in VERSIONS {
        let subscriptions = vec![subscription("#", Qos::AtMostOnce)];
        let mut device = Device::start(Profile { subscriptions, ..at(version) });
        let (mut guest, _) = listener.accept().await.unwrap();
        let mut onward = TcpStream::connect(broker.address).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut guest, &mut onward).await });
        device.granted(1).await;
        for ticket in 1..=3000 {
            device.publish(ticket, publication("a", b"1", Qos::AtMostOnce, false));
        }
        device.heard(3000).await;
    }
    drop(listener);
    let lost = Device::start(at(Version::V5)).lost().await;
    assert!(lost.cause.contains("nothing listens on the socket"), "{lost:?}");
    broker.stop().await;
}
