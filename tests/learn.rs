//! Learning and checking without a screen, by the real binary in a home of its own. Owns the journeys from a broker
//! to a device file and back, and the exit codes.
#![expect(clippy::wildcard_enum_match_arm, reason = "the rig waits for one event among many")]
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "learn/ends.rs"]
mod ends;
#[path = "common/eventually.rs"]
mod eventually;
#[path = "learn/home.rs"]
mod home;
#[path = "learn/hostile.rs"]
mod hostile;
#[path = "common/pty.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "other tests use more of it")]
mod pty;
#[path = "broker/rig.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "the independent broker alone is needed here")]
mod rig;
#[path = "learn/sparkplug.rs"]
mod sparkplug;

use home::{Home, broker, forget, publish, url};
use rig::Independent;
use serde_json::Value;

const PLANT: [(&str, &str); 5] = [
    ("plant/oven/temperature", "183.4 °C"),
    ("plant/oven/count", "12"),
    ("plant/lamp", "on"),
    ("plant/hall", r#"{"temp":20.5,"door":{"open":true}}"#),
    ("other/x", "1"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_learnt_is_checked_and_a_change_is_found_and_said() {
    let (home, broker) = (Home::new(), broker([]).await);
    publish(&broker, &PLANT);
    let learn = ["learn", &url(&broker), "--filter", "plant/#", "--for", "1s", "-o", "devices/plant.toml"];
    let ran = home.run(&learn).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let line = |topic: &str| ran.out.lines().find(|line| line.starts_with(topic)).unwrap_or_default();
    let words = |topic: &str| line(topic).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        words("plant/oven/temperature"),
        ["plant/oven/temperature", "float", "perhaps", "1", "°C", "both"]
    );
    assert_eq!(words("plant/lamp")[1], "bool", "{}", ran.out);
    assert!(!ran.out.contains("other/x"), "outside the filter: {}", ran.out);
    assert!(ran.out.contains("4 nodes, 4 of them new, in "), "{}", ran.out);

    let file = home.read("devices/plant.toml");
    let expected = [format!("url = \"{}\"", url(&broker)), "filter = \"plant/#\"".into()];
    for words in expected.iter().map(String::as_str).chain(["unit = \"°C\"", "topic = \"plant/hall\""]) {
        assert!(file.contains(words), "{words}: {file}");
    }
    let check = ["check", "devices/plant.toml", "--for", "1s"];
    let ran = home.run(&check).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.starts_with("all is as the file says: 4 nodes and 4 messages in "), "{}", ran.out);

    let file = file.replace("type = \"int\"\n", "type = \"int\"\nmax = 9\n");
    home.write("devices/plant.toml", &file);
    publish(&broker, &[("plant/oven/temperature", "warm"), ("plant/new", "20 %")]);
    forget(&broker, "plant/lamp");
    let ran = home.run(&check).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    for words in [
        "✗ missing plant/lamp: not heard",
        "✗ type    plant/oven/temperature: 1 of 1 payloads are no float; the first: ",
        "✗ range   plant/oven/count: 1 of 1 values are out of bounds; the first: ",
        "✗ new     plant/new: not in the device file; int in %",
        "4 differences: 4 nodes and 4 messages in ",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(ran.err.contains("is not as the device file says"), "{}", ran.err);
    let ran = home.run(&[&check[..], &["--exclude", "plant/new"]].concat()).await;
    assert!(ran.code == 1 && !ran.out.contains("plant/new"), "{ran:?}");
    let ran = home.run(&[&check[..], &["--filter", "plant/hall"]].concat()).await;
    assert!(ran.code == 0 && ran.out.contains(": 1 node and 1 message"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_is_an_object_a_line_and_the_last_one_tells_of_the_whole() {
    let (home, broker) = (Home::new(), broker([]).await);
    publish(&broker, &PLANT);
    let ran = home.run(&["learn", &url(&broker), "--for", "1s", "--json", "--parts", "-o", "p.toml"]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines = ran.json();
    let (last, rows) = lines.split_last().unwrap();
    assert_eq!(
        rows.iter().map(|row| row["topic"].as_str().unwrap()).collect::<Vec<_>>(),
        ["other/x", "plant/hall", "plant/lamp", "plant/oven/count", "plant/oven/temperature"]
    );
    let (hall, oven) = (&rows[1], &rows[4]);
    assert_eq!(hall["nodes"][1]["path"], "$.door.open");
    assert_eq!(hall["nodes"][1]["type"], "bool");
    assert_eq!((&oven["type"], &oven["unit"], &oven["samples"]), (&"float".into(), &"°C".into(), &1.into()));
    assert_eq!((&oven["result"], &oven["retained"]), (&"added".into(), &true.into()));
    assert_eq!((&last["exit"], &last["summary"]["nodes"]), (&0.into(), &6.into()));
    assert_eq!(last["summary"]["ended"], "time");
    assert!(last["file"].as_str().unwrap().ends_with("p.toml"), "{last}");

    publish(&broker, &[("plant/oven/count", "many")]);
    forget(&broker, "other/x");
    let ran = home.run(&["check", "./p.toml", "--for", "1s", "--json"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    let lines = ran.json();
    let (last, found) = lines.split_last().unwrap();
    let found: Vec<_> = found.iter().map(|one| [&one["finding"], &one["topic"], &one["ok"]]).collect();
    let expected: [[Value; 3]; 2] = [
        ["missing".into(), "other/x".into(), false.into()],
        ["type".into(), "plant/oven/count".into(), false.into()],
    ];
    assert_eq!(found, expected.iter().map(|row| [&row[0], &row[1], &row[2]]).collect::<Vec<_>>());
    assert_eq!((&last["finding"], &last["ok"], &last["exit"]), (&"verdict".into(), &false.into(), &1.into()));
    assert_eq!((&last["findings"]["type"], &last["nodes"]), (&1.into(), &6.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_nodes_stay_as_they_are_until_it_is_forced() {
    let (home, broker) = (Home::new(), broker([]).await);
    publish(&broker, &PLANT);
    let learn = ["learn", &url(&broker), "--for", "1s", "--filter", "plant/#", "--name", "plant"];
    assert_eq!(home.run(&learn).await.code, 0);
    let file = home.device("plant.toml");
    let mine = "# mine\n[[node]]\ntopic = \"plant/oven/count\"\nalias = \"loaves\"\n";
    let changed = file.replace("[[node]]\ntopic = \"plant/oven/count\"\ntype = \"int\"\n", mine);
    assert_ne!(file, changed);
    home.write_device("plant.toml", &changed);
    publish(&broker, &[("plant/later", "1.5")]);

    // Its own file holds connection and filters.
    let again = ["learn", "plant", "--for", "1s"];
    let ran = home.run(&again).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    for words in
        ["kept already as something else; --force", "4 topics kept already", "5 nodes, 1 of them new"]
    {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let merged = home.device("plant.toml");
    assert!(merged.contains(mine) && merged.contains("topic = \"plant/later\""), "{merged}");

    let ran = home.run(&[&again[..], &["--force"]].concat()).await;
    assert!(ran.code == 0 && ran.out.contains("1 node replaced"), "{ran:?}");
    let forced = home.device("plant.toml");
    assert!(forced.contains("alias = \"loaves\"\ntype = \"int\"\n"), "the alias is mine: {forced}");
    assert!(home.device("plant.toml~").contains(mine));

    let before = home.device("plant.toml");
    assert_eq!(home.run(&again).await.code, 0);
    assert_eq!(home.device("plant.toml"), before, "nothing new, nothing written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_broker_s_file_is_not_overwritten_without_a_word() {
    let (home, one, two) = (Home::new(), broker([]).await, broker([]).await);
    publish(&one, &PLANT);
    publish(&two, &PLANT);
    assert_eq!(home.run(&["learn", &url(&one), "--for", "1s", "-o", "p.toml"]).await.code, 0);
    let to_two = ["learn", &url(&two), "--for", "1s", "-o", "p.toml"];
    let ran = home.run(&to_two).await;
    assert!(ran.code == 2 && ran.err.contains("write into another, or give --force"), "{ran:?}");
    assert_eq!(home.run(&[&to_two[..], &["--force"]].concat()).await.code, 0);
    assert!(home.read("p.toml").contains(&url(&two)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_independent_broker_is_learnt_and_checked_in_both_versions() {
    for version in ["3", "5"] {
        let (home, broker) = (Home::new(), Independent::start().await);
        let mut sender = rig::Device::start(rig::profile(broker.address, rig::VERSIONS[0], "sender"));
        sender.online().await;
        for (ticket, (topic, payload)) in (1..).zip(PLANT) {
            let publication =
                rig::publication(topic, payload.as_bytes(), mqttscope::mqtt::Qos::AtLeastOnce, true);
            sender.publish(ticket, publication);
            sender.stages(ticket).await;
        }
        let url = format!("mqtt://{}", broker.address);
        let ran = home.run(&["learn", &url, "--mqtt", version, "--for", "2s", "-o", "p.toml"]).await;
        assert!(ran.code == 0 && ran.out.contains("5 nodes, 5 of them new"), "{version}: {ran:?}");
        let ran = home.run(&["check", "./p.toml", "--for", "2s"]).await;
        assert_eq!(ran.code, 0, "{version}: {ran:?}");
        assert!(ran.out.contains("5 nodes and 5 messages"), "{version}: {ran:?}");
        broker.stop().await;
    }
}
