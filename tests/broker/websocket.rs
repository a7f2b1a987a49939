//! MQTT over WebSocket, and servers that answer something else, in words.
use crate::gates::{Gate, Way};
use crate::rig::{Device, Independent, Peer, VERSIONS, listen, profile, publication, subscription};
use futures_util::{SinkExt, StreamExt};
use mqttscope::mqtt::port::{Lost, Step};
use mqttscope::mqtt::profile::PasswordSource;
use mqttscope::mqtt::{Profile, Qos, Secret, Transport, Version};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

fn framed(address: SocketAddr, version: Version, path: &str) -> Profile {
    let mut profile = profile(address, version, "framed");
    profile.address.transport = Transport::WebSocket;
    profile.address.path = path.into();
    profile
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packets_come_whole_however_they_are_framed() {
    let broker = Independent::start().await;
    let gate = Gate::open(Way::WebSocket, broker.address).await;
    for version in VERSIONS {
        let subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
        let mut device = Device::start(Profile { subscriptions, ..framed(gate.address, version, "/mqtt") });
        device.granted(1).await;
        let large = vec![b'x'; 200_000];
        for (ticket, qos) in (1..).zip(Qos::ALL) {
            device.publish(ticket, publication("a/b", &large, qos, false));
            device.stages(ticket).await;
        }
        assert!(device.heard(3).await.iter().all(|message| message.payload == large));
    }
    gate.close().await;
    broker.stop().await;
}

/// The request as it came, and how the device took this answer.
async fn answered(answer: &'static str, profile: impl FnOnce(SocketAddr) -> Profile) -> (String, Lost) {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address));
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && socket.read_buf(&mut request).await.unwrap() > 0 {}
    socket.write_all(answer.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    (String::from_utf8(request).unwrap(), device.lost().await)
}

#[tokio::test]
async fn the_request_carries_path_query_sub_protocol_and_headers() {
    let (request, lost) = answered("HTTP/1.1 401 Unauthorized\r\n\r\n", |address| Profile {
        ws_headers: vec![("Authorization".into(), Secret::new(b"Bearer hunter2".to_vec()))],
        ws_headers_made: vec![("X-Made".into(), PasswordSource::Command("echo anew".into()))],
        ..framed(address, Version::V5, "/ws?X-Signature=hunter3")
    })
    .await;
    assert!(request.starts_with("GET /ws?X-Signature=hunter3 HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("x-made: anew\r\n"), "{request}");
    let request = request.to_lowercase();
    assert!(request.contains("sec-websocket-protocol: mqtt\r\n"), "{request}");
    assert!(request.contains("authorization: bearer hunter2\r\n"), "{request}");
    assert!(!format!("{lost:?}").contains("hunter"), "{lost:?}");
}

#[tokio::test]
async fn answers_that_open_no_websocket_are_told_with_the_remedy() {
    for (answer, cause, remedy) in [
        ("HTTP/1.1 404 Not Found\r\n\r\n", "has no WebSocket at \"/mqtt\" (404)", "/mqtt, /ws and /"),
        ("HTTP/1.1 401 Unauthorized\r\n\r\n", "wants credentials for \"/mqtt\" (401", "--ws-header"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "wants credentials for \"/mqtt\" (403", "--ws-header"),
        (
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://b.example/mqtt?s=1\r\n\r\n",
            "sends \"/mqtt\" elsewhere (301",
            "connect to wss://b.example/mqtt",
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "with a page instead of a WebSocket (200", "/mqtt, /ws and /"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "did not take the WebSocket request", "try wss://"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "found no broker behind", "the broker is up"),
        ("HTTP/1.1 500 Oh\r\n\r\n", "refused the WebSocket at \"/mqtt\" (500", "/mqtt, /ws and /"),
        (
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "answered the WebSocket request wrongly",
            "/mqtt, /ws and /",
        ),
        ("\u{15}\u{3}\u{1}\0\u{2}", "speaks no HTTP", "try mqtt://"),
        ("", "closed the connection instead of answering", "try mqtt://"),
    ] {
        let (_, lost) = answered(answer, |address| framed(address, Version::V5, "/mqtt")).await;
        assert_eq!(lost.step, Some(Step::WebSocket), "{lost:?}");
        assert!(lost.cause.contains(cause), "{answer:?}: {lost:?}");
        assert!(lost.remedy.as_deref().unwrap_or_default().contains(remedy), "{answer:?}: {lost:?}");
    }
}

/// A server that agrees to this sub-protocol, if to any.
#[expect(clippy::result_large_err, reason = "the library's callback is so")]
async fn agreed(protocol: Option<&'static str>) -> (Device, Option<WebSocketStream<TcpStream>>) {
    let (listener, address) = listen().await;
    let device = Device::start(Profile { max_packet_bytes: 1000, ..framed(address, Version::V5, "/mqtt") });
    let (socket, _) = listener.accept().await.unwrap();
    let agree = |_: &Request, mut response: Response| {
        if let Some(protocol) = protocol {
            response.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
        }
        Ok(response)
    };
    (device, tokio_tungstenite::accept_hdr_async(socket, agree).await.ok())
}

#[tokio::test]
async fn a_websocket_without_the_sub_protocol_mqtt_is_none_of_ours() {
    for (protocol, words) in
        [(None, "did not agree to the sub-protocol mqtt"), (Some("chat"), "another sub-protocol than mqtt")]
    {
        let (mut device, _socket) = agreed(protocol).await;
        let lost = device.lost().await;
        assert_eq!(lost.step, Some(Step::WebSocket));
        assert!(lost.cause.contains(words), "{lost:?}");
    }
}

#[tokio::test]
async fn the_end_of_a_websocket_is_told_in_its_words() {
    let close = |code: u16, reason: &str| {
        Message::Close(Some(CloseFrame { code: code.into(), reason: reason.to_owned().into() }))
    };
    for (message, cause, retries) in [
        (close(1001, ""), "the server closed the WebSocket: it is going away (1001)", true),
        (close(1008, "no token"), "against its policy (1008); it says \"no token\"", true),
        (Message::Text("hello".into()), "sent text over the WebSocket", true),
        (Message::Binary(vec![0; 2_000_000].into()), "over the limit of 1049576", false),
        (close(1000, ""), "closed the connection without answering CONNECT", true),
    ] {
        let (mut device, socket) = agreed(Some("mqtt")).await;
        let mut socket = socket.unwrap();
        assert!(matches!(socket.next().await, Some(Ok(Message::Binary(_)))), "CONNECT");
        // The device may have closed before all of it is written.
        let _ = socket.send(message).await;
        let lost = device.lost().await;
        assert!(lost.cause.contains(cause), "{lost:?}");
        assert_eq!(lost.retry_at.is_some(), retries, "{lost:?}");
    }
}

#[tokio::test]
async fn headers_that_http_does_not_take_are_named_without_their_value() {
    let (_listener, address) = listen().await;
    for (name, value, cause) in [
        ("no name", "x", "\"no name\" is no name of an HTTP header"),
        ("Authorization", "hunter2\r\nX: y", "the value of the header \"Authorization\""),
        ("Sec-WebSocket-Protocol", "chat", "mqttscope's own"),
    ] {
        let ws_headers = vec![(name.to_owned(), Secret::new(value.as_bytes().to_vec()))];
        let lost =
            Device::start(Profile { ws_headers, ..framed(address, Version::V5, "/mqtt") }).lost().await;
        assert!(lost.cause.contains(cause), "{lost:?}");
        assert!(lost.remedy.is_some() && !format!("{lost:?}").contains("hunter2"), "{lost:?}");
    }
}

#[tokio::test]
async fn a_plain_connection_to_a_websocket_port_is_told() {
    let (listener, address) = listen().await;
    let mut device = Device::start(profile(address, Version::V5, "plain"));
    let mut peer = Peer::accept(&listener).await;
    peer.next().await;
    peer.socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    let lost = device.lost().await;
    assert!(lost.cause.contains("an HTTP server answered"), "{lost:?}");
    assert!(lost.remedy.unwrap().contains("ws://"), "{}", lost.cause);
}
