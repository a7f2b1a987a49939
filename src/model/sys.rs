//! What a broker tells of itself below `$SYS`, recognised by name. Owns whose names are whose; subscribes to nothing.
use crate::decode::sanitize;
use crate::store::{LastPayload, NodeId, Store};

/// Cluster nodes looked at: more than anybody runs side by side.
const MAX_NODES: usize = 16;

/// Columns of a figure.
const MAX_COLS: usize = 60;

/// Counters of drops that are followed: one for each cluster node.
const MAX_COUNTERS: usize = 16;

/// The figures under `$SYS/broker`, which mosquitto began and HiveMQ's extension took up.
const BROKER: [(&str, &str); 9] = [
    ("version", "version"),
    ("uptime", "uptime"),
    ("clients/connected", "clients"),
    ("clients/total", "sessions"),
    ("subscriptions/count", "subscriptions"),
    ("retained messages/count", "retained"),
    ("load/messages/received/1min", "in a minute"),
    ("load/messages/sent/1min", "out a minute"),
    ("publish/messages/dropped", DROPPED),
];

/// The figures of a node of EMQX, under `$SYS/brokers/NODE`; older ones part the last level by a slash.
const EMQX: [(&str, &str); 9] = [
    ("version", "version"),
    ("uptime", "uptime"),
    ("stats/connections.count", "clients"),
    ("stats/connections/count", "clients"),
    ("stats/subscriptions.count", "subscriptions"),
    ("stats/subscriptions/count", "subscriptions"),
    ("stats/retained.count", "retained"),
    ("metrics/messages.dropped", DROPPED),
    ("metrics/messages/dropped", DROPPED),
];

/// The figures of a node of `VerneMQ`, under `$SYS/NODE`.
const VERNEMQ: [(&str, &str); 5] = [
    ("system/wallclock", "uptime, ms"),
    ("queue/processes", "sessions"),
    ("router/subscriptions", "subscriptions"),
    ("retain/messages", "retained"),
    ("queue/message/drop", DROPPED),
];

const DROPPED: &str = "dropped";

/// What a broker tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whose names they are.
    pub kind: &'static str,
    /// Names and figures, safe to draw.
    pub figures: Vec<(String, String)>,
}

/// What was heard; `None` when nothing of it is known.
pub fn told(store: &Store) -> Option<Told> {
    let figures = listed(store, "$SYS/broker", &BROKER, "");
    if !figures.is_empty() {
        let version = figures.iter().find(|(name, _)| name == "version").map_or("", |(_, value)| value);
        let kind = match version {
            version if version.contains("HiveMQ") => "HiveMQ",
            version if version.contains("mosquitto") => "mosquitto",
            _other => "broker with mosquitto's names",
        };
        return Some(Told { kind, figures });
    }
    for (above, names, kind) in [("$SYS/brokers", &EMQX[..], "EMQX"), ("$SYS", &VERNEMQ[..], "VerneMQ")] {
        let nodes = nodes(store, above);
        let is_alone = nodes.len() == 1;
        let of_node = |node: &String| {
            let prefix = if is_alone { String::new() } else { format!("{node} ") };
            listed(store, &format!("{above}/{node}"), names, &prefix)
        };
        let figures: Vec<_> = nodes.iter().flat_map(of_node).collect();
        if !figures.is_empty() {
            return Some(Told { kind, figures });
        }
    }
    None
}

fn nodes(store: &Store, above: &str) -> Vec<String> {
    let below = |node: NodeId| store.children(node).take(MAX_NODES).map(|node| store.level(node).to_owned());
    let mut nodes: Vec<String> = store.find(above).into_iter().flat_map(below).collect();
    // The store keeps no order of its own, and figures that change places can't be read.
    nodes.sort_unstable();
    nodes
}

fn listed(store: &Store, above: &str, names: &[(&str, &str)], prefix: &str) -> Vec<(String, String)> {
    let figure = |(topic, name): &(&str, &str)| {
        let last = store.last(store.find(&format!("{above}/{topic}"))?)?;
        let LastPayload::Whole(payload) = last.payload else { return None };
        Some((sanitize(format!("{prefix}{name}").as_bytes(), MAX_COLS), sanitize(payload, MAX_COLS)))
    };
    names.iter().filter_map(figure).collect()
}

/// Whether a topic counts what its broker dropped.
fn counts_drops(topic: &str) -> bool {
    topic == "$SYS/broker/publish/messages/dropped"
        || (topic.starts_with("$SYS/brokers/")
            && (topic.ends_with("/metrics/messages.dropped") || topic.ends_with("/metrics/messages/dropped")))
        || (topic.starts_with("$SYS/") && topic.ends_with("/queue/message/drop"))
}

/// What the broker says it dropped since we listen.
#[derive(Clone, Debug, Default)]
pub struct Drops(Vec<Counter>);

#[derive(Clone, Debug)]
struct Counter {
    topic: String,
    last: u64,
    n_grown: u64,
}

impl Drops {
    /// A message below `$SYS` came.
    pub fn take(&mut self, topic: &str, payload: &[u8]) {
        if !counts_drops(topic) {
            return;
        }
        let Some(n) = std::str::from_utf8(payload).ok().and_then(|text| text.trim().parse().ok()) else {
            return;
        };
        let has_room = self.0.len() < MAX_COUNTERS;
        match self.0.iter_mut().find(|counter| counter.topic == topic) {
            Some(counter) => {
                // A smaller figure is that of a broker that began anew.
                counter.n_grown += if n < counter.last { n } else { n - counter.last };
                counter.last = n;
            }
            None if has_room => {
                self.0.push(Counter { topic: topic.to_owned(), last: n, n_grown: 0 });
            }
            None => {}
        }
    }

