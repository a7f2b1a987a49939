//! The doctor on each way to a broker, and the table of what goes wrong on it, by the text of the report.
use crate::gates::{Asks, Gate, Papers, Way, named, server};
use crate::{PATIENT, broker, json, look, mqttscope, profile, text};
use mqttscope::headless::doctor::Publish;
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::profile::{PasswordSource, Proxy, TlsSettings};
use mqttscope::mqtt::{Address, Check, Finding, Outcome, Profile, Secret, Transport, Verdict, Version};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener};

const VERSIONS: [Version; 2] = [Version::V5, Version::V3];

fn by(transport: Transport, at: SocketAddr, version: Version, papers: &Papers) -> Profile {
    let mut profile = profile(at.port(), version);
    profile.tls = TlsSettings { ca_file: Some(papers.path("ca.pem")), ..TlsSettings::default() };
    profile.address.transport = transport;
    if transport.is_websocket() {
        profile.address.path = "/mqtt".into();
    }
    profile
}

/// What the report says of a check, one line each.
fn notes(found: &[Finding], check: Check) -> Vec<&str> {
    found.iter().filter(|finding| finding.check == check).map(|finding| finding.note.as_str()).collect()
}

async fn healthy(profile: Profile) -> Vec<Finding> {
    let (verdict, found) = look(profile, PATIENT, Publish::RoundTrips).await;
    assert_eq!(verdict, Verdict::Healthy, "{}", text(&found));
    assert!(found.iter().all(|finding| finding.outcome == Outcome::Good), "{}", text(&found));
    assert!(text(&found).contains("✓ round trip QoS 2"), "{}", text(&found));
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_and_websocket_each_have_their_lines() {
    let (broker, papers) = (broker([]).await, Papers::new("The Authority"));
    let config = server(&papers.server(), &Asks::default());
    for (transport, way) in [
        (Transport::Tls, Way::Tls(config.clone())),
        (Transport::WebSocket, Way::WebSocket),
        (Transport::SecureWebSocket, Way::SecureWebSocket(config)),
    ] {
        let gate = Gate::open(way, broker.address()).await;
        for version in VERSIONS {
            let found = healthy(by(transport, gate.address, version, &papers)).await;
            let (tls, chain) = (notes(&found, Check::Step(Step::Tls)), notes(&found, Check::Certificate));
            assert_eq!((tls.len(), chain.len()), if transport.is_tls() { (1, 1) } else { (0, 0) });
            if transport.is_tls() {
                assert!(tls[0].starts_with("TLS 1.3 · TLS13_"), "{tls:?}");
                let whose = "broker · issued by The Authority";
                assert!(chain[0].starts_with(whose) && chain[0].contains("days left"), "{chain:?}");
                assert!(chain[0].contains("127.0.0.1, localhost"), "{chain:?}");
            }
            let frames = notes(&found, Check::Step(Step::WebSocket));
            let expected: &[&str] =
                if transport.is_websocket() { &["status 101, sub-protocol mqtt"] } else { &[] };
            assert_eq!(frames, expected);
        }
        gate.close().await;
    }
}

/// Takes one guest after another: says this to what comes first, then lets them through.
async fn relay(mut guest: TcpStream, welcome: &'static str, to: SocketAddr) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && guest.read_buf(&mut head).await.is_ok_and(|n| n > 0) {}
    if guest.write_all(welcome.as_bytes()).await.is_ok()
        && let Ok(mut onward) = TcpStream::connect(to).await
    {
        let _ = tokio::io::copy_bidirectional(&mut guest, &mut onward).await;
    }
}

async fn proxied(welcome: &'static str, profile: Profile) -> Profile {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = SocketAddr::from(([127, 0, 0, 1], profile.address.port));
    tokio::spawn(async move {
        while let Ok((guest, _)) = listener.accept().await {
            tokio::spawn(relay(guest, welcome, to));
        }
    });
    let credentials = Some(("me".to_owned(), Secret::new(b"hunter2".to_vec())));
    Profile { proxy: Some(Proxy { host: "127.0.0.1".into(), port, credentials }), ..profile }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_and_a_unix_socket_each_have_their_line() {
    let broker = broker([]).await;
    let plain = profile(broker.address().port(), Version::V5);
    let found = healthy(proxied("HTTP/1.1 200 OK\r\n\r\n", plain.clone()).await).await;
    assert_eq!(notes(&found, Check::Step(Step::Proxy)).len(), 1, "{}", text(&found));
    assert!(!text(&found).contains("hunter2"));

    let files = tempfile::tempdir().unwrap();
    let path = files.path().join("broker.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let to = broker.address();
    tokio::spawn(async move {
        while let Ok((mut guest, _)) = listener.accept().await {
            let mut onward = TcpStream::connect(to).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut guest, &mut onward).await });
        }
    });
    let path = path.to_str().unwrap().to_owned();
    let address = Address { transport: Transport::Unix, host: String::new(), port: 0, path: path.clone() };
    let found = healthy(Profile { address, ..plain }).await;
    assert_eq!(notes(&found, Check::Step(Step::Tcp)), [path]);
    assert_eq!(found[0].check, Check::Step(Step::Tcp), "a path needs no name server");
}

