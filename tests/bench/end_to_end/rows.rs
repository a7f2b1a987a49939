//! The rows of the table. Owns what each measures and the figure it should reach.
use super::mosquitto::Mosquitto;
use super::process::{self, Usage, Used};
use super::screen::Screen;
use super::sender::{self, Sender, Stream, Writes};
use super::traffic::{Packets, Version, plant_topic};
use super::{Plan, Row, ways};
use std::fmt::Write;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

const RATE_PER_S: f64 = 50_000.0;
const LOADED_TOPICS: usize = 10_000;

/// What a row is measured by.
pub type Measure = fn(&Plan, Version) -> Row;

/// Every row by the name that selects it.
pub const ROWS: [(&str, Measure); 17] = [
    ("start", start),
    ("connect-tcp", ways::connect_tcp),
    ("connect-tls", ways::connect_tls),
    ("burst", burst),
    ("ways", ways::ingest),
    ("retained", retained),
    ("siblings", siblings),
    ("keys", keys),
    ("bytes", bytes),
    ("cpu-blocks", cpu_blocks),
    ("cpu-packets", cpu_packets),
    ("mosquitto-cpu", mosquitto_cpu),
    ("mosquitto-retained", mosquitto_retained),
    ("idle", idle),
    ("idle-open", idle_open),
    ("new-topics", new_topics),
    ("unread", unread),
];

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