    /// How many more than when we heard of it first.
    pub fn n_grown(&self) -> u64 {
        self.0.iter().map(|counter| counter.n_grown).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::time::Timestamp;

    fn store(messages: &[(&str, &str)]) -> Store {
        let mut store = Store::new(1 << 20);
        for (topic, payload) in messages {
            store.ingest(&MessageRef {
                topic,
                payload: payload.as_bytes(),
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::Yes,
                dup: false,
                queued: Queued::No,
                packet_id: None,
                received: Timestamp::ZERO,
            });
        }
        store
    }

    #[test]
    fn four_brokers_are_known_by_their_names() {
        for (messages, kind, figure) in [
            (&[("$SYS/broker/version", "mosquitto version 2.0.11")][..], "mosquitto", "version"),
            (&[("$SYS/broker/version", "HiveMQ 4.9"), ("$SYS/broker/uptime", "7")], "HiveMQ", "uptime"),
            (&[("$SYS/brokers/emqx@127.0.0.1/metrics/messages.dropped", "3")], "EMQX", "dropped"),
            (&[("$SYS/brokers/a@b/stats/connections/count", "3")], "EMQX", "clients"),
            (&[("$SYS/VerneMQ@127.0.0.1/queue/message/drop", "3")], "VerneMQ", "dropped"),
        ] {
            let told = told(&store(messages)).unwrap();
            assert_eq!(told.kind, kind);
            assert!(told.figures.iter().any(|(name, _)| name == figure), "{told:?}");
        }
        assert_eq!(told(&store(&[("$SYS/unheard/of", "1"), ("a", "b")])), None);
    }

    /// The topics as each broker's documentation spells them.
    #[test]
    fn documented_topics_of_each_broker_come_to_the_same_figures() {
        let mosquitto = [
            ("$SYS/broker/version", "mosquitto version 2.0.18"),
            ("$SYS/broker/uptime", "88412 seconds"),
            ("$SYS/broker/clients/connected", "17"),
            ("$SYS/broker/subscriptions/count", "40"),
            ("$SYS/broker/retained messages/count", "9"),
            ("$SYS/broker/load/messages/received/1min", "120.5"),
            ("$SYS/broker/publish/messages/dropped", "3"),
        ];
        let emqx = [
            ("$SYS/brokers/emqx@10.0.0.1/version", "5.8.0"),
            ("$SYS/brokers/emqx@10.0.0.1/uptime", "1 hours, 2 minutes"),
            ("$SYS/brokers/emqx@10.0.0.1/stats/connections.count", "17"),
            ("$SYS/brokers/emqx@10.0.0.1/stats/subscriptions.count", "40"),
            ("$SYS/brokers/emqx@10.0.0.1/stats/retained.count", "9"),
            ("$SYS/brokers/emqx@10.0.0.1/metrics/messages.dropped", "3"),
        ];
        let vernemq = [
            ("$SYS/VerneMQ@10.0.0.1/system/wallclock", "88412000"),
            ("$SYS/VerneMQ@10.0.0.1/queue/processes", "17"),
            ("$SYS/VerneMQ@10.0.0.1/router/subscriptions", "40"),
            ("$SYS/VerneMQ@10.0.0.1/retain/messages", "9"),
            ("$SYS/VerneMQ@10.0.0.1/queue/message/drop", "3"),
        ];
        let hivemq = [
            ("$SYS/broker/version", "HiveMQ 4.28"),
            ("$SYS/broker/uptime", "88412 seconds"),
            ("$SYS/broker/clients/connected", "17"),
            ("$SYS/broker/retained messages/count", "9"),
            ("$SYS/broker/publish/messages/dropped", "3"),
        ];
        for (kind, messages) in
            [("mosquitto", &mosquitto[..]), ("EMQX", &emqx), ("VerneMQ", &vernemq), ("HiveMQ", &hivemq)]
        {
            let told = told(&store(messages)).unwrap();
            assert_eq!((told.kind, told.figures.len()), (kind, messages.len()), "each is known by name");
            let clients = if kind == "VerneMQ" { "sessions" } else { "clients" };
            for figure in [(clients, "17"), ("retained", "9"), ("dropped", "3")] {
                let figure = (figure.0.to_owned(), figure.1.to_owned());
                assert!(told.figures.contains(&figure), "{kind}: {figure:?}");
            }
            let mut drops = Drops::default();
            let (topic, _) = messages.last().unwrap();
            drops.take(topic, b"3");
            drops.take(topic, b"5");
            assert_eq!(drops.n_grown(), 2, "{kind}: its growth reaches the header");
        }
    }

    #[test]
    fn the_nodes_of_a_cluster_are_told_apart() {
        let told = told(&store(&[
            ("$SYS/brokers/a@h/stats/connections.count", "1"),
            ("$SYS/brokers/b@h/stats/connections.count", "2"),
        ]));
        let names: Vec<String> = told.unwrap().figures.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a@h clients", "b@h clients"]);
    }

    #[test]
    fn only_the_growth_of_a_drop_counter_counts() {
        let mut drops = Drops::default();
        let topic = "$SYS/broker/publish/messages/dropped";
        drops.take(topic, b"41");
        assert_eq!(drops.n_grown(), 0, "what it dropped before we came is no news");
        drops.take(topic, b"44");
        drops.take("$SYS/broker/uptime", b"99");
        drops.take(topic, b"no number");
        assert_eq!(drops.n_grown(), 3);
        drops.take(topic, b"2");
        assert_eq!(drops.n_grown(), 5, "the broker began anew");
    }
}
