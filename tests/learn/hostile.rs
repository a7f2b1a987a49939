//! What a hostile broker sends: descriptions that are none, topics that steer a terminal, and too many of them.
use super::home::{Home, broker, publish, url};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn descriptions_that_are_none_are_ignored_with_a_count() {
    let (home, broker) = (Home::new(), broker([]).await);
    let deep = "{\"a\":".repeat(10_000);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(5 << 20));
    let good = r#"{"name":"Boiler","state_topic":"plant/boiler","unit_of_measurement":"bar"}"#;
    let own = r#"{"~":"~/~","name":"~","state_topic":"~/~/~"}"#;
    publish(
        &broker,
        &[
            ("plant/boiler", "1.5"),
            ("homeassistant/sensor/deep/config", &deep),
            ("homeassistant/sensor/large/config", &large),
            ("homeassistant/sensor/no/config", "no JSON"),
            ("homeassistant/sensor/own/config", own),
            ("homeassistant/sensor/good/config", good),
        ],
    );
    // The scope does not cover them: they are asked for beside it, and are not written.
    let ran = home.run(&["learn", &url(&broker), "-t", "plant/#", "--for", "1s", "--name", "p"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("4 messages of that kind ignored"), "{}", ran.out);
    let file = home.device("p.toml");
    assert!(file.contains("unit = \"bar\"") && file.contains("Boiler"), "{file}");
    assert!(!file.contains("homeassistant") && file.matches("[[node]]").count() == 1, "{file}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_printed_steers_a_terminal_and_json_stays_exact() {
    let (home, broker) = (Home::new(), broker([]).await);
    let topic = "p/\u{1b}]0;gotcha\u{7}\u{202e}x";
    publish(&broker, &[(topic, "20 \u{1b}[2J"), ("p/plain", "1")]);
    let is_clean = |text: &str| !text.contains(['\u{1b}', '\u{7}', '\u{202e}']);
    let learn = ["learn", &url(&broker), "--for", "1s", "-o", "p.toml"];
    let ran = home.run(&learn).await;
    assert!(ran.code == 0 && is_clean(&ran.out) && is_clean(&ran.err), "{ran:?}");
    assert!(ran.out.contains(r"p/\x1b]0;gotcha\x07\u{202e}x"), "{}", ran.out);
    let ran = home.run(&[&learn[..], &["--json"]].concat()).await;
    assert!(is_clean(&ran.out), "{}", ran.out);
    assert!(ran.json().iter().any(|row| row["topic"] == topic), "{}", ran.out);

    let text = home.read("p.toml");
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    home.write(
        "c.toml",
        &format!("{}\n[[node]]\ntopic = \"p/plain\"\n", text.split("[[node]]").next().unwrap()),
    );
    for more in [&[][..], &["--json"]] {
        let ran = home.run(&[&["check", "./c.toml", "--for", "1s"][..], more].concat()).await;
        assert!(ran.code == 1 && is_clean(&ran.out) && is_clean(&ran.err), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn topics_beyond_the_cap_and_beyond_the_report_are_counted() {
    let (home, broker) = (Home::new(), broker([]).await);
    let topics: Vec<String> = (0..1_200).map(|n| format!("p/{n}")).collect();
    let messages: Vec<_> = topics.iter().map(|topic| (topic.as_str(), "1")).collect();
    publish(&broker, &messages);
    let ran = home.run(&["learn", &url(&broker), "--for", "2s", "--cap", "10", "-o", "p.toml"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("1,190 topics beyond the cap were not learnt"), "{}", ran.out);
    assert!(ran.out.contains("10 nodes, 10 of them new"), "{}", ran.out);
    let ran = home.run(&["check", "./p.toml", "--for", "2s"]).await;
    assert!(ran.code == 1 && ran.out.contains("and 190 topics that are new and not listed"), "{ran:?}");
    assert_eq!(ran.out.matches("✗ new").count(), 1_000);
}
