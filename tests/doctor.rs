//! The doctor against brokers that are well, and brokers that are not. Owns the table of failures.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "broker/gates.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "other tests use more of it")]
mod gates;
#[path = "doctor/ways.rs"]
mod ways;

use mqttscope::demo::broker::{ALWAYS, BrokerOptions, DemoBroker, Fault, Faults, PacketKind, Strike, start};
use mqttscope::headless::doctor::{Marks, Options, Publish, examine, json, line};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::{
    Address, Check, Filter, Finding, Outcome, Profile, Qos, Reason, Secret, Subscription, Verdict, Version,
};
use mqttscope::runtime::MachineClock;
use mqttscope::time::WallOrigin;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// Far more than anything takes.
const PATIENT: Duration = Duration::from_secs(60);
/// For what never comes.
const HASTY: Duration = Duration::from_millis(300);

async fn broker(faults: impl IntoIterator<Item = Fault>) -> DemoBroker {
    let options = BrokerOptions { faults: Faults::new(faults), ..BrokerOptions::default() };
    start(options, Arc::new(MachineClock::default())).await.unwrap()
}

fn profile(port: u16, version: Version) -> Profile {
    let mut profile = Profile::new("x", Address::tcp("127.0.0.1", port), "doctors-patient");
    profile.version = version;
    profile.subscriptions = vec![Subscription::new(Filter::parse("#").unwrap(), Qos::AtLeastOnce)];
    profile
}

async fn look(profile: Profile, patience: Duration, publish: Publish) -> (Verdict, Vec<Finding>) {
    let mut found = Vec::new();
    let options = Options { patience, publish, origin: WallOrigin::default() };
    let mut tell = |finding: &Finding| found.push(finding.clone());
    let verdict = examine(profile, Arc::new(MachineClock::default()), options, &mut tell).await;
    (verdict, found)
}

fn text(found: &[Finding]) -> String {
    found.iter().map(|finding| line(finding, Marks::Unicode) + "\n").collect()
}

#[tokio::test]
async fn a_healthy_broker_passes_every_check_in_order() {
    let broker = broker([]).await;
    for version in [Version::V5, Version::V3] {
        let (verdict, found) =
            look(profile(broker.address().port(), version), PATIENT, Publish::RoundTrips).await;
        assert_eq!(verdict, Verdict::Healthy, "{}", text(&found));
        let checks: Vec<Check> = found.iter().map(|finding| finding.check).collect();
        let expected = [
            Check::Step(Step::Resolve),
            Check::Step(Step::Tcp),
            Check::Step(Step::Connect),
            Check::Limits,
            Check::Subscribe,
            Check::Subscribe,
            Check::RoundTrip(Qos::AtMostOnce),
            Check::RoundTrip(Qos::AtLeastOnce),
            Check::RoundTrip(Qos::ExactlyOnce),
            Check::Disconnect,
        ];
        assert_eq!(checks, expected, "{}", text(&found));
        assert!(found.iter().all(|finding| finding.outcome == Outcome::Good), "{}", text(&found));
        assert!(text(&found).contains("# granted at QoS 1"), "{}", text(&found));
    }
}

#[tokio::test]
async fn nothing_is_published_when_asked_not_to() {
    let broker = broker([]).await;
    let (verdict, found) =
        look(profile(broker.address().port(), Version::V5), PATIENT, Publish::Nothing).await;
    assert_eq!(verdict, Verdict::Healthy);
    assert!(found.iter().any(|finding| finding.outcome == Outcome::Skipped), "{}", text(&found));
    assert!(!text(&found).contains("mqttscope/doctor"), "{}", text(&found));
}

#[tokio::test]
async fn a_kept_session_is_left_alone() {
    let broker = broker([]).await;
    let mut profile = profile(broker.address().port(), Version::V5);
    (profile.clean_start, profile.session_expiry_s) = (false, 60);
    let (verdict, found) = look(profile, PATIENT, Publish::Nothing).await;
    assert_eq!(verdict, Verdict::Healthy);
    assert!(text(&found).contains("client id doctors-patient-doctor"), "{}", text(&found));
}

