//! How learning and checking end: the table of exit codes, and by ctrl-c.
use super::home::{Home, broker, publish, url};
use super::pty::Program;
use mqttscope::demo::broker::{ALWAYS, BrokerOptions, Fault, PacketKind, start};
use mqttscope::mqtt::{Filter, Reason, Secret};
use mqttscope::runtime::MachineClock;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_to_fail_has_its_code_and_its_words() {
    let filter = Filter::parse("#").unwrap();
    let refuse_us = Fault::RefuseConnect { reason: Reason::NOT_AUTHORIZED, times: ALWAYS };
    let refuse_it = Fault::RefuseFilter { filter, reason: Reason::NOT_AUTHORIZED };
    let table = [
        (vec![refuse_us], 4, "refused us", "refused us"),
        (vec![refuse_it], 4, "nothing was learnt: ", "not everything could be heard"),
        (vec![Fault::Silent], 27, "gave no answer to CONNECT within 1", "gave no answer to CONNECT"),
        (vec![Fault::NeverSend(PacketKind::SubAck)], 27, "no answer to SUBSCRIBE", "no answer to SUBSCRIBE"),
        (vec![], 1, "nothing was published meanwhile and nothing is retained", "as the device file says"),
    ];
    for (faults, code, of_learn, of_check) in table {
        let (home, broker) = (Home::new(), broker(faults).await);
        let shared = ["--wait", "1", "--for", "300ms"];
        let ran = home.run(&[&["learn", &url(&broker), "-o", "p.toml"][..], &shared].concat()).await;
        assert_eq!(ran.code, code, "{of_learn}: {ran:?}");
        assert!(ran.err.contains(of_learn), "{of_learn}: {ran:?}");
        assert!(!home.path().join("p.toml").exists(), "{of_learn}: nothing learnt, nothing written");

        let text =
            format!("[connection]\nurl = \"{}\"\n[[node]]\ntopic = \"a\"\nretain = true\n", url(&broker));
        home.write("c.toml", &text);
        let ran = home.run(&[&["check", "./c.toml"][..], &shared].concat()).await;
        assert_eq!(ran.code, code, "{of_check}: {ran:?}");
        assert!(ran.err.contains(of_check), "{of_check}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_says_nothing_proves_nothing() {
    let (home, broker) = (Home::new(), broker(Vec::new()).await);
    home.write("c.toml", &format!("[connection]\nurl = \"{}\"\n[[node]]\ntopic = \"a\"\n", url(&broker)));
    let ran = home.run(&["check", "./c.toml", "--for", "300ms"]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("nothing was heard, so nothing could be judged"), "{ran:?}");
    assert!(ran.err.contains("a longer --for may hear more"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_not_there_is_exit_3() {
    // Bound and not listening: nobody else gets the port, and nobody answers.
    let closed = tokio::net::TcpSocket::new_v4().unwrap();
    closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let at = closed.local_addr().unwrap();
    let home = Home::new();
    let ran = home.run(&["learn", &at.to_string(), "--for", "1s", "--name", "x"]).await;
    assert!(ran.code == 3 && ran.err.contains(&format!("nothing listens on {at}")), "{ran:?}");
    home.write("c.toml", &format!("[connection]\nurl = \"mqtt://{at}\"\n[[node]]\ntopic = \"a\"\n"));
    let ran = home.run(&["check", "./c.toml", "--for", "1s"]).await;
    assert!(ran.code == 3 && ran.err.contains(&format!("there is no connection to {at}")), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arguments_that_make_no_sense_are_told_before_anything_is_heard() {
    let home = Home::new();
    home.write("empty.toml", "[connection]\nurl = \"mqtt://127.0.0.1:1\"\n");
    let table: [(&[&str], i32, &str); 8] = [
        (&["learn", "mqtt://h"], 2, "say where to write what is learnt: -o devices/plant.toml"),
        (&["learn", "mqtt://h", "-o", "plant"], 2, "write -o plant.toml"),
        (&["learn", "mqtt://h", "-o", "p l.toml"], 2, "can't be a device's name"),
        (&["learn", "mqtt://h", "--name", "learn"], 2, "is a command of mqttscope"),
        (&["learn", "mqtt://h", "--name", "x", "--for", "soon"], 2, "no length of time; write 30s, 2m"),
        (&["learn", "mqtt://h", "--name", "x", "--cap", "0"], 2, "'--cap <N>'"),
        (&["check", "mqtt://h"], 2, "check wants a device file"),
        (&["check", "./empty.toml"], 1, "keeps no nodes to check"),
    ];
    for (arguments, code, words) in table {
        let ran = home.run(arguments).await;
        assert!(ran.code == code && ran.err.contains(words), "{arguments:?}: {ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_that_proves_nothing_is_a_fault_only_when_strict() {
    let (home, broker) = (Home::new(), broker([]).await);
    publish(&broker, &[("p/a", "1")]);
    let nodes = "[[node]]\ntopic = \"p/a\"\n[[node]]\ntopic = \"p/rare\"\ncadence_ms = 60000\n";
    home.write("p.toml", &format!("[connection]\nurl = \"{}\"\n{nodes}", url(&broker)));
    let check = ["check", "./p.toml", "--for", "1s"];
    let ran = home.run(&check).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("– silent  p/rare: ") && ran.out.contains("give --for 182s"), "{}", ran.out);
    let ran = home.run(&[&check[..], &["--strict", "--ascii"]].concat()).await;
    assert!(ran.code == 1 && ran.out.contains("FAILED silent  p/rare: "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_it_early_and_keeps_what_there_is() {
    let (home, broker) = (Home::new(), broker([]).await);
    publish(&broker, &[("p/a", "1"), ("p/b", "2")]);
    let (url, file) = (url(&broker), home.path().join("p.toml"));
    let file_name = file.display().to_string();
    tokio::task::spawn_blocking(move || {
        let arguments = ["learn", &url, "--for", "24h", "-o", &file_name];
        let mut program = Program::start(&arguments, &[], (120, 24));
        program.sees("2 messages, 2 topics, ");
        program.sees("ctrl-c ends it now");
        program.types("\u{3}");
        let (status, screen) = program.ends();
        assert!(status.success() && screen.contains("heard 2 messages on 2 topics"), "{screen}");
    })
    .await
    .unwrap();
    assert!(std::fs::read_to_string(file).unwrap().contains("topic = \"p/b\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_asked_for_and_never_written() {
    let credentials = Some(("me".to_owned(), Secret::new(b"sesame".to_vec())));
    let options = BrokerOptions { credentials, ..BrokerOptions::default() };
    let (home, broker) = (Home::new(), start(options, Arc::new(MachineClock::default())).await.unwrap());
    publish(&broker, &[("p/a", "1")]);
    let (url, file) = (url(&broker), home.path().join("p.toml"));
    let file_name = file.display().to_string();
    tokio::task::spawn_blocking(move || {
        let learn = ["learn", &url, "--for", "1s", "-o", &file_name, "-u", "me", "-P"];
        for arguments in [&learn[..], &["doctor", &url, "-u", "me", "-P"]] {
            let mut program = Program::start(arguments, &[], (120, 40));
            program.sees("assword");
            program.types("sesame\r");
            let (status, screen) = program.ends();
            assert!(status.success(), "{arguments:?}: {screen}");
            assert!(!screen.contains("sesame"), "{screen}");
        }
    })
    .await
    .unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("username = \"me\"") && !text.contains("sesame"), "{text}");
}