/// A port that answers everything with this.
async fn answering(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut guest, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && guest.read_buf(&mut head).await.is_ok_and(|n| n > 0) {}
            let _ = guest.write_all(answer.as_bytes()).await;
            let _ = guest.shutdown().await;
        }
    });
    address
}

/// What is wrong, the way, the failing step, and words of the line, of its meaning and of its remedy.
type Wrong = (&'static str, Profile, Step, &'static str, &'static str, &'static str);

const UNSAFE: &str = "no safe connection to it came about";
const NO_SOCKET: &str = "it opened no WebSocket for MQTT";
const NO_WAY: &str = "the proxy did not let us through";

/// A gate for each certificate that is not to be trusted, and one that wants ours.
async fn of_certificates(papers: &Papers, to: SocketAddr) -> (Vec<Gate>, Vec<Wrong>) {
    let others = Papers::new("Another Authority");
    let mut old = named(&["127.0.0.1"], "broker");
    (old.not_before, old.not_after) = (rcgen::date_time_ymd(2019, 1, 2), rcgen::date_time_ymd(2020, 1, 2));
    let elsewhere = named(&["broker.example"], "broker");
    let wants_ours = Asks { clients_of: Some(papers.path("ca.pem")), ..Asks::default() };
    let (mut gates, mut wrongs) = (Vec::new(), Vec::new());
    for (what, paper, asks, words, remedy) in [
        ("unknown CA", others.server(), Asks::default(), "signed by \"Another Authority\"", "--cafile"),
        ("expired", papers.sign("old", &old), Asks::default(), "expired on 2020-01-02", "renew it"),
        (
            "wrong name",
            papers.sign("far", &elsewhere),
            Asks::default(),
            "is not for \"127.0.0.1\", but for broker.example",
            "--server-name",
        ),
        (
            "client certificate",
            papers.server(),
            wants_ours,
            "requires a client certificate",
            "--cert and --key",
        ),
    ] {
        let gate = Gate::open(Way::Tls(server(&paper, &asks)), to).await;
        let profile = by(Transport::Tls, gate.address, Version::V5, papers);
        wrongs.push((what, profile, Step::Tls, words, UNSAFE, remedy));
        gates.push(gate);
    }
    let gate = Gate::open(Way::Tls(server(&papers.server(), &Asks::default())), to).await;
    let plain = by(Transport::Tcp, gate.address, Version::V5, papers);
    wrongs.push((
        "plain to TLS",
        plain,
        Step::Connect,
        "a TLS server",
        "did not answer as a broker",
        "try mqtts://",
    ));
    gates.push(gate);
    let secure = by(Transport::Tls, to, Version::V5, papers);
    wrongs.push(("TLS to plain", secure, Step::Tls, "TLS", UNSAFE, "try mqtt://127.0.0.1"));
    (gates, wrongs)
}

async fn of_servers_between(papers: &Papers, to: SocketAddr) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    for (what, answer, words, remedy) in [
        ("404", "HTTP/1.1 404 Not Found\r\n\r\n", "has no WebSocket at \"/mqtt\" (404)", "/mqtt, /ws and /"),
        ("401", "HTTP/1.1 401 Unauthorized\r\n\r\n", "wants credentials for \"/mqtt\" (401", "--ws-header"),
        (
            "301",
            "HTTP/1.1 301 Moved\r\nLocation: https://b.example/mqtt\r\n\r\n",
            "sends \"/mqtt\" elsewhere (301",
            "connect to wss://b.example/mqtt",
        ),
    ] {
        let profile = by(Transport::WebSocket, answering(answer).await, Version::V5, papers);
        wrongs.push((what, profile, Step::WebSocket, words, NO_SOCKET, remedy));
    }
    let plain = by(Transport::Tcp, to, Version::V5, papers);
    for (what, answer, words, remedy) in [
        ("403 of a proxy", "HTTP/1.1 403 Forbidden\r\n\r\n", "(403 Forbidden)", "port 443"),
        (
            "407 of a proxy",
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "wants a user name and password",
            "--proxy http://user:password@host:port",
        ),
    ] {
        let port = answering(answer).await.port();
        let proxy = Some(Proxy { host: "127.0.0.1".into(), port, credentials: None });
        wrongs.push((what, Profile { proxy, ..plain.clone() }, Step::Proxy, words, NO_WAY, remedy));
    }
    let address = Address {
        transport: Transport::Unix,
        host: String::new(),
        port: 0,
        path: papers.path("no.sock").to_str().unwrap().into(),
    };
    let unix = Profile { address, ..plain };
    wrongs.push((
        "no socket",
        unix,
        Step::Tcp,
        "there is no socket",
        "no connection came about",
        "check the path",
    ));
    wrongs
}

