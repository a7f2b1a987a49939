//! Tests of the files of publications. Owns nothing.
use super::*;
use crate::mqtt::{Payload, Publication, PublishProperties, Qos, Topic};

fn draft(topic: &str, payload: &[u8]) -> Draft {
    let publication = Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(payload),
        qos: Qos::AtMostOnce,
        retain: false,
        properties: PublishProperties::default(),
    };
    Draft { publication, is_template: true }
}

fn rich() -> Draft {
    let properties = PublishProperties {
        payload_is_utf8: Some(false),
        message_expiry_s: Some(60),
        topic_alias: None,
        response_topic: Some("re".into()),
        correlation_data: Some(vec![0, 255]),
        user: vec![("a".into(), "b".into()), ("a".into(), "\"c\"".into())],
        subscription_ids: Vec::new(),
        content_type: Some("x/y".into()),
    };
    let mut draft = draft("caf\u{e9}/{n}", b"{now}\n\x1b\"'");
    draft.publication.qos = Qos::ExactlyOnce;
    draft.publication.retain = true;
    draft.publication.properties = properties;
    Draft { is_template: false, ..draft }
}

#[test]
fn what_was_sent_comes_back_newest_first_whatever_its_bytes() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/publications.toml");
    let sent = vec![rich(), draft("a", b"\x00\xff\xfe"), draft("b", b"")];
    write_sent(&path, &sent).unwrap();
    assert_eq!(read_sent(&path), (sent.clone(), Vec::new()));
    // Another run's stay behind ours, each once, and no more than a hundred.
    let more: Vec<Draft> = (0..99).map(|n| draft("n", n.to_string().as_bytes())).collect();
    write_sent(&path, &more).unwrap();
    let (all, _) = read_sent(&path);
    assert_eq!((all.len(), &all[99]), (100, &sent[0]));
    write_sent(&path, &more).unwrap();
    assert_eq!(read_sent(&path).0, all);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_broken_file_costs_nothing_and_a_broken_block_only_itself() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("publications.toml");
    fs::write(&path, "= broken\n").unwrap();
    let (list, warnings) = read_sent(&path);
    assert!(
        list.is_empty() && warnings.iter().any(|words| words.contains("this is no TOML")),
        "{warnings:?}"
    );
    write_sent(&path, &[draft("a", b"1")]).unwrap();
    assert_eq!(read_sent(&path).0, [draft("a", b"1")]);
    assert_eq!(fs::read_to_string(disk::backup_of(&path)).unwrap(), "= broken\n", "it is kept");
    fs::write(
        &path,
        "[[publication]]\ntopic = \"a/+\"\n[[publication]]\ntopic = \"b\"\nqoss = 1\n[[publication]]\npayload = \"1\"\n\
         [[publication]]\ntopic = \"c\"\npayload = \"%\"\nformat = \"base64\"\n[[extra]]\n",
    )
    .unwrap();
    let (list, warnings) = read_sent(&path);
    assert_eq!(list, [draft("b", b"")]);
    for expected in ["wildcard", "did you mean \"qos\"", "has no topic", "not base64", "no key \"extra\""] {
        assert!(warnings.iter().any(|words| words.contains(expected)), "{expected}: {warnings:?}");
    }
}

const DEVICE: &str = "# mine\n[connection]\nurl = \"mqtt://h\" # here\n\n# the lamp\n[[publication]]\nname = \"on\" # always\n\
topic = \"lamp\"\npayload = \"1\"\n\n# of a\n[[node]]\ntopic = \"a\" # kept\ntype = \"float\"\n";

#[test]
fn a_device_file_takes_publications_and_loses_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let devices = Devices::at(Some(home.path().to_owned()));
    let path = home.path().join("plant.toml");
    fs::write(&path, DEVICE).unwrap();
    assert_eq!(device_file(&devices, "plant"), Some(path.clone()));
    assert_eq!(read_saved(&path, true), (vec![("on".to_owned(), draft("lamp", b"1"))], Vec::new()));
    assert_eq!(save(&path, true, "all of it", Some(&rich())), Ok(None));
    assert_eq!(save(&path, true, "on", Some(&draft("lamp", b"2"))), Ok(Some(draft("lamp", b"1"))));
    let (list, warnings) = read_saved(&path, true);
    assert_eq!(list, [("on".to_owned(), draft("lamp", b"2")), ("all of it".to_owned(), rich())]);
    assert!(warnings.is_empty(), "{warnings:?}");
    let text = fs::read_to_string(&path).unwrap();
    for part in ["# mine\n", "# here\n", "# the lamp\n", "# of a\n[[node]]\ntopic = \"a\" # kept\n"] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    let file = devices.read("plant").unwrap();
    assert_eq!((file.nodes.len(), file.warnings.len()), (1, 0), "{:?}", file.warnings);
    assert_eq!(save(&path, true, "all of it", None), Ok(Some(rich())));
    assert_eq!(save(&path, true, "on", Some(&draft("lamp", b"1"))), Ok(Some(draft("lamp", b"2"))));
    assert_eq!(read_saved(&path, true).0.len(), 1);
    // Saving the device's settings leaves them alone.
    let mut profile = devices.read("plant").unwrap().profile;
    profile.keep_alive_s = 30;
    devices.save("plant", &profile, crate::config::device::PlainPassword::LeaveOut).unwrap();
    assert_eq!(read_saved(&path, true).0.len(), 1);
    assert!(disk::backup_of(&path).exists());
}

#[test]
fn a_file_for_all_devices_is_made_when_it_is_needed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mqttscope/publications.toml");
    assert_eq!(read_saved(&path, false), (Vec::new(), Vec::new()));
    assert_eq!(save(&path, false, "on", Some(&rich())), Ok(None));
    assert_eq!(read_saved(&path, false).0, [("on".to_owned(), rich())]);
    fs::write(&path, "[[publication]]\ntopic = \"a\"\n[[publication]]\nname = \"x\"\ntopic = \"a\"\n[[publication]]\nname = \"x\"\ntopic = \"b\"\n").unwrap();
    let (list, warnings) = read_saved(&path, false);
    assert_eq!((list.len(), warnings.len()), (1, 2), "{warnings:?}");
    fs::write(&path, "publication = 3\n").unwrap();
    assert!(save(&path, false, "on", Some(&rich())).unwrap_err().contains("change it by hand"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "publication = 3\n");
}