/// The faults of a broker, the check that fails, what it makes of the whole, and words of the report.
type Failing = (Vec<Fault>, Duration, Check, Verdict, &'static str);

fn failures() -> Vec<Failing> {
    let refuse = |reason| vec![Fault::RefuseConnect { reason, times: ALWAYS }];
    let connect = Check::Step(Step::Connect);
    let close = |n_packets| vec![Fault::StrikeAt { n_packets, times: ALWAYS, strike: Strike::Close }];
    let hash = Filter::parse("#").unwrap();
    vec![
        (
            refuse(Reason::BAD_USER_NAME_OR_PASSWORD),
            PATIENT,
            connect,
            Verdict::Refused,
            "bad user name or password",
        ),
        (refuse(Reason::NOT_AUTHORIZED), PATIENT, connect, Verdict::Refused, "not authorized"),
        (refuse(Reason::SERVER_UNAVAILABLE), PATIENT, connect, Verdict::CannotConnect, "server unavailable"),
        (close(0), PATIENT, connect, Verdict::CannotConnect, "did not answer as a broker"),
        (close(1), PATIENT, connect, Verdict::CannotConnect, "without answering CONNECT"),
        (close(2), PATIENT, Check::Subscribe, Verdict::CannotConnect, "over a filter they forbid"),
        (vec![Fault::Silent], HASTY, connect, Verdict::TimedOut, "no answer within 0.3 s"),
        (
            vec![Fault::NeverSend(PacketKind::SubAck)],
            HASTY,
            Check::Subscribe,
            Verdict::TimedOut,
            "no answer within 0.3 s",
        ),
        (
            vec![Fault::RefuseFilter { filter: hash, reason: Reason::NOT_AUTHORIZED }],
            PATIENT,
            Check::Subscribe,
            Verdict::Refused,
            "# refused",
        ),
        (
            vec![Fault::NeverSend(PacketKind::PubAck)],
            HASTY,
            Check::RoundTrip(Qos::AtLeastOnce),
            Verdict::TimedOut,
            "came back and was not acknowledged",
        ),
    ]
}

#[tokio::test]
async fn each_failure_is_named_with_its_meaning_and_what_to_try() {
    for (faults, patience, check, expected, words) in failures() {
        let broker = broker(faults.clone()).await;
        for version in [Version::V5, Version::V3] {
            let (verdict, found) =
                look(profile(broker.address().port(), version), patience, Publish::RoundTrips).await;
            let report = text(&found);
            assert_eq!(verdict, expected, "{faults:?}: {report}");
            let bad = found.iter().find(|finding| matches!(finding.outcome, Outcome::Bad { .. })).unwrap();
            assert_eq!(bad.check, check, "{faults:?}: {report}");
            assert!(report.contains(words) || version == Version::V3, "{faults:?}: {report}");
            assert!(report.contains("✗") && report.contains("that means: "), "{report}");
        }
    }
}

#[tokio::test]
async fn a_refused_filter_does_not_end_the_examination() {
    let filter = Filter::parse("#").unwrap();
    let broker = broker([Fault::RefuseFilter { filter, reason: Reason::NOT_AUTHORIZED }]).await;
    let (_, found) = look(profile(broker.address().port(), Version::V5), PATIENT, Publish::RoundTrips).await;
    assert_eq!(found.last().unwrap().check, Check::Disconnect, "{}", text(&found));
    assert!(text(&found).contains("what to try: give a filter that its ACL allows"), "{}", text(&found));
}

/// Runs the real binary; its exit code and what it printed.
fn mqttscope(arguments: &[&str], home: &std::path::Path) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mqttscope"))
        .args(arguments)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_STATE_HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("DOCTORS_PASSWORD", "right")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_what_kind_of_failure_it_is() {
    let home = tempfile::tempdir().unwrap();
    let credentials = Some(("me".to_owned(), Secret::new(b"right".to_vec())));
    let options = BrokerOptions { credentials, ..BrokerOptions::default() };
    let mut broker = start(options, Arc::new(MachineClock::default())).await.unwrap();
    let url = format!("mqtt://127.0.0.1:{}", broker.address().port());
    let devices = home.path().join("mqttscope/devices");
    std::fs::create_dir_all(&devices).unwrap();
    let file = format!(
        "[connection]\nurl = \"{url}\"\nusername = \"me\"\npassword = {{ env = \"DOCTORS_PASSWORD\" }}\n"
    );
    std::fs::write(devices.join("plant.toml"), file).unwrap();

    let (code, out, err) = mqttscope(&["doctor", "plant"], home.path());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("✓ CONNECT") && out.contains("✓ round trip QoS 2"), "{out}");

    let (code, out, err) = mqttscope(&["doctor", "--ascii", "-u", "you", &url], home.path());
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.is_ascii() && out.contains("FAILED CONNECT") && out.contains("what to try: "), "{out}");

    let (code, out, _) = mqttscope(&["doctor", "--json", "plant", "--no-publish"], home.path());
    assert_eq!(code, 0, "{out}");
    for line in out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["check"].is_string(), "{line}");
    }
    assert!(out.ends_with("{\"check\":\"verdict\",\"ok\":true,\"exit\":0}\n"), "{out}");

    broker.kill().await;
    let (code, out, err) = mqttscope(&["doctor", "plant"], home.path());
    assert_eq!(code, 3, "{out}{err}");
    assert!(out.contains("✗ TCP") && out.contains("nothing listens on"), "{out}");
    assert!(out.contains("what to try: start a broker there"), "{out}");
    let (code, _, err) = mqttscope(&["doctor", "http://x"], home.path());
    assert_eq!(code, 2, "{err}");
}

#[tokio::test]
async fn what_a_broker_says_steers_no_terminal() {
    let words = Some("\u{1b}]0;owned\u{7}\u{202e}".to_owned());
    let strike = Strike::Disconnect { reason: Reason::NOT_AUTHORIZED, words };
    let broker = broker([Fault::StrikeAt { n_packets: 2, times: ALWAYS, strike }]).await;
    let (verdict, found) =
        look(profile(broker.address().port(), Version::V5), PATIENT, Publish::RoundTrips).await;
    let report = text(&found);
    assert_eq!(verdict, Verdict::Refused, "{report}");
    assert!(report.contains("owned") && !report.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{report}");
    for finding in &found {
        assert!(!json(finding).contains(['\u{1b}', '\u{7}', '\u{202e}']));
    }
}