pub fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The best of several, as other work on the machine only ever makes it worse.
fn best(plan: &Plan, mut once: impl FnMut() -> f64) -> f64 {
    (0..plan.n_repeats).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// From the first PUBLISH until the screen counts all.
pub fn until_counted(screen: &Screen, sender: &Sender, packets: &Arc<Packets>, whole: (u64, u64)) -> f64 {
    let began = sender.burst(packets);
    let at = screen.until("the whole count", |seen| {
        let ((topics, messages), at) = seen.counts;
        (topics >= whole.0 && messages >= whole.1).then_some(at)
    });
    seconds(at.saturating_duration_since(began))
}

fn connected(version: Version, more: &[&str]) -> (Sender, Screen) {
    let sender = Sender::start(version);
    let screen = Screen::start(sender.address, version, more);
    sender.is_subscribed();
    (sender, screen)
}

fn start(plan: &Plan, version: Version) -> Row {
    let mut took: Vec<f64> = (0..plan.n_repeats * 5)
        .map(|_| {
            let sender = Sender::start(version);
            let screen = Screen::start(sender.address, version, &[]);
            let at = screen.until("a frame", |seen| seen.first_frame);
            ms(at - screen.started)
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let figure = format!("{:.1} ms, median {:.1}", took[0], took[took.len() / 2]);
    Row::new("start to first frame", figure, "15 ms", took[0] <= 15.0)
}

fn burst(plan: &Plan, version: Version) -> Row {
    const N: usize = 500_000;
    let packets = Arc::new(Packets::new(version, N, false, |n, topic| plant_topic(n, LOADED_TOPICS, topic)));
    let took = best(plan, || {
        let (sender, screen) = connected(version, &[]);
        until_counted(&screen, &sender, &packets, (LOADED_TOPICS as u64, N as u64))
    });
    Row::new("500 k messages on 10 k topics counted", format!("{took:.2} s"), "0.6 s", took <= 0.6)
}

fn retained(plan: &Plan, version: Version) -> Row {
    const N: usize = 1_000_000;
    let packets = Arc::new(Packets::new(version, N, true, |n, topic| plant_topic(n, N, topic)));
    let (mut now, mut peak) = (f64::INFINITY, f64::INFINITY);
    let took = best(plan, || {
        let (sender, screen) = connected(version, &["--memory", "512M"]);
        let took = until_counted(&screen, &sender, &packets, (N as u64, N as u64));
        let (now_mb, peak_mb) = process::resident_mb(screen.pid);
        (now, peak) = (now.min(now_mb), peak.min(peak_mb));
        took
    });
    let figure = format!("{took:.2} s, {now:.0} MB, at most {peak:.0}");
    Row::new("1 M retained topics, tree complete", figure, "2.5 s, 300 MB", took <= 2.5 && peak <= 300.0)
}

fn siblings(plan: &Plan, version: Version) -> Row {
    const N: usize = 100_000;
    let name = |n: usize, topic: &mut String| {
        write!(topic, "devices/dev{}", n * 7_919 % N).expect("a string takes all");
    };
    let packets = Arc::new(Packets::new(version, N, false, name));
    let one = Arc::new(Packets::new(version, 1, false, name));
    let took = best(plan, || {
        let (sender, screen) = connected(version, &[]);
        sender.burst(&one);
        // A branch that fits the screen is expanded by itself.
        screen.shows("dev0");
        let took = until_counted(&screen, &sender, &packets, (N as u64, N as u64 + 1));
        screen.shows("dev10");
        took
    });
    Row::new("100 k siblings, expanded, complete", format!("{took:.2} s"), "0.5 s", took <= 0.5)
}

/// The explorer with every branch open and every row changing.
fn under_load(version: Version, writes: Writes, more: &[&str]) -> (Sender, Screen, Stream) {
    let (sender, screen) = connected(version, more);
    let (screen, stream) = load(&sender, screen, version, writes);
    (sender, screen, stream)
}

fn load(sender: &Sender, mut screen: Screen, version: Version, writes: Writes) -> (Screen, Stream) {
    let packets = Arc::new(Packets::new(version, 20 * LOADED_TOPICS, false, |n, topic| {
        plant_topic(n, LOADED_TOPICS, topic);
    }));
    let stream = sender.stream(&packets, RATE_PER_S, writes);
    screen.until("all topics", |seen| (seen.counts.0.0 == LOADED_TOPICS as u64).then_some(()));
    screen.types("o");
    screen.shows("value5");
    (screen, stream)
}

fn keys(plan: &Plan, version: Version) -> Row {
    let (_sender, mut screen, _stream) = under_load(version, Writes::Blocks, &[]);
    let mut took = Vec::new();
    for n in 0..plan.n_keys {
        // Out of step with the frames that the traffic brings.
        sleep(Duration::from_millis(20 + n * 37 % 61));
        let before = screen.seen().cursor.0;
        let pressed = screen.types(if n / 8 % 2 == 0 { "j" } else { "k" });
        let at = screen.until("an answer", |seen| (seen.cursor.0 != before).then_some(seen.cursor.1));
        took.push(ms(at - pressed));
    }
    took.sort_by(f64::total_cmp);
    let (median, late) = (took[took.len() / 2], took[took.len() * 95 / 100]);
    let figure = format!("p95 {late:.1} ms, p50 {median:.1}");
    Row::new("key to paint under 50 k msg/s", figure, "p95 12 ms", late <= 12.0)
}

fn bytes(plan: &Plan, version: Version) -> Row {
    let (_sender, screen, _stream) = under_load(version, Writes::Blocks, &[]);
    sleep(Duration::from_secs(1));
    let (before, begun) = (screen.seen().n_bytes, Instant::now());
    sleep(plan.watch);
    let per_s = rate(screen.seen().n_bytes - before, begun);
    let figure = format!("{:.1} kB/s", per_s / 1e3);
    Row::new("bytes to the terminal under 50 k msg/s", figure, "8 kB/s", per_s <= 8_000.0)
}

fn rate(n: u64, since: Instant) -> f64 {
    count(n) / seconds(since.elapsed())
}

fn count(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn cpu_blocks(plan: &Plan, version: Version) -> Row {
    cpu(plan, version, Writes::Blocks, "CPU under 50 k msg/s in blocks")
}

fn cpu_packets(plan: &Plan, version: Version) -> Row {
    cpu(plan, version, Writes::Packets, "CPU under 50 k msg/s packet by packet")
}

fn cpu(plan: &Plan, version: Version, writes: Writes, work: &'static str) -> Row {
    best_cpu(plan, work, || {
        let (sender, screen, _stream) = under_load(version, writes, &[]);
        watch_cpu(plan, &sender, &screen)
    })
}

/// Through a broker that writes packet by packet, with whatever kernel's work that makes ours.
fn mosquitto_cpu(plan: &Plan, version: Version) -> Row {
    best_cpu(plan, "CPU under 50 k msg/s through mosquitto", || {
        let mosquitto = Mosquitto::start("");
        let sender = Sender::through(mosquitto.address, version);
        let screen = Screen::start(mosquitto.address, version, &[]);
        screen.until("a frame", |seen| seen.first_frame);
        // Subscribed, long since.
        sleep(Duration::from_millis(500));
        let (screen, stream) = load(&sender, screen, version, Writes::Packets);
        let (cores, words) = watch_cpu(plan, &sender, &screen);
        // Mosquitto drops what a slow reader leaves lying, and tells nobody.
        drop(stream);
        sleep(Duration::from_secs(1));
        let percent = 100.0 * count(screen.seen().counts.0.1) / count(sender.n_sent());
        (cores, format!("{words}, {percent:.1} % came"))
    })
}

fn mosquitto_retained(plan: &Plan, version: Version) -> Row {
    const N: usize = 1_000_000;
    let mosquitto = Mosquitto::start("max_queued_messages 0");
    let sender = Sender::through(mosquitto.address, version);
    let packets = Arc::new(Packets::new(version, N, true, |n, topic| plant_topic(n, N, topic)));
    sender.burst(&packets);
    sender.is_taken_in();
    let bare = best(plan, || seconds(sender::read_bare(mosquitto.address, version, packets.bytes.len())));
    let mut most = 0.0_f64;
    let took = best(plan, || {
        let screen = Screen::start(mosquitto.address, version, &["--memory", "512M"]);
        let at = screen.until("all topics", |seen| {
            let ((topics, _), at) = seen.counts;
            (topics >= N as u64).then_some(at)
        });
        most = most.max(process::resident_mb(screen.pid).1);
        seconds(at - screen.started)
    });
    let figure = format!("{took:.2} s against {bare:.2} read and dropped, at most {most:.0} MB");
    // Mosquitto itself may take longer than 2.5 s to send them.
    let is_reached = took <= (bare * 1.25).max(2.5) && most <= 300.0;
    Row::new("1 M retained topics from mosquitto", figure, "2.5 s or 1.25 x, 300 MB", is_reached)
}

/// Under a load that was just begun: so many cores, and all of it in words.
fn watch_cpu(plan: &Plan, sender: &Sender, screen: &Screen) -> (f64, String) {
    sleep(Duration::from_secs(1));
    let (before, n_sent, begun) = (Usage::now(screen.pid), sender.n_sent(), Instant::now());
    sleep(plan.watch);
    let Used { cores, wakeups_per_s, cpu: _ } = before.until(&Usage::now(screen.pid));
    let sent = rate(sender.n_sent() - n_sent, begun) / 1e3;
    (cores, format!("{cores:.3} core, {wakeups_per_s:.0} wake-ups/s at {sent:.0} k/s"))
}

/// The best of several processes: how the kernel shares its own work out differs from one to the next.
fn best_cpu(plan: &Plan, work: &'static str, once: impl FnMut() -> (f64, String)) -> Row {
    let mut runs: Vec<(f64, String)> = std::iter::repeat_with(once).take(plan.n_repeats).collect();
    runs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let worst = runs.last().map_or(0.0, |run| run.0);
    let (cores, words) = runs.swap_remove(0);
    Row::new(work, format!("{words}, worst {worst:.3}"), "0.06 core", cores <= 0.06)
}

fn idle(plan: &Plan, version: Version) -> Row {
    idle_after(plan, version, "", plan.settle, "idle with 100 k topics")
}

/// With a value on every row, once they are so old that ages count minutes.
fn idle_open(plan: &Plan, version: Version) -> Row {
    idle_after(plan, version, "o", Duration::from_secs(62), "idle with 100 k topics, all expanded")
}

fn idle_after(plan: &Plan, version: Version, keys: &str, settle: Duration, work: &'static str) -> Row {
    const N: usize = 100_000;
    let (sender, mut screen) = connected(version, &[]);
    let packets = Arc::new(Packets::new(version, N, true, |n, topic| plant_topic(n, N, topic)));
    until_counted(&screen, &sender, &packets, (N as u64, N as u64));
    screen.types(keys);
    // The rates of the burst fade away first.
    sleep(settle);
    let (before, n_bytes, begun) = (Usage::now(screen.pid), screen.seen().n_bytes, Instant::now());
    sleep(plan.watch * 4);
    let used = before.until(&Usage::now(screen.pid));
    let per_s = rate(screen.seen().n_bytes - n_bytes, begun);
    let figure = format!("{:.2} %, {per_s:.0} B/s, {:.1} wake-ups/s", used.cores * 100.0, used.wakeups_per_s);
    Row::new(work, figure, "0.1 %, 30 B/s", used.cores <= 0.001 && per_s <= 30.0)
}

/// A budget small enough to be reached soon, and what the rest of the program may take beside it.
const SMALL_BUDGET: &str = "64M";
const SMALL_BUDGET_MB: f64 = 64.0;
const BESIDE_MB: f64 = 30.0;

fn new_topics(plan: &Plan, version: Version) -> Row {
    let (sender, screen) = connected(version, &["--memory", SMALL_BUDGET]);
    let _stream = sender.ever_new_topics(version);
    sleep(plan.flood / 2);
    let (half, _) = process::resident_mb(screen.pid);
    sleep(plan.flood / 2);
    let (whole, peak) = process::resident_mb(screen.pid);
    let n_sent = sender.n_sent();
    let figure = format!(
        "{half:.0} MB at half, {whole:.0} MB after {} k topics in {} s",
        n_sent / 1_000,
        plan.flood.as_secs()
    );
    let is_flat = whole <= half * 1.02 && peak <= SMALL_BUDGET_MB + BESIDE_MB;
    Row::new("ever new topics, 64 MB budget", figure, "flat, 64 + 30 MB", is_flat)
}

fn unread(plan: &Plan, version: Version) -> Row {
    const KEEP_ALIVE: &str = "2";
    // A server waits for one and a half times the keep-alive (MQTT 3.1.1 and 5.0 section 3.1.2.10).
    const LATEST: Duration = Duration::from_secs(3);
    let more = ["--keep-alive", KEEP_ALIVE, "--memory", SMALL_BUDGET];
    let (sender, mut screen, _stream) = under_load(version, Writes::Blocks, &more);
    screen.read_on(false);
    // Frames until the terminal's own buffer is full.
    let until = Instant::now() + plan.unread;
    let mut n_pings = sender.heard.lock().expect("nobody panics with it").n_pings;
    while Instant::now() < until {
        screen.types("j");
        sleep(Duration::from_millis(250));
    }
    let (n_sent, (resident, _)) = (sender.n_sent(), process::resident_mb(screen.pid));
    let heard = sender.heard.lock().expect("nobody panics with it");
    let silence = heard.longest_silence;
    n_pings = heard.n_pings - n_pings;
    drop(heard);
    screen.read_on(true);
    let pressed = screen.types("k");
    let at = screen.until("the present", |seen| (seen.counts.0.1 >= n_sent).then_some(seen.counts.1));
    let took = ms(at.saturating_duration_since(pressed));
    let figure = format!(
        "longest silence {:.1} s with {n_pings} pings, {resident:.0} MB, present after {took:.0} ms",
        seconds(silence)
    );
    let is_bounded = resident <= SMALL_BUDGET_MB + BESIDE_MB;
    let is_alive = silence <= LATEST && n_pings > 0;
    let work = format!("terminal unread for {} s under 50 k msg/s", plan.unread.as_secs());
    Row::new(work, figure, "3 s, 64 + 30 MB, 100 ms", is_alive && is_bounded && took <= 100.0)
}