/// What fails before a broker is asked: nothing listens on the port where the proxy should be.
fn of_our_side(proxy_port: u16, plain: &Profile) -> [Wrong; 2] {
    let proxy = Some(Proxy { host: "127.0.0.1".into(), port: proxy_port, credentials: None });
    let password_source = PasswordSource::Command("false".into());
    [
        (
            "a proxy that does not run",
            Profile { proxy, ..plain.clone() },
            Step::Tcp,
            "the proxy can't be reached: nothing listens on 127.0.0.1",
            "no connection came about",
            "check --proxy, and that the proxy runs",
        ),
        (
            "a password command that fails",
            Profile { password_source, ..plain.clone() },
            Step::Connect,
            "the password command failed",
            "nothing was sent to a broker",
            "in a shell",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_on_the_way_is_named_with_its_meaning_and_what_to_try() {
    let (broker, papers) = (broker([]).await, Papers::new("The Authority"));
    let (gates, mut wrongs) = of_certificates(&papers, broker.address()).await;
    wrongs.extend(of_servers_between(&papers, broker.address()).await);
    // Bound and never listening: nobody else gets the port, and nobody answers on it.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let plain = by(Transport::Tcp, broker.address(), Version::V5, &papers);
    wrongs.extend(of_our_side(closed.local_addr().unwrap().port(), &plain));
    for (what, profile, step, words, meaning, remedy) in wrongs {
        let (verdict, found) = look(profile, PATIENT, Publish::RoundTrips).await;
        let report = text(&found);
        assert_eq!(verdict, Verdict::CannotConnect, "{what}: {report}");
        let last = found.last().unwrap();
        assert_eq!(last.check, Check::Step(step), "{what}: {report}");
        let line = text(std::slice::from_ref(last));
        assert!(line.starts_with(&format!("✗ {}", step.words())) && line.contains(words), "{what}: {report}");
        let told =
            |label: &str, words: &str| line.lines().any(|line| line.contains(label) && line.contains(words));
        assert!(told("that means: ", meaning) && told("what to try: ", remedy), "{what}: {report}");
        let object: serde_json::Value = serde_json::from_str(&json(last)).unwrap();
        assert_eq!((&object["check"], &object["ok"]), (&step.words().into(), &false.into()), "{what}");
        for (key, words) in [("note", words), ("means", meaning), ("try", remedy)] {
            assert!(object[key].as_str().unwrap().contains(words), "{what}: {object}");
        }
    }
    for gate in gates {
        gate.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_flags_of_a_way_reach_the_doctor() {
    let (home, broker, papers) =
        (tempfile::tempdir().unwrap(), broker([]).await, Papers::new("The Authority"));
    let gate = Gate::open(Way::Tls(server(&papers.server(), &Asks::default())), broker.address()).await;
    let (ca, url) = (papers.path("ca.pem"), format!("mqtts://{}", gate.address));
    let ca = ca.to_str().unwrap();
    let (code, out, err) = mqttscope(&["doctor", "--cafile", ca, "--read-only", &url], home.path());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("✓ TLS") && out.contains("– round trip QoS 0"), "{out}");
    assert!(out.contains("nothing is published: mqttscope is read-only"), "{out}");
    let others = Papers::new("Another Authority");
    let ca = others.path("ca.pem");
    let (code, out, _) =
        mqttscope(&["doctor", "--json", "--cafile", ca.to_str().unwrap(), &url], home.path());
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("signed by \\\"The Authority\\\"") && out.contains("\"ok\":false,\"exit\":3"),
        "{out}"
    );
    gate.close().await;
}

#[tokio::test]
async fn an_address_of_a_name_that_is_no_use_spoils_nothing() {
    let broker = broker([]).await;
    let mut profile = profile(broker.address().port(), Version::V5);
    profile.address.host = "localhost".into();
    let both = tokio::net::lookup_host(("localhost", 1)).await.unwrap().count() > 1;
    let (verdict, found) = look(profile.clone(), PATIENT, Publish::Nothing).await;
    assert_eq!(verdict, Verdict::Healthy, "{}", text(&found));
    let lines = notes(&found, Check::Step(Step::Tcp));
    if both {
        assert!(lines.iter().any(|line| line.starts_with("nothing listens on [::1]")), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("127.0.0.1:")), "{lines:?}");
        assert!(text(&found).contains("one address of several is no use"), "{}", text(&found));
        assert!(text(&found).contains(" · goes on with this one"), "{}", text(&found));
    }
    drop(broker);
    let (verdict, found) = look(profile, PATIENT, Publish::Nothing).await;
    assert_eq!(verdict, Verdict::CannotConnect);
    let last = text(&found[found.len() - 1..]);
    let expected = if both { "none of the 2 addresses takes a connection" } else { "nothing listens on" };
    assert!(last.contains(expected) && last.contains("start a broker there"), "{}", text(&found));
}
