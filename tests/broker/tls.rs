//! TLS as brokers speak it, and each way in which it fails, in words.
use crate::gates::{Asks, Gate, Paper, Papers, Way, named, server};
use crate::rig::{Device, Independent, VERSIONS, listen, profile, publication, subscription};
use mqttscope::mqtt::port::{Lost, Step};
use mqttscope::mqtt::profile::TlsSettings;
use mqttscope::mqtt::{Profile, Qos, Transport, Version};
use rcgen::KeyPair;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn secure(address: SocketAddr, version: Version, tls: TlsSettings) -> Profile {
    let mut profile = Profile { tls, ..profile(address, version, "secure") };
    profile.address.transport = Transport::Tls;
    profile
}

fn trusting(papers: &Papers) -> TlsSettings {
    TlsSettings { ca_file: Some(papers.path("ca.pem")), ..TlsSettings::default() }
}

fn check(what: &str, lost: &Lost, step: Step, cause: &str, remedy: &str) {
    assert_eq!(lost.step, Some(step), "{what}: {lost:?}");
    assert!(lost.cause.contains(cause), "{what}: {lost:?}");
    assert!(lost.remedy.as_deref().unwrap_or_default().contains(remedy), "{what}: {lost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_flow_and_what_was_agreed_on_is_known() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let asks = Asks { alpn: vec!["x-amzn-mqtt-ca"], ..Asks::default() };
    let gate = Gate::open(Way::Tls(server(&papers.server(), &asks)), broker.address).await;
    for version in VERSIONS {
        let tls = TlsSettings { alpn: vec!["x-amzn-mqtt-ca".into()], ..trusting(&papers) };
        let subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
        let mut device = Device::start(Profile { subscriptions, ..secure(gate.address, version, tls) });
        let facts = device.online().await.tls.unwrap();
        assert_eq!((facts.version.as_str(), facts.insecure), ("TLS 1.3", false));
        assert!(facts.cipher.starts_with("TLS13_"), "{}", facts.cipher);
        assert_eq!(facts.alpn.as_deref(), Some("x-amzn-mqtt-ca"));
        let own = &facts.chain[0];
        assert_eq!((own.subject.as_str(), own.issuer.as_str()), ("broker", "The Authority"));
        assert_eq!(own.names, ["127.0.0.1", "localhost"]);
        assert!(own.not_before_unix_ms < facts.at_unix_ms && facts.at_unix_ms < own.not_after_unix_ms);
        device.granted(1).await;
        // More than one record, and more than one read.
        let large = vec![b'x'; 300_000];
        for (ticket, qos) in (1..).zip(Qos::ALL) {
            device.publish(ticket, publication("a/b", &large, qos, false));
            device.stages(ticket).await;
        }
        assert!(device.heard(3).await.iter().all(|message| message.payload == large));
    }
    gate.close().await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_ours_is_shown_whatever_form_its_key_has() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    for tls12_only in [true, false] {
        let asks = Asks { clients_of: Some(papers.path("ca.pem")), tls12_only, ..Asks::default() };
        let gate = Gate::open(Way::Tls(server(&papers.server(), &asks)), broker.address).await;
        for (key, pkcs8) in [
            (include_str!("keys/rsa-pkcs1.pem"), include_str!("keys/rsa-pkcs8.pem")),
            (include_str!("keys/rsa-pkcs8.pem"), include_str!("keys/rsa-pkcs8.pem")),
            (include_str!("keys/ec-sec1.pem"), include_str!("keys/ec-pkcs8.pem")),
            (include_str!("keys/ec-pkcs8.pem"), include_str!("keys/ec-pkcs8.pem")),
        ] {
            let pair = KeyPair::from_pem(pkcs8).unwrap();
            let ours = papers.sign_for("client", &named(&[], "explorer"), &pair);
            papers.write("client.key", key);
            let tls = TlsSettings {
                cert_file: Some(ours.certificate.clone()),
                key_file: Some(ours.key.clone()),
                ..trusting(&papers)
            };
            Device::start(secure(gate.address, Version::V5, tls)).online().await;
            // Certificate and key in one file.
            let both = std::fs::read_to_string(&ours.certificate).unwrap() + key;
            let tls = TlsSettings { cert_file: Some(papers.write("both.pem", &both)), ..trusting(&papers) };
            Device::start(secure(gate.address, Version::V5, tls)).online().await;
        }
        gate.close().await;
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_certificate_that_cannot_be_trusted_is_named() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    let others = Papers::new("Another Authority");
    let local = || named(&["127.0.0.1"], "broker");
    let dated = |from, until| {
        let mut params = local();
        params.not_before = rcgen::date_time_ymd(from, 1, 2);
        params.not_after = rcgen::date_time_ymd(until, 1, 2);
        params
    };
    let key = KeyPair::generate().unwrap();
    let alone = local().self_signed(&key).unwrap();
    let cases: [(&str, Paper, &str, &str); 5] = [
        (
            "unknown authority",
            others.sign("x", &local()),
            "signed by \"Another Authority\", an authority which",
            "the certificate of \"Another Authority\" to --cafile",
        ),
        (
            "self-signed",
            papers.paper("x", &alone.pem(), &key.serialize_pem()),
            "signed by itself",
            "--cafile",
        ),
        (
            "expired",
            papers.sign("expired", &dated(2019, 2020)),
            "the certificate of \"broker\" expired on 2020-01-02",
            "renew it",
        ),
        (
            "not yet valid",
            papers.sign("early", &dated(2090, 2091)),
            "\"broker\" is not valid before 2090-01-02",
            "clock",
        ),
        (
            "other name",
            papers.sign("other", &named(&["broker.example", "10.0.0.1"], "broker")),
            "is not for \"127.0.0.1\", but for broker.example, 10.0.0.1",
            "--server-name",
        ),
    ];
    for (what, paper, cause, remedy) in cases {
        let gate = Gate::open(Way::Tls(server(&paper, &Asks::default())), broker.address).await;
        let lost = Device::start(secure(gate.address, Version::V5, trusting(&papers))).lost().await;
        check(what, &lost, Step::Tls, cause, remedy);
        // `--insecure` takes each of them, and says so.
        let tls = TlsSettings { insecure: true, ..TlsSettings::default() };
        let facts = Device::start(secure(gate.address, Version::V5, tls)).online().await.tls.unwrap();
        assert!(facts.insecure && facts.chain[0].subject == "broker", "{what}: {facts:?}");
        if what == "other name" {
            let tls = TlsSettings { server_name: Some("broker.example".into()), ..trusting(&papers) };
            Device::start(secure(gate.address, Version::V5, tls)).online().await;
        }
        gate.close().await;
    }
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_wants_a_certificate_of_ours_says_so() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    for tls12_only in [true, false] {
        let asks = Asks { clients_of: Some(papers.path("ca.pem")), tls12_only, ..Asks::default() };
        let gate = Gate::open(Way::Tls(server(&papers.server(), &asks)), broker.address).await;
        let lost = Device::start(secure(gate.address, Version::V5, trusting(&papers))).lost().await;
        check("none", &lost, Step::Tls, "requires a client certificate", "--cert and --key");
        gate.close().await;
    }
    let strangers = Papers::new("A Stranger");
    let strange = strangers.sign("client", &named(&[], "explorer"));
    let asks = Asks { clients_of: Some(papers.path("ca.pem")), ..Asks::default() };
    let gate = Gate::open(Way::Tls(server(&papers.server(), &asks)), broker.address).await;
    let tls = TlsSettings {
        cert_file: Some(strange.certificate),
        key_file: Some(strange.key),
        ..trusting(&papers)
    };
    let lost = Device::start(secure(gate.address, Version::V5, tls)).lost().await;
    check("a stranger's", &lost, Step::Tls, "refused our certificate", "an authority of the broker's");
    assert_eq!(lost.retry_at, None, "to show it again would not help");
    gate.close().await;
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ports_that_speak_something_else_are_told_apart() {
    let (broker, papers) = (Independent::start().await, Papers::new("The Authority"));
    // TLS to a plain port.
    let lost = Device::start(secure(broker.address, Version::V5, trusting(&papers))).lost().await;
    check("plain port", &lost, Step::Tls, "TLS", "try mqtt://127.0.0.1");
    // Plain MQTT to a TLS port.
    let asks = Asks { alpn: vec!["other"], ..Asks::default() };
    let gate = Gate::open(Way::Tls(server(&papers.server(), &asks)), broker.address).await;
    for version in VERSIONS {
        let lost = Device::start(profile(gate.address, version, "plain")).lost().await;
        check("TLS port", &lost, Step::Connect, "a TLS server", "try mqtts://");
    }
    let tls = TlsSettings { alpn: vec!["x-amzn-mqtt-ca".into()], ..trusting(&papers) };
    let lost = Device::start(secure(gate.address, Version::V5, tls)).lost().await;
    check("ALPN", &lost, Step::Tls, "offered by ALPN (x-amzn-mqtt-ca)", "--alpn");
    gate.close().await;
    broker.stop().await;
    // What a server of TLS 1.1 alone answers: the alert protocol_version.
    let (listener, address) = listen().await;
    let mut device = Device::start(secure(address, Version::V5, trusting(&papers)));
    let (mut socket, _) = listener.accept().await.unwrap();
    assert!(socket.read(&mut [0; 1024]).await.unwrap() > 0);
    socket.write_all(b"\x15\x03\x01\x00\x02\x02\x46").await.unwrap();
    check("TLS 1.1", &device.lost().await, Step::Tls, "neither TLS 1.2 nor TLS 1.3", "TLS 1.2 or newer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_hold_the_wrong_thing_are_named_with_the_remedy() {
    // The files are looked at before the first byte goes out: whoever listens says nothing.
    let (_listener, address) = listen().await;
    let papers = Papers::new("The Authority");
    let ours = papers.sign("client", &named(&[], "explorer"));
    let key_text = std::fs::read_to_string(&ours.key).unwrap();
    let file = |name: &str, text: &str| Some(papers.write(name, text));
    let ca = |ca_file| TlsSettings { ca_file, ..TlsSettings::default() };
    let client = |cert_file, key_file| TlsSettings { cert_file, key_file, ..trusting(&papers) };
    let certificate = || Some(ours.certificate.clone());
    let encrypted = "openssl pkey -in";
    for (what, tls, cause, remedy) in [
        ("no CA file", ca(Some(papers.path("none"))), "none\" can't be read: no such file", "check the path"),
        ("empty CA file", ca(file("empty", "")), "empty\" is empty", "another file"),
        ("no PEM", ca(file("words", "words\n")), "holds no PEM section", "--cafile"),
        ("DER", ca(file("der", "0\u{3}abc")), "looks like DER", "openssl x509 -inform der"),
        ("a key as CA", ca(file("k", &key_text)), "holds no certificate, but: private key", "--cafile"),
        ("a client's as CA", ca(certificate()), "\"explorer\", which is no authority's", "\"The Authority\""),
        (
            "damaged",
            ca(file("d", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n")),
            "is damaged",
            "copy it anew",
        ),
        (
            "encrypted key",
            client(certificate(), file("e", include_str!("keys/ec-encrypted.pem"))),
            "is encrypted",
            encrypted,
        ),
        (
            "encrypted key of old",
            client(certificate(), file("e", include_str!("keys/rsa-encrypted.pem"))),
            "is encrypted",
            encrypted,
        ),
        (
            "another's key",
            client(certificate(), file("o", include_str!("keys/ec-pkcs8.pem"))),
            "does not belong to the certificate",
            "the key that the certificate was made with",
        ),
        ("no key", client(certificate(), None), "holds no private key, but: certificate", "--key"),
        ("no certificate", client(None, Some(ours.key.clone())), "no certificate file", "--cert"),
        (
            "a key as certificate",
            client(Some(ours.key.clone()), Some(ours.key.clone())),
            "holds no certificate",
            "--cert",
        ),
    ] {
        let lost = Device::start(secure(address, Version::V5, tls)).lost().await;
        check(what, &lost, Step::Tls, cause, remedy);
    }
    let tls = TlsSettings { server_name: Some("no host name".into()), ..trusting(&papers) };
    let lost = Device::start(secure(address, Version::V5, tls)).lost().await;
    check("server name", &lost, Step::Tls, "\"no host name\" is no host name", "--server-name");
}
