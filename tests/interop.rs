//! Against a real mosquitto, both versions. Run with `cargo test --test interop -- --ignored`.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test waits for one event among many")]
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "broker/gates.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the papers alone are needed here")]
mod gates;
#[path = "common/mosquitto.rs"]
mod mosquitto;
#[path = "broker/rig.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the rig serves other tests as well")]
mod rig;

use gates::{Papers, named};
use mosquitto::Mosquitto;
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::{
    BrokerEvent, BrokerRequest, Profile, Qos, Queued, Reason, Retained, Secret, Stage, Transport, Version,
};
use rig::{Device, PATIENCE, VERSIONS, profile, publication, subscription};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

fn device(broker: &Mosquitto, version: Version, filters: &[(&str, Qos)]) -> Device {
    let subscriptions = filters.iter().map(|(filter, qos)| subscription(filter, *qos)).collect();
    Device::start(Profile { subscriptions, ..profile(broker.address, version, "mqttscopeinterop") })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn the_seed_s_lines_work_as_typed() {
    for version in VERSIONS {
        let broker = Mosquitto::start("");
        let mut device = device(&broker, version, &[("#", Qos::AtMostOnce)]);
        device.granted(1).await;
        broker.publish(&["-t", "/sensors/temperature", "-m", "23.5"]);
        let heard = device.heard(1).await;
        assert_eq!(
            (heard[0].topic.as_str(), heard[0].payload.as_slice()),
            ("/sensors/temperature", &b"23.5"[..])
        );

        let mut listener = broker
            .line_by_line("mosquitto_sub")
            .args(["-t", "/controls/#", "-v", "-C", "1", "-W", "30", "-d"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(listener.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("received SUBACK")));
        device.publish(1, publication("/controls/lighting", b"0.75", Qos::AtMostOnce, false));
        assert!(lines.any(|line| line == "/controls/lighting 0.75"), "mosquitto_sub prints it");
        listener.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn every_qos_is_acknowledged_and_echoed() {
    for version in VERSIONS {
        let broker = Mosquitto::start("");
        let mut device = device(&broker, version, &[("t/#", Qos::ExactlyOnce)]);
        assert_eq!(device.granted(1).await, [Qos::ExactlyOnce]);
        for (ticket, qos) in Qos::ALL.into_iter().enumerate() {
            let ticket = ticket as u64 + 1;
            device.publish(ticket, publication("t/x", qos.to_string().as_bytes(), qos, false));
            let stages = device.stages(ticket).await;
            let last = stages.last().unwrap();
            match qos {
                Qos::AtMostOnce => assert!(matches!(last, Stage::Sent { packet_id: None, .. }), "{stages:?}"),
                Qos::AtLeastOnce | Qos::ExactlyOnce => {
                    assert_eq!(*last, Stage::Acknowledged(Reason::SUCCESS), "{version}: {stages:?}");
                }
            }
        }
        let heard = device.heard(3).await;
        let mut levels: Vec<_> = heard.iter().map(|message| message.qos).collect();
        levels.sort_unstable();
        assert_eq!(levels, Qos::ALL);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn what_is_retained_is_known_as_such_and_exact_topics_stay_apart() {
    for version in VERSIONS {
        let broker = Mosquitto::start("");
        let topics = ["a", "/a", "a/", "a//b", "café/é", "a b/c&d", "$aws/things/x/shadow/update"];
        for topic in topics {
            broker.publish(&["-r", "-t", topic, "-m", topic]);
        }
        let mut device = device(&broker, version, &[("#", Qos::AtMostOnce)]);
        device.granted(1).await;
        // `#` does not cover what begins with $ (section 4.7.2).
        let mut heard: Vec<_> = device.heard(topics.len() - 1).await.to_vec();
        heard.sort_by(|left, right| left.topic.cmp(&right.topic));
        let mut expected: Vec<_> = topics.into_iter().filter(|topic| !topic.starts_with('$')).collect();
        expected.sort_unstable();
        assert_eq!(heard.iter().map(|message| message.topic.as_str()).collect::<Vec<_>>(), expected);
        assert!(heard.iter().all(|message| message.retained == Retained::Yes));
        device.ask(BrokerRequest::Subscribe(subscription("$aws/things/+/shadow/update", Qos::AtMostOnce)));
        let n = topics.len();
        assert_eq!(device.heard(n).await[n - 1].topic, "$aws/things/x/shadow/update");
        // A live one: known not to be retained on 5, unknown on 3.1.1.
        broker.publish(&["-t", "live", "-m", "1"]);
        let expected = if version == Version::V5 { Retained::No } else { Retained::Unknown };
        assert_eq!(device.heard(n + 1).await[n].retained, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn a_restart_under_us_is_survived_without_a_key() {
    for version in VERSIONS {
        let broker = Mosquitto::start("");
        let mut device = device(&broker, version, &[("#", Qos::AtLeastOnce)]);
        device.granted(1).await;
        let killed = broker.kill();
        let lost = device.lost().await;
        assert!(lost.retry_at.is_some(), "{lost:?}");
        device.publish(1, publication("while/away", b"held", Qos::AtLeastOnce, false));
        let broker = killed.again("");
        device.online().await;
        assert_eq!(*device.stages(1).await.last().unwrap(), Stage::Acknowledged(Reason::SUCCESS));
        broker.publish(&["-t", "after", "-m", "1"]);
        device.until("the message after the restart", |_| Some(())).await;
        while !device.heard.iter().any(|message| message.topic == "after") {
            device.until("messages", |_| Some(())).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn a_password_is_asked_for_and_a_wrong_one_refused_in_words() {
    let files = tempfile::TempDir::new().unwrap();
    let path = files.path().join("passwords");
    let made = std::process::Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&path)
        .args(["me", "right"])
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::set_permissions(files.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let lines = format!("allow_anonymous false\npassword_file {}", path.display());
    for version in VERSIONS {
        let broker = Mosquitto::start(&lines);
        let with = |password: &str| Profile {
            username: Some("me".into()),
            password: Some(Secret::new(password.as_bytes().to_vec())),
            ..profile(broker.address, version, "mqttscopepassword")
        };
        let mut device = Device::start(with("right"));
        device.online().await;
        let mut device = Device::start(with("wrong"));
        let lost = device.lost().await;
        assert!(lost.reason.is_some_and(Reason::is_failure), "{lost:?}");
        assert!(lost.cause.contains("not authorized") || lost.cause.contains("bad user name"), "{lost:?}");
        assert!(!format!("{lost:?}").contains("wrong\""), "{lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn a_burst_through_mosquitto_arrives_in_order() {
    for version in VERSIONS {
        let broker = Mosquitto::start("max_queued_messages 0\nmax_inflight_messages 0");
        let mut device = device(&broker, version, &[("burst", Qos::AtLeastOnce)]);
        device.granted(1).await;
        let mut sender = broker
            .tool("mosquitto_pub")
            .args(["-t", "burst", "-q", "1", "-l"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = sender.stdin.take().unwrap();
        let writing = tokio::task::spawn_blocking(move || {
            for n in 0..20_000 {
                std::io::Write::write_all(&mut lines, format!("{n}\n").as_bytes()).unwrap();
            }
        });
        let heard = tokio::time::timeout(PATIENCE * 4, device.heard(20_000)).await.unwrap();
        let numbers: Vec<u32> = heard
            .iter()
            .map(|message| std::str::from_utf8(&message.payload).unwrap().parse().unwrap())
            .collect();
        assert!(numbers.is_sorted(), "order within a topic (section 4.6)");
        writing.await.unwrap();
        sender.wait().unwrap();
    }
}

/// Its own user reads the files.
fn open_to_all(papers: &Papers) {
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(papers.path("."), mode(0o755)).unwrap();
    for name in ["ca.pem", "server.pem", "server.key"] {
        std::fs::set_permissions(papers.path(name), mode(0o644)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn tls_with_and_without_a_certificate_of_ours() {
    let papers = Papers::new("The Authority");
    papers.server();
    open_to_all(&papers);
    let ours = papers.sign("client", &named(&[], "explorer"));
    let strangers = Papers::new("A Stranger");
    let strange = strangers.sign("client", &named(&[], "explorer"));
    let path = |name| papers.path(name).display().to_string();
    let lines = format!(
        "cafile {}\ncertfile {}\nkeyfile {}\n",
        path("ca.pem"),
        path("server.pem"),
        path("server.key")
    );
    for version in VERSIONS {
        for requires in [false, true] {
            let broker = Mosquitto::start(&format!("{lines}require_certificate {requires}"));
            let with = |paper: Option<&gates::Paper>| {
                let mut profile = profile(broker.address, version, "mqttscopetls");
                profile.address.transport = Transport::Tls;
                profile.tls.ca_file = Some(papers.path("ca.pem"));
                profile.tls.cert_file = paper.map(|paper| paper.certificate.clone());
                profile.tls.key_file = paper.map(|paper| paper.key.clone());
                profile.subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
                profile
            };
            let mut device = Device::start(with(requires.then_some(&ours)));
            let facts = device.online().await.tls.unwrap();
            assert_eq!(facts.chain[0].subject, "broker");
            device.granted(1).await;
            device.publish(1, publication("a", b"1", Qos::ExactlyOnce, false));
            device.heard(1).await;
            if requires {
                let lost = Device::start(with(None)).lost().await;
                assert_eq!(lost.step, Some(Step::Tls), "{lost:?}");
                assert!(lost.cause.contains("requires a client certificate"), "{lost:?}");
                let lost = Device::start(with(Some(&strange))).lost().await;
                assert!(lost.cause.contains("refused our certificate"), "{lost:?}");
            }
            // Spoken to in the wrong way, both ways round.
            let plain = profile(broker.address, version, "mqttscopeplain");
            let lost = Device::start(plain).lost().await;
            assert!(lost.remedy.as_deref().unwrap_or_default().contains("TLS"), "{lost:?}");
            let killed = broker.kill();
            device.lost().await;
            let broker = killed.again(&format!("{lines}require_certificate {requires}"));
            device.online().await;
            device.granted(1).await;
            device.publish(2, publication("b", b"2", Qos::AtLeastOnce, false));
            device.stages(2).await;
            drop(broker);
        }
        let broker = Mosquitto::start("");
        let mut settings = profile(broker.address, version, "mqttscopetls");
        settings.address.transport = Transport::Tls;
        settings.tls.insecure = true;
        let lost = Device::start(settings).lost().await;
        assert!(lost.remedy.as_deref().unwrap_or_default().contains("try mqtt://"), "{lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn websocket_plain_and_over_tls_with_a_path() {
    let papers = Papers::new("The Authority");
    papers.server();
    open_to_all(&papers);
    let path = |name| papers.path(name).display().to_string();
    let tls = format!("certfile {}\nkeyfile {}", path("server.pem"), path("server.key"));
    for (lines, transport) in [("", Transport::WebSocket), (tls.as_str(), Transport::SecureWebSocket)] {
        for version in VERSIONS {
            let (_broker, address) = Mosquitto::start_websocket(lines);
            let mut settings = profile(address, version, "mqttscopews");
            settings.address.transport = transport;
            settings.address.path = "/any/path".into();
            settings.tls.ca_file = Some(papers.path("ca.pem"));
            settings.subscriptions = vec![subscription("#", Qos::ExactlyOnce)];
            let mut device = Device::start(settings);
            assert_eq!(device.online().await.tls.is_some(), transport.is_tls());
            device.granted(1).await;
            let large = vec![b'x'; 10_000];
            for (ticket, qos) in (1..).zip(Qos::ALL) {
                device.publish(ticket, publication("a", &large, qos, false));
            }
            let heard = device.heard(3).await;
            assert!(heard.iter().all(|message| message.payload == large), "{transport:?} {version}");
        }
    }
}

/// What an ACL forbids is refused in words where mosquitto says so, and silent where it doesn't.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn an_acl_shows_in_what_is_granted_and_heard() {
    let files = tempfile::TempDir::new().unwrap();
    let path = files.path().join("acl");
    std::fs::write(&path, "topic readwrite open/#\ntopic deny closed/#\n").unwrap();
    std::fs::set_permissions(files.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let lines = format!("acl_file {}", path.display());
    for version in VERSIONS {
        let broker = Mosquitto::start(&lines);
        let mut device = device(&broker, version, &[("#", Qos::AtLeastOnce), ("closed/#", Qos::AtLeastOnce)]);
        let mut answers = Vec::new();
        while answers.len() < 2 {
            let answer = device.until("Subscribed", |event| match event {
                BrokerEvent::Subscribed { subscription, granted } => {
                    Some((subscription.filter.to_string(), granted.clone()))
                }
                _ => None,
            });
            answers.push(answer.await);
        }
        // 2.0.11 grants every filter and passes on what may be read; later ones refuse what is denied.
        for (filter, granted) in answers {
            if let Err(refusal) = granted {
                assert!(filter == "closed/#" && refusal.reason.is_failure(), "{filter}: {refusal:?}");
            }
        }
        device.publish(1, publication("closed/a", b"1", Qos::AtLeastOnce, false));
        let last = device.stages(1).await.pop().unwrap();
        match version {
            // 3.1.1 has no way to say no to a publication (section 3.3.5).
            Version::V3 => assert_eq!(last, Stage::Acknowledged(Reason::SUCCESS)),
            Version::V5 => assert!(matches!(last, Stage::Refused(Reason::NOT_AUTHORIZED, _)), "{last:?}"),
        }
        device.publish(2, publication("open/a", b"2", Qos::AtLeastOnce, false));
        assert_eq!(device.heard(1).await[0].topic, "open/a", "and nothing from closed/");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn a_session_on_disk_outlives_the_broker_with_what_was_queued() {
    for version in VERSIONS {
        let files = tempfile::TempDir::new().unwrap();
        std::fs::set_permissions(files.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        let lines = format!("persistence true\npersistence_location {}/", files.path().display());
        let broker = Mosquitto::start(&lines);
        let subscriptions = vec![subscription("kept/#", Qos::AtLeastOnce)];
        let lasting = Profile {
            clean_start: false,
            session_expiry_s: 600,
            subscriptions,
            ..profile(broker.address, version, "mqttscopekept")
        };
        let mut device = Device::start(lasting);
        device.granted(1).await;
        device.ask(BrokerRequest::Disconnect);
        device.lost().await;
        for n in ["1", "2", "3"] {
            broker.publish(&["-q", "1", "-t", "kept/a", "-m", n]);
        }
        let _broker = broker.end().again(&lines);
        device.ask(BrokerRequest::Connect);
        assert!(device.online().await.connack.session_present, "{version}");
        let heard = device.heard(3).await;
        let payloads: Vec<_> = heard.iter().map(|message| message.payload.as_slice()).collect();
        assert_eq!(payloads, [b"1", b"2", b"3"]);
        assert!(heard.iter().all(|message| message.queued != Queued::No), "{heard:?}");
    }
}

/// The getting-started lines with Learn in them, as somebody would type them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs mosquitto"]
async fn the_seed_s_topics_are_learnt_and_checked_as_typed() {
    let (files, broker) = (tempfile::TempDir::new().unwrap(), Mosquitto::start(""));
    for (topic, payload) in [("/sensors/temperature", "23.5"), ("/controls/lighting", "0.75")] {
        broker.publish(&["-r", "-t", topic, "-m", payload]);
    }
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mqttscope"))
            .args(arguments)
            .current_dir(files.path())
            .env("XDG_CONFIG_HOME", files.path())
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout) + &text(output.stderr))
    };
    for version in ["3", "5"] {
        let (url, file) = (broker.address.to_string(), format!("v{version}.toml"));
        let (code, out) = run(&["learn", &url, "--mqtt", version, "--for", "2s", "-o", &file]);
        assert!(code == 0 && out.contains("2 nodes, 2 of them new"), "{version}: {out}");
        assert!(out.contains("/sensors/temperature  float"), "{out}");
        let path = format!("./{file}");
        let (code, out) = run(&["check", &path, "--for", "2s"]);
        assert!(code == 0 && out.contains("2 nodes and 2 messages"), "{version}: {out}");
    }
    broker.publish(&["-r", "-t", "/controls/lighting", "-m", "bright"]);
    let (code, out) = run(&["check", "./v5.toml", "--for", "2s"]);
    assert!(code == 1 && out.contains("✗ type    /controls/lighting: 1 of 1 payloads are no float"), "{out}");
}
