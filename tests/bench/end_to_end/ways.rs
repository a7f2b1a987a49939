//! The ways to a broker against each other: how soon the first value is seen, and what taking messages in costs.
//! Owns the papers and relays for it.
use super::gates::{Asks, Gate, Papers, Way, server};
use super::mosquitto::Mosquitto;
use super::process::Usage;
use super::rows::{ms, until_counted};
use super::screen::Screen;
use super::sender::Sender;
use super::traffic::{Packets, Version, plant_topic};
use super::{Plan, Row};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Runtime;

/// A value that nothing else on the screen looks like.
const VALUE: &str = "4711.25";

pub fn connect_tcp(plan: &Plan, version: Version) -> Row {
    let mosquitto = Mosquitto::start("");
    let url = format!("mqtt://{}", mosquitto.address);
    first_value(plan, version, &mosquitto, (&url, &[]), ("start to first value, TCP", "50 ms", 50.0))
}

pub fn connect_tls(plan: &Plan, version: Version) -> Row {
    let papers = Papers::new("Bench Authority");
    let paper = papers.server();
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let (certificate, key) = (paper.certificate.display(), paper.key.display());
    let lines = format!("listener {port} 127.0.0.1\ncertfile {certificate}\nkeyfile {key}");
    let mosquitto = Mosquitto::start(&lines);
    let ca = papers.path("ca.pem").display().to_string();
    let url = format!("mqtts://127.0.0.1:{port}");
    let more = ["--cafile", &ca];
    first_value(plan, version, &mosquitto, (&url, &more), ("start to first value, TLS", "100 ms", 100.0))
}

/// From the start of the program until a retained value is seen.
fn first_value(
    plan: &Plan,
    version: Version,
    mosquitto: &Mosquitto,
    (url, more): (&str, &[&str]),
    (work, goal, most_ms): (&'static str, &'static str, f64),
) -> Row {
    mosquitto.publish(&["-r", "-t", "reading", "-m", VALUE]);
    let once = || {
        let screen = Screen::start_at(url, version, more);
        ms(screen.until("the value", |seen| seen.text().contains(VALUE).then(Instant::now)) - screen.started)
    };
    let mut took: Vec<f64> = std::iter::repeat_with(once).take(plan.n_repeats * 5).collect();
    took.sort_by(f64::total_cmp);
    let figure = format!("{:.1} ms, median {:.1}", took[0], took[took.len() / 2]);
    Row::new(work, figure, goal, took[0] <= most_ms)
}

/// What a burst costs the client's processor by each way. The relays' own work is another process's.
pub fn ingest(plan: &Plan, version: Version) -> Row {
    const N: usize = 500_000;
    const N_TOPICS: usize = 10_000;
    let packets = Arc::new(Packets::new(version, N, false, |n, topic| plant_topic(n, N_TOPICS, topic)));
    let tokio = Runtime::new().expect("threads");
    let papers = Papers::new("Bench Authority");
    let config = server(&papers.server(), &Asks::default());
    let ca = papers.path("ca.pem").display().to_string();
    let cost = |scheme: &str, way: Option<&Way>| {
        let once = || {
            let sender = Sender::start(version);
            let gate = way.map(|way| tokio.block_on(Gate::open(way.clone(), sender.address)));
            let address = gate.as_ref().map_or(sender.address, |gate| gate.address);
            // An authority is refused where there is no TLS to check.
            let more = ["--cafile", &ca];
            let more = if matches!(scheme, "mqtts" | "wss") { &more[..] } else { &[] };
            let screen = Screen::start_at(&format!("{scheme}://{address}"), version, more);
            sender.is_subscribed();
            let before = Usage::now(screen.pid);
            let took = until_counted(&screen, &sender, &packets, (N_TOPICS as u64, N as u64));
            let cpu = before.until(&Usage::now(screen.pid)).cpu.as_secs_f64();
            drop(screen);
            if let Some(gate) = gate {
                tokio.block_on(gate.close());
            }
            (cpu, took)
        };
        let runs = std::iter::repeat_with(once).take(plan.n_repeats);
        runs.fold((f64::INFINITY, f64::INFINITY), |best, run| (best.0.min(run.0), best.1.min(run.1)))
    };
    let (tcp_cpu, _) = cost("mqtt", None);
    let mut words = vec![format!("TCP {tcp_cpu:.2} s CPU")];
    let mut most = 0.0_f64;
    for (name, scheme, way) in [
        ("TLS", "mqtts", Way::Tls(Arc::clone(&config))),
        ("WS", "ws", Way::WebSocket),
        ("WSS", "wss", Way::SecureWebSocket(config)),
    ] {
        let (cpu, took) = cost(scheme, Some(&way));
        most = most.max(cpu / tcp_cpu);
        words.push(format!("{name} {:.2}x in {took:.2} s", cpu / tcp_cpu));
    }
    Row::new("500 k messages by each way", words.join(", "), "2 x of TCP", most <= 2.0)
}
