//! How fast a device file with 50,000 nodes opens and saves. Owns the file; the goals are 300 ms each.
#![expect(clippy::unwrap_used, reason = "a bench says what is wrong by failing there")]
use criterion::{Criterion, criterion_group, criterion_main};
use mqttscope::config::device::{Devices, PlainPassword};
use mqttscope::device::{Access, Codec, Kind, Node, Unit, Value};
use mqttscope::mqtt::{Address, Filter, Profile, Qos, Subscription, Topic};
use std::hint::black_box;

const N_NODES: u32 = 50_000;

fn node(number: u32) -> Node {
    let topic = format!("plant/hall{}/oven{}/temperature", number / 500, number % 500);
    let mut node = Node::new(Topic::parse(&topic).unwrap(), Kind::Float);
    node.access = Access::Get;
    node.unit = Some(Unit::new("°C"));
    node.domain.min = Some(20.0);
    node.domain.max = Some(250.5);
    node.cadence_ms = Some(1_000 + u64::from(number));
    if number.is_multiple_of(10) {
        // What a file has that is not as plain as can be.
        node.tags = vec!["oven".into(), "hall".into()];
        node.codec = Codec::Suffix(" °C".into());
        node.default = Some(Value::Float(21.5));
    }
    node
}

fn device_file(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let devices = Devices::at(Some(home.path().to_owned()));
    let mut profile = Profile::new("plant", Address::tcp("h", 1883), "");
    profile.subscriptions.push(Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce));
    let mut nodes: Vec<Node> = (0..N_NODES).map(node).collect();
    let save = |nodes: &[Node]| {
        devices.save_nodes("plant", &profile, nodes, PlainPassword::LeaveOut).unwrap();
    };
    save(&nodes);
    let mut group = criterion.benchmark_group("50k_nodes");
    group.sample_size(10);
    group.bench_function("open", |bencher| bencher.iter(|| black_box(devices.read("plant").unwrap())));
    let mut unit = 0;
    group.bench_function("save_one_changed", |bencher| {
        bencher.iter(|| {
            unit += 1;
            nodes[777].cadence_ms = Some(unit);
            save(&nodes);
        });
    });
    group.bench_function("save_all_changed", |bencher| {
        bencher.iter(|| {
            unit += 1;
            for node in &mut nodes {
                node.cadence_ms = Some(unit);
            }
            save(&nodes);
        });
    });
    group.bench_function("save_as_new", |bencher| {
        bencher.iter(|| {
            std::fs::remove_file(devices.path("plant").unwrap()).unwrap();
            save(&nodes);
        });
    });
}

criterion_group!(benches, device_file);
criterion_main!(benches);
